"""Notes of programs that save pages: the address of the page, and pictures that it shows several times.

These are browsers, SingleFile, monolith, Save Page WE, WebScrapBook, HTTrack and Evernote.
"""

import html
import re

from turbohtml import Document

from convert.late import late_pattern

HEAD, TAIL = 8192, 2048
"""Numbers of characters at the beginning and at the end of a page in which comments of programs are."""

_COMMENTS = re.compile(
    r"<!--\s*(?:"
    r"saved from url=\(\d+\)(\S+?)(?=\s|-->)"
    r"|(?:Page saved with|Archive processed by) SingleFile\b[^<>]{0,40}?\burl:\s*(\S+)"
    r"|Saved from (https?://\S+) at \S+ using monolith\b"
    r"|Mirrored from (?P<httrack>[^\s<>]+) by HTTrack\b"
    r"|(https?://[^\s<>]+)\s*-->"
    r")",
    re.I,
)
_VARIABLE = "--sf-img-"
_PICTURE = late_pattern(
    r"""(--sf-img-\d{1,6})\s*:\s*url\(\s*(?:"(data:image/[^"]*)"|'(data:image/[^']*)'|(data:image/[^\s"')]*))\s*\)"""
)
_SHOWN = late_pattern(r"background-image\s*:\s*var\(\s*(--sf-img-\d{1,6})\s*\)")
MOST = 1 << 25
"""Most characters of pictures that are put in the places where SingleFile took them out."""
_META = ("savepage-url", "savepage-from", "source-url")


def address(document: Document, text: str) -> str:
    """Return the address that the program which saved a page wrote into it, "" if none did.

    >>> from turbohtml import parse
    >>> address(parse(""), "<!-- saved from url=(0023)https://press.example/1--><html>")
    'https://press.example/1'
    """
    root = document.root
    if root is not None and (source := str(root.attr("data-scrapbook-source") or "").strip()):
        return source
    for name in _META:
        element = document.select_one(f'meta[name="{name}"]')
        if element is not None and (value := str(element.attr("content") or "").strip()):
            return value
    match = _COMMENTS.search(text, 0, HEAD) or _COMMENTS.search(text, max(HEAD, len(text) - TAIL))
    if match is None:
        return ""
    found = next(filter(None, match.groups()))
    found = html.unescape(found.removesuffix("-->"))
    return f"http://{found}" if match["httrack"] and "://" not in found else found


def put_pictures(document: Document, text: str) -> None:
    """Give each `img` its picture where SingleFile keeps that in the styles of a page, which shows it several times.

    Such an element has an empty drawing of its size as `src`, and the picture as background.
    """
    root = document.root
    if _VARIABLE not in text or root is None:
        return
    pictures = {
        match[1]: match[2] or match[3] or match[4]
        for style in root.iter_elements("style")
        for match in _PICTURE.finditer(style.text)
    }
    left = MOST
    for each in root.iter_elements("img"):
        match = _SHOWN.search(str(each.attr("style") or ""))
        picture = pictures.get(match[1], "") if match else ""
        if picture and str(each.attr("src") or "").startswith("data:image/svg+xml") and len(picture) <= left:
            each.attrs["src"] = picture
            left -= len(picture)
