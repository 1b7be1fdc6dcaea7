"""All documents of a book as one article, for the formats that have no documents inside: PDF, Markdown, JSON."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from convert.bundle.links import Links
from convert.model import (
    CHILDREN,
    SCHEMA_VERSION,
    Anchor,
    Article,
    Block,
    Footnote,
    Heading,
    Image,
    Link,
    Paragraph,
    Provenance,
)
from convert.pictures.gallery import Gallery, PagePictures, Ready, Treated
from convert.sealing.original import INSIDE, Metadata, Read
from convert.writers import WRITERS, make_part, require
from convert.writers.alone import volume_of
from convert.writers.options import Options, Page
from convert.writers.part import Tally

DATES = 10
"""Characters of a date."""


def write(form: str, facts: Metadata, language: str, reads: Sequence[Read], gallery: Gallery, path: str) -> int:
    """Write the one article to a file, and return the number of its pictures.

    Raises:
        MissingError: the system lacks what the format needs.
        ConvertError: the article cannot be written.
    """
    require(form)
    writer = WRITERS[form]
    article = joined(facts, language, reads)
    volume = volume_of(article)
    entry = next(volume.entries())
    pictures = PagePictures(Treated(gallery, {}))
    if writer.bind is None:
        article, shown = _with_data(article, pictures)
        with open(path, "wb") as out:
            out.write(writer.render(article, Page(entry, Links(volume), Options("drop", tag_links=True))))
        return shown
    page = Page(entry, Links(volume), Options("drop", tag_links=True), pictures=pictures)
    part = make_part(writer, writer.render(article, page), article)
    part = replace(part, pictures=tuple(pictures.used.values()), wordless=pictures.wordless)
    tally = Tally(None)
    tally.knows_removed = False
    with open(path, "wb") as out:
        writer.bind(volume, iter([part]), out, page.options, tally, 1)
    return len(pictures.used)


def joined(facts: Metadata, language: str, reads: Sequence[Read]) -> Article:
    """Return the documents of a book as one article; links between them lead to places in it."""
    known = {each.document.key: each.anchors for each in reads}
    body: list[Block] = []
    for each in reads:
        body += _begun(each.document.key, _Renamed(each.document.key, known).all(each.article.body))
    date = dict(facts.others).get("date", "")[:DATES]
    return Article(
        schema_version=SCHEMA_VERSION,
        id=facts.identifiers[0],
        title=facts.title or reads[0].article.title,
        language=language if language == reads[0].article.language else reads[0].article.language,
        authors=tuple(each.name for each in facts.creators),
        publisher=dict(facts.others).get("publisher", ""),
        published=date if len(date) == DATES and date.replace("-", "").isdigit() else "",
        source=Provenance(address=facts.address),
        body=tuple(body),
    )


def _begun(key: str, blocks: tuple[Any, ...]) -> list[Any]:
    """Return the blocks of a document with an anchor at their beginning."""
    anchor = Anchor(key)
    if blocks and isinstance(first := blocks[0], Paragraph | Heading):
        return [replace(first, children=(anchor, *first.children)), *blocks[1:]]
    return [Paragraph((anchor,)), *blocks]


class _Renamed:
    """Change of the names of places in a document, and of the links to them."""

    def __init__(self, key: str, known: Mapping[str, frozenset[str]]) -> None:
        self._key, self._known = key, known

    def all(self, nodes: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return nodes with other names."""
        return tuple(self.all(each) if type(each) is tuple else self.one(each) for each in nodes)

    def one(self, node: Any) -> Any:
        """Return a node with other names."""
        changes: dict[str, Any] = {}
        for field in CHILDREN.get(type(node), ()):
            children = getattr(node, field)
            if type(children) is tuple and (changed := self.all(children)) != children:
                changes[field] = changed
        if isinstance(node, Anchor | Footnote):
            changes["id"] = _name(self._key, node.id)
        elif isinstance(node, Link):
            changes["target"] = self._target(node.target)
        return replace(node, **changes) if changes else node

    def _target(self, target: str) -> str:
        if target.startswith("#"):
            return f"#{_name(self._key, target[1:])}"
        if not target.startswith(INSIDE):
            return target
        key, _, fragment = target.removeprefix(INSIDE).partition("#")
        return f"#{_name(key, fragment) if fragment in self._known.get(key, ()) else key}"


def _name(key: str, name: str) -> str:
    return f"{key}.{name}"


def _with_data(article: Article, pictures: PagePictures) -> tuple[Article, int]:
    """Return the article with its pictures inside it, and their number."""
    shown = 0

    def change(node: Any) -> Any:
        nonlocal shown
        if isinstance(node, Image):
            found = pictures.of(node.address) if node.address.startswith("sha256:") else None
            if isinstance(found, Ready):
                shown += 1
                with open(found.path, "rb") as file:
                    data = b64encode(file.read()).decode()
                return replace(node, address=f"data:{found.media_type};base64,{data}")
            return node
        changes = {}
        for field in CHILDREN.get(type(node), ()):
            children = getattr(node, field)
            if type(children) is tuple:
                changes[field] = tuple(
                    tuple(map(change, each)) if type(each) is tuple else change(each) for each in children
                )
        return replace(node, **changes) if changes else node

    changed: Article = change(article)
    return changed, shown
