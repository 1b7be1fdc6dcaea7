"""What is in an archive, from the first of the two passes over it."""

import re

from convert.model import Entry

_INDEX_PAGE = re.compile(r"(?:^|/)indexes/(?P<channel>[^/]+?)(?:/(?:\d+|README)\.md|\.md)$")


class Index:
    """The entries of all articles, in the order of the walk, and the names of the channels."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.channels: dict[str, str] = {}

    def add(self, entry: Entry) -> None:
        """One article more."""
        self.entries.append(entry)

    def look_at(self, path: str, data: bytes) -> None:
        """Learns what a document that is no article tells: an index page begins with the name of its channel."""
        if (match := _INDEX_PAGE.search(path)) and data.startswith(b"### "):
            name = data[4:].partition(b"\n")[0].decode("utf-8", "replace").strip()
            if name:
                self.channels.setdefault(match["channel"], name)
