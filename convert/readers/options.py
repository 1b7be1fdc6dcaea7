"""Options of reading: the choices of the user for all documents; and the type of documents that lie in others."""

from hashlib import sha256
from typing import NamedTuple

from msgspec import Struct

from convert.model import Note
from convert.sources.addresses import Origin


class ReadOptions(Struct, frozen=True):
    """Choices of the user for the reading of all documents; they work in any process."""

    source_format: str = ""
    """Key in READERS of the reader of all documents; "" if the first bytes of each decide."""
    dialects: tuple[bytes, ...] = ()
    """Dialects that the user describes, as `mirror.own.load.load` returns them; they are tried before all others."""

    clean_links: bool = False
    """True to take tracking out of the addresses of links."""

    @property
    def key(self) -> str:
        """A string for the keys of caches and outputs: another one wherever documents may be read in another way."""
        described = "".join(sha256(each).hexdigest() for each in self.dialects)
        clean = "\0clean" if self.clean_links else ""
        return f"{self.source_format}\0{described}{clean}" if described or clean else self.source_format


DETECTED = ReadOptions()
"""The user says nothing: the first bytes of each document decide."""


class Unpacked(NamedTuple):
    """Document that lies in a file of another form, such as the page in an MHTML file."""

    data: bytes
    origin: Origin
    """Its address, and an envelope with what the file says of it."""
    notes: tuple[Note, ...] = ()
    """Damage of the file, at lines and columns of the document."""
