"""Share of the real articles that is read, by dialect and kind of content: it may rise, and must not fall.

tests/quality.json holds the figures; `ACCEPT=1 pytest tests/test_quality.py` writes those of today.
"""

import json
from collections import Counter
from pathlib import Path

import pytest
from helpers.corpus import WRAPPER, cleaned, read
from helpers.data import ACCEPT, needs_corpus, real_articles

from benchmarks import real_pages
from convert import fidelity
from convert.fidelity.visible import of_html
from convert.model import Article, Figure, Heading, texts

FILE = Path(__file__).parent / "quality.json"
TOLD = (
    *("published", "modified", "dateline", "authors", "report_type", "agency", "editor"),
    *("section", "series", "media", "publisher"),
)
Figures = dict[str, float]
SAVED = "saved/"
"""What the names of the sets of saved pages begin with."""


def blocks(article: Article) -> Counter[str]:
    found: Counter[str] = Counter()

    def count(nodes: tuple[object, ...]) -> None:
        for node in nodes:
            found["headings"] += isinstance(node, Heading)
            found["captions"] += isinstance(node, Figure) and bool(node.caption)
            for field in ("children", "items"):
                count(getattr(node, field, ()))
            for row in getattr(node, "rows", ()):
                count(row)

    count(((article.lead,) if article.lead else ()) + article.body)
    return found


def measure(paths: list[str]) -> Figures:
    """The figures of some articles: parts of 1, or how many."""
    sums: Counter[str] = Counter()
    characters = lost = 0
    for path in paths:
        reading = read(path)
        article, taken = cleaned(path)
        kept = fidelity.measure(reading, article, taken)
        before = of_html(reading.html)
        characters += kept.characters
        lost += sum(map(len, kept.missing))
        sums["paragraphs"] += kept.paragraphs
        sums["whole"] += kept.whole
        sums["pictures"] += before.pictures.total()
        sums["pictures_lost"] += len(kept.pictures)
        sums["links"] += before.links.total()
        sums["links_lost"] += len(kept.links)
        sums["noise"] += len(
            WRAPPER.findall("\n".join(texts(((article.lead,) if article.lead else ()) + article.body)))
        )
        sums.update(blocks(article))
        sums["lead"] += article.lead is not None
        sums.update(name for name in TOLD if getattr(article, name))
    figures = {
        "text_kept": 1 - lost / characters,
        "paragraphs_kept": sums["whole"] / sums["paragraphs"],
        "pictures_kept": 1 - sums["pictures_lost"] / max(1, sums["pictures"]),
        "links_kept": 1 - sums["links_lost"] / max(1, sums["links"]),
        "noise": float(sums["noise"]),
        "headings": sums["headings"] / len(paths),
        "captions": sums["captions"] / len(paths),
        "lead": sums["lead"] / len(paths),
        **{name: sums[name] / len(paths) for name in TOLD},
    }
    return {name: round(value, 4) for name, value in figures.items()}


@pytest.fixture(scope="module")
def today() -> dict[str, Figures]:
    by_dialect: dict[str, list[str]] = {}
    for path, dialect in real_articles().items():
        by_dialect.setdefault(dialect, []).append(path)
    made = {dialect: measure(paths) for dialect, paths in sorted(by_dialect.items())}
    if ACCEPT:
        accept(made)
    return made


def accept(made: dict[str, Figures]) -> None:
    FILE.write_text(json.dumps({**json.loads(FILE.read_text("utf-8")), **made}, indent=2) + "\n", "utf-8")


@pytest.mark.slow
@needs_corpus
@pytest.mark.parametrize("dialect", sorted(set(real_articles().values())))
def test_quality_of_a_dialect_does_not_fall(dialect: str, today: dict[str, Figures]) -> None:
    known = json.loads(FILE.read_text("utf-8"))[dialect]
    for name, value in today[dialect].items():
        assert value <= known[name] if name == "noise" else value >= known[name], f"{name}: {value}, was {known[name]}"


@pytest.mark.slow
@pytest.mark.skipif(not any(real_pages.pages()), reason=f"no pages at {real_pages.PAGES}; set CONVERT_PAGES")
def test_quality_of_the_main_text_of_real_pages_does_not_fall() -> None:
    """F1 of runs of four words, and the pages below one half, for each set of pages."""
    scores: dict[str, list[real_pages.Score]] = {}
    for page in real_pages.pages():
        scores.setdefault(page.kind, []).append(real_pages.score(page, real_pages.ours(page, page.data)))
    made: dict[str, Figures] = {
        f"{SAVED}{kind}": {
            "f1": round(real_pages.f1(*told), 4),
            "below_half": float(sum(real_pages.f1(each) < 0.5 for each in told)),
        }
        for kind, told in sorted(scores.items())
    }
    if ACCEPT:
        accept(made)
    known = json.loads(FILE.read_text("utf-8"))
    for kind, figures in made.items():
        assert figures["f1"] >= known[kind]["f1"], kind
        assert figures["below_half"] <= known[kind]["below_half"], kind


def test_the_floor_is_what_is_promised() -> None:
    for name, figures in json.loads(FILE.read_text("utf-8")).items():
        if name.startswith(SAVED):
            assert figures["f1"] >= 0.95
            continue
        assert (figures["text_kept"], figures["links_kept"], figures["noise"]) == (1, 1, 0)
        assert figures["pictures_kept"] == 1
