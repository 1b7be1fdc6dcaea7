"""Reader of the mirrors' pages: it splits the page, repairs and parses the content, and extracts metadata."""

import html
import re
from collections.abc import Iterator

from convert.errors import DocumentError
from convert.languages import language
from convert.late import late, late_pattern
from convert.messages import Message, message
from convert.model import SCHEMA_VERSION, Article, Block, Entry, Figure, Note, Place, Places, Provenance, Reading, texts
from convert.readers.mirror import cut, first_line, metadata, notices, shapes, wrapper
from convert.readers.mirror.dialect import Dialect
from convert.readers.mirror.dialects import DIALECTS
from convert.readers.mirror.repair import repair
from convert.sources.addresses import NO_ORIGIN, Origin
from convert.text import EDGE_SPACE, collapse, hash64, is_ragged, is_usual, recompose
from convert.urls import unsafe

NOT_A_PAGE = message("mirror-without-body")

_NUMBER = late_pattern(
    r"[?&](?:id|aid|nid|tid|sn|p|post|news_?id|article|article_?id|doc_?id|content_?id|story_?id|item_?id)=([\w-]{1,80})"
    r"(?=[&#]|\Z)",
    re.I,
)
"""Number of an article in the query of its address."""
_FRONT = late_pattern(r"https?://[^/]+(?:/(?:.*/)?(?:index\.\w+|default\.\w+)?)?", re.I)
_IN_CHANNEL = late_pattern(r"(?:^|/)pages/.+/")
_OWN_PAGE = late_pattern(r"^https?://[^/]+/(?P<repository>[^/]+)/(?:\.\./)?(?P<page>pages/[^?#]+)$")
_is_markdown = late("convert.readers.mirror.markdown_body:is_markdown")  # the rest of CommonMark comes with it
_markdown_blocks = late("convert.readers.mirror.markdown_body:blocks")
_html_blocks = late("convert.readers.mirror.html_body:blocks")  # most pages of the commonest shapes need no parser


def detect(data: bytes, dialects: tuple[Dialect, ...] = ()) -> bool:
    """Return True if the bytes begin as a page of a mirror does, perhaps with a damaged first line.

    `dialects` are those that the user describes: a page of one of them begins as they say.
    """
    if dialects and any(cut.fits(_text(data), each) for each in dialects):
        return True
    return data.startswith((b"### ", b"\xef\xbb\xbf### ")) or first_line.is_broken(data)


def peek(text: str, path: str, origin: Origin = NO_ORIGIN, dialects: tuple[Dialect, ...] = ()) -> Entry | None:
    """Return the index entry of the article in `text`, without parsing its HTML; None if it is not an article.

    `dialects` are those that the user describes.
    """
    if dialect := _described(text, dialects):
        page = cut.split_page(text, dialect)
        title, address = page.title, page.address
    else:
        text, _ = first_line.repair(text)
        if (header := cut.sniff(text)) is None:
            return None
        title, address = header
        dialect = cut.recognise(text) or cut.UNKNOWN
    return Entry(
        path=path,
        id=identifier(address, path, dialect),
        title=_title(title),
        address=address,
        published=metadata.published(address, text, dialect),
        section=section(path),
        text=hash64(title + cut.content(text, dialect)),
    )


def read(
    text: str,
    data: bytes,
    path: str,
    sha256: str,
    place: str,
    origin: Origin = NO_ORIGIN,
    dialects: tuple[Dialect, ...] = (),
) -> Reading:
    """Return the article of a mirror's page, whose path in the mirror is `place`.

    `dialects` are those that the user describes.

    Raises:
        DocumentError: SRC004 if the page has no article.
    """
    text, slips, dialect = _recognised(text, dialects)
    page = cut.split_page(text, dialect or cut.UNKNOWN)
    usual = is_usual(data)
    markdown = page.dialect.name not in DIALECTS and _is_markdown(page.content)
    repaired = repair(page.content, page.dialect, page.content_line, composed=usual, markdown=markdown)
    lead: Figure | None = None
    places, in_content = Places(page.content_line), ()
    short = shapes.read(repaired.html, page.dialect, places) if usual and not markdown else None
    if short:
        lead, blocks = short.lead, tuple(short.blocks)
    else:
        if markdown:
            builder, blocks = _markdown_blocks(repaired.html, page.content_line, page.dialect.markup)
        else:
            builder, lead, blocks = _html_blocks(repaired.html, page.content_line, page.dialect)
        places, in_content = builder.places, builder.notes
    body = notices.set_apart(blocks, page.dialect.notices, places)
    own_path = "" if markdown else _own_path(body)
    home = wrapper.mirror_url(page, own_path, place)
    notes = [*slips, *repaired.notes, *in_content, *wrapper.notes(page)]
    notes += _notes(page, text, b"\0" in data)
    title = _title(page.title) if usual else _recomposed(_title(page.title), notes)
    source = Provenance(address=page.address, path=path, dialect=page.dialect.name, sha256=sha256)
    article = _article(page, title, source, text, lead, body, channel(place, own_path))
    places.put_first((*page.nav, (article.source, (page.address_line - page.content_line, 0))))
    return Reading(
        article,
        places,
        tuple(notes),
        data=data,
        text=text,
        usual=usual,
        regular=short.longest if short and _is_untouched(page, text, repaired.notes) else 0,
        html="" if markdown else repaired.html,
        home=home,
        expects=(*page.dialect.expects, "name") if page.dialect.name in DIALECTS else (),
    )


def _is_untouched(page: cut.Page, text: str, repairs: list[Note]) -> bool:
    """Return True if a page has no markup but that of its content, which was not repaired."""
    end = page.content_start + len(page.content)
    return not repairs and text.find("<", 0, page.content_start) < 0 and text.find("<", end) < 0


def _article(
    page: cut.Page,
    title: str,
    source: Provenance,
    text: str,
    lead: Figure | None,
    body: tuple[Block, ...],
    section: str,
) -> Article:
    """Return the article of a page, with the metadata that its text and its address give."""
    in_text = metadata.extract(body, page.dialect, page.above)
    tag = language(_sample(title, body))
    return Article(
        schema_version=SCHEMA_VERSION,
        id=identifier(page.address, source.path, page.dialect),
        title=title,
        language=tag,
        published=metadata.published(page.address, text, page.dialect),
        modified=metadata.modified(text, page.dialect),
        publisher=metadata.publisher(in_text.dateline, page.dialect, tag),
        authors=tuple(dict.fromkeys((*metadata.commentator(title, page.dialect), *in_text.authors))),
        report_type=in_text.report_type,
        agency=in_text.agency,
        dateline=in_text.dateline,
        editor=in_text.editor,
        section=section,
        series=metadata.series(title, page.dialect),
        media=metadata.media(title),
        source=source,
        lead=lead,
        nav=tuple(link for link, _ in page.nav),
        body=body,
    )


def why_not(text: str, dialects: tuple[Dialect, ...]) -> Message | None:
    """Return why a document is a page of none of the dialects that the user describes; None if it is of one."""
    reasons = [(dialect.name, cut.lacking(text, dialect)) for dialect in dialects]
    for name, lacking in reasons[:1]:
        if lacking and all(each for _, each in reasons):
            return message("not-of-dialect", dialect=name, key=lacking[0], line=lacking[1])
    return None


def dialect_of(text: str, dialects: tuple[Dialect, ...] = ()) -> Dialect | None:
    """Return the dialect of a page whose first line is whole; None if it is unknown."""
    return _described(text, dialects) or cut.recognise(text)


def _recognised(text: str, dialects: tuple[Dialect, ...]) -> tuple[str, list[Note], Dialect | None]:
    """Return the text of a page with its first line repaired, notes, and its dialect; None if it is unknown.

    Raises:
        DocumentError: SRC004 if the page has no article.
    """
    if dialect := _described(text, dialects):
        return text, [], dialect
    text, slips = first_line.repair(text)
    if (dialect := cut.recognise(text)) is None and cut.sniff(text) is None:
        raise DocumentError("SRC004", NOT_A_PAGE, 1, 1)
    return text, slips, dialect


def _described(text: str, dialects: tuple[Dialect, ...]) -> Dialect | None:
    """Return the first dialect that the user describes that a page is of; None if it is of none."""
    return next((each for each in dialects if cut.fits(text, each)), None)


def _text(data: bytes) -> str:
    return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").replace("\r\n", "\n")


def _notes(page: cut.Page, text: str, holds_null: bool) -> Iterator[Note]:
    """Yield what is wrong with a page as a whole."""
    if page.dialect.name == cut.UNKNOWN.name:
        yield Note("SRC006", wrapper.unknown_wrapper(text), Place(1, 1))
    if page.dialect.end_marker and page.content.rfind(page.dialect.end_marker) < 0:
        line = page.address_line or text.rstrip().count("\n") + 1
        yield Note("ART003", message("truncated-body"), Place(line, 1))
    if holds_null and (at := text.find("\0")) >= 0:
        place = Place(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
        yield Note("TXT001", message("control-character", count=text.count("\0"), characters="U+0000"), place)


def _recomposed(title: str, notes: list[Note]) -> str:
    """Return a title without compatibility characters, and add a note unless the body has one."""
    usual, changed, at = recompose(title)
    if changed and not any(each.code == "TXT005" for each in notes):
        problem = message("compatibility-character", count=changed, character=f"U+{ord(title[at]):04X}")
        notes.append(Note("TXT005", problem, Place(1, 1)))
    return usual


def _own_path(body: tuple[Block, ...]) -> str:
    """Return the page's path in its mirror, which the address of its tracking picture contains; "" without one."""
    own_path = ""
    for block in (*body[:1], *body[-1:]):
        if isinstance(block, Figure):
            for picture in block.images:
                if match := _OWN_PAGE.search(picture.address):
                    own_path = f"{match['repository']}/blob/master/{match['page']}"
    return own_path


def _title(raw: str) -> str:
    title = html.unescape(raw)
    return (collapse(title) if is_ragged(title) or "\f" in title else title).strip(EDGE_SPACE)


_WITH_IDENTIFIER = tuple(each for each in DIALECTS.values() if each.identifier)


def identifier(address: str, path: str, dialect: Dialect = cut.UNKNOWN) -> str:
    """Return the publisher's identifier, which is the last part of the original address, else the file's name.

    Outside the known dialects, the number of the article in a query belongs to it, and addresses of a known publisher
    have the identifiers that they have in its dialect.

    >>> identifier("https://paper.example/a/view.php?lang=zh&id=75", ""), identifier("https://paper.example/?p=75", "")
    ('view-75', '75')
    """
    address = "" if unsafe(address) else address
    publishers = (each for each in _WITH_IDENTIFIER if each.host in address) if dialect is cut.UNKNOWN else (dialect,)
    for each in publishers:
        if each.identifier and (match := each.identifier.match(address)):
            return match["identifier"]
    name = address.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]
    number = _NUMBER.search(address) if "?" in address and dialect.name not in DIALECTS else None
    if number and _FRONT.fullmatch(address, 0, address.index("?")):
        return number[1]
    name = name.partition(".")[0] or path.rpartition("/")[2].partition(".")[0] or "article"
    return f"{name}-{number[1]}" if number else name


def section(path: str) -> str:
    """Return the channel of a page, which is the name of its folder."""
    return path.rpartition("/")[0].rpartition("/")[2]


def channel(place: str, own_path: str) -> str:
    """Return the channel of a page by its place in its mirror, or if it is in no `pages`, by its own tracking picture.

    >>> channel("pages/nf1/n1.md", "epoch-news/blob/master/pages/nf2/n1.md"), channel("n1.md", "pages/nf2/n1.md")
    ('nf1', 'nf2')
    """
    return section(place) if _IN_CHANNEL.search(place) else section(own_path) or section(place)


def _sample(title: str, body: tuple[Block, ...]) -> Iterator[str]:
    """Yield samples of the text for language detection: a short one, which mostly suffices, then a longer one."""
    parts, length = [title], len(title)
    ahead = (text for block in body for text in texts((block,)))
    for enough in (160, 400):
        while length < enough and (text := next(ahead, "")):
            parts.append(text)
            length += len(text)
        yield "".join(parts)
