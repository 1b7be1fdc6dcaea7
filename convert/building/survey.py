"""The first of the two passes over an archive, which identifies each document without parsing it."""

import hashlib
import os
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from contextlib import ExitStack, suppress
from datetime import date
from functools import partial

from msgspec.structs import replace

from convert import readers
from convert.bundle.article_list import ArticleList, Matcher
from convert.bundle.deduplicate import key_of
from convert.bundle.index import Index, listing_of
from convert.cache.surveyed import SurveyCache, Surveyed
from convert.document import error_finding, lost_findings, offset_into_jsonl, read_and_clean, refusal_finding
from convert.errors import DocumentError
from convert.late import late_pattern
from convert.messages import Message
from convert.model import Entry, Finding, Place
from convert.readers.options import DETECTED, ReadOptions
from convert.report.base import Summary
from convert.rules import RULES
from convert.rules.engine import finding
from convert.runner.watch import Watch
from convert.settings import Step
from convert.sources import STDIN, Reader, Ref, Refusal, mirror, printable, walk_once
from convert.sources.addresses import Addresses, origin_of
from convert.sources.choice import Choice
from convert.sources.mirror import location_of
from convert.sources.naming import display_path
from convert.sources.sites import site_of
from convert.text import shows


def name(ref: Ref | Refusal, roots: Sequence[str], taken: Collection[str]) -> str:
    """Return the path of a document in outputs: with several roots, it begins with the root's name.

    If that path is taken, so many folders above come before it as make it another one.
    """
    if ref.root == STDIN:
        return ref.path
    alone = isinstance(ref, Ref) and ref.member == ref.root
    if len(roots) == 1 and not alone and ref.path not in taken:
        return ref.path
    whole = printable(os.path.abspath(ref.root)).replace(os.sep, "/").replace("://", "/", 1).strip("/")
    parts = whole.split("/") if alone else f"{whole}/{ref.path}".split("/")
    own = ref.path.count("/") + 1 + (len(roots) > 1 and not alone)
    path = ref.path if alone else "/".join(parts[-own:])
    for length in range(own + 1, len(parts) + 1):
        if path not in taken:
            break
        path = "/".join(parts[-length:])
    return path


class Survey:
    """Documents of a conversion: the index of all articles, and where to read each."""

    def __init__(self) -> None:
        self.index = Index()
        self.refs: dict[str, Ref] = {}
        self.others: dict[str, tuple[bytes, int]] = {}
        """SHA-256 and size in bytes of documents that are no articles, such as index pages, by path."""
        self.excluded: dict[tuple[str, int], Ref | Refusal] = {}
        """Documents that the user's list excludes, by the path in findings and the line in JSON Lines."""
        self.findings: list[Finding] = []
        self.summary = Summary()


def survey(
    roots: Sequence[str],
    step: Step = lambda _: None,
    how: ReadOptions = DETECTED,
    cache: str = "",
    exclude: ArticleList | None = None,
    articles: ArticleList | None = None,
    addresses: Addresses | None = None,
    choice: Choice | None = None,
) -> Survey:
    """Identify every document of the roots.

    `how` is what the user says of all documents.  `cache` is the folder of
    the cache, if any.  What `exclude` lists is left out as if it were not there; `articles` lists the candidates of a
    selection; `addresses` are those that the user gave, and `choice` the records of archives of the web to take.

    Raises:
        UsageError: a root that does not exist.
        SourceError: an archive that must not be read.
        StoreError: a cache that cannot be written.
    """
    lists = _Lists(exclude, articles)
    with ExitStack() as stack:
        reader, watch = stack.enter_context(Reader()), stack.enter_context(Watch())
        survey_cache = stack.enter_context(SurveyCache(cache, how.key)) if cache else None
        surveyor = _Surveyor(roots, how, reader, watch, survey_cache, lists)
        for ref in walk_once(roots, addresses=addresses, choice=choice):
            step(1)
            surveyor.look_at(ref)
        surveyor.look_beside()
        seen = surveyor.seen
        lists.match_rest(seen.excluded.values(), reader, how)
        if survey_cache and seen.excluded:
            refs = seen.excluded.values()
            survey_cache.forget(refs, [name(ref, roots, ()) for ref in refs])
    seen.summary.excluded = len(seen.excluded)
    others = [each for given in (addresses, choice) if given for each in given.unmatched()]
    seen.summary.unmatched = [*lists.unmatched(), *others]
    return seen


def survey_of(refs: Iterable[Ref | Refusal], root: str, how: ReadOptions) -> Survey:
    """Identify documents of one root, and only these."""
    with Reader() as reader, Watch() as watch:
        surveyor = _Surveyor((root,), how, reader, watch, None, _Lists(None, None))
        for ref in refs:
            surveyor.look_at(ref)
    return surveyor.seen


class _Lists:
    """The user's lists of documents to exclude and of articles to choose."""

    def __init__(self, exclude: ArticleList | None, articles: ArticleList | None) -> None:
        self.exclude = Matcher(exclude) if exclude else None
        self.articles = Matcher(articles) if articles else None

    def match_rest(self, excluded: Iterable[Ref | Refusal], reader: Reader, how: ReadOptions) -> None:
        """Match lines with identifiers and addresses of documents that another line excludes by their paths."""
        for ref in excluded:
            if not self.exclude or not self.exclude.waiting:
                return
            if isinstance(ref, Ref):
                with suppress(DocumentError):
                    data, origin = reader.read(ref).data, origin_of(ref)
                    if entry := readers.peek(data, location_of(ref).path, how, origin):
                        self.exclude.has_entry(entry)

    def unmatched(self) -> list[Message]:
        """Return the messages about lines that match nothing."""
        return [each for matcher in (self.exclude, self.articles) if matcher for each in matcher.unmatched()]


class _Surveyor:
    """Surveyor, which adds documents to a survey one by one."""

    def __init__(
        self,
        roots: Sequence[str],
        how: ReadOptions,
        reader: Reader,
        watch: Watch,
        cache: SurveyCache | None,
        lists: _Lists,
    ) -> None:
        self.seen = Survey()
        self._watch = watch
        self._roots, self._how, self._reader = roots, how, reader
        self._cache, self._lists = cache, lists
        self._channels: defaultdict[str, set[str]] = defaultdict(set)
        """Channels of the articles by the root of their mirror."""
        if lists.articles:
            self.seen.index.listed = set()

    def look_at(self, ref: Ref | Refusal) -> None:
        """Add a document."""
        seen, exclude = self.seen, self._lists.exclude
        path = name(ref, self._roots, seen.refs)
        paths: tuple[str, ...] = ()
        if exclude or self._lists.articles:
            place = location_of(ref).path if isinstance(ref, Ref) else ref.path
            paths = path, ref.path, display_path(ref), place
        if exclude and exclude.has_path(paths):
            seen.excluded[display_path(ref), ref.line] = ref
            return
        seen.summary.documents += 1
        cached = self._cache.lookup(ref) if self._cache else None
        if isinstance(ref, Refusal):
            seen.summary.not_articles += ref.count * (ref.code == "SRC004")
            seen.findings.append(refusal_finding(ref))
            return
        surveyed = cached.value if cached else None
        if surveyed is None:
            surveyed = self._watch.attempt(partial(self._identify, path), ref, self._lose)
            if surveyed is None:
                return
        if exclude and surveyed.entry and exclude.has_entry(surveyed.entry):
            seen.excluded[display_path(ref), ref.line] = ref
            seen.summary.documents -= 1
            return
        if self._cache and cached:
            self._cache.save(cached, surveyed)
        self._add(ref, path, surveyed, paths)

    def look_beside(self) -> None:
        """Index the lists of mirrors of which only a part was walked, for the names and the order of its channels."""
        walked = [os.path.join(os.path.realpath(root), "") for root in self._roots if root != STDIN]
        exclude = self._lists.exclude
        for root, channels in self._channels.items():
            if not any(os.path.join(root, "").startswith(each) for each in walked):
                for path, data in mirror.lists(root, channels):
                    if not (exclude and exclude.has_path((path,))):
                        self.seen.index.look_at(path, data)

    def _lose(self, ref: Ref, why: Message) -> None:
        """Add the finding about a document that was given up."""
        self.seen.findings += lost_findings(ref, why)

    def _identify(self, path: str, ref: Ref) -> Surveyed | None:
        """Return what a survey needs of a document; add the finding about one that cannot be read, and return None."""
        try:
            source = self._reader.read(ref)
        except DocumentError as error:
            self.seen.findings += offset_into_jsonl(ref, [error_finding(error, display_path(ref))])
            return None
        data = source.data
        entry = readers.peek(data, location_of(ref).path, self._how, origin_of(source))
        if entry is None:
            listing, why = listing_of(location_of(ref).path, data), readers.why_not(data, self._how, ref.path)
            return Surveyed(hashlib.sha256(data).digest(), None, listing, why)
        if not shows(entry.title) and (article := read_and_clean(source, how=self._how).article):
            entry = replace(entry, title=article.title)  # which the page shows too
        return Surveyed(hashlib.sha256(data).digest(), replace(entry, key=key_of(entry)))

    def _add(self, ref: Ref, path: str, surveyed: Surveyed, paths: Sequence[str]) -> None:
        """Add what is known of a document that can be read."""
        seen = self.seen
        if surveyed.entry is None:
            self._add_other(ref, path, surveyed)
            return
        if path in seen.refs:  # two names that look the same
            seen.summary.documents -= 1
            return
        entry = surveyed.entry
        seen.index.add(
            Entry(
                path=path,
                id=entry.id,
                title=entry.title,
                address=entry.address,
                published=sys.intern(_dated(entry.published)),  # few distinct days and channels for many articles
                section=sys.intern(entry.section),
                digest=surveyed.sha256,
                text=entry.text,
                key=entry.key,
                aliases=entry.aliases,
            )
        )
        if entry.section_name and entry.section:
            seen.index.channels.setdefault(entry.section, entry.section_name)
        seen.refs[path] = ref
        if entry.aliases:
            seen.index.sites[site_of(ref).name] += 1
        if entry.section and (root := mirror.root_of(ref)):
            self._channels[root].add(entry.section)
        articles, listed = self._lists.articles, seen.index.listed
        if articles and listed is not None and (articles.has_path(paths) | articles.has_entry(entry)):
            listed.add(path)

    def _add_other(self, ref: Ref, path: str, surveyed: Surveyed) -> None:
        """Index what is no article, and add the finding about it."""
        seen = self.seen
        seen.others.setdefault(path, (surveyed.sha256, ref.size))
        seen.summary.not_articles += 1
        if surveyed.listing:
            seen.index.take(surveyed.listing)
        if surveyed.why:
            no_article = finding(RULES["SRC004"], surveyed.why, display_path(ref), Place(1, 1))
            seen.findings += offset_into_jsonl(ref, [no_article])


def _dated(published: str) -> str:
    """Return a date, with its time; "" for a day that no calendar has.

    >>> _dated("2023-09-12"), _dated("2023-02-30")
    ('2023-09-12', '')
    """
    try:
        return published if _DAY.match(published) and date.fromisoformat(published[:10]) else ""
    except ValueError:
        return ""


_DAY = late_pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T|\Z)")
