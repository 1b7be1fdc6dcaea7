"""Additions: books of what is new or changed since an earlier build, and never taken for a whole one."""

import shutil
import subprocess
from pathlib import Path
from zipfile import ZipFile

import pytest
from helpers.program import run
from lxml import etree
from msgspec.structs import replace

from convert import api, manifest
from convert.bundle.additions import Additions, days
from convert.bundle.deduplicate import Copy
from convert.model import Entry

NAMES = ("paper/a", "paper/b", "ink/c")
FILE = "additions-2023-05-02-*"


def write_article(folder: Path, name: str, text: str = "", day: str = "2023-05-01") -> None:
    path, (channel, _, stem) = folder / f"{name}.md", name.partition("/")
    path.parent.mkdir(parents=True, exist_ok=True)
    front = f"---\ntitle: 纸张{stem}\ndate: {day}\ncategories: {channel}\nsource: https://paper.example/{stem}\n---\n"
    path.write_text(f"{front}\n一篇关于纸的文章，名叫{stem}。{text}\n", "utf-8")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with articles, and a book of them with its manifest."""
    folder = tmp_path_factory.mktemp("whole")
    for name in NAMES:
        write_article(folder / "src", name)
    assert run("--to", "epub", "-q", "--manifest", "src", "-o", "whole.epub", cwd=folder).returncode == 0
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """Return a copy, in which one article is new, one has changed, one has moved, and one is gone."""
    shutil.copytree(whole, tmp_path / "w")
    src = tmp_path / "w" / "src"
    write_article(src, "paper/new", day="2023-05-02")
    write_article(src, "paper/a", "修订", "2023-05-02")
    (src / "paper/b.md").rename(src / "ink/moved.md")
    (src / "ink/c.md").unlink()
    return tmp_path / "w"


def added(folder: Path, *given: str, to: str = "epub", out: str = "add/") -> "subprocess.CompletedProcess[bytes]":
    done = run("--to", to, *given, "src", "--since-manifest", "whole.epub.manifest.json", "-o", out, cwd=folder)
    assert b"Traceback" not in done.stderr
    return done


def package(book: Path) -> dict[str, list[str]]:
    """Return the terms of Dublin Core of an EPUB."""
    with ZipFile(book) as archive:
        opf = archive.read("EPUB/content.opf")
    found: dict[str, list[str]] = {}
    for each in etree.fromstring(opf).iter("{http://purl.org/dc/elements/1.1/}*"):
        found.setdefault(etree.QName(each).localname, []).append(each.text or "")
    return found


def files_of(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def test_addition_has_what_is_new_or_changed_and_says_what_it_is(folder: Path) -> None:
    done = added(folder)
    assert done.returncode == 0
    assert b"convert: since the earlier builds: 1 article(s) new, 1 changed, 1 no longer there\n" in done.stderr
    assert b"convert: no longer there: ink/c.md\n" in done.stderr
    assert done.stderr.splitlines()[-1].startswith(b"2 article(s)")
    (book,) = (folder / "add").glob("*.epub")
    assert book.match(f"src-{FILE}.epub")
    terms = package(book)
    assert terms["title"] == ["paper 增补 2023-05-02"]
    assert terms["identifier"] != package(folder / "whole.epub")["identifier"]
    with ZipFile(book) as archive:
        pages = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xhtml"))
    assert "本书是增补" in pages
    assert [f"名叫{name}。" in pages for name in ("a", "new", "b", "moved", "c")] == [True, True, False, False, False]


def test_additions_of_the_same_days_and_articles_differ_in_name_and_identifier(folder: Path) -> None:
    assert added(folder, "-q").returncode == 0
    write_article(folder / "src", "paper/a", "再修订", "2023-05-02")
    assert added(folder, "-q").returncode == 0
    one, other = sorted((folder / "add").glob("*.epub"))
    assert package(one)["title"] == package(other)["title"]
    assert package(one)["identifier"] != package(other)["identifier"]


def test_addition_in_volumes_has_a_manifest_and_a_catalogue_of_its_own(folder: Path) -> None:
    given = ("-q", "--split", "channel,month", "--update", "--catalog")
    assert added(folder, *given, out="adds").returncode == 0
    (volume,) = (folder / "adds").glob("*.epub")
    assert volume.match(f"paper-2023-05-{FILE}.epub")
    listed = manifest.read(str(folder / "adds" / "convert-manifest.json"))
    assert {"paper/a.md", "paper/new.md"} == {each for output in listed.outputs for each in output.articles}
    catalogue = (folder / "adds" / "catalog" / "all.xml").read_text("utf-8")
    assert "<title>paper 2023年5月 增补 2023-05-02</title>" in catalogue
    assert "isPartOf" not in catalogue, "it takes no whole volume's place in a series"
    before = {path: path.stat().st_mtime_ns for path in (folder / "adds").rglob("*.*")}
    assert added(folder, *given, out="adds").returncode == 0
    assert {path: path.stat().st_mtime_ns for path in before if path.suffix == ".epub"} == {
        path: time for path, time in before.items() if path.suffix == ".epub"
    }


@pytest.mark.parametrize("to", ["markdown", "json"])
def test_addition_of_a_file_an_article_is_a_folder_named_as_one(folder: Path, to: str) -> None:
    assert added(folder, "-q", to=to, out="notes").returncode == 0
    (inside,) = (folder / "notes").iterdir()
    assert inside.match(FILE)
    suffix = {"markdown": "md", "json": "json"}[to]
    contents = ["contents.md"] if to == "markdown" else []
    assert files_of(inside) == [*contents, f"paper/a.{suffix}", f"paper/new.{suffix}"]
    if contents:
        assert "# paper 增补 2023-05-02" in (inside / "contents.md").read_text("utf-8")


@pytest.mark.parametrize("to", ["html", "jsonl", "pdf"])
def test_addition_of_other_formats_has_only_what_is_new(folder: Path, to: str) -> None:
    done = added(folder, to=to)
    assert done.returncode == 0
    assert done.stderr.splitlines()[-1].startswith(b"2 article(s)")
    (made,) = (folder / "add").iterdir()
    assert made.match(f"src-{FILE}.{to}")
    if to == "html":
        assert "<title>paper 增补 2023-05-02</title>" in made.read_text("utf-8")
    if to == "jsonl":
        assert len(made.read_bytes().splitlines()) == 2


def test_nothing_new_is_no_error_and_no_file(whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole, tmp_path / "w")
    for out in ("add/", "add.epub", "-"):
        done = added(tmp_path / "w", out=out)
        assert (done.returncode, done.stdout) == (0, b"")
        words = b"convert: nothing is new or changed since 'whole.epub.manifest.json'; nothing was written\n"
        assert done.stderr == words
    assert added(tmp_path / "w", "-q").stderr == b""
    (tmp_path / "w/src/ink/c.md").unlink()
    assert b"no longer there: ink/c.md\n" in added(tmp_path / "w").stderr
    assert files_of(tmp_path / "w") == [
        "src/paper/a.md", "src/paper/b.md", "whole.epub", "whole.epub.manifest.json",
    ]  # fmt: skip
    done = added(tmp_path / "w", "--channel", "nowhere")
    assert done.returncode == 2
    (tmp_path / "w/src/loop.md").symlink_to("loop.md")
    done = added(tmp_path / "w")
    assert done.returncode == 3, "what cannot be read may be new"
    assert b"error SRC001" in done.stderr


@pytest.mark.parametrize("to", ["epub", "site"])
def test_an_article_that_could_not_be_converted_is_new_once_it_can_be(to: str, folder: Path) -> None:
    broken = folder / "src/paper/broken.md"
    broken.write_text("---\ntitle: 没有正文\ndate: 2023-05-03\n---\n", "utf-8")
    out = folder / {"epub": "old.epub", "site": "old"}[to]
    assert run("--to", to, "-q", "--manifest", "src", "-o", out, cwd=folder).returncode == 3
    path = folder / {"epub": "old.epub.manifest.json", "site": "old/convert-manifest.json"}[to]
    given = ("--to", "jsonl", "src", "--since-manifest", path, "-o", "add.jsonl")
    done = run(*given, cwd=folder)
    assert done.returncode == 0, "it is as unreadable as it was"
    assert b"nothing is new or changed" in done.stderr
    built = manifest.read(str(path))
    assert [each for output in built.outputs for each in output.omitted] == ["paper/broken.md"]
    outputs = [  # as a program would have written it that could not read this one
        replace(output, omitted=("paper/a.md",)) if "paper/a.md" in output.articles else output
        for output in built.outputs
    ]
    path.write_bytes(manifest.encode(replace(built, outputs=tuple(outputs))))
    done = run(*given, cwd=folder)
    assert done.returncode == 0
    assert b"1 article(s) new, 0 changed, 0 no longer there" in done.stderr
    assert "名叫a。" in (folder / "add.jsonl").read_text("utf-8")


def test_addition_never_replaces_the_whole(folder: Path) -> None:
    before = (folder / "whole.epub").read_bytes()
    for given in (["--manifest"], [], ["--ledger", "whole.epub.manifest.json"]):
        done = added(folder, *given, out="other.epub" if "--ledger" in given else "whole.epub")
        assert done.returncode == 2
        assert b"would overwrite the source" in done.stderr
    assert (folder / "whole.epub").read_bytes() == before


def test_additions_follow_each_other(folder: Path) -> None:
    """The manifests of the whole and of its additions say together what a reader has."""
    assert added(folder, "-q", "--manifest", out="one.epub").returncode == 0
    write_article(folder / "src", "ink/later", day="2023-06-01")
    write_article(folder / "src", "paper/a")  # taken back: as it was in the whole, and not as in the first addition
    manifests = [folder / "whole.epub.manifest.json", folder / "one.epub.manifest.json"]
    result = api.convert(folder / "src", folder / "two.epub", "epub", since_manifest=manifests)
    assert result.articles == 2
    assert str(result.since[0]) == "since the earlier builds: 1 article(s) new, 1 changed, 1 no longer there"
    assert package(folder / "two.epub")["title"] == ["ink、paper 增补 2023-05-01 – 2023-06-01"]
    manifests.append(folder / "two.epub.manifest.json")
    again = api.convert(folder / "src", folder / "two.epub", "epub", since_manifest=manifests[:2], manifest=True)
    assert again.output
    done = api.convert(folder / "src", folder / "three.epub", "epub", since_manifest=manifests)
    assert (done.output, done.articles) == ("", 0)
    assert not (folder / "three.epub").exists()


def test_articles_of_another_format_and_another_root_are_known(folder: Path) -> None:
    given = ("--to", "markdown", "-q", "--manifest", "src/paper", "-o", "whole")
    assert run(*given, cwd=folder).returncode == 0
    done = run("--to", "epub", "src", "--since-manifest", "whole/convert-manifest.json", "-o", "add/", cwd=folder)
    assert b"1 article(s) new, 0 changed, 0 no longer there" in done.stderr, "ink/moved is in no output of that build"


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, b"there is no manifest"), (b"{}", b"is no manifest of outputs"), (b"", b"is damaged: it is empty")],
)
def test_manifest_that_is_none_is_named(whole: Path, tmp_path: Path, content: bytes | None, words: bytes) -> None:
    if content is not None:
        (tmp_path / "old.json").write_bytes(content)
    done = run("--to", "epub", whole / "src", "--since-manifest", "old.json", "-o", "a.epub", cwd=tmp_path)
    assert done.returncode == 4
    assert words in done.stderr
    assert not (tmp_path / "a.epub").exists()


def entry(path: str, digest: bytes = b"", published: str = "") -> Entry:
    return Entry(path, path.rpartition("/")[2].removesuffix(".md"), path, "", published, digest=digest)


def test_article_whose_copy_with_the_same_text_is_known_is_not_new() -> None:
    known = Additions(("m",), ("0",), {"x/n1.md": b"1"})
    retained, copy, other = entry("y/n1.md", b"2"), entry("x/n1.md", b"1"), entry("y/n2.md", b"3")
    copies = [Copy(copy, retained, same=True, section="y")]
    assert known.chosen([retained, other], copies) == ([other], [])
    copies = [Copy(copy, retained, same=False, section="y")]
    assert known.chosen([retained, other], copies) == ([retained, other], copies)


def test_articles_that_change_places_are_not_new() -> None:
    known = Additions(("m",), ("0",), {"a.md": b"1", "b.md": b"2"})
    assert known.chosen([entry("a.md", b"2"), entry("b.md", b"1")], []) == ([], [])
    assert known.vanished([entry("a.md", b"3"), entry("z/b.md", b"4")]) == []
    assert known.changed([entry("a.md", b"3"), entry("z/b.md", b"4"), entry("c.md", b"5")]) == 2


def test_days_are_those_of_the_calendar() -> None:
    assert days([entry("a", published="2023-02-30"), entry("b")]) == ()
    assert days([entry("a", published="2023-02-03T10:00"), entry("b", published="2021-01-01")]) == (
        "2021-01-01", "2023-02-03",
    )  # fmt: skip
