"""What a dialect is: data that tells how a mirror wraps its articles."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from convert.model import AsideKind
from convert.readers.markup import COMMON, Markup


class Dialect(NamedTuple):
    """One way in which a mirror writes its pages.  Plain strings tell the wrapper; `\\n` begins a line."""

    name: str
    nav: str
    """How each line of the mirror's own links begins."""
    label: str
    """How the line begins that names the original address."""
    end: str
    """Where the article ends: the last occurrence before the label."""
    recognise: tuple[str, ...] = ()
    """All must occur in a page of this dialect."""
    host: str = ""
    """What the original address must hold."""
    start: str = ""
    """The line that the article follows; without one, the first line of the mirror's own links."""
    lead: str = ""
    """CSS selector of the lead picture, in a block of its own above the article."""
    end_marker: str = ""
    """What a whole body holds; a page without it was cut short."""
    asides: Mapping[re.Pattern[str], AsideKind] = MappingProxyType({})
    """Start tags, without their `>`, from which on the page is no longer the article, and what it is then."""
    publisher: str = ""
    publishers: Mapping[str, str] = MappingProxyType({})
    """The publisher's name in other languages than that of `publisher`, by BCP 47 tag."""
    published: re.Pattern[str] = re.compile(r"/(?P<year>\d{1,2}|\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})/")
    """Year, month and day in the original address."""
    dated: re.Pattern[str] | None = None
    """The same in the page, or `moment` (ISO 8601), for addresses that do not tell."""
    modified: re.Pattern[str] | None = None
    """`moment`, in the page."""
    year: int = 0
    """The year in which the mirror was made, for pages that tell month and day alone."""
    dateline: re.Pattern[str] | None = None
    """How the first paragraph opens."""
    byline: re.Pattern[str] | None = None
    """What follows the dateline: reporters and how they reported."""
    credits: tuple[re.Pattern[str], ...] = ()
    """Lines near the end that name editor, reporters or agency; what the first that matches tells is taken."""
    credit_signs: re.Pattern[str] = re.compile("[编編转轉校（]")
    """What each line of credits has: where none is, no pattern of `credits` is tried."""
    expects: tuple[str, ...] = ()
    """What of the article's metadata at least 95 in 100 real pages tell in their text: `dateline`, `editor`."""
    series: re.Pattern[str] = re.compile(r"【(?P<series>[^】]{1,20})】")
    """How a title begins that names a series."""
    markup: Markup = COMMON
