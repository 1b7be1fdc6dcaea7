"""Pictures of a store as an output holds them: made ready by a profile, and looked up page by page."""

from collections import OrderedDict
from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from msgspec import Struct

from convert.pictures.model import Missing, Ready as Ready, Stored
from convert.pictures.profiles import Treatment

REMEMBERED = 10_000
"""Pictures whose places a process remembers, so that those of many articles are looked up once."""


class Profile(Struct, frozen=True):
    """Store and treatment of the pictures of a conversion, small enough to send to each worker."""

    store: str
    """Folder of the store."""
    treatment: Treatment = Treatment()
    """Treatment of each picture."""
    made: str = ""
    """Folder for the pictures that are made; "" for the one inside the store."""


class Source(Protocol):
    """Pictures by their addresses."""

    def of(self, address: str) -> Ready | Missing:
        """Return the picture at an address, or why it is missing."""
        ...


class Gallery:
    """Pictures of a store by a profile, for one process."""

    def __init__(self, profile: Profile) -> None:
        from convert.pictures.making import Maker, made_folder  # most runs have no store
        from convert.pictures.store import PictureStore

        self.profile = profile
        self._store = PictureStore(profile.store, write=False)
        self._maker = Maker(self._store, profile.made or made_folder(profile.store))
        self._ready: OrderedDict[tuple[str, Treatment], Ready | Missing] = OrderedDict()

    def close(self) -> None:
        """Close the store, and end the process that makes pictures."""
        self._maker.close()
        self._store.close()

    def of(self, address: str, treatments: Mapping[str, Treatment | None] = MappingProxyType({})) -> Ready | Missing:
        """Return the picture at an address, ready for the output, or why it is missing.

        `treatments` have precedence over the profile's, by the SHA-256 of the picture; None leaves it out.
        """
        found = self._store.of(address)
        if isinstance(found, Missing):
            return found
        treatment = treatments.get(found.sha256, self.profile.treatment)
        return self.made(found, treatment) if treatment else Missing("dropped")

    def found(self, address: str) -> Stored | Missing:
        """Return the picture at an address as the store has it, or why it is missing."""
        return self._store.of(address)

    def answer(self, address: str) -> str:
        """Return the SHA-256 of the picture at an address as the store has it, or the reason why it is missing."""
        return self._store.answer(address)

    def made(self, picture: Stored, treatment: Treatment) -> Ready | Missing:
        """Return a picture of the store after its treatment, or why it is missing."""
        key = picture.sha256, treatment
        ready = self._ready.get(key) or self._maker.make(picture, treatment)
        self._ready[key] = ready
        self._ready.move_to_end(key)
        if len(self._ready) > REMEMBERED:
            self._ready.popitem(last=False)
        return ready


class Treated:
    """Pictures of a gallery, some of them with treatments of their own."""

    def __init__(self, gallery: Gallery, treatments: Mapping[str, Treatment | None]) -> None:
        self._gallery, self._treatments = gallery, treatments

    def of(self, address: str) -> Ready | Missing:
        """Return the picture at an address, or why it is missing."""
        return self._gallery.of(address, self._treatments)


class PagePictures:
    """Pictures of one page, which remembers those that the page shows and those that it lacks."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.used: dict[str, Ready] = {}
        """Pictures that the page shows, by their names."""
        self.asked: dict[str, Ready | Missing] = {}
        """Answers that the page got, by address."""
        self.wordless = 0
        """Number of pictures on the page that neither an alternative text nor a caption describes."""

    def addresses(self) -> tuple[tuple[str, str], ...]:
        """Return address and name of each picture that the page shows."""
        return tuple((address, found.name) for address, found in self.asked.items() if isinstance(found, Ready))

    def has(self, address: str) -> bool:
        """Return True if there is a picture at an address; nothing is remembered."""
        return isinstance(self._source.of(address), Ready)

    def of(self, address: str) -> Ready | Missing:
        """Return the picture at an address, or why it is missing."""
        found = self.asked.get(address) or self._source.of(address)
        self.asked[address] = found
        if isinstance(found, Ready):
            self.used[found.name] = found
        return found
