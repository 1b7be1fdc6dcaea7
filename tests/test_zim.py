"""Archives in ZIM as sources: each entry in HTML with its address; damaged files end in messages."""

import hashlib
import random
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from convert.document import read_and_clean
from convert.errors import DocumentError, MissingExtraError, SourceError
from convert.model import Article, Image, Link, texts, walk
from convert.sources import Reader, Ref, Refusal, walk as documents, zim

needs_libzim = pytest.mark.skipif(not find_spec("libzim"), reason="libzim is not installed")
PICTURE = b"GIF89a\1\0\1\0\0\0\0;"
TEXT = "The vatman dips the mould, lifts it, and lets the water run, until a sheet of paper is left on it."
PAGES = {
    "www.press.example/news/a.html": "../../img.press.example/p.gif",
    "www.press.example/news/b?id=5": "../../img.press.example/p.gif",
    "www.press.example/": "../img.press.example/p.gif",
}


def page(title: str, picture: str) -> str:
    return (
        f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1><p>{TEXT}</p><p>{TEXT}</p>"
        f'<p><img src="{picture}" alt="mould"/> <a href="b%3Fid=5">next</a></p></article></body></html>'
    )


def made(path: Path, **metadata: str) -> Path:
    """Return a ZIM file with the pages."""
    from libzim.writer import Creator, Item, StringProvider

    class Entry(Item):  # type: ignore[misc]
        def __init__(self, at: str, title: str, kind: str, data: str | bytes) -> None:
            super().__init__()
            self.at, self.title, self.kind, self.data = at, title, kind, data

        def get_path(self) -> str:
            return self.at

        def get_title(self) -> str:
            return self.title

        def get_mimetype(self) -> str:
            return self.kind

        def get_contentprovider(self) -> Any:
            return StringProvider(self.data)

        def get_hints(self) -> dict[Any, int]:
            return {}

    given = {"Title": "Press", "Language": "eng", "Creator": "The Press", "Date": "2024-03-05", "Name": "press_en"}
    with Creator(path).config_indexing(False, "eng") as creator:
        for number, (at, picture) in enumerate(PAGES.items()):
            creator.add_item(Entry(at, f"Sheet {number}", "text/html", page(f"Sheet {number}", picture)))
        creator.add_item(Entry("img.press.example/p.gif", "", "image/gif", PICTURE))
        creator.add_redirection("www.press.example/old", "Old", "www.press.example/news/a.html", {})
        for name, value in {**given, **metadata}.items():
            creator.add_metadata(name, value)
    return path


def read(path: Path) -> list[Article]:
    articles = []
    with Reader() as reader:
        for ref in documents([str(path)]):
            assert isinstance(ref, Ref)
            article = read_and_clean(reader.read(ref)).article
            assert article is not None
            articles.append(article)
    return articles


def pictures(article: Article) -> list[str]:
    return [each.address for each in walk(article.body) if isinstance(each, Image)]


@needs_libzim
def test_pages_of_the_web_have_the_address_in_their_path(tmp_path: Path) -> None:
    articles = read(made(tmp_path / "press.zim", Scraper="warc2zim 2.2, zimit 3"))
    assert [(each.source.address, each.title) for each in articles] == [
        ("https://www.press.example/", "Sheet 2"),
        ("https://www.press.example/news/a.html", "Sheet 0"),
        ("https://www.press.example/news/b?id=5", "Sheet 1"),
    ]
    one = articles[1]
    assert (one.language, one.publisher, one.section, one.section_name, one.source.captured) == (
        "en", "The Press", "press_en", "Press", "2024-03-05",
    )  # fmt: skip
    assert pictures(one) == ["https://img.press.example/p.gif"]
    assert [each.target for each in walk(one.body) if isinstance(each, Link)] == [
        "https://www.press.example/news/b?id=5"
    ]
    assert "".join(texts(one.body[:1])) == TEXT


@needs_libzim
@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("https://press.example/docs/", "https://press.example/docs/www.press.example/news/a.html"),
        ("press.example", "https://press.example/www.press.example/news/a.html"),
        ("en.wikipedia.org", "https://en.wikipedia.org/wiki/www.press.example/news/a.html"),
        ("my own notes", "https://www.press.example/news/a.html"),
    ],
)
def test_pages_of_one_site_have_an_address_below_it(tmp_path: Path, source: str, address: str) -> None:
    one = read(made(tmp_path / "press.zim", Scraper="other", Source=source))[1]
    assert one.source.address == address
    assert pictures(one) == [f"sha256:{hashlib.sha256(PICTURE).hexdigest()}"]


def test_without_libzim_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "libzim", None)
    path = tmp_path / "a.zim"
    path.write_bytes(b"ZIM\x04" + bytes(200))
    with pytest.raises(MissingExtraError, match=r"archive-convert\[zim\]"):
        list(documents([str(path)]))


@needs_libzim
@pytest.mark.parametrize("size", [4, 80, 500, 5000])
def test_cut_off_file_says_so(tmp_path: Path, size: int) -> None:
    path = made(tmp_path / "press.zim")
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(SourceError, match="fetch it again"):
        list(documents([str(path)]))


@needs_libzim
@pytest.mark.slow
def test_damage_of_any_kind_is_no_fault_of_ours(tmp_path: Path) -> None:
    whole = made(tmp_path / "press.zim").read_bytes()
    path = tmp_path / "damaged.zim"
    dice = random.Random(16)
    for _ in range(120):
        broken = bytearray(whole)
        for _ in range(dice.randrange(1, 5)):
            broken[dice.randrange(dice.choice((80, 2000, len(broken))))] = dice.randrange(256)
        path.write_bytes(broken)
        try:
            found = list(documents([str(path)]))
        except SourceError:
            continue
        with Reader() as reader:
            for ref in found:
                if isinstance(ref, Refusal) or not isinstance(ref.member, tuple):
                    continue
                try:
                    source = reader.read(ref)
                except DocumentError:
                    continue
                assert "SRC009" not in {each.code for each in read_and_clean(source).findings}


@needs_libzim
def test_split_file_is_read_by_its_first_part(tmp_path: Path) -> None:
    whole = made(tmp_path / "press.zim", Scraper="zimit").read_bytes()
    third = len(whole) // 3
    for name, part in zip(("aa", "ab", "ac"), (whole[:third], whole[third:-third], whole[-third:]), strict=True):
        (tmp_path / f"split.zim{name}").write_bytes(part)
    assert [each.title for each in read(tmp_path / "split.zimaa")] == ["Sheet 2", "Sheet 0", "Sheet 1"]
    (tmp_path / "split.zimac").unlink()
    with pytest.raises(SourceError, match="a part is missing or damaged"):
        list(documents([str(tmp_path / "split.zimaa")]))


@pytest.mark.parametrize("paths", [["a", "b/c"], ["x/", "x", "x//", "./x", "../x", "/x"]])
def test_paths_of_entries_are_safe_and_unlike(paths: list[str]) -> None:
    made_safe = [zim._path(path, number) for number, path in enumerate(paths)]
    assert len(set(made_safe)) == len(paths)
    assert not any(path.startswith("/") or ".." in path.split("/") or path.endswith("/") for path in made_safe)
