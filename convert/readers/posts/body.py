"""The body of a post: Markdown with HTML in it, of which some is a page of a site with its frame."""

import re
from collections.abc import Iterator, Sequence

from turbohtml import Document as Page, Element, parse

from convert.bounds import MAX_NODES, repeats_too_much, too_complex
from convert.messages import message
from convert.model import Block, Figure, Image
from convert.readers.commonmark import Document
from convert.readers.commonmark.blocks import with_embeds
from convert.readers.html import lazy, targets
from convert.readers.html.elements import HEADINGS
from convert.readers.html.handlers import Builder
from convert.readers.markup import COMMON, Markup
from convert.readers.saved import main
from convert.readers.saved.page import MARKUP as SAVED
from convert.text import EDGE_SPACE

MARKUP = Markup(
    asides={
        **COMMON.asides,
        **dict.fromkeys((".related", ".related-articles", ".related-links", ".recommend", ".read-more"), "related"),
        **dict.fromkeys((".share", ".sharing", ".social-share", ".sharedaddy", ".share-buttons"), "share"),
        **dict.fromkeys((".ad", ".ads", ".advertisement", ".advert", ".ad-slot"), "advertisement"),
        **dict.fromkeys((".jp-relatedposts", ".yarpp-related", ".post-navigation", ".nav-links"), "related"),
        **dict.fromkeys((".addtoany_share_save_container", ".post-share", ".jetpack-likes-widget-wrapper"), "share"),
        **dict.fromkeys(("#comments", ".comments-area", ".comment-respond", "#disqus_thread"), "furniture"),
    },
    lines=SAVED.lines,
    embeds=SAVED.embeds,
    captions=SAVED.captions,
    shown=SAVED.shown,
)

BODIES = (
    '[itemprop~="articleBody"]',
    '[property~="content:encoded"]',
    ".entry-content",
    ".post-content",
    ".article-content",
    ".article-body",
    ".post-body",
    ".articleBody",
    ".rich_media_content",
    ".field-name-body",
    ".node-content",
    ".e-content",
    "#article-content",
    "#js_content",
    "#post-content",
    "#article-body",
)
"""Elements that hold nothing but the text of an article, in the templates of the common systems."""

STANDFIRSTS = (
    *(".standfirst", ".abstract", ".subtitle", ".entry-subtitle", ".post-subtitle", ".article-summary", ".summary"),
    *(".dek", ".deck", ".lede", ".entry-summary", ".post-excerpt", ".article-intro"),
)
"""Elements before it that belong to it."""

RELATED = frozenset(
    (
        *("related", "relatedposts", "relatedarticles", "morefrom", "more", "readmore", "youmayalsolike", "seealso"),
        *(
            "recommended",
            "相关",
            "相关文章",
            "相关阅读",
            "相关新闻",
            "相关报道",
            "推荐阅读",
            "猜你喜欢",
            "上一篇",
            "下一篇",
            "热门文章",
        ),
        *("相關", "相關文章", "相關閱讀", "相關新聞", "相關報導", "推薦閱讀", "猜你喜歡", "熱門文章"),
    )
)
"""Words above links to other articles at the end of one."""

FRAMES = ("article", "header", "footer", "nav", "main", "aside", "form", "h1", '[role="main"]', "#content", "#comments")
"""Elements that show that the frame of a site came along."""

_NO_LEAD = re.compile(r"avatar|gravatar|author|user|profile|logo|icon|emoji|badge|qr", re.I)
_LINKED, _LINKED_IN_CARDS = 0.8, 0.5
_ENOUGH, _TOO_MUCH = 0.7, 1.6
"""Limits of the text in an element with the name of a body, as shares of the text that the judge finds."""
_LONG, _MENUS = 2000, 0.25
"""Characters of a page whose frame only its links show, and their share of its text."""


class PostDocument(Document):
    """Converter of a post's nodes to blocks."""

    def __init__(self, above: int, levels: dict[int, int] | None, title: str, *, whole: bool) -> None:
        super().__init__(above, levels)
        self.builder = Builder(MARKUP, above)
        self.title = title
        self._whole = whole
        self.lead: Figure | None = None
        self.html = ""

    def _html(self, source: str, depth: int, line: int) -> list[Block]:
        """Return the blocks of HTML: of its article, if the frame of a site is around that."""
        if depth or source.count("<") < 3:
            return super()._html(source, depth, line)
        if repeats_too_much(source):
            raise too_complex(message("too-many-parts", limit=MAX_NODES))
        page, lone = parse(source), Builder(MARKUP, self.above + line - 1)
        body = page.select_one("body")
        if body is None:
            return super()._html(source, depth, line)
        region, dropped = (None, ()) if self._whole else _region(page, body, self.title)
        before: list[Block] = []
        if region is not None:
            before = self._cut(lone, body, region)
            main.drop(lone, dropped)
            _cut_related(lone, region)
        else:
            region = body
        lone.prepare(region)
        main.tidy(lone, region, self.title)
        targets.join(region)
        lone.adopt(region)
        lone.levels = self._ranks(region)
        made = [*before, *lone.footnotes(lone.blocks(region, depth))]
        self.builder.notes += lone.notes
        self.builder.targets |= lone.targets
        for block in made:
            if place := lone.places.near(block):
                self.places.put((block, (place[0] + line - 1, place[1])))
        return [with_embeds(block) for block in made]

    def _ranks(self, region: Element) -> dict[str, int]:
        if self.levels:
            return {tag: self.levels.get(rank, max(rank, 2)) for rank, tag in enumerate(HEADINGS, start=1)}
        present = {each.tag for each in region.iter_elements(HEADINGS) if each.text.strip(EDGE_SPACE)}
        return {tag: min(rank, 6) for rank, tag in enumerate(sorted(present), start=2)}

    def _cut(self, lone: Builder, body: Element, region: Element) -> list[Block]:
        """Remove everything around the article, and return the standfirst before it; a picture there is the lead."""
        before: list[Block] = []
        first = True
        for each in _around(body, region):
            if each is None:
                first = False
                continue
            if first:
                for stand in _outermost(each, STANDFIRSTS):
                    before += lone.blocks(stand)
                    stand.decompose()
                self.lead = self.lead or _lead(each)
            if text := _describe(each):
                lone.note("NAV005", message("furniture-element", tag=each.tag), each, text)
        return before


def _region(page: Page, body: Element, title: str) -> tuple[Element | None, tuple[Element, ...]]:
    """Return the element with the article, None if nothing is around it, and what in it is none of the article.

    It is an element that a system names so, unless the judge of saved pages finds more text beside it.
    """
    known = [each for name in BODIES for each in body.select(name) if each.text.strip(EDGE_SPACE)]
    longest = max(known, key=lambda each: len(each.text), default=None)
    while longest is not None and isinstance(around := longest.parent, Element) and around in known:
        longest = around
    if longest is None and not any(body.select_one(each) is not None for each in FRAMES):
        linked = sum(len(link.text) for link in body.iter_elements("a"))
        if len(body.text) < _LONG or linked < _MENUS * len(body.text):
            return None, ()
    found = main.find(page, title)
    if found is None or found.region == body:
        return longest, ()
    if longest is not None and _ENOUGH < len(longest.text) / max(len(found.region.text), 1) < _TOO_MUCH:
        return longest, ()
    return found.region, found.dropped


def _cut_related(lone: Builder, region: Element) -> None:
    """Remove the element at the end of an article that has nothing but links to others below such a word.

    Headings that have nothing below them then go too.
    """
    inside, cut = region, False
    while children := [each for each in inside.children if isinstance(each, Element) and _is_text(each)]:
        last = children[-1]
        if (not cut and _is_related(last)) or (cut and not _outside_headings(last)):
            lone.note("NAV005", message("furniture-element", tag=last.tag), last, _describe(last))
            last.decompose()
            cut = True
        elif len(children) > 1 or cut:
            return
        else:
            inside = last


def _is_related(element: Element) -> bool:
    """Return True if an element has such a word, and then links, or cards whose headings are links."""
    label, *others = [line for line in (each.strip(EDGE_SPACE) for each in element.strings) if line] or [""]
    if not others or _letters(label) not in RELATED:
        return False
    linked = sum(len(link.text.strip(EDGE_SPACE)) for link in element.iter_elements("a"))
    headings = [each for each in element.iter_elements(HEADINGS) if each.select_one("a") is not None]
    cards = len(headings) > 1 and element.select_one("p") is None
    return linked >= (_LINKED_IN_CARDS if cards else _LINKED) * sum(map(len, others))


def _outside_headings(element: Element) -> str:
    """Return the text of an element that is in no heading."""
    if element.tag in HEADINGS:
        return ""
    headings = "".join(each.text for each in element.iter_elements(HEADINGS))
    return element.text.strip(EDGE_SPACE) if _letters(headings) != _letters(element.text) else ""


def _is_text(element: Element) -> bool:
    """Return True if an element shows text of the article."""
    names = (f".{name}" for name in str(element.attr("class") or "").split())
    return bool(element.text.strip(EDGE_SPACE)) and not any(name in MARKUP.asides for name in names)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _around(body: Element, region: Element) -> Iterator[Element | None]:
    """Yield the outermost elements before the article, then None, then those after it."""
    path = [region]
    while isinstance(around := path[-1].parent, Element) and around != body:
        path.append(around)
    path.append(body)
    after: list[Element] = []
    for parent, child in zip(reversed(path), [*reversed(path[:-1])], strict=False):
        children = [each for each in parent.children if isinstance(each, Element)]
        at = children.index(child)
        yield from children[:at]
        after = [*children[at + 1 :], *after]
    yield None
    yield from after


def _outermost(element: Element, names: Sequence[str]) -> list[Element]:
    found = [each for name in names for each in [*([element] if element.matches(name) else []), *element.select(name)]]
    return [each for each in found if each.text.strip(EDGE_SPACE) and each.parent not in found][:3]


def _lead(element: Element) -> Figure | None:
    """Return the first picture in an element that is no portrait and no mark of the site."""
    for picture in [element] if element.tag == "img" else list(element.iter_elements("img")):
        around = picture.parent if isinstance(picture.parent, Element) else picture
        named = " ".join(str(each.attr(name) or "") for each in (picture, around) for name in ("class", "alt", "id"))
        address = lazy.address_of(picture) or str(picture.attr("src") or "").strip()
        if address and not address.startswith("data:") and not _NO_LEAD.search(named):
            return Figure((Image(address, str(picture.attr("alt") or "").strip()),))
    return None


def _describe(element: Element) -> str:
    """Return the text of an element that is removed, with the addresses of its pictures."""
    pictures = [str(each.attr("src") or "") for each in element.iter_elements("img")]
    return " ".join(filter(None, [element.text.strip(EDGE_SPACE), *(f"<{each}>" for each in pictures if each)]))
