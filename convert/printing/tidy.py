"""What an engine drew → what joins easily and takes little memory: no names of destinations, no elements of structure
that say nothing (of WeasyPrint's, half).  Sections of ISO 32000-2."""

import io
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, NameTree, NumberTree, Object, Pdf, String

from convert.printing.model import Spot

SILENT = frozenset({"/Span", "/NonStruct"})
"""Types of elements that by themselves say nothing (section 14.8.4.7.2 and table 363)."""
NOTHING = re.compile(rb"(<[0-9a-fA-F]{2,4}>) <>")
"""A glyph of a ToUnicode map without characters."""
TABLE = frozenset({"/Table", "/THead", "/TBody", "/TFoot", "/TR", "/TD"})
SAYING = frozenset({"/Lang", "/Alt", "/ActualText", "/E", "/ID", "/A", "/C", "/Phoneme"})
"""What makes such an element say something."""


def tidy(data: bytes, wanted: Collection[str], *, structure: bool) -> tuple[bytes, int, tuple[Spot, ...]]:
    """A chunk's PDF, how many pages it has, and where the `wanted` anchors are in it; `structure` says whether its
    structure and its maps of characters need tidying too."""
    with Pdf.open(io.BytesIO(data)) as pdf:
        spots = _destinations(pdf, wanted)
        if structure:
            _structure(pdf)
            _characters(pdf)
        for key in ("/Outlines", "/Names", "/PageMode"):
            if key in pdf.Root:
                del pdf.Root[key]
        out = io.BytesIO()
        # Many objects in one stream are read many times as fast as each by itself.
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, static_id=True)
        return out.getvalue(), len(pdf.pages), spots


def _destinations(pdf: Pdf, wanted: Collection[str]) -> tuple[Spot, ...]:
    """Names of destinations (section 12.3.2.4) become what they name.  Where the `wanted` ones are."""
    names = pdf.Root.get("/Names", Dictionary()).get("/Dests")
    named: dict[str, Object] = {} if names is None else dict(NameTree(names).items())
    places = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
    for page in pdf.pages:
        for note in page.get("/Annots", ()):
            goes: Any = note.get("/Dest")
            if isinstance(goes, String) and (to := named.get(str(goes))) is not None:
                note.Dest = Array(list(to))
    return tuple(
        Spot(name, places[to[0].objgen], float(to[2]), float(to[3])) for name in wanted if (to := named.get(name))
    )


def _characters(pdf: Pdf) -> None:
    """Gives glyphs that are a part of a character, such as its dots, a character that is not seen (section 9.10.3):
    WeasyPrint gives the character to one of its glyphs and nothing to the others, of which readers then make something
    of their own."""
    for font in pdf.objects:
        if isinstance(font, Dictionary) and font.get("/Type") == Name.Font and "/ToUnicode" in font:
            mapping = font.ToUnicode.read_bytes()
            if (whole := NOTHING.sub(b"\\1 <2060>", mapping)) != mapping:
                font.ToUnicode.write(whole)


# --- structure (section 14.7) -----------------------------------------------------------------------------------------


def _structure(pdf: Pdf) -> None:
    root = pdf.Root.StructTreeRoot
    gone: dict[tuple[int, int], Object] = {}
    kept: list[tuple[str, Object]] = []
    named: dict[str, Object] = {}
    kids, _ = _lifted(root, root, gone, kept)
    root.K = Array(kids)
    for kind, element in kept:
        if kind == "/Table":
            _head(element)
    for kind, element in kept:
        if (own := element.get("/ID")) is not None:
            named[str(own)] = element
        if kind == "/TR" and element.S == Name.TR:
            _scope(element)
    _adopt(root, gone)
    if named:
        pairs: list[object] = []
        for name in sorted(named, key=str.encode):
            pairs += [String(name), named[name]]
        root.IDTree = pdf.make_indirect(Dictionary(Names=Array(pairs)))


def _lifted(
    parent: Object, keeper: Object, gone: dict[tuple[int, int], Object], kept: list[tuple[str, Object]]
) -> tuple[list[object], bool]:
    """The kids of an element, with those of its silent elements in their place, which have the `keeper` as parent, and
    whether that changes anything.  Elements that stay go to `kept`, with their types.

    A page has as many of them as sentences: they are walked once.
    """
    kids: list[object] = []
    changed = parent is not keeper
    top = parent.get("/Type") == Name.StructTreeRoot
    for kid in listed(parent.get("/K")):
        if not isinstance(kid, Dictionary):
            kids.append(kid if parent is keeper else _marked(kid, parent, keeper))
            continue
        kind = kid.get("/S")
        if kind is None:  # a reference to marked content or to an object
            own = "/Obj" in kid and kid.is_indirect
            kids.append(Dictionary(dict(kid.items())) if own else kid)  # not an object of its own
            changed |= own
        elif not top and str(kind) in SILENT and SAYING.isdisjoint(kid.keys()):
            gone[kid.objgen] = keeper
            kids += _lifted(kid, keeper, gone, kept)[0]
            changed = True
        else:
            if parent is not keeper:
                kid.P = keeper
            kept.append((str(kind), kid))
            inside, other = _lifted(kid, kid, gone, kept)
            if other:
                kid.K = Array(inside)
            kids.append(kid)
    return kids, changed


def _marked(number: object, parent: Object, keeper: Object) -> object:
    """Marked content of an element, as its keeper refers to it (section 14.7.5.2)."""
    page = parent.get("/Pg")
    if page is None or page.objgen == keeper.get("/Pg", Dictionary()).objgen:
        return number
    return Dictionary(Type=Name.MCR, Pg=page, MCID=number)


def _adopt(root: Object, gone: Mapping[tuple[int, int], Object]) -> None:
    """The parent tree (section 14.7.5.4) names the keepers."""
    tree = NumberTree(root.ParentTree)
    for key, value in tree.items():
        if isinstance(value, Array):
            for place, element in enumerate(value):
                if isinstance(element, Dictionary) and element.objgen in gone:
                    value[place] = gone[element.objgen]
        elif value.objgen in gone:
            tree[key] = gone[value.objgen]


def _head(table: Object) -> None:
    """Gives a table that has no header cells some, as PDF/UA wants it (ISO 14289-1, section 7.5): those of its first
    row.  A table of one row is only a way to lay things out."""
    parts = list(elements(table))
    rows = [each for each in parts if each.S == Name.TR]
    if any(each.S == Name.TH for each in parts):
        return
    if len(rows) > 1:
        for cell in listed(rows[0].get("/K")):
            if isinstance(cell, Dictionary) and cell.get("/S") == Name.TD:
                cell.S = Name.TH
        return
    for each in [table, *parts]:
        if str(each.S) in TABLE:
            each.S = Name.Div
            if "/A" in each:
                del each["/A"]


def _scope(row: Object) -> None:
    """Says what the header cells of a row are about (table 384): of their columns if the whole row is headers."""
    cells = [cell for cell in listed(row.get("/K")) if isinstance(cell, Dictionary)]
    heads = [cell for cell in cells if cell.get("/S") == Name.TH]
    for cell in heads:
        told = listed(cell.get("/A"))
        if not any("/Scope" in attributes for attributes in told):
            scope = Name.Column if len(heads) == len(cells) else Name.Row
            cell.A = Array([*told, Dictionary(O=Name.Table, Scope=scope)])


def elements(root: Object) -> Iterator[Object]:
    """All structure elements below."""
    waiting = [root]
    while waiting:
        for kid in listed(waiting.pop().get("/K")):
            if isinstance(kid, Dictionary) and "/S" in kid:
                yield kid
                waiting.append(kid)


def listed(value: Object | None) -> list[Object]:
    """What one or several objects are, of an entry that may hold either."""
    if value is None:
        return []
    return list(value) if isinstance(value, Array) else [value]
