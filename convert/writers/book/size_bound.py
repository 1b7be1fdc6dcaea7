"""Upper bound on the size of a page of a book, before the targets of its links are known."""

import io
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from convert.bundle.links import Links
from convert.bundle.titles import longest_title
from convert.cache.measured import Measured
from convert.model import Volume
from convert.words import WORDS
from convert.writers.book.names import CONTENTS_FILE, file_name, section_file


class Length(io.BytesIO):
    """File that counts the bytes written to it and discards them."""

    length = 0

    def write(self, data: Any, /) -> int:
        """Add the length of `data`."""
        self.length += len(data)
        return len(data)

    def tell(self) -> int:
        """Return the length."""
        return self.length


LINK = '<a href=""></a>'
NOTE = '<span class="volume"></span>'


def length(title: str) -> int:
    """Return the number of bytes that a text takes in XML."""
    return len(escape(title).encode("utf-8", "replace"))


def reference(volumes: Iterable[Volume]) -> int:
    """Return the length in bytes of the longest reference from one page of a book to another; fragments are shorter."""
    longest, depth = len(CONTENTS_FILE), 0
    for volume in volumes:
        for section in volume.sections:
            longest = max(longest, len(section_file(section.key)))
            for entry in section.entries:
                name = file_name(entry.path)
                longest, depth = max(longest, len(name)), max(depth, name.count("/"))
    return longest + depth * len("../")


class UpperBound:
    """Upper bound, in bytes, on an article's page in any volume of a build, whatever its links lead to.

    A page is measured with its original links (`UnplacedLinks`), so that its size does not depend on other articles.
    For each link that may lead into the build, the bound adds the most that it can add before deflating.
    """

    def __init__(self, volumes: Sequence[Volume], links: Links, title: str) -> None:
        """Measure the longest names: `volumes` hold all articles, not split yet; `title` is the user's."""
        self._links = links
        self._reference = reference(volumes)
        words = max(length(label["volume"].format("")) for label in WORDS.values())
        longest = longest_title(volumes, title, length)
        # A link in its own volume, or one with the name of another volume beside it.
        self._link = max(len(LINK) + self._reference, len(NOTE) + words + longest)

    def of(self, page: Measured) -> int:
        """Return the bound for a measured page."""
        articles = sum(map(self._links.has, page.articles))
        pages = sum(map(self._links.has_page, page.pages))
        return page.size + articles * self._link + pages * self._reference
