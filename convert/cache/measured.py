"""Sizes of articles' pages and of volumes, saved for the next run.

The cache key of a size is a hash of all that affects it: document and entry, its place in its mirror, title of its
section; and the identity of the build.
"""

from collections.abc import Callable, Container, Iterable, Sequence
from contextlib import closing, suppress
from hashlib import blake2b

import msgspec
from msgspec import Struct

from convert import model
from convert.cache.database import ROWS, Database, Entry, Row
from convert.store import Store


class Measured(Struct, frozen=True, gc=False, array_like=True):
    """Size of an article's page, and the data that pages about the book need."""

    size: int
    """Size in bytes, with `UnplacedLinks` as its links."""
    articles: tuple[int, ...] = ()
    """Articles that its links look up, as `UnplacedLinks.articles`."""
    pages: tuple[int, ...] = ()
    """Other pages that they look up, as `UnplacedLinks.pages`."""
    publisher: str = ""
    authors: tuple[str, ...] = ()
    removed: dict[str, int] = {}
    """Number of removals, by the code of the rule."""
    summary: str = ""
    minutes: int = 0
    left_out: bool = False
    """True if it could not be converted."""
    transient: bool = False
    """True if another run may measure another size, because the article killed its process; it is not saved."""


def key_of(entry: model.Entry, path: str, mirror: Sequence[str], section: str) -> bytes:
    """Return the cache key of an article's size: `path` is relative to its root, `mirror` its place in its mirror."""
    return _hash((entry, path, mirror, section))


def _hash(parts: object) -> bytes:
    try:
        data = _ENCODER.encode(parts)
    except UnicodeEncodeError:  # a lone surrogate
        data = repr(parts).encode()
    return blake2b(data, digest_size=16).digest()


class Sizes:
    """Sizes of one format in the cache of a folder, if there is one; those of another `identity` are ignored."""

    def __init__(self, folder: str, to: str, identity: bytes) -> None:
        self._folder, self._identity = folder, identity
        self._articles, self._volumes = f"articles {to}", f"volumes {to}"
        self._cached: dict[str, Entry] = {}
        """Entries of articles, by path."""
        self._cached_volumes: dict[bytes, Entry] = {}
        """Entries of volumes, by key."""
        self._rows: dict[bytes, Row] = {}
        self._sizes: dict[bytes, int] = {}
        if folder:
            self._read()

    def _read(self) -> None:
        with Store(self._folder), closing(Database(self._folder)) as database:
            for path, entry in database.entries(self._articles, self._identity):
                self._cached[path.decode("utf-8", "surrogatepass")] = entry
            for _, entry in database.entries(self._volumes, self._identity):
                self._cached_volumes[entry.digest] = entry

    def of(self, path: str, key: bytes) -> Measured | None:
        """Return the size of an article by its path, None if its key differs."""
        entry = self._cached.get(path)
        if entry is None or entry.digest != key:
            return None
        with suppress(msgspec.DecodeError, UnicodeDecodeError):
            return _DECODER.decode(entry.value)
        return None

    def save(self, path: str, key: bytes, measured: Measured) -> None:
        """Save the size of an article, unless it is transient or its authors hold a lone surrogate."""
        if not self._folder or measured.transient:
            return
        with suppress(UnicodeEncodeError):
            self._note(self._articles, path.encode("utf-8", "surrogatepass"), key, _ENCODER.encode(measured))

    def of_volume(self, parts: object, measure: Callable[[], int]) -> int:
        """Return the size of a volume, which `parts` determine, from the cache or by calling `measure`."""
        key = _hash(parts)
        if key not in self._sizes:
            entry = self._cached_volumes.get(key)
            self._sizes[key] = int.from_bytes(entry.value, "little") if entry else measure()
            if not entry:
                self._note(self._volumes, b"", key, self._sizes[key].to_bytes(8, "little"))
        return self._sizes[key]

    def _note(self, kind: str, file: bytes, digest: bytes, value: bytes) -> None:
        key = _hash((kind, self._identity, file or digest))
        self._rows[key] = Row(kind, key, self._identity, 0, b"", digest, file, value)
        if self._folder and len(self._rows) >= ROWS:  # so that an interrupted run saves its work
            self._save(())

    def write(self, there: Container[str]) -> None:
        """Write new sizes, and remove those of articles whose paths are not `there` any more.

        Raises:
            StoreError: it cannot be written.
        """
        if not self._folder:
            return
        gone = [entry.number for path, entry in self._cached.items() if path not in there]
        gone += [entry.number for key, entry in self._cached_volumes.items() if key not in self._sizes]
        if gone or self._rows:
            self._save(gone)

    def _save(self, gone: Iterable[int]) -> None:
        with Store(self._folder), closing(Database(self._folder)) as database:
            database.remove(gone)
            for kind in (self._articles, self._volumes):
                database.remove(number for number, file in database.others(kind, self._identity, -1) if file is None)
            for row in self._rows.values():
                database.put(row)
        self._rows = {}


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Measured)
