"""Check of one document: its findings, and facts for checks of the whole archive."""

import hashlib
from collections.abc import Iterator
from functools import partial
from typing import Literal, Protocol

from msgspec import Struct

from convert import readers
from convert.bundle import listings
from convert.bundle.archive import Facts, Linked, listed
from convert.bundle.copies import Copy, copy_of
from convert.bundle.lists import Listed
from convert.checking.pictures import Pictures
from convert.document import (
    error_finding,
    leaves_out,
    lost_findings,
    offset_into_jsonl,
    read_and_clean,
    refusal_finding,
)
from convert.errors import DocumentError
from convert.late import late_pattern
from convert.messages import Message
from convert.model import Article, Finding, Link, texts, walk
from convert.readers.options import ReadOptions
from convert.rules.engine import finding_from_note
from convert.settings import Settings
from convert.sources import Ref, Refusal, Source
from convert.sources.addresses import origin_of
from convert.sources.naming import display_path
from convert.text import hash64, utf8
from convert.urls import article_key, article_of

Fate = Literal["article", "not an article", "left out"]
"""Result of converting a document."""


class Checked(Struct, frozen=True):
    """Check of one document."""

    path: str
    fate: Fate
    findings: list[Finding]
    inline_ignores: tuple[str, ...] = ()
    """Codes that the document's comments ignore."""
    facts: Facts | None = None
    """Facts about an article for checks of the archive."""
    listed: tuple[Listed, ...] = ()
    """Rows of an index page or a table."""
    digest: bytes = b""
    """Hash of the document's bytes, for the cache; empty without one, or if the document could not be read."""


def fate_of(findings: list[Finding]) -> Fate:
    """Return the fate of a document with these findings."""
    if any(each.code == "SRC004" for each in findings):
        return "not an article"
    return "left out" if any(map(leaves_out, findings)) else "article"


def digest_of(data: bytes) -> bytes:
    """Return a hash of a document's bytes."""
    return hashlib.blake2b(data, digest_size=16).digest()


class SourceReader(Protocol):
    """Reader of documents by handle."""

    def read(self, ref: Ref) -> Source:
        """Return the document.

        Raises:
            DocumentError: it cannot be read.
        """
        ...


def examine(ref: Ref | Refusal, reader: SourceReader, settings: Settings, pictures: Pictures | None = None) -> Checked:
    """Return the check of one document; with `pictures`, also of those that a store lacks.

    Its findings are those to report, but with a cache all of them, because the next run may report others.
    """
    path = display_path(ref)
    inline_ignores: frozenset[str] = frozenset()
    facts: Facts | None = None
    lists: tuple[Listed, ...] = ()
    digest = b""
    if isinstance(ref, Refusal):
        findings = [refusal_finding(ref)]
    else:
        try:
            source = reader.read(ref)
            cleaned = read_and_clean(
                source,
                settings.base_url,
                path,
                thorough=True,
                fidelity=settings.fidelity,
                how=settings.how,
                placed=partial(pictures.beside.placed, ref) if pictures else None,
                pictures=pictures.gallery if pictures else None,
            )
            findings = cleaned.findings
            if pictures and cleaned.article is not None:
                findings += pictures.lacks(cleaned.article, cleaned.pictures, path)
            if settings.control.comments:
                inline_ignores = cleaned.ignored
            if cleaned.article is not None:
                facts = _facts(cleaned.article, source.data, cleaned.text, path, ref.line)
            elif fate_of(findings) == "left out":
                facts = _facts_unparsed(source, path, settings.how)
            elif listings.lists(path):
                lists = listed(path, text_of(source))
                findings += [finding_from_note(note, path) for note in listings.faults(path, utf8(source.data))]
            if settings.cache:
                digest = digest_of(source.data)
        except DocumentError as error:
            findings = [error_finding(error, path)]
        findings = offset_into_jsonl(ref, findings)
    reported = findings if settings.cache else settings.control.filter_findings(findings, path, inline_ignores)
    return Checked(path, fate_of(findings), reported, tuple(sorted(inline_ignores)), facts, lists, digest)


def lost(ref: Ref | Refusal, settings: Settings, why: Message) -> Checked:
    """Return the check of a document that was given up, without a digest, so that it is not cached."""
    path, findings = display_path(ref), lost_findings(ref, why)
    reported = findings if settings.cache else settings.control.filter_findings(findings, path, frozenset())
    return Checked(path, fate_of(findings), reported)


def text_of(source: Source) -> str:
    """Return the text of an index page or a table."""
    return readers.normal(utf8(source.data).decode("utf-8", "replace"))


def _facts(article: Article, data: bytes, text: str, path: str, line: int) -> Facts:
    """Return facts about an article for checks of the archive; `line` is its line in JSON Lines."""
    address = article.source.address
    publisher_and_id = article_of(address)
    links = tuple(_linked(article, text, line)) if _may_link(utf8(data)) else ()
    copy = copy_of(address or article.id, texts(article.body))
    title = article.title
    publisher = publisher_and_id[0] if publisher_and_id else ""
    month = article.published[:7]
    return Facts(copy, hash64(path), title, hash64(listings.plain(title)), publisher, month, links)


def _facts_unparsed(source: Source, path: str, how: ReadOptions) -> Facts | None:
    """Return facts about an article that is left out, read without parsing it; None if it is no article."""
    if (entry := readers.peek(source.data, source.path, how, origin_of(source))) is None:
        return None
    plain = hash64(listings.plain(entry.title)) if entry.title else 0
    copy = Copy(hash64(article_key(entry.address or entry.id)), 0)
    return Facts(copy, hash64(path), entry.title, plain, month=entry.published[:7])


_ADDRESS = late_pattern(rb"\.com/(?:(?:xtr/)?(?:news/)?(?:gb|b5)/\d|article/)")
_ADDRESSES = (b"soundofhope.org/post/", b"voachinese.com/a/", b"rfa.org/mandarin/")


def _may_link(data: bytes) -> bool:
    """Return True if a document may link to another article: few have a second address of one."""
    return len(_ADDRESS.findall(data)) + sum(map(data.count, _ADDRESSES)) > 1


def _linked(article: Article, text: str, line: int) -> Iterator[Linked]:
    """Yield the links of an article to other articles, each address once, with its position."""
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
    """Return the offset of a link's address in the source, with its scheme if it has one."""
    at = text.find(target.partition("//")[2])
    if at < 0:  # a relative address, or one with character references
        return max(text.find(key.partition(":")[2]), 0)
    return next((at - len(scheme) for scheme in ("https://", "http://", "//") if text.endswith(scheme, 0, at)), at)
