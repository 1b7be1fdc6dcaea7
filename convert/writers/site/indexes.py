"""Lists of names: the authors or the keywords of a site, from A to Z, each with its articles.

A name with several articles has a page of its own, which stays the same file whatever other names come and go; a name
with one leads to that article.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from convert.bundle.parts import LIMIT
from convert.text import squeeze, visible
from convert.writers.book.people import Author, authors, key_of
from convert.writers.book.volume import LABEL_LENGTH
from convert.writers.site.names import SUFFIX, name_file


class NamePage(NamedTuple):
    """Page of a list of names: either names by their letters, or links to such pages."""

    file: str
    title: str
    """The title, or what the page has of the whole list."""
    names: Sequence[tuple[str, Sequence[Author]]] = ()
    """Letters with their names."""
    parts: Sequence["NamePage"] = ()

    @property
    def total(self) -> int:
        """Return the number of its names."""
        return sum(len(names) for _, names in self.names) + sum(part.total for part in self.parts)


class Names:
    """Names of one kind: their list, and where each leads; `named` are the places of each form of a name."""

    def __init__(self, kind: str, title: str, named: Mapping[str, Sequence[int]]) -> None:
        self.kind = kind
        self.title = title
        self.letters = authors(named)
        self.file = f"{kind}{SUFFIX}"
        self._files: dict[str, str] = {}
        for author in self.several():
            self._files[author.key] = name_file(kind, author.key)
        self._by_form = {form: self._files.get(key_of(form), "") for form in named}

    def several(self) -> Iterator[Author]:
        """Yield the names with several articles."""
        for _, names in self.letters:
            yield from (author for author in names if len(author.places) > 1)

    def file_of(self, form: str) -> str:
        """Return the file with the articles of a name in any of its forms, "" if there is only one."""
        return self._by_form.get(form, "")

    @cached_property
    def page(self) -> NamePage:
        """Return the list; of more than `LIMIT` names it has a page for each letter, or for parts of one."""
        if sum(len(names) for _, names in self.letters) <= LIMIT:
            return NamePage(self.file, self.title, self.letters)
        return NamePage(self.file, self.title, parts=[self._letter(*each) for each in self.letters])

    def _letter(self, letter: str, names: Sequence[Author]) -> NamePage:
        stem = f"{self.kind}/letters/{letter.lower() if letter.isalpha() else 'other'}"
        if len(names) <= LIMIT:
            return NamePage(f"{stem}{SUFFIX}", letter, [(letter, names)])
        parts = []
        for number, start in enumerate(range(0, len(names), LIMIT), 1):
            group = names[start : start + LIMIT]
            title = f"{shown(group[0])} – {shown(group[-1])}"
            parts.append(NamePage(f"{stem}-{number}{SUFFIX}", title, [(letter, group)]))
        return NamePage(f"{stem}{SUFFIX}", letter, parts=parts)


def shown(author: Author) -> str:
    """Return a name as lists have it."""
    return squeeze(visible(author.name), LABEL_LENGTH)


def pages_of(page: NamePage) -> Iterator[NamePage]:
    """Yield a page of names and its parts."""
    yield page
    for part in page.parts:
        yield from pages_of(part)
