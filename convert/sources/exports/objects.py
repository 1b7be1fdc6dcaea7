"""The objects of a list in a file of JSON, one after the other, whatever the size of the file.

What is damaged is passed over: the next object is found by the key that the first one begins with.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO, NamedTuple

import msgspec

from convert.messages import Message, message
from convert.sources.ref import MAX_BYTES

LISTS = (b"items", b"bookmarks", b"entries", b"articles")
"""Keys of the list of entries in an object."""

_CHUNK = 1 << 20
_MOST_KEPT = 4 * MAX_BYTES
_MOST_SOUGHT = 50
"""Most times that the next object is sought after damage."""
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["{}\[\]]', re.S)
_KEY_TOKEN = re.compile(rb'"([^"\\]*+(?:\\.[^"\\]*+)*+)"(\s*+:)?|[{}\[\]]', re.S)
_STRING_END = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+("|\\?\Z)', re.S)
_BEGIN = re.compile(rb"[^\s,]")
_FIRST_KEY = re.compile(rb'\{\s*("[^"\\]{1,80}")\s*:')
_OPENING = re.compile(
    rb'\s*+(?:\[|\{(?:[^\[\]]|\[[^\[\]{}]*\])*?"(?:%b)"\s*:\s*\[)\s*+(?=\{|\]|\Z)' % b"|".join(LISTS), re.S
)


class Piece(NamedTuple):
    """An object of the list, or a place where it is damaged."""

    offset: int
    line: int
    raw: bytes = b""
    size: int = 0
    problem: Message | None = None
    sought: bool = False
    """True if it was found by its first key after damage: it may be an object inside of another."""


def opening(start: bytes) -> int:
    """Return the offset behind the bracket that opens a list of objects at the start of a file, -1 if there is none.

    >>> opening(b'[{"title": 1}]'), opening(b'{"count": 1, "items": [{"title": 1}]}'), opening(b'{"a": [1]}')
    (1, 23, -1)
    """
    match = _OPENING.match(start)
    return match.end() if match else -1


def keys_of(start: bytes, offset: int) -> list[bytes]:
    """Return the keys of the first object in the list, as far as the start of the file has them.

    >>> keys_of(b'[{"title": "Ink", "tags": [{"id": 1}], "content": "<p>cut', 1)
    [b'title', b'tags', b'content']
    """
    keys: list[bytes] = []
    depth = 0
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


def pieces(file: BinaryIO, offset: int) -> Iterator[Piece]:
    """Yield the objects of the list that begins before `offset`, and what is damaged, in order."""
    window = _Window(file, offset)
    following: re.Pattern[bytes] | None = None
    sought = 0
    at, guess = offset, False
    while True:
        begin = window.search(_BEGIN, at)
        if begin is None:
            if not guess:
                yield Piece(at, window.line(at), problem=message("export-cut-short", offset=at))
            return
        start = begin[0]
        data, inside = window.data_from(start)
        mark = data[inside : inside + 1]
        if mark == b"]" and not (sought and window.search(re.compile(rb"[^\s}]"), start + 1)):
            return
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
            return
        at, guess = next_one[1], True
