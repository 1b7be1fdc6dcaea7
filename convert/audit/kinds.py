"""Kinds of files, by their first bytes, and by their name where text could be of several kinds."""

import re

_MAGIC = (
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"ZIM\x04", "zim"),
    (b"WARC/", "warc"),
    (b"\x89PNG\r\n\x1a\n", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF87a", "picture"),
    (b"GIF89a", "picture"),
    (b"BM", "picture"),
    (b"II*\x00", "picture"),
    (b"MM\x00*", "picture"),
    (b"wOFF", "font"),
    (b"wOF2", "font"),
    (b"\x00\x01\x00\x00", "font"),
    (b"OTTO", "font"),
    (b"true", "font"),
    (b"ttcf", "font"),
    (b"ID3", "recording"),
    (b"\xff\xfb", "recording"),
    (b"OggS", "recording"),
    (b"fLaC", "recording"),
    (b"\x1aE\xdf\xa3", "recording"),
    (b"SQLite format 3\0", "inert"),  # of the cache beside an output
)
_MAGICS = tuple(magic for magic, _ in _MAGIC)
_NAMES = {
    "html": "html",
    "htm": "html",
    "xhtml": "xhtml",
    "xht": "xhtml",
    "svg": "svg",
    "css": "css",
    "opf": "xml",
    "ncx": "xml",
    "smil": "xml",
    "pls": "xml",
    "xpgt": "xml",
    "plist": "xml",
    "xml": "xml",
    "js": "script",
    "mjs": "script",
    "dtd": "inert",
    "gitignore": "text",
    "md": "markdown",
    "markdown": "markdown",
    "json": "json",
    "jsonl": "json",
    "jsonld": "json",
    "webmanifest": "json",
    "txt": "text",
    "csv": "text",
    "tsv": "text",
    "mht": "mhtml",
    "mhtml": "mhtml",
    "pdf": "pdf",
    "epub": "zip",
    "kepub": "zip",
    "zip": "zip",
    "cbz": "zip",
}
_TYPES = {
    "text/javascript": "script",
    "application/javascript": "script",
    "text/html": "html",
    "application/xhtml+xml": "xhtml",
    "image/svg+xml": "svg",
    "text/css": "css",
    "text/xml": "xhtml",
    "application/xml": "xhtml",
    "application/x-dtbook+xml": "xhtml",
    "application/pdf": "pdf",
    "text/markdown": "markdown",
    "application/json": "json",
    "application/ld+json": "json",
}
_INERT = (
    "image/",
    "font/",
    "audio/",
    "video/",
    "application/font",
    "application/x-font",
    "application/vnd.ms-opentype",
)


def kind_of(head: bytes, name: str) -> str:
    """Return the kind of a file, "" if it is not known.

    >>> kind_of(b"%PDF-1.7", "a.txt"), kind_of(b"<p>", "a.htm"), kind_of(b"<svg/>", "a"), kind_of(b"?", "a.exe")
    ('pdf', 'html', 'svg', '')
    """
    for magic, kind in _MAGIC if head.startswith(_MAGICS) else ():
        if head.startswith(magic):
            return "wacz" if kind == "zip" and name.lower().endswith(".wacz") else kind
    if head[:4] == b"RIFF":
        return "picture" if head[8:12] == b"WEBP" else "recording"
    if head[4:8] == b"ftyp":
        return "picture" if head[8:12] in (b"avif", b"avis", b"heic", b"heix", b"mif1") else "recording"
    if head[:2] == b"\x1f\x8b" and name.lower().endswith(".warc.gz"):
        return "warc"
    if name.lower().endswith(".warc.zst"):
        return "warc"
    known = _NAMES.get(_ending(name), "")
    return _kind_of_text(head) or known if known in ("", "xml") else known


def kinds_of(head: bytes, name: str) -> set[str]:
    """Return the kinds that programs may take a file for: by its content, and by its name.

    >>> sorted(kinds_of(b"GIF89a<script>", "a.html")), kinds_of(b"GIF89a", "a.gif")
    (['html', 'picture'], {'picture'})
    """
    kinds = {kind_of(head, name), _NAMES.get(_ending(name), "")}
    return kinds - {"", "inert", "xml"} or kinds - {""} or kinds


def _ending(name: str) -> str:
    """Return what follows the last dot of a name, as in `.gitignore` too."""
    base = name.replace("\\", "/").rpartition("/")[2]
    return base.rpartition(".")[2].lower() if "." in base else ""


def _kind_of_text(head: bytes) -> str:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith(b"<svg") or (text.startswith((b"<?xml", b"<!--", b"<!doctype svg")) and b"<svg" in text):
        return "xhtml" if b"<html" in text else "svg"
    if text.startswith(b"<?xml"):
        return "xhtml" if b"<html" in text else "xml"
    if text.startswith((b"mime-version:", b"from:")) and b"multipart/related" in text:
        return "mhtml"
    return "html" if text.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<!--")) else ""


_JSON = re.compile(rb"\s*(?:\{\s*[\"}]|\[\s*[\[{\"\d\]])")
_SHEET = re.compile(rb"\s*(?:/\*|@[a-z-]+[\s\"'(]|[^<{}`]{1,2000}\{[^{}<`]*:)", re.I)
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def kinds_of_text(head: bytes) -> set[str]:
    """Return the kinds that a text without a name may be, as browsers and editors would read it.

    >>> kinds_of_text(b"<p>a"), kinds_of_text(b'{"a": 1}'), kinds_of_text(b"# a"), sorted(kinds_of_text(b"p { a: b }"))
    ({'html'}, {'json'}, {'markdown'}, ['css', 'markdown'])
    """
    if _BINARY.search(head) or not head.strip():
        return {"" if head.strip() else "text"}
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        return {"html"}
    if _JSON.match(text):
        return {"json"}
    return {"markdown", "css"} if _SHEET.match(text) else {"markdown"}


def kind_of_type(media_type: str, head: bytes) -> str:
    """Return the kind of a document with a media type, "inert" for those that hold nothing but a picture or a sound."""
    if media_type in _TYPES:
        return _TYPES[media_type]
    if media_type.startswith(_INERT) or media_type in ("text/plain", "application/octet-stream"):
        return kind_of(head, "") or "inert"
    return kind_of(head, "")
