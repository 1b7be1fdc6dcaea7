"""Recognising pictures by their first bytes, and naming what is none."""

import re

from convert.pictures.model import Missing
from convert.pictures.store import MAX_BYTES

MAX_PIXELS = 40_000_000
"""Pixels of the largest picture that is read: cameras of phones make up to a quarter more, news sites a fortieth."""
_KINDS = (
    ("jpeg", re.compile(rb"\xff\xd8\xff")),
    ("png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("gif", re.compile(rb"GIF8[79]a")),
    ("webp", re.compile(rb"RIFF....WEBP", re.DOTALL)),
    ("avif", re.compile(rb"\0\0..ftyp(?:(?:mif1|msf1).{4}(?:.{4}){0,60}?)?(?:avif|avis)", re.DOTALL)),
)
"""Beginnings of the kinds of pictures that are read."""
_OTHERS = (
    ("nothing", rb"\Z"),
    ("SVG", rb"\s*(?:<[?!][^>]{0,999}>\s*)*<svg\b"),
    ("HTML", rb"\s*(?:<!--.{0,999}?-->\s*)?<(?:!doctype html|html|head|body|script|meta|title|p|div)\b"),
    ("XML", rb"\s*<\?xml"),
    ("JSON", rb"\s*[{\[]"),
    ("PDF", rb"%PDF-"),
    ("PostScript", rb"%!PS|\xc5\xd0\xd3\xc6"),
    ("TIFF", rb"II[*+]\0|MM\0[*+]"),
    ("BMP", rb"BM.{4}\0{4}"),
    ("a Windows icon", rb"\0\0[\x01\x02]\0"),
    ("a Photoshop file", rb"8BPS"),
    ("FITS", rb"SIMPLE  ="),
    ("JPEG XL", rb"\xff\x0a|\0\0\0\x0cJXL "),
    ("JPEG 2000", rb"\xff\x4f\xff\x51|\0\0\0\x0cjP  "),
    ("HEIF, or a video", rb"....ftyp"),
    ("a video", rb"\x1a\x45\xdf\xa3|\0\0\x01\xba|FLV"),
    ("an archive", rb"PK\x03\x04|\x1f\x8b|7z\xbc\xaf|Rar!"),
)
"""Beginnings of what servers send instead, and its names; the first one that matches counts."""


def kind_of(data: bytes) -> str:
    """Return the kind of picture that bytes begin as, a key of `KINDS`, "" if they are of none.

    >>> kind_of(b"GIF89a"), kind_of(b"<svg>")
    ('gif', '')
    """
    return next((kind for kind, beginning in _KINDS if beginning.match(data)), "")


def unreadable(data: bytes) -> Missing | None:
    """Return why bytes cannot be a picture, as far as that can be said without reading it.

    >>> unreadable(b"<!DOCTYPE html><title>Not found</title>")
    Missing(reason='no-picture', detail='HTML')
    """
    if not kind_of(data):
        known = (name for name, beginning in _OTHERS if re.match(beginning, data[:2000], re.DOTALL | re.IGNORECASE))
        return Missing("no-picture", next(known, f"it begins with {data[:8].hex(' ')}"))
    if len(data) > MAX_BYTES:
        return Missing("too-large", f"{len(data):,} bytes, of {MAX_BYTES:,} at most")
    return None
