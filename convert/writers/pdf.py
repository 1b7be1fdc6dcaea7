"""PDF: one printed book from a volume and its chapters, drawn by WeasyPrint as tagged PDF (ISO 14289-1, PDF/UA-1).

Nothing is fetched: style sheets are handed over as text, and whatever a page asks for but does not hold is refused.
The same volume gives the same bytes on one machine: identifier and dates come from its content.
"""

from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO
from xml.etree import ElementTree

from convert.errors import ConvertError
from convert.model import Entry, Volume
from convert.text import squeeze
from convert.words import words
from convert.writers.fonts import engine, hearing, make_fetcher, press
from convert.writers.names import anchor, section_anchor
from convert.writers.options import Options
from convert.writers.part import Part, Tally
from convert.writers.volume import NOTHING, cover_lines, heading, identifier, label, newest, visible
from convert.writers.xhtml import attribute, text

RUNNING_LENGTH = 26
"""Characters of a title that fit at the head of a page."""

NAMESPACES = b'<x xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">%s</x>'


def bind(volume: Volume, chapters: Iterator[Part], out: BinaryIO, options: Options, tally: Tally) -> None:
    """Write `volume` to `out` as PDF.

    `chapters` yields the `<article>` element of each of `volume.entries()`, in their order.  `options` says nothing
    that the chapters do not already follow.  A volume of one article has neither title page nor contents.
    Raises ConvertError for a volume without articles, for an article that is no XML, and where the system lacks what
    WeasyPrint needs; ValueError where chapters and entries differ in number.
    """
    with hearing():
        configuration, style = press()
        html = "".join(make_pages(volume, (part.data for part in chapters)))
        engine().HTML(string=html, url_fetcher=make_fetcher({})).write_pdf(
            out,
            stylesheets=[style],
            font_config=configuration,
            presentational_hints=True,  # without them a list's start is lost
            pdf_variant="pdf/ua-1",
            pdf_identifier=identifier(volume).hex.encode(),
        )


# --- the page that WeasyPrint sees -----------------------------------------------------------------------------------


def make_pages(volume: Volume, chapters: Iterator[bytes]) -> Iterator[str]:
    """The volume as one HTML document, part by part."""
    entries = list(volume.entries())
    if not entries:
        raise ConvertError(NOTHING)
    alone, when = len(entries) == 1, newest(volume)
    title = visible(volume.title)
    articles = [make_article(chapter, entry) for entry, chapter in zip(entries, chapters, strict=True)]

    yield f'<!DOCTYPE html><html lang="{attribute(volume.language)}"><head><meta charset="utf-8">'
    yield f"<title>{text(title)}</title>"
    for key in ("created", "modified") if when else ():
        yield f'<meta name="dcterms.{key}" content="{when:%Y-%m-%dT%H:%M:%SZ}">'
    yield f"</head><body{' class=alone' if alone else ''}>"
    if alone:
        yield articles[0]
    else:
        yield from make_book(volume, title, articles)
    yield "</body></html>"


def make_book(volume: Volume, title: str, articles: list[str]) -> Iterator[str]:
    """Title page, contents, and the sections with their articles."""
    yield f'<section class="cover"><h1>{text(title)}</h1>'
    yield "".join(f"<p>{text(line)}</p>" for line in cover_lines(volume)) + "</section>"

    yield f'<nav id="contents"><h1>{text(words(volume.language)["contents"])}</h1><ol>'
    for section in volume.sections:
        if section.entries:
            yield f'<li><a href="#{section_anchor(section.key)}">{text(heading(section))}</a><ol>'
            yield from (f'<li><a href="#{anchor(it.path)}">{text(label(it))}</a></li>' for it in section.entries)
            yield "</ol></li>"
    yield "</ol></nav>"

    rest = iter(articles)
    for section in volume.sections:
        if section.entries:
            running = squeeze(heading(section), RUNNING_LENGTH)
            yield f'<section class="section" id="{section_anchor(section.key)}">'
            yield f'<h1 data-running="{attribute(running)}">{text(heading(section))}</h1>'
            yield from islice(rest, len(section.entries))
            yield "</section>"


def make_article(chapter: bytes, entry: Entry) -> str:
    """A chapter as HTML, in which an empty `<a/>` is not left open, with what bookmarks and page heads call it."""
    try:
        # Our own markup; inside an element there is no place for a DTD (XML 1.0, section 2.8), so no entity can grow.
        article = ElementTree.fromstring(NAMESPACES % chapter)[0]  # noqa: S314
    except (ElementTree.ParseError, IndexError) as error:
        raise ConvertError(f"{entry.path}: its chapter is no XHTML ({error}); please report this") from error
    for element in article.iter():
        element.tag = element.tag.rpartition("}")[2]
        for name in [name for name in element.attrib if name.startswith("{")]:
            del element.attrib[name]  # xml:lang, which stands beside lang, and epub:type
    article.set("id", anchor(entry.path))
    article.set("data-label", label(entry))
    article.set("data-running", squeeze(label(entry), RUNNING_LENGTH))
    return ElementTree.tostring(article, encoding="unicode", method="html")
