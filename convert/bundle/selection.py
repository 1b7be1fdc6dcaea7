"""Selection of the articles of a build."""

import shlex
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from msgspec import Struct

from convert.errors import UsageError
from convert.late import late_pattern
from convert.model import Entry

_PERIOD = late_pattern(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?\Z")
_LAST = "\U0010ffff"
"""Character that sorts a month or a year after all of its days."""

FIELDS = ("title", "publisher", "author")


class Term(Struct, frozen=True):
    """Term of a query: a field that must contain a text or, if not `wanted`, must not."""

    field: str
    text: str
    wanted: bool = True


class Selection(Struct, frozen=True):
    """Articles that the user selected.  Dates are days, months or years (ISO 8601); an empty field selects all."""

    since: str = ""
    until: str = ""
    channels: tuple[str, ...] = ()
    """Folders of channels in the mirror, or their names."""
    terms: tuple[Term, ...] = ()

    def takes(self, entry: Entry, channel: str) -> bool:
        """Return True if an entry passes the tests that need no parsing; `channel` is the name of its channel."""
        if self.channels and entry.section not in self.channels and channel not in self.channels:
            return False
        if (self.since or self.until) and not entry.published:
            return False
        day = entry.published[:10]
        if day < self.since or (self.until and day > self.until + _LAST):
            return False
        return all(term.wanted == (term.text in entry.title.casefold()) for term in self.terms if term.field == "title")

    @property
    def text(self) -> str:
        """Return the selection as text, the same for equal selections; "" for all articles."""
        terms = [f"since:{self.since}", f"until:{self.until}"] + [f"channel:{each}" for each in self.channels]
        terms += [f"{'' if term.wanted else '-'}{term.field}:{term.text}" for term in self.terms]
        return " ".join(term for term in terms if not term.endswith(":"))

    @property
    def credits(self) -> tuple[Term, ...]:
        """Return the terms for which an article must be parsed."""
        return tuple(term for term in self.terms if term.field != "title")

    def credited(self, publisher: str, authors: tuple[str, ...]) -> bool:
        """Return True if publisher and authors of an article meet these terms."""
        return all(
            term.wanted == any(term.text in each.casefold() for each in _OF[term.field](publisher, authors))
            for term in self.credits
        )


_OF: Mapping[str, Callable[[str, tuple[str, ...]], tuple[str, ...]]] = MappingProxyType({
    "publisher": lambda publisher, authors: (publisher,),
    "author": lambda publisher, authors: authors,
})  # fmt: skip


def period(value: str) -> str:
    """Check a day, a month or a year, and return it.

    Raises:
        UsageError: the value is no date.
    """
    if not _PERIOD.match(value) or not _is_date(value + "0000-01-01"[len(value) :]):
        raise UsageError(
            "{value} is no date; write a year, a month or a day: 2023, 2023-09, 2023-09-12", value=repr(value)
        )
    return value


def _is_date(day: str) -> bool:
    try:
        return bool(date.fromisoformat(day))
    except ValueError:
        return False


def query(text: str) -> tuple[Term, ...]:
    """Return the terms of a query, all of which an article must meet.

    `纸` or `title:纸` in the title, `publisher:大纪元`, `author:"Li Hua"`, and `-author:李` for what it must not have.
    Case does not matter.

    Raises:
        UsageError: an unknown field, a term without text, or an open quotation mark.

    >>> query("纸 -author:李")
    (Term(field='title', text='纸', wanted=True), Term(field='author', text='李', wanted=False))
    """
    try:
        words = shlex.split(text)
    except ValueError:
        raise UsageError(
            "the query {query} has a quotation mark that is not closed, or ends in a \\; close it, or take it out",
            query=repr(text),
        ) from None
    terms = []
    for word in words:
        wanted = not word.startswith("-")
        field, colon, value = word.removeprefix("-").partition(":")
        if not colon:
            field, value = "title", field
        if field not in FIELDS:
            raise UsageError(
                "the query {query} asks for {field}; there are {fields}, as in 'publisher:大纪元'",
                query=repr(text),
                field=repr(field),
                fields=", ".join(FIELDS),
            )
        if not value:
            raise UsageError("the query {query} names no text after {word}", query=repr(text), word=repr(word))
        terms.append(Term(field, value.casefold(), wanted))
    return tuple(terms)
