"""Article → Markdown: CommonMark 0.31 with YAML front matter, and GitHub's tables.

HTML stands only where CommonMark has no way: underline, sub- and superscript, ruby, anchors, tables with spans, and
emphasis whose `**` could not work beside Chinese punctuation (CommonMark, section 6.2, rules of left- and
right-flanking).
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from functools import cache, lru_cache
from types import MappingProxyType

from msgspec.structs import replace

from convert.bundle.links import Inside
from convert.codec import frontmatter
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
    Item,
    Link,
    List,
    NavLink,
    Paragraph,
    Quote,
    Ruby,
    Strong,
    Subscript,
    Superscript,
    Table,
    Text,
    ThematicBreak,
    Underline,
)
from convert.readers.markdown import NO_ARTICLE
from convert.urls import article_key, is_tag_page
from convert.words import Words, words
from convert.writers.book import xhtml
from convert.writers.book.volume import visible
from convert.writers.options import Page

EMPHATIC = (Strong, Emphasis)
SCRIPTS: Mapping[type, str] = MappingProxyType({Underline: "u", Subscript: "sub", Superscript: "sup"})

_SPECIAL = re.compile(r"[\\`*_\[\]<&~\n\r]")
_LINE_END = re.compile(r"[ \t]*[\n\r][ \t\n\r]*")
_ESCAPE = re.compile(
    r"[\\`*\[\]~]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # between two letters an underscore means nothing
    r"|<(?=[A-Za-z/!?]|$)"
    r"|&(?=#?[A-Za-z0-9]+;)"
)
_LINE_START = re.compile(r"(?:(\d{1,9})(?=[.)](?:\s|$))|(?=#{1,6}(?:\s|$)|[-+](?:\s|$|-)|>|=+\s*$|:?-[-|: ]*$|\|))")
_PLAIN_DESTINATION = re.compile(r"[!#$%'*+,\-./0-9:;=?@A-Z^_a-z~\u00a1-\uffff]+\Z")
_ENTITY = re.compile(r"&#?[A-Za-z0-9]+;")
_AUTOLINK = re.compile(r"https?://[^\s<>\\`*_]*\Z")
_BACKTICKS = re.compile(r"`+")

_PAGE: ContextVar[Page | None] = ContextVar("page", default=None)
"""The page that is being written, if it is one of several files: links to the others are relative."""


def render(article: Article, page: Page) -> bytes:
    """The whole file."""
    label = words(article.language)
    token = _PAGE.set(page if page.files and page.files.contents else None)
    try:
        body = [*([figure(article.lead, label)] if article.lead else []), *blocks(article.body, label)]
    finally:
        _PAGE.reset(token)
    begins = bool(body) and body[0].startswith(("![", "[!["))
    front = frontmatter.encode(article, lead=bool(article.lead) or not begins)
    parts = [front, f"# {heading_text(escape(article.title))}\n", *body]
    address = article.source.address
    parts.append(f"---\n\n{label['source']}{_link(Link(address, (Text(address),)))}\n")
    if page.options.nav == "keep" and article.nav:
        parts.append(line_start(" | ".join(_nav_link(link, page) for link in article.nav)) + "\n")
    return "\n".join(parts).encode("utf-8", "replace")


def stand_in(entry: Entry, message: str, page: Page, language: str) -> bytes | None:
    """The file of an article that could not be converted, so that links of others lead somewhere; an article alone
    needs none."""
    if page.files is None or not page.files.contents:
        return None
    label = words(language)
    title, address = visible(entry.title, entry.path), entry.address
    lines = [NO_ARTICLE, f"# {heading_text(escape(title))}", line_start(escape(f"{label['left_out']}{message}")), "---"]
    lines.append(f"{label['source']}{_link(Link(address, (Text(address),))) if address else ''}")
    return "\n\n".join(lines).encode("utf-8", "replace") + b"\n"


def _nav_link(link: NavLink, page: Page) -> str:
    label = escape(link.label).replace("|", "\\|")  # a bar of its own is no line between two links
    if not link.target:
        return label
    if page.files and page.files.contents:
        to = page.links.navigation(link.target, page.entry, page.home)
        if to and to != Inside("article", page.entry.path):
            return f"[{label}]({_titled(page.files.href(to, page.entry.path), link.target)})"
    return f"[{label}]({destination(link.target)})"


# --- inlines ---------------------------------------------------------------------------------------------------------


def escape(text: str) -> str:
    """`text` so that CommonMark reads it as text within a line; a line end, which JSON from elsewhere may have, is the
    space that HTML makes of it.

    >>> escape("a_b * [x] <b> &lt; 纸_墨")
    'a_b \\\\* \\\\[x\\\\] \\\\<b> \\\\&lt; 纸_墨'
    """
    return _ESCAPE.sub(r"\\\g<0>", _LINE_END.sub(" ", text)) if _SPECIAL.search(text) else text


def line_start(line: str) -> str:
    """`line`, already escaped within, so that it begins no block of another kind.

    >>> line_start("1. 纸"), line_start("# 纸"), line_start("- 纸"), line_start("2023年")
    ('1\\\\. 纸', '\\\\# 纸', '\\\\- 纸', '2023年')
    """
    if line[:1] < "~" and (match := _LINE_START.match(line)):
        return line[: match.end()] + "\\" + line[match.end() :]
    return line


@cache
def is_punctuation(char: str) -> bool:
    """Whether CommonMark 0.31 counts the character as Unicode punctuation: categories P and S."""
    return unicodedata.category(char)[0] in "PS"


@cache
def is_space(char: str) -> bool:
    """Whether CommonMark counts the character as Unicode white space: category Zs, tab and line ends."""
    return char in "\t\n\f\r" or unicodedata.category(char) == "Zs"


def inlines(children: tuple[Inline, ...], before: str = "\n", after: str = "\n") -> str:
    """Inlines as Markdown; `before` and `after` are the characters that will stand around them."""
    out: list[str] = []
    last = before
    count = len(children)
    for number, child in enumerate(children, start=1):
        kind = type(child)
        if kind is Text:
            text = escape(child.text)  # type: ignore[union-attr]  # it is a Text
            if text[-1] == "!" and number < count:
                text = text[:-1] + "\\!"
        elif isinstance(child, EMPHATIC):
            text = _emphasis(child, last, _first(children[number]) if number < count else after)
        elif kind is InlineCode and last == "`":
            text = f"<code>{escape(child.text)}</code>"  # type: ignore[union-attr]  # two code spans in a row would be one
        else:
            text = INLINES[kind](child)
        if text:
            out.append(text)
            last = text[-1]
    return "".join(out)


def _first(inline: Inline) -> str:
    """The first character that an inline will be written with, as far as flanking asks."""
    if isinstance(inline, Text):
        return escape(inline.text[:2])[0]
    return "*" if isinstance(inline, EMPHATIC) else "<"  # all others begin with ASCII punctuation


def _emphasis(node: Strong | Emphasis, before: str, after: str) -> str:
    mark, tag = ("**", "strong") if isinstance(node, Strong) else ("*", "em")
    inside = inlines(node.children, "*", "*")
    if not inside:
        return ""
    first, last = inside[0], inside[-1]
    opens = not is_space(first) and (not is_punctuation(first) or is_space(before) or is_punctuation(before))
    closes = not is_space(last) and (not is_punctuation(last) or is_space(after) or is_punctuation(after))
    if opens and closes and "*" not in (before, after, first, last):
        return f"{mark}{inside}{mark}"
    return f"<{tag}>{inside}</{tag}>"


def _break(node: Break) -> str:
    return "\\\n"


def _anchor(node: Anchor) -> str:
    return f'<a id="{xhtml.attribute(node.id)}"></a>'


def _script(node: Underline | Subscript | Superscript) -> str:
    tag = SCRIPTS[type(node)]
    return f"<{tag}>{inlines(node.children, '>', '<')}</{tag}>"


def _ruby(node: Ruby) -> str:
    return xhtml.ruby(inlines(node.children, ">", "<"), inlines(node.annotation, ">", "<"))


def _link(link: Link) -> str:
    if not link.target:
        return inlines(link.children)
    href = _inside(link.target)
    to = _titled(href, link.target) if href else destination(link.target)
    if len(link.children) == 1:
        (child,) = link.children
        if isinstance(child, Text):
            if child.text == link.target and not href and _AUTOLINK.match(link.target):
                return f"<{link.target}>"
            return f"[{escape(child.text)}]({to})"
    children = tuple(_unlinked(child) if isinstance(child, Image) else child for child in link.children)
    return f"[{inlines(children, '[', ']')}]({to})"


def _inside(address: str) -> str:
    """The relative reference of another article of the build; nothing for any other address."""
    if (page := _PAGE.get()) is None or page.files is None or address[0] == "#" or is_tag_page(address):
        return ""
    to = page.links.article(address, page.entry)
    if to is None or article_key(address) == article_key(page.entry.address):
        return ""
    return page.files.href(to, page.entry.path)


@lru_cache(maxsize=256)  # pages of a channel have most of their mirror's links in common
def _titled(href: str, address: str) -> str:
    """A relative reference as a link destination, with the address that it stands for as the link's title."""
    title = address.replace("\n", "%0A").replace("\\", "\\\\").replace('"', '\\"')
    return f'{destination(href)} "{_ENTITY.sub(lambda match: chr(92) + match[0], title)}"'


def _unlinked(image: Image) -> Image:
    return Image(image.address, image.alt, image.title)


def destination(address: str) -> str:
    """An address as a link destination (CommonMark, section 6.3).

    >>> destination("https://example.org/a b"), destination("https://example.org/(1)")
    ('<https://example.org/a b>', '<https://example.org/(1)>')
    """
    if _PLAIN_DESTINATION.match(address) and not ("&" in address and _ENTITY.search(address)):
        return address
    text = address.replace("\n", "%0A").replace("\\", "\\\\").replace("<", "\\<").replace(">", "\\>")
    return f"<{_ENTITY.sub(lambda match: chr(92) + match[0], text)}>"


def image(picture: Image) -> str:
    """A picture, inside a link to its full size if it has one; without an address only its alternative text is left."""
    if not picture.address:
        return escape(picture.alt)
    title = ' "' + escape(picture.title).replace('"', '\\"') + '"' if picture.title else ""
    text = f"![{escape(picture.alt)}]({destination(picture.address)}{title})"
    return f"[{text}]({destination(picture.full_size)})" if picture.full_size else text


def _code_span(node: InlineCode) -> str:
    text = node.text
    fence = "`" * (max((len(run) for run in _BACKTICKS.findall(text)), default=0) + 1)
    padding = " " if text.startswith("`") or text.endswith("`") or (text[0] == text[-1] == " " and text.strip()) else ""
    return f"{fence}{padding}{text}{padding}{fence}"


def heading_text(text: str) -> str:
    """A heading's text: no line break, and no `#` at its end that CommonMark would take for a closing one."""
    text = text.replace("\\\n", "<br>")
    return text[:-1] + "\\#" if text.endswith("#") else text


INLINES: Mapping[type, Callable[..., str]] = MappingProxyType({
    **dict.fromkeys(SCRIPTS, _script),
    Anchor: _anchor,
    Break: _break,
    Image: image,
    InlineCode: _code_span,
    Link: _link,
    Ruby: _ruby,
})  # fmt: skip


def paragraph(children: tuple[Inline, ...]) -> str:
    """Inlines as the lines of a paragraph."""
    if len(children) == 1 and isinstance(children[0], Text):
        return line_start(escape(children[0].text)) + "\n"
    text = inlines(children)
    if "\n" not in text:
        return line_start(text) + "\n"
    return "\n".join(line_start(line) for line in text.split("\n")) + "\n"


# --- blocks ----------------------------------------------------------------------------------------------------------


def blocks(nodes: tuple[Block, ...], label: Words, *, nested: bool = False) -> Iterator[str]:
    """Each block as its lines; two lists in a row differ in their markers, or they would be one."""
    alternate = False
    before: Block | None = None
    for node in nodes:
        kind = type(node)
        if kind is List:
            alternate = isinstance(before, List) and node.ordered == before.ordered and not alternate  # type: ignore[union-attr]
            yield _list(node, label, alternate=alternate)  # type: ignore[arg-type]
        elif nested and kind is ThematicBreak:
            yield "___\n"  # three hyphens would be an item of a list
        else:
            yield BLOCKS[kind](node, label)
        before = node


def _paragraph(node: Paragraph, label: Words) -> str:
    return paragraph(node.children)


def _heading(node: Heading, label: Words) -> str:
    return f"{'#' * node.level} {heading_text(inlines(node.children, ' '))}\n"


def figure(node: Figure, label: Words) -> str:
    """Pictures, line by line, and their caption under them."""
    lines = [image(picture) for picture in node.images]
    if node.caption:
        lines.append(paragraph(node.caption).rstrip("\n"))
    return "\\\n".join(line for line in lines if line) + "\n"


def _quote(node: Quote | Aside, label: Words) -> str:
    return _prefixed(node.children, label, "> ", "> ")


def _fenced(node: Code, label: Words) -> str:
    fence = "`" * max(3, max((len(run) for run in _BACKTICKS.findall(node.text)), default=0) + 1)
    return f"{fence}\n{node.text}\n{fence}\n"


def _thematic_break(node: ThematicBreak, label: Words) -> str:
    return "---\n"


def _prefixed(nodes: tuple[Block, ...], label: Words, first: str, rest: str, between: str = "\n") -> str:
    """Blocks inside a container whose lines begin with `first`, then `rest`."""
    lines = between.join(blocks(nodes, label, nested=True)).rstrip("\n").split("\n")
    starts = [first, *[rest] * (len(lines) - 1)]
    return "".join((start + line if line else start.rstrip()) + "\n" for start, line in zip(starts, lines, strict=True))


def _list(node: List, label: Words, *, alternate: bool = False) -> str:
    items = []
    tight = all(map(_is_tight, node.items))
    for number, item in enumerate(node.items, start=node.start):
        marker = f"{number}{')' if alternate else '.'} " if node.ordered else ("* " if alternate else "- ")
        items.append(_prefixed(item.children, label, marker, " " * len(marker), "" if tight else "\n"))
    return ("" if tight else "\n").join(items)


def _is_tight(item: Item) -> bool:
    """Whether an item needs no blank lines: a paragraph, and under it at most a list that may interrupt one, which is a
    list that begins with 1 and not with an empty item (CommonMark, section 5.2)."""
    if not item.children or not isinstance(item.children[0], Paragraph):
        return not item.children
    match item.children[1:]:
        case ():
            return True
        case (List(items=(first, *_)) as under,):
            return bool(first.children) and (not under.ordered or under.start == 1)
    return False


def _table(table: Table, label: Words) -> str:
    """GitHub's table where it can hold the cells, else HTML on one line, which CommonMark hands through."""
    simple = all(
        cell.colspan == cell.rowspan == 1
        and len(cell.children) <= 1
        and all(isinstance(child, Paragraph) for child in cell.children)
        for row in table.rows
        for cell in row
    )
    headed = bool(table.rows) and all(cell.header for cell in table.rows[0])
    if (
        not simple
        or not table.rows
        or any(cell.header for row in table.rows[headed:] for cell in row)
        or not (any(cell.children for cell in table.rows[0]) or not headed)
    ):
        (plain,) = _without_embeds((table,), label)
        html = xhtml.Renderer(pictures=True, inside=_inside).table(plain)  # type: ignore[arg-type]  # it is still the table
        return html.replace(">\n", ">").replace("\n", "&#10;") + "\n"
    width = max(len(row) for row in table.rows)
    rows = [[_cell(cell) for cell in row] + [""] * (width - len(row)) for row in table.rows]
    head, body = (rows[0], rows[1:]) if headed else ([""] * width, rows)
    lines = [head, ["---"] * width, *body]
    return "".join("|" + "".join(f" {cell} |" if cell else " |" for cell in row) + "\n" for row in lines)


def _cell(cell: Cell) -> str:
    text = "".join(inlines(child.children) for child in cell.children if isinstance(child, Paragraph))
    return text.replace("\\\n", "<br>").replace("|", "\\|")


def _without_embeds(nodes: tuple[Block, ...], label: Words) -> tuple[Block, ...]:
    """Blocks for a table of HTML, with what Markdown has no form for as the blocks that it becomes elsewhere."""
    out: list[Block] = []
    for node in nodes:
        if isinstance(node, Table):
            rows = tuple(
                tuple(replace(cell, children=_without_embeds(cell.children, label)) for cell in row)
                for row in node.rows
            )
            out.append(Table(rows))
        elif isinstance(node, List):
            items = tuple(Item(_without_embeds(item.children, label)) for item in node.items)
            out.append(replace(node, items=items))
        elif isinstance(node, Footnote):
            out += _without_embeds(_note(node), label)
        elif isinstance(node, Embed | Quote | Aside):
            inside = _quoted(node, label) if isinstance(node, Embed) else node.children
            out.append(Quote(_without_embeds(inside, label)))
        else:
            out.append(node)
    return tuple(out)


def _embed(node: Embed, label: Words) -> str:
    return _prefixed(_quoted(node, label), label, "> ", "> ")


def _quoted(node: Embed, label: Words) -> tuple[Block, ...]:
    """What the quote holds that an embed becomes: what was kept of it, and a line that says what it was and where."""
    line = xhtml.embed_line(node, label)
    return (*node.children, Paragraph(line)) if line else node.children


def _footnote(node: Footnote, label: Words) -> str:
    return "\n".join(blocks(_note(node), label))


def _note(node: Footnote) -> tuple[Block, ...]:
    """The blocks of a footnote, of which the first begins with its place."""
    if node.children and isinstance(head := node.children[0], Paragraph):
        return (Paragraph((Anchor(node.id), *head.children)), *node.children[1:])
    return (Paragraph((Anchor(node.id),)), *node.children)


BLOCKS: Mapping[type, Callable[..., str]] = MappingProxyType({
    **dict.fromkeys((Quote, Aside), _quote),
    Code: _fenced,
    Embed: _embed,
    Figure: figure,
    Footnote: _footnote,
    Heading: _heading,
    List: _list,
    Paragraph: _paragraph,
    Table: _table,
    ThematicBreak: _thematic_break,
})  # fmt: skip
