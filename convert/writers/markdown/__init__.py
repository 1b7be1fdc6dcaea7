"""Article → Markdown: CommonMark 0.31 with YAML front matter, and GitHub's tables.

HTML is written only where CommonMark has no way: underline, sub- and superscript, ruby, anchors, tables with spans, and
emphasis whose `**` could not work beside Chinese punctuation (CommonMark, section 6.2, rules of left- and
right-flanking).
"""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from msgspec.structs import replace

from convert.bundle.links import Inside
from convert.codec import frontmatter
from convert.model import (
    Anchor,
    Article,
    Aside,
    Block,
    Cell,
    Code,
    Definition,
    DefinitionList,
    Description,
    Details,
    Embed,
    Entry,
    Figure,
    Footnote,
    Formula,
    Heading,
    Item,
    Link,
    List,
    NavLink,
    Paragraph,
    Quote,
    Table,
    Text,
    ThematicBreak,
)
from convert.text import visible
from convert.urls import unsafe
from convert.words import NO_ARTICLE, Words, words
from convert.writers.book import xhtml
from convert.writers.book.embeds import embed_line
from convert.writers.markdown.inline import (
    PAGE,
    SHOWN,
    beside,
    destination,
    escape,
    fenced,
    heading_text,
    image,
    inlines,
    inside,
    line_start,
    link,
    paragraph,
    titled,
)
from convert.writers.options import Omission, Page
from convert.writers.pictureless import pictureless


def render(article: Article, page: Page) -> bytes:
    """Return the whole file."""
    article = pictureless(article, page.options.images)
    label = words(article.language)
    token = PAGE.set(page if page.files and page.files.contents else None)
    shown = SHOWN.set(page if page.options.assets else None)
    try:
        body = [*([figure(article.lead, label)] if article.lead else []), *blocks(article.body, label)]
    finally:
        PAGE.reset(token)
        SHOWN.reset(shown)
    begins = bool(body) and body[0].startswith(("![", "[!["))
    front = frontmatter.encode(article, lead=bool(article.lead) or not begins)
    parts = [front, f"# {heading_text(escape(article.title))}\n", *body]
    address = article.source.address
    if address:
        parts.append(f"---\n\n{label['source']}{link(Link(address, (Text(address),)))}\n")
    if page.options.nav == "keep" and article.nav:
        parts.append(line_start(" | ".join(_nav_link(entry, page) for entry in article.nav)) + "\n")
    return "\n".join(parts).encode("utf-8", "replace")


def stand_in(entry: Entry, why: Omission, page: Page, language: str) -> bytes | None:
    """Return the file of an article that could not be converted, so that links to it have a target.

    None if the output is a single article, which nothing links to.
    """
    if page.files is None or not page.files.contents:
        return None
    label = words(language)
    title, address = visible(entry.title, entry.path), entry.address
    lines = [
        NO_ARTICLE,
        f"# {heading_text(escape(title))}",
        line_start(escape(f"{label['left_out']}{why.message}")),
        "---",
    ]
    lines.append(f"{label['source']}{link(Link(address, (Text(address),))) if address else ''}")
    return "\n\n".join(lines).encode("utf-8", "replace") + b"\n"


def _nav_link(entry: NavLink, page: Page) -> str:
    if page.files and page.files.contents and entry.target and not unsafe(entry.target):
        to = page.links.navigation(entry.target, page.entry, page.home)
        if to and to != Inside("article", page.entry.path):
            return f"[{_label(entry)}]({titled(page.files.href(to, page.entry.path), entry.target)})"
    return _outward(entry)


def _label(entry: NavLink) -> str:
    return escape(entry.label).replace("|", "\\|")  # a bar in a label must not look like the separator


@lru_cache(maxsize=256)  # all pages of a mirror have most of its links
def _outward(entry: NavLink) -> str:
    """Return a link of the mirror that leads out of the build."""
    if not entry.target or unsafe(entry.target):
        return _label(entry)
    return f"[{_label(entry)}]({destination(entry.target)})"


def blocks(nodes: tuple[Block, ...], label: Words, *, nested: bool = False) -> Iterator[str]:
    """Yield the lines of each block; two lists in a row have different markers, or they would be read as one."""
    alternate = False
    before: Block | None = None
    for node in nodes:
        kind = type(node)
        if kind is Paragraph:  # as most blocks
            yield _paragraph(node, label)  # type: ignore[arg-type]
        elif kind is List:
            alternate = isinstance(before, List) and node.ordered == before.ordered and not alternate  # type: ignore[union-attr]
            yield _list(node, label, alternate=alternate)  # type: ignore[arg-type]
        elif nested and kind is ThematicBreak:
            yield "___\n"  # three hyphens would be an item of a list
        else:
            yield BLOCKS[kind](node, label)
        before = node


def _paragraph(node: Paragraph, label: Words) -> str:
    children = node.children
    if len(children) == 1:
        kind = type(only := children[0])
        if kind is Text:
            return line_start(escape(only.text)) + "\n"  # type: ignore[union-attr]
        if kind is Formula and only.display:  # type: ignore[union-attr]
            return fenced(only.text, "math")  # type: ignore[union-attr]
    return paragraph(children)


def _is_display(node: Paragraph) -> bool:
    return len(node.children) == 1 and isinstance(only := node.children[0], Formula) and only.display


def _heading(node: Heading, label: Words) -> str:
    return f"{'#' * node.level} {heading_text(inlines(node.children, ' '))}\n"


def figure(node: Figure, label: Words) -> str:
    """Return pictures, one a line, and their caption below."""
    lines = [image(picture) for picture in node.images]
    if node.caption:
        lines.append(paragraph(node.caption).rstrip("\n"))
    return "\\\n".join(line for line in lines if line) + "\n"


def _quote(node: Quote | Aside, label: Words) -> str:
    return _prefixed(node.children, label, "> ", "> ")


def _fenced(node: Code, label: Words) -> str:
    return fenced(node.text)


def _thematic_break(node: ThematicBreak, label: Words) -> str:
    return "---\n"


def _prefixed(nodes: tuple[Block, ...], label: Words, first: str, rest: str, between: str = "\n") -> str:
    """Return blocks inside a container whose first line begins with `first`, and each other line with `rest`."""
    lines = between.join(blocks(nodes, label, nested=True)).rstrip("\n").split("\n")
    starts = [first, *[rest] * (len(lines) - 1)]
    return "".join((start + line if line else start.rstrip()) + "\n" for start, line in zip(starts, lines, strict=True))


def _list(node: List, label: Words, *, alternate: bool = False) -> str:
    if node.ordered and not _is_plain(node):
        return _html(node, label)
    items = []
    tight = all(map(_is_tight, node.items))
    for number, item in enumerate(node.items, start=node.start):
        marker = f"{number}{')' if alternate else '.'} " if node.ordered else ("* " if alternate else "- ")
        items.append(_prefixed(item.children, label, marker, " " * len(marker), "" if tight else "\n"))
    return ("" if tight else "\n").join(items)


def _is_plain(node: List) -> bool:
    """Return True if CommonMark can number the items as they are: one after the other, in at most nine digits."""
    last = node.start + len(node.items)
    counted = not node.reversed and all(item.value is None for item in node.items)
    return counted and node.numbering == "1" and 0 <= node.start <= last < 10**9


def _is_tight(item: Item) -> bool:
    """Return True if an item needs no blank lines: a paragraph, and below it at most a list that may interrupt it.

    Only a list that begins with 1 and not with an empty item may (CommonMark, section 5.2).
    """
    if not item.children or not isinstance(item.children[0], Paragraph):
        return not item.children
    match item.children[1:]:
        case ():
            return True
        case (List(items=(first, *_)) as under,):
            return bool(first.children) and (not under.ordered or (under.start == 1 and _is_plain(under)))
    return False


def _table(table: Table, label: Words) -> str:
    """Return GitHub's table if it can hold the cells, else HTML on one line, which CommonMark passes through."""
    simple = all(
        cell.colspan == cell.rowspan == 1
        and len(cell.children) <= 1
        and all(isinstance(child, Paragraph) and not _is_display(child) for child in cell.children)
        for row in table.rows
        for cell in row
    )
    simple = simple and not table.caption and all(table.rows)
    headed = bool(table.rows) and all(cell.header for cell in table.rows[0])
    if (
        not simple
        or not table.rows
        or any(cell.header for row in table.rows[headed:] for cell in row)
        or not (any(cell.children for cell in table.rows[0]) or not headed)
    ):
        return _html(table, label)
    width = max(len(row) for row in table.rows)
    rows = [[_cell(cell) for cell in row] + [""] * (width - len(row)) for row in table.rows]
    head, body = (rows[0], rows[1:]) if headed else ([""] * width, rows)
    lines = [head, ["---"] * width, *body]
    return "".join("|" + "".join(f" {cell} |" if cell else " |" for cell in row) + "\n" for row in lines)


def _html(node: Block, label: Words) -> str:
    """Return a block as HTML on one line, which CommonMark passes through."""
    html = "".join(map(RENDERER.block, _without_embeds((node,), label)))
    return _one_line(html.replace(">\n", ">")) + "\n"


def _one_line(html: str) -> str:
    """Return HTML without line ends, of which an empty line would end it (CommonMark, section 4.6)."""
    return html.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "&#10;")


def _details(node: Details, label: Words) -> str:
    """Return details as HTML around Markdown."""
    summary = _one_line(RENDERER.inlines(node.summary))
    inside = "\n".join(blocks(node.children, label, nested=True))
    return f"<details>\n<summary>{summary}</summary>\n\n{inside}\n</details>\n"


def _cell(cell: Cell) -> str:
    text = "".join(inlines(child.children) for child in cell.children if isinstance(child, Paragraph))
    return text.replace("\\\n", "<br>").replace("|", "\\|")


def _without_embeds(nodes: tuple[Block, ...], label: Words) -> tuple[Block, ...]:
    """Return blocks for an HTML table, in which embeds, footnotes and asides are what they become in Markdown."""
    out: list[Block] = []
    for node in nodes:
        if isinstance(node, Table):
            rows = tuple(
                tuple(replace(cell, children=_without_embeds(cell.children, label)) for cell in row)
                for row in node.rows
            )
            out.append(replace(node, rows=rows))
        elif isinstance(node, List):
            items = tuple(replace(item, children=_without_embeds(item.children, label)) for item in node.items)
            out.append(replace(node, items=items))
        elif isinstance(node, DefinitionList):
            out.append(replace(node, items=tuple(_definition(item, label) for item in node.items)))
        elif isinstance(node, Details):
            out.append(replace(node, children=_without_embeds(node.children, label)))
        elif isinstance(node, Footnote):
            out += _without_embeds(_note(node), label)
        elif isinstance(node, Embed | Quote | Aside):
            inside = _quoted(node, label) if isinstance(node, Embed) else node.children
            out.append(Quote(_without_embeds(inside, label)))
        else:
            out.append(node)
    return tuple(out)


def _definition(item: Definition, label: Words) -> Definition:
    return replace(
        item, descriptions=tuple(Description(_without_embeds(each.children, label)) for each in item.descriptions)
    )


def _embed(node: Embed, label: Words) -> str:
    return _prefixed(_quoted(node, label), label, "> ", "> ")


def _quoted(node: Embed, label: Words) -> tuple[Block, ...]:
    """Return the content of the quote that an embed becomes: its text, and a line with its kind and address."""
    line = embed_line(node, label)
    return (*node.children, Paragraph(line)) if line else node.children


def _footnote(node: Footnote, label: Words) -> str:
    return "\n".join(blocks(_note(node), label))


def _note(node: Footnote) -> tuple[Block, ...]:
    """Return the blocks of a footnote, of which the first begins with its anchor."""
    if node.children and isinstance(head := node.children[0], Paragraph):
        return (Paragraph((Anchor(node.id), *head.children)), *node.children[1:])
    return (Paragraph((Anchor(node.id),)), *node.children)


RENDERER = xhtml.Renderer(pictures=True, inside=inside, beside=beside)
"""Renderer of HTML inside Markdown."""

BLOCKS: Mapping[type, Callable[..., str]] = MappingProxyType({
    **dict.fromkeys((Quote, Aside), _quote),
    Code: _fenced,
    DefinitionList: _html,
    Details: _details,
    Embed: _embed,
    Figure: figure,
    Footnote: _footnote,
    Heading: _heading,
    List: _list,
    Paragraph: _paragraph,
    Table: _table,
    ThematicBreak: _thematic_break,
})  # fmt: skip
