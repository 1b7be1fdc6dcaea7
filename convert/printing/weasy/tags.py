"""The tags of what WeasyPrint drew → tags that say something, and each what it says (ISO 32000-2, section 14.7)."""

import re
from collections.abc import Collection, Iterator, Mapping

from pikepdf import Array, Dictionary, Name, NumberTree, Object, Page, Pdf, String

SILENT = frozenset({"/Span", "/NonStruct"})
"""Types of elements that by themselves say nothing (section 14.8.4.7.2 and table 363)."""
MARKED = re.compile(rb"/Span\s*<</MCID (\d+)>>\s*BDC")
"""The beginning of a marked text as WeasyPrint writes it, whose texts themselves are hexadecimal."""
RUNNING = b"/Artifact <</Type /Pagination /Subtype /Header>> BDC"
TABLE = frozenset({"/Table", "/THead", "/TBody", "/TFoot", "/TR", "/TD"})
HOLLOW = frozenset({"/Div", "/P", "/L", "/LI", "/Lbl", "/LBody"})
"""Types of elements that say nothing where nothing is in them."""
SAYING = frozenset({"/Lang", "/Alt", "/ActualText", "/E", "/ID", "/A", "/C", "/Phoneme"})
"""What makes such an element say something."""


def retag(pdf: Pdf) -> None:
    """Takes out elements of structure that say nothing, gives tables heads and lists bodies, and makes artifacts of
    running heads."""
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
        if kind == "/LI":
            _body(pdf, element)
    _adopt(root, gone)
    there = {element.objgen for _, element in kept}
    if named:
        pairs: list[object] = []
        for name in sorted(named, key=str.encode):
            pairs += [String(name), named[name]]
        root.IDTree = pdf.make_indirect(Dictionary(Names=Array(pairs)))
    for page, numbers in zip(pdf.pages, _outside(pdf, there), strict=True):
        _running(page, numbers)


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
            inside, other = _lifted(kid, kid, gone, kept)
            if not inside and str(kind) in HOLLOW and SAYING.isdisjoint(kid.keys()):
                changed = True
                continue
            if other:
                kid.K = Array(inside)
            kept.append((str(kind), kid))
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


def _outside(pdf: Pdf, there: Collection[tuple[int, int]]) -> list[set[int]]:
    """For each page the numbers of its marked content whose element is not `there`; the parent tree forgets them."""
    found = []
    tree = NumberTree(pdf.Root.StructTreeRoot.ParentTree)
    for page in pdf.pages:
        elements = tree.get(int(page.obj.get("/StructParents", -1)), Array())
        numbers = {
            number
            for number, element in enumerate(elements)
            if isinstance(element, Dictionary) and element.objgen not in there
        }
        for number in numbers:
            elements[number] = None
        found.append(numbers)
    return found


def _body(pdf: Pdf, item: Object) -> None:
    """Gives a list's item that holds blocks a body (table 370), which WeasyPrint gives only to those that hold text."""
    kids = listed(item.get("/K"))
    if any(not isinstance(kid, Dictionary) or kid.get("/S") in (None, Name.LBody) for kid in kids):
        return
    labels = [kid for kid in kids if Name.Lbl == kid.S]
    blocks = [kid for kid in kids if Name.Lbl != kid.S]
    if blocks:
        body = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.LBody, P=item, K=Array(blocks)))
        for block in blocks:
            block.P = body
        item.K = Array([*labels, body])


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


def _running(page: Page, numbers: Collection[int]) -> None:
    """Makes artifacts (section 14.8.2.2) of the marked content that no element of structure has: running heads, which
    WeasyPrint tags like text and then leaves out of the tree, and ISO 14289-1, section 7.8 wants as what they are."""
    if not numbers:
        return
    content = page.obj.Contents
    found = MARKED.sub(
        lambda marked: RUNNING if int(marked[1]) in numbers else marked[0],
        content.read_bytes(),
    )
    content.write(found)
