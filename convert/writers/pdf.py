"""PDF: one printed book from a volume and its chapters, tagged (ISO 14289-1, PDF/UA-1), by the engine that was chosen.

The same volume gives the same bytes with the same fonts and engine: chunks have the same length on every machine, and
dates come from the content.
"""

import tempfile
from collections.abc import Iterable, Iterator
from importlib import metadata
from itertools import islice
from typing import BinaryIO

from msgspec.structs import replace

from convert.bundle.links import Links
from convert.bundle.parts import DateGroup
from convert.errors import ConvertError
from convert.messages import Language, Message
from convert.model import Elsewhere, Entry, Section, Volume
from convert.printing.drawing import without_glyph
from convert.printing.engines import ENGINES, engine_for
from convert.printing.fonts.chain import chain
from convert.printing.fonts.glyphs import gaps
from convert.printing.join.book import Book, Mark
from convert.printing.join.folios import face_for
from convert.printing.join.metadata import About
from convert.printing.join.window import Windows
from convert.printing.model import SECTION_SCHEME, Attachment, Chunk, Design, Drawn, PrintSection
from convert.printing.pages import PAGES
from convert.printing.process.pool import ChunkResult, DrawingPool
from convert.printing.variants import VARIANTS
from convert.store.errors import in_temporary_folder
from convert.text import visible
from convert.words import words
from convert.writers.book.escapes import attribute, text
from convert.writers.book.front import about
from convert.writers.book.lists import elsewhere, section_index
from convert.writers.book.names import PageNames, anchor
from convert.writers.book.pages import left_out
from convert.writers.book.volume import NOTHING, cover_lines, heading, label, newest
from convert.writers.options import Omission, Options, Page
from convert.writers.part import RenderedArticle, Tally
from convert.writers.references import section_anchor

LIGHT = 10
"""Bytes of pictures that count as one for the size of a chunk."""
LINES = 400
"""Most lines of contents in one chunk."""


def bind(
    volume: Volume, chapters: Iterator[RenderedArticle], out: BinaryIO, options: Options, tally: Tally, workers: int = 1
) -> None:
    """Write `volume` to `out` as PDF.

    `chapters` yields the `<article>` element of each of `volume.entries()`, in their order.  A volume of one article
    has neither title page nor contents.  An article that cannot be drawn is noted in `tally`, and a placeholder
    with the reason takes its place.

    Raises:
        ConvertError: the volume has no articles, an article is not well-formed XML, or the system lacks what the
            engine needs.
        ValueError: chapters and entries differ in number.
    """
    entries = list(volume.entries())
    if not entries:
        raise ConvertError(NOTHING)
    _Printer(volume, entries, options, tally, workers).print(chapters, out)


def sole(volume: Volume, chapter: bytes, design: Design) -> Chunk:
    """Return the chunk that a volume of one article is drawn from."""
    (entry,) = volume.entries()
    printed = PrintSection("article", anchor(entry.path), chapter, label(entry), label=entry.path)
    return Chunk(
        (printed,), visible(volume.title), volume.language, replace(design, engine=engine_for(design, 1)), alone=True
    )


class _Printer:
    """Printer of one volume."""

    def __init__(self, volume: Volume, entries: list[Entry], options: Options, tally: Tally, workers: int) -> None:
        self.volume, self.entries, self.options, self.tally, self.workers = volume, entries, options, tally, workers
        self.alone = len(entries) == 1
        design = options.design
        self.design = replace(design, engine=engine_for(design, len(entries)))
        self.engine = ENGINES[self.design.engine]
        self.fonts = chain(volume.language)
        self.paths = {entry.path: entry for entry in entries}
        self.lists = [(section, section_index(section, volume).group) for section in volume.sections if section.entries]
        self.with_pictures = False
        self.titles = {section.key: heading(section) for section in volume.sections}

    def print(self, chapters: Iterator[RenderedArticle], out: BinaryIO) -> None:
        """Draw all chunks, then the contents with their page numbers, and write the book to `out`."""
        book = Book()
        attachments: list[Attachment] = []
        outline: list[Mark] = []
        with _temporary_file() as file:
            windows = Windows(file)
            with DrawingPool(self.workers) as pool:
                for result in pool.draw(self._chunks(self._printed_sections(chapters, attachments)), self._stand_in):
                    for drawn in self._noted(result):
                        book.add(windows.store(drawn.pdf), drawn)
                        outline += (Mark(mark.level, mark.label, mark.anchor) for mark in drawn.headings)
                if self.alone:
                    outline.insert(0, Mark(1, label(self.entries[0]), anchor(self.entries[0].path)))
                else:
                    outline = list(self._outline())
                    for front, pages in ((False, self._back), (True, self._front)):
                        chunks = (self._chunk([printed]) for printed in pages(book))
                        for result in pool.draw(chunks, self._stand_in):
                            for drawn in self._noted(result):
                                book.add(windows.store(drawn.pdf), drawn, front=front)
            face = face_for(self.fonts.faces["sans"])
            size, pictures = PAGES[self.design.page], self.with_pictures
            book.finish(out, self._about(), outline, face, size, attachments, pictures=pictures)

    def _about(self) -> About:
        title, language, variant = visible(self.volume.title), self.volume.language, VARIANTS[self.design.variant]
        return About(title, language, self._producer(), newest(self.volume), variant)

    def _producer(self) -> str:
        engine = self.design.engine
        return f"archive-convert {metadata.version('archive-convert')}, {engine} {metadata.version(engine)}"

    # --- sections to print --------------------------------------------------------------------------------------------

    def _printed_sections(
        self, chapters: Iterator[RenderedArticle], attachments: list[Attachment]
    ) -> Iterator[tuple[PrintSection, int]]:
        """Yield the articles, each with its part of the size of a chunk."""
        pairs = zip(self.entries, chapters, strict=True)
        for section in self.volume.sections:
            for number, (entry, part) in enumerate(islice(pairs, len(section.entries))):
                self.tally.note(part)
                self.with_pictures |= bool(part.pictures)
                html = part.data.decode()
                if missing := without_glyph(html, self.volume.language, self.design.variant):
                    self.tally.gaps += ((entry, gap) for gap in gaps(html, missing))
                if part.attached:
                    name = f"{anchor(entry.path)}.json"
                    attachments.append(Attachment(name, part.attached, "application/json", label(entry)))
                yield self._printed(part.data, entry, section, first=not number), _share(part)
        for _ in pairs:  # raises ValueError if a chapter is left over
            pass

    def _printed(self, html: bytes, entry: Entry, section: Section, *, first: bool) -> PrintSection:
        if self.alone:
            return PrintSection("article", anchor(entry.path), html, label(entry), label=entry.path)
        name = heading(section)
        begins = (name, section_anchor(section.key)) if first else ("", "")
        return PrintSection("article", anchor(entry.path), html, label(entry), name, *begins, entry.path)

    def _chunks(self, printed_sections: Iterator[tuple[PrintSection, int]]) -> Iterator[Chunk]:
        most, size = self.engine.chunk_size(len(self.entries)), 0
        together: list[PrintSection] = []
        for printed, share in printed_sections:
            size += share
            if together and (len(together) == most or size > self.engine.size):
                yield self._chunk(together)
                together, size = [], share
            together.append(printed)
        yield self._chunk(together)

    def _chunk(self, printed_sections: Iterable[PrintSection]) -> Chunk:
        title = visible(self.volume.title)
        return Chunk(tuple(printed_sections), title, self.volume.language, self.design, self.alone)

    # --- pages after and before the articles --------------------------------------------------------------------------

    def _back(self, _: Book) -> Iterator[PrintSection]:
        content, tag = about(self.volume, self.tally), attribute(self.volume.language)
        yield PrintSection("about", "about", (f'<article class="about" lang="{tag}">{content}</article>').encode())

    def _front(self, book: Book) -> Iterator[PrintSection]:
        title, language = text(visible(self.volume.title)), self.volume.language
        lines = "".join(f"<p>{text(line)}</p>" for line in cover_lines(self.volume))
        yield PrintSection("cover", "cover", (f'<section class="cover"><h1>{title}</h1>{lines}</section>').encode())
        for number, rows in enumerate(self._contents(book)):
            lead = "" if number else f"<h1>{text(words(language)['contents'])}</h1>"
            key = f"contents-{number}" if number else "contents"
            yield PrintSection("contents", key, (f'<nav class="contents">{lead}{rows}</nav>').encode())

    def _contents(self, book: Book) -> Iterator[str]:
        """Yield the contents, in pieces that are drawn separately."""
        rows, lines = "", 0
        for section, group in self.lists:
            title = _row(text(group.title), section_anchor(section.key), book)
            for part in group.parts if group.count > LINES and group.parts else (group,):
                if lines and lines + part.count > LINES:
                    yield f"<ol>{rows}</ol>"
                    rows, lines = "", 0
                rows += f"<li>{title}{self._listed(part, book, itself=part is not group)}</li>"
                title, lines = "", lines + part.count + 1
        yield f"<ol>{rows}</ol>"

    def _listed(self, part: DateGroup, book: Book, *, itself: bool = True) -> str:
        """Return the rows of a part of the contents, below a row for the part `itself` or not."""
        if itself:
            return f"<ol><li>{self._named(part, book)}{self._listed(part, book, itself=False)}</li></ol>"
        rows = [f"{self._named(child, book)}{self._listed(child, book, itself=False)}" for child in part.parts]
        for item in part.items:
            if isinstance(item, Elsewhere):
                where = text(elsewhere(item, self.titles, words(self.volume.language)))
                name = text(label(item.entry))
                rows.append(f"{name}{where}" if item.volume else _row(name + where, anchor(item.entry.path), book))
            else:
                rows.append(_row(text(label(item)), anchor(item.path), book))
        return f"<ol>{''.join(f'<li>{row}</li>' for row in rows)}</ol>"

    def _named(self, part: DateGroup, book: Book) -> str:
        first = next(_entries(part), None)
        return text(part.title) if first is None else _row(text(part.title), anchor(first.path), book)

    def _outline(self) -> Iterator[Mark]:
        label_of = words(self.volume.language)
        yield Mark(1, label_of["contents"], "contents")
        for section, group in self.lists:
            yield Mark(1, group.title, section_anchor(section.key))
            yield from _marks(group, 2)
        yield Mark(1, label_of["about"], "about")

    # --- articles that cannot be drawn --------------------------------------------------------------------------------

    def _stand_in(self, printed: PrintSection, reason: Message) -> PrintSection:
        entry = self.paths.get(printed.label)
        if entry is None:
            raise ConvertError("the pages before the articles cannot be drawn: {reason}", reason=reason)
        language: Language = "zh" if self.volume.language.startswith("zh") else "en"
        page, why = Page(entry, Links(), Options(nav="drop")), Omission("PDF002", reason.text_in(language))
        return replace(printed, html=left_out(entry, why, page, PageNames(), self.volume.language).encode())

    def _noted(self, result: ChunkResult) -> list[Drawn]:
        for printed, reason in result.failures:
            self.tally.undrawn.append((self.paths[printed.label], reason))
            self.tally.left_out += 1
        source = "--stylesheet" if self.design.stylesheet else self.design.engine
        self.tally.notes.update((f"{source}: {warning}", None) for drawn in result.drawn for warning in drawn.warnings)
        return result.drawn


def _share(part: RenderedArticle) -> int:
    """Return the bytes of an article that count for the size of its chunk: few of its pictures, which cost little time.

    Chunks that pictures made short would have many copies of the fonts.
    """
    inside = sum(each.size for each in part.pictures) * 4 // 3  # base64
    return len(part.data) - inside + inside // LIGHT if inside < len(part.data) else len(part.data)


def _temporary_file() -> BinaryIO:
    with in_temporary_folder():
        return tempfile.TemporaryFile(buffering=0)


def _row(title: str, to: str, book: Book) -> str:
    """Return a line of contents with its page number; `title` is HTML."""
    return f'<a href="{SECTION_SCHEME}{to}">{title}<span class="folio">{book.page_label(to)}</span></a>'


def _entries(part: DateGroup) -> Iterator[Entry]:
    for child in part.parts:
        yield from _entries(child)
    yield from (item for item in part.items if isinstance(item, Entry))


def _marks(part: DateGroup, level: int) -> Iterator[Mark]:
    for child in part.parts:
        if (first := next(_entries(child), None)) is not None:
            yield Mark(level, child.title, anchor(first.path))
            yield from _marks(child, level + 1)
    yield from (Mark(level, label(item), anchor(item.path)) for item in part.items if isinstance(item, Entry))
