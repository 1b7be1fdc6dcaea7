"""The program on one page: sources → readers → rules → bundle → writers → store.

Two passes go over an archive.  `survey` looks at every document and keeps what others must know of it; `convert` then
streams article by article through the workers, each of which does the whole way from bytes to its part of the output.
"""

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import cache
from typing import BinaryIO, Literal, Protocol

from msgspec import Struct, field, json
from msgspec.structs import replace

from convert import readers, runner
from convert.bundle.copies import Copies, Copy, copy_of
from convert.bundle.index import Index
from convert.bundle.links import Links
from convert.bundle.volumes import gather
from convert.control import Control, inline
from convert.errors import DocumentError
from convert.model import Article, Entry, Finding, Place, Reading, Volume
from convert.report.base import Summary
from convert.rules import RULES
from convert.rules.engine import clean, finding, noted
from convert.rules.rule import Context, texts
from convert.sources import STDIN, Reader, Ref, Refusal, Source, printable, walk
from convert.sources.git import changed_since
from convert.sources.remote import remote_base
from convert.store import safe_name
from convert.text import squeeze
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
    fidelity: bool = False
    """Whether a check also looks for what was lost on the way."""
    stdin: str = ""
    """What a check calls the document on standard input."""
    changed_since: str = ""
    """Only what git says changed since this revision is checked."""
    form: str = ""
    """The reader that every document is for; without one each document tells."""
    control: Control = field(default_factory=Control)
    """What of the findings a check tells and counts."""


# --- one document ----------------------------------------------------------------------------------------------------


def read_and_clean(
    source: Source, base: str = "", path: str = "", *, thorough: bool = False, fidelity: bool = False, form: str = ""
) -> tuple[Article | None, list[Finding], str]:
    """Bytes → article, cleaned; what is wrong with it; and its address in its mirror.

    `path` is what findings call it, if not its own path; `form` is the reader to take, if not the one that fits.  The
    article is None where it must be left out: it could not be read, or a finding of error level is left that no fix
    mends.
    """
    path = path or source.path
    try:
        reading = readers.read(source.data, source.path, source.sha256, form)
        home = _home(base, source.path, reading.home)
        article, findings = clean(reading, Context(reading.article.source.address, home, thorough), path)
        if fidelity:
            findings += measured(reading, article, findings, path)
        if inline.may_hold(source.data):
            findings = sorted([*findings, *misasked(source, path, form)], key=lambda each: (each.line, each.column))
    except DocumentError as error:
        return None, [failure(error, path)], ""
    except Exception as error:  # a fault of ours must not take the other documents with it
        return None, [fault(error, path)], ""
    unusable = any(each.level == "error" and not each.fixed for each in findings)
    return None if unusable else article, findings, home


def _home(base: str, path: str, told: str) -> str:
    """The address of a page in its mirror: where the sources are, and its path; for a page that does not lie where
    mirrors keep theirs, the path that it tells itself."""
    if not base or _IN_MIRROR.search(base + path):
        return base + path if base else told
    page = _IN_MIRROR.search(told)
    return base + page[0].lstrip("/") if page else told


_IN_MIRROR = re.compile(r"(?:^|/)pages/[^/]+/[^/]+$")


def measured(reading: Reading, article: Article, taken: list[Finding], path: str) -> list[Finding]:
    """What was lost on the way, which only a check that is asked to do so looks for."""
    from convert import fidelity  # its parsers cost more to load than most runs take

    return fidelity.findings(reading, article, taken, path)


def misasked(source: Source, path: str, form: str) -> list[Finding]:
    """What is wrong with the comments in which a document asks not to be told of something."""
    return [noted(note, path) for note in inline.ignores(readers.markup(source.data, form))[1]]


@cache
def _remote(root: str) -> str:
    return remote_base(root)


def base_of(ref: Ref, base_url: str) -> str:
    """The address of the folder that a document's path is relative to, if it can be told."""
    return base_url or (_remote(ref.root) if isinstance(ref.member, str) else "")


def shown(ref: Ref | Refusal) -> str:
    """What findings call a document, so that an editor can open it: its root as given, and its path; of JSON Lines the
    root alone, and the line tells the rest."""
    if ref.line:
        return printable(ref.root)
    if ref.root == STDIN or ref.path == ref.root or (isinstance(ref, Ref) and ref.member == ref.root):
        return printable(ref.root) if ref.root != STDIN else ref.path
    return os.path.normpath(f"{printable(ref.root)}/{ref.path}")


def placed(ref: Ref | Refusal, findings: list[Finding]) -> list[Finding]:
    """Findings of one document, in the lines of its root where that is JSON Lines."""
    if not ref.line:
        return findings
    return [replace(each, line=ref.line + max(each.line, 1) - 1, column=max(each.column, 1)) for each in findings]


def refused(ref: Refusal) -> Finding:
    """The finding of what is not even read."""
    return finding(RULES[ref.code], ref.message, shown(ref), Place(ref.line, ref.column))


def fault(error: Exception, path: str) -> Finding:
    """The finding of a document on which this program failed."""
    return finding(RULES["SRC009"], f"{type(error).__name__}: {squeeze(str(error), 200)}", path, Place())


def failure(error: DocumentError, path: str) -> Finding:
    """The finding of a document that could not be read."""
    return finding(RULES[error.code], error.message, path, Place(error.line, error.column))


def ledger_line(each: Finding) -> bytes:
    """A finding as one line of the ledger (JSON Lines)."""
    return json.encode(each) + b"\n"


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
            except Exception as error:  # as above
                findings += placed(ref, [fault(error, shown(ref))])
        if self.writer.stand_in:
            reason = next(each.message for each in findings if each.level == "error" and not each.fixed)
            return Outcome(self.writer.stand_in(entry, reason, page, self.links.volume.language), findings)
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


def _file(ref: Ref) -> str:
    """The file that a document is in: an archive changes as a whole."""
    return os.path.realpath(ref.member if isinstance(ref.member, str) else ref.root)


def check(
    roots: Sequence[str],
    settings: Settings,
    tell: Tell,
    step: Step = lambda _: None,
    known: Callable[[Finding], bool] = lambda _: False,
) -> Summary:
    """Every finding about every document of the roots; nothing is written.

    What `settings.control` passes over and what is `known` already is neither told nor counted; whether a document can
    be converted does not depend on them.

    Raises:
        UsageError, SourceError: as `survey`.
    """
    summary, copies = Summary(), Copies()
    refs = walk(roots, settings.stdin or "stdin")
    if settings.changed_since:
        changed = changed_since(roots, settings.changed_since)
        refs = (ref for ref in refs if isinstance(ref, Refusal) or _file(ref) in changed)
    first = runner.chunks(refs, SERIAL)
    head = next(first, [])
    workers = settings.workers or (1 if len(head) < SERIAL else runner.available())
    tasks = (chunk for part in (iter([head]), first) for big in part for chunk in runner.chunks(big, CHUNK))
    for outcomes in runner.run(_check, tasks, workers=workers, start=_start_checking, arguments=(settings,)):
        for checked in outcomes:
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


def _start_checking(settings: Settings) -> None:
    global _checker
    _checker = (Reader(), settings)


def _check(task: list[Ref | Refusal]) -> list[Checked]:
    reader, settings = _checker
    out = []
    for ref in task:
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
        out.append(Checked(path, fate_of(found), settings.control.told(found, path, hushed), copy))
    return out
