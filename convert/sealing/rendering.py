"""The documents of a book as parts of the output, with the links between them."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from convert.bundle.links import Inside
from convert.model import Block, Entry, Heading
from convert.pictures.gallery import Gallery, PagePictures, Ready, Treated
from convert.pictures.model import Missing
from convert.sealing.original import INSIDE, Line, Read
from convert.writers.book.names import Names, picture_file
from convert.writers.book.outline import Node
from convert.writers.book.passages import attributes
from convert.writers.book.xhtml import Renderer
from convert.writers.options import Options, Page
from convert.writers.references import relative, xml_name

OPTIONS = Options(nav="drop", tag_links=True)


class Rendered(NamedTuple):
    """Document as a part of the output."""

    read: Read
    html: str
    pictures: tuple[Ready, ...]
    missing: tuple[Missing, ...]
    wordless: int


class InsideLinks:
    """Links between the documents of a book."""

    def __init__(self, reads: Sequence[Read]) -> None:
        self._anchors: Mapping[str, frozenset[str]] = {each.document.key: each.anchors for each in reads}

    def article(self, address: str, start: Entry) -> Inside | None:
        """Return the document that a link leads to, with the place in it behind `#`."""
        if not address.startswith(INSIDE):
            return None
        key, _, fragment = address.removeprefix(INSIDE).partition("#")
        return Inside("article", self.place(key, fragment)) if key in self._anchors else None

    def place(self, key: str, fragment: str) -> str:
        """Return a document and a place in it, without the place if the document has none of that name."""
        return f"{key}#{fragment}" if fragment in self._anchors.get(key, ()) else key

    def settled(self, address: str, start: Entry) -> str:
        """Return the address."""
        return address

    def neighbours(self, entry: Entry) -> tuple[str, str]:
        """Return no neighbours."""
        return "", ""

    def alone(self, entry: Entry) -> bool:
        """Return True: the page around a document has no headings."""
        return True

    def navigation(self, target: str, entry: Entry, home: str) -> Inside | None:
        """Return None: there are no links of a mirror."""
        return None


def file_of(key: str) -> str:
    """Return the file of a document in a book."""
    return f"text/{key}.xhtml"


def place_in_book(place: str) -> str:
    """Return the reference to a place in a book from its top."""
    key, _, fragment = place.partition("#")
    return file_of(key) + (f"#x-{xml_name(fragment)}" if fragment else "")


def place_in_page(place: str) -> str:
    """Return the reference to a place in a page that has all documents."""
    key, _, fragment = place.partition("#")
    return f"#{key}" + (f"..{xml_name(fragment)}" if fragment else "")


class BookNames:
    """Names in a book whose documents are files."""

    def href(self, to: Inside, start: str) -> str:
        """Return a relative reference."""
        return relative(place_in_book(to.key), file_of(start))

    def prefix(self, path: str) -> str:
        """Return the prefix of identifiers."""
        return "x-"

    def picture(self, picture: Ready, start: str) -> str:
        """Return a relative reference."""
        return relative(picture_file(picture), file_of(start))


class PageNames:
    """Names in a page that has all documents, and its pictures as `data:` addresses."""

    def href(self, to: Inside, start: str) -> str:
        """Return a reference in the page."""
        return place_in_page(to.key)

    def prefix(self, path: str) -> str:
        """Return the prefix of identifiers."""
        return f"{path}.."

    def picture(self, picture: Ready, start: str) -> str:
        """Return the picture itself."""
        with open(picture.path, "rb") as file:
            return f"data:{picture.media_type};base64,{b64encode(file.read()).decode()}"


class WholeRenderer(Renderer):
    """Renderer of a document that has its title in its text, so that its highest heading is the first."""

    def block(self, node: Block) -> str:
        """Return one block."""
        if not isinstance(node, Heading):
            return super().block(node)
        tag = f"h{node.level - 1}"
        return f"<{tag}{self.language_attributes(node.children)}>{self.inlines(node.children)}</{tag}>\n"


def rendered(read: Read, links: InsideLinks, names: Names, gallery: Gallery, *, epub: bool) -> Rendered:
    """Return a document as a part of the output."""
    pictures = PagePictures(Treated(gallery, {}))
    key = read.document.key
    page = Page(Entry(key, key, read.article.title, ""), links, OPTIONS, pictures=pictures)
    html = WholeRenderer(page, names, read.article, epub=epub).blocks(read.article.body)
    around = attributes(read.article.language)
    if read.direction:
        around = f'{around.partition(" dir=")[0]} dir="{read.direction}"'
    missing = tuple(each for each in pictures.asked.values() if isinstance(each, Missing))
    section = f'<section id="{key}"{around}>\n{html}</section>'
    return Rendered(read, section, tuple(pictures.used.values()), missing, pictures.wordless)


def nodes(lines: Sequence[Line], links: InsideLinks, *, headings: bool) -> list[Node]:
    """Return the contents as the writers of books take them.

    With `headings`, a line that leads nowhere itself is a heading if there are lines below it, else it leads where the
    line before it does.
    """
    made: list[Node] = []
    before = ""
    for line in lines:
        below = nodes(line.below, links, headings=headings)
        href = place_in_book(links.place(line.key, line.fragment)) if line.key else ""
        if not href and not (headings and below):
            href = next((each.href for each in below if each.href), before)
        if href or below:
            made.append(Node(line.title or "–", href, below.__iter__ if below else None))
        before = href or before
    return made
