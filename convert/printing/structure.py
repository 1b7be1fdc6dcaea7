"""The structure trees of chunks → that of the book (ISO 32000-2, section 14.7): tags survive the joining."""

from collections.abc import Iterator, Sequence

from pikepdf import Array, Dictionary, Name, NumberTree, Object, Page, Pdf, String


class Structure:
    """A structure tree that grows by those of chunks."""

    def __init__(self, pdf: Pdf) -> None:
        self.pdf = pdf
        self._front: list[Object] = []
        self._body: list[Object] = []
        self._parents: list[object] = []
        """Keys and values of the parent tree."""
        self._next = 0
        self._roles: dict[str, Object] = {}
        self._named: dict[str, Object] = {}
        self._chunks = 0

    def add(self, chunk: Pdf, pages: Sequence[Page], *, front: bool) -> None:
        """The tree of a chunk whose `pages` are in the book already: what refers to others would lose them."""
        root = self.pdf.copy_foreign(chunk.Root.StructTreeRoot)
        self._chunks += 1
        self._renumber(root, pages)
        self._rename(root)
        for name, role in root.get("/RoleMap", {}).items():
            self._roles.setdefault(name, role)
        kids = self._front if front else self._body
        for kid in _list(root.get("/K")):
            kids += _list(kid.get("/K")) if kid.get("/S") == Name.Document else [kid]

    def _renumber(self, root: Object, pages: Sequence[Page]) -> None:
        """Moves the keys of a chunk's parent tree behind those that are there (section 14.7.5.4)."""
        first = self._next
        for key, value in NumberTree(root.ParentTree).items():
            self._parents += [key + first, value]
            self._next = max(self._next, key + first + 1)
        for page in pages:
            if "/StructParents" in page.obj:
                page.obj.StructParents += first
            for note in page.get("/Annots", ()):
                if "/StructParent" in note:
                    note.StructParent += first

    def _rename(self, root: Object) -> None:
        """Identifiers of elements (table 355), which chunks choose alike, get the number of their chunk; tables name
        header cells by them (table 384)."""
        for element in _elements(root):
            if "/ID" in element:
                element.ID = self._renamed(element.ID)
                self._named[str(element.ID)] = element
            kind = element.get("/S")
            if kind == Name.TD:
                for attributes in _list(element.get("/A")):
                    if "/Headers" in attributes:
                        attributes.Headers = Array([self._renamed(name) for name in attributes.Headers])
            elif kind == Name.TR:
                _scope(element)

    def _renamed(self, name: Object) -> String:
        return String(f"{self._chunks}.{name}")

    def finish(self, language: str) -> None:
        """The tree becomes the book's."""
        pdf = self.pdf
        root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        document = pdf.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name.Document, P=root, K=Array(self._front + self._body))
        )
        for kid in self._front + self._body:
            kid.P = document
        root.K = Array([document])
        root.ParentTree = pdf.make_indirect(Dictionary(Nums=Array(self._parents)))
        root.ParentTreeNextKey = self._next
        if self._roles:
            root.RoleMap = Dictionary(dict(sorted(self._roles.items())))
        if self._named:
            names: list[object] = []
            for name, element in sorted(self._named.items(), key=lambda item: item[0].encode()):
                names += [String(name), element]
            root.IDTree = pdf.make_indirect(Dictionary(Names=Array(names)))
        pdf.Root.StructTreeRoot = root
        pdf.Root.MarkInfo = Dictionary(Marked=True)
        pdf.Root.Lang = String(language)


def _list(value: Object | None) -> list[Object]:
    """What one or several objects are, of an entry that may hold either."""
    if value is None:
        return []
    return list(value) if isinstance(value, Array) else [value]


def _scope(row: Object) -> None:
    """Says what the header cells of a row are about (table 384): of their columns if the whole row is headers."""
    cells = [cell for cell in _list(row.get("/K")) if isinstance(cell, Dictionary)]
    heads = [cell for cell in cells if cell.get("/S") == Name.TH]
    for cell in heads:
        told = _list(cell.get("/A"))
        if not any("/Scope" in attributes for attributes in told):
            scope = Name.Column if len(heads) == len(cells) else Name.Row
            cell.A = Array([*told, Dictionary(O=Name.Table, Scope=scope)])


def _elements(root: Object) -> Iterator[Object]:
    """All structure elements below."""
    waiting = [root]
    while waiting:
        for kid in _list(waiting.pop().get("/K")):
            if isinstance(kid, Dictionary) and "/S" in kid:
                yield kid
                waiting.append(kid)
