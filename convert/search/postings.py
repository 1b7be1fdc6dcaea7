"""Postings: the articles that have a token, with its weight in each, as bytes that a few lines of JavaScript read.

A posting is `article << 2 | weight`.  Articles ascend, and each is written as the distance to the one before, in the
variable length of LEB128 (DWARF 5, section 7.6).
"""

from collections.abc import Sequence
from operator import sub

_FEW = 1 << 16
"""Numbers whose bytes are kept: larger ones are rare."""


class _Varints(dict[int, bytes]):
    """Table of numbers with their bytes, to which `map` costs no call of a function of ours."""

    def __missing__(self, number: int) -> bytes:
        groups = bytearray()
        rest = number
        while rest > 0x7F:
            groups.append(rest & 0x7F | 0x80)
            rest >>= 7
        groups.append(rest)
        data = bytes(groups)
        if number < _FEW:
            self[number] = data
        return data


_VARINTS = _Varints()


def varint(number: int) -> bytes:
    """Return a number that is not negative in the variable length of LEB128.

    >>> varint(5), varint(300)
    (b'\\x05', b'\\xac\\x02')
    """
    return _VARINTS[number]


def varints(numbers: Sequence[int]) -> bytes:
    """Return numbers one behind the other, as `varint` does."""
    return b"".join(map(_VARINTS.__getitem__, numbers))


def postings(found: Sequence[int]) -> bytes:
    """Return postings in ascending order, of which no two are of the same article, as bytes.

    >>> list(postings([1 << 2 | 3, 2 << 2, 4 << 2 | 1]))
    [7, 4, 9]
    """
    distances = [found[0], *map(sub, found[1:], [each & -4 for each in found])]
    return bytes(distances) if max(distances) < 0x80 else varints(distances)
