"""Addresses that articles want, and the store that takes the pictures offered for them, once they were judged."""

from collections import Counter
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import NamedTuple, Self

from convert.collecting.offers import Offer
from convert.pictures.judge import Judge
from convert.pictures.model import Facts, Missing, Stored
from convert.pictures.store import OF_CONTENT, PictureStore
from convert.sources.pictures import content_address
from convert.urls import resolve


class Refused(NamedTuple):
    """Picture that was at hand and is none that can be shown."""

    address: str
    missing: Missing


class Wanted:
    """Addresses that articles have for their pictures."""

    def __init__(self) -> None:
        self._by_key: dict[str, tuple[str, ...]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._by_key.values()))

    def __iter__(self) -> Iterator[str]:
        """Yield the addresses."""
        for each in self._by_key.values():
            yield from each

    def add(self, addresses: Iterable[str]) -> None:
        """Add addresses."""
        for address in addresses:
            key = key_of(address)
            if address not in (known := self._by_key.get(key, ())):
                self._by_key[key] = (*known, address)

    def of(self, offer: Offer, *, everything: bool = False) -> tuple[str, ...]:
        """Return the addresses under which an offered picture is wanted; with `everything`, at least its own."""
        found = self._by_key.get(key_of(offer.address), ()) if offer.address else ()
        content = self._by_key.get(content_address(offer.data), ())
        if everything and not found and not content:
            return (resolve(offer.address, "") or content_address(offer.data),)
        return (*found, *content)


def key_of(address: str) -> str:
    """Return a key that is equal for an address with http and with https, written in whatever way.

    >>> key_of("http://img.example/纸.jpg") == key_of("https://img.example/%E7%BA%B8.jpg#x")
    True
    """
    if address.startswith(OF_CONTENT):
        return address
    return (resolve(address, "") or address).partition("#")[0].partition("://")[2]


class Keeper:
    """Store that takes what the judge calls a picture."""

    def __init__(self, folder: str, *, asked: int, only_missing: bool) -> None:
        self._store = PictureStore(folder)
        self._judge = Judge()
        self._asked, self._only_missing = asked, only_missing
        self.begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write what is waiting, and close the store."""
        try:
            self._judge.close()
        finally:
            self._store.close()

    def begin(self) -> None:
        """Begin to count anew."""
        self.done: Counter[str] = Counter()
        self.refused: list[Refused] = []

    def has(self, address: str) -> bool:
        """Return True if the store has the picture at an address."""
        return isinstance(self._store.of(address), Stored)

    def keep(self, address: str, offer: Offer) -> bool:
        """Store a picture under an address, unless it is there already; return False if it is refused."""
        known = self._store.of(address)
        if isinstance(known, Stored) and (
            self._only_missing or content_address(offer.data) == OF_CONTENT + known.sha256
        ):
            record = self._store.index.find(address)
            self.done["known"] += record is None or record.asked != self._asked  # else this run has just stored it
            return True
        facts = self._facts(offer.data)
        if isinstance(facts, Missing):
            self.refused.append(Refused(address, facts))
            if address.startswith(OF_CONTENT):
                self._store.miss(address, facts, asked=self._asked)
            return False
        self._store.put(address, offer.data, facts, asked=self._asked)
        self.done["stored"] += 1
        return True

    def _facts(self, data: bytes) -> Facts | Missing:
        """Return the facts of a picture; of one that the store has, those that it noted."""
        known = self._store.of(content_address(data))
        return known.facts if isinstance(known, Stored) else self._judge.judge(data)
