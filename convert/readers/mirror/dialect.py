"""The Dialect type: data on how a mirror wraps its articles."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from convert.late import late_pattern
from convert.model import AsideKind
from convert.readers.markup import COMMON, Markup


class Lines(NamedTuple):
    """Forms of lines in a dialect that a user describes; each begins a line of a paragraph."""

    datelines: tuple[re.Pattern[str], ...] = ()
    """Patterns with year, month and day, and of what `bylines` have."""
    bylines: tuple[re.Pattern[str], ...] = ()
    """Patterns with `authors`, `editor` or `agency`, which may follow a dateline."""


class Dialect(NamedTuple):
    """Form in which a mirror writes its pages.  Plain strings describe the wrapper; `\\n` begins a line."""

    name: str
    nav: str
    """Beginning of each line of the mirror's own links."""
    label: str
    """Beginning of the line with the original address."""
    end: str
    """Text whose last occurrence before the label ends the article."""
    title: tuple[str, str] = ("### ", "")
    """Beginning and end of the line with the title."""
    label_end: str = ""
    """End of the line with the original address."""
    trim: bool = False
    """True to take off the lines at the edges of the article that mirrors share."""
    recognise: tuple[str, ...] = ()
    """Texts that every page of this dialect contains."""
    host: str = ""
    """Text that the original address contains."""
    start: str = ""
    """Line before the article; if empty, that is the first line of the mirror's own links."""
    lead: str = ""
    """CSS selector of the lead picture, which is in a separate block above the article."""
    end_marker: str = ""
    """Text that a complete body contains; a page without it was truncated."""
    drop: tuple[re.Pattern[str], ...] = ()
    """Whole lines inside the article that are the mirror's."""
    asides: Mapping[re.Pattern[str], AsideKind] = MappingProxyType({})
    """Start tags, without their `>`, at which an aside of the given kind begins, with its first words (`call`).  The
    article ends there, unless paragraphs follow."""
    notices: Mapping[re.Pattern[str], AsideKind] = MappingProxyType({})
    """Whole lines among the last paragraphs that are asides of the given kind."""
    publisher: str = ""
    publishers: Mapping[str, str] = MappingProxyType({})
    """Publisher's name in languages other than that of `publisher`, by BCP 47 tag."""
    published: re.Pattern[str] = re.compile(r"/(?P<year>\d{1,2}|\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})/")
    """Pattern of year, month and day in the original address."""
    identifier: re.Pattern[str] | None = None
    """Pattern of the publisher's identifier in the original address, if that is not its last part."""
    dated: re.Pattern[str] | None = None
    """Pattern of year, month and day, or `moment` (ISO 8601), in the page, for addresses without a date."""
    modified: re.Pattern[str] | None = None
    """Pattern of `moment` (ISO 8601), the last change, in the page."""
    year: int = 0
    """Year in which the mirror was made, for pages that have only month and day."""
    dateline: re.Pattern[str] | None = None
    """Pattern of the dateline, which opens the first paragraph."""
    byline: re.Pattern[str] | None = None
    """Pattern of the byline, which follows the dateline: reporters and kind of report.  Its last group is parsed."""
    credits: tuple[re.Pattern[str], ...] = ()
    """Patterns of lines near the end with `editor`, `byline` or `agency`; the first match of each field counts."""
    credit_signs: re.Pattern[str] = late_pattern("[编編转轉校（(记記]")
    """Pattern that every line of credits matches; on other lines, the patterns of `credits` are not tried.  It is a set
    of characters, which is searched several times as fast as alternatives."""
    lines: Lines = Lines()
    expects: tuple[str, ...] = ()
    """Metadata that at least 95 of 100 real pages have in their text: `dateline`, `editor`."""
    series: re.Pattern[str] = late_pattern(r"【(?P<series>[^】]{1,20})】")
    """Pattern of a title's beginning that names a series."""
    commentator: re.Pattern[str] | None = None
    """Pattern of a title's beginning that names the author of a commentary."""
    markup: Markup = COMMON
