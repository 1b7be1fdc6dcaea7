"""The objects of a list in a file of JSON, one after the other, whatever the size of the file.

What is damaged is passed over: the next object is found by the key that the first one begins with.
"""

import re
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import BinaryIO, NamedTuple

import msgspec

from convert.late import late_pattern
from convert.messages import Message, message
from convert.sources.ref import MAX_BYTES

LISTS = (b"items", b"bookmarks", b"entries", b"articles", b"links", b"documents", b"results")
"""Keys of the lists of entries in an object, or in objects inside of it."""

_CHUNK = 1 << 20
_MOST_KEPT = 4 * MAX_BYTES
_MOST_KEYS = 200
_MOST_SOUGHT = 50
"""Most times that the next object is sought after damage."""
_TOKEN = late_pattern(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["{}\[\]]', re.S)
_KEY_TOKEN = late_pattern(rb'"([^"\\]*+(?:\\.[^"\\]*+)*+)"(\s*+:)?|[{}\[\]]', re.S)
_STRING_END = late_pattern(rb'[^"\\]*+(?:\\.[^"\\]*+)*+("|\\?\Z)', re.S)
_BEGIN = late_pattern(rb"[^\s,]")
_FIRST_KEY = late_pattern(rb'\{\s*("[^"\\]{1,80}")\s*:')
_OPENING = late_pattern(rb"\s*+\[\s*+(?=\{|\]|\Z)")
_KEY = late_pattern(rb'"([^"\\]{1,80})"\s*+:(?:\s*+\[\s*+(?=(\{)))?')
_INNER = b"content"
"""Key of an object whose keys count as keys of the entry."""


class Piece(NamedTuple):
    """An object of the list, or a place where it is damaged."""

    offset: int
    line: int
    raw: bytes = b""
    size: int = 0
    problem: Message | None = None
    sought: bool = False
    """True if it was found by its first key after damage: it may be an object inside of another."""


def opening(start: bytes, is_entry: Callable[[Sequence[bytes]], bool]) -> int:
    """Return the offset behind the bracket that opens a list of entries at the start of a file, -1 if there is none.

    >>> is_entry = lambda keys: b"title" in keys
    >>> opening(b'[{"title": 1}]', is_entry), opening(b'{"by": [{"name": 1}], "items": [{"title": 1}]}', is_entry)
    (1, 32)
    >>> opening(b'{"a": [1]}', is_entry), opening(b'{"items": [{"name": 1}]}', is_entry)
    (-1, -1)
    """
    if match := _OPENING.match(start):
        return match.end()
    found = (match.end() for match in _KEY.finditer(start) if match[1] in LISTS and match[2])
    return next((each for each in islice(found, _MOST_SOUGHT) if is_entry(keys_of(start, each))), -1)


def keys_of(start: bytes, offset: int) -> list[bytes]:
    """Return the keys of the first object in the list, as far as the start of the file has them.

    >>> keys_of(b'[{"title": "Ink", "tags": [{"id": 1}], "content": "<p>cut', 1)
    [b'title', b'tags', b'content']
    >>> keys_of(b'{"title": "Ink", "content": {"url": 1, "by": {"name": 2}}}', 0)
    [b'title', b'content', b'content.url', b'content.by']
    """
    keys: list[bytes] = []
    depth, inner = 0, False
    for token in _KEY_TOKEN.finditer(start, offset):
        mark = token[0][:1]
        if mark in (b"{", b"["):
            depth += 1
        elif mark in (b"}", b"]"):
            depth -= 1
            if not depth:
                break
        elif token[2] and depth == 1:
            keys.append(token[1])
            inner = token[1] == _INNER and start[token.end() :].lstrip()[:1] == b"{"
        elif token[2] and depth == 2 and inner:
            keys.append(b"%b.%b" % (_INNER, token[1]))
    return keys


class _Window:
    """The part of a file that is being looked at; all offsets are those of the file."""

    def __init__(self, file: BinaryIO, offset: int) -> None:
        self._file, self.base, self._data = file, 0, file.read(max(offset, _CHUNK))
        self._line, self._counted = 1, 0

    def data_from(self, offset: int) -> tuple[bytes, int]:
        """Return the data that is held and where in it an offset is."""
        return self._data, offset - self.base

    @property
    def end(self) -> int:
        return self.base + len(self._data)

    def more(self, keep: int) -> bool:
        """Read on, and forget what is before `keep`; return False at the end of the file."""
        self.line(keep)
        read = self._file.read(max(_CHUNK, (self.end - keep) // 2))
        self._data, self.base = self._data[keep - self.base :] + read, keep
        return bool(read)

    def line(self, offset: int) -> int:
        """Return the number of the line of an offset, which is not before the last one that was asked for."""
        if offset > self._counted:
            self._line += self._data.count(b"\n", self._counted - self.base, offset - self.base)
            self._counted = offset
        return self._line

    def search(self, pattern: re.Pattern[bytes], offset: int, overlap: int = 0) -> tuple[int, int] | None:
        """Return start and end of the first match, None if there is none up to the end of the file."""
        while True:
            data, at = self.data_from(offset)
            if match := pattern.search(data, at):
                return self.base + match.start(), self.base + match.end()
            offset = max(offset, self.end - overlap)
            if not self.more(offset):
                return None

    def end_of(self, start: int) -> int | None:
        """Return the offset behind the object at `start`; None if the file ends first, or it is far too large."""
        depth, offset, in_string = 0, start, False
        while True:
            data, at = self.data_from(offset)
            if in_string and (rest := _STRING_END.match(data, at)):
                in_string = rest[1] != b'"'
                offset = self.base + (rest.start(1) if in_string else rest.end())
            if not in_string:
                for token in _TOKEN.finditer(data, offset - self.base):
                    offset = self.base + token.end()
                    if token[0] in (b"{", b"["):
                        depth += 1
                    elif token[0] in (b"}", b"]"):
                        depth -= 1
                        if not depth:
                            return offset
                    elif token[0] == b'"':
                        in_string = True
                        offset = self.end
                        if data.endswith(b"\\"):
                            offset -= _odd(data)
                        break
                else:
                    offset = self.end
            if self.end - start > _MOST_KEPT or not self.more(start):
                return None


def _end(window: _Window, start: int, following: re.Pattern[bytes] | None) -> int | None:
    """Return the offset behind the object at `start`, None if it has no end.

    Mostly it ends before what looks like the beginning of the next one, which the parser of JSON confirms at a tenth
    of the cost of looking at each string.
    """
    data, inside = window.data_from(start)
    if following and (match := following.search(data, inside)):
        with suppress(msgspec.DecodeError):
            msgspec.json.decode(data[inside : match.start() + 1], type=msgspec.Raw)
            return window.base + match.start() + 1
    return window.end_of(start)


def _odd(data: bytes) -> int:
    """Return 1 if data ends with a backslash that is not escaped itself, else 0."""
    return (len(data) - len(data.rstrip(b"\\"))) % 2


class Outside:
    """Keys in a file of JSON that are outside of its entries, with the number of times that they are there."""

    def __init__(self) -> None:
        self.keys: Counter[str] = Counter()

    def add(self, key: bytes) -> None:
        """Count a key."""
        name = key.decode("utf-8", "replace")
        if len(self.keys) < _MOST_KEYS or name in self.keys:
            self.keys[name] += 1


def pieces(
    file: BinaryIO, offset: int, is_entry: Callable[[Sequence[bytes]], bool] = bool, outside: Outside | None = None
) -> Iterator[Piece]:
    """Yield the objects of the list that begins before `offset` and of other lists of entries behind it, in order.

    What is damaged is a piece too.  Keys outside of the lists are added to `outside`.
    """
    window = _Window(file, offset)
    outside = outside or Outside()
    before = [match[1] for match in _KEY.finditer(window.data_from(0)[0], 0, offset)]
    for key in before[:-1]:
        outside.add(key)
    at = yield from _listed(window, offset)
    while at is not None and (found := window.search(_KEY, at, 256)):
        data, inside = window.data_from(found[0])
        match = _KEY.match(data, inside)
        at = found[1]
        if match and match[2] and match[1] in LISTS and is_entry(keys_of(data, match.end())):
            at = yield from _listed(window, at)
        elif match:
            outside.add(match[1])


def rows(file: BinaryIO) -> Iterator[Piece]:
    """Yield the objects of a file that has them without a list: a single one, or one a line."""
    yield from _listed(_Window(file, 0), 0, open_end=True)


def _listed(window: _Window, offset: int, *, open_end: bool = False) -> Generator[Piece, None, int | None]:
    """Yield the objects of a list; return the offset behind its end, None if the file ends before."""
    following: re.Pattern[bytes] | None = None
    sought = 0
    at, guess = offset, False
    while True:
        begin = window.search(_BEGIN, at)
        if begin is None:
            if not guess and not open_end:
                yield Piece(at, window.line(at), problem=message("export-cut-short", offset=at))
            return None
        start = begin[0]
        data, inside = window.data_from(start)
        mark = data[inside : inside + 1]
        if mark == b"]" and not (sought and window.search(re.compile(rb"[^\s}]"), start + 1)):
            return start + 1
        end = _end(window, start, following) if mark == b"{" else None
        line = window.line(start)
        if end is not None:
            data, inside = window.data_from(start)
            raw = data[inside : inside + end - start]
            if following is None and (key := _FIRST_KEY.match(raw)):
                following = re.compile(rb"\}\s*,\s*(?=\{\s*%b\s*:)" % re.escape(key[1]))
            yield Piece(start, line, raw, end - start, sought=guess)
            at = end
            continue
        data, inside = window.data_from(start)
        if following is None and (key := _FIRST_KEY.match(data, inside)):
            following = re.compile(rb"\}\s*,\s*(?=\{\s*%b\s*:)" % re.escape(key[1]))
        next_one = window.search(following, start + 1, 256) if following and sought < _MOST_SOUGHT else None
        sought += 1
        if mark != b"]":
            known = message("export-damaged", offset=start) if next_one else message("export-cut-short", offset=start)
            if mark == b"{" or not guess:
                yield Piece(start, line, problem=known)
        if next_one is None:
            return None
        at, guess = next_one[1], True
