"""Pictures that a page has twice: for a script, and in `<noscript>` for browsers without scripts."""

import re
from collections.abc import Callable

from turbohtml import Element, Text as TextNode

from convert.late import late_pattern
from convert.messages import Message, message
from convert.readers.html import lazy
from convert.readers.html.placeholders import is_placeholder
from convert.text import EDGE_SPACE
from convert.urls import written

Report = Callable[[str, Message, Element, str], None]

LONG = 24
"""Characters of a file's name without a suffix from which on it names a picture, as hashes do."""
_SIZE = late_pattern(r"[-_](?:\d{2,5}x\d{2,5}|\d{3,4}w?|scaled|large|medium|small|thumb)$", re.I)


def join(root: Element, note: Report) -> None:
    """Take out the second of two pictures that are one: the placeholder if it has no address of its own."""
    fallbacks = [each for each in root.iter_elements("noscript") if each.find("img") is not None]
    if not fallbacks:
        return
    shown = {_address(each) for each in root.iter_elements("img") if each.closest("noscript") is None}
    for fallback in fallbacks:
        pictures = [_address(each) for each in fallback.iter_elements("img")]
        if fallback.text.strip(EDGE_SPACE):
            continue
        if all(each in shown for each in pictures):
            fallback.decompose()
            continue
        for beside in (_picture(fallback, -1), _picture(fallback, 1)) if len(pictures) == 1 else ():
            if beside is None:
                continue
            address = _address(beside)
            if is_placeholder(address):
                if address:
                    note("IMG005", lazy.note(address, pictures[0]), beside, "")
                beside.decompose()
                break
            if name_of(address) == name_of(pictures[0]):
                note(
                    "IMG005", message("picture-twice", address=address, other=pictures[0]), fallback, f"<{pictures[0]}>"
                )
                fallback.decompose()
                break


def name_of(address: str) -> str:
    """Return the name of a picture's file without suffix and size, the address if it has no name.

    >>> name_of("https://example.org/a/press-600x400.jpg?w=3") == name_of("https://img.example.org/press.webp")
    True
    >>> name_of("https://img.example.org/640")
    'https://img.example.org/640'
    """
    file = address.partition("?")[0].partition("#")[0].rpartition("/")[2]
    name = file.rpartition(".")[0] or (file if len(file) >= LONG else "")
    return _SIZE.sub("", name) or address


def _address(picture: Element) -> str:
    return lazy.address_of(picture) or written(picture.attr("src"))


def _picture(fallback: Element, step: int) -> Element | None:
    """Return the only picture of the element before or after `<noscript>`, None if there is other content in it."""
    siblings = fallback.previous_siblings if step < 0 else fallback.next_siblings
    beside = next((each for each in siblings if not isinstance(each, TextNode) or each.data.strip()), None)
    if not isinstance(beside, Element) or beside.tag == "noscript" or beside.text.strip(EDGE_SPACE):
        return None
    pictures = [beside] if beside.tag == "img" else list(beside.iter_elements("img"))
    return pictures[0] if len(pictures) == 1 else None
