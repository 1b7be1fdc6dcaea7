"""Fixes of the sources themselves, for `convert validate --fix`: edits after which the same article is read.

A rule's fix corrects the article; a fixer here corrects the document that the article is read from.  The FIXERS table
says which rules have one: to add one, write a function in a module here and a row.  Fixers need not foresee every
case, because the edited document is tested before it replaces the original (judge.py).
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from convert.fixes import addresses, characters, markup
from convert.fixes.draft import Draft, Edit
from convert.messages import Language, Message

Fixer = Callable[[Draft, frozenset[Message]], Iterator[Edit]]
"""Function from a document, and the messages of the rule's findings in it, to the edits that fix them.  It yields no
edit for a finding that cannot be fixed in the source."""

FIXERS: Mapping[str, Fixer] = MappingProxyType(
    {
        "TXT004": characters.misread_text,
        "TXT005": characters.compatibility,
        "TXT009": characters.windows_1252,
        "TXT001": characters.control,
        "TXT002": characters.zero_width,
        "TXT003": characters.separators,
        "HTM001": markup.crossed,
        "HTM006": markup.stray,
        "HTM004": markup.empty,
        "IMG005": addresses.placeholders,
        "IMG001": addresses.trackers,
        "IMG002": addresses.relative_pictures,
        "IMG003": addresses.doubled_schemes,
        "LNK001": addresses.relative_links,
        "LNK002": addresses.meant_links,
        "NAV001": addresses.beacons,
        "NAV002": addresses.relative_navigation,
    }
)
"""The fixer of each rule, in the order of their edits: characters first, because positions in a line depend on them."""

_IN_SOURCE: Mapping[Language, str] = MappingProxyType(
    {
        "en": "`convert validate --fix` fixes this in the source, unless that would change the article.",
        "zh": "只要文章内容不变，`convert validate --fix` 就会直接修改原文件。",
    }
)


def in_source(code: str, language: Language = "en") -> str:
    """Return the sentence for a rule's page that `--fix` fixes it in the source, or "" if the rule has no fixer."""
    return _IN_SOURCE[language] if code in FIXERS else ""
