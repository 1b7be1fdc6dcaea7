"""How much of a book articles take, and how large volumes are, kept for the next run.

A size is believed of an article by a hash of all that decides it: its document and entry, where its links lead from,
what the book calls its section.  What holds for all of them is in the head of the file; a file that is of others, or
damaged, counts as empty.
"""

import os
import struct
import zlib
from collections.abc import Callable, Container
from contextlib import suppress
from hashlib import blake2b

import msgspec
from msgspec import Struct

from convert.model import Entry
from convert.store import Store

NAME = ".measured-{}"
"""Of the file of a format."""

_HEAD = struct.Struct("<16s16sI")
"""Magic, what all sizes are of, and the CRC-32 of all that follows."""
_MAGIC = b"convert sizes 1\n"


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


def key_of(entry: Entry, path: str, base: str, section: str) -> bytes:
    """What tells an article's size from all others; `path` is its own in its root, `base` the address of that."""
    return _hash((entry, path, base, section))


def _hash(told: object) -> bytes:
    try:
        data = _ENCODER.encode(told)
    except UnicodeEncodeError:  # half a surrogate pair
        data = repr(told).encode()
    return blake2b(data, digest_size=16).digest()


class Sizes:
    """The sizes of one format in a folder, if there is one; those of another `identity` are none."""

    def __init__(self, folder: str, to: str, identity: bytes) -> None:
        self._folder, self._name, self._identity = folder, NAME.format(to), identity
        self._kept, self._known = self._read()
        self._volumes: dict[bytes, int] = {}
        self._changed = False

    def _read(self) -> tuple[dict[str, tuple[bytes, bytes]], dict[bytes, int]]:
        if not self._folder:
            return {}, {}
        try:
            with open(os.path.join(self._folder, self._name), "rb") as file:
                magic, identity, crc = _HEAD.unpack(file.read(_HEAD.size))
                if (magic, identity) != (_MAGIC, self._identity):
                    return {}, {}
                data = file.read()
            return _ALL.decode(data) if zlib.crc32(data) == crc else ({}, {})
        except (OSError, struct.error, msgspec.DecodeError, UnicodeDecodeError):
            return {}, {}

    def of(self, path: str, key: bytes) -> Measured | None:
        """The size of an article by its path, if it is still that."""
        known = self._kept.get(path)
        return _ONE.decode(known[1]) if known and known[0] == key else None

    def keep(self, path: str, key: bytes, measured: Measured) -> None:
        """Note the size of an article, unless it is transient or its authors hold half a surrogate pair."""
        if not self._folder or measured.transient:
            return
        with suppress(UnicodeEncodeError):
            self._kept[path] = key, _ENCODER.encode(measured)
            self._changed = True

    def of_volume(self, told: object, measure: Callable[[], int]) -> int:
        """The size of a volume, of which `told` is all that decides it; measured, if the last run did not."""
        key = _hash(told)
        if key not in self._volumes:
            self._changed = self._changed or key not in self._known
            self._volumes[key] = self._known[key] if key in self._known else measure()
        return self._volumes[key]

    def write(self, there: Container[str]) -> None:
        """Writes the file again, if it has to be, without the articles that are not `there` any more, by their paths.

        Raises:
            StoreError: it cannot be written.
        """
        gone = [path for path in self._kept if path not in there]
        if self._folder and (gone or self._changed or len(self._volumes) < len(self._known)):
            for path in gone:
                del self._kept[path]
            data = _ENCODER.encode((self._kept, self._volumes))
            with Store(self._folder) as store:
                store.write(self._name, _HEAD.pack(_MAGIC, self._identity, zlib.crc32(data)) + data)


_ENCODER = msgspec.msgpack.Encoder()
_ALL = msgspec.msgpack.Decoder(tuple[dict[str, tuple[bytes, bytes]], dict[bytes, int]])
_ONE = msgspec.msgpack.Decoder(Measured)
