"""Options of reading: the choices of the user for all documents."""

from hashlib import sha256

from msgspec import Struct


class ReadOptions(Struct, frozen=True):
    """Choices of the user for the reading of all documents; they work in any process."""

    source_format: str = ""
    """Key in READERS of the reader of all documents; "" if the first bytes of each decide."""
    dialects: tuple[bytes, ...] = ()
    """Dialects that the user describes, as `mirror.own.load.load` returns them; they are tried before all others."""

    @property
    def key(self) -> str:
        """A string for the keys of caches and outputs: another one wherever documents may be read in another way."""
        described = "".join(sha256(each).hexdigest() for each in self.dialects)
        return f"{self.source_format}\0{described}" if described else self.source_format


DETECTED = ReadOptions()
"""The user says nothing: the first bytes of each document decide."""
