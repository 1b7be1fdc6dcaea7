"""What `convert validate --fix` mends in the source itself: edits that keep all that a reader sees.

A rule's fix makes the article right; an edit makes the document right that the article is read from.  The MENDERS table
says which rules have one: a new one is a function in a module here and a row.  What the edits come to is judged
afterwards (judge.py), so no function needs to foresee everything.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from convert.fixes import addresses, characters, markup
from convert.fixes.draft import Draft, Edit
from convert.messages import Language, Message

Mender = Callable[[Draft, frozenset[Message]], Iterator[Edit]]
"""From a document, and the messages of what was found under the rule's code, to the edits that mend it.  What cannot be
mended in the source has no edit."""

MENDERS: Mapping[str, Mender] = MappingProxyType(
    {
        "TXT004": characters.misread_text,
        "TXT005": characters.compatibility,
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
"""In the order in which the edits are made: characters first, because places in a line depend on them."""

_IN_SOURCE: Mapping[Language, str] = MappingProxyType(
    {
        "en": "`convert validate --fix` mends this in the source, wherever the article stays the same by it.",
        "zh": "只要文章内容不变，`convert validate --fix` 就会直接修改原文件。",
    }
)


def in_source(code: str, language: Language = "en") -> str:
    """What the page of a rule says of mending the source; nothing for a rule that has no edit."""
    return _IN_SOURCE[language] if code in MENDERS else ""
