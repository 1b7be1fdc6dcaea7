"""The reader of posts: recognition, the first look, and the article."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from convert.codec import frontmatter
from convert.errors import DocumentError
from convert.languages import language
from convert.messages import message
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
from convert.readers.commonmark import levels, parse, sections
from convert.readers.markdown import take_title
from convert.readers.posts import DIALECT, blocks, fields, front, head, template
from convert.readers.posts.body import PostDocument
from convert.readers.posts.fields import Facts, day
from convert.readers.posts.front import Front
from convert.readers.posts.head import Head
from convert.readers.saved import metadata
from convert.sources.addresses import NO_ORIGIN, Origin, content_id
from convert.sources.sites import Address, Site, named
from convert.text import EDGE_SPACE, one_line

_HEAD = 1 << 16
_LEAST = 2
_OURS = tuple(re.compile(f'^{name}: "', re.M) for name in ("title", "id", "language", "source"))
"""Lines of every front matter that this program writes."""
_BEGINS = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s*(?:---|\+\+\+)|\s*<!--|title[ \t]*:|\{[ \t]*\r?\n|;;;\s*[{\"]|\"title\"\s*:)", re.I
)
_NOT_POSTS = re.compile(r"(?:^|/)(?:readme|changelog|license|contributing|summary|_index)(?:[._-][\w-]+)?\.\w+$", re.I)
_INDEX = re.compile(r"(?:^|/)(?:index|archives?|tags|categories|search|404)\.\w+$", re.I)
_LISTS = frozenset(
    (
        "readme",
        "home",
        "index",
        "archive",
        "archives",
        "tags",
        "tag",
        "categories",
        "category",
        "list",
        "search",
        "404",
        "redirect",
    )
)
"""Layouts and titles of pages that are no posts."""
_NAMED_DAY = re.compile(r"(?:^|/)(\d{4})[-_./]?(\d{1,2})[-_./]?(\d{1,2})(?:[-_ ]+|/|(?=\.\w+$))([^/]*)$")
_JEKYLL = re.compile(r"(?:^|/)_posts/(?:.*/)?\d{4}-\d{1,2}-\d{1,2}-[^/]*$")
_DATED_FILE = re.compile(r"(?:^|/)\d{4}-\d{1,2}-\d{1,2}-[^/]*\.(?:md|markdown|mdx|html?)$", re.I)
_SITE_BEHIND = re.compile(r"\s+[-–—|｜]\s*[^-–—|｜]{1,30}$")
"""Name of the site behind a title, which the heading of the text has not."""
_SITE_FOLDER = re.compile(r"^(?:index|post|content)$", re.I)
_HTML_FILE = re.compile(r"\.x?html?$", re.I)


class _Post(NamedTuple):
    """A document as its front matter and first lines describe it."""

    front: Front
    facts: Facts
    head: Head
    lines: list[str]
    """Its lines below the front matter."""
    title: str
    address: str
    published: str
    id: str
    own: str
    """Its address on its own site, "" if the site has none."""


def detect(data: bytes) -> bool:
    """Return True if the bytes begin with the front matter of a post that this program did not write.

    One of title, date, author, tags, address and layout is enough, because its name may show that it is one.
    """
    if not _BEGINS.match(data):
        return False
    is_json = data.startswith(b"---json\n")
    head = data[: data.find(b"\n---\n") + 5 if is_json else _HEAD]
    text = head.decode("utf-8", "ignore").removeprefix("\ufeff").replace("\r\n", "\n")
    found = front.decode(text)
    if found is None:
        return False
    if is_json:  # which this program never writes
        return bool(fields.kinds_of(found))
    keys = {each.name for each in found.fields}
    kinds = fields.kinds_of(found)
    if not kinds or (not _is_enough(kinds) and len(keys & {"title", "id", "source"}) >= _LEAST):
        return False
    nested = any(name for each in found.fields for name, _ in each.values)
    if keys <= frontmatter.KNOWN and not nested and len(keys & {"title", "id", "source"}) >= _LEAST:
        return False
    above = "\n".join(text.split("\n")[: found.lines])
    return not all(pattern.search(above) for pattern in _OURS)


def _is_enough(kinds: frozenset[str]) -> bool:
    """Return True if a front matter is that of a post: it has two of `fields.KINDS`, and not the last two alone."""
    beside = kinds - {"title"}
    return bool(beside) and ("title" in kinds or len(beside - {"layout"}) >= _LEAST)


def peek(text: str, path: str, origin: Origin = NO_ORIGIN) -> Entry | None:
    """Return the index entry of a post, None if the document is none or lists others."""
    post = _post(text, path, origin)
    if post is None:
        return None
    channel = post.facts.text("section")
    aliases = _aliases(post, path, origin)
    return Entry(path, post.id, post.title, post.address, post.published, channel, aliases=aliases)


def read(text: str, data: bytes, path: str, sha256: str, place: str, origin: Origin) -> Reading:
    """Return the article of a post.

    Raises:
        DocumentError: SRC004 if it has no front matter or is nested too deeply, SRC014 if it takes too much work.
    """
    post = _post(text, path, origin)
    if post is None:
        raise DocumentError("SRC004", message("list-of-posts"), 1, 1)
    lines = [("" if at in post.head.blank else line) for at, line in enumerate(post.lines)]
    code = dict(blocks.modules(lines)) if path.endswith(".mdx") else {}
    exported = origin.envelope.whole
    if exported:
        expanded = template.Expanded(lines, ())
    else:
        lines = [("" if at in code else line) for at, line in enumerate(lines)]
        base = post.own if post.own != post.address else ""
        expanded = template.expand(blocks.as_commonmark(lines), origin.site, base)
    document, body = _blocks(post, expanded.lines, path, whole=exported)
    facts = post.facts
    lead = document.lead or _lead(facts, origin.site)
    article = Article(
        schema_version=SCHEMA_VERSION,
        id=post.id or content_id(data),
        title=post.title,
        language=_language(facts.text("language"), post.title, body),
        published=post.published,
        modified=facts.text("modified"),
        publisher=head.channel(facts.text("publisher"))
        or post.head.publisher
        or (origin.site.name if post.address == post.own else ""),
        authors=facts.values.get("authors", ())
        or post.head.authors
        or (fields.names(origin.site.author) if post.address == post.own else ()),
        editor=facts.text("editor") or post.head.editor,
        section=facts.text("section"),
        series=facts.text("series"),
        keywords=facts.values.get("keywords", ()),
        description=facts.text("description"),
        source=Provenance(
            address=post.address,
            path=path,
            dialect=DIALECT,
            captured=facts.text("created") if exported else "",
            sha256=sha256,
        ),
        lead=None if lead and _shows(lead, body) else lead,
        body=body,
    )
    document.places.put((article.source, (1 - post.front.lines, 0)))
    notes = [*document.builder.notes, *_notes(post, [*code.items(), *expanded.unknown])]
    return Reading(article, document.places, tuple(notes))


def _is_list(path: str, found: Front, facts: Facts, text: str) -> bool:
    """Return True if a document is no post but a README, or a page that lists posts."""
    kinds = {each.texts[0].lower() for each in found.fields if each.name in ("layout", "type") and each.values}
    if _NOT_POSTS.search(path) or kinds & _LISTS or template.is_code(facts.text("title")):
        return True
    if facts.values.keys() & {"published", "authors"}:
        return False
    if _INDEX.search(path) and not facts.values.keys() & {"keywords", "address"}:
        return True
    return facts.text("title").lower() in _LISTS or template.is_list_of_posts(text)


def _post(text: str, path: str, origin: Origin) -> _Post | None:
    """Return what the front matter, the name of the file and the first lines say, in this order; None if it is no post.

    The identifier is empty if the post gives neither one nor an address.
    """
    found = front.decode(text)
    if found is None or not (_is_enough(fields.kinds_of(found)) or _DATED_FILE.search(path)):
        return None
    exported = origin.envelope.whole
    facts = fields.facts(found, jekyll=_JEKYLL.search(path) is not None, exported=exported)
    if not exported and _is_list(path, found, facts, text):
        return None
    lines = text.split("\n")[found.lines :]
    name = path.rpartition("/")[2].rpartition(".")[0] or path
    title = facts.text("title")
    said = head.read(lines, title)
    named = _NAMED_DAY.search(path) or _NAMED_DAY.search(f"{path.rpartition('/')[0]}.")
    dated = day("-".join(named.groups()[:3])) if named else ""
    if not title:
        title = _first_heading(lines) or (named[4].rpartition(".")[0] if named else "") or name
        title = title if " " in title or not title.isascii() else title.replace("-", " ").replace("_", " ")
    published = facts.text("published") or said.published
    if not exported:  # in which `created` is the day on which a program saved the article
        published = published or dated or facts.text("created")
    own = _own_address(path, facts, published, origin.site)
    address = origin.given or facts.text("address") or said.address or own
    folder = path.rpartition("/")[0].rpartition("/")[2]
    identifier = facts.text("id") or ((folder if _SITE_FOLDER.match(name) and folder else name) if address else "")
    return _Post(found, facts, said, lines, title.strip(EDGE_SPACE), address, published, identifier, own)


def _own_address(path: str, facts: Facts, published: str, site: Site) -> str:
    """Return the address of a post on its own site, "" if that is not known."""
    if not site.address:
        return ""
    given = facts.text("path")
    if given and ":" not in given:
        return site.address + given
    site = site._replace(permalink=given, generator="") if given else site
    categories = facts.values.get("categories", ())
    return site.post(Address(path, facts.text("slug"), categories, published, facts.text("title")))


def _aliases(post: _Post, path: str, origin: Origin) -> tuple[str, ...]:
    """Return the other addresses that lead to a post: its own on its site, and that by the name of its file alone."""
    found = dict.fromkeys((post.own, named(path)))
    return tuple(each for each in found if each and each != post.address)


def _first_heading(lines: Sequence[str]) -> str:
    """Return the text of the first heading of the first rank, with a sign before it or a line of `=` below it."""
    for line, below in zip(lines[:50], (*lines[1:51], ""), strict=False):
        if match := re.match(r"#[ \t]+(.+?)[ \t#]*$", line):
            return match[1]
        if line.strip() and re.match(r" {0,3}={2,}[ \t]*$", below):
            return line.strip()
    return ""


def _blocks(post: _Post, lines: list[str], path: str, *, whole: bool) -> tuple[PostDocument, tuple[Block, ...]]:
    """Return the blocks of the body, and the document that made them; no frame of a site is around a `whole` one."""
    if _HTML_FILE.search(path):
        nodes = parse("\n".join(lines), {0: len(lines)}, post.front.lines)
    else:
        nodes = parse("\n".join(lines), sections(lines), post.front.lines, formulas=not whole)
    take_title(nodes, post.title)
    if (short := _SITE_BEHIND.sub("", post.title)) != post.title:
        take_title(nodes, short)
    while nodes and nodes[0].type == "hr":
        del nodes[0]
    document = PostDocument(post.front.lines, levels(nodes), post.title, whole=whole)
    body = document.builder.footnotes(document.blocks(nodes))
    return document, tuple(body)


def _lead(facts: Facts, site: Site) -> Figure | None:
    address = facts.text("lead")
    if address.startswith("/") and not address.startswith("//"):
        address = site.address + address
    return Figure((Image(address),)) if address else None


def _shows(lead: Figure, body: Sequence[Block]) -> bool:
    """Return True if the body shows a picture."""
    name = lead.images[0].address.rpartition("/")[2]
    return any(image.address.rpartition("/")[2] == name for image in walk(body) if isinstance(image, Image))


def _language(declared: str, title: str, body: tuple[Block, ...]) -> str:
    text = "".join((title, *texts(body[:20])))
    return metadata.language(declared, language([text[:80], text[:800]]))


def _notes(post: _Post, unknown: Sequence[tuple[int, str]]) -> Iterator[Note]:
    """Yield notes about first lines that became metadata, fields without a place, and template code."""
    above = post.front.lines
    for at, line in post.head.said:
        yield Note("NAV005", message("first-line"), Place(above + at + 1, 1), one_line(line))
    if left := post.facts.left:
        values = "; ".join(f"{each.name}: {', '.join(each.texts)}" for each in left)
        names = ", ".join(dict.fromkeys(each.name for each in left))
        yield Note("SRC015", message("unplaced-fields", names=names), Place(left[0].line, 1), one_line(values))
    for at, code in unknown[: template.MOST_REPORTED]:
        yield Note("SRC016", message("template-code", code=one_line(code)), Place(above + at + 1, 1))
