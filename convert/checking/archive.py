"""Checking an archive: every finding about every document and about all of them together, and nothing written."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, closing, nullcontext
from functools import partial
from typing import NamedTuple

from convert import runner
from convert.bundle.archive import Archive, Index
from convert.cache import Looked
from convert.checking.cache import CheckCache
from convert.checking.document import Checked, examine, lost, text_of
from convert.errors import DocumentError
from convert.messages import message
from convert.model import Finding, Place
from convert.printing.fonts.chain import chain
from convert.printing.weasy import engine
from convert.report.base import Summary
from convert.rules import RULES
from convert.rules.engine import finding, finding_from_note
from convert.runner.base import CHUNK, SERIAL, Done, Worker, available, chunks
from convert.settings import Settings, Step, Tell
from convert.sources import STDIN, Reader, Ref, Refusal, walk
from convert.sources.git import changed_since


def _file(ref: Ref) -> str:
    """The file that a document is in: an archive changes as a whole."""
    return os.path.realpath(ref.member if isinstance(ref.member, str) else ref.root)


class Job(NamedTuple):
    """The work on each document; `worker` makes the worker of a process."""

    worker: Callable[[], Worker[Ref | Refusal, Checked]]
    met: Callable[[Checked], None] = lambda checked: None
    """Called here with each result, in the order of the documents, before its findings are told."""


def check(
    roots: Sequence[str],
    settings: Settings,
    tell: Tell,
    step: Step = lambda _: None,
    known: Callable[[Finding], bool] | None = None,
    job: Job | None = None,
) -> Summary:
    """Every finding about every document of the roots; nothing is written but the cache, if there is one.

    What `settings.control` passes over and what is `known` already is neither told nor counted; whether a document can
    be converted does not depend on them.  Of a part of an archive, `settings.changed_since`, nothing is said that needs
    all of it.  `job` does more than looking at each document.

    Raises:
        UsageError, SourceError: as `survey`.
        ConvertError: a PDF is to be read back, and this system cannot draw one.
        StoreError: the cache cannot be written.
    """
    if "pdf" in settings.fidelity:
        engine.engine()
        chain("zh-Hans")
    job = job or Job(partial(CheckWorker, settings))
    summary, archive, reader = Summary(), Archive(), Reader()
    inline_ignores: dict[str, frozenset[str]] = {}

    def say(findings: list[Finding], path: str) -> None:
        told = settings.control.filter_findings(findings, path, inline_ignores.get(path, frozenset()))
        if known is not None:
            told = [each for each in told if not known(each)]
        for each in told:
            summary.count(each)
            tell(each)

    with CheckCache(settings) if settings.cache else nullcontext() as cache, reader, ExitStack() as stack:
        for ref, checked in stack.enter_context(closing(_all(roots, settings, cache, job))):
            job.met(checked)
            summary.documents += 1
            summary.not_articles += checked.fate == "not an article"
            summary.left_out += checked.fate == "left out"
            summary.articles += checked.fate == "article"
            if checked.inline_ignores:
                inline_ignores[checked.path] = frozenset(checked.inline_ignores)
            say(checked.findings, checked.path)
            if copy := archive.add(checked.path, checked.facts):
                say([repeated(checked.path, *copy)], checked.path)
            if isinstance(ref, Ref) and ref.member == ref.root:
                archive.alone(checked.path, checked.listed)
            if checked.listed and isinstance(ref, Ref):
                archive.index(Index(checked.path, partial(_again, reader, ref), checked.listed))
            step(1)
        if not settings.changed_since:
            for path, notes in archive.notes():
                say([finding_from_note(note, path) for note in notes], path)
    return summary


def _again(reader: Reader, ref: Ref) -> str:
    """The text of an index page or a table, which was read before; nothing if it is gone."""
    try:
        return text_of(reader.read(ref))
    except DocumentError:
        return ""


def repeated(path: str, first: str, same: bool) -> Finding:
    """What is to be said of a copy of an article that was seen before."""
    if same:
        return finding(RULES["SET001"], message("duplicate-article", first=first), path, Place(1, 1))
    return finding(RULES["SET002"], message("differing-copies", first=first), path, Place(1, 1))


def _all(
    roots: Sequence[str], settings: Settings, cache: CheckCache | None, job: Job
) -> Generator[tuple[Ref | Refusal, Checked]]:
    """Every document of the roots in their order, checked, or as the cache knows it."""
    refs = walk(roots, settings.stdin or "stdin")
    if settings.changed_since:
        changed = changed_since([root for root in roots if root != STDIN], settings.changed_since)
        refs = (ref for ref in refs if isinstance(ref, Refusal) or ref.root == STDIN or _file(ref) in changed)
    rest = chunks(refs, SERIAL)
    head = next(rest, [])
    workers = settings.workers or (1 if len(head) < SERIAL else available())
    batches = (batch for part in (iter([head]), rest) for several in part for batch in chunks(several, CHUNK))
    waiting: deque[tuple[list[Ref | Refusal], list[Looked[Checked]]]] = deque()

    def unchecked() -> Iterator[list[Ref | Refusal] | Done[list[Checked]]]:
        for batch in batches:
            looked = [cache.look(ref) for ref in batch] if cache else []
            waiting.append((batch, looked))
            new = [ref for ref, each in zip(batch, looked, strict=True) if not each.value] if cache else batch
            yield new or Done([])

    for results in runner.run(job.worker, unchecked(), workers=workers):
        batch, looked = waiting.popleft()
        if cache is None:
            yield from zip(batch, results, strict=True)
            continue
        new = iter(results)
        for ref, each in zip(batch, looked, strict=True):
            checked = each.value or next(new)
            cache.keep(each, checked)
            yield ref, checked


class CheckWorker:
    """Checks documents, in one process."""

    def __init__(self, settings: Settings) -> None:
        self.reader, self.settings = Reader(), settings

    def __call__(self, ref: Ref | Refusal) -> Checked:
        """Return everything that is wrong with a document."""
        return examine(ref, self.reader, self.settings)

    def lost(self, ref: Ref | Refusal) -> Checked:
        """Report a document that killed its process."""
        return lost(ref, self.settings)

    def close(self) -> None:
        """Close the archives that were read from."""
        self.reader.close()
