"""The Dialect type: data on how a mirror wraps its articles."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from convert.model import AsideKind
from convert.readers.markup import COMMON, Markup


class Dialect(NamedTuple):
    """Form in which a mirror writes its pages.  Plain strings describe the wrapper; `\\n` begins a line."""

    name: str
    nav: str
    """Beginning of each line of the mirror's own links."""
    label: str
    """Beginning of the line with the original address."""
    end: str
    """Text whose last occurrence before the label ends the article."""
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
    credit_signs: re.Pattern[str] = re.compile("[编編转轉校（(]|[记記]者")
    """Pattern that every line of credits matches; on other lines, the patterns of `credits` are not tried."""
    expects: tuple[str, ...] = ()
    """Metadata that at least 95 of 100 real pages have in their text: `dateline`, `editor`."""
    series: re.Pattern[str] = re.compile(r"【(?P<series>[^】]{1,20})】")
    """Pattern of a title's beginning that names a series."""
    commentator: re.Pattern[str] | None = None
    """Pattern of a title's beginning that names the author of a commentary."""
    markup: Markup = COMMON
