"""Source → Article for the pages of the mirrors: cut, repair, parse, mine."""

import html
import re
from collections.abc import Iterator

from turbohtml import Element

from convert.errors import DocumentError
from convert.model import Article, Block, Entry, Figure, NavLink, Note, Place, Provenance, Reading
from convert.readers.flow import strings
from convert.readers.html import Builder
from convert.readers.mirror import cut, metadata
from convert.readers.mirror.dialect import Dialect
from convert.readers.mirror.repair import repair
from convert.text import EDGE_SPACE, collapse, language
from convert.urls import UNKNOWN_REPOSITORY

NOT_A_PAGE = "there is a title, but neither a body nor a last line with the original address"

_OWN_PAGE = re.compile(r"^https?://[^/]+/(?P<repository>[^/]+)/(?:\.\./)?(?P<page>pages/[^?#]+)$")
_OWNER = re.compile(r"^https://github\.com/[^/?#]+")
_PAGE = re.compile(r"(?:^|/)(pages/[^/]+/[^/]+)$")


def detect(data: bytes) -> bool:
    """Whether the bytes begin as every page of a mirror does."""
    return data.startswith((b"### ", b"\xef\xbb\xbf### "))


def peek(text: str, path: str) -> Entry | None:
    """What other articles need to know of the article in `text`, from its first and last line; None if it is none."""
    if (seen := cut.look(text)) is None:
        return None
    title, address = seen
    dialect = cut.recognise(text)
    return Entry(
        path=path,
        id=identifier(address, path),
        title=_title(title),
        address=address,
        published=metadata.published(address, dialect) if dialect else "",
        section=section(path),
    )


def read(text: str, data: bytes, path: str, sha256: str) -> Reading:
    """The article of a mirror's page.

    Raises:
        DocumentError: SRC004, it is no page of an article; SRC006, the page is of no known dialect.
    """
    dialect = cut.recognise(text)
    if dialect is None:
        if cut.look(text) is None:
            raise DocumentError("SRC004", NOT_A_PAGE, 1, 1)
        raise DocumentError(
            "SRC006", "the page has a title but the wrapper lines of no known dialect; see docs/formats.md", 1, 1
        )
    page = cut.cut(text, dialect)
    mended = repair(page.content)
    builder = Builder(dialect.markup, page.content_line)
    root = builder.parse(mended.html)
    lead, body, home = _parts(builder, root, dialect)
    notes = builder.notes
    if mended.crossed_links:
        message = f"{mended.crossed_links} link(s) were closed by the end tag of another element; mended"
        above = page.content[: mended.crossed_at]
        line, column = above.count("\n"), mended.crossed_at - above.rfind("\n")
        notes.append(Note("HTM001", message, Place(page.content_line + 1 + line, column)))
    if dialect.end_marker and page.content.rfind(dialect.end_marker) < 0:
        notes.append(Note("ART003", "the body lacks its end mark: it was cut short", Place(page.address_line, 1)))
    if b"\0" in data:
        notes.append(Note("TXT001", f"{text.count(chr(0))} control character(s) in the text: U+0000", Place(1, 1)))
    title = _title(page.title)
    mined = metadata.mine(body, dialect)
    for link, position in page.nav:
        builder.places.put((link, position))
    tag = language(_sample(title, body))
    article = Article(
        schema_version="1",
        id=identifier(page.address, path),
        title=title,
        language=tag,
        published=metadata.published(page.address, dialect),
        publisher=dialect.publishers.get(tag, dialect.publisher),
        authors=mined.authors,
        report_type=mined.report_type,
        agency=mined.agency,
        dateline=mined.dateline,
        editor=mined.editor,
        section=section(home or path) or section(path),
        series=metadata.series(title),
        source=Provenance(address=page.address, path=path, dialect=dialect.name, sha256=sha256),
        lead=lead,
        nav=tuple(link for link, _ in page.nav),
        body=body,
    )
    builder.places.put((article.source, (page.address_line - page.content_line, 0)))
    return Reading(article, builder.places, tuple(notes), home=_home(home, path, article.nav), data=data, text=text)


def _parts(builder: Builder, root: Element, dialect: Dialect) -> tuple[Figure | None, tuple[Block, ...], str]:
    """Lead, body, and the page's own path in its mirror as its tracking picture tells it."""
    lead: Figure | None = None
    above: list[Block] = []
    if dialect.lead and (image := root.select_one(dialect.lead)) is not None:
        box = image.parent
        if isinstance(box, Element) and box.parent == root and all(each.tag != "div" for each in _before(box)):
            for block in builder.blocks(box):
                if lead is None and isinstance(block, Figure):
                    lead = block
                else:
                    above.append(block)
            rule = box.next_sibling
            if isinstance(rule, Element) and rule.tag == "hr":
                rule.decompose()
            box.decompose()
    body = builder.footnotes(above + builder.blocks(root))
    home = ""
    for block in (*body[:1], *body[-1:]):
        if isinstance(block, Figure):
            for picture in block.images:
                if match := _OWN_PAGE.search(picture.address):
                    home = f"{match['repository']}/blob/master/{match['page']}"
    return lead, body, home


def _before(element: Element) -> list[Element]:
    return [each for each in element.previous_siblings if isinstance(each, Element)]


def _home(told: str, path: str, nav: tuple[NavLink, ...]) -> str:
    """The page's own address in its mirror: what the tracking picture tells, and the owner of a link beside it."""
    for link in nav:
        if match := _OWNER.match(link.target):
            page = _PAGE.search(path)
            here = page[1] if page else "pages/section/page.md"  # links lead out of it: its depth is what counts
            return f"{match[0]}/{told or f'{UNKNOWN_REPOSITORY}/blob/master/{here}'}"
    return ""


def _title(raw: str) -> str:
    return collapse(html.unescape(raw)).strip(EDGE_SPACE)


def identifier(address: str, path: str) -> str:
    """The publisher's own identifier, the last part of the original address, else the file's name."""
    name = address.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]
    return name.partition(".")[0] or path.rpartition("/")[2].partition(".")[0] or "article"


def section(path: str) -> str:
    """The channel that a page belongs to: the folder that it is in."""
    return path.rpartition("/")[0].rpartition("/")[2]


def _sample(title: str, body: tuple[Block, ...]) -> Iterator[str]:
    """The text to tell the language by: a little, which mostly settles it, then more."""
    parts, texts, length = [title], strings(body), len(title)
    for enough in (80, 400):
        while length < enough and (text := next(texts, "")):
            parts.append(text)
            length += len(text)
        yield "".join(parts)
