"""How much a page of a book may grow by where its links turn out to lead."""

import io
from collections.abc import Iterable
from html import escape
from typing import Any

from convert.model import Volume
from convert.words import WORDS
from convert.writers.book.names import CONTENTS_FILE, file_name, section_file


class Length(io.BytesIO):
    """A file of which only the length is kept."""

    length = 0

    def write(self, data: Any, /) -> int:
        """Adds to it."""
        self.length += len(data)
        return len(data)

    def tell(self) -> int:
        """The bytes up to here."""
        return self.length


LINK = '<a href=""></a>'
NOTE = '<span class="volume"></span>'


def length(title: str) -> int:
    """The bytes that a text takes in XML."""
    return len(escape(title).encode("utf-8", "replace"))


def reference(volumes: Iterable[Volume]) -> int:
    """The most bytes that a reference from one page of a book to another takes; fragments take fewer."""
    longest, depth = len(CONTENTS_FILE), 0
    for volume in volumes:
        for section in volume.sections:
            longest = max(longest, len(section_file(section.key)))
            for entry in section.entries:
                name = file_name(entry.path)
                longest, depth = max(longest, len(name)), max(depth, name.count("/"))
    return longest + depth * len("../")


def link(reference: int, title: int) -> int:
    """The most bytes that a link to an article takes besides its text and its address, from what the longest reference
    and the longest title of a volume take: as a link in its own volume, or with the name of another one beside it."""
    words = max(length(label["volume"].format("")) for label in WORDS.values())
    return max(len(LINK) + reference, len(NOTE) + words + title)
