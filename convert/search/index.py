"""The index of all articles: their tokens are divided into groups on disk, and each group becomes shards."""

import os
import tempfile
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Self

from msgspec import Struct

from convert.search.folding import pairs
from convert.search.shards import hash_of, index_shard, json_script, script, text_script
from convert.search.tokens import TITLE, Tokens, unpack
from convert.store.errors import in_temporary_folder

VERSION = 1
"""Version of the form, which the program in the browser asks for."""

BLOCK = 200
"""Articles whose titles are in one file."""

_GROUP_BITS = 4
_GROUPS = 1 << _GROUP_BITS
_HASH_BITS = 32
_BOUNDS = [group << (_HASH_BITS - _GROUP_BITS) for group in range(1, _GROUPS)]
_MOST_POSTINGS = 13_000
"""Postings of a shard, on average: 20 kB at the most."""
_TEXTS = 16_000
"""Bytes of deflated text from which on a file of texts is full."""
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
        self._numbers = [_Pile() for _ in range(_GROUPS)]
        self._others = [_Pile() for _ in range(_GROUPS)]
        self._postings = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for pile in (self._texts, *self._numbers, *self._others):
            pile.close()

    def add(self, page: Page, tokens: bytes) -> None:
        """Add the next article in the order of the volume, with what `tokens.tokens` made of it.

        Raises:
            ValueError: the tokens are damaged, or of another version.
            StoreError: the disk takes no more.
        """
        found = unpack(tokens)
        article = len(self._pages)
        self._pages.append(page)
        self._spans.append((self._end, len(found.text)))
        self._end += len(found.text)
        self._texts.append(found.text)
        self._divide(article, found)
        if sum(map(len, (self._texts, *self._numbers, *self._others))) > _SPILL:
            for pile in (self._texts, *self._numbers, *self._others):
                pile.spill()

    def _divide(self, article: int, found: Tokens) -> None:
        """Append the tokens of an article to the groups of their hashes."""
        runs = []
        for packed in found.packed:
            numbers = array("I", packed)
            self._postings += len(numbers)
            at = [0, *(bisect_left(numbers, bound) for bound in _BOUNDS), len(numbers)]
            runs.append((numbers, at))
        for group, pile in enumerate(self._numbers):
            parts = [numbers[at[group] : at[group + 1]] for numbers, at in runs]
            pile.append(array("I", [article, *map(len, parts)]).tobytes() + b"".join(part.tobytes() for part in parts))
        for weight, words in enumerate(found.words):
            groups: dict[int, list[str]] = {}
            for word in words.split():
                groups.setdefault(hash_of(word) >> (_HASH_BITS - _GROUP_BITS), []).append(word)
                self._postings += 1
            for group, inside in groups.items():
                self._others[group].append(f"{article} {weight} {' '.join(inside)}\n".encode())

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield the path of each file below `search/`, and its bytes.

        Articles are numbered by their dates, so that a list that ends with the newest needs no other facts about them.

        Raises:
            StoreError: the disk takes no more.
        """
        order = sorted(range(len(self._pages)), key=lambda article: self._pages[article].date)
        numbers = [0] * len(order)
        for number, article in enumerate(order):
            numbers[article] = number
        bits = _GROUP_BITS
        while self._postings >> bits > _MOST_POSTINGS:
            bits += 1
        for group in range(_GROUPS):
            yield from self._shards(group, bits, numbers)
        files_of_texts: list[int] = []
        if self._full:
            yield from self._text_files(order, files_of_texts)
        yield from self._titles(order, files_of_texts)
        about = {
            "version": VERSION, "articles": len(order), "bits": bits, "block": BLOCK, "full": self._full,
            "fold": pairs(),
        }  # fmt: skip
        yield "about.js", json_script("about", about)

    def _shards(self, group: int, bits: int, numbers: Sequence[int]) -> Iterator[tuple[str, bytes]]:
        """Yield the shards of a group."""
        shift = _HASH_BITS - bits
        by_number = _merged(self._numbers[group].read(), numbers)
        by_word = _merged_words(self._others[group].read().decode(), numbers)
        shards: dict[int, tuple[list[int], list[str]]] = defaultdict(lambda: ([], []))
        for number in by_number:
            shards[number >> shift][0].append(number)
        for word in by_word:
            shards[hash_of(word) >> shift][1].append(word)
        per_group = 1 << (bits - _GROUP_BITS)
        for shard in range(group * per_group, (group + 1) * per_group):
            inside, words = shards[shard]
            name = f"index/{shard:x}"
            data = index_shard(
                shard << shift,
                {number: by_number[number] for number in inside},
                {word: by_word[word] for word in words},
            )
            yield f"{name}.js", script(name, data)

    def _text_files(self, order: Sequence[int], files: list[int]) -> Iterator[tuple[str, bytes]]:
        """Yield the texts, and append the number of the file of each article to `files`."""
        waiting: list[bytes] = []
        file = size = 0
        for article in order:
            text = self._texts.read(*self._spans[article])
            if waiting and size + len(text) > _TEXTS:
                yield f"texts/{file}.js", text_script(f"texts/{file}", len(files) - len(waiting), waiting)
                waiting, file, size = [], file + 1, 0
            waiting.append(text)
            size += len(text)
            files.append(file)
        if waiting:
            yield f"texts/{file}.js", text_script(f"texts/{file}", len(files) - len(waiting), waiting)

    def _titles(self, order: Sequence[int], files: Sequence[int]) -> Iterator[tuple[str, bytes]]:
        """Yield the lists of titles, of `BLOCK` articles each."""
        for start in range(0, len(order), BLOCK):
            pages = [self._pages[article] for article in order[start : start + BLOCK]]
            channels = sorted({page.channel for page in pages})
            block = {
                "href": [page.href for page in pages],
                "title": [page.title for page in pages],
                "date": [page.date for page in pages],
                "channels": channels,
                "channel": [channels.index(page.channel) for page in pages],
                "file": files[start : start + BLOCK],
            }
            name = f"titles/{start // BLOCK}"
            yield f"{name}.js", json_script(name, block)


def _merged(group: bytes, numbers: Sequence[int]) -> dict[int, list[int]]:
    """Return the postings of each packed token of a group, in ascending order."""
    data = memoryview(group).cast("I")
    records: list[tuple[int, int]] = []
    at = 0
    while at < len(data):
        records.append((numbers[data[at]], at))
        at += 1 + (TITLE + 1) + sum(data[at + 1 : at + 2 + TITLE])
    merged: dict[int, list[int]] = defaultdict(list)
    for article, start in sorted(records):
        at = start + 2 + TITLE
        for weight in range(TITLE + 1):
            end = at + data[start + 1 + weight]
            posting = article << 2 | weight
            for number in data[at:end]:
                merged[number].append(posting)
            at = end
    return merged


def _merged_words(group: str, numbers: Sequence[int]) -> dict[str, list[int]]:
    """Return the postings of each other token of a group, in ascending order."""
    merged: dict[str, list[int]] = defaultdict(list)
    for line in group.splitlines():
        article, weight, *words = line.split(" ")
        posting = numbers[int(article)] << 2 | int(weight)
        for word in words:
            merged[word].append(posting)
    for found in merged.values():
        found.sort()
    return merged
