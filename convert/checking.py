"""Checking an archive: every finding about every document, and nothing written."""

import os
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple, Protocol

from msgspec import Struct

from convert import readers, runner
from convert.bundle.copies import Copies, Copy, copy_of
from convert.control import inline
from convert.document import base_of, failure, placed, read_and_clean, refused, shown
from convert.errors import DocumentError
from convert.model import Finding, Place
from convert.pipeline import CHUNK, SERIAL, Settings, Step, Tell
from convert.report.base import Summary
from convert.rules import RULES
from convert.rules.engine import finding
from convert.rules.rule import texts
from convert.sources import Reader, Ref, Refusal, Source, walk
from convert.sources.git import changed_since


def _file(ref: Ref) -> str:
    """The file that a document is in: an archive changes as a whole."""
    return os.path.realpath(ref.member if isinstance(ref.member, str) else ref.root)


class Job(NamedTuple):
    """What is done with the documents of a task, in each process; `start` is called there once, with `arguments`."""

    work: Callable[[list[Ref | Refusal]], Sequence["Checked"]]
    start: Callable[..., None]
    arguments: tuple[object, ...]
    met: Callable[["Checked"], None] = lambda checked: None
    """Called here with each result, in the order of the documents, before its findings are told."""


def check(
    roots: Sequence[str],
    settings: Settings,
    tell: Tell,
    step: Step = lambda _: None,
    known: Callable[[Finding], bool] = lambda _: False,
    job: Job | None = None,
) -> Summary:
    """Every finding about every document of the roots; nothing is written.

    What `settings.control` passes over and what is `known` already is neither told nor counted; whether a document can
    be converted does not depend on them.  `job` does more than looking at each document.

    Raises:
        UsageError, SourceError: as `survey`.
    """
    job = job or Job(_check, start_checking, (settings,))
    summary, copies = Summary(), Copies()
    refs = walk(roots, settings.stdin or "stdin")
    if settings.changed_since:
        changed = changed_since(roots, settings.changed_since)
        refs = (ref for ref in refs if isinstance(ref, Refusal) or _file(ref) in changed)
    first = runner.chunks(refs, SERIAL)
    head = next(first, [])
    workers = settings.workers or (1 if len(head) < SERIAL else runner.available())
    tasks = (chunk for part in (iter([head]), first) for big in part for chunk in runner.chunks(big, CHUNK))
    for outcomes in runner.run(job.work, tasks, workers=workers, start=job.start, arguments=job.arguments):
        for checked in outcomes:
            job.met(checked)
            summary.documents += 1
            summary.not_articles += checked.fate == "not an article"
            summary.left_out += checked.fate == "left out"
            summary.articles += checked.fate == "article"
            for each in (*checked.findings, *settings.control.told(repeated(checked, copies), checked.path)):
                if not known(each):
                    summary.count(each)
                    tell(each)
            step(1)
    return summary


Fate = Literal["article", "not an article", "left out"]
"""What becomes of a document when it is converted."""


def fate_of(findings: list[Finding]) -> Fate:
    """The fate of a document with these findings."""
    if any(each.code == "SRC004" for each in findings):
        return "not an article"
    return "left out" if any(each.level == "error" and not each.fixed for each in findings) else "article"


class Checked(Struct, frozen=True):
    """What a check says of one document."""

    path: str
    fate: Fate
    findings: list[Finding]
    copy: Copy | None = None
    """What tells the article from its copies elsewhere in the archive."""


COPIES = frozenset({"SET001", "SET002"})
"""What a document may ask not to be told of its copies."""


def repeated(checked: Checked, copies: Copies) -> list[Finding]:
    """What is to be said of a copy of an article that was seen before."""
    if checked.copy is None or (known := copies.before(checked.copy, checked.path)) is None:
        return []
    first, same = known
    if same:
        return [finding(RULES["SET001"], f"the same article as {first}", checked.path, Place(1, 1))]
    return [finding(RULES["SET002"], f"the same article as {first}, with another text", checked.path, Place(1, 1))]


_checker: tuple[Reader, Settings]


def start_checking(settings: Settings) -> None:
    """What each process does first."""
    global _checker
    _checker = (Reader(), settings)


def _check(task: list[Ref | Refusal]) -> list[Checked]:
    return [inspect(ref, *_checker) for ref in task]


class Reads(Protocol):
    """Gives the document that a handle names."""

    def read(self, ref: Ref) -> Source:
        """The document.  Raises `DocumentError` if it cannot be had."""
        ...


def inspect(ref: Ref | Refusal, reader: Reads, settings: Settings) -> Checked:
    """What is to be said of one document."""
    path = shown(ref)
    hushed: frozenset[str] = frozenset()
    article = None
    if isinstance(ref, Refusal):
        found = [refused(ref)]
    else:
        try:
            base = base_of(ref, settings.base_url)
            source = reader.read(ref)
            article, found, _ = read_and_clean(
                source, base, path, thorough=True, fidelity=settings.fidelity, form=settings.form
            )
            if settings.control.comments and inline.may_hold(source.data):
                hushed = inline.ignores(readers.markup(source.data, settings.form))[0]
        except DocumentError as error:
            found = [failure(error, path)]
        found = placed(ref, found)
    copy = copy_of(article.source.address, texts(article.body)) if article and not hushed & COPIES else None
    return Checked(path, fate_of(found), settings.control.told(found, path, hushed), copy)
