"""Reader of HTML pages that this program wrote: the text is equal to that of the article that was written."""

import html
import re

from turbohtml import Document, Element

from convert.errors import DocumentError
from convert.messages import message
from convert.model import SCHEMA_VERSION, Article, Entry, Figure, NavLink, Provenance, Reading
from convert.readers.html.handlers import Builder
from convert.readers.markup import Markup
from convert.readers.mirror.page import identifier
from convert.sources.addresses import Origin, content_id
from convert.words import Words, words

GENERATOR = "archive-convert"
NOT_ONE_ARTICLE = message("book-page")
MARKUP = Markup(
    asides={f".{kind}": kind for kind in ("promotion", "share", "membership", "related", "advertisement")},
    embeds={
        f".{kind}": kind for kind in ("tweet", "instagram", "facebook", "video", "audio", "document", "other")
    },
)  # fmt: skip

_STANDS_FOR = re.compile(r"(?:〔[^〕]*〕|\[[^\]]*\] ?)")
_CODE_POINT = re.compile(r"\.\.([0-9a-f]{1,6})\.")
_LEVEL = re.compile(r"\bl([2-6])\b")
"""Class of a heading whose level in the article is not that on the page."""
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_LABEL = re.compile(r"^[^：:]*[：:]\s*")


def is_own(document: Document) -> bool:
    """Return True if this program wrote the page."""
    generator = document.select_one('head > meta[name="generator"]')
    return generator is not None and generator.attr("content") == GENERATOR


def has_one_article(document: Document) -> bool:
    """Return False if a page of ours is a book, or only the notice that an article was left out."""
    articles = [each for each in _articles(document) if not each.has_class("left-out")]
    return document.select_one("#contents") is None and len(articles) == 1


def _articles(document: Document) -> list[Element]:
    """Return the articles of a page: those of HTML are in `<main>`, that of a chapter is not."""
    return [*document.select("body > article"), *document.select("body > main > article")]


def peek(document: Document, path: str, origin: Origin) -> Entry | None:
    """Return the index entry of the article; None if the page does not have exactly one."""
    return _entry(document, path, origin) if has_one_article(document) else None


def read(document: Document, data: bytes, path: str, sha256: str, origin: Origin) -> Reading:
    """Return the article of a page that this program wrote.

    Raises:
        DocumentError: SRC004 if the page does not have exactly one article.
    """
    root = next(iter(_articles(document)), None)
    if root is None or not has_one_article(document):
        raise DocumentError("SRC004", NOT_ONE_ARTICLE, 1, 1)
    entry = _entry(document, path, origin)
    language = str(root.attr("lang") or "und")
    label = words(language)
    comma = label["by"]
    authors = _text(root, ".byline > .author").split(comma)
    keywords = _LABEL.sub("", _text(root, "footer > .keywords"), count=1).split(comma)
    description = _LABEL.sub("", _text(root, "footer > .description"), count=1)
    publisher = _text(root, ".byline > .publisher")
    nav = _navigation(root, label)
    source = root.select_one(".source")
    for frame in ("header", "footer", "nav"):
        for each in [each for each in root.children if isinstance(each, Element) and each.tag == frame]:
            each.decompose()
    _restore(root, entry.address, in_book=origin.envelope.own)
    builder = Builder(MARKUP)
    builder.exact = True
    builder.adopt(root)
    builder.levels = {f"h{level}": level for level in range(2, 7)}  # the writer made them relative
    first = next((each for each in root.children if isinstance(each, Element)), None)
    body = builder.footnotes(builder.blocks(root))
    lead: Figure | None = None
    if first is not None and first.has_class("lead") and body and isinstance(body[0], Figure):
        lead, body = body[0], body[1:]
    article = Article(
        schema_version=SCHEMA_VERSION,
        id=entry.id or content_id(data),
        title=entry.title,
        language=language,
        published=entry.published,
        publisher=publisher,
        authors=tuple(filter(None, authors)),
        keywords=tuple(filter(None, keywords)),
        description=description,
        source=Provenance(address=entry.address, path=path, dialect="html/archive-convert", sha256=sha256),
        lead=lead,
        nav=nav,
        body=body,
    )
    builder.places.put((article.source, source.position if source else None))
    return Reading(article, builder.places, tuple(builder.notes))


def _entry(document: Document, path: str, origin: Origin) -> Entry:
    time = document.select_one("article > header time")
    address = origin.given or _LABEL.sub("", _text(document, "article > footer > .source"), count=1)
    published = str(time.attr("datetime") or "") if time else ""
    name = identifier(address, path) if address else ""
    return Entry(path, name, _text(document, "article > header > h1"), address, published)


def _text(node: Document | Element, selector: str) -> str:
    element = node.select_one(selector)
    return element.text if element else ""


def _navigation(root: Element, label: Words) -> tuple[NavLink, ...]:
    """Return the mirror's links, without the line that leads through a book."""
    of_book = {label[word] for word in ("contents", "previous", "next")}
    lines = [[*line.iter_elements(("a", "span"))] for line in root.select("article > nav.mirror > p")]
    links = [each for line in lines if not of_book.issuperset(each.text for each in line) for each in line]
    return tuple(NavLink(each.text, str(each.attr("href") or "")) for each in links if each.text)


def _restore(root: Element, address: str, *, in_book: bool) -> None:
    """Undo the writer's changes for browsers, so that the walk makes the same blocks again."""
    page_id = str(root.attr("id") or "")
    prefix = "x-" if in_book else f"{page_id}.."
    for each in list(root.iter_elements()):
        if each.has_class("picture") and each.tag in ("a", "span"):
            _picture(each)
        elif each.tag == "img":
            _own(each)
        elif each.has_class("pictures") and each.tag == "ul":
            _figures(each)
        elif each.tag == "p" and each.has_class("embedded"):
            link, around = each.find("a"), each.parent
            if link is not None and isinstance(around, Element):
                around.attrs["cite"] = str(link.attr("href") or "")
            each.decompose()
        elif each.tag in _HEADINGS and (level := _LEVEL.search(str(each.attr("class") or ""))):
            each.tag = f"h{level[1]}"
        elif each.tag == "span" and (name := str(each.attr("id") or "")).startswith(prefix):
            each.tag = "a"
            each.attrs["id"] = _own_name(name, prefix)
        elif each.tag == "a" and each.attr("href") == f"#{page_id}":
            each.attrs["href"] = address  # the article links to itself
        elif each.tag == "a" and (target := str(each.attr("href") or "")).startswith(f"#{prefix}"):
            each.attrs["href"] = f"#{_own_name(target[1:], prefix)}"
        elif each.tag == "aside" and each.has_class("footnote"):
            line = each.find("p") or each
            line.insert(0, Element("a", {"id": _own_name(str(each.attr("id") or ""), prefix)}))


def _picture(words: Element) -> None:
    """Put a picture in the place of the words that a page has instead of it."""
    target, own = str(words.attr("href") or ""), str(words.attr("data-address") or "")
    picture = Element("img", {"src": own or target, "alt": _STANDS_FOR.sub("", words.text, count=1)})
    if own:
        link = Element("a", {"href": target})
        link.append(picture)
    words.replace_with(link if own else picture)


def _own(picture: Element) -> None:
    """Give a picture the alternative text and the address of the article, and take its size away."""
    if (alt := picture.attr("data-alt")) is not None:
        picture.attrs["alt"] = str(alt)
    if address := str(picture.attr("data-address") or ""):
        picture.attrs["src"] = address
        for name in ("width", "height"):
            picture.attrs.pop(name, None)


def _figures(pictures: Element) -> None:
    """Make a list of pictures the figures that it was made of."""
    pictures.tag = "div"
    for each in list(pictures.iter_elements(("li", "span"))):
        if each.tag == "li":
            each.tag = "figure"
        elif each.has_class("caption"):
            each.tag = "figcaption"


def _own_name(name: str, prefix: str) -> str:
    """Return the identifier that the article has for one of the page, which `xml_name` wrote."""
    return _CODE_POINT.sub(lambda match: html.unescape(f"&#x{match[1]};"), name.removeprefix(prefix))
