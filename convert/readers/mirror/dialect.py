"""What a dialect is: data that tells how a mirror wraps its articles."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from convert.readers.markup import COMMON, Markup


class Dialect(NamedTuple):
    """One way in which a mirror writes its pages.  Plain strings tell the wrapper; `\\n` begins a line."""

    name: str
    recognise: tuple[str, ...]
    """All must occur in a page of this dialect."""
    nav: str
    """How the line of the mirror's own links begins; the article follows it."""
    label: str
    """How the last line begins, before the original address."""
    end: str
    """Where the article ends: the last occurrence before the label."""
    lead: str = ""
    """CSS selector of the lead picture, in a block of its own above the article."""
    end_marker: str = ""
    """What a whole body holds; a page without it was cut short."""
    publisher: str = ""
    publishers: Mapping[str, str] = MappingProxyType({})
    """The publisher's name in other languages than that of `publisher`, by BCP 47 tag."""
    article_id: re.Pattern[str] = re.compile(r"/(?P<id>[^/?#]+?)(?:\.html?)?(?:[?#]|$)")
    published: re.Pattern[str] = re.compile(r"/(?P<year>\d{2}|\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})/")
    """Year, month and day in the original address."""
    dateline: re.Pattern[str] | None = None
    """How the first paragraph opens."""
    byline: re.Pattern[str] | None = None
    """What follows the dateline: reporters and how they reported."""
    editor: re.Pattern[str] | None = None
    """The line that names the editor."""
    markup: Markup = COMMON
