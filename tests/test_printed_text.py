"""Text of PDFs in its order: every character of every article, drawn by each engine and read back by PDFium."""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from helpers.data import CORPUS, SEEDS, needs_corpus
from pypdfium2 import PdfDocument

from convert.building import render
from convert.building.plan import planned
from convert.building.survey import survey
from convert.building.tasks import context_of, run
from convert.bundle.volumes import Gathering
from convert.fidelity.printed import same, targets
from convert.printing import tree
from convert.printing.drawing import draw, spell_out
from convert.printing.engines import ENGINES
from convert.printing.fonts.chain import chain
from convert.printing.model import Chunk, Design, PrintSection
from convert.runner.base import chunks
from convert.settings import Settings
from convert.writers.book.names import anchor
from convert.writers.options import Options

TOGETHER = 40
"""Articles that are drawn at once."""
HEAD = re.compile("^(脚头|头脚)|(脚头|头脚)$")
OUTSIDE = re.compile("https?://")
SCRIPTS = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u0e00-\u0eff]")
"""Written from right to left, or with marks above marks: Hebrew, Arabic, Thai, Lao."""
MARKERS = set("·•◦▪.0123456789")
"""Characters that engines put before the items of lists."""


def leaves(folder: Path) -> list[PrintSection]:
    settings = Settings(workers=1, gathering=Gathering(once=False), options=Options(nav="drop"))
    seen = survey([str(folder)])
    plan = planned(seen, "pdf", settings)
    outcomes = run(render.RenderWorker, plan.volumes, context_of(seen, plan, "pdf", settings), seen, settings)
    made = []
    for entry, outcome in zip(plan.entries(), outcomes, strict=True):
        assert outcome.part is not None
        made.append(PrintSection("article", anchor(entry.path), outcome.part.data, "头", "脚", label=entry.path))
    return made


def visible(text: str) -> str:
    return "".join(same(text).split())


def wanted(leaf: PrintSection, chunk: Chunk) -> tuple[str, str, set[str]]:
    """All characters of a leaf in their order, those of its footnotes, which stand at the feet of pages, and where its
    links lead."""
    sheet = tree.read(leaf, chunk)
    spell_out(sheet.element, chain(chunk.language).missing("".join(tree.characters([sheet]))))
    links = {each.get("href", "") for each in sheet.element.iter("a")}
    notes = []
    for note in sheet.element.iterfind(".//span[@class='note']"):
        notes.append("".join(note.itertext()))
        note[:], note.text = [], ""
    for each in sheet.element.iter("rt"):
        each.text, each.tail = f"（{each.text or ''}", f"）{each.tail or ''}"
    return visible("".join(sheet.element.itertext())), visible("".join(notes)), {*filter(OUTSIDE.match, links)}


def printed(pdf: bytes, first: int, end: int) -> tuple[str, set[str]]:
    """The text of some pages without their heads, and where their links lead."""
    links: set[str] = set()
    texts = []
    with PdfDocument(pdf) as document:
        for number in range(first, end):
            # What stands in the margins comes first or last; a hyphen at the end of a line comes as U+FFFE.
            text = visible(document[number].get_textpage().get_text_range().replace("\ufffe", "-"))
            texts.append(HEAD.sub("", text))
            links.update(targets(document, document[number]))
    return "".join(texts), links


@contextmanager
def untraced() -> Iterator[None]:
    """Without measuring which lines are reached, which would double the time of the engines."""
    trace = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(trace)


def losses(engine: str, part: list[PrintSection]) -> Iterator[tuple[str, str]]:
    """Articles of which the PDF does not say everything in order, and the first character where it does not."""
    chunk = Chunk(tuple(part), "书", "zh-Hans", Design(engine=engine))
    with untraced():
        drawn = draw(chunk)
    first = {spot.anchor: spot.page for spot in drawn.spots}
    ends = [*(first[leaf.anchor] for leaf in part[1:]), drawn.pages]
    for leaf, end in zip(part, ends, strict=True):
        body, notes, links = wanted(leaf, chunk)
        text, leading = printed(drawn.pdf, first[leaf.anchor], end)
        more = Counter(text) - Counter(body + notes)
        if SCRIPTS.search(body):  # in what order they are drawn is the engine's affair
            lost = "".join(Counter(body) - Counter(text))
            more = Counter(dict.fromkeys(SCRIPTS.sub("", "".join(more)), 1))
        else:
            found = iter(text)
            lost = next((body[at : at + 10] for at, char in enumerate(body) if char not in found), "")
        if lost or not set(more) <= MARKERS:
            yield leaf.label, lost or f"more: {''.join(more)}"
        elif Counter(notes) - Counter(text):
            yield leaf.label, f"footnotes: {''.join(Counter(notes) - Counter(text))}"
        elif unlinked := links - leading:
            yield leaf.label, f"links: {sorted(unlinked)[:3]}"


def all_losses(engine: str, folder: Path, step: int = 1) -> dict[str, str]:
    """Return what is lost of each article; of every so many of them, and of those with a loss that is known."""
    made = leaves(folder)
    some = [leaf for at, leaf in enumerate(made) if at % step == 0 or leaf.label in KNOWN[engine]]
    assert len(some) > 30
    return {path: lost for part in chunks(some, TOGETHER) for path, lost in losses(engine, part)}


KNOWN: dict[str, dict[str, str]] = {
    "typst": {"bn2/pages/soh5/428986.md": "境旅客人次2020年", "bn2/pages/p9/942014.md": "🅛"},
    "weasyprint": {"bn2/pages/p9/942014.md": "🅛ة"},
}
"""typst draws a cell over two rows after the first of them; Arabic beside letters in circles is turned around together
with them by PDFium, which tears one of those, and one letter of it comes twice under another name."""


@needs_corpus
@pytest.mark.slow
@pytest.mark.parametrize("engine", sorted(ENGINES))
@pytest.mark.parametrize("step", [12, pytest.param(1, marks=pytest.mark.soak)])
def test_every_character_of_real_articles_is_printed_in_order(step: int, engine: str) -> None:
    assert all_losses(engine, CORPUS, step) == KNOWN[engine]


@pytest.mark.slow
@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_every_character_of_the_seeds_is_printed_in_order(engine: str) -> None:
    assert all_losses(engine, SEEDS) == {}
