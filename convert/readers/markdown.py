"""Reader of Markdown: what this program wrote comes back equal; other CommonMark is read if the user asks for it."""

import re
from collections.abc import Iterator
from typing import Any

from markdown_it.tree import SyntaxTreeNode
from msgspec.structs import replace

from convert.codec import frontmatter
from convert.codec.frontmatter import FrontMatter
from convert.errors import DocumentError
from convert.languages import language
from convert.messages import message
from convert.model import SCHEMA_VERSION, Article, Entry, Figure, Link, NavLink, Reading, Text, texts
from convert.readers.commonmark import Document, levels, parse
from convert.readers.commonmark.inlines import original, plain
from convert.readers.mirror.page import identifier, section
from convert.sources.addresses import NO_ORIGIN, Origin, content_id
from convert.text import EDGE_SPACE, collapse
from convert.words import NO_ARTICLE, WORDS

DIALECT = "commonmark"
"""Value of `source.dialect` for a document whose front matter gives none."""

_FENCE = re.compile(rb"(?:\xef\xbb\xbf)?(---|\+\+\+)\r?\n")
_FIELD = re.compile(rb"^(title|id|source)[ \t]*[:=]", re.M)
_NONE = FrontMatter({}, 0)
_BAR = " | "
_LABELS = frozenset(words["source"] for words in WORDS.values())


def detect(data: bytes) -> bool:
    """Return True if the bytes begin with front matter that has two of the fields title, id and source.

    Other Markdown, such as READMEs and the mirrors' index pages, is read only if the user names the format.
    """
    if not (fence := _FENCE.match(data)):
        return False
    head = data[: 1 << 16].replace(b"\r\n", b"\n").partition(b"\n%b\n" % fence[1])[0]
    return len(set(_FIELD.findall(head))) > 1


def peek(text: str, path: str, origin: Origin = NO_ORIGIN) -> Entry | None:
    """Return the index entry of the article, even if its front matter is invalid; None if the document is not text."""
    if not text.strip() or "\0" in text[:8192] or text.startswith(NO_ARTICLE):
        return None
    try:
        front = frontmatter.decode(text) or _NONE
        title = front.text("title") or take_title(parse(_below(text, front)), "")
    except DocumentError:
        return Entry(path=path, id=path, title="", address="")
    address = origin.given or front.text("source")
    return Entry(
        path=path,
        id=front.text("id") or (identifier(address, path) if address else ""),
        title=title,
        address=address,
        published=front.text("published"),
        section=front.text("section") if front.ours else section(path),
    )


def read(text: str, data: bytes, path: str, sha256: str, place: str, origin: Origin) -> Reading:
    """Return the article of a Markdown document.

    Raises:
        DocumentError: SRC004 if it is not text, SRC007 if the front matter has an invalid value; and as
            `commonmark.parse`.
    """
    if peek(text, path) is None:
        raise DocumentError("SRC004", message("not-text"), 1, 1)
    front = frontmatter.decode(text) or _NONE
    nodes = parse(_below(text, front), above=front.lines)
    title = take_title(nodes, front.text("title"))
    document = Document(front.lines, None if front.ours else levels(nodes), own=front.ours)
    address, nav = _take_tail(nodes, document) if front.ours else ("", ())
    body = document.builder.footnotes(document.blocks(nodes))
    lead = None
    if front.ours and front.lead and body and isinstance(body[0], Figure):
        lead, body = body[0], body[1:]
    source = frontmatter.provenance(front)
    source = replace(source, address=origin.given or source.address or address)
    if not front.ours:
        source = replace(source, path=path, dialect=source.dialect or DIALECT, sha256=sha256)
    fields: dict[str, Any] = {"section": "" if front.ours else section(place), **front.fields}
    fields = {name: value for name, value in fields.items() if name in frontmatter.ARTICLE}
    fields["title"] = title
    fields["id"] = front.text("id") or (identifier(source.address, path) if source.address else content_id(data))
    fields["language"] = front.text("language") or language(["".join((title, *texts(body)))[:2000]])
    article = Article(schema_version=SCHEMA_VERSION, source=source, lead=lead, nav=nav, body=body, **fields)
    return Reading(article, document.places, tuple(document.builder.notes))


def _below(text: str, front: FrontMatter) -> str:
    """Return the text after the front matter."""
    at = 0
    for _ in range(front.lines):
        at = text.find("\n", at) + 1 or len(text)
    return text[at:]


def take_title(nodes: list[SyntaxTreeNode], title: str) -> str:
    """Return `title`, or if it is empty the text of the first heading of level 1.

    The heading with the title is removed from `nodes`, unless it holds a link or a picture: a title cannot hold them.
    """
    for at, node in enumerate(nodes):
        if node.type == "heading" and node.tag == "h1":
            tokens = node.children[0].token.children or () if node.children and node.children[0].token else ()
            heading = collapse(plain(tokens)).strip(EDGE_SPACE)
            if title and _without_space(title) != _without_space(heading):
                break
            if not any(token.type in ("link_open", "image") for token in tokens):
                del nodes[at]
            return title or heading
    return title


def _without_space(text: str) -> str:
    return "".join(text.split())


def _take_tail(nodes: list[SyntaxTreeNode], document: Document) -> tuple[str, tuple[NavLink, ...]]:
    """Return the original address and the mirror's own links, and remove their lines from the end of `nodes`.

    These are a rule, the line with the address, and sometimes a line with links.
    """
    for at in range(len(nodes) - 2, max(len(nodes) - 4, -1), -1):
        if nodes[at].type != "hr" or any(node.type != "paragraph" for node in nodes[at + 1 :]):
            continue
        children, _ = document.inlines(nodes[at + 1], 1)
        match children:
            case (Text(text=label), Link(target=target)) if label in _LABELS:
                nav = tuple(_nav(nodes[at + 2], document)) if at + 2 < len(nodes) else ()
                del nodes[at:]
                return target, nav
    return "", ()


def _nav(node: SyntaxTreeNode, document: Document) -> Iterator[NavLink]:
    """Yield the links of the last line; a bar inside a label is escaped, so the parser makes it a separate token."""
    label = target = ""
    inside = False
    for token in (node.children[0].token.children or ()) if node.children[0].token else ():
        parts = [token.content]
        if token.type == "link_open":
            inside, target, parts = True, original(token), []
        elif token.type == "link_close":
            inside, parts = False, []
        elif token.type == "text" and not inside:
            parts = token.content.split(_BAR)
        for number, part in enumerate(parts):
            if number:
                yield from _nav_link(label, target, node, document)
                label = target = ""
            label += part
    yield from _nav_link(label, target, node, document)


def _nav_link(label: str, target: str, node: SyntaxTreeNode, document: Document) -> Iterator[NavLink]:
    if label := label.strip(EDGE_SPACE):
        made = NavLink(label, target)
        document.places.put((made, (node.map[0] + 1 if node.map else 1, 0)))
        yield made
