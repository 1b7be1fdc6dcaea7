"""Inlines → Markdown, with escapes, and addresses as link destinations (CommonMark 0.31, section 6)."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import cache, lru_cache
from types import MappingProxyType

from convert.model import (
    Anchor,
    Break,
    Deleted,
    Emphasis,
    Formula,
    Image,
    Inline,
    InlineCode,
    Inserted,
    Link,
    Ruby,
    Strong,
    Subscript,
    Superscript,
    Text,
    Underline,
    walk,
)
from convert.urls import UNKNOWN_SITE, article_key, is_tag_page, unsafe, unsafe_picture
from convert.writers import assets
from convert.writers.book import xhtml
from convert.writers.book.escapes import attribute
from convert.writers.options import Page

EMPHATIC = (Strong, Emphasis)
SCRIPTS: Mapping[type, str] = MappingProxyType({
    Underline: "u", Deleted: "del", Inserted: "ins", Subscript: "sub", Superscript: "sup"
})  # fmt: skip

_SPECIAL = re.compile(r"[\\`*_\[\]<&~{\n\r]")
_LINE_END = re.compile(r"[ \t]*[\n\r][ \t\n\r]*")
_ESCAPE = re.compile(
    r"[\\`*\[\]~]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # between two letters an underscore means nothing
    r"|&(?=#?[A-Za-z0-9]+;)"
    r"|\{(?=[{%])"  # generators of sites would run a template
)
_TAG = re.compile(r"<(?=[A-Za-z/!?]|$)")
_EXTENDED = re.compile(r"((?:https?|ftp)(?=://)|www(?=\.))(\S[^\s<]*)", re.I)
"""Address that GitHub makes a link (GitHub Flavored Markdown, section 6.9), up to its end there."""
_EXTENDED_END = re.compile(rf"{_EXTENDED.pattern}\Z", re.I)
_ENDS = " \t\n<"
_CHANGED = re.compile(r"\\|&lt;")
_LINE_START = re.compile(r"(?:(\d{1,9})(?=[.)](?:\s|$))|(?=#{1,6}(?:\s|$)|[-+](?:\s|$|-)|>|=+\s*$|:?-[-|: ]*$|\|))")
_PLAIN_DESTINATION = re.compile(r"[!#$%'*+,\-./0-9:;=?@A-Z^_a-z~\u00a1-\uffff]+\Z")
_ENTITY = re.compile(r"&#?[A-Za-z0-9]+;")
_LINE = re.compile(r"[\n\r]")
_LINES = re.compile(r"\r\n?|\n")
_AUTOLINK = re.compile(r"https?://[^\s<>\\`*_]*\Z")
BACKTICKS = re.compile(r"`+")

_FIRST: Mapping[type, str] = MappingProxyType({
    Strong: "*", Emphasis: "*", InlineCode: "`", Formula: "$", Break: "\\", Image: "!", Link: "[",
})  # fmt: skip
"""First character of each kind of inline that does not begin with a tag; all are ASCII punctuation."""

SHOWN: ContextVar[Page | None] = ContextVar("shown", default=None)
"""The page that is being written, if the pictures are written beside it."""
PAGE: ContextVar[Page | None] = ContextVar("page", default=None)
"""The page that is being written, if it is one of several files, so that links to the others are relative."""


def escape(text: str) -> str:
    """Return `text` escaped, so that CommonMark reads it as text within a line.

    A line end, which an article from a JSON file may have, becomes a space, as in HTML.

    An address in which something is escaped is no link on GitHub, which takes what is in one as it is.

    >>> escape("a_b * [x] <b> &lt; 纸_墨"), escape("https://a.example/b*c")
    ('a_b \\\\* \\\\[x\\\\] &lt;b> \\\\&lt; 纸_墨', 'https\\\\://a.example/b\\\\*c')
    """
    if not _SPECIAL.search(text):
        return text
    text = _ESCAPE.sub(r"\\\g<0>", _LINE_END.sub(" ", text))
    if "<" in text:
        text = _TAG.sub("&lt;", text)
    return _EXTENDED.sub(_unlinked_address, text) if "://" in text or "www." in text.lower() else text


def _unlinked_address(match: re.Match[str]) -> str:
    return f"{match[1]}\\{match[2]}" if _CHANGED.search(match[2]) else match[0]


def _closed(text: str, after: str) -> str:
    """Return escaped text before a character that an address at its end would take in on GitHub."""
    if after in _ENDS or not (match := _EXTENDED_END.search(text)):
        return text
    return text[: match.end(1)] + "\\" + text[match.end(1) :]


def line_start(line: str) -> str:
    """Return `line`, already escaped within, escaped at its start so that it begins no other kind of block.

    >>> line_start("1. 纸"), line_start("# 纸"), line_start("- 纸"), line_start("2023年")
    ('1\\\\. 纸', '\\\\# 纸', '\\\\- 纸', '2023年')
    """
    if line[:1] < "~" and (match := _LINE_START.match(line)):
        return line[: match.end()] + "\\" + line[match.end() :]
    return line


@cache
def is_punctuation(char: str) -> bool:
    """Return True if CommonMark 0.31 counts the character as Unicode punctuation: categories P and S."""
    return unicodedata.category(char)[0] in "PS"


@cache
def is_space(char: str) -> bool:
    """Return True if CommonMark counts the character as Unicode white space: category Zs, tab and line ends."""
    return char in "\t\n\f\r" or unicodedata.category(char) == "Zs"


def inlines(children: tuple[Inline, ...], before: str = "\n", after: str = "\n") -> str:
    """Return inlines as Markdown; `before` and `after` are the characters around them."""
    out: list[str] = []
    last = before
    count = len(children)
    for number, child in enumerate(children, start=1):
        kind = type(child)
        if kind is Text:
            text = escape(child.text)  # type: ignore[union-attr]  # it is a Text
            if text[-1] == "!" and number < count:
                text = text[:-1] + "\\!"
            elif text[-1] == "$" and number < count and type(children[number]) is InlineCode:
                text = text[:-1] + "\\$"  # the code would be a formula
            if "://" in text or "www." in text:
                text = _closed(text, _first(children[number]) if number < count else after)
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
    """Return the first character that an inline will be written with, or one that flanking treats alike."""
    if isinstance(inline, Text):
        return escape(inline.text[:2])[0]
    return _FIRST.get(type(inline), "<")


def _emphasis(node: Strong | Emphasis, before: str, after: str) -> str:
    mark, tag = ("**", "strong") if isinstance(node, Strong) else ("*", "em")
    inside = inlines(node.children, "*", "*")
    if not inside:
        return ""
    first, last = inside[0], inside[-1]
    opens = not is_space(first) and (not is_punctuation(first) or is_space(before) or is_punctuation(before))
    closes = not is_space(last) and (not is_punctuation(last) or is_space(after) or is_punctuation(after))
    if opens and closes and "*" not in (before, after, first, last) and not _holds_its_kind(node):
        return f"{mark}{inside}{mark}"
    return f"<{tag}>{inside}</{tag}>"


def _holds_its_kind(node: Strong | Emphasis) -> bool:
    """Return True if the same kind of emphasis is inside, whose opening marks could close those around it."""
    if all(type(child) is Text for child in node.children):
        return False
    return any(type(each) is type(node) for each in walk(node.children))


def _break(node: Break) -> str:
    return "\\\n"


def _anchor(node: Anchor) -> str:
    return f'<a id="{attribute(node.id)}"></a>'


def _script(node: Underline | Deleted | Inserted | Subscript | Superscript) -> str:
    tag = SCRIPTS[type(node)]
    return f"<{tag}>{inlines(node.children, '>', '<')}</{tag}>"


def _ruby(node: Ruby) -> str:
    return xhtml.ruby(inlines(node.children, ">", "<"), inlines(node.annotation, ">", "<"))


def link(node: Link) -> str:
    """Return a link, as a relative reference if it leads to a file of the same build; without a target, its text."""
    if not node.target or unsafe(node.target):
        return inlines(node.children)
    href = inside(node.target)
    if len(node.children) == 1 and isinstance(child := node.children[0], Text):
        return f"[{escape(child.text)}]({titled(href, node.target)})" if href else _outward(child.text, node.target)
    to = titled(href, node.target) if href else destination(node.target)
    children = tuple(_unlinked(child) if isinstance(child, Image) else child for child in node.children)
    return f"[{inlines(children, '[', ']')}]({to})"


@lru_cache(maxsize=4096)  # most links are keywords, which lead to the same pages again and again
def _outward(text: str, target: str) -> str:
    """Return a link of plain text that leads out of the build."""
    if text == target and _AUTOLINK.match(target):
        return f"<{target}>"
    return f"[{escape(text)}]({destination(target)})"


def inside(address: str) -> str:
    """Return the relative reference of another article of the build, "" for any other address."""
    if (page := PAGE.get()) is None or page.files is None or address[0] == "#" or is_tag_page(address):
        return ""
    to = page.links.article(address, page.entry)
    if to is None or article_key(address) == article_key(page.entry.address):
        return ""
    return page.files.href(to, page.entry.path)


def beside(address: str) -> str:
    """Return the relative reference of the file of a picture that is written beside the output, "" if there is none."""
    page = SHOWN.get()
    return assets.beside(page, address) if page else ""


@lru_cache(maxsize=256)  # pages of a channel have most of their mirror's links in common
def titled(href: str, address: str) -> str:
    """Return a relative reference as a link destination, with the original address, if any, as the link's title."""
    if address.startswith(UNKNOWN_SITE):
        return destination(href)
    title = _LINE.sub(_percent, address).replace("\\", "\\\\").replace('"', '\\"')
    return f'{destination(href)} "{_ENTITY.sub(_as_text, title)}"'


def _as_text(match: re.Match[str]) -> str:
    """Return what looks like a character reference as text; GitHub's parser would read one after a backslash."""
    return f"&amp;{match[0][1:]}"


def _percent(match: re.Match[str]) -> str:
    return f"%{ord(match[0]):02X}"


def _unlinked(image: Image) -> Image:
    return Image(image.address, image.alt, image.title)


def destination(address: str) -> str:
    """Return an address as a link destination (CommonMark, section 6.3).

    >>> destination("https://example.org/a b"), destination("https://example.org/(1)")
    ('<https://example.org/a b>', '<https://example.org/(1)>')
    """
    if _PLAIN_DESTINATION.match(address) and not ("&" in address and _ENTITY.search(address)):
        return address
    text = _LINE.sub(_percent, address).replace("\\", "\\\\").replace("<", "\\<").replace(">", "\\>")
    return f"<{_ENTITY.sub(_as_text, text)}>"


def image(picture: Image) -> str:
    """Return a picture, inside a link to its full size if it has one; without an address its alternative text."""
    if not picture.address or unsafe_picture(picture.address):
        return escape(picture.alt)
    if file := beside(picture.address):
        words = f" {picture.title}" if picture.title else ""
        text = f"![{escape(picture.alt)}]({titled(file, picture.address + words)})"
    else:
        title = ' "' + escape(picture.title).replace('"', '\\"') + '"' if picture.title else ""
        text = f"![{escape(picture.alt)}]({destination(picture.address)}{title})"
    return (
        f"[{text}]({destination(picture.full_size)})" if picture.full_size and not unsafe(picture.full_size) else text
    )


def _formula(node: Formula) -> str:
    """Return TeX in GitHub's form, in which no character needs an escape."""
    return f"${_span(' '.join(node.text.split()))}$"


def fenced(text: str, language: str = "") -> str:
    """Return text as a fenced code block."""
    text = _LINES.sub("\n", text)
    fence = "`" * max(3, max((len(run) for run in BACKTICKS.findall(text)), default=0) + 1)
    return f"{fence}{language}\n{text}\n{fence}\n"


def _code_span(node: InlineCode) -> str:
    return _span(node.text)


def _span(text: str) -> str:
    """Return text between backticks; a line end is a space there, and two would end the paragraph."""
    text = _LINES.sub(" ", text)
    fence = "`" * (max((len(run) for run in BACKTICKS.findall(text)), default=0) + 1)
    padding = " " if text.startswith("`") or text.endswith("`") or (text[0] == text[-1] == " " and text.strip()) else ""
    return f"{fence}{padding}{text}{padding}{fence}"


def heading_text(text: str) -> str:
    """Return a heading's text without line breaks, and without a `#` at its end that would close it (section 4.2)."""
    text = text.replace("\\\n", "<br>")
    return text[:-1] + "\\#" if text.endswith("#") else text


INLINES: Mapping[type, Callable[..., str]] = MappingProxyType({
    **dict.fromkeys(SCRIPTS, _script),
    Anchor: _anchor,
    Break: _break,
    Formula: _formula,
    Image: image,
    InlineCode: _code_span,
    Link: link,
    Ruby: _ruby,
})  # fmt: skip


def paragraph(children: tuple[Inline, ...]) -> str:
    """Return inlines as the lines of a paragraph."""
    if len(children) == 1 and isinstance(children[0], Text):
        return line_start(escape(children[0].text)) + "\n"
    text = inlines(children)
    if "\n" not in text:
        return line_start(text) + "\n"
    return "\n".join(line_start(line) for line in text.split("\n")) + "\n"
