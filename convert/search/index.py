"""The index of all articles: their tokens are divided into groups on disk, and each group becomes shards."""

import os
import tempfile
from array import array
from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import repeat
from typing import BinaryIO, NamedTuple, Self

from msgspec import Struct

from convert import runner
from convert.errors import ConvertError
from convert.messages import Message
from convert.search.folding import pairs
from convert.search.programs import ENGINE, PROGRAM, engine, programs
from convert.search.shards import Table, articles_script, index_shard, json_script
from convert.search.tokens import GROUP_BITS, GROUPS, HASH_BITS, TITLE, WEIGHTS, unpack
from convert.store.errors import in_temporary_folder

VERSION = 2
"""Version of the form, which the program in the browser asks for."""

_NUMBER = 4
"""Bytes of a number."""
_KINDS = 2
"""Kinds of tokens: those that are numbers, and those that have a hash."""
_MOST_POSTINGS = 16_000
"""Postings of a shard, on average: 20 kB at the most."""
_FULL = 8_000
"""Bytes of deflated text and of facts from which on a file of articles is full."""
_FACTS = 80
"""Bytes of the facts about an article, roughly."""
_FEW = 2000
"""Articles for which one process is used: it is done before others have started."""
_SPILL = 48 << 20
"""Bytes of tokens in memory from which on they are written to disk."""


class Page(Struct, frozen=True, gc=False):
    """Facts about an article that a list of results shows."""

    href: str
    """Its address, relative to the folder in which `search/` is."""
    title: str
    date: str = ""
    channel: str = ""


class _Pile:
    """Bytes that are appended, in memory first and then on disk."""

    def __init__(self) -> None:
        self._new = bytearray()
        self._file: BinaryIO | None = None

    def append(self, data: bytes) -> None:
        self._new += data

    def spill(self) -> None:
        """Write what is in memory to disk."""
        with in_temporary_folder():
            if self._file is None:
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 -- it is open as long as the index is
            self._file.seek(0, os.SEEK_END)
            self._file.write(self._new)
        self._new = bytearray()

    def close(self) -> None:
        """Remove it from the disk."""
        if self._file is not None:
            self._file.close()

    def __len__(self) -> int:
        return len(self._new)

    def read(self, start: int = 0, size: int = -1) -> bytes:
        """Return some bytes, or all."""
        if self._file is None:
            return bytes(self._new[start : start + size] if size >= 0 else self._new[start:])
        if self._new:
            self.spill()
        with in_temporary_folder():
            self._file.seek(start)
            return self._file.read(size)


class Index:
    """Index to which articles are added one by one; memory holds their titles and one group of tokens at a time.

    It is used in a `with` block, at whose end its temporary files are removed.
    """

    def __init__(self, *, full: bool = True) -> None:
        """Begin an index of titles and texts, or only of titles."""
        self._full = full
        self._pages: list[Page] = []
        self._spans: list[tuple[int, int]] = []
        """Position and length of each text."""
        self._texts = _Pile()
        self._end = 0
        self._groups = [[_Pile() for _ in range(GROUPS)] for _ in range(_KINDS)]
        self._postings = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for pile in self._piles():
            pile.close()

    def _piles(self) -> Iterator[_Pile]:
        yield self._texts
        for groups in self._groups:
            yield from groups

    def add(self, page: Page, tokens: bytes) -> None:
        """Add the next article in the order of the volume, with what `tokens.tokens` made of it.

        Raises:
            ValueError: the tokens are damaged, or of another version.
            StoreError: the disk takes no more.
        """
        found = unpack(tokens)
        article = array("I", [len(self._pages)]).tobytes()
        for groups, parts in zip(self._groups, found.kinds, strict=True):
            for pile, part in zip(groups, parts, strict=True):
                if part:
                    pile.append(article + part)
                    self._postings += len(part) // _NUMBER - len(WEIGHTS)
        self._pages.append(page)
        self._spans.append((self._end, len(found.text)))
        self._end += len(found.text)
        self._texts.append(found.text)
        if sum(map(len, self._piles())) > _SPILL:
            for pile in self._piles():
                pile.spill()

    def files(self, workers: int = 1) -> Iterator[tuple[str, bytes]]:
        """Yield the path of each file below `search/`, and its bytes: the shards, then the programs.

        Articles are numbered by their dates, so that a list that ends with the newest needs no other facts about them.
        So many processes make the shards.

        Raises:
            StoreError: the disk takes no more.
            ConvertError: processes cannot start, or are killed.
        """
        order = sorted(range(len(self._pages)), key=lambda article: self._pages[article].date)
        numbers = array("I", [0]) * len(order)
        for number, article in enumerate(order):
            numbers[article] = number
        bits = GROUP_BITS
        while self._postings >> bits > _MOST_POSTINGS:
            bits += 1
        groups = ([_Group(group, *(each[group].read() for each in self._groups))] for group in range(GROUPS))
        workers = workers if len(order) > _FEW else 1
        for made in runner.run(partial(_GroupWorker, bits, numbers), groups, workers=workers):
            yield from made[0]
        counts: list[int] = []
        yield from self._articles(order, counts)
        about = {
            "version": VERSION, "articles": len(order), "bits": bits, "files": counts, "full": self._full,
            "fold": pairs(),
        }  # fmt: skip
        yield ENGINE, engine(json_script("about", about))
        yield PROGRAM, programs()[PROGRAM]

    def _articles(self, order: Sequence[int], counts: list[int]) -> Iterator[tuple[str, bytes]]:
        """Yield the files of facts and texts, and append the number of articles of each to `counts`."""
        start = size = 0
        for at, article in enumerate(order):
            own = self._spans[article][1] + _FACTS
            if at > start and size + own > _FULL:
                yield self._file(len(counts), order, start, at)
                counts.append(at - start)
                start, size = at, 0
            size += own
        if order:
            yield self._file(len(counts), order, start, len(order))
            counts.append(len(order) - start)

    def _file(self, number: int, order: Sequence[int], start: int, end: int) -> tuple[str, bytes]:
        """Return path and content of a file of articles."""
        inside = order[start:end]
        pages = [self._pages[article] for article in inside]
        facts = [(page.href, page.title, page.date, page.channel) for page in pages]
        texts = [self._texts.read(*self._spans[article]) for article in inside]
        name = f"articles/{number}"
        return f"{name}.js", articles_script(name, start, facts, texts)


class _Group(NamedTuple):
    """Tokens of all articles that are in one group."""

    number: int
    short: bytes
    other: bytes
    """Records of articles with such tokens that are numbers, and that have a hash: the article, then as `Tokens`."""


class _GroupWorker:
    """Worker that makes the shards of groups; `numbers` are those of the articles, `bits` those of a shard's name."""

    def __init__(self, bits: int, numbers: Sequence[int]) -> None:
        self._bits, self._numbers = bits, numbers

    def __call__(self, group: _Group) -> list[tuple[str, bytes]]:
        """Return path and content of each shard of a group."""
        shift = HASH_BITS - self._bits
        count = 1 << (self._bits - GROUP_BITS)
        merged = [_merged(each, self._numbers) for each in (group.short, group.other)]
        made = []
        for shard in range(group.number * count, (group.number + 1) * count):
            name, first = f"index/{shard:x}", shard << shift
            tables = [Table(_between(each.tokens, first, first + (1 << shift)), *each[1:]) for each in merged]
            made.append((f"{name}.js", index_shard(name, (first, shift), tables, len(self._numbers))))
        return made

    def lost(self, group: _Group, why: Message) -> list[tuple[str, bytes]]:
        """Refuse to go on: without one of its parts, a search would not find what is there.

        Raises:
            ConvertError: always.
        """
        raise ConvertError("the index of the search cannot be made: {reason}; add --search titles", reason=why)

    def close(self) -> None:
        """Do nothing: there are no files."""


def _between(numbers: Sequence[int], first: int, end: int) -> Sequence[int]:
    return numbers[bisect_left(numbers, first) : bisect_left(numbers, end)]


def _merged(group: bytes, numbers: Sequence[int]) -> Table:
    """Return the postings of each token of a group."""
    data = memoryview(group).cast("I")
    records: list[tuple[int, int]] = []
    at = 0
    while at < len(data):
        records.append((numbers[data[at]], at))
        at += 1 + (TITLE + 1) + sum(data[at + 1 : at + 2 + TITLE])
    articles: dict[int, list[int]] = defaultdict(list)
    weights: dict[int, list[tuple[int, int]]] = {}
    for article, start in sorted(records):
        at = start + 2 + TITLE
        for weight in range(TITLE + 1):
            end = at + data[start + 1 + weight]
            found = data[at:end].tolist()
            for number in found if weight else ():
                weights.setdefault(number, []).append((len(articles[number]), weight))
            deque(map(list.append, map(articles.__getitem__, found), repeat(article)), 0)  # no loop of ours
            at = end
    return Table(sorted(articles), articles, weights)
