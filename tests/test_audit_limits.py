"""The audit ends in time, whatever it is given: what takes too long or too much memory could not be judged."""

import io
import random
import zipfile
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pikepdf
import pytest
from helpers.audit import ADDRESS, SPECIAL, carriers
from helpers.audited_books import book, spoilt
from helpers.audited_pdf import blank, with_example, written
from helpers.soak import SOAK, some

from convert.audit.audit import Audited, Auditor
from convert.audit.judging import judged
from convert.audit.vector import vectors

TABLE = vectors()


@pytest.fixture(scope="module")
def auditor() -> Iterator[Auditor]:
    made = Auditor()
    yield made
    made.close()


def audited(auditor: Auditor, path: Path) -> Audited:
    (answer,) = auditor.audit(str(path))
    return answer


def _zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"{number}.html", b"<p>" * 20_000_000)
    return out.getvalue()


def _pdf_bomb() -> bytes:
    pdf = blank()
    pdf.attachments["a.html"] = pikepdf.AttachedFileSpec(pdf, bytes(150_000_000), mime_type="text/html")
    return written(pdf)


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "entities in entities": (
        "a.xhtml",
        lambda: (
            b'<!DOCTYPE html [<!ENTITY a "' + b"a" * 1000 + b'">'
            + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 100) for n in range(8))
            + b']><html xmlns="http://www.w3.org/1999/xhtml"><body>&i;</body></html>'
        ),
    ),
    "an archive that unpacks to 300 MB": ("a.epub", _zip_bomb),
    "an attachment that unpacks to 150 MB": ("a.pdf", _pdf_bomb),
    "lists in lists": ("a.json", lambda: b"[" * 1_000_000),
    "brackets in brackets": ("a.css", lambda: b"p{color:" + b"(" * 300_000),
    "instructions without ends": ("a.md", lambda: b"{% " * 300_000),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_as_not_judged(name: str, auditor: Auditor, tmp_path: Path) -> None:
    suffix, make = BOMBS[name]
    path = tmp_path / suffix
    path.write_bytes(make())
    answer = audited(auditor, path)
    assert answer.failing()
    assert answer.unjudged or name.startswith("entities"), [str(each) for each in answer.findings[:3]]


NAMES = ["a.html", "a.xhtml", "a.svg", "a.md"]
PIECES = [b"<div>", b"<a ", b"[", b"<iframe srcdoc='&quot;", b"<!--"]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "piece"), some(product(NAMES, PIECES), 3))
def test_what_never_ends_comes_to_an_end(name: str, piece: bytes, auditor: Auditor, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(piece * 100_000)
    assert audited(auditor, tmp_path / name).path


# --- damaged files ----------------------------------------------------------------------------------------------------


def _good() -> list[tuple[str, bytes]]:
    """Files of every kind, with vectors in them."""
    suffixes = {"html": "html", "xhtml": "xhtml", "svg": "svg", "css": "css"}
    pages = [
        (f"a.{suffixes[carrier.kind]}", carrier.data)
        for vector in TABLE.values()
        if vector.kind in ("html", "svg", "css") and vector.name not in SPECIAL
        for carrier in list(carriers(vector))[:2]
    ]
    files = [("a.pdf", with_example(TABLE[name], ADDRESS)) for name in ("pdf-javascript", "pdf-attachment", "pdf-form")]
    archives = [("a.epub", book()), ("a.epub", spoilt("zip-comment")), ("a.epub", spoilt("zip-owner"))]
    return pages + files * 20 + archives * 20


def _damage(data: bytes, chance: random.Random) -> bytes:
    made = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(made) + 1)
        match chance.randrange(4):
            case 0:
                made[at : at + chance.randint(1, 40)] = b""
            case 1:
                made[at:at] = bytes(chance.choices(range(256), k=chance.randint(1, 8)))
            case 2:
                made[at:at] = made[at : at + chance.randint(1, 200)] * chance.randint(1, 5)
            case _:
                made[at : at + 1] = chance.choice([b"\0", b"<", b"&", b'"', b"(", b"{", b"\\", b"\xff", b"/"])
        made = made or bytearray(b"a")
    return bytes(made)


@pytest.mark.slow
def test_damaged_files_are_judged_without_an_exception(tmp_path: Path) -> None:
    chance = random.Random(5)
    good = _good()
    for number in range(20_000 if SOAK else 150):
        name, data = chance.choice(good)
        path = tmp_path / name
        path.write_bytes(_damage(data, chance))
        for each in judged(str(path), "", None).found:
            assert each.vector in TABLE
            assert not (each.vector == "broken-document" and each.quote.endswith("Error")), (number, name, each)
