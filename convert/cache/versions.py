"""Cache of the versions of articles with copies, by which a plan retains the newest."""

import hashlib

import msgspec
from msgspec import Struct

from convert.bundle.deduplicate import Version
from convert.cache import DIGEST, Cache
from convert.cache.identity import identity_of
from convert.sources import Ref
from convert.sources.mirror import location_of
from convert.sources.sites import site_of

KIND = "version"


class Dated(Struct, frozen=True, gc=False, array_like=True):
    """Version of a document's article."""

    sha256: bytes
    """SHA-256 of the document."""
    version: Version


class VersionCache(Cache[Dated]):
    """Cache of versions; `how` and `base_url` are what the user says of all documents."""

    def __init__(self, folder: str, how: str, base_url: str) -> None:
        super().__init__(folder, KIND, identity_of(how, base_url))

    def known_by(self, ref: Ref) -> str:
        """Return a document's place in its mirror, the mirror's address and its own, which decide what is read."""
        return "\0".join((*location_of(ref), ref.address, ref.facts, *site_of(ref)))

    def digest_of(self, data: bytes) -> bytes:
        """Return the beginning of its SHA-256."""
        return hashlib.sha256(data).digest()[:DIGEST]

    def encoded(self, value: Dated) -> tuple[bytes, bytes]:
        """Return the digest and the value."""
        return value.sha256[:DIGEST], _ENCODER.encode(value)

    def decoded(self, data: bytes, digest: bytes, ref: Ref) -> Dated | None:
        """Return the value, None if it cannot be decoded."""
        try:
            return _DECODER.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Dated)
