"""Figures of a run by channel: the folder of a page, or the channel that an index page or a table lists."""

import os
from collections import Counter, defaultdict
from functools import lru_cache

from msgspec import Struct, field

from convert.model import Finding

_HOLDERS = ("pages", "indexes")
"""The folders of a mirror that hold its channels."""


class Channel(Struct):
    """Figures of a channel."""

    articles: int = 0
    levels: Counter[str] = field(default_factory=Counter)
    """The number of findings of each level."""


class Channels:
    """Figures of each channel; "" is for documents in no folder."""

    def __init__(self) -> None:
        self._by_name: defaultdict[str, Channel] = defaultdict(Channel)

    def add_article(self, path: str) -> None:
        """Count an article."""
        self._of(path).articles += 1

    def count(self, finding: Finding) -> None:
        """Count a finding."""
        self._of(finding.path).levels[finding.level] += 1

    def _of(self, path: str) -> Channel:
        return self._by_name[channel_of(path)]

    def rows(self) -> list[tuple[str, Channel]]:
        """Return the channels by name."""
        return sorted(self._by_name.items())


@lru_cache(maxsize=256)  # called for each finding, with documents in the order of their paths
def channel_of(path: str) -> str:
    """Return the channel of a document.

    >>> channel_of("mirror/pages/ncid277/n1.md"), channel_of("indexes/ncid277/3.md"), channel_of("indexes/ncid277.csv")
    ('ncid277', 'ncid277', 'ncid277')
    >>> channel_of("pages/README.md"), channel_of("saved/2023/a.html"), channel_of("a.md")
    ('', '2023', '')
    """
    folder, name = os.path.split(path)
    if not folder:  # the program may run inside of a mirror's folder
        folder = os.path.dirname(os.path.abspath(path))
        if not {os.path.basename(folder), os.path.basename(os.path.dirname(folder))} & set(_HOLDERS):
            return ""
    holder = os.path.basename(folder)
    if holder == "indexes":
        return name.partition(".")[0]
    return "" if holder == "pages" else holder
