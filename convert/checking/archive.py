"""Check of an archive: findings about each document and about all of them together.  Sources are not changed."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, nullcontext
from functools import partial
from typing import Any, NamedTuple, Protocol

from convert import runner
from convert.bundle.archive import Archive, Index
from convert.checking.document import Checked, examine, lost, text_of
from convert.checking.pictures import Pictures
from convert.errors import DocumentError
from convert.messages import Message, message
from convert.model import Finding, Place
from convert.report.base import Summary
from convert.rules import RULES
from convert.rules.engine import finding, finding_from_note
from convert.runner.base import CHUNK, SERIAL, Done, Worker, available, chunks
from convert.settings import Settings, Step, Tell
from convert.sources import STDIN, Reader, Ref, Refusal, walk_once


def _file(ref: Ref) -> str:
    """Return the file that holds a document: git reports changes of a whole archive."""
    return os.path.realpath(ref.member if isinstance(ref.member, str) else ref.root)


def _is_new(ref: Ref | Refusal, changed: frozenset[str]) -> bool:
    """Return whether `--changed-since` checks a document: it does if its file changed, or cannot be read."""
    if isinstance(ref, Refusal):
        return ref.code != "SRC004"
    return ref.root == STDIN or _file(ref) in changed


class Cache(Protocol):
    """Checks of the last run; its module is loaded only if it is asked for."""

    def lookup(self, ref: Ref | Refusal) -> Any:
        """Return what is known of a document; its `value` is the check, or None."""
        ...

    def save(self, lookup: Any, value: Checked) -> None:
        """Save a check for the next run."""
        ...


class Job(NamedTuple):
    """Work to do on each document; `worker` makes the worker of a process."""

    worker: Callable[[], Worker[Ref | Refusal, Checked]]
    on_result: Callable[[Checked], None] = lambda checked: None
    """Function that is called in this process with each result, in order, before its findings are reported."""


def check(
    roots: Sequence[str],
    settings: Settings,
    tell: Tell,
    step: Step = lambda _: None,
    known: Callable[[Finding], bool] | None = None,
    job: Job | None = None,
) -> Summary:
    """Report every finding about the documents of the roots, and return the counts; write nothing but the cache.

    Findings that `settings.control` excludes or that are `known` are neither reported nor counted, but still decide
    whether a document can be converted.  With `settings.changed_since`, checks of the whole archive are skipped.  `job`
    replaces the work on each document.

    Raises:
        UsageError, SourceError: as `survey`.
        ConvertError: the fidelity meter is to draw PDF, and the system lacks what that needs.
        StoreError: the cache cannot be written.
    """
    if "pdf" in settings.fidelity:
        from convert.printing.fonts.chain import chain  # few runs draw
        from convert.printing.weasy import engine

        engine.engine()
        chain("zh-Hans")
    job = job or Job(partial(CheckWorker, settings))
    summary, archive, reader = Summary(), Archive(), Reader()
    inline_ignores: dict[str, frozenset[str]] = {}

    def report(findings: list[Finding], path: str, month: str = "") -> None:
        for each in settings.control.filter_findings(findings, path, inline_ignores.get(path, frozenset())):
            if known is None or not known(each):
                summary.count(each, month)
                tell(each)

    with _cache_of(settings) as cache, reader, ExitStack() as stack:
        for ref, checked in stack.enter_context(closing(_all(roots, settings, cache, job))):
            job.on_result(checked)
            summary.documents += 1
            summary.not_articles += _documents(ref) * (checked.fate == "not an article")
            summary.left_out += checked.fate == "left out"
            month = checked.facts.month if checked.facts else ""
            if checked.fate == "article":
                summary.add_article(checked.path, month)
            if checked.inline_ignores:
                inline_ignores[checked.path] = frozenset(checked.inline_ignores)
            report(checked.findings, checked.path, month)
            if copy := archive.add(checked.path, checked.facts):
                report([repeated(checked.path, *copy)], checked.path, month)
            if isinstance(ref, Ref) and ref.member == ref.root:
                archive.alone(checked.path, checked.listed)
            if checked.listed and isinstance(ref, Ref):
                archive.index(Index(checked.path, partial(_reread, reader, ref), checked.listed))
            step(1)
        if not settings.changed_since:
            for path, notes in archive.notes():
                report([finding_from_note(note, path) for note in notes], path)
    summary.remarks += settings.choice.unmatched() if settings.choice else ()
    return summary


def _cache_of(settings: Settings) -> AbstractContextManager[Cache | None]:
    """Return the cache; none for a check that asks a store, in which the next one may find other pictures."""
    if not settings.cache or settings.store:
        return nullcontext()
    from convert.checking.cache import CheckCache  # a hook checks a page without one

    return CheckCache(settings)


def _documents(ref: Ref | Refusal) -> int:
    """Return the number of documents or members of an archive that one is about."""
    return ref.count if isinstance(ref, Refusal) else 1


def _reread(reader: Reader, ref: Ref) -> str:
    """Return the text of an index page or a table that was read before, "" if it is gone."""
    try:
        return text_of(reader.read(ref))
    except DocumentError:
        return ""


def repeated(path: str, first: str, same: bool) -> Finding:
    """Return the finding about a copy of an article."""
    if same:
        return finding(RULES["SET001"], message("duplicate-article", first=first), path, Place(1, 1))
    return finding(RULES["SET002"], message("differing-copies", first=first), path, Place(1, 1))


def _all(
    roots: Sequence[str], settings: Settings, cache: Cache | None, job: Job
) -> Generator[tuple[Ref | Refusal, Checked]]:
    """Yield every document of the roots in order, with its check or the cached one."""
    refs = walk_once(roots, settings.stdin or "stdin", settings.addresses, settings.choice)
    if settings.changed_since:
        from convert.sources.git import changed_since  # few checks ask git

        changed = changed_since([root for root in roots if root != STDIN], settings.changed_since)
        refs = (ref for ref in refs if _is_new(ref, changed))
    rest = chunks(refs, SERIAL)
    head = next(rest, [])
    workers = settings.workers or (1 if len(head) < SERIAL else available())
    batches = (batch for part in (iter([head]), rest) for several in part for batch in chunks(several, CHUNK))
    waiting: deque[tuple[list[Ref | Refusal], list[Any]]] = deque()

    def unchecked() -> Iterator[list[Ref | Refusal] | Done[list[Checked]]]:
        for batch in batches:
            lookups = [cache.lookup(ref) for ref in batch] if cache else []
            waiting.append((batch, lookups))
            new = [ref for ref, each in zip(batch, lookups, strict=True) if not each.value] if cache else batch
            yield new or Done([])

    for results in runner.run(job.worker, unchecked(), workers=workers):
        batch, lookups = waiting.popleft()
        if cache is None:
            yield from zip(batch, results, strict=True)
            continue
        new = iter(results)
        for ref, lookup in zip(batch, lookups, strict=True):
            checked = lookup.value or next(new)
            cache.save(lookup, checked)
            yield ref, checked


class CheckWorker:
    """Worker that checks documents."""

    def __init__(self, settings: Settings) -> None:
        self.reader, self.settings = Reader(), settings
        self.pictures = Pictures(settings.store) if settings.store else None

    def __call__(self, ref: Ref | Refusal) -> Checked:
        """Return the check of a document."""
        return examine(ref, self.reader, self.settings, self.pictures)

    def lost(self, ref: Ref | Refusal, why: Message) -> Checked:
        """Return the check of a document that was given up."""
        return lost(ref, self.settings, why)

    def close(self) -> None:
        """Close the archives that were read from, and the store of pictures."""
        self.reader.close()
        if self.pictures:
            self.pictures.close()
