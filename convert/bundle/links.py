"""Which links stay inside a book."""

import re

from convert.model import Entry, Section, Volume
from convert.urls import article_key

_REPOSITORY = re.compile(r"^(https?://[^/]+/[^/]+/[^/]+)/blob/[^/]+/")
_INDEX_PAGE = re.compile(r"^indexes/([^/]+?)(?:\.md|/.*)?$")


class Links:
    """The pages of a volume, found by address and by neighbour."""

    def __init__(self, volume: Volume) -> None:
        self.volume = volume
        self._entries = tuple(volume.entries())
        self._position = {entry.path: number for number, entry in enumerate(self._entries)}
        self._by_key: dict[str, Entry] = {}
        for entry in self._entries:
            if entry.address:
                self._by_key.setdefault(article_key(entry.address), entry)
        self._sections = {section.key: section for section in volume.sections}

    def article(self, address: str) -> Entry | None:
        """The article of the volume that an address leads to, in whatever way it is written."""
        return self._by_key.get(article_key(address))

    def neighbours(self, entry: Entry) -> tuple[Entry | None, Entry | None]:
        """The pages before and after an article's."""
        number = self._position.get(entry.path)
        if number is None:
            return None, None
        before = self._entries[number - 1] if number else None
        return before, self._entries[number + 1] if number + 1 < len(self._entries) else None

    def navigation(self, target: str, entry: Entry, home: str) -> Entry | Section | Volume | None:
        """What one of the mirror's own links leads to inside the volume: its contents for the mirror's home, a section
        for an index page, an article for a page.  `home` is the address of the page of `entry` in the mirror."""
        if not home or not target:
            return None
        if (repository := _REPOSITORY.match(home)) and target.rstrip("/") == repository[1]:
            return self.volume
        base = home.removesuffix(entry.path) if home.endswith(entry.path) else (repository[0] if repository else "")
        if not base or not target.startswith(base.rstrip("/")):
            return None
        path = target[len(base) :]
        if not path:
            return self.volume
        if (number := self._position.get(path)) is not None:
            return self._entries[number]
        return self._sections.get(match[1]) if (match := _INDEX_PAGE.match(path)) else None
