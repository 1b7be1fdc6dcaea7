"""Nodes → XHTML, for the pages of HTML, EPUB and PDF.

A picture that is not embedded becomes a link with its caption: no page ever loads anything by itself.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from urllib.parse import unquote

from convert import mathml
from convert.bundle.links import Inside, Other
from convert.model import (
    Anchor,
    Article,
    Aside,
    Block,
    Break,
    Code,
    DefinitionList,
    Deleted,
    Description,
    Details,
    Embed,
    Emphasis,
    Figure,
    Footnote,
    Formula,
    Heading,
    Image,
    Inline,
    InlineCode,
    Inserted,
    Item,
    Link,
    List,
    Paragraph,
    Quote,
    Ruby,
    Strong,
    Subscript,
    Superscript,
    Table,
    Term,
    Text,
    ThematicBreak,
    Underline,
    texts,
    walk,
)
from convert.urls import is_tag_page, reachable, unsafe
from convert.words import words
from convert.writers.book import embeds, figures, tables
from convert.writers.book.escapes import NOT_XML, attribute, broken, text
from convert.writers.book.names import Names
from convert.writers.book.passages import attributes, direction, foreign, has_han, marked, usual
from convert.writers.options import Page
from convert.writers.references import xml_name

NARROW = 20
"""Most characters of the text of a formula that is surely no wider than the screen of a phone."""
MARKED = 40
"""Most characters of emphasised Chinese that get a mark each; longer text would be tiring to read."""


def ruby(base: str, annotation: str) -> str:
    """Return a ruby element of two pieces of HTML; software without ruby shows the annotation in brackets."""
    return f"<ruby>{base}<rp>（</rp><rt>{annotation}</rt><rp>）</rp></ruby>" if annotation else base


def _targets(nodes: tuple[object, ...]) -> Iterator[tuple[str, bool]]:
    for node in walk(nodes):
        if isinstance(node, Anchor | Footnote):
            yield node.id, isinstance(node, Footnote)


class Renderer:
    """Renderer of nodes as XHTML, for one page or, without one, for a fragment.

    With `below`, the number of headings that lead to the article's title, headings follow each other without gaps;
    engines of PDF put them in order themselves.

    With `pictures` it preserves every field of a node and writes pictures as `<img>`, as HTML inside Markdown needs it.
    `inside` then returns the reference for a link to another file of the build, whose original address becomes the
    link's title; `beside` the one for a picture that is a file of the build.
    """

    def __init__(
        self,
        page: Page | None = None,
        names: Names | None = None,
        article: Article | None = None,
        *,
        epub: bool = False,
        below: int | None = None,
        pictures: bool = False,
        inside: Callable[[str], str] = lambda address: "",
        beside: Callable[[str], str] = lambda address: "",
    ) -> None:
        self.page = page
        self.names = names
        self.article = article
        self.epub = epub
        self.below = below
        self.breaks = below is not None
        """True if a browser breaks lines where `<wbr/>` says; engines of PDF have their own ways."""
        self.level = 1 + (below or 0)
        """Level of the last heading on the page."""
        self.pictures = pictures
        self.inside = inside
        self.beside = beside
        self.prefix = names.prefix(page.entry.path) if names and page else "x-"
        self.written: set[str] = set()
        self.other: Other | None = None
        """Volume that the last link leads to, if not this one."""
        self.language = article.language if article else ""
        self.chinese = self.language.startswith("zh")
        self.code = ' dir="ltr"' if direction(self.language) == "rtl" and not pictures else ""
        """Attribute of code and of TeX, which are written from left to right in every language."""
        self.marks_runs = self.chinese
        """True outside passages in another language, if the language of those inside a text is marked."""
        self.label = words(self.language or "en")
        self.linked = False
        self.number = 0

    @cached_property
    def count(self) -> int:
        """Return the number of pictures of the article, without emoji."""
        article = self.article
        blocks = (*((article.lead,) if article.lead else ()), *article.body) if article else ()
        nodes = walk(each for each in blocks if type(each) is not Paragraph or [*map(type, each.children)] != [Text])
        return sum(type(node) is Image and not figures.is_emoji(node) for node in nodes)

    @cached_property
    def targets(self) -> dict[str, bool]:
        """Return the identifiers that links in the article can point at, each with True if it is a footnote's."""
        lead = (self.article.lead,) if self.article and self.article.lead else ()
        return dict(_targets((*lead, *self.article.body))) if self.article else {}

    @property
    def scrolls(self) -> bool:
        """Return True if the page is one on a screen that scrolls."""
        return self.below is not None and not self.epub

    def identifier(self, name: str) -> str:
        """Return an `id` attribute with a valid XML name, "" for an identifier that was written before."""
        if name in self.written:
            return ""
        self.written.add(name)
        return f' id="{self.prefix}{xml_name(name)}"'

    # --- inlines -----------------------------------------------------------------------------------------------------

    def inlines(self, children: tuple[Inline, ...]) -> str:
        """Return inlines, one after the other."""
        out = []
        for child in children:
            if type(child) is Text:
                out.append(self._text(child.text))
            else:
                out.append(INLINES[type(child)](self, child))
        return "".join(out)

    def _text(self, value: str) -> str:
        """Return text with its passages in other languages, and with places to break the lines of its addresses."""
        html = marked(value) if " " in value and self.marks_runs else text(value)
        return broken(html) if self.breaks and "://" in value else html

    def language_attributes(self, children: tuple[Inline, ...]) -> str:
        """Return attributes with the language of a run of text, "" if it is the article's."""
        if not self.language:
            return ""
        if self.chinese and children and type(first := children[0]) is Text and usual(first.text):
            return ""  # most blocks, decided cheaply
        return attributes(foreign("".join(texts(children)), self.language), self.language)

    def run(self, tag: str, children: tuple[Inline, ...], further: str = "") -> str:
        """Return an element with a run of inlines and their language."""
        if language := self.language_attributes(children):
            return f"<{tag}{further}{language}>{self._unmarked(children)}</{tag}>"
        return f"<{tag}{further}>{self.inlines(children)}</{tag}>"

    def _unmarked(self, children: tuple[Inline, ...]) -> str:
        """Return the inlines of an element whose language is marked: passages inside it are not."""
        around, self.marks_runs = self.marks_runs, False
        inside = self.inlines(children)
        self.marks_runs = around
        return inside

    def _emphasis(self, node: Emphasis) -> str:
        """Return emphasis; in Chinese, which marks each character, a class excludes Latin and long text."""
        if not self.chinese:
            return f"<em>{self.inlines(node.children)}</em>"
        value = "".join(texts(node.children))
        extra = attributes(foreign(value, self.language), self.language)
        inside = self._unmarked(node.children) if extra else self.inlines(node.children)
        if not extra and not has_han(value):
            extra = ' class="latin"'
        elif len(value) > MARKED:
            extra += ' class="long"'
        return f"<em{extra}>{inside}</em>"

    def _marked(self, node: Strong | Underline | Deleted | Inserted | Subscript | Superscript) -> str:
        tag = TAGS[type(node)]
        return f"<{tag}>{self.inlines(node.children)}</{tag}>"

    def _ruby(self, node: Ruby) -> str:
        return ruby(self.inlines(node.children), self.inlines(node.annotation))

    def _anchor(self, node: Anchor) -> str:
        if self.pictures:
            return f'<a id="{attribute(node.id)}"></a>'
        return f"<span{identifier}></span>" if (identifier := self.identifier(node.id)) else ""

    def _code(self, node: InlineCode) -> str:
        return f"<code{self.code}>{text(node.text)}</code>"

    def _formula(self, node: Formula) -> str:
        """Return a formula in MathML if the article has it and the page may hold it, else in TeX."""
        inside = "" if self.pictures else NOT_XML.sub("", mathml.clean(node.mathml))
        if not inside:
            return f'<code class="{"display math" if node.display else "math"}"{self.code}>{text(node.text)}</code>'
        display = ' display="block"' if node.display else ""
        html = f'<math xmlns="{mathml.NAMESPACE}" alttext="{attribute(node.text)}"{display}>{inside}</math>'
        return tables.scrolling(html, self.label["formula"], "span") if self._is_wide(node) else html

    def _is_wide(self, node: Formula) -> bool:
        return self.scrolls and node.display and len(node.text) > NARROW

    def _link(self, node: Link) -> str:
        around, self.linked = self.linked, True
        pieces = figures.in_link(self, node)
        self.linked, self.other = around, None
        href, extra = self.href(node.target)
        note = (
            f'<span class="volume">{text(self.label["volume"].format(self.other.volume))}</span>' if self.other else ""
        )
        start, end = (f'<a href="{attribute(href)}"{extra}>', f"</a>{note}") if href else ("", "")
        return "".join(piece if "<a " in piece or piece == " " else start + piece + end for piece in pieces)

    def href(self, target: str) -> tuple[str, str]:
        """Return the reference of a link on this page and its further attributes; "" for a link without a target."""
        if not target or (self.pictures and unsafe(target)):
            return "", ""
        if self.pictures:
            href = self.inside(target)
            return (href, f' title="{attribute(target)}"') if href else (target, "")
        if target[0] == "#":
            name = next((name for name in (target[1:], unquote(target[1:])) if name in self.targets), "")
            if not name:
                return "", ""
            extra = ""
            if self.targets[name]:
                extra = ' role="doc-noteref"' + (' epub:type="noteref"' if self.epub else "")
            return f"#{self.prefix}{xml_name(name)}", extra
        if self.page and self.names:
            if is_tag_page(target):  # four links in five
                if not self.page.options.tag_links:
                    return "", ""
            elif inside := self.page.links.article(target, self.page.entry):
                if isinstance(inside, Inside):
                    return self.names.href(inside, self.page.entry.path), ""
                self.other = inside
        return self.address(target), ""

    def address(self, target: str) -> str:
        """Return the address of a link as this output can have it, "" if it cannot link there."""
        return reachable(target, self.epub)

    def image(self, node: Image) -> str:
        """Return a picture, or its alternative text with a link to it."""
        return figures.image(self, node)

    # --- blocks ------------------------------------------------------------------------------------------------------

    def blocks(self, nodes: tuple[Block, ...]) -> str:
        """Return blocks, one after the other."""
        return "".join(figures.blocks(self, nodes))

    def block(self, node: Block) -> str:
        """Return one block."""
        return BLOCKS[type(node)](self, node)

    def _paragraph(self, node: Paragraph) -> str:
        children = node.children
        if self.chinese and len(children) == 1 and type(only := children[0]) is Text and usual(only.text):
            return f"<p>{self._text(only.text)}</p>\n"  # most paragraphs, of which `run` would write the same
        return f"{self.run('p', node.children)}\n"

    def _heading(self, node: Heading) -> str:
        """Return a heading; a class has the article's level where the page's differs, for its looks and for readers."""
        level, own = node.level, ""
        if self.below is not None:
            level = self.level = min(node.level + self.below, self.level + 1, 6)
            own = f' class="l{node.level}"' if level != node.level else ""
        return f"{self.run(f'h{level}', node.children, own)}\n"

    def figure(self, node: Figure, kind: str = "") -> str:
        """Return a figure."""
        return figures.figure(self, node, kind)

    def _list(self, node: List) -> str:
        tag = "ol" if node.ordered else "ul"
        further = ""
        if node.ordered:
            further = f' start="{node.start}"' if node.start != 1 else ""
            further += f' type="{node.numbering}"' if node.numbering != "1" else ""
            further += ' reversed="reversed"' if node.reversed else ""
        items = "".join(
            self.tight("li", self._number(node, item, number), item.children) + "\n"
            for item, number in zip(node.items, node.numbers, strict=True)
        )
        return f"<{tag}{further}>\n{items}</{tag}>\n"

    def _number(self, node: List, item: Item, number: int) -> str:
        """Return an item's number as an attribute if it is not the next one, or if viewers may not count down."""
        given = item.value is not None or (node.reversed and self.pictures)
        return f' value="{number}"' if node.ordered and given else ""

    def _definitions(self, node: DefinitionList) -> str:
        """Return a list of definitions; each has a term and a description, as XHTML wants it, if only an empty one."""
        parts = []
        for item in node.items:
            for term in item.terms or (Term(()),):
                parts.append(f"{self.run('dt', term.children)}\n")
            for description in item.descriptions or (Description(()),):
                parts.append(self.tight("dd", "", description.children) + "\n")
        return f"<dl>\n{''.join(parts)}</dl>\n"

    def _details(self, node: Details) -> str:
        """Return details that are open: on paper and in some reading systems nobody could open them."""
        return f'<details open="open">\n{self.run("summary", node.summary)}\n{self.blocks(node.children)}</details>\n'

    def tight(self, tag: str, further: str, nodes: tuple[Block, ...]) -> str:
        """Return an item or a cell with further attributes; of a single paragraph, only the text without `<p>`."""
        if len(nodes) == 1 and isinstance(only := nodes[0], Paragraph):
            return self.run(tag, only.children, further)
        return f"<{tag}{further}>{self.blocks(nodes)}</{tag}>"

    def _table(self, node: Table) -> str:
        return tables.table(self, node)

    def _quote(self, node: Quote) -> str:
        return f"<blockquote>\n{self.blocks(node.children)}</blockquote>\n"

    def _preformatted(self, node: Code) -> str:
        return f"<pre{self.code}><code>{text(node.text)}</code></pre>\n"

    def _rule(self, node: ThematicBreak) -> str:
        return "<hr/>\n"

    def _embed(self, node: Embed) -> str:
        return f'<blockquote class="embed {node.kind}">\n{embeds.box(self, node)}</blockquote>\n'

    def _footnote(self, node: Footnote) -> str:
        kind = ' epub:type="footnote"' if self.epub else ""
        return (
            f'<aside{kind} role="doc-footnote" class="footnote"{self.identifier(node.id)}>\n'
            f"{self.blocks(node.children)}</aside>\n"
        )

    def _aside(self, node: Aside) -> str:
        return f'<aside class="{node.kind}">\n{self.blocks(node.children)}</aside>\n'


TAGS: Mapping[type, str] = {
    Strong: "strong",
    Underline: "u",
    Deleted: "del",
    Inserted: "ins",
    Subscript: "sub",
    Superscript: "sup",
}
INLINES: Mapping[type, Callable[..., str]] = {
    **dict.fromkeys(TAGS, Renderer._marked),
    Emphasis: Renderer._emphasis,
    Break: lambda renderer, node: "<br/>",
    Ruby: Renderer._ruby,
    Anchor: Renderer._anchor,
    InlineCode: Renderer._code,
    Formula: Renderer._formula,
    Link: Renderer._link,
    Image: Renderer.image,
}
BLOCKS: Mapping[type, Callable[..., str]] = {
    Paragraph: Renderer._paragraph,
    Heading: Renderer._heading,
    Figure: Renderer.figure,
    List: Renderer._list,
    DefinitionList: Renderer._definitions,
    Details: Renderer._details,
    Table: Renderer._table,
    Quote: Renderer._quote,
    Code: Renderer._preformatted,
    ThematicBreak: Renderer._rule,
    Embed: Renderer._embed,
    Footnote: Renderer._footnote,
    Aside: Renderer._aside,
}
