"""The cache of the first pass of a conversion."""

import hashlib

import msgspec
from msgspec import Struct

from convert.cache import DIGEST, Cache
from convert.cache.identity import identity_of
from convert.model import Entry
from convert.sources import Ref

KIND = "survey"


class Surveyed(Struct, frozen=True, gc=False, array_like=True):
    """The facts that a survey needs of a document."""

    sha256: bytes
    """The SHA-256 of its bytes."""
    entry: Entry | None
    """The result of `readers.peek`; None if the document is no article."""


class SurveyCache(Cache[Surveyed]):
    """The cache of a conversion's first pass; `form` is the reader that all documents are for, if there is one."""

    def __init__(self, folder: str, source_format: str) -> None:
        super().__init__(folder, KIND, identity_of(source_format))

    def digest_of(self, data: bytes) -> bytes:
        """Return the beginning of its SHA-256."""
        return hashlib.sha256(data).digest()[:DIGEST]

    def encoded(self, value: Surveyed) -> tuple[bytes, bytes]:
        """Return the digest and the value."""
        return value.sha256[:DIGEST], _ENCODER.encode(value)

    def decoded(self, said: bytes, digest: bytes, ref: Ref) -> Surveyed | None:
        """Return the value; None if it cannot be decoded."""
        try:
            return _DECODER.decode(said)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Surveyed)
