"""Postings as bits: the articles that have a token and its weight in each, which a few lines of JavaScript read.

Distances are written in a Golomb-Rice code, whose parameter follows from how many there are (S. Golomb, "Run-length
encodings", 1966; R. Rice, 1979); counts in Elias's gamma code (P. Elias, 1975).  Here bits are a text of "0" and "1",
so that `map` and `join` write millions of them, until 13 of them become two of 91 printable characters.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from operator import sub

_KNOWN = 1 << 15
"""Numbers whose bits are kept: larger ones are rare."""
_UNIT = 13
_ALPHABET = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"<\\')
"""Printable characters of which no text can end a string of a script, or be markup."""
_UNITS = re.compile(f".{{{_UNIT}}}")


class _Rice(dict[int, str]):
    """Bits of the numbers from 1 on, to which `map` costs no call of a function of ours."""

    def __init__(self, parameter: int) -> None:
        self._parameter = parameter

    def __missing__(self, number: int) -> str:
        high, low = divmod(number - 1, 1 << self._parameter)
        bits = "1" * high + "0" + fixed(low, self._parameter)
        if number < _KNOWN:
            self[number] = bits
        return bits


class _Gamma(dict[int, str]):
    """The same for counts, from 1 on."""

    def __missing__(self, number: int) -> str:
        size = number.bit_length() - 1
        self[number] = bits = "1" * size + "0" + fixed(number - (1 << size), size)
        return bits


_RICE = [_Rice(parameter) for parameter in range(33)]
_GAMMA = _Gamma()
_PAIRS = {
    f"{number:0{_UNIT}b}": _ALPHABET[number // len(_ALPHABET)] + _ALPHABET[number % len(_ALPHABET)]
    for number in range(1 << _UNIT)
}
_WEIGHTS = ("", "0", "10", "11")
"""Bits of each weight but that of a token that occurs once."""


def fixed(number: int, size: int) -> str:
    """Return a number as so many bits."""
    return f"{number:0{size}b}" if size else ""


def gamma(number: int) -> str:
    """Return a number from 1 on in Elias's gamma code.

    >>> gamma(1), gamma(2), gamma(5)
    ('0', '100', '11001')
    """
    return _GAMMA[number]


def rice(distances: Sequence[int], total: int) -> list[str]:
    """Return distances from 1 on, whose sum is at most `total`, in a Golomb-Rice code.

    >>> rice([1, 5, 2], 12)
    ['00', '1100', '01']
    """
    if not distances:
        return []
    return list(map(_RICE[parameter(total, len(distances))].__getitem__, distances))


def parameter(total: int, count: int) -> int:
    """Return the parameter of the code for so many distances: the logarithm of three quarters of their mean."""
    return max(0, (total * 3 // (count * 4)).bit_length() - 1)


def postings(articles: Sequence[int], weights: Sequence[tuple[int, int]], all_articles: int) -> list[str]:
    """Return the bits of ascending numbers of articles, and of weights that are not the least, with their places.

    >>> "".join(postings([0, 2, 3], [(1, 3)], 4))
    '01001000111'
    """
    bits = rice(list(map(sub, articles, [-1, *articles])), all_articles)
    bits.append(gamma(len(weights) + 1))
    if weights:
        distances = [after - before for before, after in pairwise((-1, *(place for place, _ in weights)))]
        for distance, (_, weight) in zip(rice(distances, len(articles)), weights, strict=True):
            bits += (distance, _WEIGHTS[weight])
    return bits


def posting(article: int, weight: int, all_articles: int) -> str:
    """Return the bits of one article and its weight, which may be the least.

    >>> posting(2, 0, 4), posting(2, 1, 4)
    ('0100', '01010')
    """
    return fixed(article, all_articles.bit_length()) + (f"1{_WEIGHTS[weight]}" if weight else "0")


def printable(parts: Iterable[str]) -> str:
    """Return bits as characters, two for thirteen of them (as basE91 does with most).

    >>> printable(["0000000000001", "1"])
    '!#P#'
    """
    bits = "".join(parts)
    bits += "0" * (-len(bits) % _UNIT)
    return "".join(map(_PAIRS.__getitem__, _UNITS.findall(bits)))
