"""The media type of a file by its name, the same on every system."""

import os

ATOM, OPDS = "application/atom+xml", "application/atom+xml;profile=opds-catalog"

TEXTS = {
    ".css": "text/css",
    ".csv": "text/csv",
    ".htm": "text/html",
    ".html": "text/html",
    ".js": "text/javascript",
    ".log": "text/plain",
    ".md": "text/markdown",
    ".mjs": "text/javascript",
    ".toml": "text/plain",
    ".tsv": "text/tab-separated-values",
    ".txt": "text/plain",
    ".vtt": "text/vtt",
    ".xhtml": "application/xhtml+xml",
    ".xml": "application/xml",
}
"""Types of text, which is UTF-8: the server says so."""
OTHERS = {
    ".atom": ATOM,
    ".avif": "image/avif",
    ".bmp": "image/bmp",
    ".epub": "application/epub+zip",
    ".gif": "image/gif",
    ".gz": "application/gzip",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".mhtml": "multipart/related",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".ncx": "application/x-dtbncx+xml",
    ".ogg": "audio/ogg",
    ".opf": "application/oebps-package+xml",
    ".otf": "font/otf",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".rss": "application/rss+xml",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".wacz": "application/wacz",
    ".warc": "application/warc",
    ".wasm": "application/wasm",
    ".webm": "video/webm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".zim": "application/x-zim",
    ".zip": "application/zip",
}
"""Types of which the data itself says how its text is encoded, or that are no text."""
NAMES = {"feed.xml": ATOM, "opds.xml": OPDS}
"""Types of files by their whole names, as `--catalog` writes them."""
CATALOGS = "opds"
"""Name of the folder of the other feeds of a catalogue."""


def media_type(path: str) -> str:
    """Return the value of `Content-Type` for a file.

    >>> media_type("books/opds.xml"), media_type("opds/list.xml"), media_type("a/feed.xml")[:20]
    ('application/atom+xml;profile=opds-catalog', 'application/atom+xml;profile=opds-catalog', 'application/atom+xml')

    >>> media_type("a/B.XHTML"), media_type("x.epub"), media_type("contents"), media_type("opds/2.0.json")
    ('application/xhtml+xml; charset=utf-8', 'application/epub+zip', 'application/octet-stream', 'application/json')
    """
    folder, name = os.path.split(path)
    if name in NAMES:
        return NAMES[name]
    ending = os.path.splitext(name)[1].lower()
    if ending == ".xml" and os.path.basename(folder) == CATALOGS:
        return OPDS
    text = TEXTS.get(ending)
    return f"{text}; charset=utf-8" if text else OTHERS.get(ending, "application/octet-stream")
