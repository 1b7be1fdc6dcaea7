"""Tokens of an article for the search index; a worker makes them, and a cache may keep them.

A token is a pair of characters of a script without spaces, one such character, or a word of any other script or digits.
Tokens of one or two characters are packed into 32 bits; the numbers are scattered by a multiplication that can be
undone, so that they are dictionary and hash at once.  Other tokens are kept as they are, and their hash is CRC-32.
"""

import re
import sys
from array import array
from collections import Counter
from operator import add
from typing import Any

import deflate
import msgspec
from msgspec import Struct

from convert.late import late_pattern
from convert.model import Article
from convert.search.folding import CJK, LONGEST, fold
from convert.search.visible import lines

VERSION = 1
"""Version of the form below; it changes whenever other tokens are made of the same article."""

SCATTER = 0x9E3779B1
"""Odd number by which packed tokens are multiplied, modulo 2^32: that of the golden ratio scatters neighbours."""

WEIGHTS = ONCE, SOMETIMES, OFTEN, TITLE = range(4)
"""Weights of a token in an article."""
SOMETIMES_FROM, OFTEN_FROM = 3, 8
"""Occurrences in the text from which on a token has these weights."""

_LEVEL = 9
_BITS = 0xFFFFFFFF
_FIRST = SCATTER << 16 & _BITS
"""Factor of the first of two characters."""
_UTF16 = f"utf-16-{sys.byteorder[0]}e"
_RUNS = late_pattern(f"[{CJK}]+")
_WORDS = late_pattern(f"[^ {CJK}]+")
_BEYOND = re.compile("[\U00010000-\U0010ffff]").search


class Tokens(Struct, frozen=True, array_like=True, gc=False):
    """Tokens of an article by weight, and its text."""

    version: int
    packed: tuple[bytes, bytes, bytes, bytes]
    """Scattered numbers of short tokens for each weight, in ascending order, as 32-bit integers."""
    words: tuple[str, str, str, str]
    """Other tokens for each weight, in their order, with spaces between them."""
    text: bytes
    """Lines below the title, deflated (RFC 1951); empty if only titles are searched."""


def tokens(article: Article, *, full: bool = True) -> bytes:
    """Return the tokens and the text of an article, or only the tokens of its title, for `unpack`."""
    body = "\n".join(lines(article)) if full else ""
    in_title, in_body = _counted(fold(article.title)), _counted(fold(body))
    numbers, words = map(_by_weight, in_body, in_title)
    packed = [array("I", each).tobytes() for each in numbers]
    text = bytes(deflate.deflate_compress(body.encode("utf-8", "replace"), _LEVEL)) if body else b""
    return msgspec.msgpack.encode((VERSION, packed, list(map(" ".join, words)), text))


def of_title(title: str) -> bytes:
    """Return the tokens of an article of which nothing but the title is known."""
    numbers, words = map(sorted, _counted(fold(title)))
    nothing = (b"", b"", b"")
    return msgspec.msgpack.encode(
        (VERSION, (*nothing, array("I", numbers).tobytes()), ("", "", "", " ".join(words)), b"")
    )


def unpack(blob: bytes) -> Tokens:
    """Return tokens as `tokens` made them.

    Raises:
        ValueError: they are damaged, or of another version.
    """
    found = msgspec.msgpack.decode(blob, type=Tokens)
    if found.version != VERSION:
        raise ValueError(f"tokens of version {found.version}")
    return found


def _counted(folded: str) -> tuple[dict[Any, int], dict[Any, int]]:
    """Return the tokens of a folded text, each with its count: the numbers of those that are packed, and the others.

    >>> _counted("纸纸 cafe")[1], _counted("纸")[0] == {ord("纸") * SCATTER & 0xFFFFFFFF: 1}
    ({'cafe': 1}, True)
    """
    single: list[str] = []
    double: list[str] = []
    for run in _RUNS.findall(folded):
        single += run
        double += map(add, run, run[1:])
    ones, twos, words = Counter(single), Counter(double), Counter[str]()
    for word in _WORDS.findall(folded):
        (ones if len(word) == 1 else twos if len(word) == 2 else words)[word[:LONGEST]] += 1
    if _BEYOND(folded):
        for counts in (ones, twos):
            for token in list(filter(_BEYOND, counts)):
                words[token] = counts.pop(token)
    numbers: dict[Any, int] = {}
    units = array("H", "".join(ones).encode(_UTF16))
    for unit, count in zip(units, ones.values(), strict=True):
        numbers[unit * SCATTER & _BITS] = count
    units = array("H", "".join(twos).encode(_UTF16))
    for first, second, count in zip(units[::2], units[1::2], twos.values(), strict=True):
        numbers[(first * _FIRST + second * SCATTER) & _BITS] = count
    return numbers, dict(words)


def _by_weight(counts: dict[Any, int], title: dict[Any, int]) -> list[list[Any]]:
    """Return the tokens of a text and those of its title, a list for each weight, in their order."""
    some = {token: count for token, count in counts.items() if count >= SOMETIMES_FROM}
    often = {token for token, count in some.items() if count >= OFTEN_FROM}
    rest, in_title = counts.keys() - some.keys(), title.keys()
    return [sorted(each - in_title) for each in (rest, some.keys() - often, often)] + [sorted(title)]
