"""What the first look at documents told, kept for the next run."""

import hashlib

import msgspec
from msgspec import Struct

from convert.cache import Cache
from convert.cache.file import DIGEST
from convert.cache.identity import identity_of
from convert.model import Entry
from convert.sources import Ref

NAME = ".survey"
"""Of the file."""


class Surveyed(Struct, frozen=True, gc=False, array_like=True):
    """What a survey must know of a document without reading it again."""

    sha256: bytes
    """Of its bytes."""
    entry: Entry | None
    """As `readers.peek` gave it; None of what is no article."""


class SurveyCache(Cache[Surveyed]):
    """The cache of a conversion's first pass; `form` is the reader that all documents are for, if there is one."""

    def __init__(self, folder: str, source_format: str) -> None:
        super().__init__(folder, NAME, identity_of(source_format))

    def digest_of(self, data: bytes) -> bytes:
        """The beginning of its SHA-256."""
        return hashlib.sha256(data).digest()[:DIGEST]

    def encoded(self, value: Surveyed) -> tuple[bytes, bytes]:
        """All of it."""
        return value.sha256[:DIGEST], _ENCODER.encode(value)

    def decoded(self, said: bytes, digest: bytes, ref: Ref) -> Surveyed | None:
        """All of it; None if it cannot be read."""
        try:
            return _DECODER.decode(said)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Surveyed)
