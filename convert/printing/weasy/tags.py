"""Correction of WeasyPrint's tags: remove elements without meaning, add missing ones (ISO 32000-2, section 14.7)."""

import re
from collections.abc import Collection, Iterator, Mapping

from pikepdf import Array, Dictionary, Name, NumberTree, Object, Page, Pdf, String

SILENT = frozenset({"/Span", "/NonStruct"})
"""Types of elements without meaning of their own (section 14.8.4.7.2 and table 363)."""
MARKED = re.compile(rb"/Span\s*<</MCID (\d+)>>\s*BDC")
"""Start of marked text in WeasyPrint's output, in which text itself is hexadecimal."""
RUNNING = b"/Artifact <</Type /Pagination /Subtype /Header>> BDC"
TABLE = frozenset({"/Table", "/THead", "/TBody", "/TFoot", "/TR", "/TD"})
INLINE = frozenset({*SILENT, "/Figure", "/Code", "/Em", "/Strong", "/Quote", "/Sub", "/Ruby", "/RB", "/RT", "/RP"})
"""Types of elements that remain inside a link: pictures, and passages in another language."""
HOLLOW = frozenset({"/Div", "/P", "/L", "/LI", "/Lbl", "/LBody"})
"""Types of elements without meaning if they are empty."""
SAYING = frozenset({"/Lang", "/Alt", "/ActualText", "/E", "/ID", "/A", "/C", "/Phoneme"})
"""Entries that give such an element a meaning."""


def retag(pdf: Pdf) -> None:
    """Remove structure elements without meaning, add heads to tables and bodies to lists, and mark running heads.

    Running heads become artifacts.
    """
    root = pdf.Root.StructTreeRoot
    removed: dict[tuple[int, int], Object] = {}
    remaining: list[tuple[str, Object]] = []
    named: dict[str, Object] = {}
    kids, _ = _lifted(root, root, removed, remaining)
    root.K = Array(kids)
    for kind, element in remaining:
        if kind == "/Table":
            _head(element)
    for kind, element in remaining:
        if (own := element.get("/ID")) is not None:
            named[str(own)] = element
        if kind == "/TR" and element.S == Name.TR:
            _scope(element)
        if kind == "/LI":
            _body(pdf, element)
        if kind in INLINE:
            _annotations(root, element)
    _adopt(root, removed)
    in_tree = {element.objgen for _, element in remaining}
    if named:
        pairs: list[object] = []
        for name in sorted(named, key=str.encode):
            pairs += [String(name), named[name]]
        root.IDTree = pdf.make_indirect(Dictionary(Names=Array(pairs)))
    for page, numbers in zip(pdf.pages, _outside(pdf, in_tree), strict=True):
        _running(page, numbers)


def _lifted(
    parent: Object, owner: Object, removed: dict[tuple[int, int], Object], remaining: list[tuple[str, Object]]
) -> tuple[list[object], bool]:
    """Return the kids of an element, and True if they differ from the current ones.

    The kids of an element without meaning take its place, and get `owner` as their parent.  Elements that remain are
    added to `remaining`, with their types; `removed` maps the others to their owners.  There are as many elements as
    sentences, so they are walked once.
    """
    kids: list[object] = []
    changed = parent is not owner
    top = parent.get("/Type") == Name.StructTreeRoot
    for kid in listed(parent.get("/K")):
        if not isinstance(kid, Dictionary):
            kids.append(kid if parent is owner else _marked(kid, parent, owner))
            continue
        kind = kid.get("/S")
        if kind is None:  # a reference to marked content or to an object
            indirect = "/Obj" in kid and kid.is_indirect
            kids.append(Dictionary(dict(kid.items())) if indirect else kid)  # a direct object
            changed |= indirect
        elif not top and str(kind) in SILENT and SAYING.isdisjoint(kid.keys()):
            removed[kid.objgen] = owner
            kids += _lifted(kid, owner, removed, remaining)[0]
            changed = True
        else:
            if parent is not owner:
                kid.P = owner
            inside, other = _lifted(kid, kid, removed, remaining)
            if not inside and str(kind) in HOLLOW and SAYING.isdisjoint(kid.keys()):
                changed = True
                continue
            if other:
                kid.K = Array(inside)
            remaining.append((str(kind), kid))
            kids.append(kid)
    return kids, changed


def _marked(number: object, parent: Object, owner: Object) -> object:
    """Return the reference of an owner to marked content of an element (section 14.7.5.2)."""
    page = parent.get("/Pg")
    if page is None or page.objgen == owner.get("/Pg", Dictionary()).objgen:
        return number
    return Dictionary(Type=Name.MCR, Pg=page, MCID=number)


def _adopt(root: Object, removed: Mapping[tuple[int, int], Object]) -> None:
    """Replace removed elements in the parent tree (section 14.7.5.4) by their owners."""
    tree = NumberTree(root.ParentTree)
    for key, value in tree.items():
        if isinstance(value, Array):
            for index, element in enumerate(value):
                if isinstance(element, Dictionary) and element.objgen in removed:
                    value[index] = removed[element.objgen]
        elif value.objgen in removed:
            tree[key] = removed[value.objgen]


def _outside(pdf: Pdf, in_tree: Collection[tuple[int, int]]) -> list[set[int]]:
    """Return, for each page, the numbers of marked content whose element is not in the tree.

    They are removed from the parent tree.
    """
    outside = []
    tree = NumberTree(pdf.Root.StructTreeRoot.ParentTree)
    for page in pdf.pages:
        elements = tree.get(int(page.obj.get("/StructParents", -1)), Array())
        numbers = {
            number
            for number, element in enumerate(elements)
            if isinstance(element, Dictionary) and element.objgen not in in_tree
        }
        for number in numbers:
            elements[number] = None
        outside.append(numbers)
    return outside


def _body(pdf: Pdf, item: Object) -> None:
    """Add a body (table 370) to a list item that holds blocks; WeasyPrint adds one only to those that hold text."""
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


def _annotations(root: Object, element: Object) -> None:
    """Move the annotations of what is inside a link to the link, where they belong (ISO 14289-1, section 7.18.5)."""
    kids = listed(element.get("/K"))
    inside = [kid for kid in kids if isinstance(kid, Dictionary) and kid.get("/Type") == Name.OBJR]
    link = element.get("/P") if inside else None
    while link is not None and str(link.get("/S")) in INLINE:
        link = link.get("/P")
    if not inside or link is None or link.get("/S") != Name.Link:
        return
    element.K = Array([kid for kid in kids if not (isinstance(kid, Dictionary) and kid.get("/Type") == Name.OBJR)])
    link.K = Array([*listed(link.get("/K")), *inside])
    tree = NumberTree(root.ParentTree)
    for each in inside:
        if "/StructParent" in each.Obj:
            tree[int(each.Obj.StructParent)] = link


def _head(table: Object) -> None:
    """Make the first row header cells in a table that has none, as PDF/UA requires (ISO 14289-1, section 7.5).

    A table of one row is only layout: its elements become divisions.
    """
    parts = list(elements(table))
    rows = [each for each in parts if each.S == Name.TR]
    if any(each.S == Name.TH for each in parts):
        return
    if len(rows) > 1:
        for cell in listed(rows[0].get("/K")):
            if isinstance(cell, Dictionary) and cell.get("/S") == Name.TD and listed(cell.get("/K")):
                cell.S = Name.TH
        return
    for each in [table, *parts]:
        if str(each.S) in TABLE:
            each.S = Name.Div
            if "/A" in each:
                del each["/A"]


def _scope(row: Object) -> None:
    """Set the scope of a row's header cells (table 384): the column if the whole row is headers, else the row."""
    cells = [cell for cell in listed(row.get("/K")) if isinstance(cell, Dictionary)]
    heads = [cell for cell in cells if cell.get("/S") == Name.TH]
    for cell in heads:
        attributes = listed(cell.get("/A"))
        if not any("/Scope" in each for each in attributes):
            scope = Name.Column if len(heads) == len(cells) else Name.Row
            cell.A = Array([*attributes, Dictionary(O=Name.Table, Scope=scope)])


def elements(root: Object) -> Iterator[Object]:
    """Yield all structure elements below a root."""
    waiting = [root]
    while waiting:
        for kid in listed(waiting.pop().get("/K")):
            if isinstance(kid, Dictionary) and "/S" in kid:
                yield kid
                waiting.append(kid)


def listed(value: Object | None) -> list[Object]:
    """Return the objects of an entry that may hold none, one or an array."""
    if value is None:
        return []
    return list(value) if isinstance(value, Array) else [value]


def _running(page: Page, numbers: Collection[int]) -> None:
    """Turn marked content without a structure element into artifacts (section 14.8.2.2): running heads.

    WeasyPrint marks them like text and leaves them out of the tree; ISO 14289-1, section 7.8, requires artifacts.
    """
    if not numbers:
        return
    content = page.obj.Contents
    corrected = MARKED.sub(
        lambda marked: RUNNING if int(marked[1]) in numbers else marked[0],
        content.read_bytes(),
    )
    content.write(corrected)
