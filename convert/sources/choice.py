"""Choice of records in archives of the web, by address and media type."""

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from convert.errors import UsageError
from convert.late import late_pattern
from convert.messages import Message, message
from convert.sources.ref import Ref, Refusal
from convert.text import printable

_TYPE = late_pattern(r"[\w.+*-]+/[\w.+*-]+")


class Choice(Struct, frozen=True):
    """Choice of records; documents that are in no archive of the web are not concerned."""

    urls: tuple[re.Pattern[str], ...] = ()
    """Patterns of which an address must match one; none for all addresses."""
    types: tuple[re.Pattern[str], ...] = ()
    """Patterns of which a media type must match one; none for all that can be read."""
    waiting: dict[re.Pattern[str], str] = field(default_factory=dict)
    """Patterns that nothing has matched yet, as the user wrote them."""

    def takes(self, ref: Ref | Refusal) -> bool:
        """Return True if a document is chosen."""
        if isinstance(ref, Refusal) or not ref.record:
            return True
        address, mime = ref.record
        # both are asked, so that a pattern is not reported if only the other one excludes the record
        return all([self._matches(self.urls, address), self._matches(self.types, mime)])

    def _matches(self, patterns: tuple[re.Pattern[str], ...], text: str) -> bool:
        found = [pattern for pattern in patterns if pattern.fullmatch(text)]
        for pattern in found:
            self.waiting.pop(pattern, None)
        return bool(found) or not patterns

    def unmatched(self) -> Iterator[Message]:
        """Yield a message for each pattern that no record matches."""
        for written in self.waiting.values():
            yield message("no record of a web archive matches {pattern}", pattern=repr(printable(written)))


def choice_of(urls: Iterable[str] = (), types: Iterable[str] = ()) -> Choice | None:
    """Return the choice of records by patterns in which `*` means any characters; None without any.

    A pattern of addresses without a scheme is for all schemes.

    >>> choice = choice_of(["press.example/20*"])
    >>> addresses = "https://press.example/2019/?a=1", "https://e.org/press.example/20"
    >>> [bool(choice.urls[0].fullmatch(address)) for address in addresses]
    [True, False]

    Raises:
        UsageError: a pattern is empty, or cannot be that of a media type.
    """
    by_url = {_address(each.strip()): each for each in urls}
    by_type = {_type(each.strip()): each for listed in types for each in listed.split(",")}
    if not by_url and not by_type:
        return None
    return Choice(tuple(by_url), tuple(by_type), {**by_url, **by_type})


def _address(pattern: str) -> re.Pattern[str]:
    if re.fullmatch("(?:[a-z*]*://)?/*", pattern, re.I):
        raise UsageError("--url: name an address, in which * means any characters, such as 'press.example/2019/*'")
    return re.compile(("" if "://" in pattern else "[a-z]+://") + _glob(pattern), re.I)


def _type(pattern: str) -> re.Pattern[str]:
    if not _TYPE.fullmatch(pattern):
        raise UsageError(
            "--mime: {type} is no media type; name some with commas, such as text/html,application/xhtml+xml",
            type=repr(printable(pattern)),
        )
    return re.compile(_glob(pattern), re.I)


def _glob(pattern: str) -> str:
    return ".*".join(map(re.escape, re.split(r"\*+", pattern)))
