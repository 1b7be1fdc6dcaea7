"""Volume → HTML: one self-contained file, whose content security policy forbids loading anything."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import BinaryIO

from convert.bundle.parts import DateGroup
from convert.model import Article, Elsewhere, Entry, Volume
from convert.text import visible
from convert.words import Words, words
from convert.writers.book.escapes import attribute, text
from convert.writers.book.front import about
from convert.writers.book.lists import entry_of, line, section_index
from convert.writers.book.names import NamesBeside, PageNames, anchor
from convert.writers.book.pages import chapter, left_out
from convert.writers.book.volume import heading
from convert.writers.options import Options, Page
from convert.writers.part import RenderedArticle, Tally
from convert.writers.references import section_anchor

NAMES = PageNames()
GENERATOR = "archive-convert"
"""Mark of pages written by this program, by which the html reader recognises them; without a version, so that a release
does not change every file."""
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
BESIDE = POLICY.replace("data:", "data: 'self'")
"""Policy of a file whose pictures lie beside it."""


def render(article: Article, page: Page) -> bytes:
    """Return the part of one article."""
    names = NamesBeside(page.options.assets) if page.options.assets else NAMES
    return chapter(article, page, names).encode()


def stand_in(entry: Entry, message: str, page: Page, language: str) -> bytes:
    """Return the part of an article that could not be converted."""
    return left_out(entry, message, page, NAMES, language).encode()


def bind(
    volume: Volume, chapters: Iterator[RenderedArticle], out: BinaryIO, options: Options, tally: Tally, workers: int = 1
) -> None:
    """Write the document: a table of contents if there are several articles, then one section after the other.

    `chapters` yields the part of each of the volume's entries, in their order.
    """
    tag = attribute(volume.language)
    style = files("convert.writers.book").joinpath("book.css").read_text("utf-8")
    out.write(
        f'<!DOCTYPE html>\n<html lang="{tag}">\n<head>\n<meta charset="utf-8"/>\n'
        f'<meta name="generator" content="{GENERATOR}"/>\n'
        f'<meta http-equiv="Content-Security-Policy" content="{BESIDE if options.assets else POLICY}"/>\n'
        '<meta name="referrer" content="no-referrer"/>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
        f"<title>{text(visible(volume.title))}</title>\n<style>\n{style}\n"
        "body { max-width: 42em; margin: 0 auto; padding: 1em; }\n</style>\n</head>\n<body>\n".encode()
    )
    many = sum(1 for _ in volume.entries()) > 1
    if many:
        out.write("".join(_contents(volume)).encode("utf-8", "ignore"))
    out.write(b"<main>\n")
    for section in volume.sections:
        if many:
            title = f'<h1 class="section">{text(heading(section))}</h1>'
            out.write(f'<section id="{section_anchor(section.key)}">\n{title}\n'.encode())
        for _ in section.entries:
            part = next(chapters)
            tally.note(part)
            out.write(part.data)
            out.write(b"\n")
        if many:
            out.write(b"</section>\n")
    if many:
        out.write(f'<section class="about" id="about">\n{about(volume, tally)}</section>\n'.encode())
    out.write(b"</main>\n</body>\n</html>\n")


def _contents(volume: Volume) -> Iterator[str]:
    label = words(volume.language)
    title = label["contents"]
    yield f"<header>\n<h1>{text(visible(volume.title))}</h1>\n</header>\n"
    yield f'<nav id="contents" aria-label="{attribute(title)}">\n'
    yield "<ol>\n"
    titles = {section.key: heading(section) for section in volume.sections}
    for section in volume.sections:
        yield f'<li><a href="#{section_anchor(section.key)}">{text(heading(section))}</a>\n'
        yield from _list(section_index(section, volume).group, titles, label)
        yield "</li>\n"
    yield f'<li><a href="#about">{text(label["about"])}</a></li>\n</ol>\n</nav>\n'


def _list(part: DateGroup, titles: Mapping[str, str], label: Words) -> Iterator[str]:
    yield "<ol>\n"
    for child in part.parts:
        yield f"<li>{text(child.title)}\n"
        yield from _list(child, titles, label)
        yield "</li>\n"
    for item in part.items:
        href = None if isinstance(item, Elsewhere) and item.volume else f"#{anchor(entry_of(item).path)}"
        yield f"<li>{line(item, href, titles, label)}</li>\n"
    yield "</ol>\n"
