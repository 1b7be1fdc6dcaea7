"""WeasyPrint: HTML and a style sheet → pages.

Nothing is fetched: style sheets are handed over as text, and whatever a page asks for but does not hold is refused.
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
from convert.printing.tree import HEADINGS, Sheet, characters
from convert.printing.variants import VARIANTS
from convert.printing.weasy.language import complete
from convert.text import squeeze

PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
"""Of Debian and Ubuntu, with the libraries that WeasyPrint needs."""

LENGTH = 200
"""Characters of a warning that are kept: addresses stand in some, and they may be whole pictures."""
EPOCH = "SOURCE_DATE_EPOCH"
NOTES = ".//span[@class='note']"
TEXTS = frozenset({"p", "li", "th", "td", "caption", "figcaption", *HEADINGS})
"""Elements that hold lines."""
MOST_NOTES = 12
"""That WeasyPrint puts on a page."""

SELECTOR = re.compile("\ufe0f(?=[\u20e3\u200d])")
"""In the middle of what one glyph draws: with it WeasyPrint would not say which characters those are."""


@cache
def engine() -> Any:
    """The module `weasyprint`, imported only when a PDF is wanted.

    Raises ConvertError with the next step where it or a library of the system is missing.
    """
    try:
        # It prints its advice on standard output, and warns of a library that it will need one day.
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = import_module("weasyprint")
            complete()
            return found
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


def draw(sheets: Sequence[Sheet], chunk: Chunk) -> tuple[bytes, tuple[str, ...]]:
    """The sheets as PDF, and what WeasyPrint had to say.

    Raises:
        ConvertError: the system lacks what WeasyPrint needs.
    """
    out = io.BytesIO()
    faces = chain(chunk.language).needed(characters(sheets))
    with hearing() as heard:
        kept: dict[str, Any] = {"pdf_variant": VARIANTS[chunk.design.variant].weasyprint, "pdf_tags": True}
        given: dict[str, Any] = {
            **kept,
            "stylesheets": style_sheets(chunk.design.page, chunk.design.stylesheet, faces),
            "font_config": configuration(),
            "presentational_hints": True,  # without them a list's start is lost
        }
        _keep_many_notes(sheets, PAGES[chunk.design.page])
        document = _laid_out(sheets, chunk, given)
        if _keep_notes(sheets, {name for page in document.pages for name in page.anchors}):
            document = _laid_out(sheets, chunk, given)
        with timeless():
            document.write_pdf(out, **kept)
    return out.getvalue(), tuple(heard)


def _laid_out(sheets: Sequence[Sheet], chunk: Chunk, given: Mapping[str, Any]) -> Any:
    return engine().HTML(string=make_html(sheets, chunk), url_fetcher=make_fetcher({})).render(**given)


def _keep_many_notes(sheets: Sequence[Sheet], page: PageSize) -> None:
    """Notes that would take more than half a page if one line called all those of its block stay where they are called:
    WeasyPrint breaks none, and puts what a page has no room for on the next, whatever article that is of."""
    for sheet in sheets:
        if sheet.element.find(NOTES) is None:
            continue
        for block in (each for each in sheet.element.iter() if each.tag in TEXTS):
            notes = block.findall(NOTES)
            lines = sum(math.ceil(sum(map(len, note.itertext())) / page.room) for note in notes)
            if len(notes) > MOST_NOTES or lines > page.kept * 1.5:
                for note in notes:
                    note.set("class", "note here")


def _keep_notes(sheets: Sequence[Sheet], drawn: Collection[str]) -> bool:
    """Whether notes are lost, as WeasyPrint does where too many of them are called on one page; all notes of such an
    article then stay where they are called."""
    lost = False
    for sheet in sheets:
        notes = sheet.element.findall(NOTES)
        if any(note.get("id") not in drawn for note in notes):
            lost = True
            for note in notes:
                note.set("class", "note here")
    return lost


def make_html(sheets: Sequence[Sheet], chunk: Chunk) -> str:
    """The sheets as one HTML document."""
    root = ElementTree.Element("html", lang=chunk.language)
    ElementTree.SubElement(ElementTree.SubElement(root, "head"), "title").text = chunk.title
    body = ElementTree.SubElement(root, "body", {"class": f"{chunk.design.style} {'alone' if chunk.alone else 'book'}"})
    length = PAGES[chunk.design.page].running
    for leaf, _, element in sheets:
        holder = ElementTree.SubElement(body, "div", {"class": f"leaf {leaf.kind}"})
        holder.set("data-title", shortened(leaf.title, length))
        holder.set("data-section", shortened(leaf.section, length))
        if leaf.heading:
            heading = ElementTree.SubElement(holder, "h1", {"id": leaf.heading_anchor, "class": "section"})
            heading.text = leaf.heading
        holder.append(element)
        for table in element.iter("table"):
            _shape(table, PAGES[chunk.design.page].room)
    # an empty <a/> must not be left open
    return "<!DOCTYPE html>" + SELECTOR.sub("", ElementTree.tostring(root, encoding="unicode", method="html"))


def _shape(table: ElementTree.Element, room: float) -> None:
    """What print.css cannot know of a table: of many columns each is narrow, and a picture makes none wider.  Rows have
    one length, as tags want it; a browser would leave the end of a short one empty."""
    cells = grid(table)
    fill(table, cells)
    size, side = of_table(cells.width, room)
    table.set("style", f"--type: {size:.3f}rem; --side: {side:.3f}rem")
    for row in cells.rows:
        for slot in row:
            for image in () if slot.element is None else slot.element.iter("img"):
                image.set("style", f"max-width: {room * slot.width / cells.width - 2 * side:.3f}rem")


# --- looks ------------------------------------------------------------------------------------------------------------


@cache
def configuration() -> Any:
    """The fonts, read once in a process: that takes longer than an article."""
    found = import_module("weasyprint.text.fonts").FontConfiguration()
    # WeasyPrint keeps the fonts in a folder of its own, and takes it away only if it is let go while Python still runs.
    atexit.register(configuration.cache_clear)
    return found


@cache
def style_sheets(page: str, stylesheet: str, faces: Faces) -> list[Any]:
    """The project's style sheet for a size of pages and some fonts, and the user's own."""
    declared, held = font_faces(faces)
    given = [declared + css(page, faces), *([stylesheet] if stylesheet else ())]
    fetcher = make_fetcher(held)
    # Without a base an address that is relative would be an error, and not just refused.
    common = {"url_fetcher": fetcher, "font_config": configuration(), "base_url": "file:///"}
    return [engine().CSS(string=each, **common) for each in given]


def css(page: str, faces: Faces) -> str:
    """The project's style sheet for a size of pages and some fonts, as text."""
    text = (files("convert.printing.weasy") / "print.css").read_text(encoding="utf-8")
    for name, used in zip(("Serif", "Sans", "Mono"), faces, strict=True):
        text = text.replace(f'"Book {name}"', family_list(used))
    return page_rule(page) + text


def page_rule(name: str) -> str:
    """The size of pages and what follows from it, as CSS."""
    page = PAGES[name]
    return (
        f"@page {{ size: {page.width}mm {page.height}mm; margin: {page.top}mm {page.side}mm {page.bottom}mm }}\n"
        f"html {{ font-size: {page.size}pt; line-height: {page.leading};"
        f" --picture: {page.height * 0.5:.0f}mm; --drop: {page.height * 0.2:.0f}mm }}\n"
    )


# --- sealed -----------------------------------------------------------------------------------------------------------


def make_fetcher(held: Mapping[str, Path]) -> Any:
    """A fetcher of `data:` addresses and of the files `held` by address, which refuses everything else.

    WeasyPrint takes the refusal (ValueError) as a missing picture and goes on.
    """
    urls = import_module("weasyprint.urls")

    class Fetcher(urls.URLFetcher):  # type: ignore[misc, name-defined]
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if url in held:
                return urls.URLFetcherResponse(url, held[url].read_bytes(), {"Content-Type": "font/otf"})
            return super().fetch(url, headers)

    # The empty context is never used: it keeps the class from reading the system's certificates.
    return Fetcher(allowed_protocols=("data",), ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


@contextlib.contextmanager
def timeless() -> Iterator[None]:
    """Meanwhile fontTools notes no clock in the fonts that it changes (reproducible-builds.org, SOURCE_DATE_EPOCH)."""
    before = os.environ.get(EPOCH)
    os.environ[EPOCH] = "0"
    try:
        yield
    finally:
        if before is None:
            del os.environ[EPOCH]
        else:
            os.environ[EPOCH] = before


class Listener(logging.Handler):
    """Keeps each warning once."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: dict[str, None] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what the record says."""
        self.heard[squeeze(record.getMessage(), LENGTH)] = None


@contextlib.contextmanager
def hearing() -> Iterator[dict[str, None]]:
    """What WeasyPrint and fontTools have to say meanwhile, which then does not go to stderr."""
    listener, loggers = Listener(), [logging.getLogger(name) for name in ("weasyprint", "fontTools")]
    before = [logger.propagate for logger in loggers]
    for logger in loggers:
        logger.addHandler(listener)
        logger.propagate = False
    try:
        yield listener.heard
    finally:
        for logger, propagate in zip(loggers, before, strict=True):
            logger.removeHandler(listener)
            logger.propagate = propagate
