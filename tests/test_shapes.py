"""The fast path for pages of the commonest shape makes of each page what the Builder makes of it."""

import random
from pathlib import Path
from typing import Any

import pytest
from helpers.damage import damaged
from helpers.data import SEEDS
from helpers.soak import some

from benchmarks import ours, shaped
from convert.codec import article_json
from convert.document import read, read_and_clean
from convert.errors import DocumentError
from convert.model import walk
from convert.readers.mirror import shapes
from convert.rules import engine
from convert.sources import Source
from convert.writers import WRITERS

PAGES = 2000
"""Number of damaged pages in each turn."""
EPOCH_NEWS = sorted(SEEDS.glob("pages/nf900000[123]/*.md"))


FAST = shapes.read


def _slow(*_: object) -> None:
    """Leave each page to the Builder."""


def _all_of(source: Source) -> tuple[object, ...]:
    """Return all that is known of a page: article and findings, the positions of all nodes, and the reader's notes."""
    cleaned = read_and_clean(source, thorough=True)
    try:
        reading, context = read(source, "")
    except DocumentError as error:
        return cleaned, error.code
    article = article_json.encode(reading.article)
    places = [reading.places.of(node) for node in (*walk((reading.article,)), reading.article.source)]
    return cleaned, article, places, reading.notes, reading.html, reading.expects, context


def _pages() -> list[tuple[str, str]]:
    seeds = [(file.relative_to(SEEDS).as_posix(), file.read_bytes().decode()) for file in EPOCH_NEWS]
    return shaped.pages(100, seed=7) + seeds


@pytest.mark.slow
@pytest.mark.parametrize("turn", some(range(15), every=15))
def test_damaged_pages_are_the_same_both_ways(turn: int, monkeypatch: pytest.MonkeyPatch) -> None:
    dice, pages, taken = random.Random(turn), _pages(), 0
    read_fast: list[bool] = []

    def fast(*given: Any) -> shapes.Read | None:
        made = FAST(*given)
        read_fast.append(made is not None)
        return made

    for number in range(PAGES):
        path, page = pages[number % len(pages)]
        source = Source("mirror", path, damaged(page, dice).encode("utf-8", "surrogatepass"))
        read_fast.clear()
        monkeypatch.setattr(shapes, "read", fast)
        found = _all_of(source)
        if any(read_fast):  # else both ways are one
            taken += 1
            monkeypatch.setattr(shapes, "read", _slow)
            assert found == _all_of(source), (path, source.data.decode())
    assert taken > PAGES // 10


def test_most_pages_take_the_fast_path() -> None:
    pages = shaped.pages(50, seed=3)
    readings = [read(Source("mirror", path, page.encode()), "")[0] for path, page in pages]
    assert sum(bool(each.regular) for each in readings) > 45


@pytest.mark.soak
@pytest.mark.parametrize("to", sorted(WRITERS.keys() - {"pdf"}))
def test_outputs_of_damaged_pages_are_the_same_both_ways(
    to: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(to)
    for path, page in shaped.pages(200, seed=5):
        file = tmp_path / "mirror" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(damaged(page, dice).encode("utf-8", "surrogatepass"))
    for way in (FAST, _slow):
        monkeypatch.setattr(shapes, "read", way)
        (tmp_path / way.__name__).mkdir()
        ours.convert_folder(str(tmp_path / "mirror"), to, 1, tmp_path / way.__name__)
    first, second = (
        {file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}
        for folder in (tmp_path / "read", tmp_path / "_slow")
    )
    assert first
    assert first == second


def test_links_that_were_checked_before_change_no_finding() -> None:
    pages = [Source("mirror", path, page.encode()) for path, page in _pages()]
    alone = []
    for source in pages:
        for targets in engine._FINE.values():
            targets.clear()
        alone.append(_all_of(source))
    assert [_all_of(source) for source in pages] == alone
    assert any(engine._FINE.values())
