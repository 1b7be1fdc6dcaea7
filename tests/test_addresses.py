"""Original addresses of documents without one: from the user, the program that saved them, or their folders."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.program import run

from convert import api, readers
from convert.errors import UsageError
from convert.readers.options import ReadOptions
from convert.sources.addresses import folder_address, only as only_one

TEXT = "Paper begins as a slurry of fibres in water, and the mould is dipped into the vat, lifted level, and shaken. "
PAGE = f"<!doctype html><html><head><title>How paper is made</title></head><body><p>{TEXT * 4}</p></body></html>"
GIVEN = "https://press.example.com/news/paper"


def findings(found: list[api.Finding]) -> list[tuple[str, str]]:
    return [(each.code, each.level) for each in found]


def only(document: api.Document) -> api.Article:
    assert document.article is not None, document.findings
    return document.article


def test_page_without_address_is_read_with_a_warning() -> None:
    document = api.parse(PAGE, path="a.html")
    assert ("SRC017", "warning") in findings(document.findings)
    assert only(document).source.address == ""


def test_identifier_without_address_is_that_of_the_content_whatever_the_name() -> None:
    one, other = only(api.parse(PAGE, path="a.html")), only(api.parse(PAGE, path="b/c.htm"))
    changed = only(api.parse(PAGE.replace("vat", "tub"), path="a.html"))
    assert one.id == other.id == one.source.sha256[:16]
    assert changed.id != one.id
    for name in ("a.html", "b/c.htm"):
        entry = readers.peek(PAGE.encode(), name)
        assert entry is not None
        assert entry.id == one.id


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_identifier_is_the_same_in_the_first_look(encoding: str) -> None:
    for text, form in ((PAGE, ""), (f"# Paper\n\n{TEXT}\n", "markdown"), ("---\ntitle: a\nid: ''\n---\n\nText.\n", "")):
        data = text.encode(encoding)
        entry = readers.peek(data, "a", ReadOptions(form))
        assert entry is not None
        assert entry.id == readers.read(data, "a", "", ReadOptions(form)).article.id


def test_markdown_without_address_is_read_with_a_warning() -> None:
    document = api.parse(f"# Paper\n\n{TEXT}\n", source_format="markdown")
    assert findings(document.findings) == [("SRC017", "warning")]
    assert only(document).source.address == ""


@pytest.mark.parametrize("to", ["json", "jsonl", "markdown", "html"])
def test_article_without_address_is_written_and_read_again(to: str, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(PAGE, "utf-8")
    out = tmp_path / f"out.{'md' if to == 'markdown' else to}"
    api.convert(tmp_path / "a.html", out, to)
    assert "Source:" not in out.read_text("utf-8")
    document = next(api.read(out))
    article = only(document)
    assert (article.title, article.source.address) == ("How paper is made", "")
    assert "SRC017" in [each.code for each in document.findings]


def test_page_of_a_mirror_without_source_line_stays_an_error() -> None:
    page = (Path(__file__).parent / "rules" / "SRC008" / "bad.md").read_text("utf-8")
    document = api.parse(page, address=GIVEN)
    assert document.article is None
    assert ("SRC008", "error") in findings(document.findings)


SAVED: dict[str, tuple[str, str]] = {
    "SingleFile": ("<!--\n Page saved with SingleFile \n url: {} \n saved date: Tue Mar 14 2023\n-->{}", GIVEN),
    "SingleFile of old": ("<!-- Archive processed by SingleFile\n url: {}\n saved date: x -->{}", GIVEN),
    "monolith": ("<!-- Saved from {} at 2023-03-14T08:30:00Z using monolith v2.8.3 -->\n{}", GIVEN),
    "browser": ("<!-- saved from url=(0036){} -->\n{}", GIVEN),
    "browser, nothing between": ("<!-- saved from url=(0036){}-->\n{}", GIVEN),
    "browser, wrong length": ("<!-- saved from url=(0014){} -->\n{}", GIVEN),
    "browser, below the doctype": ("<!doctype html>\n<!-- saved from url=(0036){} -->\n{}", GIVEN),
    "HTTrack": ("<!-- Mirrored from {} by HTTrack Website Copier/3.x [XR&CO'2014], Tue, 14 Mar 2023 -->{}", GIVEN),
    "nothing else": ("<!--{}-->\n{}", GIVEN),
    "HTTrack, at the end": ("{1}\n<!-- Mirrored from {0} by HTTrack Website Copier/3.x, Tue, 14 Mar 2023 -->", GIVEN),
    "HTTrack, no scheme": (
        "<!-- Mirrored from press.example.com/a.html by HTTrack Website Copier/3.x -->{1}",
        "http://press.example.com/a.html",
    ),
    "local file": ("<!-- saved from url=(0014)about:internet -->{1}", ""),
    "monolith, local file": ("<!-- Saved from local source at 2023-03-14T08:30:00Z using monolith v2.8.3 -->{1}", ""),
    "text about it": ("{1}<p>saved from url=(0036){0}</p>", ""),
}


@pytest.mark.parametrize(("form", "address"), SAVED.values(), ids=SAVED)
def test_comment_of_the_program_that_saved_a_page_gives_its_address(form: str, address: str) -> None:
    article = only(api.parse(form.format(GIVEN, PAGE)))
    assert article.source.address == address
    assert address == "" or article.id == address.rpartition("/")[2].partition(".")[0]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<html>", f'<html data-scrapbook-source="{GIVEN}" data-scrapbook-create="20190907134300000">'),
        ("<head>", f'<head><meta name="savepage-url" content="{GIVEN}">'),
        ("<head>", f'<head><meta name="savepage-from" content="{GIVEN}">'),
        ("<head>", f'<head><meta name="source-url" content="{GIVEN}">'),
        ("<head>", f'<head><meta name="twitter:url" content="{GIVEN}">'),
        ("<head>", f'<head><meta name="DC.identifier" content="{GIVEN}">'),
    ],
)
def test_attribute_of_the_program_that_saved_a_page_gives_its_address(old: str, new: str) -> None:
    assert only(api.parse(PAGE.replace(old, new))).source.address == GIVEN


COPIES = [
    "https://web.archive.org/web/20190907134300/",
    "http://web.archive.org/web/20190907134300id_/",
    "https://archive.ph/2019.09.07-134300/",
    "https://archive.today/20190907134300/",
]


@pytest.mark.parametrize("archive", COPIES)
def test_page_from_a_public_archive_has_the_address_of_the_original(archive: str) -> None:
    page = PAGE.replace("</p>", ' <a href="/web/20190907134300/https://press.example.com/b">b</a></p>')
    for saved in (
        page.replace("<head>", f'<head><link rel="canonical" href="{archive}{GIVEN}">'),
        f"<!-- saved from url=(0036){archive}{GIVEN} -->\n{page}",
    ):
        article = only(api.parse(saved))
        assert article.source.address == GIVEN
        assert b"(https://press.example.com/b)" in api.write(article)


def test_address_of_the_user_comes_before_that_of_the_page() -> None:
    own = PAGE.replace("<head>", '<head><link rel="canonical" href="https://press.example.com/other">')
    assert only(api.parse(own, address=GIVEN)).source.address == GIVEN
    assert only(api.parse(own)).source.address == "https://press.example.com/other"


def test_address_of_the_user_is_the_base_of_relative_links() -> None:
    document = api.parse(PAGE.replace("</p>", ' <a href="../b">b</a></p>'), address=GIVEN)
    assert any(each.code == "LNK001" for each in document.findings)
    assert b"(https://press.example.com/b)" in api.write(only(document))


@pytest.mark.parametrize(
    ("root", "path", "address"),
    [
        ("saved", "press.example.com/index.html", "https://press.example.com/"),
        ("saved", "2019/press.example.com/a/b.html", "https://press.example.com/a/b.html"),
        ("saved", "http/press.example.com/a/index.htm", "http://press.example.com/a/"),
        ("saved", "press.example.com+8080/a.html", "https://press.example.com:8080/a.html"),
        ("x/press.example.com/", "a/b.html", "https://press.example.com/a/b.html"),
        ("press.example.com/a.html", "press.example.com/a.html", "https://press.example.com/a.html"),
        ("saved", "press.example.com/纸 1.html", "https://press.example.com/%E7%BA%B8%201.html"),
        ("saved", "press.example.com/a/page.example.org/b.html", "https://press.example.com/a/page.example.org/b.html"),
        ("saved", "press.example.com/index.html?id=5", "https://press.example.com/?id=5"),
        ("saved", "press.example.com/index.html@id=5.html", "https://press.example.com/?id=5"),
        ("saved", "press.example.com/a.php@id=5&p=2", "https://press.example.com/a.php?id=5&p=2"),
        ("saved", "press.example.com/a.php?id=5.html", "https://press.example.com/a.php?id=5"),
        ("saved", "press.example.com/a.aspx.html", "https://press.example.com/a.aspx"),
        ("saved", "press.example.com/a.html%3Fid=5", "https://press.example.com/a.html?id=5"),
        ("saved", "press.example.com/@ann/a.html", "https://press.example.com/@ann/a.html"),
        ("saved", "press.example.com/%E7%BA%B8.html", "https://press.example.com/%E7%BA%B8.html"),
        ("saved", "site.old/a.html", ""),
        ("saved", "paper_files/a.html", ""),
        ("saved", "v1.2/a.html", ""),
        ("saved", "example.com", ""),
        ("-", "stdin", ""),
    ],
)
def test_folder_address(root: str, path: str, address: str) -> None:
    assert folder_address(root, path) == address


def test_tree_of_wget_gives_addresses_to_pages_that_have_none(tmp_path: Path) -> None:
    for name, text in (("index.html", PAGE), ("own.html", PAGE.replace("<head>", f'<head><base href="{GIVEN}">'))):
        folder = tmp_path / "press.example.com" / "news"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    documents = [only(each) for each in api.read(tmp_path)]
    assert [each.source.address for each in documents] == [
        "https://press.example.com/news/",
        "https://press.example.com/news/own.html",
    ]
    with zipfile.ZipFile(tmp_path / "saved.zip", "w") as archive:
        archive.writestr("press.example.com/news/index.html", PAGE)
    assert [only(each).source.address for each in api.read(tmp_path / "saved.zip")] == [
        "https://press.example.com/news/"
    ]


LISTS: dict[str, Callable[[str, str], str]] = {
    "tab": "{}\t{}\n".format,
    "comma": "# names\n\n{},{}\n".format,
    "spaces": "{}   {}".format,
    "quoted": '"{}","{}"\r\n'.format,
    "json": lambda name, address: json.dumps({name: address}),
    "byte order mark": "\ufeff{}\t{}\n".format,
    "head line": "path,url\n{},{}\n".format,
    "head line in Chinese": "文件名\t网址\r\n{}\t{}\r\n".format,
    "address first": lambda name, address: f"{address},{name}\n",
    "more columns": "{}\t{}\t2019\n".format,
    "column between": lambda name, address: f"{name}\tA title, and more\t{address}\n",
    "doubled quotes": '"{}";"{}";"a ""title"""\n'.format,
    "Windows": lambda name, address: f".\\{name}\t{address}\r\n",
    "twice the same": lambda name, address: f"{name}\t{address}\n{name}\t{address}\n",
}


@pytest.mark.parametrize("form", LISTS.values(), ids=LISTS)
def test_addresses_of_a_file(form: Callable[[str, str], str], tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a b.html").write_text(PAGE, "utf-8")
    (tmp_path / "list").write_text(form("a b.html", GIVEN), "utf-8")
    (document,) = api.read(tmp_path / "news", addresses=tmp_path / "list")
    assert only(document).source.address == GIVEN
    assert "SRC017" not in [code for code, _ in findings(document.findings)]
    checked = api.validate(tmp_path / "news", addresses=tmp_path / "list")
    assert "SRC017" not in [code for code, _ in findings(checked)]


def test_addresses_name_documents_by_path_in_the_source_or_as_findings_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "p.html").write_text(PAGE, "utf-8")
    (document,) = api.read("a", addresses={str(tmp_path / "a" / "p.html"): GIVEN})
    assert only(document).source.address == GIVEN
    for source, name in ((".", "a/p.html"), ("a", "p.html"), ("a", "a/p.html"), ("a/p.html", "p.html")):
        (document,) = api.read(source, addresses={f"./{name}": GIVEN})
        assert only(document).source.address == GIVEN, (source, name)


def test_name_that_no_document_has_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(PAGE, "utf-8")
    done = api.convert(tmp_path / "a.html", tmp_path / "a.json", "json", addresses={"b.html": GIVEN, "a.html": GIVEN})
    assert [each.text_in("en") for each in done.unmatched] == ["addresses: no document has the path 'b.html'"]
    many = {f"{number}.html": GIVEN for number in range(30)}
    done = api.convert(tmp_path / "a.html", tmp_path / "b.json", "json", addresses=many)
    assert len(done.unmatched) == 21


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a.html\n", "list:1: write the name of a document, a tab and its address"),
        ("a.html\tftp://press.example.com/\n", "list:1: write the name"),
        (f"a.html\t{GIVEN}\na.html\t{GIVEN}2\n", "list:2: 'a.html' has another address above"),
        (f"a.html\t{GIVEN}\n./a.html\t{GIVEN}2\n", "'a.html' has two addresses"),
        (f"path,url\nname,url\na.html,{GIVEN}\n", "list:2: write the name"),
        ("{", "not JSON"),
        ('{"a.html": 1}', "write an object of names and addresses"),
        ('{"a.html": "paper"}', "'paper' is no absolute http or https address"),
        ('{"a.html": "https://me:secret@press.example.com/"}', "leave out user name and password"),
        ("\udcff", "list:1: not UTF-8"),
    ],
)
def test_addresses_that_cannot_be_used_are_refused(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(PAGE, "utf-8")
    (tmp_path / "list").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(UsageError) as refused:
        api.validate(tmp_path / "a.html", addresses=tmp_path / "list")
    assert words in str(refused.value)


def test_address_of_one_document(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(PAGE, "utf-8")
    piped = run("--to", "jsonl", "-", "--address", GIVEN, cwd=tmp_path, stdin=PAGE.encode())
    assert json.loads(piped.stdout)["source"]["address"] == GIVEN
    for wrong in (("a.html", "a.html"), (str(tmp_path),)):
        with pytest.raises(UsageError, match="--addresses"):
            only_one("--address", GIVEN, wrong)
    with pytest.raises(UsageError, match="no absolute http"):
        api.parse(PAGE, address="press.example.com")


def test_addresses_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.html").write_text(PAGE, "utf-8")
    (tmp_path / "list.tsv").write_text(f"a.html\t{GIVEN}\n", "utf-8")
    (tmp_path / "convert.toml").write_text('addresses = "list.tsv"\n', "utf-8")
    assert json.loads(run("--to", "jsonl", "news", cwd=tmp_path).stdout)["source"]["address"] == GIVEN
    assert b"SRC017" not in run("validate", "news", cwd=tmp_path).stdout
    other = run("--to", "jsonl", "news/a.html", "--address", f"{GIVEN}2", cwd=tmp_path)
    assert json.loads(other.stdout)["source"]["address"] == f"{GIVEN}2"


def test_new_address_rebuilds_what_an_update_would_keep(tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    for name in ("a", "b"):
        (tmp_path / "news" / f"{name}.html").write_text(PAGE.replace("vat", name), "utf-8")
    out = tmp_path / "out"
    for address, kept in ((GIVEN, 0), (f"{GIVEN}-2", 1), (f"{GIVEN}-2", 2)):
        done = api.convert(tmp_path / "news", out, "json", update=True, addresses={"a.html": address})
        assert done.unchanged == kept
        assert json.loads((out / "a.json").read_text("utf-8"))["source"]["address"] == address


def test_two_pages_without_address_are_one_article_only_if_they_are_the_same(tmp_path: Path) -> None:
    for name, text in (("a", PAGE), ("b", PAGE), ("c", PAGE.replace("vat", "tub"))):
        (tmp_path / f"{name}.html").write_text(text, "utf-8")
    assert api.convert(tmp_path, tmp_path / "out.epub", "epub").articles == 2
    codes = [each.code for each in api.validate(sorted(tmp_path.glob("*.html")))]
    assert codes.count("SET001") == 1
    assert "SET002" not in codes
