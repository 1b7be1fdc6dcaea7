"""PDFs of chunks → one book: pages in order, links between chunks, one outline, page labels and page numbers.

Sections of ISO 32000-2 (PDF 2.0), which says the same of what is used here as PDF 1.7 does.
"""

from collections.abc import Sequence
from typing import Any, BinaryIO, NamedTuple

import pikepdf
from pikepdf import Array, Dictionary, Name, NameTree, Object, OutlineItem, Pdf, String

from convert.printing.folios import Folios, roman
from convert.printing.metadata import About, describe
from convert.printing.model import LEAF, Attachment
from convert.printing.pages import PageSize
from convert.printing.structure import Structure

PRINTED = 4
"""The flag of annotations that are printed (table 167), which PDF/A asks of links."""


class Mark(NamedTuple):
    """An entry of the outline."""

    level: int
    """From 1."""
    label: str
    anchor: str


class Spot(NamedTuple):
    """Where an anchor is."""

    front: bool
    page: int
    """From 0, in the front or in the body."""
    left: float
    top: float


class Book:
    """A PDF that grows by chunks: first the body, then what stands before it, which can then name the body's pages."""

    def __init__(self) -> None:
        self.pdf = Pdf.new()
        self.spots: dict[str, Spot] = {}
        self._body = 0
        self._front = 0
        self._structure = Structure(self.pdf)

    def add(self, stream: BinaryIO, *, front: bool = False) -> None:
        """A chunk's pages, at the end of the body or of the front; `stream` stays open until the book is written."""
        chunk = Pdf.open(stream)
        at = self._front if front else self._front + self._body
        places = {page.obj.objgen: number for number, page in enumerate(chunk.pages)}
        named = _destinations(chunk)
        before = self._front if front else self._body
        for name, where in named.items():
            at_page = before + places[where[0].objgen]
            self.spots.setdefault(name, Spot(front, at_page, float(where[2]), float(where[3])))
        for number, drawn in enumerate(chunk.pages):
            self.pdf.pages.insert(at + number, drawn)
        pages = [self.pdf.pages[at + number] for number in range(len(places))]
        for page in pages:
            for note in page.get("/Annots", ()):
                goes: Any = note.get("/Dest")
                if isinstance(goes, String) and (to := named.get(str(goes))) is not None:
                    note.Dest = _destination(pages[places[to[0].objgen]].obj, to[2], to[3])
        self._structure.add(chunk, pages, front=front)
        if front:
            self._front += len(pages)
        else:
            self._body += len(pages)

    def page_label(self, anchor: str) -> str:
        """What is printed on the page on which an anchor of the body is."""
        return str(self.spots[anchor].page + 1)

    def finish(
        self,
        out: BinaryIO,
        about: About,
        outline: Sequence[Mark],
        folios: Folios,
        size: PageSize,
        attachments: Sequence[Attachment] = (),
    ) -> None:
        """Writes the book."""
        self._link()
        self._structure.finish(about.language)
        self._outline(outline)
        self._number(folios, size)
        describe(self.pdf, about, attachments)
        self.pdf.save(
            out,
            min_version="1.7",
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            deterministic_id=True,
        )

    def _link(self) -> None:
        """Links between leaves become destinations (section 12.3.2)."""
        for page in self.pdf.pages:
            for note in page.get("/Annots", ()):
                note.F = PRINTED
                address = str(note.get("/A", Dictionary()).get("/URI", ""))
                if address.startswith(LEAF):
                    del note["/A"]
                    if spot := self.spots.get(address.removeprefix(LEAF)):
                        note.Dest = self._to(spot)

    def _to(self, spot: Spot) -> Array:
        page = spot.page if spot.front else self._front + spot.page
        return _destination(self.pdf.pages[page].obj, spot.left, spot.top)

    def _outline(self, marks: Sequence[Mark]) -> None:
        with self.pdf.open_outline() as outline:
            open_at: list[tuple[int, list[OutlineItem]]] = [(0, outline.root)]
            for mark in marks:
                item = OutlineItem(mark.label, self._to(self.spots[mark.anchor]))
                while open_at[-1][0] >= mark.level:
                    open_at.pop()
                open_at[-1][1].append(item)
                item.is_closed = mark.level > 1
                open_at.append((mark.level, item.children))

    def _number(self, folios: Folios, size: PageSize) -> None:
        """Page labels (section 12.4.2), and the numbers on the pages; the first page of the front, the cover, has
        none."""
        front: list[object] = [0, Dictionary(S=Name.r)] if self._front else []
        self.pdf.Root.PageLabels = Dictionary(Nums=Array([*front, self._front, Dictionary(S=Name.D)]))
        for number, page in enumerate(self.pdf.pages):
            if number >= self._front:
                folios.put(page, str(number - self._front + 1), size)
            elif number:
                folios.put(page, roman(number + 1), size)


def _destinations(chunk: Pdf) -> dict[str, Object]:
    names = chunk.Root.get("/Names", Dictionary()).get("/Dests")
    return {} if names is None else dict(NameTree(names).items())


def _destination(page: Object, left: object, top: object) -> Array:
    return Array([page, Name.XYZ, left, top, 0])
