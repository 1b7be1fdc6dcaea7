"""The types of references to documents, refusals and documents, and the limits of sources."""

import hashlib

from msgspec import Struct

from convert.late import late_pattern
from convert.messages import Message, message
from convert.sources.envelope import NO_ENVELOPE, Envelope

STDIN = "-"
"""Root that means standard input."""

MAX_BYTES = 16 << 20
"""Largest document, in bytes; the largest real one has 1.7 MB."""

MAX_MEMBERS = 1_000_000
"""Largest number of members of one archive."""

MAX_TOTAL = 64 << 30
"""Largest unpacked size of an archive, in bytes."""

MAX_RATIO = 200
"""Largest ratio of unpacked to packed size, beyond `FREE_BYTES`; text has a ratio of 3 to 10, a bomb of 1,000."""

FREE_BYTES = 64 << 20
"""Unpacked size, in bytes, that is allowed whatever the ratio."""


LINE_PLACE = 2
"""Number of items of `Ref.member` for a line of JSON Lines."""


CONTAINER_PLACE = 3
"""Number of items of `Ref.member` for a record of a container."""

INSIDE_PLACES = (1 + 1 + CONTAINER_PLACE, 4 + 1 + CONTAINER_PLACE)
"""Numbers of items of `Ref.member` for a record of a container that is inside of a tar or a zip archive."""


class Ref(Struct, frozen=True, gc=False):
    """Reference to one document: small, and valid in any process of the same machine."""

    root: str
    """File, folder or archive as the caller named it."""
    path: str
    """Printable POSIX path relative to the root; for a single file the path as typed if relative, else the name."""
    member: str | bytes | tuple[int, ...]
    """Location of the document.

    It is the file's name for the system; the data of standard input, which can be read only once; or the position in an
    archive: (offset,) in a tar, (offset, packed size, method, CRC-32) in a zip, (offset, line number) in JSON Lines,
    three numbers of its own in a container.  Of an export inside of an archive it is the export's position and size,
    and then the position in the export.
    """
    size: int
    """Size in bytes according to the file system or the archive."""
    address: str = ""
    """Original address of the document, if the user or the archive gave it."""
    site: tuple[str, ...] = ()
    """The `Site` that a document in an archive is a part of, () if the archive has no settings of a site."""
    record: tuple[str, ...] = ()
    """Address and media type of a record in an archive of the web, () for other documents."""
    facts: str = ""
    """Other facts of such an archive about the document, on which outputs depend."""
    doubt: Message | None = None
    """Reason to doubt that the document is as it was published, if the archive gives one."""
    envelope: Envelope = NO_ENVELOPE
    """Facts of an export on standard input about the document; other archives give them when it is read."""

    @property
    def line(self) -> int:
        """Return the line number of a document in JSON Lines, else 0."""
        return self.member[1] if type(self.member) is tuple and len(self.member) == LINE_PLACE else 0


class Refusal(Struct, frozen=True, gc=False):
    """File or member that is not read, and the reason.

    The code is SRC001 unreadable-file, SRC002 file-too-large, SRC003 unsafe-member, SRC004 not-an-article for the
    manifest of a build, a document of another program and a bookmark without text, or SRC007 invalid-json for a line of
    JSON Lines or an entry of an export.
    """

    root: str
    path: str
    code: str
    message: Message
    line: int = 0
    column: int = 0
    """Column of the problem; like `line`, only for JSON Lines."""
    data: bytes = b""
    """Data that was read from standard input, which cannot be read again."""
    count: int = 1
    """Number of members that it is about."""


class Source(Struct, frozen=True, gc=False):
    """A document: its root, path and content, and its place in its mirror, as `mirror.Location`."""

    root: str
    path: str
    data: bytes
    place: str = ""
    """Path from the mirror's root, or "" for `path`."""
    mirror: str = ""
    """URL of the mirror's root, if it is known."""
    address: str = ""
    """Original address of the document, if the user gave it."""
    site: tuple[str, ...] = ()
    """The `Site` that a document in an archive is a part of."""
    envelope: Envelope = NO_ENVELOPE
    """Facts of the archive about the document."""
    doubt: Message | None = None
    """Reason to doubt that the document is as it was published, if the archive gives one."""

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the data, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


def too_large(size: int) -> Message:
    """Return the message of SRC002 for a document of `size` bytes."""
    return message("file-too-large", size=size, limit=MAX_BYTES)


# Backslash and drive letter lead elsewhere on Windows; NUL ends a name for the system; lone surrogates are bytes that
# are not UTF-8 (PEP 383).
_UNSAFE = late_pattern("[\\\\\\x00\\ud800-\\udfff]|^[A-Za-z]:")


def safe_parts(name: str) -> list[str]:
    """Return the components of a member's name; [] if the name is unsafe as a path.

    >>> safe_parts("./a//b.md"), safe_parts("../b.md"), safe_parts("/b.md")
    (['a', 'b.md'], [], [])
    """
    parts = [part for part in name.split("/") if part not in ("", ".")]
    return [] if name.startswith("/") or ".." in parts or _UNSAFE.search(name) else parts
