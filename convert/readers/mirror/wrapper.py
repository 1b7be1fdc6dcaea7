"""The wrapper that a mirror adds around an article: notes on its parts, and the page's address in the mirror."""

import html
import re
from collections.abc import Iterator

from convert.late import late_pattern
from convert.messages import Message, message
from convert.model import NavLink, Note, Place
from convert.readers.mirror import edges
from convert.readers.mirror.cut import Page
from convert.readers.mirror.dialects import DIALECTS
from convert.text import one_line, squeeze
from convert.urls import UNKNOWN_REPOSITORY

_SHARED_PAGE = late_pattern(r"https://github\.com/[^/\s]+/[^/\s]+/blob/[^/\s]+/pages/[^/\s]+/[^/\s]+\.md(?=\s)")
_OWNER = late_pattern(r"^https://github\.com/[^/?#]+")
_PICTURE = late_pattern(r"<img\b[^>]*?\bsrc=['\"]?([^'\">\s]*)[^>]*>")
_TAG = late_pattern(r"<[^>]*>")
_RULE = late_pattern(r"[->= ]*\Z")
"""Line without text: a rule, or the mark of a quote."""


def notes(page: Page) -> Iterator[Note]:
    """Yield a note for each part of the wrapper that the article does not include."""
    for number, raw in enumerate(page.above.split("\n"), start=1):
        if not (words := raw.strip()):
            continue
        ours = (
            _RULE.match(words)
            or words.startswith("<hr")
            or _is_own(raw, page.dialect.nav)
            or words in page.dialect.start
        )
        if not ours and number != page.address_line and not words.startswith("<hr"):
            place = Place(number, len(raw) - len(raw.lstrip()) + 1)
            yield Note("NAV005", message("furniture-above"), place, visible(raw))
    line = page.content_line + page.content.count("\n") + 1
    if page.dialect.name not in DIALECTS:
        yield from _lines(page.share, line, page.dialect.nav, message("page-furniture", kind=message("aside-share")))
    elif page.share.strip("-\n "):
        yield Note(
            "NAV005", message("page-furniture", kind=message("aside-share")), Place(line, 1), visible(page.share)
        )
    if page.tail:
        yield from _lines(page.tail, page.tail_line, page.dialect.nav, message("furniture-after"))


def _lines(text: str, first: int, nav: str, furniture: Message) -> Iterator[Note]:
    """Yield a note for each line below an article; `first` is the number of the first one."""
    for number, raw in enumerate(text.split("\n"), start=first):
        if not (words := raw.strip()) or _RULE.match(words) or _is_own(raw, nav):
            continue
        place = Place(number, len(raw) - len(raw.lstrip()) + 1)
        if words.startswith("<img") and not edges.shows_code(words):
            yield Note("IMG001", message("tracking-image", address=visible(words).strip("<>")), place, visible(words))
        elif words.startswith("#"):
            yield Note("NAV004", message("promotion-after"), place, one_line(words))
        elif removed := visible(raw):
            yield Note("NAV005", furniture, place, removed)


def _is_own(line: str, nav: str) -> bool:
    """Return True if a line has the mirror's own links, which are kept."""
    return bool(nav) and f"\n{line}".startswith(nav)


def visible(markup: str) -> str:
    """Return text and picture addresses of a piece of the wrapper."""
    if "<" in markup:
        markup = _TAG.sub(" ", _PICTURE.sub(r" &lt;\1&gt; ", markup))
    return one_line(html.unescape(markup))


def mirror_url(page: Page, own_path: str, path: str) -> str:
    """Return the page's URL in its mirror, or "" if the page does not contain it.

    It is in the lines for sharing.  Without them, it is the owner's URL from a link of the mirror, followed by
    `own_path`, the page's path according to its tracking picture.
    """
    if page.share and (match := _SHARED_PAGE.search(page.share)):
        return match[0]
    for link, _ in page.nav:
        if link.target.startswith("https:") and (match := _OWNER.match(link.target)):
            here = "/".join(f"section/{path}".split("/")[-2:])
            return f"{match[0]}/{own_path or f'{_repository(page.nav)}/blob/master/pages/{here}'}"
    return ""


def _repository(nav: tuple[tuple[NavLink, tuple[int, int]], ...]) -> str:
    """Return the name of the mirror's repository, if its first link, to its front page, is absolute."""
    match = re.match(r"https://github\.com/[^/?#]+/([^/?#]+)(?:/blob/master/README\.md)?$", nav[0][0].target)
    return match[1] if match else UNKNOWN_REPOSITORY


def unknown_wrapper(text: str) -> Message:
    """Return the message for a page of no known dialect, with its first and last lines."""
    lines = [line for line in text.split("\n") if line.strip()]
    excerpt = " … ".join(f"{squeeze(line, 40)!r}" for line in [*lines[1:3], *lines[-1:]])
    return message("unknown-wrapper", lines=excerpt)
