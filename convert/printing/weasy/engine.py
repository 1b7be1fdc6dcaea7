"""Drawing with WeasyPrint: HTML and a style sheet → pages.

Nothing is fetched: style sheets are passed as text, and every request for a file or an address is refused.
"""

import atexit
import contextlib
import io
import logging
import math
import os
import re
import ssl
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from convert.errors import MissingError
from convert.printing.fonts.chain import Faces, chain, family_list, font_faces
from convert.printing.model import Chunk
from convert.printing.pages import PAGES, PageSize, of_table, shortened
from convert.printing.tables import fill, grid
from convert.printing.tree import HEADINGS, ParsedSection, characters
from convert.printing.variants import VARIANTS
from convert.printing.weasy.bold import embolden
from convert.printing.weasy.justify import justify_chinese
from convert.printing.weasy.language import complete
from convert.sandbox.abilities import forgiving
from convert.text import squeeze

PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
"""Packages of Debian and Ubuntu with the libraries that WeasyPrint needs."""

LENGTH = 200
"""Most characters of a warning: some contain addresses, which may be whole pictures."""
EPOCH = "SOURCE_DATE_EPOCH"
NOTES = ".//span[@class='note']"
TEXTS = frozenset({"p", "li", "th", "td", "caption", "figcaption", *HEADINGS})
"""Elements that hold lines."""
MOST_NOTES = 12
"""Most footnotes of a block that WeasyPrint can place on a page."""

CAPTIONS = "figure { break-inside: auto !important }\nfigure .picture { break-after: avoid }\n"
"""Rules for pages that divide captions, of which two lines stay with the picture."""
SELECTOR = re.compile("\ufe0f(?=[\u20e3\u200d])")
"""Variation selector inside a sequence that one glyph draws; it would make WeasyPrint lose the glyph's characters."""


@cache
def engine() -> Any:
    """Return the module `weasyprint`, imported at the first call.

    Raises:
        MissingError: it or a library of the system is missing; the message names the next step.
    """
    try:
        # It prints advice to standard output, and warns about a library that it will need in future.
        # It looks for libraries by programs, which are refused.
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(), forgiving():
            warnings.simplefilter("ignore")
            module = import_module("weasyprint")
            complete()
            embolden()
            justify_chinese()
            return module
    except ImportError as error:
        raise MissingError(
            'PDF needs WeasyPrint, which is not installed ({reason}); pip install "weasyprint>=70"', reason=str(error)
        ) from error
    except OSError as error:
        raise MissingError(
            "PDF needs Pango and HarfBuzz, which this system lacks ({reason}); on Debian or Ubuntu: apt-get install "
            "{packages} (other systems: doc.courtbouillon.org/weasyprint, First steps)",
            reason=str(error).partition(":")[0],
            packages=PACKAGES,
        ) from error


def draw(sections: Sequence[ParsedSection], chunk: Chunk) -> tuple[bytes, tuple[str, ...]]:
    """Return the sections as PDF, and the warnings.

    Raises:
        ConvertError: the system lacks what WeasyPrint needs.
    """
    engine()  # before any other import of it: what it tries meanwhile is not the document's doing
    out = io.BytesIO()
    faces = chain(chunk.language).needed(characters(sections))
    with collected_warnings() as messages:
        options: dict[str, Any] = {"pdf_variant": VARIANTS[chunk.design.variant].weasyprint, "pdf_tags": True}
        layout: dict[str, Any] = {
            **options,
            "stylesheets": style_sheets(chunk.design.page, chunk.design.stylesheet, faces),
            "font_config": configuration(),
            "presentational_hints": True,  # without them a list's start is lost
        }
        _leave_many_notes(sections, PAGES[chunk.design.page])
        document = _lay_out(sections, chunk, layout)
        if _leave_lost_notes(sections, {name for page in document.pages for name in page.anchors}):
            document = _lay_out(sections, chunk, layout)
        with timeless():
            document.write_pdf(out, **options)
    return out.getvalue(), tuple(messages)


def _lay_out(sections: Sequence[ParsedSection], chunk: Chunk, layout: Mapping[str, Any]) -> Any:
    return engine().HTML(string=make_html(sections, chunk), url_fetcher=make_fetcher({})).render(**layout)


def _leave_many_notes(sections: Sequence[ParsedSection], page: PageSize) -> None:
    """Print the footnotes of a block at their calls if together they could take more than half a page.

    WeasyPrint does not divide footnotes between pages, and moves those without room to the next page, even into another
    article.
    """
    for parsed in sections:
        if parsed.element.find(NOTES) is None:
            continue
        for block in (each for each in parsed.element.iter() if each.tag in TEXTS):
            notes = block.findall(NOTES)
            lines = sum(math.ceil(sum(map(len, note.itertext())) / page.room) for note in notes)
            if len(notes) > MOST_NOTES or lines > page.unbroken_lines * 1.5:
                for note in notes:
                    note.set("class", "note here")


def _leave_lost_notes(sections: Sequence[ParsedSection], drawn: Collection[str]) -> bool:
    """Print the footnotes of an article at their calls if any is lost; return True if that changed an article.

    WeasyPrint loses footnotes if too many are called on one page.
    """
    lost = False
    for parsed in sections:
        notes = parsed.element.findall(NOTES)
        if any(note.get("id") not in drawn for note in notes):
            lost = True
            for note in notes:
                note.set("class", "note here")
    return lost


def make_html(sections: Sequence[ParsedSection], chunk: Chunk) -> str:
    """Return the sections as one HTML document."""
    root = ElementTree.Element("html", lang=chunk.language)
    ElementTree.SubElement(ElementTree.SubElement(root, "head"), "title").text = chunk.title
    body = ElementTree.SubElement(root, "body", {"class": f"{chunk.design.style} {'alone' if chunk.alone else 'book'}"})
    length = PAGES[chunk.design.page].running
    for section, _, element in sections:
        holder = ElementTree.SubElement(body, "div", {"class": f"leaf {section.kind}"})
        holder.set("data-title", shortened(section.title, length))
        holder.set("data-section", shortened(section.section_title, length))
        if section.heading:
            heading = ElementTree.SubElement(holder, "h1", {"id": section.heading_anchor, "class": "section"})
            heading.text = section.heading
        holder.append(element)
        for table in element.iter("table"):
            _shape(table, PAGES[chunk.design.page].room)
    # an empty <a/> must not be left open
    return "<!DOCTYPE html>" + SELECTOR.sub("", ElementTree.tostring(root, encoding="unicode", method="html"))


def _shape(table: ElementTree.Element, room: float) -> None:
    """Set styles of a table that depend on its columns, and fill rows that are too short.

    Many columns get smaller type, and a picture does not widen its column.  Tags require rows of one length.
    """
    cells = grid(table)
    fill(table, cells)
    size, side = of_table(cells.width, room)
    table.set("style", f"--type: {size:.3f}rem; --side: {side:.3f}rem")
    for row in cells.rows:
        for slot in row:
            for image in () if slot.element is None else slot.element.iter("img"):
                image.set("style", f"max-width: {room * slot.width / cells.width - 2 * side:.3f}rem")


# --- styles -----------------------------------------------------------------------------------------------------------


@cache
def configuration() -> Any:
    """Return the configuration of fonts, read once in a process, because that takes longer than an article."""
    fonts = import_module("weasyprint.text.fonts").FontConfiguration()
    # WeasyPrint stores fonts in a temporary folder, and removes it only if it is released before Python ends.
    atexit.register(configuration.cache_clear)
    return fonts


@cache
def style_sheets(page: str, stylesheet: str, faces: Faces) -> list[Any]:
    """Return the project's style sheet for a size of pages and some fonts, and the user's own."""
    declarations, font_files = font_faces(faces)
    sheets = [declarations + css(page, faces), *([stylesheet] if stylesheet else ())]
    fetcher = make_fetcher(font_files)
    # Without a base, a relative address would raise an error before the fetcher refuses it.
    common = {"url_fetcher": fetcher, "font_config": configuration(), "base_url": "file:///"}
    return [engine().CSS(string=sheet, **common) for sheet in sheets]


def css(page: str, faces: Faces) -> str:
    """Return the project's style sheet for a size of pages and some fonts, as text."""
    text = (files("convert.printing.weasy") / "print.css").read_text(encoding="utf-8")
    for name, used in zip(("Serif", "Sans", "Mono"), faces, strict=True):
        text = text.replace(f'"Book {name}"', family_list(used))
    return page_rule(page) + text


def page_rule(name: str) -> str:
    """Return the size of pages, and lengths that depend on it, as CSS."""
    page = PAGES[name]
    return (
        f"@page {{ size: {page.width}mm {page.height}mm; margin: {page.top}mm {page.side}mm {page.bottom}mm }}\n"
        f"html {{ font-size: {page.size}pt; line-height: {page.leading};"
        f" --picture: {page.height * 0.5:.0f}mm; --drop: {page.height * 0.2:.0f}mm }}\n"
        + (CAPTIONS if page.divides_captions else "")
    )


# --- isolation --------------------------------------------------------------------------------------------------------


def make_fetcher(font_files: Mapping[str, Path]) -> Any:
    """Return a fetcher of `data:` addresses and of `font_files` by their addresses, which refuses everything else.

    WeasyPrint treats the refusal (ValueError) as a missing picture and continues.
    """
    urls = import_module("weasyprint.urls")

    class Fetcher(urls.URLFetcher):  # type: ignore[misc, name-defined]
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if url in font_files:
                return urls.URLFetcherResponse(url, font_files[url].read_bytes(), {"Content-Type": "font/otf"})
            return super().fetch(url, headers)

    # The empty context is never used, but without it the class would read the system's certificates.
    return Fetcher(allowed_protocols=("data",), ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


@contextlib.contextmanager
def timeless() -> Iterator[None]:
    """Make fontTools write no clock time into fonts (reproducible-builds.org, SOURCE_DATE_EPOCH)."""
    before = os.environ.get(EPOCH)
    os.environ[EPOCH] = "0"
    try:
        yield
    finally:
        if before is None:
            del os.environ[EPOCH]
        else:
            os.environ[EPOCH] = before


class WarningCollector(logging.Handler):
    """Log handler that records each warning once."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: dict[str, None] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Record the message."""
        self.messages[squeeze(record.getMessage(), LENGTH)] = None


@contextlib.contextmanager
def collected_warnings() -> Iterator[dict[str, None]]:
    """Collect the warnings of WeasyPrint and fontTools, instead of writing them to standard error."""
    collector, loggers = WarningCollector(), [logging.getLogger(name) for name in ("weasyprint", "fontTools")]
    before = [(logger.level, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.addHandler(collector)
        logger.setLevel(logging.WARNING)  # whatever the process takes of all others
        logger.propagate = False
    try:
        yield collector.messages
    finally:
        for logger, (level, propagate) in zip(loggers, before, strict=True):
            logger.removeHandler(collector)
            logger.setLevel(level)
            logger.propagate = propagate
