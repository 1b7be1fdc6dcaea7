"""Cache of the first pass of a conversion."""

import hashlib

import msgspec
from msgspec import Struct

from convert.bundle.index import Listing
from convert.cache import DIGEST, Cache
from convert.cache.identity import identity_of
from convert.messages import Message
from convert.model import Entry
from convert.sources import Ref

KIND = "survey"


class Surveyed(Struct, frozen=True, gc=False, array_like=True):
    """Facts about a document that a survey needs."""

    sha256: bytes
    """SHA-256 of its bytes."""
    entry: Entry | None
    """Result of `readers.peek`; None if the document is no article."""
    listing: Listing | None = None
    """Names of channels and order of their articles in a document that is no article."""
    why: Message | None = None
    """Reason why it is no article."""


class SurveyCache(Cache[Surveyed]):
    """Cache of a conversion's first pass; `key` is what the user says of all documents."""

    def __init__(self, folder: str, key: str) -> None:
        super().__init__(folder, KIND, identity_of(key))

    def digest_of(self, data: bytes) -> bytes:
        """Return the beginning of its SHA-256."""
        return hashlib.sha256(data).digest()[:DIGEST]

    def encoded(self, value: Surveyed) -> tuple[bytes, bytes]:
        """Return the digest and the value."""
        return value.sha256[:DIGEST], _ENCODER.encode(value)

    def decoded(self, data: bytes, digest: bytes, ref: Ref) -> Surveyed | None:
        """Return the value, None if it cannot be decoded."""
        try:
            return _DECODER.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Surveyed)
