"""The audit finds every vector of its table wherever it stands, and nothing in files that only look like them."""

import json
import os
import re
import tomllib
from base64 import b64encode
from collections import Counter
from pathlib import Path

import pytest
from helpers.audit import ADDRESS, LINE, SPECIAL, carriers, found
from helpers.data import SEEDS
from helpers.program import run

from convert.audit.found import Scope
from convert.audit.judging import judge_bytes, judge_inside, judged
from convert.audit.vector import KINDS, LEVELS, SEEN, vectors

TABLE = vectors()
LIKE = tomllib.loads((Path(__file__).parent / "audit" / "look_alikes.toml").read_text("utf-8"))
SEALED = {"4"}
"""First digits of the codes that a look-alike may have: a link is one."""


def test_the_table_is_sound() -> None:
    codes = Counter(each.code for each in TABLE.values())
    assert [code for code, count in codes.items() if count > 1] == []
    assert len(TABLE) == sum(
        len((Path(__file__).parents[1] / f"convert/audit/vectors/{kind}.tsv").read_text("utf-8").splitlines()) - 1
        for kind in KINDS
    )
    for each in TABLE.values():
        assert re.fullmatch(r"AUD[1-6](\d\d|[1-9]\d\d)", each.code) and each.code[3] in LEVELS, each
        assert all((each.name, each.at, each.seen, each.source, each.example, each.en, each.zh)), each
        assert each.seen in SEEN or len(each.seen) > 2, each


CASES = [
    (vector, carrier)
    for vector in TABLE.values()
    if vector.kind in ("html", "svg", "css") and vector.name not in SPECIAL
    for carrier in carriers(vector)
]


@pytest.mark.parametrize("kind", ["html", "svg", "css"])
def test_a_vector_is_found_named_and_located_in_every_place(kind: str) -> None:
    wrong = []
    for vector, carrier in CASES:
        if vector.kind == kind:
            lines = [each.line for each in found(carrier.data, carrier.kind) if each.vector == vector.name]
            if carrier.line not in lines:
                wrong.append((vector.name, carrier.place, lines, carrier.data[-300:]))
    assert wrong == []


@pytest.mark.parametrize("kind", LIKE)
def test_look_alikes_are_silent(kind: str) -> None:
    for name, text in LIKE[kind].items():
        severe = [each for each in found(text.encode(), kind) if TABLE[each.vector].code[3] not in SEALED]
        assert severe == [], name


def test_there_are_many_look_alikes() -> None:
    assert sum(map(len, LIKE.values())) >= 80


TRAPS = tomllib.loads((Path(__file__).parent / "audit" / "traps.toml").read_text("utf-8"))


@pytest.mark.parametrize("kind", TRAPS)
def test_traps_are_found(kind: str) -> None:
    for name, (vector, text) in TRAPS[kind].items():
        page = text.replace("{u}", ADDRESS).replace("{h}", ADDRESS.partition("//")[2]).replace("{s}", "x()")
        assert vector in {each.vector for each in found(page.encode(), kind)}, name


def test_a_sheet_by_another_name_is_not_judged() -> None:
    beside = Scope("a.html", frozenset({"a.html", "a.txt", "a.css"}), judge=judge_inside)
    for name, vectors_of in (("a.txt", ["unjudged-file"]), ("a.css?v=1", []), ("A.CSS", [])):
        for page in (f'<link rel="stylesheet" href="{name}">', f'<style>@import "{name}";</style>'):
            names = {each.vector for each in judge_bytes(page.encode(), "html", beside)}
            assert sorted(names) == vectors_of, (name, page)


# --- the command ------------------------------------------------------------------------------------------------------


def audited(*arguments: str | Path, cwd: Path) -> tuple[int, str]:
    done = run("audit", *arguments, cwd=cwd)
    return done.returncode, (done.stdout + done.stderr).decode()


@pytest.mark.slow
def test_a_sealed_page_ends_with_0(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<!DOCTYPE html><title>a</title><p>纸", "utf-8")
    assert audited("a.html", cwd=tmp_path) == (0, "1 file(s): 1 sealed, 0 not, of which 0 could not be judged\n")


@pytest.mark.slow
def test_a_page_that_loads_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<!DOCTYPE html><title>a</title>\n<p>纸<img src=//a.example/x>", "utf-8")
    status, said = audited("a.html", cwd=tmp_path)
    assert status == 3
    assert said.startswith("a.html:2:5: error AUD101 img-src: opening the file loads //a.example/x\n")


@pytest.mark.slow
def test_text_of_a_file_is_never_printed_raw(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<img src="http://a.example/\x1b[31m\u202e&#10;x">', "utf-8")
    status, said = audited("a.html", cwd=tmp_path)
    assert (status, "\x1b" in said, "\u202e" in said) == (3, False, False)
    assert "\\x1b[31m\\u202e" in said


@pytest.mark.slow
@pytest.mark.parametrize("form", ["github", "gitlab", "html", "json", "jsonl", "junit", "sarif", "text"])
def test_every_form_of_report_has_the_finding(form: str, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<iframe srcdoc="&lt;script>x&lt;/script>"></iframe>', "utf-8")
    status, said = audited("--report", form, "a.html", cwd=tmp_path)
    assert (status, "AUD201" in said) == (3, True)


@pytest.mark.slow
def test_the_status_says_what_the_audit_found(tmp_path: Path) -> None:
    (tmp_path / "sealed.html").write_text("<p>a", "utf-8")
    (tmp_path / "some.html").write_text("<img lowsrc=http://a.example/x>", "utf-8")
    (tmp_path / "unknown.bin").write_bytes(b"\1\2\3")
    for arguments, status in (
        (["sealed.html"], 0),
        (["some.html"], 0),
        (["--strict", "some.html"], 3),
        (["unknown.bin"], 3),
        (["nowhere.html", "unknown.bin"], 4),
    ):
        assert audited(*arguments, cwd=tmp_path)[0] == status, arguments


@pytest.mark.slow
def test_tracking_in_links_counts_where_that_is_asked(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<a href="http://a.example/?utm_source=b">a</a><a href=#a ping=//a.example>b</a>', "utf-8"
    )
    assert audited("a.html", cwd=tmp_path)[0] == 0
    status, said = audited("--strict-links", "a.html", cwd=tmp_path)
    assert (status, "error AUD403" in said, "error AUD411" in said, "AUD401" in said) == (3, True, True, False)


def test_tracking_is_found_behind_any_number_of_links(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<a href=//a.example>a</a>" * 6000 + "<a href=//a.example?fbclid=b>a</a>", "utf-8")
    names = Counter(each.vector for each in judged(str(tmp_path / "a.html"), "", None).found)
    assert (names["a-href"], names["tracking-link"], names["more-links"]) == (5000, 1, 1)


STDIN = {
    b"<p>a": 0,
    b"<p><img src=//a.example/x>": 3,
    b"# a\n\n![a](http://a.example/x)": 3,
    b"# a\n\n    <img src=http://a.example/x>\n": 0,
    b"\xef\xbb\xbf  <svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>": 3,
    b"/* a */ @import '//a.example/x';": 3,
    b"p > a { background: url(//a.example/x) }": 3,
    b'{"a": "b"}': 0,
    b'[{"content_html": "<img src=//a.example/x>"}]': 3,
    b"\1\2\3": 3,
    b"": 0,
}
"""What standard input holds, and the status."""


@pytest.mark.slow
def test_standard_input_is_known_by_its_content(tmp_path: Path) -> None:
    for data, status in STDIN.items():
        assert run("audit", "-q", "-", stdin=data, cwd=tmp_path).returncode == status, data
    done = run("audit", "--stdin-filename", "b/a.md", "-", stdin=b"<img src=//a.example/x>", cwd=tmp_path)
    assert (done.returncode, done.stdout[:17]) == (3, b"b/a.md:1:1: error")


@pytest.mark.slow
def test_a_folder_is_judged_as_a_whole(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "a.html").write_text('<link rel=stylesheet href="../b.css"><iframe src=b.html></iframe>', "utf-8")
    (folder / "a" / "b.html").write_text("<p>a", "utf-8")
    (folder / "b.css").write_text("p{background:url(c.png)}", "utf-8")
    assert audited("site", cwd=tmp_path)[0] == 0
    assert audited("site/a/a.html", cwd=tmp_path)[0] == 3, "a frame that was not given"
    (folder / "b.css").write_text("p{background:url(../../c.png)}", "utf-8")
    status, said = audited("site", cwd=tmp_path)
    assert (status, said.splitlines()[0]) == (
        3, "site/b.css:1:14: error AUD131 css-background: opening the file loads ../../c.png",
    )  # fmt: skip


@pytest.mark.slow
def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    os.mkfifo(tmp_path / "site" / "pipe.html")
    (tmp_path / "site" / "gone.html").symlink_to("nowhere")
    (tmp_path / "site" / "z.html").write_text("<p>a", "utf-8")
    status, said = audited("site", cwd=tmp_path)
    assert (status, said.count("AUD609"), "3 file(s): 1 sealed, 2 not" in said) == (3, 2, True)
    assert audited("site/pipe.html", cwd=tmp_path)[0] == 4


@pytest.mark.slow
def test_a_report_does_not_replace_what_is_judged(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<p>a", "utf-8")
    assert audited("a.html", "--report", "text=a.html", cwd=tmp_path)[0] == 2
    assert (tmp_path / "a.html").read_text("utf-8") == "<p>a"


@pytest.mark.slow
def test_json_has_the_address_as_an_argument(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<img src=http://a.example/x>", "utf-8")
    record = json.loads(audited("--report", "jsonl", "a.html", cwd=tmp_path)[1].splitlines()[0])
    assert (record["code"], record["message_id"], record["arguments"]) == (
        "AUD101", "audit-loads", {"quote": "http://a.example/x"},
    )  # fmt: skip


@pytest.mark.slow
def test_pages_of_ours_are_sealed(tmp_path: Path) -> None:
    assert run("--to", "html", SEEDS, "-o", tmp_path / "seeds.html").returncode == 0
    assert audited("--strict", "seeds.html", cwd=tmp_path)[0] == 0


@pytest.mark.slow
def test_outputs_that_a_manifest_names_are_judged(tmp_path: Path) -> None:
    page = SEEDS / "pages" / "nf9000001" / "n90000002.md"
    assert run("--to", "html", page, "-o", "a.html", "--manifest", cwd=tmp_path).returncode == 0
    (manifest,) = tmp_path.glob("*.json")
    assert audited(manifest, cwd=tmp_path) == (0, "2 file(s): 2 sealed, 0 not, of which 0 could not be judged\n")
    with (tmp_path / "a.html").open("a") as file:
        file.write("<script>x</script>")
    status, said = audited(manifest, cwd=tmp_path)
    assert (status, "a.html:" in said) == (3, True)


@pytest.mark.slow
def test_a_vector_is_explained_in_both_languages() -> None:
    assert b"## What programs do" in run("explain", "aud101").stdout
    assert "来自外部的图片".encode() in run("explain", "--lang", "zh", "AUD101").stdout
    assert run("explain", "AUD999").returncode == 2


# --- documents inside documents ---------------------------------------------------------------------------------------


def test_nesting_has_an_end() -> None:
    from html import escape

    page = "<p>a"
    for _ in range(12):
        page = f'<iframe srcdoc="{escape(page)}">'
    assert [each.vector for each in found(page.encode(), "html")] == ["nested-too-deep"]


def test_what_scripts_change_in_parsing_is_judged_both_ways() -> None:
    page = b'<noscript><p title="</noscript><img src=http://a.example/x>">a</p></noscript>'
    assert "img-src" in [each.vector for each in found(page, "html")]


def test_a_broken_page_of_xml_is_not_sealed() -> None:
    assert [
        (each.vector, each.line) for each in found(b'<html xmlns="http://www.w3.org/1999/xhtml">\n<p></html>', "xhtml")
    ] == [("broken-document", 2)]


def test_an_attribute_on_another_line_has_the_line_of_its_element() -> None:
    assert found(b"<p>\n\n <img\n\nsrc=http://a.example/x>", "html")[0].line == LINE - 1


PICTURE = "<img src=http://a.example/x>"


@pytest.mark.parametrize(
    "page",
    [
        "<iframe src='data:text/html,%23<img src=http://a.example/x>'>",
        f"<iframe src='data:text/html;charset=utf-16le;base64,{b64encode(PICTURE.encode('utf-16-le')).decode()}'>",
        "<iframe src='data:text/html;base64,PGltZyBzcmM9aHR0cDovL2EuZXhhbXBsZS94Pg'>",
        "<iframe src=' d\na\tta:TEXT/HTML , <img src=http://a.example/x>'>",
        "<svg><style>p{background:url(&#104;ttp://a.example/x)}</style></svg>",
        "<math><annotation-xml encoding=text/html><img src=http://a.example/x></annotation-xml></math>",
        "<img src='//a.example/x'><img src='/\\\\a.example/x'><img src='\\\\\\\\a.example/x'>",
        "<img src='https:a.example'>",
        "<p title='\x1b$B'>a</p>",
        "<style>@\\69mport '//a.example/x';</style>",
        "<style>p{background:u\\72 l(//a.example/x)}</style>",
    ],
)
def test_other_ways_to_write_it_are_found(page: str) -> None:
    assert [each for each in found(page.encode(), "html") if TABLE[each.vector].level == "error"]


def test_an_instruction_with_escapes_is_read_as_programs_do() -> None:
    page = b'<?xml-stylesheet href="&#104;ttp://a.example/x"?><html xmlns="http://www.w3.org/1999/xhtml"/>'
    assert "xml-stylesheet" in [each.vector for each in found(page, "xhtml")]


def test_a_style_sheet_is_judged_in_every_encoding_that_it_may_have() -> None:
    sheet = 'p::before { content: "丁\\\\"; background: url(//a.example/x); content: "a" }'.replace("\\\\", "\\")
    assert "css-background" in [each.vector for each in found(sheet.encode(), "css")]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.html", b"GIF89a<script>x</script>"),
        ("a.html", b"%PDF-1.7 <img src=http://a.example/x>"),
        ("a.svg", b"\xff\xd8<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>"),
        ("a.xml", b"<x:html xmlns:x='http://www.w3.org/1999/&#120;html'><x:script>x</x:script></x:html>"),
        ("a.xml", b"<a xmlns:s='http://www.w3.org/2000/svg'><s:image href='http://a.example/x'/></a>"),
        (
            "a.xml",
            b"<s:stylesheet xmlns:s='http://www.w3.org/1999/XSL/Transform'><s:element name='script'/></s:stylesheet>",
        ),
        ("a", b"<p>a"),
    ],
)
def test_a_file_is_judged_as_every_kind_that_programs_take_it_for(name: str, data: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    assert [each for each in judged(str(tmp_path / name), "", None).found if TABLE[each.vector].level == "error"]


def test_a_feed_in_xml_is_silent(tmp_path: Path) -> None:
    feed = "<rss><channel><title>a</title><link>http://a.example/</link><image><url>http://a.example/x</url></image></channel></rss>"
    (tmp_path / "a.xml").write_text(feed, "utf-8")
    assert judged(str(tmp_path / "a.xml"), "", None).found == []
