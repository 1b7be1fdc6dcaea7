"""JSON Lines: a file of articles, one a line, each read by its position like a member of an archive."""

import io
import os
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from typing import BinaryIO

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from convert.bounds import MAX_JSON_DEPTH, json_too_deep
from convert.errors import DocumentError, SourceError, reason
from convert.late import late, late_pattern
from convert.messages import message
from convert.sources.ref import MAX_BYTES, MAX_MEMBERS, MAX_TOTAL, Ref, Refusal, safe_parts, too_large
from convert.text import marked_encoding, printable

_SUFFIXES = (".jsonl", ".ndjson")
_binary = late("convert.sources.kinds:binary")
_START = 1 << 16
_OBJECT = late_pattern(rb"^\s*\{(?!\{)", re.M)
_CHARACTER = 4
"""Most bytes of a character, and of a byte order mark."""
_POSITION = late_pattern(r"byte (\d+)")


class _Source(Struct):
    path: str = ""


class _Line(Struct):
    """Fields of an article that its name depends on."""

    schema_version: str = ""
    source: _Source = msgspec.field(default_factory=_Source)


_decoder = msgspec.json.Decoder(_Line)


def is_lines(root: str) -> bool:
    """Return True if the file `root` is JSON Lines, by its name or its content.

    The content is JSON Lines if the first line is a whole article and another object follows.  A name does not count
    if the content is of another kind, and no line begins an object.
    """
    try:
        with open(root, "rb") as file:
            if root.lower().endswith(_SUFFIXES):
                start = file.read(_START).removeprefix(BOM_UTF8)
                return marked_encoding(start)[1] != "utf-8" or not start.strip() or _may_be_lines(start)
            return _holds_lines(file)
    except OSError:
        return False


def _may_be_lines(start: bytes) -> bool:
    return _OBJECT.search(start) is not None and _binary(start) is None


def _holds_lines(file: BinaryIO) -> bool:
    try:
        if not _Text(file).line(_CHARACTER).startswith(b"{"):
            return False
        text = _Text(file)
        first, second = text.line(), text.line(_CHARACTER)
        whole = first.endswith((b"}\n", b"}\r\n"))
        return whole and second.startswith(b"{") and bool(_decoder.decode(first).schema_version)
    except (ValueError, RecursionError):  # of which the errors of msgspec and Unicode are kinds
        return False


class _Text:
    """Lines of a file, as UTF-8 whichever encoding its byte order mark declares."""

    def __init__(self, file: BinaryIO) -> None:
        file.seek(0)
        mark, self.encoding = marked_encoding(file.read(_CHARACTER))
        file.seek(len(mark))
        self._file, self._end = file, "\n".encode(self.encoding)
        self.width = len(self._end)
        """Number of bytes of an ASCII character."""

    def line(self, most: int = 0) -> bytes:
        """Return the next line, or its first `most` bytes, as UTF-8.

        Raises:
            UnicodeDecodeError: it is not in the declared encoding.
        """
        return self.decoded(self.raw(most))

    def raw(self, most: int = 0) -> bytes:
        """Return the bytes of the next line in the file's own encoding, or the first `most` of them.

        If it is longer than a document may be, only its beginning comes.
        """
        most = most or MAX_BYTES + 2
        if self.width == 1:
            return self._file.readline(most)
        parts: list[bytes] = []
        length = 0
        while length < most and (part := self._file.readline(most - length)):
            part += self._file.read(-len(part) % self.width)  # a byte 0A may be half of a character
            parts.append(part)
            length += len(part)
            if self.is_whole(part):
                break
        return b"".join(parts)

    def is_whole(self, raw: bytes) -> bool:
        """Return True if the bytes end with the end of a line."""
        return raw.endswith(self._end)

    def decoded(self, raw: bytes) -> bytes:
        """Return the bytes of a line as UTF-8.

        Raises:
            UnicodeDecodeError: it is not in the declared encoding.
        """
        return raw if self.width == 1 else raw.decode(self.encoding).encode()


def members(root: str) -> Iterator[Ref | Refusal]:
    """Yield the documents of the file `root`, line by line; only lines that are not JSON are refused.

    A document's name is the source path in its JSON if that is safe and unique, else its line number.

    Raises:
        SourceError: the file exceeds the limits.
    """
    stem = printable(os.path.splitext(os.path.basename(root))[0])
    try:
        with open(root, "rb") as file:
            if os.fstat(file.fileno()).st_size > MAX_TOTAL:
                raise SourceError(
                    "{path}: more than {limit} GiB; split it", path=printable(root), limit=MAX_TOTAL >> 30
                )
            yield from _documents(root, stem, file)
    except OSError as error:
        yield Refusal(root, stem, "SRC001", reason(error))


def divided(whole: Ref) -> Iterator[Ref | Refusal]:
    """Yield the documents of what came on standard input: its lines if it is JSON Lines, else itself."""
    data = whole.member
    if not isinstance(data, bytes) or not _holds_lines(io.BytesIO(data)):
        yield whole
        return
    for each in _documents(whole.root, whole.path, io.BytesIO(data)):
        if isinstance(each, Ref) and isinstance(each.member, tuple):
            start = each.member[0]
            yield replace(each, member=_Text(io.BytesIO(data)).decoded(data[start : start + each.size]))
        else:
            yield each


def _documents(root: str, stem: str, file: BinaryIO) -> Iterator[Ref | Refusal]:
    taken: set[str] = set()
    text = _Text(file)
    number, start = 0, file.tell()
    while raw := text.raw():
        number += 1
        if number > MAX_MEMBERS:
            raise SourceError("{path}: more than {limit:,} lines; split it", path=printable(root), limit=MAX_MEMBERS)
        name = f"{stem}/{number:06}.json"
        if len(raw) > MAX_BYTES + 1 and not text.is_whole(raw):
            while not text.is_whole(raw) and (raw := text.raw()):
                pass  # skip the rest of the line
            yield Refusal(root, name, "SRC002", too_large(file.tell() - start), number)
        else:
            yield from _document(root, name, (start, number), raw, text, taken)
        start = file.tell()


def _document(
    root: str, name: str, place: tuple[int, int], raw: bytes, text: _Text, taken: set[str]
) -> Iterator[Ref | Refusal]:
    try:
        line = text.decoded(raw)
    except UnicodeDecodeError:
        why = message("not {encoding}, as its byte order mark says", encoding=text.encoding.upper())
        yield Refusal(root, name, "SRC007", message("invalid-json", reason=why), place[1], 1)
        return
    document = line.rstrip(b"\r\n")
    if not document.strip():
        return
    if len(document) > MAX_BYTES:
        yield Refusal(root, name, "SRC002", too_large(len(document)), place[1])
        return
    if (deep := json_too_deep(document)) >= 0:
        too_deep = message("json-too-deep", limit=MAX_JSON_DEPTH)
        yield Refusal(root, name, "SRC007", too_deep, place[1], len(document[:deep].decode("utf-8", "replace")) + 1)
        return
    try:
        source_path = _decoder.decode(document).source.path
    except msgspec.ValidationError:
        source_path = ""  # JSON that is not an article: the reader will report it
    except msgspec.DecodeError as broken:
        at = _POSITION.search(str(broken))
        column = len(document[: int(at[1])].decode("utf-8", "replace")) + 1 if at else len(document) + 1
        words = str(broken).removeprefix("JSON is malformed: ")
        yield Refusal(root, name, "SRC007", message("invalid-json", reason=words), place[1], column)
        return
    parts = safe_parts(source_path)
    path = printable("/".join(parts)) if parts else ""
    if not path or path in taken:
        path = name
    taken.add(path)
    yield Ref(root, path, place, len(raw) - (len(line) - len(document)) * text.width)


class Lines:
    """Open file of JSON Lines from which documents are read."""

    def __init__(self, root: str) -> None:
        self._file = open(root, "rb")  # noqa: SIM115 -- closed by close()
        self.close = self._file.close
        self._text = _Text(self._file)

    def read(self, place: tuple[int, ...], size: int) -> bytes:
        """Return the document at `place`.

        Raises:
            DocumentError: SRC001 if the file cannot be read or has become shorter.
        """
        try:
            self._file.seek(place[0])
            data = self._file.read(size)
        except OSError as error:
            raise DocumentError("SRC001", reason(error)) from error
        if len(data) != size:
            raise DocumentError("SRC001", message("cut-short-while-read"))
        try:
            return self._text.decoded(data)
        except UnicodeDecodeError as error:
            raise DocumentError("SRC001", message("cut-short-while-read")) from error
