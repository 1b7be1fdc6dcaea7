"""Reading is bounded by counted work: a document that would take hours, or all memory, ends in a finding."""

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.data import SEEDS
from helpers.program import run
from helpers.soak import some

from convert import bounds, readers
from convert.document import read_and_clean
from convert.errors import DocumentError, SourceError
from convert.readers.commonmark import parser
from convert.readers.options import ReadOptions
from convert.sources import walk
from convert.sources.ref import Source

FRONT = '---\ntitle: "t"\nid: "n1"\nsource: "https://e.example/a"\n---\n\n# t\n\n'
PAGE = "<!DOCTYPE html><title>t</title><article><p>"
OPEN = "".join(f"<b id={number}>" for number in range(300))
MIRRORED = (SEEDS / "pages/nf9000001/n90000002.md").read_text("utf-8").replace("{", "").replace("最早的记录", "{}", 1)
JSON = '{"schema_version": "1", "id": "n", "title": "t", "body": ['


def code_of(document: str) -> str:
    """The code of the error that reading a document ends in, "" without one."""
    try:
        readers.read(document.encode("utf-16-le" if document.startswith("\ufeff") else "utf-8"), "n1", "")
    except DocumentError as error:
        return f"{error.code} {error.message.id}"
    return ""


STEPS, PARTS, CHARACTERS = (f"SRC014 too-many-{what}" for what in ("steps", "parts", "characters"))
HOSTILE: dict[str, tuple[Callable[[int], str], str]] = {
    # name: (function from a size to a document, the finding that it ends in)
    "brackets": (lambda n: FRONT + "[" * n, STEPS),
    "pictures": (lambda n: FRONT + "![" * n, STEPS),
    "open references": (lambda n: FRONT + "[a][" * n, STEPS),
    "brackets on lines": (lambda n: FRONT + "[a\n" * n, STEPS),
    "open links": (lambda n: FRONT + "[a](" * n, STEPS),
    "stars": (lambda n: FRONT + "*a " * 2 * n, PARTS),
    "quotes": (lambda n: FRONT + "> a\n\n" * n, PARTS),
    "cells that are not there": (
        lambda n: FRONT + ("|a" * 100 + "|\n" + "|-" * 100 + "|\n" + "|\n" * 64 + "\n") * (n // 1000),
        PARTS,
    ),
    "a long reference": (lambda n: FRONT + f"[a]: /{'x' * n}\n\n" + "[a]\n" * 200, CHARACTERS),
    "a reference with a long title": (lambda n: FRONT + f"[a]: /b '{'x' * n}'\n\n" + "![a]\n" * 200, CHARACTERS),
    "tags": (lambda n: PAGE + "<b>" * 2 * n, PARTS),
    "marks left open": (lambda n: PAGE + OPEN + "<p>t" * n, PARTS),
    "marks left open in UTF-16": (lambda n: "\ufeff" + PAGE + OPEN + "<p>t" * n, PARTS),
    "marks left open in a mirror's page": (lambda n: MIRRORED.format("<p>" + OPEN + "<p>t" * n), PARTS),
    "escaped marks left open in a mirror's page": (
        lambda n: MIRRORED.format(
            "&lt;a href=http://x&gt;<p>" + OPEN.replace("<", "&lt;").replace(">", "&gt;") + "<p>t" * n
        ),
        PARTS,
    ),
    "marks left open in Markdown": (lambda n: FRONT + "<div><p>" + OPEN + "<p>t" * n + "</div>\n", PARTS),
    "objects": (lambda n: JSON + "{}," * 2 * n, PARTS),
    "a dotted key": (
        lambda n: '+++\ntitle = "t"\nid = "n1"\n' + "a." * n + "b = 1\n+++\n# t\n",
        "SRC007 front-matter-value",
    ),
}


@pytest.mark.slow
@pytest.mark.rule("SRC014")
@pytest.mark.parametrize("name", HOSTILE)
def test_work_on_a_document_is_bounded(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With bounds that are a twentieth of the real ones, so that the test is short."""
    for bound in ("MAX_NODES", "MAX_STEPS", "MAX_EXPANDED"):
        for module in (parser, readers):
            monkeypatch.setattr(module, bound, getattr(bounds, bound) // 20, raising=False)
    monkeypatch.setattr(bounds, "MAX_NODES", bounds.MAX_NODES // 20)
    make, code = HOSTILE[name]
    assert code_of(make(20_000)) == code
    assert code_of(make(40_000)) == code


@pytest.mark.parametrize("depth", [401, 100_000])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[", "]"),
        ('{"a":', "}"),
        ('["]",', ',"["]'),
        ('{"}":', ',"{":1}'),
        ('["\\"]\\"",', ',"\\"[\\""]'),
        ('["\\\\","]",', ',"["]'),
    ],
    ids=["lists", "objects", "strings of brackets", "keys of brackets", "escaped quotation marks", "backslashes"],
)
def test_json_too_deep_whatever_its_strings_is_refused(before: str, after: str, depth: int) -> None:
    deep = before * depth + "1" + after * depth
    assert code_of(f'{{"schema_version": "1", "id": "n", "title": "t", "body": {deep}}}') == "SRC007 json-too-deep"
    assert bounds.json_too_deep(deep.encode()) == bounds.MAX_JSON_DEPTH * len(before)
    flat = f"[{','.join([before + '1' + after] * depth)}]"
    assert bounds.json_too_deep(flat.encode()) == -1


@pytest.mark.slow
@pytest.mark.parametrize("depth", [60, 400, 3000])
def test_pictures_in_texts_of_pictures_are_refused(depth: int) -> None:
    assert code_of(FRONT + "![" * depth + "a" + "](b)" * depth) in ("SRC014 markdown-too-deep", STEPS)


@pytest.mark.parametrize(
    ("deep", "code"),
    [
        (">" * 200 + " x", "markdown-too-deep"),
        ("- " * 52 + "x", "markdown-too-deep"),
        ("*" * 500 + "x" + "*" * 500, "emphasis-too-deep"),
        ("> " * 40 + "*" * 300 + "x" + "*" * 300, "emphasis-too-deep"),
        ("*" * 196 + "x" + "*" * 196, ""),
    ],
)
def test_markdown_that_nests_too_deeply_is_an_error_with_its_line(deep: str, code: str) -> None:
    cleaned = read_and_clean(Source("", "n1.md", (FRONT + "x\n\n" + deep + "\n").encode()))
    errors = [each for each in cleaned.findings if each.level == "error"]
    line = FRONT.count("\n") + 3
    assert [(each.code, each.message.id, each.line) for each in errors] == ([("SRC014", code, line)] if code else [])


def test_the_bounds_leave_room_for_what_people_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousandth of them is enough for each seed, the longest of which is as long as articles are."""
    works: list[parser._Work] = []
    begin = parser._Work.__init__

    def remember(work: parser._Work) -> None:
        begin(work)
        works.append(work)

    monkeypatch.setattr(parser._Work, "__init__", remember)
    for path in SEEDS.rglob("*.md"):
        readers.read(path.read_bytes(), path.name, "", ReadOptions("markdown"))
    assert len(works) > 30
    assert max(work.nodes for work in works) < bounds.MAX_NODES / 100
    assert max(work.steps for work in works) < bounds.MAX_STEPS / 100


@pytest.mark.slow
@pytest.mark.parametrize("name", some(["brackets", "a long reference", "tags"], 2))
def test_the_largest_document_ends_with_a_finding(name: str, tmp_path: Path) -> None:
    make, code = HOSTILE[name]
    made = make(8 << 20)[: (16 << 20) - 1]
    (tmp_path / "x").write_text(made, "utf-8")
    done = run("validate", tmp_path / "x")
    assert done.returncode == 3
    assert f" error {code.split()[0]} ".encode() in done.stdout, done.stdout


# --- headers of tar ---------------------------------------------------------------------------------------------------


def header(kind: bytes, content: bytes) -> bytes:
    info = tarfile.TarInfo("a.md")
    info.type, info.size = kind, len(content)
    return info.tobuf(tarfile.USTAR_FORMAT) + content + bytes(-len(content) % 512)


DAMAGED = {
    "digits": header(b"x", b"1" * 1_000_000),
    "digits in a value": header(b"x", b"100010 a=%b\n" % (b"1" * 100_000)),
    "keys without an end": header(b"x", b"1 " * 400_000 + b"="),
    "no equals sign": header(b"x", b"9 " * 400_000),
    "many global headers": header(b"g", b"".join(b"16 k%07d=abc\n" % n for n in range(1000))) * 100,
    "a record beyond the end": header(b"x", b"99 path=pages.md\n"),
    "a record without a line end": header(b"x", b"12 a=bcdefgh"),
    "too large": header(b"x", b"12 a=bcdefg\n" * 200_000),
    "long name": header(b"L", b"a" * 2_000_000),
    "headers without a member": header(b"x", b"12 a=bcdefg\n") * 5000,
}


@pytest.mark.parametrize("name", DAMAGED)
def test_tar_header_that_takes_tarfile_hours_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(DAMAGED[name] + header(b"0", b"x") + bytes(1024))
    with pytest.raises(SourceError, match="damaged archive"):
        list(walk([str(tmp_path / "a.tar")]))


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_tar_headers_of_tarfile_are_read(form: int, tmp_path: Path) -> None:
    name = "pages/" + "纸" * 200 + ".md"
    attributes = {"SCHILY.xattr.user.note": "7" * 250, "comment": "a=b\nc d", "mtime": "1700000000.123456789"}
    with tarfile.open(tmp_path / "a.tar", "w", format=form, pax_headers={"comment": "of all"}) as archive:
        info = tarfile.TarInfo(name)
        info.size, info.pax_headers = 1, attributes
        archive.addfile(info, io.BytesIO(b"x"))
    assert [each.path for each in walk([str(tmp_path / "a.tar")])] == [name]
