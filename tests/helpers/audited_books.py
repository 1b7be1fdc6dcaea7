"""Books that the audit judges: a small sealed EPUB, with one thing changed."""

import io
import struct
import zipfile
from collections.abc import Mapping
from html import escape
from pathlib import Path

from convert.audit.epub import judge
from convert.audit.found import Found, Scope
from convert.audit.judging import judge_bytes, judge_inside
from convert.audit.vector import Vector

CONTAINER = (
    '<?xml version="1.0"?>\n<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">\n'
    '<rootfiles><rootfile full-path="EPUB/a.opf" media-type="application/oebps-package+xml"/>{rootfile}</rootfiles>\n'
    "{links}</container>"
)
PACKAGE = (
    '<?xml version="1.0"?>\n<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="i">\n'
    '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="i">a</dc:identifier>\n'
    "<dc:title>a</dc:title><dc:language>en</dc:language><dc:source>http://a.example/source</dc:source>\n{metadata}"
    '</metadata>\n<manifest><item id="n" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>\n'
    '<item id="p" href="page.xhtml" media-type="application/xhtml+xml" media-overlay="o"/>\n'
    '<item id="x" href="toc.ncx" media-type="application/x-dtbncx+xml"/>\n'
    '<item id="o" href="o.smil" media-type="application/smil+xml"/><item id="c" href="c.css" media-type="text/css"/>\n'
    '{manifest}</manifest>\n<spine toc="x"><itemref idref="p"/></spine>\n{opf}</package>'
)
PAGE = (
    '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml" '
    'xmlns:epub="http://www.idpf.org/2007/ops">\n<head><title>a</title></head><body>\n<p>a</p>{html}</body></html>'
)
NCX = (
    '<?xml version="1.0"?>\n<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1"><head/>\n'
    '<docTitle><text>a</text></docTitle>\n<navMap><navPoint id="p"><navLabel><text>a</text></navLabel>\n'
    '<content src="page.xhtml"/></navPoint>{ncx}</navMap></ncx>'
)
SMIL = (
    '<?xml version="1.0"?>\n<smil xmlns="http://www.w3.org/ns/SMIL" version="3.0"><body>\n'
    '<par><text src="page.xhtml#a"/></par>{smil}</body></smil>'
)
ENCRYPTION = '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container">{encryption}</encryption>'


PARTS = ("rootfile", "links", "metadata", "manifest", "opf", "html", "ncx", "smil", "encryption")
"""Places of a book for other text."""


def book(parts: Mapping[str, str] | None = None, files: Mapping[str, bytes] | None = None) -> bytes:
    """A book with other text in some places of its files, and with other files."""
    given = dict.fromkeys(PARTS, "") | dict(parts or {})
    content = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "EPUB/a.opf": PACKAGE,
        "EPUB/nav.xhtml": PAGE.replace(
            "{html}", '<nav epub:type="toc"><ol><li><a href="page.xhtml">a</a></li></ol></nav>'
        ),
        "EPUB/page.xhtml": PAGE,
        "EPUB/toc.ncx": NCX,
        "EPUB/o.smil": SMIL,
        "EPUB/c.css": "p { color: red }",
    }
    if given["encryption"]:
        content["META-INF/encryption.xml"] = ENCRYPTION
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items():
            for key, value in given.items():
                text = text.replace(f"{{{key}}}", value)
            if name not in (files or {}):
                archive.writestr(zipfile.ZipInfo(name), text)
        for name, data in (files or {}).items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


def with_example(vector: Vector, address: str) -> tuple[str, bytes]:
    """The entry where a vector of books is found, and a book that has it there."""
    place, _, text = vector.example.replace("{u}", escape(address)).partition(" ")
    kind, _, path = place.partition(":")
    if kind in ("xml", "file"):
        return path, book(files={path: text.encode()})
    if kind == "lcp":
        return "META-INF/license.lcpl", book(files={"META-INF/license.lcpl": text.encode()})
    entry = {
        "opf": "EPUB/a.opf", "container": "META-INF/container.xml", "html": "EPUB/page.xhtml", "ncx": "EPUB/toc.ncx",
        "smil": "EPUB/o.smil", "encryption": "META-INF/encryption.xml",
    }[kind]  # fmt: skip
    part = path or {"container": "rootfile"}.get(kind, kind)
    if part == "links":
        text = f"<links>{text}</links>"
    return entry, book({part: text}, {"EPUB/z.dat": b"\1\2"} if "z.dat" in text else None)


def spoilt(name: str) -> bytes:
    """An archive with a fault that is named after its vector."""
    good = book()
    out = io.BytesIO(good)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo("EPUB/z.css")
        data: bytes = b"p { color: red }"
        if name == "zip-name-twice":
            import warnings

            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                archive.writestr("EPUB/c.css", data)
            return _closed(archive, out)
        if name == "zip-path":
            info.filename = "../z.css"
        elif name == "zip-link":
            info.external_attr = 0o120777 << 16
        elif name == "zip-owner":
            info.extra = struct.pack("<2HBBLBL", 0x7875, 11, 1, 4, 1000, 4, 1000)
        elif name == "zip-times":
            info.extra = struct.pack("<2HBL", 0x5455, 5, 1, 1_600_000_000)
        elif name == "zip-comment":
            archive.comment = b"made by a"
        elif name == "zip-bomb":
            data = bytes(30_000_000)
        elif name == "zip-nested":
            info.filename, data = "EPUB/z.bin", book()
        archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    made = out.getvalue()
    if name == "zip-hidden-bytes":
        return b"#!/bin/sh\n" + made
    if name == "zip-names-differ":
        return made.replace(b"EPUB/z.css", b"EPUB/y.css", 1)
    if name == "zip-encrypted":
        at = made.rindex(b"PK\x01\x02")
        return made[: at + 8] + b"\1" + made[at + 9 :]
    return made[: len(made) // 2] if name == "zip-broken" else made


def _closed(archive: zipfile.ZipFile, out: io.BytesIO) -> bytes:
    archive.close()
    return out.getvalue()


def found_in_book(data: bytes, folder: Path) -> list[Found]:
    """What the audit finds in a book."""
    file = folder / "a.epub"
    file.write_bytes(data)
    return list(judge(str(file), Scope(judge=judge_inside), judge_bytes))
