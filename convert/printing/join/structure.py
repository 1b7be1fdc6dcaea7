"""Joining of chunks' structure trees (tags) into that of the book (ISO 32000-2, section 14.7)."""

from collections.abc import Iterable, Sequence

from pikepdf import Array, Dictionary, Name, NameTree, NumberTree, Object, Page, Pdf, String

from convert.printing.weasy.tags import elements, listed


class Structure:
    """Structure tree of a book, to which those of chunks are added."""

    def __init__(self, pdf: Pdf) -> None:
        self.pdf = pdf
        self._kids: list[Object] = []
        self._parents: list[object] = []
        """Keys and values of the parent tree, alternating."""
        self._next = 0
        self._roles: dict[str, Object] = {}
        self._named: dict[str, Object] = {}
        self._chunks = 0

    def add(self, chunk: Pdf, pages: Sequence[Page]) -> None:
        """Add the tree of a chunk whose `pages` are in the book already, so that its references to them stay valid."""
        root = self.pdf.copy_foreign(chunk.Root.StructTreeRoot)
        self._renumber(root, pages)
        self._chunks += 1
        if "/IDTree" in root:
            self._rename(NameTree(root.IDTree).values())
        for name, role in root.get("/RoleMap", {}).items():
            self._roles.setdefault(name, role)
        for kid in listed(root.get("/K")):
            self._kids += listed(kid.get("/K")) if kid.get("/S") == Name.Document else [kid]

    def _renumber(self, root: Object, pages: Sequence[Page]) -> None:
        """Shift the keys of a chunk's parent tree behind the existing ones (section 14.7.5.4)."""
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

    def _rename(self, named: Iterable[Object]) -> None:
        """Prefix identifiers of elements (table 355), which repeat in other chunks, with the number of the chunk.

        Cells of tables, which name their header cells by identifier (table 384), are changed accordingly.
        """
        tables: dict[tuple[int, int], Object] = {}
        for element in named:
            if element.S == Name.TH:
                table = element
                while Name.Table != table.S:
                    table = table.P
                tables[table.objgen] = table
            element.ID = self._prefixed(element.ID)
            self._named[str(element.ID)] = element
        for table in tables.values():
            for cell in elements(table):
                for attributes in listed(cell.get("/A")):
                    if "/Headers" in attributes:
                        attributes.Headers = Array([self._prefixed(name) for name in attributes.Headers])

    def _prefixed(self, name: Object) -> String:
        return String(f"{self._chunks}.{name}")

    def finish(self, language: str) -> None:
        """Write the tree into the book."""
        pdf = self.pdf
        root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        document = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=root, K=Array(self._kids)))
        for kid in self._kids:
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
