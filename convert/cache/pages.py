"""Facts about the pages of a site, saved for the next update, which then renders only those that changed."""

import os
from collections.abc import Container, Mapping
from contextlib import closing, suppress
from hashlib import blake2b, sha256

import msgspec
from msgspec import Struct

from convert.cache.database import NAME, Database, Row
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


class Written(Struct, frozen=True, gc=False, array_like=True):
    """File of the last build, right after it was written."""

    status: bytes
    """Its size, times, inode and device, as `cache.packed` returns them."""
    sha256: bytes
    filled: bytes
    """Key of what it says of other articles, b"" if it is no article's page."""


class Pages:
    """Facts in the cache of a folder about the pages that a manifest lists."""

    def __init__(self, folder: str, manifest: str) -> None:
        self._kind = f"pages {sha256(os.path.abspath(manifest).encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
        self._folder = folder
        self._known: set[str] = set()
        """Paths of the pages whose facts this build found or saved."""
        self._opened = Database(folder) if os.path.isfile(os.path.join(folder, NAME)) else None

    @property
    def _database(self) -> Database:
        """Return the database, which is made when the first facts are saved."""
        if self._opened is None:
            with Store(self._folder):
                self._opened = Database(self._folder)
        return self._opened

    def of(self, path: str, key: str) -> PageFacts | None:
        """Return the facts about the page at a path of the output, None if they are not those of the key."""
        entry = self._opened.find(self._row_key(path)) if self._opened else None
        if entry is None or entry.digest != key.encode():
            return None
        with suppress(msgspec.DecodeError, UnicodeDecodeError):
            facts = _DECODER.decode(entry.value)
            self._known.add(path)
            return facts
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
            self._known.add(path)

    def written(self) -> Mapping[str, Written]:
        """Return what `close` saved of the files, by their paths."""
        entry = self._opened.find(self._row_key("")) if self._opened else None
        with suppress(msgspec.DecodeError, UnicodeDecodeError):
            return _WRITTEN.decode(entry.value) if entry else {}
        return {}

    def close(self, there: Container[str] | None, written: Mapping[str, Written]) -> None:
        """Write what is waiting.

        If the files that are `there` now are known, what was `written` is saved, and facts about other pages removed.
        """
        if there is None and self._opened is None:
            return
        with closing(self._database):
            if there is not None:
                value = _ENCODER.encode(written)
                self._database.put(Row(f"written {self._kind}", self._row_key(""), b"", 0, b"", b"", b"", value))
                if self._database.count(self._kind) == len(self._known):
                    return
                others = self._database.others(self._kind, b"", -1)
                self._database.remove(number for number, file in others if file is None or file not in there)

    def _row_key(self, path: str) -> bytes:
        return blake2b(f"{self._kind}\0{path}".encode(), digest_size=16).digest()


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(PageFacts)
_WRITTEN = msgspec.msgpack.Decoder(dict[str, Written])
