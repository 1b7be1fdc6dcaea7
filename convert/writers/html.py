"""Volume → HTML: one self-contained file.  A content security policy says again that nothing is ever loaded."""

from collections.abc import Iterator
from importlib.resources import files
from typing import BinaryIO

from convert.model import Article, Entry, Volume
from convert.words import words
from convert.writers.names import PageNames, anchor, section_anchor
from convert.writers.options import Options, Page
from convert.writers.pages import chapter, left_out
from convert.writers.xhtml import attribute, text

NAMES = PageNames()
GENERATOR = "archive-convert"
"""How the reader of saved pages tells ours; without a version, so that a release does not change every file."""
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def render(article: Article, page: Page) -> bytes:
    """The part of one article."""
    return chapter(article, page, NAMES).encode()


def stand_in(entry: Entry, message: str, page: Page, language: str) -> bytes:
    """The part of an article that could not be converted."""
    return left_out(entry, message, page, NAMES, language).encode()


def bind(volume: Volume, chapters: Iterator[bytes], out: BinaryIO, options: Options) -> None:
    """Writes the document: a table of contents if there is more than one article, then one section after the other.

    `chapters` yields the part of each of the volume's entries, in their order.
    """
    tag = attribute(volume.language)
    style = files("convert.writers").joinpath("book.css").read_text("utf-8")
    out.write(
        f'<!DOCTYPE html>\n<html lang="{tag}">\n<head>\n<meta charset="utf-8"/>\n'
        f'<meta name="generator" content="{GENERATOR}"/>\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"/>\n'
        '<meta name="referrer" content="no-referrer"/>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
        f"<title>{text(volume.title)}</title>\n<style>\n{style}\n"
        "body { max-width: 42em; margin: 0 auto; padding: 1em; }\n</style>\n</head>\n<body>\n".encode()
    )
    many = sum(1 for _ in volume.entries()) > 1
    if many:
        out.write(_contents(volume).encode())
    for section in volume.sections:
        if many:
            out.write(
                f'<section id="{section_anchor(section)}">\n<h1 class="section">{text(section.title)}</h1>\n'.encode()
            )
        for _ in section.entries:
            out.write(next(chapters))
            out.write(b"\n")
        if many:
            out.write(b"</section>\n")
    out.write(b"</body>\n</html>\n")


def _contents(volume: Volume) -> str:
    title = words(volume.language)["contents"]
    parts = [
        f"<header>\n<h1>{text(volume.title)}</h1>\n</header>\n"
        f'<nav id="contents" aria-label="{attribute(title)}">\n<ol>\n'
    ]
    for section in volume.sections:
        parts.append(f'<li><a href="#{section_anchor(section)}">{text(section.title)}</a>\n<ol>\n')
        parts += [
            f'<li><a href="#{anchor(entry)}">{text(entry.title)}</a> <time>{text(entry.published[:10])}</time></li>\n'
            for entry in section.entries
        ]
        parts.append("</ol></li>\n")
    parts.append("</ol>\n</nav>\n")
    return "".join(parts)
