"""Shards of the index: scripts that a page loads, each of which calls `archiveSearch` with its name and data."""

import base64
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from zlib import crc32

import deflate

from convert.search.postings import postings, varint, varints

FUNCTION = "archiveSearch"
"""The function that each shard calls, and the one name that the search takes of the page."""

_TEXT = rb'"[A-Za-z0-9+/=]*"'
_SHAPE = re.compile(
    rb'%s\("[a-z]+(?:/[0-9a-f]+)?",(?:%s|\[%s(?:,%s)*\]),[0-9]+\);\n' % (FUNCTION.encode(), _TEXT, _TEXT, _TEXT)
)
"""The whole of a shard: one call, whose arguments are texts of Base64 and a number."""

_LEVEL = 9
_PAYS = 15 / 16
"""Share of its size to which deflating must reduce a shard, because unpacking it takes the browser time too."""


def hash_of(word: str) -> int:
    """Return the hash of a token that is no number."""
    return crc32(word.encode())


def index_shard(first: int, numbers: Mapping[int, Sequence[int]], words: Mapping[str, Sequence[int]]) -> bytes:
    """Return the dictionary and the postings of the tokens of a shard, whose hashes begin with `first`.

    The dictionary begins with the count of numbers and has, for each in ascending order, its distance to the one before
    and the bytes of its postings; then the bytes of the words, the words in ascending order with line ends between
    them, and the bytes of the postings of each.
    """
    head: list[int] = [len(numbers)]
    lists: list[bytes] = []
    before = first
    for number in sorted(numbers):
        data = postings(numbers[number])
        head += (number - before, len(data))
        lists.append(data)
        before = number
    ordered = sorted(words)
    of_words = [postings(words[word]) for word in ordered]
    text = "\n".join(ordered).encode()
    parts = (varints(head), varint(len(text)), text, varints([*map(len, of_words)]), *lists, *of_words)
    return b"".join(parts)


def is_shard(script: bytes) -> bool:
    """Return True if a script has the form of a shard and nothing else: it can only hand data to `archiveSearch`.

    >>> is_shard(script("about", b"{}")), is_shard(text_script("texts/0", 0, [b"a", b"b"]))
    (True, True)
    >>> is_shard(script("about", b"{}") + b"x()"), is_shard(b'archiveSearch("a",x(),0);\\n')
    (False, False)
    """
    return _SHAPE.fullmatch(script) is not None


def script(name: str, data: bytes) -> bytes:
    """Return the script of a shard, whose data is deflated (RFC 1951) where that pays."""
    packed = deflate.deflate_compress(data, _LEVEL)
    pays = len(packed) <= len(data) * _PAYS
    encoded = base64.b64encode(packed if pays else data).decode()
    return f'{FUNCTION}("{name}","{encoded}",{pays:d});\n'.encode()


def text_script(name: str, first: int, texts: Iterable[bytes]) -> bytes:
    """Return the script of the texts of some articles, each deflated already; `first` is the number of the first."""
    encoded = '","'.join(base64.b64encode(text).decode() for text in texts)
    return f'{FUNCTION}("{name}",["{encoded}"],{first});\n'.encode()


def json_script(name: str, value: object) -> bytes:
    """Return the script of a shard that holds JSON: its strings are never part of the script."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return script(name, text.encode("utf-8", "replace"))
