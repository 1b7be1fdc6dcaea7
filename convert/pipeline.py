"""The program on one page: sources → readers → rules → bundle → writers → store.

Two passes go over an archive.  `survey` looks at every document and keeps what others must know of it; `convert` then
streams article by article through the workers, each of which does the whole way from bytes to its part of the output.
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol

from msgspec import Struct, field, json
from msgspec.structs import replace

from convert import readers, runner
from convert.bundle.index import Index
from convert.bundle.links import Links
from convert.bundle.volumes import gather
from convert.control import Control
from convert.document import base_of, failure, fault, placed, read_and_clean, refused, shown
from convert.errors import DocumentError
from convert.model import Entry, Finding, Place, Volume
from convert.report.base import Summary
from convert.rules import RULES
from convert.rules.engine import finding
from convert.rules.messages import said
from convert.sources import STDIN, Reader, Ref, Refusal, walk
from convert.store import safe_name
from convert.writers import WRITERS
from convert.writers.options import Options, Page

CHUNK = 100
"""Documents a task: fewer cost more messages between processes, more keep too much of the work in one hand."""

SERIAL = 400
"""Up to this many documents one process is done before others have started."""

Tell = Callable[[Finding], None]
Step = Callable[[int], None]


class Output(Protocol):
    """Where the result goes."""

    def write(self, name: str, data: bytes, source: str) -> None:
        """One whole file; `source` is the document that it comes from."""
        ...

    def open(self) -> AbstractContextManager[BinaryIO]:
        """The one file of a book, there when the block ends well."""
        ...


class Settings(Struct, frozen=True):
    """What the user chose."""

    base_url: str = ""
    """The address of the source root in its mirror."""
    workers: int = 0
    """Processes; 0: as many as there are processors, if the work is worth it."""
    title: str = ""
    """Of the volume."""
    options: Options = field(default_factory=Options)
    fidelity: tuple[str, ...] = ()
    """The formats for which a check also looks for what was lost on the way."""
    stdin: str = ""
    """What a check calls the document on standard input."""
    changed_since: str = ""
    """Only what git says changed since this revision is checked."""
    form: str = ""
    """The reader that every document is for; without one each document tells."""
    control: Control = field(default_factory=Control)
    """What of the findings a check tells and counts."""
    cache: str = ""
    """The folder in which a check keeps what it said of documents, for the next run; none without a name."""


# --- one document of an output --------------------------------------------------------------------------------------


class Outcome(Struct, frozen=True):
    """What became of one document."""

    part: bytes | None
    findings: list[Finding]


class Worker:
    """One process's share: it renders the documents that it is given for one writer."""

    def __init__(self, to: str, volume: Volume, settings: Settings) -> None:
        self.writer = WRITERS[to]
        self.links = Links(volume)
        self.settings = settings
        self.reader = Reader()

    def work(self, ref: Ref, entry: Entry) -> Outcome:
        """Bytes → part of the output."""
        try:
            source = self.reader.read(ref)
        except DocumentError as error:
            article, findings, home = None, [failure(error, shown(ref))], ""
        else:
            base = base_of(ref, self.settings.base_url)
            article, findings, home = read_and_clean(source, base, shown(ref), form=self.settings.form)
        findings = placed(ref, findings)
        page = Page(entry, self.links, self.settings.options, home)
        if article is not None:
            try:
                return Outcome(self.writer.render(article, page), findings)
            except Exception as error:  # a fault of ours must not take the other documents with it
                findings += placed(ref, [fault(error, shown(ref))])
        if self.writer.stand_in:
            language = self.links.volume.language
            wrong = next(each for each in findings if each.level == "error" and not each.fixed)
            reason = said(wrong, "zh" if language.startswith("zh") else "en")
            return Outcome(self.writer.stand_in(entry, reason, page, language), findings)
        return Outcome(None, findings)


_worker: Worker


def _start(to: str, volume: Volume, settings: Settings) -> None:
    global _worker
    _worker = Worker(to, volume, settings)


def _work(task: list[tuple[Ref, Entry]]) -> list[Outcome]:
    return [_worker.work(ref, entry) for ref, entry in task]


# --- the first pass --------------------------------------------------------------------------------------------------


def name(ref: Ref | Refusal, roots: Sequence[str], taken: Collection[str]) -> str:
    """What outputs call a document: its path; among several folders or archives, in that of its root.  Two that would
    share a name keep their whole paths."""
    path = ref.path
    if len(roots) > 1 and ref.root != STDIN and not (isinstance(ref, Ref) and ref.member == ref.root):
        path = f"{os.path.basename(os.path.abspath(ref.root))}/{ref.path}"
    if path in taken:
        path = f"{os.path.abspath(ref.root).strip('/')}/{ref.path}"
    return path


class Survey:
    """What there is to convert: the index of all articles, and where each of them is read from."""

    def __init__(self) -> None:
        self.index = Index()
        self.refs: dict[str, Ref] = {}
        self.findings: list[Finding] = []
        self.summary = Summary()


def survey(roots: Sequence[str], step: Step = lambda _: None, form: str = "") -> Survey:
    """A first look at every document of the roots; `form` is the reader that they are for, if not what each tells.

    Raises:
        UsageError: a root that does not exist.
        SourceError: an archive that must not be read.
    """
    seen = Survey()
    with Reader() as reader:
        for ref in walk(roots):
            step(1)
            seen.summary.documents += 1
            if isinstance(ref, Refusal):
                seen.findings.append(refused(ref))
                continue
            try:
                data = reader.read(ref).data
            except DocumentError as error:
                seen.findings += placed(ref, [failure(error, shown(ref))])
                continue
            path = name(ref, roots, seen.refs)
            if (entry := readers.peek(data, ref.path, form)) is None:
                seen.index.look_at(path, data)
                seen.summary.not_articles += 1
                told = finding(RULES["SRC004"], readers.why_not(data, form), shown(ref), Place(1, 1))
                seen.findings += placed(ref, [told])
            elif path in seen.refs:  # the same document, named twice
                seen.summary.documents -= 1
            else:
                seen.index.add(replace(entry, path=path))
                seen.refs[path] = ref
    return seen


# --- the whole way ---------------------------------------------------------------------------------------------------


def convert(seen: Survey, to: str, out: Output, settings: Settings, tell: Tell, step: Step = lambda _: None) -> Summary:
    """Every article of a survey, cleaned, in one format.  Findings are told as they come, document by document.

    Raises:
        StoreError: an output that cannot be written; nothing half-written is left.
    """
    writer = WRITERS[to]
    volume = gather(seen.index, settings.title)
    summary = seen.summary

    def report(each: Finding) -> None:
        summary.count(each)
        tell(each)

    for each in seen.findings:
        summary.left_out += each.level == "error"
        report(each)
    tasks = runner.chunks(((seen.refs[entry.path], entry) for entry in volume.entries()), CHUNK)
    outcomes = runner.run(
        _work,
        tasks,
        workers=settings.workers or (1 if len(seen.refs) <= SERIAL else runner.available()),
        start=_start,
        arguments=(to, volume, settings),
    )

    def parts() -> Iterator[bytes | None]:
        for chunk in outcomes:
            for outcome in chunk:
                for each in outcome.findings:
                    report(each)
                if any(each.level == "error" and not each.fixed for each in outcome.findings):
                    summary.left_out += 1
                else:
                    summary.articles += 1
                step(1)
                yield outcome.part

    if writer.bind is None:
        names = output_names(volume.entries(), writer.suffix)
        for entry, part in zip(volume.entries(), parts(), strict=True):
            if part is not None:
                out.write(names[entry.path], part, entry.path)
    else:
        with out.open() as stream:
            writer.bind(volume, (part for part in parts() if part is not None), stream, settings.options)
    return summary


def output_names(entries: Iterable[Entry], suffix: str) -> dict[str, str]:
    """The file of each article: its path with the format's suffix; two that would share one keep their own suffix."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for entry in entries:
        name = safe_name(os.path.splitext(entry.path)[0] + suffix)
        if name.casefold() in taken:
            name = safe_name(entry.path + suffix)
        taken.add(name.casefold())
        names[entry.path] = name
    return names


def ledger_line(each: Finding) -> bytes:
    """A finding as one line of the ledger (JSON Lines)."""
    return json.encode(each) + b"\n"
