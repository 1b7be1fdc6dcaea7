"""Addresses that a script would load: in attributes of its own, in `srcset`, and in the sources of a picture."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from turbohtml import Element

from convert.late import late_pattern
from convert.messages import Message, message
from convert.readers.html.elements import PICTURES
from convert.readers.html.placeholders import is_placeholder
from convert.text import HTML_SPACE
from convert.urls import written

LATER = (
    "data-src", "data-original", "data-lazy-src", "data-actualsrc", "data-url", "data-lazyload", "data-echo",
    "data-lazy", "data-litespeed-src", "data-orig-file", "data-cmp-src", "data-cookieblock-src", "data-src-cmplz",
    "data-original-src", "data-real-src", "data-img-src", "data-ks-lazyload", "data-defer-src", "lazy-src", "lazysrc",
    "real_src", "zoomfile",
)  # fmt: skip
"""Attributes in which scripts keep addresses, the most usual first."""
SETS = ("data-srcset", "data-lazy-srcset", "srcset")
_WAITS = late_pattern(r"(?:^|[\s_-])(?:lazy|lazy-?load|lozad)(?![\w-]*ed\b)(?:$|[\s_-])", re.I)
"""Class of a picture whose `src` is a small preview until a script loads the one of the other attribute."""
_PENDING = "is-pending-load"
"""Mark in an address that a script loads a second time; the address before is that of the picture."""
_RARE = late_pattern(r"image/(?:avif|heic|heif|jxl|jp2|jpx|vnd)", re.I)
"""Types of pictures that not every reading system shows."""
_DESCRIPTOR = late_pattern(
    r"(?:(?P<width>[0-9]{1,9})w|(?P<density>-?[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]{1,2})?)x|[0-9]{1,9}h)\Z"
)


class Candidate(NamedTuple):
    """Picture of a `srcset`."""

    address: str
    width: int = 0
    density: float = 1.0


def note(placeholder: str, address: str, *, player: bool = False) -> Message:
    """Return the message for an address that a script would load in place of `placeholder`, or without one."""
    if player:
        return message("lazy-player", address=address)
    if not placeholder:
        return message("lazy-image", address=address)
    return message("lazy-placeholder", placeholder=placeholder, address=address)


def address_of(element: Element) -> str:
    """Return the address that a script would load for an element that has none or a placeholder; else ""."""
    given = written(element.attr("src"))
    waits = is_placeholder(given)
    if not waits and not _WAITS.search(element.attr("class") or ""):
        return ""
    for name in LATER:
        if (value := written(element.attr(name))) and not is_placeholder(value):
            return "" if value == given or (not waits and _PENDING in value) else value
    if element.tag not in PICTURES:
        return ""
    around = element.parent
    sources = list(around.iter_elements("source")) if isinstance(around, Element) and around.tag == "picture" else []
    sources.sort(key=_order)
    for each in (element, *sources):
        for name in SETS if waits else SETS[:-1]:
            if (best := largest(each.attr(name) or "")) and best != given:
                return best
    return next((later for each in sources if (later := each.attr("data-src"))), "") if waits else ""


def _order(source: Element) -> tuple[bool, bool, bool]:
    """Return the order of a picture's sources: one for all screens first, then one for wide ones, in a usual format."""
    media = source.attr("media") or ""
    return bool(media), "max-width" in media, bool(_RARE.match(source.attr("type") or ""))


def largest(srcset: str) -> str:
    """Return the address of the largest candidate of a `srcset`, "" if it has none.

    >>> largest("a.jpg 300w, b.jpg 1200w"), largest("a.jpg, b,c.jpg 2x"), largest("")
    ('b.jpg', 'b,c.jpg', '')
    """
    real = (each for each in candidates(srcset) if not is_placeholder(each.address))
    best = max(real, key=lambda each: (each.width, each.density), default=None)
    return best.address if best else ""


def candidates(srcset: str) -> Iterator[Candidate]:
    """Yield the valid candidates of a `srcset` (HTML, section 4.8.4.3.10).

    >>> [tuple(each) for each in candidates("a 1w, b , c 2x,d(1,2 3w, e 1w 2x")]
    [('a', 1, 1.0), ('b', 0, 1.0), ('c', 0, 2.0), ('d(1,2', 3, 1.0)]
    """
    at, end = 0, len(srcset)
    while True:
        while at < end and (srcset[at] in HTML_SPACE or srcset[at] == ","):
            at += 1
        if at >= end:
            return
        start = at
        while at < end and srcset[at] not in HTML_SPACE:
            at += 1
        address, descriptors = srcset[start:at], ""
        if address.endswith(","):
            address = address.rstrip(",")
        else:
            start, depth = at, 0
            while at < end and (depth or srcset[at] != ","):
                depth += (srcset[at] == "(") - (srcset[at] == ")" and depth > 0)
                at += 1
            descriptors = srcset[start:at]
        if address and (candidate := _described(address, descriptors.split())):
            yield candidate


def _described(address: str, descriptors: list[str]) -> Candidate | None:
    width, density = 0, 1.0
    for each in descriptors:
        if not (match := _DESCRIPTOR.match(each)):
            return None
        width = int(match["width"] or width)
        density = float(match["density"] or density)
    both = any(each.endswith("w") for each in descriptors) and any(each.endswith("x") for each in descriptors)
    return None if both or density < 0 else Candidate(address, width, density)
