"""Checking an archive: every finding about every document and about all of them together, and nothing written."""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, nullcontext
from functools import partial
from typing import NamedTuple

from convert import runner
from convert.bundle.archive import Archive, Index
from convert.cache import Looked
from convert.checking.cache import CheckCache
from convert.checking.document import Checked, examine, text_of
from convert.errors import DocumentError
from convert.messages import message
from convert.model import Finding, Place
from convert.printing.fonts.chain import chain
from convert.printing.weasy import engine
from convert.report.base import Summary
from convert.rules import RULES
from convert.rules.engine import finding, finding_from_note
from convert.runner import CHUNK, SERIAL
from convert.settings import Settings, Step, Tell
from convert.sources import STDIN, Reader, Ref, Refusal, walk
from convert.sources.git import changed_since


def _file(ref: Ref) -> str:
    """The file that a document is in: an archive changes as a whole."""
    return os.path.realpath(ref.member if isinstance(ref.member, str) else ref.root)


class Job(NamedTuple):
    """What is done with the documents of a task, in each process; `start` is called there once, with `arguments`."""

    work: Callable[[list[Ref | Refusal]], Sequence[Checked]]
    start: Callable[..., None]
    arguments: tuple[object, ...]
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
    job = job or Job(_check, _start_checking, (settings,))
    summary, archive, reader = Summary(), Archive(), Reader()
    hushed: dict[str, frozenset[str]] = {}

    def say(findings: list[Finding], path: str) -> None:
        told = settings.control.told(findings, path, hushed.get(path, frozenset()))
        if known is not None:
            told = [each for each in told if not known(each)]
        for each in told:
            summary.count(each)
            tell(each)

    with CheckCache(settings) if settings.cache else nullcontext() as cache, reader, ExitStack() as stack:
        stack.callback(_stop_checking)
        for ref, checked in _all(roots, settings, cache, job):
            job.met(checked)
            summary.documents += 1
            summary.not_articles += checked.fate == "not an article"
            summary.left_out += checked.fate == "left out"
            summary.articles += checked.fate == "article"
            if checked.hushed:
                hushed[checked.path] = frozenset(checked.hushed)
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
) -> Iterator[tuple[Ref | Refusal, Checked]]:
    """Every document of the roots in their order, checked, or as the cache knows it."""
    refs = walk(roots, settings.stdin or "stdin")
    if settings.changed_since:
        changed = changed_since([root for root in roots if root != STDIN], settings.changed_since)
        refs = (ref for ref in refs if isinstance(ref, Refusal) or ref.root == STDIN or _file(ref) in changed)
    first = runner.chunks(refs, SERIAL)
    head = next(first, [])
    workers = settings.workers or (1 if len(head) < SERIAL else runner.available())
    chunks = (chunk for part in (iter([head]), first) for big in part for chunk in runner.chunks(big, CHUNK))
    waiting: deque[tuple[list[Ref | Refusal], list[Looked[Checked]]]] = deque()

    def tasks() -> Iterator[list[Ref | Refusal] | runner.Done[Sequence[Checked]]]:
        for chunk in chunks:
            looked = [cache.look(ref) for ref in chunk] if cache else []
            waiting.append((chunk, looked))
            new = [ref for ref, each in zip(chunk, looked, strict=True) if not each.value] if cache else chunk
            yield new or runner.Done([])

    for outcomes in runner.run(job.work, tasks(), workers=workers, start=job.start, arguments=job.arguments):
        chunk, looked = waiting.popleft()
        if cache is None:
            yield from zip(chunk, outcomes, strict=True)
            continue
        new = iter(outcomes)
        for ref, each in zip(chunk, looked, strict=True):
            checked = each.value or next(new)
            cache.keep(each, checked)
            yield ref, checked


_checker: tuple[Reader, Settings] | None = None


def _start_checking(settings: Settings) -> None:
    global _checker
    _stop_checking()
    _checker = (Reader(), settings)


def _stop_checking() -> None:
    """Gives the archives back that this process reads from."""
    global _checker
    if _checker:
        _checker[0].close()
    _checker = None


def _check(task: list[Ref | Refusal]) -> list[Checked]:
    assert _checker
    return [examine(ref, *_checker) for ref in task]
