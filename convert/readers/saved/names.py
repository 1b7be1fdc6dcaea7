"""The meaning of the names of elements for a box of a page: weak evidence, which the text in it may outweigh."""

import re
from functools import lru_cache

from convert.readers.saved.boxes import HEADINGS, Box

FRAMES = frozenset({"aside", "dialog", "footer", "form", "header", "menu", "nav"})
"""Elements that mostly hold what belongs to the site."""

_SITE = re.compile(
    r"(?:^|[-_\s])(?:ads?|advert\w*|banner|bio|bottom|breadcrumbs?|byline|combx|comments?|consent|cookies?|copyright|disqus|"
    r"drawer|footer|foot|gdpr|header|links?|masthead|menu|meta|modal|nav|navbar|navigation|newsletter|outbrain|pager|"
    r"pagination|popular|popup|promo\w*|read-?more|recirc\w*|recommend\w*|related\w*|respond|share\w*|sharing|shoutbox|"
    r"sidebar|side|signup|social|sponsor\w*|subscribe|subscription|taboola|tags?|teasers?|toolbar|tools|trending|widgets?)"
    r"(?=$|[-_\s])",
    re.I,
)
_COMMENTS = re.compile(r"(?:^|[-_\s])(?:comments?|disqus|respond)(?=$|[-_\s])", re.I)
_TEXT = re.compile(r"article|body|content|entry|main|page|post|text|blog|story|zhengwen|detail|news", re.I)


@lru_cache(8192)
def of_site(names: str) -> bool:
    """Return True if an identifier or a class says that a box belongs to the site.

    >>> of_site("story related-links"), of_site("sidebarred"), of_site("")
    (True, False, False)
    """
    return bool(names and _SITE.search(names))


@lru_cache(8192)
def of_comments(names: str) -> bool:
    """Return True if an identifier or a class says that a box holds what readers wrote."""
    return bool(names and _COMMENTS.search(names))


@lru_cache(8192)
def of_text(names: str) -> bool:
    """Return True if an identifier or a class says that a box holds an article.

    >>> of_text("entry-content"), of_text("wrap")
    (True, False)
    """
    return bool(names and _TEXT.search(names))


def is_doubtful(box: Box) -> bool:
    """Return True if the names of a box or of the heading that it begins with say that it belongs to the site."""
    first = box.children[0] if box.children else None
    return (
        box.tag in FRAMES
        or of_site(box.names)
        or (first is not None and first.tag in HEADINGS and of_site(first.names))
    )
