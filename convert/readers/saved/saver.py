"""The address of a page, as the program that saved it wrote it down.

These are browsers, SingleFile, monolith, Save Page WE, WebScrapBook, HTTrack and Evernote.
"""

import html
import re

from turbohtml import Document

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
