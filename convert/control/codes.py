"""From what people write, `LNK001`, `LNK` or `relative-link`, to codes."""

import difflib
from collections.abc import Iterable
from functools import cache

from convert.errors import UsageError
from convert.messages import Message, message
from convert.rules import RULES


class UnknownCode(UsageError):  # noqa: N818 - it says what it is
    """A word that is no code, no family and no name of a rule.  The message suggests the nearest."""


def split(text: str) -> list[str]:
    """The words of a comma list.

    >>> split("LNK, img001,,TXT ")
    ['LNK', 'img001', 'TXT']
    """
    return text.replace(",", " ").split()


def codes(words: Iterable[str]) -> frozenset[str]:
    """The codes that the words mean; none for none.

    >>> sorted(codes(["lnk", "tracking-image"]))
    ['IMG001', 'LNK001', 'LNK002', 'LNK003', 'LNK004']

    Raises:
        UnknownCode: for the first word that means none.
    """
    known = _known()
    found: set[str] = set()
    for word in words:
        if (meant := known.get(word.lower())) is None:
            raise UnknownCode(_unknown(word))
        found |= meant
    return frozenset(found)


def near(word: str, known: Iterable[str]) -> str | None:
    """The known word that somebody who wrote `word` most likely meant."""
    return next(iter(difflib.get_close_matches(word, list(known), 1)), None)


@cache
def _known() -> dict[str, frozenset[str]]:
    """What each word means: codes, families, names; in lower case."""
    known: dict[str, frozenset[str]] = {}
    for code, rule in RULES.items():
        known[code.lower()] = known[rule.name] = frozenset({code})
        family = code[:3].lower()
        known[family] = known.get(family, frozenset()) | {code}
    return known


def _unknown(word: str) -> Message:
    meant = near(word.lower(), _known())
    if meant is None:
        return message("unknown-ignore", word=repr(word))
    known = meant if meant in {rule.name for rule in RULES.values()} else meant.upper()
    return message("unknown-ignore-near", word=repr(word), near=known)
