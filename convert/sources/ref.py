"""What names a document, what says why there is none, and the limits."""

import hashlib
import re

from msgspec import Struct

from convert.messages import Message, message

STDIN = "-"
"""The root that means standard input."""

MAX_BYTES = 16 << 20
"""Of one document; the largest real one has 1.7 MB."""

MAX_MEMBERS = 1_000_000
"""Of one archive."""

MAX_TOTAL = 64 << 30
"""Bytes that an archive may hold, unpacked."""

MAX_RATIO = 200
"""Unpacked to packed, once more than `FREE_BYTES` have come out: text packs 3 to 10 times, a bomb 1,000 times."""

FREE_BYTES = 64 << 20
"""Bytes that any archive may hold, however well it packs."""


LINE_PLACE = 2
"""How many numbers say where a line of JSON Lines is."""


class Ref(Struct, frozen=True, gc=False):
    """The handle of one document: cheap, and good in any process of the same machine."""

    root: str
    """The file, folder or archive as the caller named it."""
    path: str
    """Relative to the root, POSIX, printable.  Of a lone file: as typed if that is relative, else its name."""
    member: str | bytes | tuple[int, ...]
    """A file's name for the system; the data itself of standard input, which can be read only once; or where the
    document lies in its archive: (offset,) in a tar, (offset, packed size, method, CRC-32) in a zip, (offset, number of
    the line) in JSON Lines."""
    size: int
    """In bytes, as far as the file system or the archive tells."""

    @property
    def line(self) -> int:
        """The line of the root that the document is, in JSON Lines; else 0."""
        return self.member[1] if type(self.member) is tuple and len(self.member) == LINE_PLACE else 0


class Refusal(Struct, frozen=True, gc=False):
    """Something that is not read, and why: SRC001 unreadable-file, SRC002 file-too-large, SRC003 unsafe-member, or
    SRC007 invalid-json for a line of JSON Lines."""

    root: str
    path: str
    code: str
    message: Message
    line: int = 0
    column: int = 0
    """In the root, where it is JSON Lines."""
    data: bytes = b""
    """What was read of standard input, which nobody can read again."""


class Source(Struct, frozen=True, gc=False):
    """A document: where it is from and its bytes."""

    root: str
    path: str
    data: bytes

    @property
    def sha256(self) -> str:
        """Of the data, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


def too_large(size: int) -> Message:
    """The words of SRC002 for a document of `size` bytes."""
    return message("file-too-large", size=size, limit=MAX_BYTES)


# Backslash and drive letter: another place on Windows.  NUL: the end of a name for the system.  Lone surrogates: bytes
# that are not UTF-8 (PEP 383).
_UNSAFE = re.compile("[\\\\\\x00\\ud800-\\udfff]|^[A-Za-z]:")


def safe_parts(name: str) -> list[str]:
    """The components of a member's name; none where the name must not be used as a path.

    >>> safe_parts("./a//b.md"), safe_parts("../b.md"), safe_parts("/b.md")
    (['a', 'b.md'], [], [])
    """
    parts = [part for part in name.split("/") if part not in ("", ".")]
    return [] if name.startswith("/") or ".." in parts or _UNSAFE.search(name) else parts
