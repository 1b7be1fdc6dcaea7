"""Reader of saved web pages of any publisher: it finds the main text, reads the metadata and walks the text."""

import re
from collections.abc import Iterator

from turbohtml import Document, Element, parse

from convert.errors import DocumentError
from convert.languages import language
from convert.messages import Message, message
from convert.model import (
    SCHEMA_VERSION,
    Article,
    Block,
    Entry,
    Figure,
    Image,
    Note,
    Place,
    Provenance,
    Reading,
    texts,
    walk,
)
from convert.readers.html import prepare, targets
from convert.readers.html.handlers import Builder
from convert.readers.html.twins import name_of
from convert.readers.markup import COMMON, Markup
from convert.readers.mirror.page import identifier
from convert.readers.saved import main, metadata, own, saver
from convert.readers.saved.encoding import encoding_of, is_damaged, looks_like_html
from convert.readers.saved.judge import Choice
from convert.sources.addresses import NO_ORIGIN, Origin, content_id
from convert.sources.envelope import Envelope
from convert.text import EDGE_SPACE, HTML_SPACE
from convert.urls import resolve, scheme

PEEK = 262_144
"""Number of characters that `peek` parses; they contain the head and the title of every page seen so far."""

MOST_ABOVE = 3
"""Blocks above a text among which its lead is."""

MARKUP = Markup(
    embeds=COMMON.embeds,
    captions=COMMON.captions | {".image-caption", ".photo-caption", ".img-caption", ".picture-caption"},
)

NOT_A_PAGE = message("page-without-content")
NO_MAIN_TEXT = message("no-main-text")


_BOOKMARKS = re.compile(rb"<title>(?:Pocket|Instapaper:) Export</title>")
_ZIP_END, _ZIP_TAIL = b"PK\x05\x06", 22 + 65_536
"""Mark of the end of a zip archive, and most bytes of it: SingleFileZ writes pages into such archives."""


def detect(data: bytes) -> bool:
    """Return True if the bytes begin as a web page does."""
    return looks_like_html(data) and not (_BOOKMARKS.search(data[:500]) or _ZIP_END in data[-_ZIP_TAIL:])


_LAYOUT = re.compile(r"(?:^|/)(?:_?layouts|_?includes|partials|shortcodes|templates|themes|archetypes)/")
_CODE = re.compile(r"\{\{.{0,200}?\}\}|\{%.{0,200}?%\}")
"""Template code in a file of such a folder, which is a part of every page of a site and no page."""


def peek(text: str, path: str, origin: Origin = NO_ORIGIN) -> Entry | None:
    """Return the index entry of the article, from the beginning of the page; None if the page is not an article."""
    if _LAYOUT.search(path) and _CODE.search(text):
        return None
    document = parse(text[:PEEK], positions=False)
    if origin.envelope.own or own.is_own(document):
        return own.peek(parse(text, positions=False), path, origin)
    meta = metadata.read(document, text, origin, thorough=False)
    if not meta.title and not _text(document):
        return None
    name = identifier(meta.address, path) if meta.address else ""
    return Entry(path, name, meta.title, meta.address, meta.published, meta.section)


def why_not(text: str) -> Message:
    """Return the message that says why a page is not an article."""
    document = parse(text, positions=False)
    return own.NOT_ONE_ARTICLE if own.is_own(document) and not own.has_one_article(document) else NOT_A_PAGE


def read(text: str, data: bytes, path: str, sha256: str, place: str, origin: Origin) -> Reading:
    """Return the article of a saved web page.

    Raises:
        DocumentError: SRC004 if the page has neither title nor text, or is a book that this program wrote.
    """
    document = parse(prepare.opened(text))
    saver.put_pictures(document, text)
    envelope = origin.envelope
    if envelope.pictures:
        _place(document, envelope)
    if envelope.own or own.is_own(document):
        return own.read(document, data, path, sha256, origin)
    meta = metadata.read(document, text, origin)
    if not meta.title and not _text(document):
        raise DocumentError("SRC004", NOT_A_PAGE, 1, 1)
    builder = Builder(MARKUP)
    if ("shadowroot" in text or "shadowmode" in text) and (whole := document.select_one("html")):
        prepare.open_shadows(whole, builder.note)
    whole_page = envelope.whole
    choice = None if whole_page else _find(document, meta)
    page = document.select_one("body")
    region = choice.region if choice else page
    body: tuple[Block, ...] = ()
    source_html, page_html = (region.html, page.html) if region is not None and page is not None else ("", "")
    if choice:
        main.gather_notes(document, choice.region)
        main.take_out(builder, choice)
    elif not whole_page:
        builder.notes.append(Note("SRC006", NO_MAIN_TEXT, Place(*_start(region))))
    if region is not None:
        builder.prepare(region, document.select_one("html"))
        main.tidy(builder, region, meta.title)
        _rebase(document, region, meta.address)
        targets.join(region, meta.address)
        builder.adopt(region)
        body = builder.footnotes(builder.blocks(region))
    lead, body = _lead(meta, body, opened=bool(choice and choice.opening))
    article = Article(
        schema_version=SCHEMA_VERSION,
        id=identifier(meta.address, path) if meta.address else content_id(data),
        title=meta.title,
        language=metadata.language(meta.language, language(_samples(meta.title, body))),
        published=meta.published,
        modified=meta.modified,
        publisher=meta.publisher,
        authors=meta.authors,
        section=meta.section,
        source=Provenance(address=meta.address, path=path, dialect="html", sha256=sha256),
        lead=lead,
        body=body,
    )
    builder.places.put((article.source, (1, 0)))
    builder.notes += _about(meta, text)
    if is_damaged(data, text) and (lost := _damage(text, article, region)):
        builder.notes.append(Note("SRC005", message("invalid-encoding", encoding=encoding_of(data)), lost))
    return Reading(article, builder.places, tuple(builder.notes), text=text, html=source_html, page=page_html)


def _find(document: Document, meta: metadata.Metadata) -> Choice | None:
    signed = bool(meta.authors and meta.published)
    return main.find(document, meta.title, meta.text, signed=signed, day=meta.published[:10])


def _about(meta: metadata.Metadata, text: str) -> Iterator[Note]:
    """Yield what is wrong with the metadata of a page."""
    if half := metadata.lone_surrogate(meta, text):
        at = Place(text.count("\n", 0, half.start()) + 1, half.start() - text.rfind("\n", 0, half.start()))
        yield Note("TXT010", message("lone-surrogate", code=half[0]), at)
    for element in meta.broken:
        yield Note("SRC018", message("broken-linked-data"), Place(*_start(element)))


_REFERENCES = ("src", "data", "poster", "data-src", "href", "xlink:href")


def _place(document: Document, envelope: Envelope) -> None:
    """Give pictures and frames of a page that lie beside it in one file the addresses that they had."""
    root = document.root
    for each in (
        root.iter_elements(("a", "img", "image", "iframe", "frame", "object", "embed", "video")) if root else ()
    ):
        for name in _REFERENCES:
            value = str(each.attr(name) or "").strip(HTML_SPACE)
            if value in envelope.pictures:
                each.attrs[name] = envelope.pictures[value]
            if value in envelope.frames and each.tag == "iframe":
                each.attrs["srcdoc"] = envelope.frames[value]


def _rebase(document: Document, region: Element, address: str) -> None:
    """Make relative addresses absolute if the page declares another base for them with `<base>`."""
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
    """Return samples of the text for language detection: a short one, which mostly suffices, then a longer one."""
    text = "".join((title, *texts(body[:20])))
    return [text[:80], text[:800]]


def _damage(text: str, article: Article, region: Element | None) -> Place | None:
    """Return the place of the article's first lost character; None if only the rest of the page lost some."""
    if not any("\ufffd" in each for each in (article.title, *texts(article.body))):
        return None
    line, _ = _start(region)
    start = 0
    for _ in range(line - 1 if "\ufffd" not in article.title else 0):
        start = text.find("\n", start) + 1
    at = text.find("\ufffd", start)
    return Place(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


def _lead(meta: metadata.Metadata, body: tuple[Block, ...], *, opened: bool) -> tuple[Figure | None, tuple[Block, ...]]:
    """Return the lead and the body without it.

    It is the page's picture for social media, unless the body contains it, perhaps in another size. Of a page that is
    `opened`, which begins with what was found above its text, it is the figure with that picture.
    """
    if not meta.image:
        return None, body
    name = name_of(meta.image)
    for number, block in enumerate(body):
        for image in (node for node in walk((block,)) if isinstance(node, Image)):
            if name in (name_of(resolve(image.address, meta.address)), name_of(resolve(image.full_size, meta.address))):
                if opened and number < MOST_ABOVE and isinstance(block, Figure):
                    return block, (*body[:number], *body[number + 1 :])
                return None, body
    return Figure((Image(meta.image, meta.image_alt),)), body
