"""A fast path for pages of the commonest shape, which makes blocks of their text without a tree.

Nine of ten pages are paragraphs, headings and figures, each on lines of its own, as `prettify` of BeautifulSoup writes
them.  Of such a page this module makes what `html.Builder` makes of it, in a third of the time.  A shape is data: the
patterns of what is above the blocks, between the paragraphs, and below.  A page with anything else is left to the
Builder, so that without this module nothing changes but time; `tests/test_shapes.py` compares both ways on pages that
are damaged at random.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from convert.late import late, late_pattern
from convert.model import Block, Break, Embed, Figure, Heading, Image, Inline, Link, Paragraph, Places, Text, texts
from convert.readers.flow import trim
from convert.readers.html.elements import MARKS
from convert.readers.html.placeholders import is_placeholder
from convert.readers.markup import Markup
from convert.readers.mirror.dialect import Dialect
from convert.text import EDGE_SPACE, HTML_SPACE, collapse, is_ragged, is_spaced
from convert.urls import written

_unescape = late("turbohtml:unescape")  # as the parser does, which few such pages need


class Shape(NamedTuple):
    """Patterns of a page around its paragraphs."""

    head: re.Pattern[str]
    """All above the first block, with the lead picture if there is one."""
    block: re.Pattern[str]
    """A block that is no paragraph: a heading, a figure with its caption, or the empty box of an embed."""
    end: str
    """Text after the last block."""
    tail: re.Pattern[str]
    """All from there on, with the tracking picture if there is one."""


_CLASS = r"(?:align[a-z]+|(?:attachment|size)-[a-z0-9_]+|wp-image-[0-9]+|wp-post-image)"
_PICTURE = (
    r"(?P<img><img)(?P<picture>(?: (?:alt|src|title)=\"[^\"<>&]*\"| (?:height|width)=\"[0-9]{1,9}\""
    rf"| class=\"{_CLASS}(?: {_CLASS})*\")+) ?/>"
)
_CAPTION = r"(?P<caption>[^<]*(?:<(?!/(?:div|figcaption)>)[^<]*)*)"
_EPOCH_NEWS = Shape(
    head=late_pattern(
        rf"\s*(?:(?P<lead><div>){_PICTURE}\n?<div class=\"caption\">{_CAPTION}</div></div><hr/>)?"
        r"<div class=\"(?:column|post_content)\" id=\"artbody\" itemprop=\"articleBody\">\n"
        r" <!-- article content begin -->\n"
    ),
    block=late_pattern(
        r" <(?P<heading>h[1-6])>(?P<text>[^<]*(?:<(?!/h)[^<]*)*)</(?P=heading)>\n"
        r"| (?P<figure><figure)(?: aria-describedby=\"[\w\-]*\"| class=\"wp-caption align[a-z]+\""
        r"| id=\"attachment_[0-9]*\"| style=\"(?:max-)?width: [0-9]{1,9}px;?\")*>\s*"
        rf"(?:<a +href=\"(?P<full>[^\"<>&]*)\"(?: target=\"_blank\")?>\s*)?{_PICTURE}\s*(?(full)</a *>\s*)"
        rf"(?:<br/>)?\s*<figcaption class=\"wp-caption-text\"(?: id=\"[\w\-]*\")?>{_CAPTION}</figcaption>(?:<br/>)?\s*"
        r"</figure>(?:<br/>)?\n"
        r"| <div class=\"(?P<embed>video_fit_container)\">\s*</div>\n"
    ),
    end=" <!-- article content end -->\n",
    tail=late_pattern(
        r" <!-- article content end -->\n(?: <div id=\"below_article_ad\">\n </div>\n)?</div>\s*"
        r"(?:(?P<img><img) src='(?P<source>[^'<>&\s]+)' width='0px' height='0px'/>\n\s*)?"
    ),
)

SHAPES: Mapping[str, Shape] = MappingProxyType(
    dict.fromkeys(("epoch-news/plain", "epoch-news/pixel", "epoch-news/oldlabel"), _EPOCH_NEWS)
)
"""The shape of the pages of a dialect, by its name."""

_BEGIN, _END = " <p>", "\n </p>\n"
_ALIGNED = late_pattern(r" <p(?: style=\"text-align: (?:center|justify|left|right);?\")?>")
_INLINE = late_pattern(
    r"<(?:(?P<link>a) +href=\"(?P<target>[^\"<>&#\s][^\"<>&]*)\"(?: target=\"_blank\")?|(?P<mark>b|em|i|strong|u))>"
    r"(?P<text>[^<]*)</(?:(?(link)a|(?P=mark))) *>|<br ?/?>"
)
_ATTRIBUTE = late_pattern(r" ([a-z]+)=\"([^\"]*)\"")


class _OtherShapeError(Exception):
    """Sign that a page is not of the shape of its dialect."""


class Read(NamedTuple):
    """Content of a page of the shape of its dialect.  All of its markup is whole, and its elements are paired."""

    lead: Figure | None
    blocks: list[Block]
    longest: int
    """Most characters of a paragraph, with its markup."""


def read(html: str, dialect: Dialect, places: Places) -> Read | None:
    """Return the content of a page of the shape of its dialect; None if it has another.

    `html` is repaired, and has no unusual character (`text.is_usual`).  If it has the shape, positions go to `places`.
    """
    shape = SHAPES.get(dialect.name)
    if shape is None or "\\" in html or ("$" in html and ("$$" in html or "&" in html)):  # there may be formulas
        return None
    head, end = shape.head.match(html), html.rfind(shape.end)
    if head is None or end < head.end() or not (tail := shape.tail.fullmatch(html, end)):
        return None
    page = _Page(html, shape, dialect.markup)
    try:
        lead = page.lead(head) if head["lead"] else None
        page.read(head.end(), end)
        if tail["img"]:
            page.tracker(tail)
    except _OtherShapeError:
        return None
    places.put_offsets(html, page.found)
    return Read(lead, page.blocks, page.longest)


class _Page:
    """A page that is being read: its blocks, and the offsets of its nodes."""

    def __init__(self, html: str, shape: Shape, markup: Markup) -> None:
        self.html, self.shape, self.markup = html, shape, markup
        self.blocks: list[Block] = []
        self.headings: list[tuple[int, str]] = []
        self.found: list[tuple[object, int]] = []
        self.longest = 0

    def read(self, start: int, end: int) -> None:
        """Add the blocks between two offsets.

        Raises:
            _OtherShapeError: there is something else.
        """
        html, blocks, found = self.html, self.blocks, self.found
        *pieces, _ = html[start:end].split(_END)
        self.longest = max(map(len, pieces), default=1)
        for piece in pieces:
            stop, begin = start + len(piece), len(_BEGIN)
            if not piece.startswith(_BEGIN):
                start = self._others(start, stop)
                if (tag := _ALIGNED.match(html, start, stop)) is None:
                    raise _OtherShapeError
                piece, begin = html[start:stop], tag.end() - start
            text = piece[begin:]
            if "<" in text:
                children = self._line(start + begin, stop)
            else:
                children = _only(_unescape(text) if "&" in text else text)
            if children:
                block = Paragraph(children)
                blocks.append(block)
                found.append((block, start + 1))
            start = stop + len(_END)
        if self._others(start, end) != end:
            raise _OtherShapeError
        if self.headings:
            self._rank()

    def _others(self, at: int, end: int) -> int:
        """Add the blocks from an offset on that are no paragraphs, and return the end of the last."""
        while at < end and (match := self.shape.block.match(self.html, at, end)):
            if tag := match["heading"]:
                self.headings.append((len(self.blocks), tag))
                self._add(Heading(2, self._line(*match.span("text"))), at + 1)
            elif match["figure"]:
                full = written(match["full"])
                self._add(Figure((self._picture(match, full),), self._line(*match.span("caption"))), at + 1)
            else:
                self._add(Embed(self.markup.embeds[f".{match['embed']}"]), at + 1)
            at = match.end()
        return at

    def _rank(self) -> None:
        """Give each heading its level, which depends on what others there are, as in `Builder.adopt`."""
        shown = {tag for at, tag in self.headings if "".join(texts((self.blocks[at],))).strip(EDGE_SPACE)}
        levels = {tag: min(rank, 6) for rank, tag in enumerate(sorted(shown), start=2)}
        for at, tag in self.headings:
            before = self.blocks[at]
            if (level := levels.get(tag, 2)) != 2 and isinstance(before, Heading):
                self.blocks[at] = after = Heading(level, before.children)
                self.found += [(after, offset) for node, offset in self.found if node is before]

    def _line(self, start: int, stop: int) -> tuple[Inline, ...]:
        """Return the inlines between two offsets, as `Builder.line` does.

        Raises:
            _OtherShapeError: there is more than text, line breaks, and links and marks of plain text.
        """
        out: list[Inline] = []
        text = last = ""
        spaced, html = False, self.html
        for tag in _INLINE.finditer(html, start, stop):
            link, target, mark, inner = tag.groups()
            if data := _decoded(html[start : tag.start()]):
                if core := data.strip(HTML_SPACE):
                    if last and (spaced or data[0] in HTML_SPACE) and is_spaced(last, core):
                        text += " "
                    text += collapse(core) if is_ragged(core) else core
                    last, spaced = core, data[-1] in HTML_SPACE
                else:
                    spaced = True
            start = tag.end()
            if inner is None:  # a line break
                if not text and out and type(out[-1]) is Break:
                    raise _OtherShapeError  # two of them end a paragraph
                if text:
                    out.append(Text(text))
                out.append(Break())
                text, last, spaced = "", "", False
                continue
            data = _decoded(inner)
            if not (core := data.strip(HTML_SPACE)):
                raise _OtherShapeError
            if last and (spaced or data[0] in HTML_SPACE) and is_spaced(last, core):
                text += " "
            last, spaced = core, data[-1] in HTML_SPACE
            if text:
                out.append(Text(text))
                text = ""
            content = (Text(collapse(core) if is_ragged(core) else core),)
            made = Link(written(target), content) if link else MARKS[mark](content)
            self.found.append((made, tag.start()))
            out.append(made)
        data = _decoded(html[start:stop])
        if not last and not out:
            return _only(data)
        if core := data.strip(HTML_SPACE):
            if last and (spaced or data[0] in HTML_SPACE) and is_spaced(last, core):
                text += " "
            text += collapse(core) if is_ragged(core) else core
        if text:
            out.append(Text(text))
        return trim(tuple(out))

    def lead(self, match: re.Match[str]) -> Figure:
        """Return the lead picture."""
        if "wp-post-image" not in dict(_ATTRIBUTE.findall(match["picture"])).get("class", "").split():
            raise _OtherShapeError
        lead = Figure((self._picture(match),), self._line(*match.span("caption")))
        self.found.append((lead, match.start("lead")))
        return lead

    def tracker(self, match: re.Match[str]) -> None:
        """Add the tracking picture."""
        at, address = match.start("img"), match["source"]
        if is_placeholder(address):
            raise _OtherShapeError
        image = Image(address, width=0, height=0)
        self.found.append((image, at))
        self._add(Figure((image,)), at)

    def _picture(self, match: re.Match[str], full: str = "") -> Image:
        """Return the picture of an element, as `inlines.picture` does."""
        named = _ATTRIBUTE.findall(match["picture"])
        given = dict(named)
        address = written(given.get("src"))
        if len(given) < len(named) or is_placeholder(address):
            raise _OtherShapeError
        alt, title = (collapse(given.get(name, "")).strip() for name in ("alt", "title"))
        width, height = (int(given[name]) if name in given else None for name in ("width", "height"))
        image = Image(address, alt, title, width, height, full)
        self.found.append((image, match.start("img")))
        return image

    def _add(self, block: Block, at: int) -> None:
        self.blocks.append(block)
        self.found.append((block, at))


def _decoded(markup: str) -> str:
    """Return the text of what may hold character references, and no tags."""
    if "<" in markup:
        raise _OtherShapeError
    return _unescape(markup) if "&" in markup else markup


def _only(data: str) -> tuple[Inline, ...]:
    """Return the only text of an element as inlines."""
    core = data.strip(EDGE_SPACE)
    return (Text(collapse(core) if is_ragged(core) else core),) if core else ()
