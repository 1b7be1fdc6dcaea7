"""JSON Lines: a file of articles, one a line, each read by its position like a member of an archive."""

import os
import re
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from convert.errors import DocumentError, SourceError, reason
from convert.messages import message
from convert.sources.ref import MAX_BYTES, MAX_MEMBERS, MAX_TOTAL, Ref, Refusal, safe_parts, too_large
from convert.text import printable

_SUFFIXES = (".jsonl", ".ndjson")
_POSITION = re.compile(r"byte (\d+)")


class _Source(Struct):
    path: str = ""


class _Line(Struct):
    """Fields of an article that its name depends on."""

    schema_version: str = ""
    source: _Source = msgspec.field(default_factory=_Source)


_decoder = msgspec.json.Decoder(_Line)


def is_lines(root: str) -> bool:
    """Return True if the file `root` is JSON Lines, by its name or its content.

    The content is JSON Lines if the first line is a whole article and another object follows.
    """
    if root.lower().endswith(_SUFFIXES):
        return True
    try:
        with open(root, "rb") as file:
            if file.read(1) != b"{":
                return False
            file.seek(0)
            first = file.readline(MAX_BYTES + 1)
            return first.endswith(b"}\n") and file.read(1) == b"{" and bool(_decoder.decode(first).schema_version)
    except (OSError, msgspec.DecodeError):
        return False


def members(root: str) -> Iterator[Ref | Refusal]:
    """Yield the documents of the file `root`, line by line; only lines that are not JSON are refused.

    A document's name is the source path in its JSON if that is safe and unique, else its line number.

    Raises:
        SourceError: the file exceeds the limits.
    """
    stem = printable(os.path.splitext(os.path.basename(root))[0])
    taken: set[str] = set()
    try:
        with open(root, "rb") as file:
            if os.fstat(file.fileno()).st_size > MAX_TOTAL:
                raise SourceError(
                    "{path}: more than {limit} GiB; split it", path=printable(root), limit=MAX_TOTAL >> 30
                )
            number = start = 0
            while line := file.readline(MAX_BYTES + 2):
                number += 1
                if number > MAX_MEMBERS:
                    raise SourceError(
                        "{path}: more than {limit:,} lines; split it", path=printable(root), limit=MAX_MEMBERS
                    )
                name = f"{stem}/{number:06}.json"
                document = line.rstrip(b"\r\n")
                if len(document) > MAX_BYTES:
                    while not line.endswith(b"\n") and (line := file.readline(MAX_BYTES)):
                        pass  # skip the rest of the line
                    yield Refusal(root, name, "SRC002", too_large(file.tell() - start), number)
                elif document.strip():
                    yield _document(root, name, (start, number), document, taken)
                start = file.tell()
    except OSError as error:
        yield Refusal(root, stem, "SRC001", reason(error))


def _document(root: str, name: str, place: tuple[int, int], line: bytes, taken: set[str]) -> Ref | Refusal:
    try:
        source_path = _decoder.decode(line).source.path
    except msgspec.ValidationError:
        source_path = ""  # JSON that is not an article: the reader will report it
    except msgspec.DecodeError as broken:
        at = _POSITION.search(str(broken))
        column = len(line[: int(at[1])].decode("utf-8", "replace")) + 1 if at else len(line) + 1
        why = str(broken).removeprefix("JSON is malformed: ")
        return Refusal(root, name, "SRC007", message("invalid-json", reason=why), place[1], column)
    parts = safe_parts(source_path)
    path = printable("/".join(parts)) if parts else ""
    if not path or path in taken:
        path = name
    taken.add(path)
    return Ref(root, path, place, len(line))


class Lines:
    """Open file of JSON Lines from which documents are read."""

    def __init__(self, root: str) -> None:
        self._file = open(root, "rb")  # noqa: SIM115 -- closed by close()
        self.close = self._file.close

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
        return data
