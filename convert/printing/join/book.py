"""PDFs of chunks → one book: pages in order, links between chunks, one outline, page labels and page numbers.

Sections are those of ISO 32000-2 (PDF 2.0), which agrees with PDF 1.7 on all that is used here.
"""

from collections.abc import Mapping, Sequence
from typing import BinaryIO, NamedTuple, cast

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, OutlineItem, Pdf

from convert.printing.fonts.system import Face
from convert.printing.join.folios import Folios, roman
from convert.printing.join.metadata import About, describe
from convert.printing.join.pictures import share
from convert.printing.join.structure import Structure
from convert.printing.join.window import Unfailing
from convert.printing.model import SECTION_SCHEME, Attachment, Drawn
from convert.printing.pages import PageSize

PRINTED = 4
"""Flag of annotations that are printed (table 167), which PDF/A requires of links."""


class Mark(NamedTuple):
    """Entry of the outline."""

    level: int
    """Depth in the outline, from 1."""
    label: str
    anchor: str


class Position(NamedTuple):
    """Position of an anchor in the book."""

    front: bool
    page: int
    """Number of the page in the front or in the body, from 0."""
    left: float
    top: float


class Book:
    """Book made of chunks: first the body, then the front, which can name pages of the body.

    Chunks are joined only after the last has come, because joined pages take memory.
    """

    def __init__(self) -> None:
        self.spots: dict[str, Position] = {}
        self._body: list[BinaryIO] = []
        self._front: list[BinaryIO] = []
        self._pages = {False: 0, True: 0}
        """Number of pages in the body (False) and in the front (True)."""

    def add(self, stream: BinaryIO, drawn: Drawn, *, front: bool = False) -> None:
        """Add a chunk at the end of the body or of the front; its PDF is `stream`, open until the book is written."""
        for spot in drawn.spots:
            where = Position(front, self._pages[front] + spot.page, spot.left, spot.top)
            self.spots.setdefault(spot.anchor, where)
        self._pages[front] += drawn.pages
        (self._front if front else self._body).append(stream)

    def page_label(self, anchor: str) -> str:
        """Return the number that is printed on the page of an anchor in the body."""
        return str(self.spots[anchor].page + 1)

    def finish(
        self,
        out: BinaryIO,
        about: About,
        outline: Sequence[Mark],
        face: Face,
        size: PageSize,
        attachments: Sequence[Attachment] = (),
        *,
        pictures: bool = False,
    ) -> None:
        """Write the book; with `pictures`, which may be in several chunks, each of them once."""
        pdf = Pdf.new()
        structure = Structure(pdf)
        for stream in [*self._front, *self._body]:
            chunk, first = Pdf.open(stream), len(pdf.pages)
            pdf.pages.extend(chunk.pages)
            structure.add(chunk, list(pdf.pages)[first:])  # a list: each access by index would search for the page
        structure.finish(about.language)
        if pictures:
            share(pdf)
        pages = _Pages(pdf, self._pages[True], self.spots)
        pages.link()
        pages.mark(outline)
        pages.number(Folios(pdf, face), size)
        describe(pdf, about, attachments)
        unfailing = Unfailing(out)
        pdf.save(
            cast("BinaryIO", unfailing),
            min_version="1.7",
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            deterministic_id=True,
        )
        if unfailing.error:
            raise unfailing.error


class _Pages:
    """Pages of a book; the first `front` pages come before the body."""

    def __init__(self, pdf: Pdf, front: int, spots: Mapping[str, Position]) -> None:
        self.pdf, self.front, self.spots = pdf, front, spots
        self._objects = [page.obj for page in pdf.pages]  # access by index would search all pages

    def link(self) -> None:
        """Replace the addresses of links between sections by destinations (section 12.3.2)."""
        for page in self.pdf.pages:
            for note in page.get("/Annots", ()):
                note.F = PRINTED
                address = str(note.get("/A", Dictionary()).get("/URI", ""))
                if address.startswith(SECTION_SCHEME):
                    del note["/A"]
                    if spot := self.spots.get(address.removeprefix(SECTION_SCHEME)):
                        note.Dest = self._to(spot)

    def _to(self, spot: Position) -> Array:
        page = spot.page if spot.front else self.front + spot.page
        return _destination(self._objects[page], spot.left, spot.top)

    def mark(self, marks: Sequence[Mark]) -> None:
        with self.pdf.open_outline() as outline:
            open_at: list[tuple[int, list[OutlineItem]]] = [(0, outline.root)]
            for mark in marks:
                item = OutlineItem(mark.label, self._to(self.spots[mark.anchor]))
                while open_at[-1][0] >= mark.level:
                    open_at.pop()
                open_at[-1][1].append(item)
                item.is_closed = mark.level > 1
                open_at.append((mark.level, item.children))

    def number(self, folios: Folios, size: PageSize) -> None:
        """Write page labels (section 12.4.2) and numbers on the pages, but none on the cover."""
        front: list[object] = [0, Dictionary(S=Name.r)] if self.front else []
        self.pdf.Root.PageLabels = Dictionary(Nums=Array([*front, self.front, Dictionary(S=Name.D)]))
        for number, page in enumerate(self.pdf.pages):
            if number >= self.front:
                folios.put(page, str(number - self.front + 1), size)
            elif number:
                folios.put(page, roman(number + 1), size)


def _destination(page: Object, left: object, top: object) -> Array:
    return Array([page, Name.XYZ, left, top, 0])
