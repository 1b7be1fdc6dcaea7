"""An original address that is none."""

import re
from collections.abc import Iterator

from convert.late import late_pattern
from convert.messages import Message, message
from convert.model import Article, Place, Reading
from convert.rules.rule import Rule
from convert.urls import resolve, scheme

EXAMPLE = "https://www.epochtimes.com/gb/23/9/12/n14072129.htm"

_PLAIN = late_pattern(r"https?://(?:[a-z0-9]+\.)+[a-z]{2,12}(?:/[A-Za-z0-9_-]+)*/[A-Za-z0-9_-]+\.html?")
"""Most addresses, for which one look is enough."""
_SPACE = late_pattern(r"\s|[\])}>\"'，。；：！？、）】》〉」』”’]\Z")
_ABSOLUTE = late_pattern(r"https?://[^/]|urn:[A-Za-z0-9][A-Za-z0-9-]+:.", re.I)
_HOST = late_pattern(r"https?://(?:[^/?#]*@)?(?:[^./?#]+\.[^/?#]*[^./?#]|\[[^/\]]+\]|localhost(?::\d+)?)(?:[/?#]|\Z)")


def check_document(reading: Reading, article: Article) -> Iterator[tuple[Message, Place]]:
    source = reading.article.source  # cleaned, it may have none
    if source.address and not usable(source.address):
        yield message("malformed-source", address=source.address, example=EXAMPLE), reading.places.of(source)


def usable(address: str) -> bool:
    """Return True if an original address is a usable URL or URN.

    >>> usable("https://www.epochtimes.com/gb/23/9/12/n1.htm"), usable("urn:isbn:9787010000000")
    (True, True)
    >>> usable("https:/e.org/n1.htm"), usable("ttps://e.org/n1.htm"), usable("https://e,org/"), usable("https://e.org/n。")
    (False, False, False, False)
    >>> usable("www.epochtimes.com/n1.htm"), usable("https://n1.htm （备份）"), usable("https://https://e.org/n1.htm")
    (False, False, False)
    """
    if _PLAIN.fullmatch(address):
        return True
    resolved = "" if _SPACE.search(address) or not _ABSOLUTE.match(address) else resolve(address, "")
    return bool(resolved) and (scheme(resolved) == "urn" or _HOST.match(resolved) is not None)


RULE = Rule("SRC011", "malformed-source", "error", check_document=check_document)
