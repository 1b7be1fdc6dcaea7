"""What a check says of one document, and what the archive as a whole must know of it."""

import hashlib
import re
from collections.abc import Iterator
from typing import Literal, Protocol

from msgspec import Struct

from convert import readers
from convert.bundle import listings
from convert.bundle.archive import Facts, Linked, listed
from convert.bundle.copies import Copy, copy_of
from convert.bundle.lists import Listed
from convert.document import (
    dead_process_findings,
    error_finding,
    leaves_out,
    offset_into_jsonl,
    read_and_clean,
    refusal_finding,
)
from convert.errors import DocumentError
from convert.model import Article, Finding, Link, texts, walk
from convert.rules.engine import finding_from_note
from convert.settings import Settings
from convert.sources import Ref, Refusal, Source
from convert.sources.naming import base_of, display_path
from convert.text import hash64
from convert.urls import article_key, article_of

Fate = Literal["article", "not an article", "left out"]
"""What becomes of a document when it is converted."""


class Checked(Struct, frozen=True):
    """What a check says of one document."""

    path: str
    fate: Fate
    findings: list[Finding]
    inline_ignores: tuple[str, ...] = ()
    """The codes that the document's comments ignore."""
    facts: Facts | None = None
    """What the archive must know of an article."""
    listed: tuple[Listed, ...] = ()
    """What an index page or a table lists."""
    digest: bytes = b""
    """Of the document's bytes, if a cache wants to know; none where it could not be read."""


def fate_of(findings: list[Finding]) -> Fate:
    """The fate of a document with these findings."""
    if any(each.code == "SRC004" for each in findings):
        return "not an article"
    return "left out" if any(map(leaves_out, findings)) else "article"


def digest_of(data: bytes) -> bytes:
    """What tells the bytes of a document from others."""
    return hashlib.blake2b(data, digest_size=16).digest()


class Reads(Protocol):
    """Gives the document that a handle names."""

    def read(self, ref: Ref) -> Source:
        """The document.  Raises `DocumentError` if it cannot be had."""
        ...


def examine(ref: Ref | Refusal, reader: Reads, settings: Settings) -> Checked:
    """Everything that is wrong with one document.  Its findings are those that are told, but with a cache all of them:
    the next run may ask for others."""
    path = display_path(ref)
    inline_ignores: frozenset[str] = frozenset()
    facts: Facts | None = None
    lists: tuple[Listed, ...] = ()
    digest = b""
    if isinstance(ref, Refusal):
        found = [refusal_finding(ref)]
    else:
        try:
            source = reader.read(ref)
            cleaned = read_and_clean(
                source,
                base_of(ref, settings.base_url),
                path,
                thorough=True,
                fidelity=settings.fidelity,
                source_format=settings.source_format,
            )
            found = cleaned.findings
            if settings.control.comments:
                inline_ignores = cleaned.ignored
            if cleaned.article is not None:
                facts = _facts(cleaned.article, source.data, cleaned.text, path, ref.line)
            elif fate_of(found) == "left out":
                facts = _looked_at(source, path, settings.source_format)
            elif listings.lists(path):
                lists = listed(path, text_of(source))
                found += [finding_from_note(note, path) for note in listings.faults(path, source.data)]
            if settings.cache:
                digest = digest_of(source.data)
        except DocumentError as error:
            found = [error_finding(error, path)]
        found = offset_into_jsonl(ref, found)
    told = found if settings.cache else settings.control.filter_findings(found, path, inline_ignores)
    return Checked(path, fate_of(found), told, tuple(sorted(inline_ignores)), facts, lists, digest)


def lost(ref: Ref | Refusal, settings: Settings) -> Checked:
    """Return the same for a document that killed its process, unread; without digest, so that no cache keeps it."""
    path, found = display_path(ref), dead_process_findings(ref)
    return Checked(
        path, fate_of(found), found if settings.cache else settings.control.filter_findings(found, path, frozenset())
    )


def text_of(source: Source) -> str:
    """The text of an index page or a table, for what it lists."""
    return readers.normal(source.data.decode("utf-8", "replace"))


def _facts(article: Article, data: bytes, text: str, path: str, line: int) -> Facts:
    """Return what the archive must know of an article; `line` is its own in JSON Lines."""
    address = article.source.address
    known = article_of(address)
    links = tuple(_linked(article, text, line)) if _may_link(data) else ()
    copy = copy_of(address, texts(article.body))
    title = article.title
    return Facts(copy, hash64(path), title, hash64(listings.plain(title)), known[0] if known else "", links)


def _looked_at(source: Source, path: str, source_format: str) -> Facts | None:
    """The same of an article that is left out, from the first look."""
    if (entry := readers.peek(source.data, source.path, source_format)) is None:
        return None
    plain = hash64(listings.plain(entry.title)) if entry.title else 0
    return Facts(Copy(hash64(article_key(entry.address)), 0), hash64(path), entry.title, plain)


_ADDRESS = re.compile(
    rb"\.com/(?:xtr/)?(?:news/)?(?:gb|b5)/\d|soundofhope\.org/post/|voachinese\.com/a/|rfa\.org/mandarin/|\.com/article/"
)


def _may_link(data: bytes) -> bool:
    """Whether a document can hold a link to another article, besides its own address: few do."""
    return len(_ADDRESS.findall(data)) > 1


def _linked(article: Article, text: str, line: int) -> Iterator[Linked]:
    """The links of an article to other articles, each address once, with the place of the address."""
    own = article_key(article.source.address)
    targets: dict[str, str] = {}
    for node in walk((article,)):
        if type(node) is Link and article_of(node.target):
            targets.setdefault(article_key(node.target), node.target)
    targets.pop(own, None)
    for key, target in targets.items():
        at = _place(text, target, key)
        place = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
        if line:
            place = line, place[1]
        yield Linked(hash64(key), key.partition(":")[0], target, *place)


def _place(text: str, target: str, key: str) -> int:
    """Where the address of a link begins in the source, with its scheme or without."""
    at = text.find(target.partition("//")[2])
    if at < 0:  # relative, or with references
        return max(text.find(key.partition(":")[2]), 0)
    return next((at - len(scheme) for scheme in ("https://", "http://", "//") if text.endswith(scheme, 0, at)), at)
