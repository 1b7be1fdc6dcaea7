"""The articles of an archive that a build is of."""

import re
import shlex
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from msgspec import Struct

from convert.errors import UsageError
from convert.model import Entry

_PERIOD = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?\Z")
_LAST = "\U0010ffff"
"""Comes after every date that begins alike: a month ends with its last day."""

FIELDS = ("title", "publisher", "author")


class Term(Struct, frozen=True):
    """One word of a query: the field that must have the text, or must not."""

    field: str
    text: str
    wanted: bool = True


class Selection(Struct, frozen=True):
    """The articles that the user asked for.  Dates are days, months or years (ISO 8601); an empty field means all."""

    since: str = ""
    until: str = ""
    channels: tuple[str, ...] = ()
    """Their folders in the mirror, or their names."""
    terms: tuple[Term, ...] = ()

    def takes(self, entry: Entry, channel: str) -> bool:
        """Return whether a first look at an article lets it through; `channel` is the name of its channel."""
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
        """Return all of it in words, equal for equal selections; nothing for all articles."""
        told = [f"since:{self.since}", f"until:{self.until}"] + [f"channel:{each}" for each in self.channels]
        told += [f"{'' if term.wanted else '-'}{term.field}:{term.text}" for term in self.terms]
        return " ".join(each for each in told if not each.endswith(":"))

    @property
    def credits(self) -> tuple[Term, ...]:
        """Return the terms for which an article has to be read as a whole."""
        return tuple(term for term in self.terms if term.field != "title")

    def credited(self, publisher: str, authors: tuple[str, ...]) -> bool:
        """Return whether publisher and authors of an article let it through."""
        return all(
            term.wanted == any(term.text in each.casefold() for each in _OF[term.field](publisher, authors))
            for term in self.credits
        )


_OF: Mapping[str, Callable[[str, tuple[str, ...]], tuple[str, ...]]] = MappingProxyType({
    "publisher": lambda publisher, authors: (publisher,),
    "author": lambda publisher, authors: authors,
})  # fmt: skip


def period(value: str) -> str:
    """Return a day, a month or a year as it is.

    Raises:
        UsageError: it is none.
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
            "the query {query} has a quotation mark that is not closed, or ends in a \\", query=repr(text)
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
