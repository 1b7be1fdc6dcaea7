"""Articles that are in an archive more than once."""

from array import array
from collections.abc import Iterable

from msgspec import Struct

from convert.text import hash64
from convert.urls import article_key


class Copy(Struct, frozen=True, gc=False, array_like=True):
    """Hashes by which copies of an article are found and compared."""

    key: int
    """Hash of its original address, as `urls.article_key` returns it."""
    text: int
    """Hash of its text; 0 for an article that is left out."""


def copy_of(address: str, texts: Iterable[str]) -> Copy:
    """Return the hashes of the article at `address`; white space makes no difference."""
    return Copy(hash64(article_key(address)), hash64("".join("".join(texts).split())))


class Strings:
    """List of strings, stored as their UTF-8 and eight bytes for each."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._ends = array("Q", [0])

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, place: int) -> str:
        return self._data[self._ends[place] : self._ends[place + 1]].decode("utf-8", "surrogatepass")

    def append(self, text: str) -> None:
        """Add a string."""
        self._data += text.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._data))


class Places:
    """Mapping from 64-bit hashes to places, in 18 to 36 bytes for each where a dictionary has 130: open addressing."""

    def __init__(self) -> None:
        self._count, self._mask = 0, 1023
        self._keys, self._places = array("Q", bytes(8 * 1024)), array("I", bytes(4 * 1024))
        """The slots; an empty one has the place 0, others their places and one."""

    def _slot(self, key: int) -> int:
        slot, keys, places, mask = key & self._mask, self._keys, self._places, self._mask
        while places[slot] and keys[slot] != key:
            slot = (slot + 1) & mask
        return slot

    def __contains__(self, key: int) -> bool:
        return self._places[self._slot(key)] > 0

    def __setitem__(self, key: int, place: int) -> None:
        slot = self._slot(key)
        self._count += not self._places[slot]
        self._keys[slot], self._places[slot] = key, place + 1
        if 3 * self._count > 2 * self._mask:
            self._grow()

    def setdefault(self, key: int, place: int) -> int:
        """Return the place of a hash, which is this one if it has none."""
        if found := self._places[self._slot(key)]:
            return found - 1
        self[key] = place
        return place

    def _grow(self) -> None:
        keys, places = self._keys, self._places
        size = 2 * len(keys)
        self._mask, self._keys, self._places = size - 1, array("Q", bytes(8 * size)), array("I", bytes(4 * size))
        for key, place in zip(keys, places, strict=True):
            if place:
                slot = self._slot(key)
                self._keys[slot], self._places[slot] = key, place


class Copies:
    """Documents of an archive by number, and the first copy of each article, in some 90 bytes for each document."""

    def __init__(self) -> None:
        self.paths = Strings()
        self._first = Places()
        self._texts = array("Q")

    def __contains__(self, key: int) -> bool:
        return key in self._first

    def add(self, copy: Copy | None, path: str) -> tuple[str, bool] | None:
        """Add a document; `copy` if it is an article.

        Return the path of its first copy, and True if that has the same text; None for the first copy, and for the
        same document again.
        """
        place = len(self._texts)
        self.paths.append(path)
        self._texts.append(copy.text if copy else 0)
        if copy is None:
            return None
        first = self._first.setdefault(copy.key, place)
        if first == place or not copy.text:
            return None
        if not (text := self._texts[first]):
            self._first[copy.key] = place
            return None
        original = self.paths[first]
        return None if original == path else (original, text == copy.text)
