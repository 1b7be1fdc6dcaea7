"""How much of a book articles take, and how large volumes are, saved for the next run.

A size is found again by a hash of all that decides it: its document and entry, where its links lead from, what the book
calls its section; and the identity of the build.
"""

from collections.abc import Callable, Container, Iterable
from contextlib import closing, suppress
from hashlib import blake2b

import msgspec
from msgspec import Struct

from convert import model
from convert.cache.database import ROWS, Database, Entry, Row
from convert.store import Store


class Measured(Struct, frozen=True, gc=False, array_like=True):
    """How much of a book an article takes, and what the book's own pages must know of it."""

    size: int
    """In bytes, if its links are `UnplacedLinks`."""
    articles: tuple[int, ...] = ()
    """The articles that its links ask for, as `UnplacedLinks.articles`."""
    pages: tuple[int, ...] = ()
    """The other pages that they ask for, as `UnplacedLinks.pages`."""
    publisher: str = ""
    authors: tuple[str, ...] = ()
    removed: dict[str, int] = {}
    """How much was taken out, by the code of the rule."""
    left_out: bool = False
    """Whether it could not be converted."""
    transient: bool = False
    """Whether another run may find another size, because the article killed its process: then it is not kept."""


def key_of(entry: model.Entry, path: str, base: str, section: str) -> bytes:
    """Return the cache key of an article's size; `path` is its own in its root, whose address is `base`."""
    return _hash((entry, path, base, section))


def _hash(parts: object) -> bytes:
    try:
        data = _ENCODER.encode(parts)
    except UnicodeEncodeError:  # half a surrogate pair
        data = repr(parts).encode()
    return blake2b(data, digest_size=16).digest()


class Sizes:
    """The sizes of one format in the cache of a folder, if there is one; those of another `identity` are none."""

    def __init__(self, folder: str, to: str, identity: bytes) -> None:
        self._folder, self._identity = folder, identity
        self._articles, self._volumes = f"articles {to}", f"volumes {to}"
        self._known: dict[str, Entry] = {}
        """The entries of articles, by path."""
        self._known_volumes: dict[bytes, Entry] = {}
        """Those of volumes, by key."""
        self._rows: dict[bytes, Row] = {}
        self._sizes: dict[bytes, int] = {}
        if folder:
            self._read()

    def _read(self) -> None:
        with Store(self._folder), closing(Database(self._folder)) as database:
            for path, entry in database.entries(self._articles, self._identity):
                self._known[path.decode("utf-8", "surrogatepass")] = entry
            for _, entry in database.entries(self._volumes, self._identity):
                self._known_volumes[entry.digest] = entry

    def of(self, path: str, key: bytes) -> Measured | None:
        """Return the size of an article by its path, if it is still that."""
        known = self._known.get(path)
        if known is None or known.digest != key:
            return None
        with suppress(msgspec.DecodeError, UnicodeDecodeError):
            return _DECODER.decode(known.value)
        return None

    def keep(self, path: str, key: bytes, measured: Measured) -> None:
        """Note the size of an article, unless it is transient or its authors hold half a surrogate pair."""
        if not self._folder or measured.transient:
            return
        with suppress(UnicodeEncodeError):
            self._note(self._articles, path.encode("utf-8", "surrogatepass"), key, _ENCODER.encode(measured))

    def of_volume(self, parts: object, measure: Callable[[], int]) -> int:
        """Return the size of a volume, which `parts` decide; it is measured if the last run did not."""
        key = _hash(parts)
        if key not in self._sizes:
            known = self._known_volumes.get(key)
            self._sizes[key] = int.from_bytes(known.value, "little") if known else measure()
            if not known:
                self._note(self._volumes, b"", key, self._sizes[key].to_bytes(8, "little"))
        return self._sizes[key]

    def _note(self, kind: str, file: bytes, digest: bytes, value: bytes) -> None:
        key = _hash((kind, self._identity, file or digest))
        self._rows[key] = Row(kind, key, self._identity, 0, b"", digest, file, value)
        if self._folder and len(self._rows) >= ROWS:  # a run that is interrupted leaves what it has measured
            self._save(())

    def write(self, there: Container[str]) -> None:
        """Write what is new, and remove the articles that are not `there` any more, by their paths.

        Raises:
            StoreError: it cannot be written.
        """
        if not self._folder:
            return
        gone = [entry.number for path, entry in self._known.items() if path not in there]
        gone += [entry.number for key, entry in self._known_volumes.items() if key not in self._sizes]
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
