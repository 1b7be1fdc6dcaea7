"""The beginning of an archive, by which it is recognised; every file that is named is asked, so this loads little."""

import re
import zlib
from typing import Any, Literal, Protocol

from convert.errors import SourceError, reason
from convert.late import late_pattern
from convert.messages import Message, message
from convert.text import printable

Kind = Literal["zip", "tar"]

GZIP = b"\x1f\x8b"
TAR_BLOCK = 512
_TAR_NAME = late_pattern(r"\.(?:tar\b|tgz\Z)", re.I)
"""Name that distinguishes an archive without members from a file of zeros."""
_TAR_MAGIC = slice(257, 262)
"""Position of the word that begins POSIX's and GNU's additions to a header."""
_TAR_CHECKSUM = slice(148, 156)
_NUMBER = b"01234567oO_+- \t\n\r\v\f\x1c\x1d\x1e\x1f"
"""All bytes of a number as the library reads it."""
_SAID = {
    "File is not a zip file": message("the list of its members, at its end, is missing"),
    "unexpected end of data": message("it is cut short"),
}
"""Messages for the words of the libraries about the most usual damage."""


class Opened(Protocol):
    """Open archive."""

    def read(self, place: Any, size: int, /) -> bytes:
        """Return the document at a place."""
        ...

    def close(self) -> None:
        """Close its files."""
        ...


def kind_of(root: str) -> Kind | None:
    """Return the kind of archive that the file `root` is by its content; None if it is none or cannot be opened.

    Raises:
        SourceError: it is a damaged gzip file.
    """
    try:
        with open(root, "rb") as file:
            return kind_of_data(file.read(1 << 16), root)
    except OSError:
        return None


def kind_of_data(start: bytes, root: str) -> Kind | None:
    """Return the kind of archive that begins with `start`, as `kind_of`."""
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if start.startswith(GZIP):
        state = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            start = state.decompress(start, 1 << 16)
        except zlib.error as error:
            raise damaged(root, error) from error
        if len(start) < TAR_BLOCK and not state.eof:
            raise damaged(root, message("it is cut short"))
    # An archive without members consists of its end only: two blocks of zeros.
    is_empty = start[: 2 * TAR_BLOCK] == bytes(2 * TAR_BLOCK) and _TAR_NAME.search(root) is not None
    if _is_header(start) or is_empty:
        return "tar"
    # The first header may be damaged or missing; no document is read as text that has a whole header inside.
    blocks = (start[at : at + TAR_BLOCK] for at in range(0, len(start) - TAR_BLOCK + 1, TAR_BLOCK))
    if any(each[_TAR_MAGIC] == b"ustar" and (not each_at or _is_header(each)) for each_at, each in enumerate(blocks)):
        raise damaged(root, message("its first header is damaged or missing"))
    return None


def _is_header(block: bytes) -> bool:
    checksum = block[_TAR_CHECKSUM]
    if len(block) < TAR_BLOCK:
        return False
    if not checksum.startswith((b"\x80", b"\xff")) and checksum.partition(b"\0")[0].strip(_NUMBER):
        return False  # text, for which the library need not be loaded
    import tarfile

    try:
        tarfile.TarInfo.frombuf(block[:TAR_BLOCK], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def damaged(root: str, what: Message | Exception) -> SourceError:
    """Return the error for an archive that is damaged."""
    return SourceError(
        "{path}: damaged archive: {what}; fetch it again, or unpack what is left and name the folder",
        path=printable(root),
        what=what if isinstance(what, Message) else reason_of(what),
    )


def reason_of(error: Exception) -> Message | str:
    """Return what is wrong with an archive; in the words of the library where the catalogues have none."""
    if error.args and isinstance(error.args[0], Message):
        return error.args[0]
    if isinstance(error, zlib.error) or isinstance(error.__context__, zlib.error):
        return message("the compressed data is damaged ({detail})", detail=str(error))
    if isinstance(error, OSError):
        return reason(error)
    return _SAID.get(str(error)) or str(error)
