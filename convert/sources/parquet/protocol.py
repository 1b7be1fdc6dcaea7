"""The requests to the process that reads a table, and its answers."""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from convert.sources.envelope import NO_ENVELOPE, Envelope

About = Literal["facts", "next", "around"]
"""Facts about a table, the next rows of a row group, or the rows around one."""


class Row(Struct, frozen=True, array_like=True):
    """Row as a document, or the reason why it is none."""

    name: str = ""
    """Identifier that it gives itself, "" if none."""
    url: str = ""
    size: int = 0
    unpacked: int = 0
    """Bytes and characters of its values."""
    code: str = ""
    """Code of the rule that explains why it is no document, "" if it is one."""
    said: str = ""
    """The values of the row on one line, if it has no text."""
    data: bytes = b""
    address: str = ""
    envelope: Envelope = NO_ENVELOPE

    def without_data(self) -> "Row":
        """Return what a list needs of it."""
        return replace(self, data=b"", envelope=NO_ENVELOPE)


class Request(Struct, frozen=True, array_like=True):
    """Request for the facts about a table, the next rows of a row group, or the rows around one."""

    path: str
    about: About
    group: int = 0
    row: int = 0
    """The row that is wanted; of the next rows, 0 begins the row group again."""


class Answer(Struct, frozen=True, array_like=True):
    """Answer to a request."""

    problem: str = ""
    """Arrow's words about a table that it cannot read."""
    groups: int = 0
    columns: tuple[str, ...] = ()
    """All columns, if none has texts."""
    ignored: tuple[str, ...] = ()
    """Columns that are not read."""
    begin: int = 0
    """Number of the first of the rows in its row group."""
    rows: tuple[Row, ...] = ()
