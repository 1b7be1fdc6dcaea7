"""The first of the two passes over an archive, which identifies each document without parsing it."""

import os
import sys
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from datetime import date
from functools import partial
from typing import NamedTuple

from convert import readers, runner
from convert.building.identify import Identified, IdentifyWorker
from convert.bundle.article_list import ArticleList, Matcher
from convert.bundle.index import Index
from convert.cache import Lookup
from convert.cache.surveyed import SurveyCache, Surveyed
from convert.document import offset_into_jsonl, refusal_finding
from convert.errors import DocumentError
from convert.late import late_pattern
from convert.messages import Message
from convert.model import Entry, Finding, Place
from convert.readers.options import ReadOptions
from convert.report.base import Summary
from convert.rules import RULES
from convert.rules.engine import finding
from convert.runner.base import SERIAL, Done, available, chunks
from convert.sandbox.starting import preload
from convert.settings import Settings, Step
from convert.sources import STDIN, Reader, Ref, Refusal, mirror, printable, walk_once
from convert.sources.addresses import origin_of
from convert.sources.mirror import location_of
from convert.sources.naming import display_path
from convert.sources.sites import site_of

_DETECTED = Settings()
_PRELOADED = (
    "convert.building.identify",
    "convert.building.render",
    "convert.readers.mirror.page",
    "convert.readers.mirror.html_body",
)
"""Modules of the processes of this pass and the next one."""
_MEANWHILE = 1500
"""Documents that are looked at while those modules load for all processes."""
_BATCH = 400
"""Documents in a batch: looking at one takes a tenth of the time that the other passes take for it."""


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
    roots: Sequence[str], settings: Settings = _DETECTED, step: Step = lambda _: None, cache: str = ""
) -> Survey:
    """Identify every document of the roots.

    `cache` is the folder of the cache, if any.  What `settings.exclude` lists is left out as if it were not there.

    Raises:
        UsageError: a root that does not exist.
        SourceError: an archive that must not be read.
        StoreError: a cache that cannot be written.
        ConvertError: processes cannot start, or die of too many documents.
    """
    how, addresses, choice = settings.how, settings.addresses, settings.choice
    lists = _Lists(settings.exclude, settings.articles)
    with ExitStack() as stack:
        survey_cache = stack.enter_context(SurveyCache(cache, how.key)) if cache else None
        surveyor = _Surveyor(roots, how, survey_cache, lists, step)
        surveyor.look_at(walk_once(roots, addresses=addresses, choice=choice), settings.workers or available())
        surveyor.look_beside()
        seen = surveyor.seen
        lists.match_rest(seen.excluded.values(), how)
        if survey_cache and seen.excluded:
            refs = seen.excluded.values()
            survey_cache.forget(refs, [name(ref, roots, ()) for ref in refs])
    seen.summary.excluded = len(seen.excluded)
    others = [each for given in (addresses, choice) if given for each in given.unmatched()]
    seen.summary.unmatched = [*lists.unmatched(), *others]
    return seen


def survey_of(refs: Iterable[Ref | Refusal], root: str, how: ReadOptions, *, careful: bool) -> Survey:
    """Identify documents of one root, and only these.

    If `careful`, another process looks at them, so that one of which that dies costs no other.
    """
    surveyor = _Surveyor((root,), how, None, _Lists(None, None))
    surveyor.look_at_all(refs, 1, "processes" if careful else "serial")
    return surveyor.seen


class _Lists:
    """The user's lists of documents to exclude and of articles to choose."""

    def __init__(self, exclude: ArticleList | None, articles: ArticleList | None) -> None:
        self.exclude = Matcher(exclude) if exclude else None
        self.articles = Matcher(articles) if articles else None

    def __bool__(self) -> bool:
        return bool(self.exclude or self.articles)

    def match_rest(self, excluded: Iterable[Ref | Refusal], how: ReadOptions) -> None:
        """Match lines with identifiers and addresses of documents that another line excludes by their paths."""
        with Reader() as reader:
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


class _Look(NamedTuple):
    """A document that is being looked at."""

    ref: Ref | Refusal
    paths: tuple[str, ...] = ()
    """Its paths by which the user's lists may name it, if there are any."""
    cached: Lookup[Surveyed] | None = None
    """Entry of the cache, if there is one."""

    @property
    def unknown(self) -> bool:
        """Return whether the document is to be identified."""
        return not (isinstance(self.ref, Refusal) or (self.cached and self.cached.value))


class _Surveyor:
    """Surveyor, which adds documents to a survey one by one."""

    def __init__(
        self,
        roots: Sequence[str],
        how: ReadOptions,
        cache: SurveyCache | None,
        lists: _Lists,
        step: Step = lambda _: None,
    ) -> None:
        self.seen = Survey()
        self._roots, self._how, self._step = roots, how, step
        self._cache, self._lists = cache, lists
        self._identified = 0
        """Documents that the cache did not know."""
        self._channels: defaultdict[str, set[str]] = defaultdict(set)
        """Channels of the articles by the root of their mirror."""
        if lists.articles:
            self.seen.index.listed = set()

    def look_at(self, refs: Iterator[Ref | Refusal], workers: int) -> None:
        """Add documents, with so many processes once there are enough that are not in the cache."""
        if workers == 1 or self._lists:  # a list decides by what came before a document whether that is looked at
            self.look_at_all(refs, 1, "serial")
            return
        self.look_at_all(refs, 1, "serial", SERIAL)
        if self._identified >= SERIAL:
            preload(_PRELOADED)
            self.look_at_all(refs, 1, "serial", _MEANWHILE)
            self.look_at_all(refs, workers, "processes")

    def look_at_all(self, refs: Iterable[Ref | Refusal], workers: int, name: str, most: int = sys.maxsize) -> None:
        """Add documents by the runner of that name, until so many had to be identified."""
        waiting: deque[list[_Look]] = deque()

        def unknown() -> Iterator[list[Ref] | Done[list[Identified]]]:
            for looks in chunks(self._looks(refs, most), 1 if name == "serial" else _BATCH):
                waiting.append(looks)
                yield [each.ref for each in looks if isinstance(each.ref, Ref) and each.unknown] or Done([])

        for results in runner.run(partial(IdentifyWorker, self._how), unknown(), workers=workers, name=name):
            new = iter(results)
            for look in waiting.popleft():
                self._take(look, next(new) if look.unknown else None)

    def _looks(self, refs: Iterable[Ref | Refusal], most: int) -> Iterator[_Look]:
        """Yield what is known of documents without reading them, except those that the user's list excludes."""
        for ref in refs:
            self._step(1)
            if look := self._look(ref):
                self._identified += look.unknown
                most -= look.unknown
                yield look
            if not most:
                return

    def _look(self, ref: Ref | Refusal) -> _Look | None:
        seen, exclude = self.seen, self._lists.exclude
        paths: tuple[str, ...] = ()
        if self._lists:
            path = name(ref, self._roots, seen.refs)
            place = location_of(ref).path if isinstance(ref, Ref) else ref.path
            paths = path, ref.path, display_path(ref), place
        if exclude and exclude.has_path(paths):
            seen.excluded[display_path(ref), ref.line] = ref
            return None
        return _Look(ref, paths, self._cache.lookup(ref) if self._cache else None)

    def _take(self, look: _Look, identified: Identified | None) -> None:
        """Add a document, which was identified unless it is refused or in the cache."""
        seen, exclude, ref = self.seen, self._lists.exclude, look.ref
        if isinstance(ref, Refusal):
            seen.summary.documents += 1
            seen.summary.not_articles += ref.count * (ref.code == "SRC004")
            seen.findings.append(refusal_finding(ref))
            return
        surveyed = identified.surveyed if identified else look.cached and look.cached.value
        if exclude and surveyed and surveyed.entry and exclude.has_entry(surveyed.entry):
            seen.excluded[display_path(ref), ref.line] = ref
            return
        seen.summary.documents += 1
        if surveyed is None:
            seen.findings += identified.findings if identified else ()
            return
        if self._cache and look.cached:
            self._cache.save(look.cached, surveyed)
        self._add(ref, name(ref, self._roots, seen.refs), surveyed, look.paths)

    def look_beside(self) -> None:
        """Index the lists of mirrors of which only a part was walked, for the names and the order of its channels."""
        walked = [os.path.join(os.path.realpath(root), "") for root in self._roots if root != STDIN]
        exclude = self._lists.exclude
        for root, channels in self._channels.items():
            if not any(os.path.join(root, "").startswith(each) for each in walked):
                for path, data in mirror.lists(root, channels):
                    if not (exclude and exclude.has_path((path,))):
                        self.seen.index.look_at(path, data)

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
