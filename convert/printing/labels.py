"""Tags that neither engine writes: the labels of notes, and empty corners of tables as cells that head nothing."""

from collections.abc import Set

from pikepdf import Array, Dictionary, Name, Object, Pdf, String

from convert.printing.tree import ParsedSection
from convert.printing.weasy.tags import elements, listed


def needs_labels(sections: list[ParsedSection]) -> bool:
    """Return True if a section has a note or an empty cell in the first row of a table."""
    return any(
        any(each.get("class") == "note" for each in parsed.element.iter("span"))
        or any(not "".join(cell.itertext()).strip() for row in parsed.element.iter("tr") for cell in row)
        for parsed in sections
    )


def label(pdf: Pdf) -> None:
    """Tag the number of each note as its label, and header cells without content as data cells."""
    found = list(elements(pdf.Root.StructTreeRoot))
    silent = set()
    for each in found:
        if Name.Note == each.S:
            _note(pdf, each)
        elif Name.TH == each.S and not _content(each):
            silent.add(bytes(each.get("/ID", String(""))))
            each.S = Name.TD
            if "/A" in each:
                del each["/A"]
    if silent:
        for each in found:
            _forget(each, silent)


def _forget(cell: Object, silent: Set[bytes]) -> None:
    """Remove the names of silent cells from the headers of a cell (ISO 32000-1, table 349)."""
    for attributes in listed(cell.get("/A")):
        if isinstance(attributes, Dictionary) and "/Headers" in attributes:
            attributes.Headers = Array([each for each in attributes.Headers if bytes(each) not in silent])


def _note(pdf: Pdf, note: Object) -> None:
    """Put a note's first link, which leads back to its call, into a label (ISO 32000-1, table 338)."""
    parent = _opening(note, Name.P)
    passage = _opening(parent, Name.Span)  # all of the note in another language, which the label leaves
    kids = listed(passage.get("/K"))
    first, rest = kids[0] if kids else None, kids[1:]
    if not isinstance(first, Dictionary) or first.get("/S") != Name.Link:
        return
    made = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Lbl, P=parent, K=Array([first])))
    first.P = made
    if passage.objgen == parent.objgen:
        parent.K = Array([made, *rest])
    else:
        passage.K = Array(rest)
        parent.K = Array([made, *listed(parent.get("/K"))])


def _opening(element: Object, kind: Name) -> Object:
    """Return the element of a kind that begins another, else that other."""
    kids = listed(element.get("/K"))
    first = kids[0] if kids else None
    return first if isinstance(first, Dictionary) and first.get("/S") == kind else element


def _content(cell: Object) -> bool:
    """Return True if an element or one inside it has marked content."""
    waiting = listed(cell.get("/K"))
    while waiting:
        kid = waiting.pop()
        if not isinstance(kid, Dictionary) or "/S" not in kid:
            return True
        waiting += listed(kid.get("/K"))
    return False
