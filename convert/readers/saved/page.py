"""A saved web page of any publisher → Article: find the main text, read the metadata, walk."""

import re
from collections.abc import Iterator

from turbohtml import Document, Element, parse

from convert.errors import DocumentError
from convert.messages import Message, message
from convert.model import Article, Block, Entry, Figure, Image, Note, Place, Provenance, Reading, texts
from convert.readers.html import Builder
from convert.readers.markup import COMMON, Markup
from convert.readers.mirror.page import identifier
from convert.readers.saved import main, metadata, own
from convert.readers.saved.encoding import encoding_of, is_damaged, looks_like_html
from convert.text import EDGE_SPACE, language
from convert.urls import resolve, scheme

PEEK = 262_144
"""Characters of a page that a first look parses: head and title of any page that we met are in them."""

MARKUP = Markup(
    asides={
        **COMMON.asides,
        **dict.fromkeys((".related", ".related-articles", ".related-links", ".recommend", ".read-more"), "related"),
        **dict.fromkeys((".share", ".sharing", ".social-share", ".sharedaddy", ".share-buttons"), "share"),
        **dict.fromkeys((".ad", ".ads", ".advertisement", ".advert", ".ad-slot"), "advertisement"),
        **dict.fromkeys((".newsletter", ".newsletter-signup", ".subscribe", ".paywall"), "membership"),
    },
    embeds=COMMON.embeds,
    captions=COMMON.captions | {".image-caption", ".photo-caption", ".img-caption", ".picture-caption"},
)

NOT_A_PAGE = message("page-without-content")
NO_TITLE = message("missing-title-page")
NO_ADDRESS = message("missing-source-page")
_SIZE = re.compile(r"[-_](?:\d{2,5}x\d{2,5}|\d{3,4}w?|scaled|large|medium|small|thumb)$", re.I)
NO_MAIN_TEXT = message("no-main-text")


def detect(data: bytes) -> bool:
    """Whether the bytes begin as a web page does."""
    return looks_like_html(data)


def peek(text: str, path: str) -> Entry | None:
    """What other articles need to know of the article, from the page's beginning; None for a page that is none."""
    document = parse(text[:PEEK], positions=False)
    if own.is_own(document):
        return own.peek(parse(text, positions=False), path)
    told = metadata.read(document, text)
    if not told.title and not _text(document):
        return None
    return Entry(path, identifier(told.address, path), told.title, told.address, told.published, told.section)


def why_not(text: str) -> Message:
    """Why a page is no article, for people."""
    document = parse(text, positions=False)
    return own.SEVERAL if own.is_own(document) and own.several(document) else NOT_A_PAGE


def read(text: str, data: bytes, path: str, sha256: str) -> Reading:
    """The article of a saved web page.

    Raises:
        DocumentError: SRC004 a page without title and text, or a book of several articles; ART001 no title; SRC008 no
            original address.
    """
    document = parse(text)
    if own.is_own(document):
        return own.read(document, path, sha256)
    told = metadata.read(document, text)
    if not told.title:
        raise DocumentError("ART001", NO_TITLE, 1, 1) if _text(document) else DocumentError("SRC004", NOT_A_PAGE, 1, 1)
    if not told.address:
        raise DocumentError("SRC008", NO_ADDRESS, 1, 1)
    builder = Builder(MARKUP)
    region = main.find(document)
    if region is None:
        region = document.select_one("body")
        builder.notes.append(Note("SRC006", NO_MAIN_TEXT, Place(*_start(region))))
    body: tuple[Block, ...] = ()
    seen = region.html if region is not None else ""
    if region is not None:
        main.tidy(builder, region, told.title)
        _rebase(document, region, told.address)
        builder.adopt(region)
        body = builder.footnotes(builder.blocks(region))
    article = Article(
        schema_version="1",
        id=identifier(told.address, path),
        title=told.title,
        language=metadata.language(told.language, language(_samples(told.title, body))),
        published=told.published,
        modified=told.modified,
        publisher=told.publisher,
        authors=told.authors,
        section=told.section,
        source=Provenance(address=told.address, path=path, dialect="html", sha256=sha256),
        lead=_lead(told, body),
        body=body,
    )
    builder.places.put((article.source, (1, 0)))
    if is_damaged(data, text) and (place := _damage(text, article, region)):
        builder.notes.append(Note("SRC005", message("invalid-encoding", encoding=encoding_of(data)), place))
    return Reading(article, builder.places, tuple(builder.notes), text=text, html=seen)


def _rebase(document: Document, region: Element, address: str) -> None:
    """Makes relative addresses absolute where the page says that they are relative to something else than itself."""
    base = document.select_one("base[href]")
    if base is None or not (start := resolve(str(base.attr("href") or ""), address)):
        return
    for each in region.iter_elements(("a", "img")):
        name = "href" if each.tag == "a" else "src"
        value = str(each.attr(name) or "").strip()
        if value and not value.startswith("#") and not scheme(value):
            each.attrs[name] = resolve(value, start) or value


def _text(document: Document) -> str:
    body = document.select_one("body")
    return body.text.strip(EDGE_SPACE) if body else ""


def _start(region: Element | None) -> tuple[int, int]:
    line, column = (region.position if region else None) or (1, 0)
    return line, column + 1


def _samples(title: str, body: tuple[Block, ...]) -> list[str]:
    """The text to tell the language by: a little, which mostly settles it, then more."""
    text = "".join((title, *texts(body[:20])))
    return [text[:80], text[:800]]


def _damage(text: str, article: Article, region: Element | None) -> Place | None:
    """Where the first lost character of the article stands; None where only the rest of the page lost some."""
    if not any("\ufffd" in each for each in (article.title, *texts(article.body))):
        return None
    line, _ = _start(region)
    start = 0
    for _ in range(line - 1 if "\ufffd" not in article.title else 0):
        start = text.find("\n", start) + 1
    found = text.find("\ufffd", start)
    return Place(text.count("\n", 0, found) + 1, found - text.rfind("\n", 0, found))


def _lead(told: metadata.Metadata, body: tuple[Block, ...]) -> Figure | None:
    """The page's picture for social media, unless it is in the body already, perhaps in another size."""
    if not told.image:
        return None
    name = _stem(told.image)
    for image in _images(body):
        if name in (_stem(resolve(image.address, told.address)), _stem(resolve(image.full_size, told.address))):
            return None
    return Figure((Image(told.image, told.image_alt),))


def _images(nodes: tuple[object, ...]) -> Iterator[Image]:
    for node in nodes:
        if isinstance(node, Image):
            yield node
        elif isinstance(node, tuple):
            yield from _images(node)
        else:
            for field in ("images", "children", "items", "rows", "caption"):
                yield from _images(getattr(node, field, ()))


def _stem(address: str) -> str:
    """The name of a picture's file, without suffix and size.

    >>> _stem("https://example.org/a/press-600x400.jpg?w=3") == _stem("https://img.example.org/press.webp")
    True
    """
    name = address.partition("?")[0].partition("#")[0].rpartition("/")[2].rpartition(".")[0]
    return _SIZE.sub("", name) or address
