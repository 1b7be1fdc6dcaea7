"""Exports of read-later programs: what is read of each form, and what is said of damage and of bookmarks."""

import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from helpers.program import run

from convert import sources
from convert.document import read_and_clean
from convert.errors import DocumentError, SourceError
from convert.model import Article, Finding, Image, texts, walk
from convert.sources import Reader, Ref, Refusal, containers
from convert.sources.exports import objects
from convert.sources.pictures import content_address

TEXT = "Paper begins as a slurry of fibres in water, and the mould is dipped into the vat and lifted level."
BODY = f"<h2>The vat</h2><p>{TEXT}</p><p>{TEXT} See [[felt]] and {{{{ site.url }}}}.</p>"
ADDRESS = "https://press.example.org/paper"

WALLABAG = {
    "is_archived": 1,
    "is_starred": 0,
    "tags": ["craft", "paper"],
    "is_public": False,
    "id": 12,
    "uid": None,
    "title": "How paper is made",
    "url": ADDRESS,
    "origin_url": "https://feed.example.org/17",
    "content": BODY,
    "created_at": "2023-04-02T08:00:00+0000",
    "updated_at": "2023-04-03T08:00:00+0000",
    "published_at": "2023-03-14T07:30:00+0100",
    "published_by": ["Ann Writer", "Bob Setter"],
    "annotations": [{"id": 5, "text": "ask Bob", "quote": "lifted level", "ranges": [{"start": "/p[1]"}]}],
    "mimetype": "text/html",
    "language": "en_GB",
    "domain_name": "press.example.org",
    "preview_picture": "https://press.example.org/vat.jpg",
}
OMNIVORE = {
    "id": "b7f2-11",
    "slug": "how-paper-is-made-18c",
    "title": "How paper is made",
    "description": "Of fibres and water",
    "author": "Ann Writer",
    "url": ADDRESS,
    "state": "Archived",
    "readingProgress": 40,
    "thumbnail": "https://press.example.org/vat.jpg",
    "labels": ["craft", "paper"],
    "savedAt": "2024-10-30T12:39:28.023Z",
    "updatedAt": "2024-10-31T12:39:28.023Z",
    "publishedAt": "2023-03-14T00:00:00.000Z",
}
READECK = {
    "ID": 3,
    "UID": "Zb4kq",
    "Created": "2024-01-01T10:00:00Z",
    "Updated": "2024-01-02T10:00:00Z",
    "URL": ADDRESS,
    "InitialURL": f"{ADDRESS}?from=feed",
    "Title": "How paper is made",
    "Site": "press.example.org",
    "SiteName": "The Press",
    "Published": "2023-03-14T00:00:00Z",
    "Authors": ["Ann Writer"],
    "Lang": "en",
    "Description": "Of fibres and water",
    "Text": TEXT,
    "Files": {"article": {"name": "index.html", "type": "text/html"}},
    "Labels": ["craft", "paper"],
    "Annotations": [{"text": "lifted level", "note": "ask Bob"}],
}
COMMON = {"title": "How paper is made", "address": ADDRESS, "keywords": ("craft", "paper")}

Made = Callable[[Path], None]


def write(data: object) -> Made:
    def make(file: Path) -> None:
        file.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())

    return make


def archive(files: Mapping[str, object]) -> Made:
    def make(file: Path) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
            for name, data in files.items():
                made.writestr(name, data if isinstance(data, str) else json.dumps(data, indent=2))

    return make


class Form(NamedTuple):
    """Form of export, what is read of its first entry, and what is listed."""

    name: str
    make: Made
    fields: Mapping[str, Any]
    listed: tuple[str, ...]


FORMS = [
    Form(
        "wallabag.json",
        write([WALLABAG]),
        {
            **COMMON,
            "id": "12",
            "authors": ("Ann Writer", "Bob Setter"),
            "published": "2023-03-14T07:30:00+01:00",
            "captured": "2023-04-02T08:00:00+00:00",
            "modified": "",
            "language": "en-GB",
            "publisher": "press.example.org",
            "lead": "https://press.example.org/vat.jpg",
        },
        ("ask Bob", "lifted level", "is_archived: 1", "updated_at: 2023-04-03", "https://feed.example.org/17"),
    ),
    Form(
        "omnivore.zip",
        archive(
            {
                "metadata_0_to_1.json": [OMNIVORE],
                f"content/{OMNIVORE['slug']}.html": f'<div id="readability-content">{BODY}</div>',
                f"highlights/{OMNIVORE['slug']}.md": "> lifted level\n\nask Bob",
            }
        ),
        {
            **COMMON,
            "id": "b7f2-11",
            "authors": ("Ann Writer",),
            "published": "2023-03-14T00:00:00Z",
            "captured": "2024-10-30T12:39:28Z",
            "modified": "",
            "description": "Of fibres and water",
            "lead": "https://press.example.org/vat.jpg",
        },
        ("ask Bob", "lifted level", "readingProgress: 40", "state: Archived"),
    ),
    Form(
        "readeck.zip",
        archive(
            {
                "bookmarks/Zb4kq/info.json": READECK,
                "bookmarks/Zb4kq/container/index.html": f"<section>{BODY}</section>",
                "bookmarks/Zb4kq/container/img/vat.jpg": "x",
                "data.json": {"Info": {"Version": "1"}, "Users": [], "Bookmarks": [{"UID": "Zb4kq", "UserID": 1}]},
            }
        ),
        {
            **COMMON,
            "id": "Zb4kq",
            "authors": ("Ann Writer",),
            "published": "2023-03-14T00:00:00Z",
            "captured": "2024-01-01T10:00:00Z",
            "publisher": "The Press",
            "description": "Of fibres and water",
        },
        ("ask Bob", "lifted level", "press.example.org", "?from=feed"),
    ),
    Form(
        "wallabag.csv",
        write(
            b'Title;URL;Content;Tags;"MIME Type";Language;"Creation date"\r\n"How paper is made";'
            + f'{ADDRESS};"{BODY.replace("<p>", "<p class=x>")}\n";craft,paper;text/html;en;2023-04-02\r\n'.encode()
        ),
        {**COMMON, "language": "en", "captured": "2023-04-02", "published": ""},
        ("MIME Type: text/html",),
    ),
    Form(
        "feed.json",
        write(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "items": [
                    {
                        "id": "p1",
                        "url": ADDRESS,
                        "title": "How paper is made",
                        "content_html": BODY,
                        "date_published": "2023-03-14",
                        "date_modified": "2023-03-15",
                        "tags": [{"id": 1, "label": "craft", "slug": "c"}, {"id": 2, "label": "paper", "slug": "p"}],
                    }
                ],
            }
        ),
        {**COMMON, "id": "p1", "published": "2023-03-14", "modified": "2023-03-15"},
        (),
    ),
]


def articles(file: Path) -> tuple[list[Article], list[Finding | Refusal]]:
    """The articles of an export, and what is said of it."""
    found: list[Article] = []
    said: list[Finding | Refusal] = []
    with Reader() as reader:
        for ref in sources.walk([str(file)]):
            if isinstance(ref, Refusal):
                said.append(ref)
                continue
            article, findings, *_ = read_and_clean(reader.read(ref))
            said += findings
            if article:
                found.append(article)
    return found, said


def value(article: Article, name: str) -> object:
    if name in ("address", "captured"):
        return getattr(article.source, name)
    if name == "lead":
        return article.lead.images[0].address if article.lead else ""
    return getattr(article, name)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_fields_have_their_places_and_none_vanishes(form: Form, tmp_path: Path) -> None:
    form.make(file := tmp_path / form.name)
    (article,), said = articles(file)
    assert {name: value(article, name) for name in form.fields} == form.fields
    assert "".join(texts(article.body)).endswith(f"{TEXT} See [[felt]] and {{{{ site.url }}}}.")
    assert {each.code for each in said if isinstance(each, Finding)} <= {"SRC015"}
    listed = " ".join(each.removed for each in said if isinstance(each, Finding))
    for words in form.listed:
        assert words in listed


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS[:3], ids=lambda form: form.name)
def test_export_goes_through_all_commands(form: Form, tmp_path: Path) -> None:
    form.make(tmp_path / form.name)
    assert b"1 article(s)" in run("validate", form.name, cwd=tmp_path).stdout
    for output in ("out.json", "out.epub"):
        first = run("--to", output[4:], form.name, "-o", output, "--update", cwd=tmp_path)
        assert first.returncode == 0, first.stderr
    made = (tmp_path / "out.epub").read_bytes()
    again = run("--to", "epub", form.name, "-o", "out.epub", "--update", cwd=tmp_path)
    assert again.returncode == 0
    assert (tmp_path / "out.epub").read_bytes() == made


THREE = [{**WALLABAG, "id": number, "title": f"Sheet {number}", "url": f"{ADDRESS}/{number}"} for number in (1, 2, 3)]
WHOLE = json.dumps(THREE, ensure_ascii=False).encode()
SECOND = WHOLE.index(b"Sheet 2")
DAMAGED = {
    # name: (data, titles that are read, codes of what is said of the others)
    "whole": (WHOLE, ["Sheet 1", "Sheet 2", "Sheet 3"], []),
    "with a byte order mark": (b"\xef\xbb\xbf" + WHOLE, ["Sheet 1", "Sheet 2", "Sheet 3"], []),
    "on many lines": (json.dumps(THREE, indent=4).encode(), ["Sheet 1", "Sheet 2", "Sheet 3"], []),
    "cut in the last entry": (WHOLE[:-300], ["Sheet 1", "Sheet 2"], ["SRC007"]),
    "cut between entries": (WHOLE[: WHOLE.index(b', {"is_archived"', SECOND)], ["Sheet 1", "Sheet 2"], ["SRC007"]),
    "a bracket is lost": (WHOLE.replace(b'"lifted level"', b'"lifted level', 1), ["Sheet 2", "Sheet 3"], ["SRC007"]),
    "a quotation mark too much": (
        WHOLE[:SECOND] + b'"' + WHOLE[SECOND:],
        ["Sheet 1", "Sheet 3"],
        ["SRC007"],
    ),
    "a value of the wrong type": (
        json.dumps([{**THREE[0], "tags": 7, "published_at": False, "content": BODY, "authors": {"a": [1]}}]).encode(),
        ["Sheet 1"],
        [],
    ),
    "another encoding": (
        WHOLE.replace(b"Sheet 2", "抄纸".encode("gb18030")).replace(b"lifted", "抄纸".encode("gb18030")),
        [],
        ["SRC005", "SRC005", "SRC005"],
    ),
    "no object": (
        WHOLE.replace(b"}]", b'}, "x", 7]').replace(b'[{"id": 5', b'[{"id": 5'),
        ["Sheet 1", "Sheet 2", "Sheet 3"],
        ["SRC007"],
    ),
    "a control character": (WHOLE.replace(b"Sheet 2", b"Sheet\t2"), ["Sheet 1", "Sheet 2", "Sheet 3"], []),
    "a number that is no JSON": (WHOLE.replace(b'"id": 2,', b'"id": 02,'), ["Sheet 1", "Sheet 3"], ["SRC007"]),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_what_is_whole_is_read_and_the_rest_reported(name: str, tmp_path: Path) -> None:
    data, titles, codes = DAMAGED[name]
    (file := tmp_path / "wallabag.json").write_bytes(data)
    found, said = articles(file)
    assert [each.title for each in found] == titles
    assert [each.code for each in said if each.code != "SRC015" and not each.code.startswith("TXT")] == codes
    for each in said:
        if isinstance(each, Refusal):
            assert each.line
            assert "byte" in str(each.message) or "entry" in str(each.message)


BOOKMARKS = {
    "raindrop.csv": "id,title,note,excerpt,url,folder,tags,created,cover,highlights,favorite\n"
    f'1,"How ""paper"" is made",ask Bob,"Of fibres\nand water",{ADDRESS},Craft,"craft, paper",2024,,lifted,true\n',
    "pocket.csv": f"title,url,time_added,tags,status\nPaper,{ADDRESS},1684913522,craft|paper,unread\n",
    "instapaper.csv": f"URL,Title,Selection,Folder,Timestamp,Tags\n{ADDRESS},Paper,,Unread,1640080879,[]\n",
    "readeck.csv": "url,title,created,labels,is_archived,is_marked,type\r\n"
    f'{ADDRESS},Paper,2024-01-01,"[""craft""]",false,false,article\r\n',
    "wallabag.json": json.dumps([{**WALLABAG, "content": "<div> </div>"}, {**WALLABAG, "content": None}]),
}


@pytest.mark.parametrize("name", BOOKMARKS)
def test_bookmarks_without_text_are_counted_and_said(name: str, tmp_path: Path) -> None:
    (file := tmp_path / name).write_text(BOOKMARKS[name], "utf-8")
    found, said = articles(file)
    assert not found
    assert {each.code for each in said} == {"SRC004"}
    for each in said:
        assert ADDRESS in str(each.message)
        assert "without its text" in str(each.message)


def test_bookmark_says_all_that_the_export_has(tmp_path: Path) -> None:
    (file := tmp_path / "raindrop.csv").write_text(BOOKMARKS["raindrop.csv"], "utf-8")
    _, (said,) = articles(file)
    for words in ('How "paper" is made', "ask Bob", "Of fibres and water", "Craft", "craft, paper", "lifted", "true"):
        assert words in str(said.message)


TABLE = "title,url,content\n"
ROW = f'Sheet {{}},{ADDRESS}/{{}},"<p>{TEXT}</p>\n<p>""{TEXT}""</p>"\n'
TABLES = {
    # name: (data, titles that are read, codes of what is said of the others)
    "whole": (TABLE + ROW.format(1, 1) + "\n" + ROW.format(2, 2), ["Sheet 1", "Sheet 2"], []),
    "ends of lines of Windows": ((TABLE + ROW.format(1, 1)).replace("\n", "\r\n"), ["Sheet 1"], []),
    "values too many and too few": (TABLE + f"A,{ADDRESS},<p>{TEXT}</p>,x,y\nB\n", ["A"], ["SRC004"]),
    "a quotation mark that is not closed": (TABLE + ROW.format(1, 1) + ROW.format(2, 2)[:-2], ["Sheet 1"], ["SRC001"]),
    "a line end of the Macintosh": (
        TABLE + ROW.format(1, 1) + "a\rb,c\n" + ROW.format(2, 2),
        ["Sheet 1", "Sheet 2"],
        ["SRC001"],
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_rows_that_are_whole_are_read(name: str, tmp_path: Path) -> None:
    data, titles, codes = TABLES[name]
    (file := tmp_path / "x.csv").write_bytes(data.encode())
    found, said = articles(file)
    assert [each.title for each in found] == titles
    assert [each.code for each in said if each.code != "SRC015"] == codes


@pytest.mark.parametrize("form", FORMS[1:3], ids=lambda form: form.name)
def test_archive_that_was_packed_again_in_its_folder(form: Form, tmp_path: Path) -> None:
    form.make(first := tmp_path / form.name)
    with zipfile.ZipFile(first) as old, zipfile.ZipFile(file := tmp_path / "again.zip", "w") as new:
        for name in old.namelist():
            new.writestr(f"My export/{name}", old.read(name))
            new.writestr(f"__MACOSX/My export/._{name.rpartition('/')[2]}", b"\0\5\x16\7")
    (article,), said = articles(file)
    assert {name: value(article, name) for name in form.fields} == form.fields
    assert {each.code for each in said if isinstance(each, Finding)} <= {"SRC015"}
    beside = [str(each.message) for each in said if isinstance(each, Refusal)]
    assert [each for each in beside if "has Info, Users (0); " not in each] == []
    assert len(beside) == (form.name == "readeck.zip")


def test_picture_in_the_archive_is_named_by_its_bytes(tmp_path: Path) -> None:
    pictures = (
        '<p><img src="./_resources/vat.jpg" alt="Vat"/></p><p><img alt="x" src="https://press.example.org/b.jpg"></p>'
    )
    archive(
        {
            "data.json": {"Bookmarks": []},
            "bookmarks/Zb4kq/info.json": READECK,
            "bookmarks/Zb4kq/container/index.html": BODY + pictures,
            "bookmarks/Zb4kq/container/_resources/vat.jpg": "bytes of a picture",
        }
    )(file := tmp_path / "readeck.zip")
    (article,), _ = articles(file)
    found = [each.address for each in walk(article.body) if isinstance(each, Image)]
    assert found == [content_address(b"bytes of a picture"), "https://press.example.org/b.jpg"]


def test_many_annotations_are_all_listed(tmp_path: Path) -> None:
    notes = [{"id": number, "quote": TEXT, "text": f"note {number}"} for number in range(3000)]
    write([{**WALLABAG, "annotations": notes}])(file := tmp_path / "wallabag.json")
    (article,), (said,) = articles(file)
    assert article.title == "How paper is made"
    assert isinstance(said, Finding)
    assert all(f"note {number}" in said.removed for number in range(3000))


def test_names_are_unique_and_safe(tmp_path: Path) -> None:
    same = [
        {**WALLABAG, "id": "../../x"},
        {**WALLABAG, "id": "../../X"},
        {**WALLABAG, "id": "", "uid": 0, "url": "a/.."},
    ]
    write(same)(file := tmp_path / "wallabag.json")
    paths = [each.path for each in sources.walk([str(file)])]
    assert paths == ["x.html", "X-000002.html", "0.html"]


def test_entries_keep_the_order_of_the_export(tmp_path: Path) -> None:
    names = [f"s{number:02}" for number in range(25, 0, -1)]
    files: dict[str, object] = {}
    for begin in (20, 0):
        part = names[begin : begin + 20]
        files[f"metadata_{begin}_to_{begin + len(part)}.json"] = [
            {**OMNIVORE, "id": each, "slug": each} for each in part
        ]
    archive({**files, **{f"content/{each}.html": BODY for each in names}})(file := tmp_path / "omnivore.zip")
    assert [each.path for each in sources.walk([str(file)])] == [f"{each}.html" for each in names]


def test_entries_across_the_chunks_of_a_large_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tricky = [{**each, "content": BODY * 3 + '\\"}],[{' * 40} for each in THREE]
    data = json.dumps(tricky).encode()
    (file := tmp_path / "wallabag.json").write_bytes(data)
    for size in (7, 64, 1000):
        monkeypatch.setattr(objects, "_CHUNK", size)
        with file.open("rb") as stream:
            found = list(objects.pieces(stream, 1))
        assert [json.loads(each.raw) for each in found] == tricky
        assert all(data[each.offset : each.offset + each.size] == each.raw for each in found)


def test_entry_larger_than_a_document_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("convert.sources.exports.forms.MAX_BYTES", 3000)
    large = {**THREE[1], "content": BODY * 20}
    (file := tmp_path / "wallabag.json").write_bytes(json.dumps([THREE[0], large, THREE[2]]).encode())
    found, said = articles(file)
    assert [each.title for each in found] == ["Sheet 1", "Sheet 3"]
    assert [each.code for each in said if each.code != "SRC015"] == ["SRC002"]


def test_nothing_but_bookmarks_cannot_be_converted(tmp_path: Path) -> None:
    (tmp_path / "pocket.csv").write_text(BOOKMARKS["pocket.csv"], "utf-8")
    shown = run("--to", "json", "pocket.csv", "-o", "out.json", cwd=tmp_path)
    assert shown.returncode != 0
    assert b"without its text" in shown.stderr


def test_damaged_zip(tmp_path: Path) -> None:
    FORMS[1].make(file := tmp_path / "omnivore.zip")
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2])
    with pytest.raises(SourceError, match="damaged archive"):
        list(sources.walk([str(file)]))
    broken = bytearray(data)
    at = broken.index(b"content/") + 60
    broken[at : at + 20] = bytes(20)
    file.write_bytes(broken)
    (ref,) = sources.walk([str(file)])
    assert isinstance(ref, Ref)
    with Reader() as reader, pytest.raises(DocumentError) as caught:
        reader.read(ref)
    assert caught.value.code == "SRC001"


NOT_EXPORTS = {
    "our own JSON": b'{"schema_version": "1.1", "id": "a", "title": "t", "links": [{"title": 1, "url": 2}]}',
    "a report": b'[\n{"description": "ART001 missing-title", "title": "x"}]',
    "HAR": b'{"log": {"version": "1.2", "entries": [{"request": {"url": "https://a.example"}}]}}',
    "a table of a mirror": "标题,url,date\n纸,https://a.example,2023\n".encode(),
    "prose": b"Title, url, tags\n\nThis is no table.",
    "a list of numbers": b"[1, 2, 3]",
    "a line end of the Macintosh": b"title,url,content\rA,https://a.example,x",
    "an empty list": b"[]",
}


@pytest.mark.parametrize("name", NOT_EXPORTS)
def test_other_files_are_no_exports(name: str, tmp_path: Path) -> None:
    (file := tmp_path / "x").write_bytes(NOT_EXPORTS[name])
    assert (containers.kind_of(str(file)) == "export") is (name == "prose")


def test_clippings_of_obsidian() -> None:
    text = (
        '---\ntitle: "How paper is made"\nsource: "https://press.example.org/paper"\nauthor:\n  - "[[Ann Writer]]"\n'
        'published: 2023-03-14\ncreated: 2024-01-01\ndescription: "Of fibres"\ntags:\n  - "clippings"\n---\n'
        f"{TEXT}\n\n{TEXT}\n"
    )
    article, findings, *_ = read_and_clean(sources.Source("", "Clippings/How paper is made.md", text.encode()))
    assert article
    assert (article.title, article.authors, article.published) == ("How paper is made", ("Ann Writer",), "2023-03-14")
    assert (article.source.address, article.description, article.keywords) == (ADDRESS, "Of fibres", ("clippings",))
    assert [each.removed for each in findings if each.code == "SRC015"] in ([], ["created: 2024-01-01"])
