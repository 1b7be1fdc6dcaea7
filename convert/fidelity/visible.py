"""The visible content of HTML, read by another parser than the readers use, and of an article."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator

from lxml import etree, html as lxml_html
from msgspec import Struct, field

from convert import formulas
from convert.model import CHILDREN, Article, Code, Formula, Image, Inline, InlineCode, Item, Link, Text, texts

# White space, and characters without width.
_UNSEEN = re.compile(
    "[\\s\x00-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\u3000\ufeff\ufffe\uffff\ud800-\udfff]+"
)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_IGNORED = re.compile(r"[\t\n\r]")  # in addresses (WHATWG URL Standard, section 4.4)
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "caption", "center", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "listing",
    "main", "marquee", "nav", "ol", "optgroup", "option", "p", "plaintext", "pre", "search", "section", "summary",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "xmp",
})  # fmt: skip
"""Elements of articles that are displayed as blocks (HTML, 15.3)."""
_BLOCK_STYLE = re.compile(
    r"(?:^|[;\s])display\s*:\s*(?:-webkit-(?:box|flex)|block|flex|flow-root|grid|list-item|table|table-row)\s*(?:[;!]|\Z)",
    re.I,
)
_PREFORMATTED = frozenset({"listing", "plaintext", "pre", "xmp"})
_LINES = frozenset({"caption", "dt", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6", "summary"})
"""Elements whose paragraphs are lines of one."""
_MARKS = frozenset({"a", "b", "del", "em", "i", "ins", "s", "strong", "sub", "sup", "u"})
_VERBATIM = frozenset({*_PREFORMATTED, "code", "kbd", "samp", "textarea", "tt"})
_DISPLAY_STYLE = re.compile(r"\{\\(?:displaystyle|textstyle)\s+(.*)\}\Z", re.S)
_DISPLAY = re.compile(r"(?:katex|mathjax|mjx)[\w-]*display|\btrue\b", re.I)
_SIGN = re.compile(r"[^\w=+]")
_NO_TEXT = frozenset({"script", "style", "template", "title", "head", "datalist", "rp", "annotation"})


def visible(text: str) -> str:
    """Return the visible characters of `text`, without spaces, in normal form C."""
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text))


def unmatched(wanted: Iterable[str], seen: Iterable[str]) -> list[str]:
    """Return the texts that are not among others, counted with repetition.

    A text matches the shortest one with more characters in between, such as a caption for a picture inside the line.

    >>> unmatched(["x", "纸x"], ["纸$x$", "$x$"])
    []
    """
    before, after = Counter(wanted), Counter(seen)
    left, rest = list((before - after).elements()), sorted((after - before).elements(), key=len)
    gone = []
    for text in left:
        around = next((each for each in rest if _within(text, each)), None)
        if around is None:
            gone.append(text)
        else:
            rest.remove(around)
    return gone


def _within(text: str, other: str) -> bool:
    characters = iter(other)
    return all(character in characters for character in text)


class VisibleContent(Struct):
    """Visible content of a document, in order."""

    texts: list[str] = field(default_factory=list)
    """The visible characters of each run of text."""
    paragraphs: list[str] = field(default_factory=list)
    """The visible characters of each paragraph, heading or caption, also inside an item or a cell."""
    pictures: Counter[str] = field(default_factory=Counter)
    drawn: int = 0
    """The number of pictures without an address, as in a PDF."""
    sizes: dict[str, str] = field(default_factory=dict)
    """The address of the full size by the address of the picture."""
    links: Counter[str] = field(default_factory=Counter)
    """Targets of links that hold text or a picture."""
    cells: list[str] = field(default_factory=list)
    """The text of each cell of a table."""
    items: list[str] = field(default_factory=list)
    """The text of each item of a list, with the lists in it."""

    @property
    def text(self) -> str:
        """All visible characters."""
        return "".join(self.texts)


def of_html(html: str) -> VisibleContent:
    """Return the visible content of a fragment of HTML."""
    seen = VisibleContent()
    try:
        tree = lxml_html.fragment_fromstring(_NOT_XML.sub("", html), create_parent="div")
    except etree.ParserError:  # nothing but white space and comments
        return seen
    _take(seen, _runs(tree))
    for element in tree.iter("img", "a", "ok", "span", "td", "th", "li"):
        tag = element.tag
        if tag == "img":
            seen.pictures[_address(element.get("src"))] += 1
        elif tag in ("td", "th", "li") and _is_code(element):
            continue
        elif tag in ("td", "th"):
            if (cell := _text(element)) or _shows(element.getparent()):  # empty rows are no structure to keep
                seen.cells.append(cell)
        elif tag == "li":
            seen.items += filter(None, [_text(element)])
        elif (target := _address(element.get("href"))) and (element.find(".//img") is not None or _text(element)):
            seen.links[target] += 1
    return seen


_BREAK = "\x00br"
"""A mark for `<br>`, which no text can equal: two of them with nothing in between end a paragraph."""


def _runs(element: etree._Element, around: tuple[str, ...] = ()) -> Iterator[str | None]:
    """Yield the texts in an element, in order, and None where a block begins or ends; `around` are its ancestors."""
    tag = element.tag
    if isinstance(tag, str) and tag not in _NO_TEXT:
        if (formula := _formula(element)) is not None:
            alone = formula and _is_display(element) and _MARKS.isdisjoint(around)
            yield from (None, formula, None) if alone else (formula,)
            return
        block = _is_block(element, around)
        around = (*around, tag)
        if block:
            yield None
        if tag == "br" and _PREFORMATTED.isdisjoint(around):
            yield _BREAK
        yield from _text_runs(element.text, around)
        for child in element:
            yield from _runs(child, around)
            yield from _text_runs(child.tail, around)
        if block:
            yield None


def _is_code(element: etree._Element) -> bool:
    return any(each.tag in _PREFORMATTED for each in element.iterancestors())


def _is_block(element: etree._Element, around: tuple[str, ...]) -> bool:
    if element.tag == "button":
        return element.get("aria-expanded") is not None or element.get("role") == "tab"
    styled = _BLOCK_STYLE.search(element.get("style") or "") is not None
    line = not _PREFORMATTED.isdisjoint(around) or (
        (styled or element.tag in ("div", "p")) and not _LINES.isdisjoint(around)
    )
    return not line and (styled or element.tag in _BLOCKS or element.get("role") == "heading")


def _text_runs(text: str | None, around: tuple[str, ...]) -> Iterator[str | None]:
    """Yield a text, with the TeX of formulas in it instead of them and their marks."""
    at = 0
    for formula in formulas.in_text(text) if text and _VERBATIM.isdisjoint(around) else ():
        alone = formula.display and _MARKS.isdisjoint(around)
        yield str(text)[at : formula.start]
        yield from (None, formula.tex, None) if alone else (formula.tex,)
        at = formula.end
    if text:
        yield text[at:]


def _is_display(math: etree._Element) -> bool:
    if (math.get("display") or "").strip().lower() == "block":
        return True
    holders = [each for each in math.iterancestors() if each.tag in ("span", "mjx-container", "mjx-assistive-mml")]
    return any(_DISPLAY.search(f"{each.get('class') or ''} {each.get('display') or ''}") for each in holders[:4])


def _formula(element: etree._Element) -> str | None:
    """Return the TeX of a formula that is MathML, "" for its look beside it; None for all other elements."""
    if element.tag == "math":
        notes = [each.text for each in element.iter("annotation") if "tex" in (each.get("encoding") or "").lower()]
        source = next(filter(None, [*notes, element.get("alttext")]), "")
        shown = "".join(map(str, element.itertext()))  # TeX spells out other signs
        return _DISPLAY_STYLE.sub(r"\1", source.strip()) if source.strip() else _SIGN.sub("", shown)
    around = element.getparent()
    if around is None or "katex-html" not in (element.get("class") or "").split():
        return None
    return "" if around.find(".//math") is not None else None


def _text(element: etree._Element) -> str:
    return visible("".join(run for run in _runs(element) if run and run != _BREAK))


def _shows(row: etree._Element | None) -> bool:
    """Return True if a row of a table has a text or a picture."""
    return row is not None and (row.find(".//img") is not None or bool(_text(row)))


def _take(seen: VisibleContent, runs: Iterator[str | None]) -> None:
    """Add runs of text to `seen`, and join them to paragraphs."""
    paragraph: list[str] = []
    broken = False
    for run in runs:
        text = visible(run) if run and run != _BREAK else ""
        if run is None or (run == _BREAK and broken):
            if paragraph:
                seen.paragraphs.append("".join(paragraph))
                paragraph = []
        elif text:
            seen.texts.append(text)
            paragraph.append(text)
        broken = run == _BREAK or (broken and run is not None and not text)
    if paragraph:
        seen.paragraphs.append("".join(paragraph))


def _address(value: str | None) -> str:
    return _IGNORED.sub("", value or "").strip()


def of_article(article: Article) -> VisibleContent:
    """Return the visible content of an article: lead and body."""
    seen = VisibleContent()
    _take(seen, _gather(((article.lead,) if article.lead else ()) + article.body, seen))
    return seen


def _gather(nodes: tuple[object, ...], seen: VisibleContent) -> Iterator[str | None]:
    """Yield the texts in nodes as `_runs` does those in elements; add pictures, links, cells and items to `seen`."""
    for node in nodes:
        if isinstance(node, Text | InlineCode | Formula):
            yield node.text
        elif isinstance(node, Image):
            seen.pictures[node.address] += 1
            if node.full_size:
                seen.links[node.full_size] += 1
                seen.sizes[node.address] = node.full_size
        elif isinstance(node, Inline):
            if isinstance(node, Link) and node.target:
                seen.links[node.target] += 1
                if not "".join(texts((node,))).strip():
                    seen.sizes |= {each.address: node.target for each in node.children if isinstance(each, Image)}
            yield from _gather(getattr(node, "children", ()), seen)
            yield from _gather(getattr(node, "annotation", ()), seen)
        elif isinstance(node, tuple):  # a row of a table
            seen.cells += [visible("".join(texts((cell,)))) for cell in node]
            yield from _gather(node, seen)
        else:
            yield None
            if isinstance(node, Code):
                yield node.text
            if isinstance(node, Item):
                seen.items += filter(None, [visible("".join(texts((node,))))])
            for name in CHILDREN.get(type(node), ()):
                yield from _gather(getattr(node, name, ()), seen)
            yield None
