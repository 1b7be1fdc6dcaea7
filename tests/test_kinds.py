"""Files that are not read: each is named by its content, with what to do next, wherever it comes from."""

import gzip
import io
import re
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from helpers.program import run

from convert import readers, sources
from convert.messages import Language, Message, message
from convert.readers.options import ReadOptions
from convert.sources import Ref, Refusal, files, kinds

PROSE = "Paper begins as a slurry of fibres in water, and the mould is dipped into the vat and lifted level."


def zipped(*names: str, first: str = "", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    with zipfile.ZipFile(made := io.BytesIO(), "w", method) as archive:
        if first:
            archive.writestr("mimetype", first, zipfile.ZIP_STORED)
        for name in names:
            archive.writestr(name, f"<x>{name}</x>")
    return made.getvalue()


def ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + stream.encode("utf-16-le") + bytes(100)


ODF = "application/vnd.oasis.opendocument."
BINARY = {
    "kind-pdf": [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", b"\0junk\n%PDF-1.4\n"],
    "kind-word": [zipped("[Content_Types].xml", "word/document.xml"), zipped("word/document2.xml")],
    "kind-word-97": [ole("WordDocument"), ole("something else")],
    "kind-opendocument": [zipped("content.xml", first=f"{ODF}text")],
    "kind-rtf": [b"{\\rtf1\\ansi Paper}"],
    "kind-spreadsheet": [zipped("xl/workbook.xml"), zipped("content.xml", first=f"{ODF}spreadsheet"), ole("Workbook")],
    "kind-slides": [zipped("ppt/presentation.xml"), zipped(first=f"{ODF}presentation"), ole("PowerPoint Document")],
    "kind-outlook": [ole("__substg1.0_0037001F")],
    "kind-djvu": [b"AT&TFORM\0\0\1\0DJVM"],
    "kind-kindle": [b"Paper".ljust(60, b"\0") + b"BOOKMOBI" + bytes(20)],
    "kind-chm": [b"ITSF\3\0\0\0"],
    "kind-epub": [zipped("META-INF/container.xml", first="application/epub+zip")],
    "kind-zim": [b"ZIM\4" + bytes(80)],
    "kind-postscript": [b"%!PS-Adobe-3.0\n"],
    "kind-picture": [
        b"P6 20 20\n255\n\0",
        b"\n\5\1\x08\0",
        bytes(128) + b"DICM\2\0",
        b"/* XPM */\nstatic char *a[] = {",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"\xff\xd8\xff\xe0\0\x10JFIF",
        b"GIF89a\1\0",
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"II*\0\x08\0",
        b"BM\x36\0\0\0\0\0\0\0\x36\0",
        b"\0\0\1\0\1\0",
        b"\0\0\0\x1cftypavif\0\0",
        b"\0\0\0\x18ftypheic",
        b"8BPS\0\1",
    ],
    "kind-audio": [
        b"ID3\4\0",
        b"\xff\xfb\x90\x64",
        b"fLaC\0",
        b"RIFF\0\0\0\0WAVEfmt ",
        b"OggS\0\2\0\0\x01vorbis",
        b"MThd\0\0",
    ],
    "kind-video": [
        b"\0\0\0\x20ftypisom",
        b"\x1aE\xdf\xa3\1",
        b"RIFF\0\0\0\0AVI LIST",
        b"FLV\1\5",
        b"\0\0\1\xba\0",
        b"CWS\x0a\0",
    ],
    "kind-font": [b"wOF2\0\1", b"OTTO\0\t", b"\0\1\0\0\0\x12\1\0\0\4\0\x20DSIG"],
    "kind-7z": [b"7z\xbc\xaf\x27\x1c\0\4"],
    "kind-rar": [b"Rar!\x1a\x07\0", b"Rar!\x1a\x07\1\0"],
    "kind-xz": [b"\xfd7zXZ\0\0\4"],
    "kind-bzip2": [b"BZh91AY&SY\x1b"],
    "kind-zstd": [b"\x28\xb5\x2f\xfd\x04"],
    "kind-gzip": [gzip.compress(PROSE.encode() * 30)],
    "kind-archive": [b"\x1f\x9d\x90", b"MSCF\0\0", b"!<arch>\ndebian", b"LZIP\1", b"07070100000000\0"],
    "kind-zip": [zipped("a.html"), b"PK\5\6" + bytes(18)],
    "kind-app": [zipped("AndroidManifest.xml"), zipped("META-INF/MANIFEST.MF", "A.class"), b"Cr24\3\0"],
    "kind-sqlite": [b"SQLite format 3\0\x10\0"],
    "kind-parquet": [b"PAR1\x15\4"],
    "kind-webarchive": [b"bplist00\xd1\1\2_\x10\x0fWebMainResource"],
    "kind-plist": [b"bplist00\xd1\1\2"],
    "kind-program": [b"\x7fELF\2\1", b"MZ\x90\0\3", b"\xca\xfe\xba\xbe\0\0", b"\xa7\r\r\n" + bytes(12) + b"\xe3\0"],
    "kind-shortcut": [b"L\0\0\0\x01\x14\x02\0\0"],
    "kind-torrent": [b"d8:announce30:https://tracker.example.org/ann"],
    "kind-disk": [bytes(32769) + b"CD001\1", b"KDMV\1\0", b"QFI\xfb\0"],
    "kind-encrypted": [b"Salted__\1\2\3", b"\x8c\x0d\x04\x09\x03", b"\x85\1\x0c\x03\0"],
    "kind-desktop": [b"\0\0\0\1Bud1\0\0"],
    "kind-other-document": [
        ole("Quill"),
        b"\xffWPC\0",
        b"\x31\xbe\0\0\0\xab\0",
        b"HWP Document File V3",
        b"ITOLITLS\1",
        b"CAJ\0\1",
        b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d",
    ],
    "kind-pst": [b"!BDN\0\0"],
    "kind-catalogue": [b"\xde\x12\x04\x95\0\0"],
    "kind-database": [
        b"ARROW1\0\0",
        b"FEA1\0",
        b"ORC\1\0",
        b"Obj\1\4",
        b"\x89HDF\r\n\x1a\n\0",
        b"\x93NUMPY\1\0",
        bytes(8) + b"DUCK\0",
        b"\0\1\0\0Standard Jet DB\0",
    ],
    "kind-zeros": [bytes(5000), bytes(100_000)],
    "kind-utf16": [PROSE.encode("utf-16-le"), PROSE.encode("utf-16-be")],
}
XML = '<?xml version="1.0"?>\n<!-- made -->\n'
TEXT = {
    "kind-lfs": ["version https://git-lfs.github.com/spec/v1\noid sha256:0a\nsize 5\n"],
    "kind-annex": ["/annex/objects/SHA256E-s5--0a.html\n", "../.git/annex/objects/x/y/SHA256E-s5--0a\n"],
    "kind-bookmarks": [
        '{"checksum": "x", "roots": {"bookmark_bar": {"children": []}}}',
        '{"guid": "root________", "children": []}',
        "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<TITLE>Bookmarks</TITLE>\n<DL><p><DT><A HREF='https://a.example'>A</A></DL>",
        *(
            f"<!DOCTYPE html>\n<html><head><meta charset='utf-8'><title>{name} Export</title></head><body><ul>"
            f"{'<li><a href=x>Of fibres and water, and of felt.</a></li>' * 50}</ul></body></html>"
            for name in ("Pocket", "Instapaper:")
        ),
    ],
    "kind-singlefilez": [
        f"<!DOCTYPE html><html><head><title>Paper</title></head><!--PK\x03\x04 PK\x05\x06{'0' * 18}-->"
    ],
    "kind-feed": [
        f"{XML}<rss version='2.0'><channel>",
        f"{XML}<feed xmlns='http://www.w3.org/2005/Atom'>",
        "<rdf:RDF xmlns='x'>",
    ],
    "kind-sitemap": [f"{XML}<urlset xmlns='x'><url>", f"{XML}<sitemapindex>"],
    "kind-opml": [f"{XML}<opml version='2.0'>"],
    "kind-fb2": [f"{XML}<FictionBook xmlns='x'>"],
    "kind-svg": [f"{XML}<!DOCTYPE svg PUBLIC 'x' 'y'>\n<svg>", "<svg xmlns='x'><path/></svg>"],
    "kind-plist": [f"{XML}<plist version='1.0'><dict><key>a</key>"],
    "kind-shortcut": [
        "[InternetShortcut]\nURL=https://a.example/",
        f"{XML}<plist version='1.0'>\n<dict>\n<key>URL</key>",
    ],
    "kind-xml": ["<!DOCTYPE dtbook SYSTEM 'x'><dtbook><book>", "<nitf><body>", f"{XML}<library><book/></library>"],
    "kind-notebook": ['{"cells": [], "metadata": {}, "nbformat": 4}'],
    "kind-arc": ["filedesc://press.arc 0.0.0.0 20080430204825 text/plain 76\n1 0 archive\n"],
    "kind-multi-wacz": ['{"profile": "multi-wacz-package", "resources": [{"path": "https://e.org/a.wacz"}]}'],
    "kind-har": ['{"log": {"version": "1.2", "creator": {"name": "x"}, "entries": []}}'],
    "kind-mbox": [
        f"From ann@example.org Tue Mar 14 08:00:00 2023\nFrom: Ann <ann@example.org>\nSubject: Paper\n\n{PROSE}\n"
    ],
    "kind-mail": [
        "Return-Path: <a@example.org>\nReceived: from x\n\tby y\nFrom: Ann <a@example.org>\nSubject: Paper\n\nFelt.\n"
    ],
    "kind-key": ["-----BEGIN CERTIFICATE-----\nMIIB\n"],
    "kind-latex": [
        "% of paper\n\\documentclass{article}\n\\begin{document}\nPaper\n",
        "\\usepackage{x}\n\\documentclass[a4]{book}\n",
    ],
    "kind-org": ["#+TITLE: Paper\n#+DATE: 2023-03-14\n\n* The vat\n", "# a comment\n#+begin_quote\nPaper\n"],
    "kind-asciidoc": ["= Paper\nAnn Writer\n:toc:\n\n== The vat\n", ":doctype: book\n= Paper\n:lang: en\n"],
    "kind-rst": [
        f"Paper\n=====\n\n:date: 2023-03-14\n:author: Ann\n\n{PROSE}\n",
        f"=====\nPaper\n=====\n\n.. note:: Felt\n\n{PROSE}",
    ],
    "kind-manual": ['.\\" of paper\n.TH PAPER 1\n.SH NAME\n'],
    "kind-script": [
        "-- a dump\nCREATE TABLE a (b int);\n",
        "#!/bin/sh\necho paper\n",
        "(function(){var a=1})();",
        "'use strict';\nvar a = 1;",
        "import a from 'b';\n",
        "const a = 1;",
    ],
    "kind-style": ["/* paper */\nbody { margin: 0 }\n", "@charset 'utf-8';\n", ".a,#b>c{color:red}"],
    "kind-wiki": [
        "'''Paper''' is made.\n\n== The vat ==\n[[Felt]]\n",
        "{{Infobox}}\n'''Paper'''\n[[Category:Craft]]\n",
    ],
    "kind-wordpress": [f"{XML}<rss version='2.0' xmlns:wp='http://wordpress.org/export/1.2/'>"],
    "kind-webarchive": [f"{XML}<plist version='1.0'><dict><key>WebMainResource</key>"],
    "kind-evernote": [f"{XML}<!DOCTYPE en-export SYSTEM 'x'>\n<en-export><note>"],
    "kind-mediawiki": ["<mediawiki xmlns='x'><page>"],
    "kind-docbook": [f"{XML}<article xmlns='http://docbook.org/ns/docbook'>"],
    "kind-tei": [
        f'{XML}<?xml-model href="tei_all.rng"?>\n<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader/><text><body>',
        '<!DOCTYPE TEI.2 SYSTEM "teixlite.dtd">\n<TEI.2><text><body><p>',
        f'{XML}<tei:TEI xmlns:tei="http://www.tei-c.org/ns/1.0">',
        "<teiCorpus><teiHeader>",
    ],
    "kind-dita": [
        f'{XML}<!DOCTYPE topic PUBLIC "-//OASIS//DTD DITA Topic//EN" "topic.dtd">\n<topic id="a"><title>Paper</title>',
        '<concept id="a"><title>Paper</title><conbody><p>',
        '<map><title>Paper</title><topicref href="a.dita"/></map>',
        '<task id="a" xmlns:ditaarch="http://dita.oasis-open.org/architecture/2005/"><title>Paper</title>',
    ],
    "kind-jats": [f"{XML}<!DOCTYPE article PUBLIC '-//NLM//DTD JATS' 'x'><article>"],
    "kind-map": [f"{XML}<kml>", f"{XML}<gpx version='1.1'>", '{"type": "FeatureCollection", "features": []}'],
    "kind-linked-data": [
        '{"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Paper"}',
        '[{"@graph": []}]',
        "@prefix x: <https://a.example/> .\n",
        '<https://a.example/> <https://b.example/> "Paper" .\n',
    ],
    "kind-keep": ['{"title": "Paper", "textContent": "x", "userEditedTimestampUsec": 1}'],
    "kind-settings": ['{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "x"}'],
    "kind-cdx": [
        " CDX N b a m s k r M S V g\ncom,a)/ 20200101000000 https://a.example/\n",
        'com,a)/x 20200101000000 {"url": "https://a.example/"}\n',
        '[["urlkey", "timestamp", "original"],\n["com,a)/", "20200101000000", "x"]]',
    ],
    "kind-encrypted": ["-----BEGIN PGP MESSAGE-----\n\nx\n", "U2FsdGVkX19hbGw=\n"],
    "kind-calendar": ["BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "BEGIN:VCARD\nFN:Ann\n"],
    "kind-subtitles": [
        "1\n00:00:01,000 --> 00:00:02,000\nPaper\n",
        "WEBVTT\n\n00:01.000 --> 00:02.000\nPaper\n",
        "[Script Info]\nTitle: x\n",
        "[00:12.00]Paper\n",
    ],
    "kind-playlist": ["#EXTM3U\n#EXTINF:1,\na.ts\n"],
    "kind-bibliography": ["@article{a, title={Paper}}\n", "TY  - JOUR\nTI  - Paper\n", "PMID- 1\nTI  - Paper\n"],
    "kind-diff": ["--- a/x\n+++ b/x\n@@ -1 +1 @@\n", "commit 1\n\ndiff --git a/x b/x\n"],
    "kind-log": ['127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 1\n', "2024-01-01 10:00:00 x\n" * 5],
    "kind-catalogue": ['# of paper\nmsgid ""\nmsgstr ""\n'],
    "kind-clippings": ["Paper (Ann Writer)\n- Your Highlight on page 1 | Location 1-2\n\nText\n==========\n"],
    "kind-typst": ["// of paper\n#set page()\n= Paper\n"],
    "kind-textile": ["h1. Paper\n\np. x\n"],
    "kind-table": ["a\tb\n1\t2\n", "one,two\n1,2\n", 'title,day,words\n"Of paper, and ink",2023,9\n'],
    "kind-markdown": [
        f"# Paper\n\n{PROSE}\n",
        f"Paper\n=====\n\n{PROSE}\n",
        "- [Paper](paper.md)\n- [Felt](felt.md)\n",
    ],
    "kind-export": [
        '[{"is_archived": 0, "title": "Paper", "url": "https://a.example", "content": "x"}]',
        "title,url,time_added,tags,status\nPaper,https://a.example,1,,unread\n",
    ],
}
NAMED = {
    "kind-export-part": ("Downloads/metadata_0_to_20.json", '[{"title": "Paper", "url": "https://a.example"}]'),
    "kind-table": ("a.csv", "Paper"),
    "kind-settings": ("a.yml", "# of paper\nkey: value\nother: [1]\n"),
    "kind-script": ("a.py", "# of paper\nx = 1\n"),
    "kind-rst": ("a.rst", f"Paper\n=====\n\n{PROSE}"),
    "kind-latex": ("part.tex", PROSE),
    "kind-org": ("a.org", f"* Paper\n{PROSE}\n"),
    "kind-mail": ("a.eml", PROSE),
    "kind-markdown": ("a.md", PROSE),
}


def cases() -> list[tuple[str, bytes]]:
    made = [(name, data) for name, each in BINARY.items() for data in each]
    return made + [(name, text.encode()) for name, each in TEXT.items() for text in each]


@pytest.mark.parametrize(("name", "data"), cases(), ids=lambda each: each if isinstance(each, str) else "")
def test_file_says_what_it_is(name: str, data: bytes) -> None:
    assert readers.peek(data, "x") is None
    assert readers.why_not(data, path="x") == message(name)
    cut = data[:40] if name not in ("kind-utf16", "kind-zeros") else data
    assert "begins an article" not in str(readers.why_not(cut))


@pytest.mark.parametrize("name", NAMED)
def test_name_decides_where_the_text_does_not(name: str) -> None:
    path, text = NAMED[name]
    assert readers.why_not(text.encode(), path=path) == message(name)


@pytest.mark.parametrize("name", BINARY)
def test_binary_is_named_although_a_format_is_asked_for(name: str) -> None:
    assert readers.why_not(BINARY[name][0], ReadOptions("html")) == message(name)


def test_every_kind_has_words_in_both_languages_and_a_case() -> None:
    rows = {row.said.id for row in (*kinds.BINARY, *kinds.TEXT)}
    assert rows - {"kind-tar", "kind-warc"} <= {*BINARY, *TEXT}
    for each in rows:
        english, chinese = (message(each).text_in(language) for language in ("en", "zh"))
        assert english != each
        assert chinese != english
        assert re.search("[\u4e00-\u9fff]", chinese)


@pytest.mark.parametrize("name", ["kind-word", "kind-opendocument", "kind-spreadsheet", "kind-slides", "kind-app"])
def test_document_in_a_zip_archive_is_named_as_a_source(name: str, tmp_path: Path) -> None:
    (file := tmp_path / "x.bin").write_bytes(BINARY[name][0])
    (said,) = sources.walk([str(file)])
    assert isinstance(said, Refusal)
    assert (said.code, said.message) == ("SRC004", message(name))


ENDINGS = ("", ".html", ".json", ".md", ".zip", ".txt", ".xml", ".jsonl")
"""Ends of names that are wrong for most kinds."""
CONTAINERS = ("kind-epub", "kind-zim", "kind-zip", "kind-export", "kind-parquet")
"""Kinds that are opened where they are named, or looked into."""


def _alone(folder: Path, name: str, data: bytes) -> str:
    (folder / name).write_bytes(data)
    return str(folder / name)


def _in_folder(folder: Path, name: str, data: bytes) -> str:
    (below := folder / "below").mkdir(exist_ok=True)
    _alone(below, name, data)
    return str(folder)


def _in_zip(folder: Path, name: str, data: bytes) -> str:
    with zipfile.ZipFile(folder / "outer.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"below/{name}", data)
    return str(folder / "outer.zip")


def _in_tar(folder: Path, name: str, data: bytes) -> str:
    with tarfile.open(folder / "outer.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo(f"below/{name}")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    return str(folder / "outer.tar.gz")


PLACES: dict[str, Callable[[Path, str, bytes], str]] = {
    "alone": _alone,
    "in a folder": _in_folder,
    "in a zip": _in_zip,
    "in a tar": _in_tar,
}
"""Functions that put a file with a name in a place, and return the source to name."""


def said_of(root: str) -> list[Message]:
    """What is said of the documents of a source, none of which is an article."""
    said: list[Message] = []
    with sources.Reader() as reader:
        for ref in sources.walk([root]):
            if isinstance(ref, Refusal):
                assert ref.code == "SRC004"
                said.append(ref.message)
            else:
                data = reader.read(ref).data
                assert readers.peek(data, ref.path) is None
                said.append(readers.why_not(data, path=ref.path))
    return said


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("place", PLACES)
def test_file_says_what_it_is_wherever_it_is(place: str, ending: str, tmp_path: Path) -> None:
    for at, (name, data) in enumerate(cases()):
        if name not in CONTAINERS or (place != "alone" and name != "kind-export"):
            (folder := tmp_path / str(at)).mkdir()
            assert said_of(PLACES[place](folder, f"a{ending}", data)) == [message(name)], (name, data[:40])


def test_standard_input_says_what_it_is_of_each_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, data in cases():
        if name not in CONTAINERS:
            monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
            assert said_of("-") == [message(name)], data[:40]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_kind_says_what_to_do_next(language: Language) -> None:
    for each in {row.said for row in (*kinds.BINARY, *kinds.TEXT)}:
        assert re.search("; |；", each.text_in(language)), each


def test_plain_zip_archive_is_still_opened(tmp_path: Path) -> None:
    (file := tmp_path / "x.zip").write_bytes(zipped("a.html", "b.html"))
    assert [each.path for each in sources.walk([str(file)]) if isinstance(each, Ref)] == ["a.html", "b.html"]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_archive_with_documents_of_other_programs_is_opened(method: int, tmp_path: Path) -> None:
    with zipfile.ZipFile(file := tmp_path / "x.zip", "w", method) as archive:
        archive.writestr("a.docx", BINARY["kind-word"][0])
        archive.writestr("old/word/document.xml", "<x/>")
        archive.writestr("b.html", "<title>Paper</title>")
    paths = [each.path for each in sources.walk([str(file)]) if isinstance(each, Ref)]
    assert paths == ["a.docx", "b.html", "old/word/document.xml"]
    assert kinds.binary(file.read_bytes()) == message("kind-zip")


def test_document_whose_list_of_names_is_lost_is_named(tmp_path: Path) -> None:
    data = BINARY["kind-word"][0]
    assert kinds.binary(data[: len(data) - 30]) == message("kind-word")


def test_large_film_is_named_and_not_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 100)
    (tmp_path / "a.mp4").write_bytes(b"\0\0\0\x20ftypisom" + bytes(200))
    (tmp_path / "b.md").write_bytes(b"### a\n" * 50)
    assert [(each.path, each.code) for each in sources.walk([str(tmp_path)]) if isinstance(each, Refusal)] == [
        ("a.mp4", "SRC004"),
        ("b.md", "SRC002"),
    ]


@pytest.mark.parametrize("name", ["kind-word", "kind-pdf", "kind-7z"])
def test_standard_input_says_what_it_is(name: str) -> None:
    said = run("validate", "--level", "info", "-", stdin=BINARY[name][0])
    assert str(message(name)).encode() in said.stdout


def test_text_of_no_kind_says_what_to_do() -> None:
    assert "--from markdown" in str(readers.why_not(PROSE.encode(), path="a.txt"))


HARD = [
    b"\n" * 60_000,
    b".. a\n" + b" \n" * 30_000,
    b"<!--" * 15_000,
    b"/* " * 20_000,
    b"a: b\n" * 12_000,
    b"[" * 60_000,
]


@pytest.mark.parametrize("data", HARD, ids=lambda data: repr(data[:8]))
def test_naming_takes_no_long(data: bytes) -> None:
    for end in (b"", b"x", b"\0", b"{"):
        readers.why_not(data + end)
