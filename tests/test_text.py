"""The one look at a page that lets rules and repairs of characters off: it must never miss what one of them finds."""

import html
import re
from html.entities import html5

import pytest

from convert import readers
from convert.document import read_and_clean
from convert.model import Text, walk
from convert.rules.checks import (
    txt001_control_character,
    txt002_zero_width_character,
    txt003_line_separator,
    txt009_windows_1252_control,
)
from convert.rules.rule import Context
from convert.sources import Source
from convert.text import CONTROL, is_usual, of_windows_1252, recompose

RULES = (
    txt001_control_character,
    txt002_zero_width_character,
    txt003_line_separator,
    txt009_windows_1252_control,
)
CONTEXT = Context("https://example.org/")
PLANES = (range(0xD800), range(0xE000, 0x10000), range(0x10000, 0x30000))


def is_found(char: str) -> bool:
    """Return True if a rule finds the character, or a repair changes it."""
    return recompose(char)[0] != char or any(rule.check(Text(char), CONTEXT) for rule in RULES)


@pytest.mark.slow
@pytest.mark.parametrize("codes", PLANES, ids=str)
def test_usual_bytes_have_no_character_that_a_rule_finds(codes: range) -> None:
    found = [char for char in map(chr, codes) if is_found(char)]
    assert found
    assert [char for char in found if is_usual(f"纸{char}墨".encode())] == []


def test_usual_bytes_have_no_reference_that_a_rule_finds() -> None:
    names = [name for name, text in html5.items() if any(map(is_found, text))]
    assert "ZeroWidthSpace;" in names
    assert [name for name in names if is_usual(f"纸&{name}墨".encode())] == []
    assert not is_usual(b"&#8203;")


def test_text_of_every_day_is_usual() -> None:
    assert is_usual(
        "### 纸、墨、印：《梦溪笔谈》——“活字”……\n\tR&D &nbsp;|&amp; café 🔥\u3000한글 ひらがな\r\n".encode()
    )


@pytest.mark.parametrize("code", range(0x80, 0xA0))
def test_control_characters_of_c1_are_read_as_html_reads_their_numbers(code: int) -> None:
    """Five of them have no character in Windows-1252, and are control characters for HTML too."""
    assert of_windows_1252(chr(code)) == html.unescape(f"&#{code};")
    assert bool(CONTROL.match(chr(code))) == (of_windows_1252(chr(code)) == chr(code))


NAMED = "D\x92Esposito"
DOCUMENTS = {
    "a.json": '{"schema_version": "1", "id": "a", "title": "TITLE", "language": "en", "authors": ["Ann TITLE"],'
    ' "publisher": "TITLE Press", "source": {"address": "https://example.org/a"},'
    ' "lead": {"type": "figure", "images": [{"type": "image", "address": "https://example.org/a", "alt": "TITLE"}]},'
    ' "body": [{"type": "paragraph", "children": [{"type": "text", "text": "TITLE"}]}]}',
    "a.md": '---\ntitle: "TITLE"\nid: a\nsource: https://example.org/a\nauthors: ["Ann TITLE"]\n'
    'publisher: "TITLE Press"\n---\n\n# TITLE\n\n![TITLE](https://example.org/a.png)\n\nTITLE\n',
    "a.html": '<html lang="en"><head><title>TITLE</title><link rel="canonical" href="https://example.org/a">'
    '<meta name="author" content="Ann TITLE"><meta property="og:site_name" content="TITLE Press"></head><body><article>'
    '<h1>TITLE</h1><img src="https://example.org/a.png" alt="TITLE"><p>TITLE</p>'
    + "<p>Paper is made of fibres.</p>" * 20
    + "</article></body></html>",
}


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("written", [NAMED, "D\\u0092Esposito", "D&#146;Esposito"], ids=["raw", "escape", "reference"])
def test_windows_1252_in_every_field_of_every_format(name: str, written: str) -> None:
    if ("\\u" in written and name == "a.html") or ("&" in written and name == "a.json"):
        pytest.skip("that format has no such notation")
    data = DOCUMENTS[name].replace("TITLE", written)
    if "&" in written:
        data = re.sub("(?m)^([a-z]+: .*)D&#146;E", r"\1D’E", data)  # front matter has no references
    if "\\u" in written and name == "a.md":
        data = re.sub(r"(?m)^([^a-z].*|[A-Z].*)$", lambda match: match[0].replace(written, NAMED), data)
    article, findings, *_ = read_and_clean(Source("", name, data.encode()), thorough=True)
    assert article
    assert (article.title, article.authors, article.publisher) == (
        "D’Esposito",
        ("Ann D’Esposito",),
        "D’Esposito Press",
    )
    shown = [getattr(node, field) for node in walk((article,)) for field in ("text", "alt") if hasattr(node, field)]
    assert shown.count("D’Esposito") == 2
    assert not any("\x92" in text for text in shown)
    reported = {each.level for each in findings if each.code == "TXT009"}
    assert reported == ({"warning"} if "&" not in data else set())
    entry = readers.peek(data.encode(), name)
    assert entry
    assert entry.title == "D’Esposito"
