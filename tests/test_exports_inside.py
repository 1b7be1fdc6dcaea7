"""Exports in other places than a file of their own: unpacked in a folder, in archives, on standard input."""

import json
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.program import run

from convert import sources
from convert.document import read_and_clean
from convert.model import texts
from convert.sources import Reader, Refusal

TEXT = "Paper begins as a slurry of fibres in water, and the mould is dipped into the vat and lifted level."
ADDRESS = "https://press.example.org/paper"
ENTRY = {
    "title": "How paper is made",
    "url": ADDRESS,
    "published_at": "2023-03-14",
    "is_archived": 1,
    "domain_name": "x",
}
READECK = {"UID": "Zb4kq", "Title": ENTRY["title"], "URL": ADDRESS, "Published": "2023-03-14T00:00:00Z"}
OMNIVORE = {"slug": "paper", "title": ENTRY["title"], "url": ADDRESS, "publishedAt": "2023-03-14T00:00:00.000Z"}
KARAKEEP = {
    "createdAt": 1700000000,
    "tags": [],
    "archived": False,
    "note": None,
    "title": ENTRY["title"],
    "content": {"type": "link", "url": ADDRESS, "htmlContent": f"<p>{TEXT}</p>", "datePublished": "2023-03-14"},
}
FILES = {
    "omnivore": {
        "metadata_0_to_1.json": json.dumps([OMNIVORE]),
        "content/paper.html": f"<div><p>{TEXT}</p></div>",
        "highlights/paper.md": "> lifted level",
    },
    "readeck": {
        "data.json": json.dumps({"Bookmarks": [{"UID": "Zb4kq"}]}),
        "bookmarks/Zb4kq/info.json": json.dumps(READECK),
        "bookmarks/Zb4kq/container/index.html": f"<section><p>{TEXT}</p></section>",
        "bookmarks/Zb4kq/container/img/vat.jpg": "x",
    },
    "wallabag": {"wallabag.json": json.dumps([{**ENTRY, "content": f"<p>{TEXT}</p>"}])},
    "wallabag in XML": {
        "all.xml": f"<wallabag><entry><title>How paper is made</title><url>{ADDRESS}</url>"
        f"<content>&lt;p&gt;{TEXT}&lt;/p&gt;</content><is_archived>1</is_archived><domain_name>x</domain_name>"
        "<published_at>2023-03-14</published_at></entry></wallabag>"
    },
    "karakeep": {"karakeep.json": json.dumps({"bookmarks": [KARAKEEP]})},
    "one an entry a line": {"a.jsonl": json.dumps({**ENTRY, "content": f"<p>{TEXT}</p>"}) + "\n"},
}


def in_folder(folder: Path, files: dict[str, str], below: str = "") -> Path:
    for name, text in files.items():
        (file := folder / "sources" / below / name).parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return folder / "sources"


def in_tar(folder: Path, files: dict[str, str]) -> Path:
    with tarfile.open(folder / "a.tar.gz", "w:gz") as archive:
        archive.add(in_folder(folder, files, "My export"), "x")
    return folder / "a.tar.gz"


def in_zip(folder: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(f"below/{name}", text)
    return folder / "a.zip"


PLACES: dict[str, Callable[[Path, dict[str, str]], Path]] = {
    "in a folder": in_folder,
    "in a folder below": lambda folder, files: in_folder(folder, files, "Downloads/My export"),
    "in a tar": in_tar,
    "in a zip": in_zip,
}


def found(*roots: Path) -> tuple[list[tuple[str, str, str, str]], list[Refusal]]:
    """Title, address, day and text of the articles, and what is refused."""
    articles, refused = [], []
    with Reader() as reader:
        for ref in sources.walk_once([str(root) for root in roots]):
            if isinstance(ref, Refusal):
                refused.append(ref)
            elif article := read_and_clean(reader.read(ref))[0]:
                articles.append(
                    (article.title, article.source.address, article.published[:10], "".join(texts(article.body)))
                )
    return articles, refused


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("form", FILES)
def test_export_is_read_wherever_it_is(form: str, place: str, tmp_path: Path) -> None:
    articles, refused = found(PLACES[place](tmp_path, FILES[form]))
    assert articles == [("How paper is made", ADDRESS, "2023-03-14", TEXT)]
    assert refused == []


@pytest.mark.slow
@pytest.mark.parametrize("form", ["wallabag", "wallabag in XML", "karakeep", "one an entry a line"])
def test_export_is_read_from_standard_input(form: str, tmp_path: Path) -> None:
    (text,) = FILES[form].values()
    shown = run("--to", "json", "-", "-o", "-", cwd=tmp_path, stdin=text.encode())
    assert shown.returncode == 0, shown.stderr
    article = json.loads(shown.stdout)
    assert (article["title"], article["source"]["address"]) == ("How paper is made", ADDRESS)


@pytest.mark.parametrize("form", ["omnivore", "readeck"])
def test_pages_beside_an_unpacked_export_are_read(form: str, tmp_path: Path) -> None:
    root = in_folder(tmp_path, FILES[form])
    page = "<!doctype html><title>The loft</title><h1>The loft</h1>" + f"<p>{TEXT}</p>" * 9
    for name in ("loft.html", "metadata_notes.html", "other/loft.html"):
        (file := root / name).parent.mkdir(exist_ok=True)
        file.write_text(page, "utf-8")
    articles, refused = found(root)
    assert [title for title, *_ in articles] == ["How paper is made", *["The loft"] * 3]
    assert refused == []
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        archive.add(root, "x")
    assert found(tmp_path / "a.tar") == (articles, [])


@pytest.mark.parametrize("form", ["omnivore", "readeck"])
def test_unpacked_export_named_twice_is_read_once(form: str, tmp_path: Path) -> None:
    root = in_folder(tmp_path, FILES[form], "below")
    assert len(found(root, root / "below", root / "below" / ".." / "below")[0]) == 1


@pytest.mark.slow
@pytest.mark.parametrize("form", ["omnivore", "readeck"])
def test_changed_file_of_an_unpacked_export_is_noticed(form: str, tmp_path: Path) -> None:
    in_folder(tmp_path, FILES[form])
    for option in ("--update", "--cache"):
        given = (
            "--to",
            "json",
            "sources",
            "-o",
            f"out{option}",
            *([option] if option == "--update" else [option, "c"]),
        )
        for words in ("mould", "deckle"):
            for name, text in FILES[form].items():
                if "container/index" in name or "content/" in name:
                    (tmp_path / "sources" / name).write_text(text.replace("mould", words), "utf-8")
            done = run(*given, cwd=tmp_path)
            assert done.returncode == 0, done.stderr
            (article,) = (tmp_path / f"out{option}").glob("[!c]*.json")
            assert words in article.read_text("utf-8")
