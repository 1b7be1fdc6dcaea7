"""Pictures of a store as an output holds them: made ready by a profile, and looked up page by page."""

from typing import Protocol

from msgspec import Struct

from convert.pictures.model import KINDS, Missing, Stored
from convert.pictures.store import PictureStore


class Ready(Struct, frozen=True, gc=False):
    """Picture as an output holds it."""

    name: str
    """Name of its file: the hash of its bytes, and the suffix of its kind; the same picture has one name."""
    media_type: str
    path: str
    """Path of the file that has its bytes now."""
    size: int
    """Number of bytes."""
    width: int
    """Size in pixels."""
    height: int


class Profile(Struct, frozen=True):
    """Store and treatment of the pictures of a conversion, small enough to send to each worker."""

    store: str
    """Folder of the store."""
    images: str = "original"
    """Name of the profile."""


class Source(Protocol):
    """Pictures by their addresses."""

    def of(self, address: str) -> Ready | Missing:
        """Return the picture at an address, or why it is missing."""
        ...


class Gallery:
    """Pictures of a store by a profile, for one process."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self._store = PictureStore(profile.store, write=False)

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def of(self, address: str) -> Ready | Missing:
        """Return the picture at an address, ready for the output, or why it is missing."""
        found = self._store.of(address)
        return self._ready(found) if isinstance(found, Stored) else found

    def _ready(self, picture: Stored) -> Ready | Missing:
        kind, facts = KINDS[picture.facts.kind], picture.facts
        path = self._store.path(picture)
        return Ready(picture.sha256 + kind.suffix, kind.media_type, path, picture.size, facts.width, facts.height)


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

    def of(self, address: str) -> Ready | Missing:
        """Return the picture at an address, or why it is missing."""
        found = self.asked.get(address) or self._source.of(address)
        self.asked[address] = found
        if isinstance(found, Ready):
            self.used[found.name] = found
        return found
