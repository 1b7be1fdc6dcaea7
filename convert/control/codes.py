"""Conversion of what people write, `LNK001`, `LNK` or `relative-link`, to codes of rules."""

from collections.abc import Iterable
from functools import cache

from convert.errors import UsageError
from convert.messages import Message, message
from convert.rules import RULES
from convert.text import nearest


class UnknownCode(UsageError):  # noqa: N818 - it says what it is
    """Error for a word that is no code, no family and no name of a rule.  The message suggests the closest one."""


def split(text: str) -> list[str]:
    """Return the words of a comma-separated list.

    >>> split("LNK, img001,,TXT ")
    ['LNK', 'img001', 'TXT']
    """
    return text.replace(",", " ").split()


def codes(words: Iterable[str]) -> frozenset[str]:
    """Return the codes that the words name.

    >>> sorted(codes(["lnk", "tracking-image"]))
    ['IMG001', 'LNK001', 'LNK002', 'LNK003', 'LNK004', 'LNK005']

    Raises:
        UnknownCode: for the first word that names none.
    """
    codes_by_word = _codes_by_word()
    codes: set[str] = set()
    for word in words:
        if (named := codes_by_word.get(word.lower())) is None:
            raise UnknownCode(_unknown(word))
        codes |= named
    return frozenset(codes)


@cache
def _codes_by_word() -> dict[str, frozenset[str]]:
    """Return the codes that each word names: a code, a family or a name, in lower case."""
    codes_by_word: dict[str, frozenset[str]] = {}
    for code, rule in RULES.items():
        codes_by_word[code.lower()] = codes_by_word[rule.name] = frozenset({code})
        family = code[:3].lower()
        codes_by_word[family] = codes_by_word.get(family, frozenset()) | {code}
    return codes_by_word


def _unknown(word: str) -> Message:
    closest = nearest(word.lower(), _codes_by_word())
    if not closest:
        return message("unknown-ignore", word=repr(word))
    written = closest if closest in {rule.name for rule in RULES.values()} else closest.upper()
    return message("unknown-ignore-near", word=repr(word), near=written)
