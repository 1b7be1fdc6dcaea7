"""All hostile texts, in every field of every input, are dead in every output: by the audit, and by a browser."""

import io
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from helpers.data import CHROMIUM
from helpers.live import live, rendered
from helpers.payloads import READERS, payloads, shapes, spoilt, write
from helpers.saved import written
from helpers.soak import SOAK, some
from msgspec.structs import replace
from test_audit_browser import Counter, run_browser

from convert.audit.judging import judged
from convert.audit.vector import vectors
from convert.document import read_and_clean, read_document
from convert.model import Article, Embed, walk
from convert.readers.options import DETECTED
from convert.sources import Reader, Ref, Source, walk_once
from convert.writers.alone import file_of
from convert.writers.options import Options

TRAP = "http://127.0.0.1:9"
BARE = Options(images="none")
ENDINGS = {"markdown": "md"}
LEVELS = {"markdown": "126", "json": "126", "jsonl": "126"}
"""Levels of findings that count: templates and formulas are text, which only programs made for them run."""
FORMATS = ("markdown", "json", "jsonl", "html", "epub")


@pytest.fixture
def server() -> Iterator[Counter]:
    made = Counter("chromium")
    yield made
    made.shutdown()
    made.server_close()


def articles(where: Path) -> Iterator[Article]:
    with Reader() as reader:
        for ref in walk_once([str(where)]):
            if isinstance(ref, Ref) and (found := read_document(ref, reader, "", DETECTED).article):
                yield found


def alive(made: Article, folder: Path, formats: tuple[str, ...] = FORMATS) -> list[str]:
    """What is live in the outputs of an article that have no pictures."""
    out = []
    embedded = {
        node.address for node in walk((made,)) if isinstance(node, Embed)
    }  # films are links for those who follow
    for to in formats:
        # a description is text, but other programs' JSON has HTML under that name, which the audit cannot tell apart
        data = file_of(replace(made, description="") if to in ("json", "jsonl") else made, to, BARE)
        file = folder / f"output.{ENDINGS.get(to, to)}"
        file.write_bytes(data)
        for each in judged(str(file), "", None).found:
            film = each.vector == "json-picture" and any(address.startswith(each.quote[:-1]) for address in embedded)
            if vectors()[each.vector].code[3] in LEVELS.get(to, "1236") and not film:
                out.append(f"{to}: {each.vector} {each.quote[:200]!r} in {each.entry}:{each.line}")
        if to == "markdown":
            for html, program in rendered(data.decode()):
                out += [f"{program}: {each}" for each in live(html, frozenset())]
    return out


@pytest.mark.slow
@pytest.mark.parametrize("raw", some(payloads(TRAP), 140))
def test_a_payload_is_dead_in_all_fields_of_all_inputs(raw: str, tmp_path: Path) -> None:
    wrong, read = [], 0
    readers = READERS if SOAK else READERS[1::4]
    for reader in readers:
        folder = tmp_path / reader
        folder.mkdir()
        for made in articles(write(reader, raw, folder)):
            read += 1
            wrong += [f"{reader}: {each}" for each in alive(made, tmp_path)]
    assert wrong == []
    assert read >= len(readers) // 2


@pytest.mark.slow
@pytest.mark.parametrize("shape", some(shapes(), 200), ids=lambda path: path.parent.name)
def test_a_payload_in_any_place_of_a_page_of_any_dialect_is_dead(shape: Path, tmp_path: Path) -> None:
    chance, data, wrong = random.Random(shape.parent.name), shape.read_bytes(), []
    for raw in chance.sample(payloads(TRAP), 40 if SOAK else 4):
        made = read_and_clean(Source("", shape.name, spoilt(data, raw, chance))).article
        if made:
            wrong += [f"{raw!r}: {each}" for each in alive(made, tmp_path)]
    assert wrong == []


@pytest.mark.soak
@pytest.mark.parametrize("raw", payloads(TRAP)[::7])
def test_a_payload_is_dead_in_a_pdf(raw: str, tmp_path: Path) -> None:
    wrong = []
    for reader in ("article JSON", "saved page"):
        (tmp_path / reader).mkdir()
        for made in articles(write(reader, raw, tmp_path / reader)):
            wrong += [f"{reader}: {each}" for each in alive(made, tmp_path, ("pdf",))]
    assert wrong == []


@pytest.mark.soak
@pytest.mark.skipif(not CHROMIUM, reason="needs chromium (apt-get install chromium)")
@pytest.mark.parametrize("reader", READERS)
def test_a_browser_asks_for_nothing_of_all_payloads(reader: str, server: Counter, tmp_path: Path) -> None:
    """One page of all articles, the page that each program makes of their Markdown, and pages of books."""
    made = []
    for number, raw in enumerate(payloads(server.address)):
        folder = tmp_path / str(number)
        folder.mkdir()
        made += list(articles(write(reader, raw, folder)))
    assert len(made) > 200
    pages = {"all.html": written(*made)}
    for each in made:
        for html, program in rendered(file_of(each, "markdown", BARE).decode()):
            name = f"{program}.html"
            pages[name] = pages.get(name, b"<!DOCTYPE html><meta charset=utf-8>") + html.encode("utf-8", "replace")
    for number, each in enumerate(made[::9]):
        with zipfile.ZipFile(io.BytesIO(file_of(each, "epub", BARE))) as book:
            pages |= {
                f"{number}-{name.replace('/', '-')}": book.read(name) for name in book.namelist() if "texts" in name
            }
    for name, data in pages.items():
        (tmp_path / name).write_bytes(data)
    server.asked.clear()
    frames = "".join(f'<iframe src="{quote(name)}"></iframe>' for name in pages)
    say = f"setTimeout(() => {{ new Image().src = '{server.address}/done' }}, 2500)"
    (tmp_path / "index.html").write_text(f"<!DOCTYPE html><script>onload = () => {say}</script>{frames}", "utf-8")
    run_browser(tmp_path / "index.html", tmp_path, server, apart=False)
    assert server.asked == {"/done"}
