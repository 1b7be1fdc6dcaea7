"""Files of the search: scripts that a page loads, each of which calls `archiveSearch` with its name and data."""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import deflate

from convert.search.postings import gamma, posting, postings, printable, rice

FUNCTION = "archiveSearch"
"""The function that each file calls, and the one name that the search takes of the page."""

RARE = 2
"""Articles up to which a token is rare."""
SPARE_BITS = 1
"""Bits by which the short hashes of rare tokens are longer than their number needs."""

_TEXT = rb'"[!#-;=-\[\]-~]*"'
_SHAPE = re.compile(
    rb'%s\("[a-z]+(?:/[0-9a-f]+)?",%s(?:,[0-9]+,\[%s(?:,%s)*\])?\);\n' % (FUNCTION.encode(), _TEXT, _TEXT, _TEXT)
)
"""The whole of a shard: one call, whose arguments are texts of harmless characters and a number."""

_LEVEL = 9


class Table(NamedTuple):
    """Tokens of one kind, and the postings of these and of others."""

    tokens: Sequence[int]
    """Hashes, in ascending order."""
    articles: Mapping[int, Sequence[int]]
    """Articles that have a token, in ascending order."""
    weights: Mapping[int, Sequence[tuple[int, int]]]
    """Weights that are not the least, each with the place of its article."""


def index_shard(name: str, span: tuple[int, int], tables: Sequence[Table], all_articles: int) -> bytes:
    """Return the script of the tokens whose hashes are in a span (first, bits), one table for each kind of token.

    For each kind there is the count of frequent tokens; for each, in ascending order, the distance of its hash to the
    one before, and in how many articles it is; then the postings of each.  Of rare tokens of all kinds follow the count
    of their postings, and for each the distance of its short hash, the article and the weight: several of them may
    have one short hash, and only the text can decide.
    """
    first, bits = span
    parts: list[str] = []
    rare: list[tuple[int, int, int]] = []
    for tokens, articles, weights in tables:
        frequent = [token for token in tokens if len(articles[token]) > RARE]
        parts.append(gamma(len(frequent) + 1))
        distances = rice([after - before for before, after in pairwise((first - 1, *frequent))], 1 << bits)
        for distance, token in zip(distances, frequent, strict=True):
            parts += (distance, gamma(len(articles[token]) - RARE))
        for token in frequent:
            parts += postings(articles[token], weights.get(token, ()), all_articles)
        for token in tokens:
            found = articles[token]
            if len(found) <= RARE:
                heavy = dict(weights.get(token, ()))
                rare += [(token - first, article, heavy.get(at, 0)) for at, article in enumerate(found)]
    parts += _rare(rare, bits, all_articles)
    return f'{FUNCTION}("{name}","{printable(parts)}");\n'.encode()


def _rare(rare: Sequence[tuple[int, int, int]], bits: int, all_articles: int) -> Iterator[str]:
    """Yield the bits of the postings of rare tokens: hash, article and weight."""
    yield gamma(len(rare) + 1)
    short = min(bits, len(rare).bit_length() + SPARE_BITS)
    ordered = sorted((token >> (bits - short), article, weight) for token, article, weight in rare)
    hashes = [0, *(token for token, *_ in ordered)]
    distances = rice([after - before + 1 for before, after in pairwise(hashes)], (1 << short) + len(rare))
    for distance, (_, article, weight) in zip(distances, ordered, strict=True):
        yield distance
        yield posting(article, weight, all_articles)


def is_shard(script: bytes) -> bool:
    """Return True if a script has the form of a shard and nothing else: it can only hand data to `archiveSearch`.

    >>> is_shard(json_script("about", {})), is_shard(articles_script("articles/0", 0, [], [b"a", b"b"]))
    (True, True)
    >>> is_shard(json_script("about", {}) + b"x()"), is_shard(b'archiveSearch("a",x(),0);\\n')
    (False, False)
    """
    return _SHAPE.fullmatch(script) is not None


def articles_script(name: str, first: int, facts: Sequence[object], texts: Iterable[bytes]) -> bytes:
    """Return the script of some articles: their facts, the number of the first, and the deflated text of each."""
    encoded = '","'.join(map(_base64, texts))
    return f'{FUNCTION}("{name}","{_deflated(facts)}",{first},["{encoded}"]);\n'.encode()


def json_script(name: str, value: object) -> bytes:
    """Return the script of a JSON value: its strings are never part of the script."""
    return f'{FUNCTION}("{name}","{_deflated(value)}");\n'.encode()


def _deflated(value: object) -> str:
    """Return a value as JSON, deflated (RFC 1951), in Base64."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _base64(bytes(deflate.deflate_compress(text.encode("utf-8", "replace"), _LEVEL)))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
