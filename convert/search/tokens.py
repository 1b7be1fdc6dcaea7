"""Tokens of an article for the search index; a worker makes them, and a cache may keep them.

A token is a pair of characters of a script without spaces, one such character, a word of any other script or digits, or
such a word with the character before or behind it, whatever separates them: `8月` is one, and so is `g7` of `在G7`.
Tokens of one or two characters are packed into 32 bits; the numbers are scattered by a multiplication that can be
undone, so that they are dictionary and hash at once.  Of other tokens there is only a hash, CRC-32.
"""

import re
import sys
from array import array
from bisect import bisect_left
from collections import Counter
from operator import add
from zlib import crc32

import deflate
import msgspec
from msgspec import Struct

from convert.late import late_pattern
from convert.model import Article
from convert.search.folding import CJK, LONGEST, fold
from convert.search.visible import lines

VERSION = 3
"""Version of the form below; it changes whenever other tokens are made of the same article."""

SCATTER = 0x9E3779B1
"""Odd number by which packed tokens are multiplied, modulo 2^32: that of the golden ratio scatters neighbours."""

WEIGHTS = ONCE, SOMETIMES, OFTEN, TITLE = range(4)
"""Weights of a token in an article."""
SOMETIMES_FROM, OFTEN_FROM = 3, 8
"""Occurrences in the text from which on a token has these weights."""

GROUP_BITS = 4
GROUPS = 1 << GROUP_BITS
"""Groups into which tokens are divided by the beginnings of their numbers or hashes."""
HASH_BITS = 32
_BOUNDS = [group << (HASH_BITS - GROUP_BITS) for group in range(1, GROUPS)]

_LEVEL = 9
_BITS = 0xFFFFFFFF
_FIRST = SCATTER << 16 & _BITS
"""Factor of the first of two characters."""
_UTF16 = f"utf-16-{sys.byteorder[0]}e"
_RUNS = late_pattern(f"[{CJK}]+")
_WORDS = late_pattern(f"([^ {CJK}]+) ?([{CJK}]?)")
_IN_CJK = late_pattern(f"[{CJK}]")
_SPACES = re.compile("  +")
_BEYOND = re.compile("[\U00010000-\U0010ffff]").search


class Tokens(Struct, frozen=True, array_like=True, gc=False):
    """Tokens of an article, and its text."""

    version: int
    kinds: tuple[list[bytes], list[bytes]]
    """Numbers of short tokens and hashes of others, for each group: 32-bit integers, first how many there are of each
    weight, then those of each weight, in ascending order; b"" for a group of which the article has none."""
    text: bytes
    """Lines below the title, deflated (RFC 1951); empty if only titles are searched."""


def tokens(article: Article, *, full: bool = True) -> bytes:
    """Return the tokens and the text of an article, or only the tokens of its title, for `unpack`."""
    body = "\n".join(lines(article)) if full else ""
    in_title, in_body = _counted(fold(article.title)), _counted(fold(body))
    text = bytes(deflate.deflate_compress(body.encode("utf-8", "replace"), _LEVEL)) if body else b""
    return msgspec.msgpack.encode((VERSION, tuple(map(_grouped, in_body, in_title)), text))


def of_title(title: str) -> bytes:
    """Return the tokens of an article of which nothing but the title is known."""
    return msgspec.msgpack.encode((VERSION, tuple(_grouped({}, each) for each in _counted(fold(title))), b""))


def unpack(blob: bytes) -> Tokens:
    """Return tokens as `tokens` made them.

    Raises:
        ValueError: they are damaged, or of another version.
    """
    found = msgspec.msgpack.decode(blob, type=Tokens)
    if found.version != VERSION:
        raise ValueError(f"tokens of version {found.version}")
    return found


def hash_of(word: str) -> int:
    """Return the hash of a token that is no number."""
    return crc32(word.encode())


def _counted(folded: str) -> tuple[dict[int, int], dict[int, int]]:
    """Return the tokens of a folded text, each with its count: the numbers of short ones, and the hashes of others.

    >>> _counted("on cafe")[1] == {hash_of("cafe"): 1}, _counted("纸")[0] == {ord("纸") * SCATTER & 0xFFFFFFFF: 1}
    (True, True)
    """
    single: list[str] = []
    double: list[str] = []
    for run in _RUNS.findall(folded):
        single += run
        double += map(add, run, run[1:])
    ones, twos, words = Counter(single), Counter(double), Counter[str]()
    spaced = _SPACES.sub(" ", folded)
    for match in _WORDS.finditer(spaced):
        start, word, after = match.start(), match[1][:LONGEST], match[2]
        before = spaced[start - 1 : start].strip() or spaced[max(0, start - 2) : max(0, start - 1)]
        beside = (before + word if _IN_CJK.match(before) else "", word + after if after else "")
        for token in (word, *filter(None, beside)):
            (ones if len(token) == 1 else twos if len(token) == 2 else words)[token] += 1
    if _BEYOND(folded):
        for counts in (ones, twos):
            for token in list(filter(_BEYOND, counts)):
                words[token] = counts.pop(token)
    numbers: dict[int, int] = {}
    units = array("H", "".join(ones).encode(_UTF16))
    for unit, count in zip(units, ones.values(), strict=True):
        numbers[unit * SCATTER & _BITS] = count
    units = array("H", "".join(twos).encode(_UTF16))
    for first, second, count in zip(units[::2], units[1::2], twos.values(), strict=True):
        numbers[(first * _FIRST + second * SCATTER) & _BITS] = count
    hashes = Counter[int]()
    for word, count in words.items():
        hashes[hash_of(word)] += count
    return numbers, hashes


def _grouped(counts: dict[int, int], title: dict[int, int]) -> list[bytes]:
    """Return the tokens of a text and those of its title, by groups and in each by weights."""
    some = {token: count for token, count in counts.items() if count >= SOMETIMES_FROM}
    often = {token for token, count in some.items() if count >= OFTEN_FROM}
    rest, in_title = counts.keys() - some.keys(), title.keys()
    found = [sorted(each - in_title) for each in (rest, some.keys() - often, often)]
    runs = []
    for tokens_of_weight in (*found, sorted(title)):
        numbers = array("I", tokens_of_weight)
        runs.append((numbers, [0, *(bisect_left(numbers, bound) for bound in _BOUNDS), len(numbers)]))
    groups = []
    for group in range(GROUPS):
        parts = [numbers[at[group] : at[group + 1]] for numbers, at in runs]
        groups.append(array("I", map(len, parts)).tobytes() + b"".join(parts) if any(parts) else b"")
    return groups
