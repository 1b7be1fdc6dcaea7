"""Facts about the pages of a site, saved for the next update, which then renders only those that changed."""

import os
from collections.abc import Container
from contextlib import closing, suppress
from hashlib import blake2b, sha256

import msgspec
from msgspec import Struct

from convert.cache.database import Database, Row
from convert.store import Store


class PageFacts(Struct, frozen=True, gc=False, array_like=True):
    """Facts about an article that pages besides its own show."""

    publisher: str = ""
    authors: tuple[str, ...] = ()
    attached: bytes = b""
    """Tokens for the search."""
    subjects: tuple[str, ...] = ()
    summary: str = ""
    minutes: int = 0
    language: str = ""
    tags: tuple[str, ...] = ()
    removed: dict[str, int] = {}
    """Number of removals, by the code of the rule."""


class Pages:
    """Facts in the cache of a folder about the pages that a manifest lists."""

    def __init__(self, folder: str, manifest: str) -> None:
        self._kind = f"pages {sha256(os.path.abspath(manifest).encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
        with Store(folder):
            self._database = Database(folder)

    def of(self, path: str, key: str) -> PageFacts | None:
        """Return the facts about the page at a path of the output, None if they are not those of the key."""
        entry = self._database.find(self._row_key(path))
        if entry is None or entry.digest != key.encode():
            return None
        with suppress(msgspec.DecodeError, UnicodeDecodeError):
            return _DECODER.decode(entry.value)
        return None

    def save(self, path: str, key: str, facts: PageFacts) -> None:
        """Save facts, unless they hold a lone surrogate; such a page is made anew each time.

        Raises:
            StoreError: the cache cannot be written.
        """
        with suppress(UnicodeEncodeError):
            value = _ENCODER.encode(facts)
            row = Row(self._kind, self._row_key(path), b"", 0, b"", key.encode(), path.encode(), value)
            self._database.put(row)

    def close(self, there: Container[str] | None = None) -> None:
        """Write what is waiting, and remove facts about pages that are not `there` any more, if that is known."""
        with closing(self._database):
            if there is not None:
                others = self._database.others(self._kind, b"", -1)
                self._database.remove(number for number, file in others if file is None or file not in there)

    def _row_key(self, path: str) -> bytes:
        return blake2b(f"{self._kind}\0{path}".encode(), digest_size=16).digest()


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(PageFacts)
