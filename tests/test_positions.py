"""Line and column of findings: from 1, columns in characters, exact with every kind of line end and character.

A line ends at U+000A, with or without U+000D before it, and nowhere else: what U+2028 and a lone U+000D separate is one
line, as for SARIF (section 3.14.17) and git.
"""

import json
import re
from pathlib import Path

import pytest
from helpers.data import SEEDS
from helpers.program import run
from hypothesis import given, strategies as st
from msgspec import structs
from msgspec.structs import replace

from convert import readers
from convert.codec import article_json
from convert.document import read_and_clean
from convert.errors import DocumentError
from convert.model import Finding, Heading
from convert.rules.engine import clean
from convert.rules.rule import Context
from convert.sources import Source

MIRROR = (SEEDS / "pages" / "nf9000001" / "n90000002.md").read_text("utf-8")
SAVED = f"""<!DOCTYPE html>
<html lang="zh"><head><meta charset="utf-8"><link rel="canonical" href="https://example.org/a"><title>纸</title></head><body><article><h1>纸</h1>
<p>{"一张纸的路很长，从作坊到书架。" * 20}</p>
<p>HERE<a href="file:///C:/x">纸</a></p>
</article></body></html>
"""
FORMS = {
    "mirror": MIRROR.replace("<h4>", '<p>HERE<ok href="file:///C:/x">纸</ok></p>\n<h4>', 1),
    "html": SAVED,
}
ODD = ("", "\t\t", "𠮷😀", "一\u2028二\u2029三", "a\rb", "\u200d", "\u0085", "\x0b\x0c")
"""Texts that a program could take for a line end, for a wide column or for two characters."""


def place(text: str, at: int) -> tuple[int, int]:
    """Line and column of a place in a text, in the plainest way."""
    lines = re.split(r"\r?\n", text[:at])
    return len(lines), len(lines[-1]) + 1


def found(text: str, name: str, code: str) -> list[Finding]:
    _, findings, *_ = read_and_clean(Source("", name, text.encode()), "", thorough=True)
    return [each for each in findings if each.code == code]


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@given(before=st.lists(st.sampled_from(ODD)).map("".join), above=st.lists(st.sampled_from((*ODD, "\n"))).map("".join))
def test_a_link_is_where_its_tag_begins(form: str, end: str, before: str, above: str) -> None:
    text = FORMS[form].replace("HERE", f"{above}</p>\n<p>{before}").replace("\n", end)
    at = re.search(r'<(?:ok|a) href="file:', text)
    assert at
    told = [(each.line, each.column) for each in found(text, "纸.md", "LNK002")]
    assert told == [place(text, at.start())]


@pytest.mark.slow
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@given(before=st.lists(st.sampled_from(ODD)).map("".join))
def test_a_comment_that_names_no_rule_is_where_the_word_is(end: str, before: str) -> None:
    text = MIRROR.replace("<h4>", f"<p>{before}<!-- convert: ignore LKN001 --></p>\n<h4>", 1).replace("\n", end)
    assert [(each.line, each.column) for each in found(text, "n.md", "SRC010")] == [place(text, text.index("LKN001"))]


@pytest.mark.slow
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@given(before=st.lists(st.sampled_from(ODD)).map("".join))
def test_a_wrong_byte_is_where_it_is(end: str, before: str) -> None:
    text = MIRROR.replace("<h4>", f"<p>{before}HERE</p>\n<h4>", 1).replace("\n", end)
    with pytest.raises(DocumentError) as refused:
        readers.read(text.encode().replace(b"HERE", b"\xff"), "n.md", "")
    assert (refused.value.line, refused.value.column) == place(text, text.index("HERE"))


@pytest.mark.slow
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("indent", [None, 2, "\t"])
@given(before=st.lists(st.sampled_from(ODD)).map("".join))
def test_a_violation_of_the_schema_is_where_the_value_is(end: str, indent: int | str | None, before: str) -> None:
    article = article_json.encode(readers.read(MIRROR.encode(), "n.md", "").article)
    seen = json.loads(article)
    seen["title"] = f"{before}纸"
    seen["body"] = [{"type": "paragraph", "children": [{"type": "text", "text": f"{before}墨"}, {"type": "HERE"}]}]
    text = json.dumps(seen, ensure_ascii=False, indent=indent).replace("\n", end)
    (told,) = found(text, "n.json", "ART009")
    assert (told.line, told.column) == place(text, text.index('"HERE"'))


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@given(before=st.lists(st.sampled_from(ODD[:4])).map("".join))
def test_broken_json_is_reported_where_reading_stopped(end: str, before: str) -> None:
    text = f'{{{end}"schema_version": "1",{end}"title": {json.dumps(before or 3, ensure_ascii=False)}, ?{end}}}'
    (told,) = found(text, "n.json", "SRC007")
    assert (told.line, told.column) == place(text, text.index("?"))


@pytest.mark.slow
def test_reports_say_in_what_they_count(tmp_path: Path) -> None:
    """SARIF (section 3.14.17): characters, not UTF-16 code units; the other forms count as the findings do."""
    page = FORMS["mirror"].replace("HERE", "𠮷😀\u2028\t").replace("\n", "\r\n")
    (tmp_path / "n90000002.md").write_bytes(page.encode())
    line, column = place(page, page.index('<ok href="file:'))
    (run_,) = json.loads(run("validate", "--report", "sarif", "--select", "LNK002", tmp_path).stdout)["runs"]
    assert run_["columnKind"] == "unicodeCodePoints"
    (result,) = run_["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": line, "startColumn": column}
    github = run("validate", "--report", "github", "--select", "LNK002", tmp_path).stdout.decode()
    assert f",line={line},col={column}," in github
    assert f":{line}:{column}: " in run("validate", "--select", "LNK002", tmp_path).stdout.decode()


# --- places that are not those of a node ------------------------------------------------------------------------------


def test_a_page_without_its_last_line_is_told_there() -> None:
    page = MIRROR[: MIRROR.rindex("原文链接")].rstrip() + "\n"
    (told,) = (each for each in cleaned(page) if each.code == "SRC008")
    assert (told.line, told.column) == (page.count("\n"), 1)


def cleaned(page: str) -> list[Finding]:
    return read_and_clean(Source("", "n90000002.md", page.encode()), thorough=True)[1]


def test_schema_violation_is_reported_at_its_place_in_the_page() -> None:
    """No reader makes such an article; should one do, the finding says where."""
    reading = readers.read(MIRROR.encode(), "n90000002.md", "")
    at, heading = next((at, each) for at, each in enumerate(reading.article.body) if isinstance(each, Heading))
    wrong = replace(heading, level=9)
    reading.places.inherit(wrong, heading)
    body = (*reading.article.body[:at], wrong, *reading.article.body[at + 1 :])
    context = Context(reading.article.source.address, thorough=True)
    _, findings = clean(replace(reading, article=replace(reading.article, body=body)), context, "a.md")
    (told,) = (each for each in findings if each.code == "ART009")
    assert str(told.message).startswith(f"body[{at}].level ")
    assert MIRROR.split("\n")[told.line - 1].lstrip().startswith("<h")
    assert (told.line, told.column) == tuple(structs.astuple(reading.places.of(heading)))


def test_a_character_that_nobody_sees_is_told_at_its_own_column() -> None:
    for written in ("\u200b", "&#8203;", "&#x200B;", "&ZeroWidthSpace;"):
        page = MIRROR.replace("【大纪元", f"&amp;{written}【大纪元", 1)
        (told,) = (each for each in cleaned(page) if each.code == "TXT002")
        assert (told.line, told.column) == place(page, page.index(written))
