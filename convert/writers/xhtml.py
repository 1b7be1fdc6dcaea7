"""Article → the XHTML page that the HTML, EPUB and PDF writers share.

A picture that is not at hand becomes its caption with a link: no page ever loads anything by itself.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from functools import cache
from posixpath import relpath
from typing import Protocol

from convert.model import (
    Anchor,
    Article,
    Aside,
    Block,
    Break,
    Cell,
    Code,
    Embed,
    Emphasis,
    Entry,
    Figure,
    Footnote,
    Heading,
    Image,
    Inline,
    InlineCode,
    Link,
    List,
    Paragraph,
    Quote,
    Section,
    Strong,
    Subscript,
    Superscript,
    Table,
    Text,
    ThematicBreak,
    Underline,
    Volume,
)
from convert.urls import is_tag_page, linkable, resolve
from convert.writers.options import Page
from convert.writers.words import Words, words

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MARKUP = re.compile(r"[&<>]")
_EMBEDDED = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+\Z")
_NOT_NAME = re.compile(r"[^A-Za-z0-9_\-.]")


def text(value: str) -> str:
    """`value` as character data of XML 1.0.

    >>> text("a < b & c")
    'a &lt; b &amp; c'
    """
    if _MARKUP.search(value):
        value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _NOT_XML.sub("", value)


def attribute(value: str) -> str:
    """`value` as an attribute's value in double quotes."""
    return text(value).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


# --- names -----------------------------------------------------------------------------------------------------------


def _slug(name: str) -> str:
    """`name` in lower-case ASCII; a name that had to change carries a hash of its own, so that no two become one."""
    slug = re.sub(r"[^a-z0-9_\-/]+", "-", name.lower()).strip("-/") or "page"
    return slug if slug == name else f"{slug[:80]}-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}"


@cache
def slug(entry: Entry) -> str:
    """The name of an article's page, unique in a volume: its path in ASCII, without `.md` and the mirror's `pages/`."""
    return _slug(entry.path.removesuffix(".md").removeprefix("pages/"))


def file_name(entry: Entry) -> str:
    """The file of an article's page inside a book.

    >>> file_name(Entry("pages/nf1412576/n14072129.md", "n14072129", "纸", ""))
    'text/nf1412576/n14072129.xhtml'
    """
    return f"text/{slug(entry)}.xhtml"


def section_file(section: Section) -> str:
    """The file of a section's page inside a book."""
    return f"sections/{_slug(section.key or 'articles')}.xhtml"


CONTENTS_FILE = "nav.xhtml"
STYLE_FILE = "style.css"


class Names(Protocol):
    """How a page of a book addresses another."""

    def href(self, to: Entry | Section | Volume, start: Entry) -> str:
        """The reference from the page of `start`."""
        ...

    def prefix(self, entry: Entry) -> str:
        """What the identifiers of a page begin with."""
        ...


class FileNames:
    """Each page is a file of its own (EPUB)."""

    def href(self, to: Entry | Section | Volume, start: Entry) -> str:
        """A relative reference."""
        if isinstance(to, Entry):
            target = file_name(to)
        else:
            target = section_file(to) if isinstance(to, Section) else CONTENTS_FILE
        return relative(target, file_name(start))

    def prefix(self, entry: Entry) -> str:
        """Nothing but what makes an XML name of any identifier."""
        return "x-"


class PageNames:
    """All pages are one document (HTML, PDF)."""

    def href(self, to: Entry | Section | Volume, start: Entry) -> str:
        """A fragment."""
        if isinstance(to, Entry):
            return f"#{anchor(to)}"
        return f"#{section_anchor(to)}" if isinstance(to, Section) else "#contents"

    def prefix(self, entry: Entry) -> str:
        """The page's own name."""
        return f"{anchor(entry)}-"


def relative(target: str, start: str) -> str:
    """How the page `start` must address the page `target`; both POSIX paths from the book's root.

    >>> relative("b/two.xhtml", start="a/one.xhtml")
    '../b/two.xhtml'
    """
    return relpath(target, start.rpartition("/")[0] or ".")


def anchor(entry: Entry) -> str:
    """The identifier of an article in a document of many."""
    return "a-" + slug(entry).replace("/", ".")


def section_anchor(section: Section) -> str:
    """The identifier of a section in a document of many."""
    return "s-" + _slug(section.key or "articles").replace("/", ".")


# --- pages -----------------------------------------------------------------------------------------------------------


def document(body: str, *, title: str, language: str, style: str) -> str:
    """A complete XHTML document; `style` is the relative reference of its style sheet."""
    tag = attribute(language)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" '
        f'lang="{tag}" xml:lang="{tag}">\n<head>\n<meta charset="utf-8"/>\n<title>{text(title)}</title>\n'
        f'<link rel="stylesheet" type="text/css" href="{attribute(style)}"/>\n</head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def chapter(article: Article, page: Page, names: Names, *, epub: bool = False) -> str:
    """The `<article>` element of one article: header, lead, body, original address, navigation."""
    label = words(article.language)
    renderer = Renderer(page, names, epub=epub)
    renderer.collect(article)
    tag = attribute(article.language)
    byline = []
    if article.publisher:
        byline.append(f'<span class="publisher">{text(article.publisher)}</span>')
    if article.published:
        byline.append(f'<time datetime="{attribute(article.published)}">{text(article.published[:10])}</time>')
    if article.authors:
        byline.append(f'<span class="author">{text(label["by"].join(article.authors))}</span>')
    parts = [
        f'<article id="{anchor(page.entry)}" lang="{tag}" xml:lang="{tag}">\n<header>\n<h1>{text(article.title)}</h1>\n'
    ]
    if byline:
        parts.append(f'<p class="byline">{" ".join(byline)}</p>\n')
    parts.append("</header>\n")
    if article.lead:
        parts.append(renderer.figure(article.lead, "lead"))
    parts += [renderer.block(block) for block in article.body]
    address = article.source.address
    href = resolve(address, "")
    shown = f'<a href="{attribute(href)}">{text(address)}</a>' if href and linkable(href) else text(address)
    parts.append(f'<footer>\n<p class="source">{text(label["source"])}{shown}</p>\n</footer>\n')
    if page.options.nav == "keep":
        parts.append(navigation(article, page, names))
    parts.append("</article>")
    return "".join(parts)


def left_out(entry: Entry, message: str, page: Page, names: Names, language: str) -> str:
    """The page of an article that could not be converted: in a book every link to it still leads somewhere."""
    label = words(language)
    tag = attribute(language)
    return (
        f'<article id="{anchor(entry)}" class="left-out" lang="{tag}" xml:lang="{tag}">\n'
        f"<header>\n<h1>{text(entry.title or entry.path)}</h1>\n</header>\n"
        f"<p>{text(label['left_out'])}{text(message)}</p>\n"
        f'<footer>\n<p class="source">{text(label["source"])}{text(entry.address)}</p>\n</footer>\n'
        f"{_book_navigation(page, names, label) if page.options.nav == 'keep' else ''}</article>"
    )


def _book_navigation(page: Page, names: Names, label: Words) -> str:
    items = _book_items(page, names, label)
    return (
        f'<nav class="mirror" aria-label="{attribute(label["contents"])}">\n<p>{" | ".join(items)}</p>\n</nav>\n'
        if items
        else ""
    )


def _book_items(page: Page, names: Names, label: Words) -> list[str]:
    before, after = page.links.neighbours(page.entry)
    if before is None and after is None:
        return []
    items = [(page.links.volume, "contents"), (before, "previous"), (after, "next")]
    return [f'<a href="{names.href(to, page.entry)}">{text(label[word])}</a>' for to, word in items if to is not None]


def navigation(article: Article, page: Page, names: Names) -> str:
    """The `<nav>` at the end of a page: contents, previous and next page, and the mirror's own links."""
    label = words(article.language)
    lines = []
    if items := _book_items(page, names, label):
        lines.append(f"<p>{' | '.join(items)}</p>\n")
    items = []
    for link in article.nav:
        inside = page.links.navigation(link.target, page.entry, page.home)
        if isinstance(inside, Entry) or (inside is not None and lines):  # a volume of one has no other pages
            href = names.href(inside, page.entry)
        else:
            href = attribute(resolve(link.target, "")) if link.target else ""
        items.append(f'<a href="{href}">{text(link.label)}</a>' if href else f"<span>{text(link.label)}</span>")
    if items:
        lines.append(f"<p>{' | '.join(items)}</p>\n")
    if not lines:
        return ""
    return f'<nav class="mirror" aria-label="{attribute(label["contents"])}">\n{"".join(lines)}</nav>\n'


def embed_line(node: Embed, label: Words) -> tuple[Inline, ...]:
    """What an output says of an embed besides what was kept of it: what it was, and where it is."""
    name = label[node.kind]
    if node.address and linkable(node.address):
        return (Link(node.address, (Text(name),)),)
    return () if node.children else (Text(label["missing"].format(name)),)


def mentions(nodes: tuple[Block, ...] | tuple[Inline, ...], address: str) -> bool:
    """Whether a link inside the nodes leads to the address."""
    for node in nodes:
        if isinstance(node, Link) and node.target == address:
            return True
        if (children := getattr(node, "children", ())) and mentions(children, address):
            return True
    return False


class Renderer:
    """Nodes → XHTML.  Without a page it renders a piece by itself; `pictures` keeps `<img>` with its address."""

    def __init__(
        self, page: Page | None = None, names: Names | None = None, *, epub: bool = False, pictures: bool = False
    ) -> None:
        self.page = page
        self.names = names
        self.epub = epub
        self.pictures = pictures
        self.prefix = names.prefix(page.entry) if names and page else "x-"
        self.anchors: set[str] = set()
        self.notes: set[str] = set()
        self.written: set[str] = set()
        self.label = words("en")

    def collect(self, article: Article) -> None:
        """Learns which places the article has, so that no link leads nowhere."""
        self.label = words(article.language)
        self._collect(article.body)

    def _collect(self, nodes: tuple[object, ...]) -> None:
        for node in nodes:
            if isinstance(node, Anchor):
                self.anchors.add(node.id)
            elif isinstance(node, Footnote):
                self.notes.add(node.id)
                self._collect(node.children)
            elif isinstance(node, List):
                self._collect(node.items)
            elif isinstance(node, Table):
                for row in node.rows:
                    self._collect(row)
            elif isinstance(node, Figure):
                self._collect(node.caption)
            elif children := getattr(node, "children", ()):
                self._collect(children)

    def identifier(self, name: str) -> str:
        """An `id` attribute for a place of the article, an XML name; nothing for a place named twice."""
        if name in self.written:
            return ""
        self.written.add(name)
        return f' id="{self.prefix}{_NOT_NAME.sub("_", name)}"'

    # --- inlines -----------------------------------------------------------------------------------------------------

    def inlines(self, children: tuple[Inline, ...]) -> str:
        """Inlines, one after the other."""
        out = []
        for child in children:
            if type(child) is Text:
                out.append(text(child.text))
            else:
                out.append(INLINES[type(child)](self, child))
        return "".join(out)

    def _marked(self, node: Emphasis | Strong | Underline | Subscript | Superscript) -> str:
        tag = TAGS[type(node)]
        return f"<{tag}>{self.inlines(node.children)}</{tag}>"

    def _break(self, node: Break) -> str:
        return "<br/>"

    def _anchor(self, node: Anchor) -> str:
        return f"<span{identifier}></span>" if (identifier := self.identifier(node.id)) else ""

    def _code(self, node: InlineCode) -> str:
        return f"<code>{text(node.text)}</code>"

    def _link(self, node: Link) -> str:
        inside = self.inlines(node.children)
        href, extra = self.href(node.target)
        return f'<a href="{attribute(href)}"{extra}>{inside}</a>' if href and "<a " not in inside else inside

    def href(self, target: str) -> tuple[str, str]:
        """Where a link of the article leads from here, and further attributes of it; nothing when nowhere."""
        if not target:
            return "", ""
        if target[0] == "#":
            name = target[1:]
            if name not in self.anchors and name not in self.notes:
                return "", ""
            extra = ""
            if name in self.notes:
                extra = ' role="doc-noteref"' + (' epub:type="noteref"' if self.epub else "")
            return f"#{self.prefix}{_NOT_NAME.sub('_', name)}", extra
        if self.page and self.names:
            if (entry := self.page.links.article(target)) is not None:
                return self.names.href(entry, self.page.entry), ""
            if not self.page.options.tag_links and is_tag_page(target):
                return "", ""
        address = resolve(target, "")
        return (address, "") if address and linkable(address) else ("", "")

    def image(self, node: Image) -> str:
        """A picture: itself where it is at hand, else what stands in for it."""
        alt = attribute(node.alt)
        if _EMBEDDED.match(node.address):
            return f'<img src="{attribute(node.address)}" alt="{alt}"/>'
        if self.pictures:
            return f'<img src="{attribute(node.address)}" alt="{alt}"/>' if node.address else text(node.alt)
        shown = text(f"{self.label['picture']}{node.alt}")
        address = resolve(node.full_size or node.address, "")
        return f'<a class="picture" href="{attribute(address)}">{shown}</a>' if address and linkable(address) else shown

    # --- blocks ------------------------------------------------------------------------------------------------------

    def blocks(self, nodes: tuple[Block, ...]) -> str:
        """Blocks, one after the other."""
        return "".join(self.block(node) for node in nodes)

    def block(self, node: Block) -> str:
        """One block."""
        return BLOCKS[type(node)](self, node)

    def _paragraph(self, node: Paragraph) -> str:
        return f"<p>{self.inlines(node.children)}</p>\n"

    def _heading(self, node: Heading) -> str:
        return f"<h{node.level}>{self.inlines(node.children)}</h{node.level}>\n"

    def figure(self, node: Figure, kind: str = "") -> str:
        """A figure; with a caption, a picture that is not at hand needs no alternative text besides."""
        pictures = []
        for picture in node.images:
            bare = Image(picture.address, full_size=picture.full_size) if node.caption else picture
            pictures.append(self.image(bare if not _EMBEDDED.match(picture.address) and not self.pictures else picture))
        caption = f"<figcaption>{self.inlines(node.caption)}</figcaption>\n" if node.caption else ""
        name = f' class="{kind}"' if kind else ""
        shown = "".join(f'<p class="picture">{each}</p>\n' for each in pictures if each)
        return f"<figure{name}>\n{shown}{caption}</figure>\n"

    def _list(self, node: List) -> str:
        tag = "ol" if node.ordered else "ul"
        start = f' start="{node.start}"' if node.ordered and node.start != 1 else ""
        items = "".join(f"<li>{self._tight(item.children)}</li>\n" for item in node.items)
        return f"<{tag}{start}>\n{items}</{tag}>\n"

    def _tight(self, nodes: tuple[Block, ...]) -> str:
        """Blocks of an item or a cell: one paragraph alone is its text."""
        if len(nodes) == 1 and isinstance(nodes[0], Paragraph):
            return self.inlines(nodes[0].children)
        return self.blocks(nodes)

    def table(self, node: Table) -> str:
        """A table."""
        rows = [f"<tr>{''.join(self._cell(cell) for cell in row)}</tr>\n" for row in node.rows]
        heads = 0
        while heads < len(rows) - 1 and all(cell.header and cell.rowspan == 1 for cell in node.rows[heads]):
            heads += 1
        head = f"<thead>\n{''.join(rows[:heads])}</thead>\n" if heads else ""
        return f"<table>\n{head}<tbody>\n{''.join(rows[heads:])}</tbody>\n</table>\n"

    def _cell(self, cell: Cell) -> str:
        tag = "th" if cell.header else "td"
        spans = f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
        spans += f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
        return f"<{tag}{spans}>{self._tight(cell.children)}</{tag}>"

    def _quote(self, node: Quote) -> str:
        return f"<blockquote>\n{self.blocks(node.children)}</blockquote>\n"

    def _preformatted(self, node: Code) -> str:
        return f"<pre><code>{text(node.text)}</code></pre>\n"

    def _rule(self, node: ThematicBreak) -> str:
        return "<hr/>\n"

    def _embed(self, node: Embed) -> str:
        inside = self.blocks(node.children)
        if not node.children or (node.address and not mentions(node.children, node.address)):
            name = self.label[node.kind]
            address = resolve(node.address, "") if node.address else ""
            if address and linkable(address):
                inside += f'<p><a href="{attribute(address)}">{text(name)}</a></p>\n'
            elif not node.children:
                inside += f"<p>{text(self.label['missing'].format(name))}</p>\n"
        return f'<blockquote class="embed {node.kind}">\n{inside}</blockquote>\n'

    def _footnote(self, node: Footnote) -> str:
        kind = ' epub:type="footnote"' if self.epub else ""
        return (
            f'<aside{kind} role="doc-footnote" class="footnote"{self.identifier(node.id)}>\n'
            f"{self.blocks(node.children)}</aside>\n"
        )

    def _aside(self, node: Aside) -> str:
        return f'<aside class="{node.kind}">\n{self.blocks(node.children)}</aside>\n'


TAGS: Mapping[type, str] = {
    Emphasis: "em",
    Strong: "strong",
    Underline: "u",
    Subscript: "sub",
    Superscript: "sup",
}
INLINES: Mapping[type, Callable[..., str]] = {
    **dict.fromkeys(TAGS, Renderer._marked),
    Break: Renderer._break,
    Anchor: Renderer._anchor,
    InlineCode: Renderer._code,
    Link: Renderer._link,
    Image: Renderer.image,
}
BLOCKS: Mapping[type, Callable[..., str]] = {
    Paragraph: Renderer._paragraph,
    Heading: Renderer._heading,
    Figure: Renderer.figure,
    List: Renderer._list,
    Table: Renderer.table,
    Quote: Renderer._quote,
    Code: Renderer._preformatted,
    ThematicBreak: Renderer._rule,
    Embed: Renderer._embed,
    Footnote: Renderer._footnote,
    Aside: Renderer._aside,
}
