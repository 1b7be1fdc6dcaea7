"""The one look at a page that lets rules and repairs of characters off: it must never miss what one of them finds."""

from html.entities import html5

import pytest

from convert.model import Text
from convert.rules.checks import txt001_control_character, txt002_zero_width_character, txt003_line_separator
from convert.rules.rule import Context
from convert.text import is_usual, recompose

RULES = (txt001_control_character, txt002_zero_width_character, txt003_line_separator)
CONTEXT = Context("https://example.org/")
PLANES = (range(0xD800), range(0xE000, 0x10000), range(0x10000, 0x30000))


def is_found(char: str) -> bool:
    """Return True if a rule finds the character, or a repair changes it."""
    return recompose(char)[0] != char or any(rule.check(Text(char), CONTEXT) for rule in RULES)


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
