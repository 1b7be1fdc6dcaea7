"""What can be seen: of HTML, as another parser than the readers' reads it, and of an article."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html
from msgspec import Struct, field

from convert.model import Article, Code, Image, InlineCode, Item, Link, Table, Text

# White space, and what has no width: neither is seen.
_UNSEEN = re.compile(
    "[\\s\x00-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\u3000\ufeff\ufffe\uffff\ud800-\udfff]+"
)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NO_TEXT = frozenset({"script", "style", "template", "title", "head", "datalist"})


def visible(text: str) -> str:
    """The characters of `text` that can be seen, in normal form C, one after the other."""
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text))


class Seen(Struct):
    """What can be seen of a document, in order."""

    texts: list[str] = field(default_factory=list)
    """Each run of text, its visible characters alone."""
    pictures: Counter[str] = field(default_factory=Counter)
    links: Counter[str] = field(default_factory=Counter)
    """Targets of links that hold text or a picture."""
    cells: int = 0
    items: int = 0

    @property
    def text(self) -> str:
        """All characters."""
        return "".join(self.texts)


def of_html(html: str) -> Seen:
    """What can be seen of a fragment of HTML."""
    seen = Seen()
    try:
        tree = lxml_html.fragment_fromstring(_NOT_XML.sub("", html), create_parent="div")
    except etree.ParserError:  # nothing but white space and comments
        return seen
    seen.texts = [run for run in map(visible, _texts(tree)) if run]
    for element in tree.iter("img", "a", "ok", "span", "td", "th", "li"):
        tag = element.tag
        if tag == "img":
            seen.pictures[_address(element.get("src"))] += 1
        elif tag in ("td", "th"):
            seen.cells += 1
        elif tag == "li":
            seen.items += 1
        elif (target := _address(element.get("href"))) and (
            element.find(".//img") is not None or visible("".join(_texts(element)))
        ):
            seen.links[target] += 1
    return seen


def _texts(element: etree._Element) -> Iterator[str]:
    if isinstance(element.tag, str) and element.tag not in _NO_TEXT:
        if element.text:
            yield element.text
        for child in element:
            yield from _texts(child)
            if child.tail:
                yield child.tail


def _address(value: str | None) -> str:
    return (value or "").strip()


def of_article(article: Article) -> Seen:
    """What can be seen of an article: lead and body."""
    seen = Seen()
    _gather(((article.lead,) if article.lead else ()) + article.body, seen)
    return seen


def _gather(nodes: tuple[object, ...], seen: Seen) -> None:
    for node in nodes:
        if isinstance(node, Text | Code | InlineCode):
            if run := visible(node.text):
                seen.texts.append(run)
        elif isinstance(node, Image):
            seen.pictures[node.address] += 1
            if node.full_size:
                seen.links[node.full_size] += 1
        elif isinstance(node, Table):
            for row in node.rows:
                seen.cells += len(row)
                _gather(row, seen)
        else:
            if isinstance(node, Link) and node.target:
                seen.links[node.target] += 1
            seen.items += isinstance(node, Item)
            for name in ("images", "items", "children", "caption"):
                _gather(getattr(node, name, ()), seen)
