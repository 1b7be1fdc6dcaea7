"""Pictures in builds: profiles, and the same bytes whatever the number of workers."""

from pathlib import Path

import pytest
from helpers.pictures import drawn

import convert.api
from convert.errors import UsageError
from convert.pictures.model import Facts
from convert.pictures.store import PictureStore

ADDRESS = "https://a.example/{}.jpg"
PAGE = """---
title: Page {0}
date: 2024-01-{0:02}
source: https://a.example/{0}.htm
---

First.

![Alternative {0}](https://a.example/{0}.jpg)

Last.
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    (folder / "pages").mkdir()
    with PictureStore(str(folder / "store")) as store:
        for number in range(1, 9):
            (folder / "pages" / f"{number}.md").write_text(PAGE.format(number))
            store.put(ADDRESS.format(number), drawn(width=100 + number, height=80), Facts("jpeg", 100 + number, 80))
    return folder


def book(archive: Path, out: Path, to: str = "html", **options: object) -> bytes:
    convert.api.convert(
        archive / "pages",
        out,
        to,
        source_format="markdown",
        store=archive / "store",
        **options,  # type: ignore[arg-type]
    )
    return out.read_bytes()


@pytest.mark.slow
def test_the_number_of_workers_does_not_change_a_book(archive: Path, tmp_path: Path) -> None:
    one = book(archive, tmp_path / "1.epub", "epub", workers=1, images="grey")
    for path in sorted((archive / "store" / "made").rglob("*.jpg")):
        path.unlink()
    assert book(archive, tmp_path / "8.epub", "epub", workers=8, images="grey") == one
    assert book(archive, tmp_path / "2.epub", "epub", workers=2, images="grey") == one


def test_a_profile_without_pictures_has_links_or_words(archive: Path, tmp_path: Path) -> None:
    link = book(archive, tmp_path / "link.html", images="link").decode()
    assert link.count('class="picture"') and "<img" not in link and 'href="https://a.example/1.jpg"' in link
    none = book(archive, tmp_path / "none.html", images="none").decode()
    assert "<img" not in none and "1.jpg" not in none and "Alternative 1" in none


def test_a_profile_that_shows_pictures_needs_a_store(archive: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="name one with --store, or take --images link"):
        convert.api.convert(archive / "pages", tmp_path / "a.epub", "epub", images="phone")
    with pytest.raises(UsageError, match="unknown profile of pictures 'small'"):
        book(archive, tmp_path / "a.epub", images="small")
