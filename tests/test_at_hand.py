"""Pictures that are at hand: each kind of source, and what of it a book shows afterwards."""

import base64
import io
import os
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest
import test_zim
from helpers.pictures import drawn
from helpers.program import run
from helpers.warc import answer, packed, page, record, wacz
from PIL import Image

from convert.collecting import keeper
from convert.collecting.at_hand import Fed, Feed, addresses_of, feed, of_content
from convert.collecting.folders import Named, listed
from convert.collecting.offers import Offer
from convert.document import read_document
from convert.errors import UsageError
from convert.model import Article
from convert.pictures.judge import Judge
from convert.pictures.model import Facts, Missing, Stored
from convert.pictures.recognise import kind_of, unreadable
from convert.pictures.store import PictureStore
from convert.readers.options import DETECTED
from convert.sources import Reader, Ref, walk
from convert.sources.beside import Beside
from convert.sources.pictures import content_address

A, B, C = (drawn("png", 8 + number, 8) for number in range(3))
PICTURES = {"A": A, "B": B, "C": C}
NAMES = {content_address(data): name for name, data in PICTURES.items()}
TEXT = "The vatman dips the mould, lifts it, and lets the water run, until a sheet of paper is left on it. " * 4


def note(*pictures: str, head: str = "title: Felt") -> str:
    """Return a post or a note."""
    body = "".join(f"{each}\n\n{TEXT}\n\n" for each in pictures)
    return f"---\n{head}\ndate: 2024-01-02\n---\n\n{TEXT}\n\n{body}"


def saved(*pictures: str, address: str = "") -> str:
    """Return a saved page."""
    head = f'<link rel="canonical" href="{address}">' if address else ""
    images = "".join(f'<p><img src="{each}" alt="mould"></p><p>{TEXT}</p>' for each in pictures)
    return f"<!doctype html><html><head><title>Felt</title>{head}</head><body><article><h1>Felt</h1>{images}</article>"


class QuickJudge:
    """Judge that starts no process, for pictures that the tests drew."""

    def judge(self, data: bytes) -> Facts | Missing:
        return unreadable(data) or Facts(kind_of(data), *Image.open(io.BytesIO(data)).size)

    def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def quick_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "Judge", QuickJudge)


class Case(NamedTuple):
    """Folder with documents and pictures: A, B and C stand for the pictures' bytes."""

    files: Mapping[str, str]
    shown: str
    """Pictures that the articles show, in the order of the documents; `-` for one that is not at hand."""


CASES = {
    "beside a post": Case({"p/a.md": note("![x](img/a.png)"), "p/img/a.png": "A"}, "A"),
    "above a post": Case({"p/q/a.md": note("![x](../a.png)"), "p/a.png": "A"}, "A"),
    "with spaces": Case({"a.md": note("![x](<b c.png>)", "![x](b%20d.png)"), "b c.png": "A", "b d.png": "B"}, "AB"),
    "with Han characters": Case(
        {"a.md": note("![x](纸.png)", "![y](%E5%A2%A8.png)"), "纸.png": "A", "墨.png": "B"}, "AB"
    ),
    "decomposed name": Case({"a.md": note("![x](caf\u00e9.png)"), "cafe\u0301.png": "A"}, "A"),
    "with a query": Case({"a.md": note("![x](a.png?v=2)"), "a.png": "A"}, "A"),
    "backslashes": Case({"a.html": saved("img\\a.png"), "img/a.png": "A"}, "A"),
    "embeds of notes": Case(
        {"n/a.md": note("![[a.png]]", "![[deep/b.png|300]]"), "att/x/a.png": "A", "att/deep/b.png": "B"}, "AB"
    ),
    "embeds of a clipped note": Case(
        {
            "n/a.md": note("![[a.png]]", head="title: Felt\nsource: https://press.example/felt\ntags: [clippings]"),
            "att/x/a.png": "A",
        },
        "A",
    ),
    "embed nearest to the note": Case(
        {"n/a.md": note("![[a.png]]"), "m/a.png": "A", "n/att/a.png": "B", "a/a.png": "C"}, "B"
    ),
    "from the top of the vault": Case({"n/a.md": note("![x](att/a.png)"), "att/a.png": "A"}, "A"),
    "static files of a site": Case(
        {
            "hugo.toml": 'baseURL = "https://press.example/"\ntitle = "Press"\n',
            "content/posts/a.md": note("![x](/img/a.png)"),
            "static/img/a.png": "A",
        },
        "A",
    ),
    "page bundle": Case(
        {
            "hugo.toml": 'baseURL = "https://press.example/"\ntitle = "Press"\n',
            "content/posts/felt/index.md": note("![x](a.png)"),
            "content/posts/felt/a.png": "A",
        },
        "A",
    ),
    "assets of Jekyll": Case(
        {
            "_config.yml": "title: Press\nurl: https://press.example\n",
            "_posts/2024-01-02-felt.md": note("![x](/assets/a.png)"),
            "assets/a.png": "A",
        },
        "A",
    ),
    "site without an address": Case({"_posts/2024-01-02-a.md": note("![x](/assets/a.png)"), "assets/a.png": "A"}, "A"),
    "page and its folder": Case(
        {"a.html": saved("a_files/a.png", "./a_files/b.png"), "a_files/a.png": "A", "a_files/b.png": "B"}, "AB"
    ),
    "pages of one name": Case(
        {
            "x/a.html": saved("a_files/p.png", address="https://press.example/2024/x.html"),
            "x/a_files/p.png": "A",
            "y/a.html": saved("a_files/p.png", address="https://press.example/2024/y.html"),
            "y/a_files/p.png": "B",
        },
        "AB",
    ),
    "tree of wget": Case(
        {
            "press.example/n/a.html": saved("../img/a.png", "https://img.example/b.png?w=6", "/c.png"),
            "press.example/img/a.png": "A",
            "img.example/b.png?w=6": "B",
            "press.example/c.png": "C",
        },
        "ABC",
    ),
    "page with an address": Case(
        {"n/a.html": saved("../img/a.png", address="https://press.example/n/a.html"), "img/a.png": "A"}, "A"
    ),
    "data": Case({"a.html": saved("data:image/png;base64," + base64.b64encode(A).decode())}, "A"),
    "not there": Case({"a.md": note("![x](a.png)"), "b/a.jpg": "A"}, "-"),
    "another site": Case({"a.html": saved("https://img.example/a.png"), "a.png": "A"}, "-"),
    "out of the source": Case({"a.md": note("![x](../outside.png)", "![y](/../outside.png)")}, "--"),
    "no picture": Case({"a.md": note("![x](a.png)"), "a.png": "<html>"}, "-"),
}  # fmt: skip


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files, and a picture beside the folder, which is no part of it."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(PICTURES.get(content) or content.encode())
    (folder.parent / "outside.png").write_bytes(A)
    return folder


def zipped(folder: Path, files: Mapping[str, str]) -> Path:
    path = folder / "posts.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, PICTURES.get(content) or content.encode())
    return path


def tarred(folder: Path, files: Mapping[str, str]) -> Path:
    path = folder / "posts.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            data = PICTURES.get(content) or content.encode()
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def articles(source: Path | str) -> list[Article]:
    """Return the articles of a source as a conversion with a store reads them."""
    beside = Beside()
    with Reader() as reader:
        refs = [ref for ref in walk([str(source)]) if isinstance(ref, Ref)]
        found = [read_document(ref, reader, "", DETECTED, beside).article for ref in refs]
    beside.close()
    return [each for each in found if each]


def shown(source: Path | str, store: Path) -> str:
    """Return the names of the pictures that the articles of a source get from a store, `-` for each missing one."""
    with PictureStore(str(store), write=False) as pictures:
        names = ""
        for article in articles(source):
            for address in filter(None, map(of_content, addresses_of(article))):
                found = pictures.of(address)
                names += NAMES[f"sha256:{found.sha256}"] if isinstance(found, Stored) else "-"
    return names


def fill(store: Path, *sources: Path | str, **how: object) -> Fed:
    return feed([*map(str, sources)], Feed(str(store), workers=1, **how))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", CASES)
def test_pictures_of_a_folder_are_found(name: str, tmp_path: Path) -> None:
    source = write(tmp_path / "source", CASES[name].files)
    fill(tmp_path / "store", source)
    got = shown(source, tmp_path / "store")
    assert got == CASES[name].shown or (not got and set(CASES[name].shown) == {"-"})


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize(
    "name", ["beside a post", "embeds of notes", "page and its folder", "tree of wget", "page bundle"]
)
def test_pictures_of_an_archive_are_found(
    name: str, pack: Callable[[Path, Mapping[str, str]], Path], tmp_path: Path
) -> None:
    source = pack(tmp_path, CASES[name].files)
    fill(tmp_path / "store", source)
    assert shown(source, tmp_path / "store") == CASES[name].shown


@pytest.mark.parametrize(
    "name", ["beside a post", "embeds of notes", "tree of wget", "page bundle", "pages of one name"]
)
def test_the_name_of_the_folder_does_not_matter(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write(tmp_path / "source", CASES[name].files)
    fill(tmp_path / "store", source)
    monkeypatch.chdir(source)
    assert shown(".", tmp_path / "store") == CASES[name].shown
    moved = source.rename(tmp_path / "other")
    assert shown(moved, tmp_path / "store") == CASES[name].shown


def test_links_do_not_lead_out_of_the_source(tmp_path: Path) -> None:
    source = write(
        tmp_path / "source", {"a.md": note("![x](a.png)", "![y](b/outside.png)", "![z](c.png)"), "c.png": "C"}
    )
    (source / "a.png").symlink_to(tmp_path / "outside.png")
    (source / "b").symlink_to(tmp_path)
    fill(tmp_path / "store", source)
    assert shown(source, tmp_path / "store").strip("-") == "C"


def test_a_pipe_is_no_picture(tmp_path: Path) -> None:
    source = write(tmp_path / "source", {"a.md": note("![x](a.png)")})
    os.mkfifo(source / "a.png")
    assert fill(tmp_path / "store", source).done["stored"] == 0


def picture(address: str, data: bytes, *fields: str, mime: str = "image/png", status: str = "200 OK") -> bytes:
    return record(address, answer(data, mime=mime, status=status), *fields)


IMAGES = '<p><img src="https://img.example/a.png"></p><p><img src="http://img.example/b.png"></p>'
RECORDS = [
    record("https://press.example/felt.html", answer(page("felt", IMAGES).encode())),
    picture("https://img.example/a.png", b"gone", status="404 Not Found"),
    picture("https://img.example/a.png", A),
    picture("https://img.example/b.png", B, mime="application/octet-stream"),
    picture("https://img.example/c.png", C),
]


@pytest.mark.parametrize("form", ["a.warc", "a.warc.gz", "a.wacz"])
def test_archives_of_the_web_give_what_their_articles_need(form: str, tmp_path: Path) -> None:
    source = tmp_path / form
    match form:
        case "a.wacz":
            wacz(source, {"data.warc.gz": RECORDS})
        case "a.warc":
            source.write_bytes(b"".join(RECORDS))
        case _:
            source.write_bytes(packed(RECORDS))
    fed = fill(tmp_path / "store", source)
    assert shown(source, tmp_path / "store") == "AB"
    assert (fed.articles, fed.needed, fed.done["stored"]) == (1, 2, 2)


def test_an_archive_without_articles_gives_everything(tmp_path: Path) -> None:
    source = tmp_path / "pictures.warc"
    source.write_bytes(b"".join(RECORDS[1:]))
    assert fill(tmp_path / "store", source).done["stored"] == 3
    with PictureStore(str(tmp_path / "store"), write=False) as store:
        assert isinstance(store.of("https://img.example/c.png"), Stored)


def test_a_picture_that_had_not_changed_is_that_of_the_other_address(tmp_path: Path) -> None:
    digest = "WARC-Payload-Digest: sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    source = tmp_path / "a.warc.gz"
    again = record("https://img.example/b.png", b"HTTP/1.1 200 OK\r\n\r\n", digest, kind="revisit")
    source.write_bytes(packed([RECORDS[0], picture("https://img.example/a.png", A, digest), again]))
    fill(tmp_path / "store", source)
    assert shown(source, tmp_path / "store") == "AA"


def test_pages_in_one_file_give_their_parts(tmp_path: Path) -> None:
    body = saved("cid:one@x", "https://img.example/b.png", "c.png", address="https://press.example/n/felt.html")
    parts = [("text/html", "", "https://press.example/n/felt.html", body.encode())]
    parts += [("image/png", "one@x", "", A), ("image/png", "", "https://img.example/b.png", B)]
    parts += [("image/png", "", "https://press.example/n/c.png", C)]
    lines = ["From: <Saved by Blink>", "Snapshot-Content-Location: https://press.example/n/felt.html"]
    lines += ["MIME-Version: 1.0", 'Content-Type: multipart/related; type="text/html"; boundary="=_b"', ""]
    for kind, name, place, data in parts:
        lines += ["--=_b", f"Content-Type: {kind}", "Content-Transfer-Encoding: base64"]
        lines += [f"Content-ID: <{name}>"] * bool(name) + [f"Content-Location: {place}"] * bool(place)
        lines += ["", base64.encodebytes(data).decode()]
    source = tmp_path / "felt.mhtml"
    source.write_text("\r\n".join([*lines, "--=_b--", ""]))
    fill(tmp_path / "store", source)
    assert shown(source, tmp_path / "store") == "ABC"


@pytest.mark.skipif(not find_spec("libzim"), reason="libzim is not installed")
@pytest.mark.parametrize("scraper", ["", "warc2zim 2"])
def test_archives_in_zim_give_what_their_articles_need(
    scraper: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(test_zim, "PICTURE", A)
    source = test_zim.made(tmp_path / "a.zim", **({"Scraper": scraper} if scraper else {}))
    fill(tmp_path / "store", source)
    assert shown(source, tmp_path / "store") == "AAA"


@pytest.mark.slow
@pytest.mark.parametrize(("form", "document", "count"), [("epub", "", 3), ("html", "b.html", 1)])
def test_books_of_ours_give_their_pictures_back(form: str, document: str, count: int, tmp_path: Path) -> None:
    files = {**CASES["embeds of notes"].files, "b.html": saved("https://img.example/c.png")}
    source, store, second = write(tmp_path / "source", files), tmp_path / "store", tmp_path / "second"
    fill(store, source)
    with PictureStore(str(store)) as pictures:
        pictures.put("https://img.example/c.png", C, Facts("png", 10, 8))
    book = tmp_path / f"book.{form}"
    made = run("--to", form, source / document, "--store", store, "-o", book)
    assert made.returncode == 0, made.stderr
    fill(second, book)
    addresses = [address for article in articles(book) for address in addresses_of(article)]
    assert len(addresses) == count
    with PictureStore(str(second), write=False) as pictures:
        assert all(isinstance(pictures.of(each), Stored) for each in addresses)


def test_exports_with_pictures(tmp_path: Path) -> None:
    source = tmp_path / "readeck.zip"
    entry = '{"title":"Felt","url":"https://press.example/felt","files":{"article":{"name":"index.html"}}}'
    with zipfile.ZipFile(source, "w") as archive:
        archive.writestr("data.json", '{"Bookmarks":[{"UID":"x"}]}')
        archive.writestr("bookmarks/x/info.json", entry)
        archive.writestr("bookmarks/x/container/index.html", f"<p>{TEXT}</p><p><img src='./_resources/a.png'></p>")
        archive.writestr("bookmarks/x/container/_resources/a.png", A)
    fill(tmp_path / "store", source)
    assert shown(source, tmp_path / "store") == "A"


PAGE = {"a.html": saved("https://img.example/x/a.png", "https://img.example/y/%E7%BA%B8.PNG?w=6")}


def test_a_folder_gives_pictures_by_their_names(tmp_path: Path) -> None:
    source = write(tmp_path / "source", PAGE)
    write(tmp_path / "folder", {"deep/a.png": "A", "纸.png": "B"})
    feed([str(source)], Feed(str(tmp_path / "store")), named=Named([str(tmp_path / "folder")]))
    assert shown(source, tmp_path / "store") == "AB"


@pytest.mark.parametrize(
    ("page", "files"),
    [
        (saved("https://img.example/x/a.png", "https://img.example/y/a.png"), {"a.png": "A"}),
        (saved("https://img.example/x/a.png"), {"1/a.png": "A", "2/a.png": "B"}),
    ],
)
def test_a_name_that_could_be_several_pictures_is_not_guessed(
    page: str, files: Mapping[str, str], tmp_path: Path
) -> None:
    source = write(tmp_path / "source", {"a.html": page})
    write(tmp_path / "folder", files)
    fed = feed([str(source)], Feed(str(tmp_path / "store")), named=Named([str(tmp_path / "folder")]))
    assert not fed.done["stored"]
    assert "could be several pictures" in str(fed.problems[0])


def test_a_table_gives_pictures_by_their_addresses(tmp_path: Path) -> None:
    source = write(tmp_path / "source", PAGE)
    table = tmp_path / "folder" / "table.tsv"
    rows = "# ours\nhttps://img.example/x/a.png\t1.png\nhttps://img.example/y/纸.PNG?w=6\tb/2.png\n"
    write(table.parent, {"1.png": "A", "b/2.png": "B", "table.tsv": rows})
    feed([str(source)], Feed(str(tmp_path / "store")), more=listed("--by-address", str(table)))
    assert shown(source, tmp_path / "store") == "AB"


@pytest.mark.parametrize("row", ["a.png", "https://img.example/a.png\t", "https://img.example/a.png\t../outside.png"])
def test_a_wrong_row_of_a_table_is_said_with_its_line(row: str, tmp_path: Path) -> None:
    table = write(tmp_path / "folder", {"table.tsv": f"\n{row}\n"}) / "table.tsv"
    with pytest.raises(UsageError, match=r"table\.tsv:2: "):
        list(listed("--by-address", str(table)))


def test_a_picture_that_changed_is_stored_again(tmp_path: Path) -> None:
    files = {**CASES["page with an address"].files}
    source = write(tmp_path / "source", files)
    assert fill(tmp_path / "store", source, asked=1).done == {"stored": 1}
    assert fill(tmp_path / "store", source, asked=2).done == {"known": 1}
    (source / "img/a.png").write_bytes(B)
    assert fill(tmp_path / "store", source, asked=3, only_missing=True).done == {"known": 1}
    fill(tmp_path / "store", source, asked=4)
    assert shown(source, tmp_path / "store") == "B"


def test_only_the_wanted_addresses_are_looked_for(tmp_path: Path) -> None:
    source = write(tmp_path / "source", CASES["tree of wget"].files)
    fill(tmp_path / "store", source, wanted=frozenset(["https://press.example/c.png"]))
    assert shown(source, tmp_path / "store") == "--C"


def test_an_offer_without_an_address_has_that_of_its_content(tmp_path: Path) -> None:
    fed = feed([], Feed(str(tmp_path / "store")), more=[Offer("", A)])
    assert fed.done == {"stored": 1}
    with PictureStore(str(tmp_path / "store"), write=False) as store:
        assert isinstance(store.of(content_address(A)), Stored)


def test_bytes_pass_the_judge_before_they_are_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "Judge", Judge)
    source = write(tmp_path / "source", {"a.md": note("![x](a.png)", "![y](b.png)"), "b.png": "B"})
    (source / "a.png").write_bytes(A[: len(A) // 2])
    fed = fill(tmp_path / "store", source)
    assert shown(source, tmp_path / "store") == "-B"
    assert [each.missing.reason for each in fed.refused] == ["broken"]
    assert len(list((tmp_path / "store" / "files").rglob("*.png"))) == 1


def test_a_store_in_a_source_is_passed_over(tmp_path: Path) -> None:
    source = write(tmp_path / "source", CASES["embeds of notes"].files)
    before = [each.path for each in walk([str(source)])]
    fill(source / "pictures", source)
    assert [each.path for each in walk([str(source)])] == before
    assert shown(source, source / "pictures") == "AB"
    assert all(isinstance(each, Ref) for each in walk([str(source / "pictures")]))  # named itself, it is a folder


HOSTILE = (
    "https://[::1/a.png", "https://[x]/a.png", "https://press.example/../../../outside.png", "https:///a.png",
    "https://press.example/%00.png", "https://press.example/%ed%a0%80.png", f"https://press.example/{'a' * 5000}.png",
    "../" * 50 + "outside.png", "/" + "../" * 50 + "outside.png", "a\x00.png", "a" * 5000 + ".png",
    ".", "..", "/", "?", "%", "//press.example/..", "\\..\\outside.png", "file:///etc/hostname",
    "\ud800.png", "a.png/b.png", "a.md",
)  # fmt: skip


def test_hostile_addresses_lead_nowhere(tmp_path: Path) -> None:
    source = write(tmp_path / "source", {"p/a.md": note("![x](b.png)"), "p/a.png": "A"})
    beside = Beside()
    ref = next(each for each in walk([str(source)]) if isinstance(each, Ref) and each.path.endswith(".md"))
    for address in HOSTILE:
        assert beside.find(ref, address, "https://press.example/p/x") is None
        assert beside.find(ref, "https://press.example/p/a.png", address) in (None, (str(source), "p/a.png"))
        found = beside.content_at(ref, address)
        assert found in ("", content_address((source / "p/a.md").read_bytes()))
