"""The records of a WARC file in their order, and the places where it is damaged.

A file is a series of records, each compressed by itself as a rule (a member, in the words of RFC 1952).  After damage,
the next record is found by the bytes that begin one, so that only the damaged one is lost.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, NamedTuple

from convert.late import late_pattern
from convert.messages import Message, message
from convert.sources.warc import packing
from convert.sources.warc.packing import ERRORS, GZIP, ZSTD, Packing, State
from convert.sources.warc.start import BLANK, START

MAX_HEAD = 1 << 16
"""Longest head of a record or an answer, in bytes; real ones have a few hundred."""

MAX_FRAME = 64 << 20
"""Longest frame of zstd with several records, in bytes: it is unpacked into memory."""

_CHUNK = 1 << 14
_PIECE = 1 << 20
"""Most bytes that are unpacked at once."""
_SEARCHED = 1 << 20
_LATER_START = late_pattern(rb"\x1f\x8b\x08|\x28\xb5\x2f\xfd|\nWARC/[01]\.[0-9]{1,3}\r?\n")
_LONGEST_START = 16
_HEAD_END = late_pattern(rb"\r?\n\r?\n")
_FOLDED = late_pattern(rb"\r?\n[ \t]+")
_RECORD_END = b"\r\n\r\n"

Place = tuple[int, int, int]
"""Place of a record: offset in the file, offset in what is unpacked from there, or -1 if it is not packed, length."""


class Record(NamedTuple):
    """Record of a WARC file."""

    place: Place
    fields: Mapping[str, str]
    """Its header, by names in lower case."""
    block: bytes
    """Its content, or the beginning of it."""


class Damage(NamedTuple):
    """Place from which a file cannot be read, until its next record."""

    offset: int
    reason: Message


class DamagedError(Exception):
    """Error that ends a series of records."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason)
        self.reason = reason


class Stream:
    """Bytes of a file from a place on, as they are, or unpacked from one gzip member or zstd frame by its `state`.

    `spend` is called with the number of bytes that were read or unpacked; it raises if they are too many.
    """

    def __init__(
        self,
        file: BinaryIO,
        start: int,
        end: int,
        spend: Callable[[int], None] = lambda size: None,
        state: State | None = None,
    ) -> None:
        self._file, self._end, self._spend = file, end, spend
        self._next = start
        self._state = state
        self._buffer, self._at = b"", 0
        self.passed = 0
        """Number of bytes that were taken."""

    @property
    def place(self) -> int:
        """The offset in the file, of a gzip member that has ended that of its end."""
        if self._state is None:
            return self._next - len(self._buffer) + self._at
        return self._next - len(self._state.unused_data)

    def _more(self) -> bool:
        """Read more; return False at the end."""
        state = self._state
        if state is None:
            data = self._read()
        else:
            data = b""
            while not data and not state.eof:
                packed = state.unconsumed_tail or self._read()
                try:
                    data = state.decompress(packed, _PIECE)
                except ERRORS as error:
                    raise DamagedError(
                        message("the compressed data is damaged ({detail})", detail=str(error))
                    ) from error
                if not packed and not data and not state.eof:
                    raise DamagedError(message("archive-cut-short"))
        if data:
            self._spend(len(data))
            self._buffer, self._at = self._buffer[self._at :] + data, 0
        return bool(data)

    def _read(self) -> bytes:
        self._file.seek(self._next)
        data = self._file.read(min(_CHUNK, self._end - self._next))
        self._next += len(data)
        return data

    def head(self) -> bytes:
        """Take the bytes up to an empty line, and that line."""
        searched = 0
        while not (found := _HEAD_END.search(self._buffer, self._at + searched)):
            unread = len(self._buffer) - self._at
            if unread > MAX_HEAD:
                raise DamagedError(message("warc-head-without-end"))
            searched = max(unread - len(_RECORD_END), 0)
            if not self._more():
                raise DamagedError(message("archive-cut-short"))
        head = self._buffer[self._at : found.end()]
        self._at = found.end()
        self.passed += len(head)
        return head

    def take(self, size: int) -> bytes:
        """Take so many bytes, or those that are left."""
        parts = []
        missing = size
        while missing:
            if self._at == len(self._buffer) and not self._more():
                break
            part = self._buffer[self._at : self._at + missing]
            parts.append(part)
            self._at += len(part)
            missing -= len(part)
        self.passed += size - missing
        return b"".join(parts)

    def skip(self, size: int) -> int:
        """Pass over so many bytes, and return the number of those that were there."""
        missing = size
        while missing:
            if self._at == len(self._buffer):
                if self._state is None:
                    jump = min(missing, self._end - self._next)
                    self._next += jump
                    missing -= jump
                    break
                if not self._more():
                    break
            part = min(missing, len(self._buffer) - self._at)
            self._at += part
            missing -= part
        self.passed += size - missing
        return size - missing

    def peek(self, size: int) -> bytes:
        """Return the next bytes without taking them, fewer at the end."""
        while len(self._buffer) - self._at < size and self._more():
            pass
        return self._buffer[self._at : self._at + size]

    def pass_blank(self) -> bytes:
        """Pass over line ends and padding, and return the beginning of what comes then, b"" at the end."""
        while rest := self.peek(_LONGEST_START):
            short = rest.lstrip(BLANK)
            if len(short) == len(rest):
                return short
            self._at += len(rest) - len(short)
            self.passed += len(rest) - len(short)
        return b""


def records(
    file: BinaryIO, start: int, end: int, most: Callable[[Mapping[str, str]], int], spend: Callable[[int], None]
) -> Iterator[Record | Damage]:
    """Yield the records of a file between two offsets, and what is damaged.

    `most` returns for the header of a record how many bytes of its block are wanted; `spend` is as for `Stream`.
    """
    at = start
    packed = packing.packing_of(file, start, end)
    if packed is None:
        yield Damage(start, message("warc-damaged-dictionary"))
        packed = Packing()
    while at < end:
        file.seek(at)
        beginning = file.read(min(_LONGEST_START, end - at))
        if not beginning:
            return
        if 0 < (size := packing.skipped(beginning)) <= end - at:
            at += size
            continue
        state = packed.state(beginning)
        if state is None and not START.match(beginning):
            blank = len(beginning) - len(beginning.lstrip(BLANK))
            if blank:
                at += blank
                continue
            yield Damage(at, message("warc-no-record-begins"))
            at = _next_start(file, at + 1, end, packed)
            continue
        stream = Stream(file, at, end, spend, state)
        series = _Series(stream, at, most, b"" if state is None else beginning[: len(ZSTD)])
        try:
            yield from series
            at = stream.place
        except DamagedError as error:
            place = series.at if state is None else at
            yield Damage(place, error.reason)
            at = _next_start(file, place + 1, end, packed)


class _Series:
    """Series of records: those of a gzip member or zstd frame, or those that follow each other without compression."""

    def __init__(self, stream: Stream, start: int, most: Callable[[Mapping[str, str]], int], mark: bytes) -> None:
        self._stream, self._start, self._most, self._packed = stream, start, most, bool(mark)
        self._is_frame = mark == ZSTD
        self.at = start
        """Offset of the record that is being read, if they are not packed."""

    def __iter__(self) -> Iterator[Record]:
        stream, ahead = self._stream, b"WARC/"
        while ahead.startswith(b"WARC/"):
            inner = stream.passed
            self.at = self._start + inner
            fields = fields_of(stream.head())
            size = fields.get("content-length", "")
            if not re.fullmatch("[0-9]{1,15}", size):
                raise DamagedError(message("warc-without-length"))
            wanted = min(self._most(fields), int(size))
            head = stream.passed - inner
            block = stream.take(wanted)
            if len(block) + stream.skip(int(size) - len(block)) < int(size):
                raise DamagedError(message("archive-cut-short"))
            behind = stream.peek(len(_RECORD_END))
            is_right = behind == _RECORD_END
            ahead = stream.pass_blank()
            is_stray = bool(ahead) and not ahead.startswith(b"WARC/" if self._packed else (b"WARC/", GZIP, ZSTD))
            if is_stray and not is_right:
                raise DamagedError(message("warc-wrong-length"))
            place = (self._start, inner) if self._packed else (self.at, -1)
            if self._is_frame and inner and stream.passed > MAX_FRAME:
                raise DamagedError(message("warc-long-frame"))
            yield Record((*place, head + int(size)), fields, block)
            if is_stray and self._packed:
                raise DamagedError(message("warc-no-record-begins"))
            if behind and not ahead and not is_right and _RECORD_END.startswith(behind):
                raise DamagedError(message("archive-cut-short"))


def fields_of(head: bytes) -> dict[str, str]:
    """Return the fields of a head by their names in lower case; of several of a name, the last.

    >>> fields_of(b"WARC/1.0\\r\\nWARC-Type: response\\r\\nX: a\\r\\n b\\r\\n\\r\\n")
    {'warc-type': 'response', 'x': 'a b'}
    """
    lines = _FOLDED.sub(b" ", head).splitlines()[1:]
    pairs = (line.decode("utf-8", "replace").partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, colon, value in pairs if colon}


def _next_start(file: BinaryIO, start: int, end: int, packed: Packing) -> int:
    """Return the offset from `start` on where a record seems to begin, or `end`."""
    at, size = start, _CHUNK
    while at < end:
        file.seek(at)
        data = file.read(min(size, end - at))
        size = min(4 * size, _SEARCHED)
        if not data:
            break
        for found in _LATER_START.finditer(data):
            place = at + found.start() + (found[0][:1] == b"\n")
            if found[0][:1] == b"\n":
                return place
            file.seek(place)
            if packed.is_record(file.read(_CHUNK)):
                return place
        if at + len(data) >= end:
            break
        at += max(len(data) - _LONGEST_START, 1)
    return end
