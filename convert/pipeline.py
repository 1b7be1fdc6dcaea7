"""The program on one page: sources → readers → rules → bundle → writers → store.

Two passes go over an archive.  `survey` looks at every document and keeps what others must know of it; `convert` then
streams article by article through the workers, each of which does the whole way from bytes to its part of the output.
"""

import hashlib
import io
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from html import escape
from typing import BinaryIO, Protocol, TypeVar

from msgspec import Struct, field, json
from msgspec.structs import replace

from convert import readers, rendering, runner
from convert.bundle.index import Index
from convert.bundle.links import Links
from convert.bundle.once import Version
from convert.bundle.volumes import Gathering, Plan, gather
from convert.control import Control
from convert.document import failure, placed, refused, shown
from convert.errors import DocumentError, UsageError
from convert.model import Entry, Finding, Place, Volume
from convert.rendering import Order, Task
from convert.report.base import Summary
from convert.rules import RULES
from convert.rules.engine import finding
from convert.sources import STDIN, Reader, Ref, Refusal, walk
from convert.store import safe_name
from convert.writers import WRITERS
from convert.writers.options import Options
from convert.writers.part import Part, Tally

CHUNK = 100
"""Documents a task: fewer cost more messages between processes, more keep too much of the work in one hand."""

SERIAL = 400
"""Up to this many documents one process is done before others have started."""

SPARE = 500
"""Bytes of a volume that are kept free: what its lists take deflated is known to some bytes only."""

NOTE = 150
"""Bytes by which a link grows, besides a title, where its page turns out to be in another volume."""

MANY = 1_000_000
"""Stands for a number that is not known yet, as long as any."""

R = TypeVar("R")
Tell = Callable[[Finding], None]
Step = Callable[[int], None]


class Output(Protocol):
    """Where the result goes."""

    def write(self, name: str, data: bytes, source: str) -> None:
        """One whole file; `source` is the document that it comes from."""
        ...

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """The file of a book, there when the block ends well; `name` is what it is called among several."""
        ...


class Settings(Struct, frozen=True):
    """What the user chose."""

    base_url: str = ""
    """The address of the source root in its mirror."""
    workers: int = 0
    """Processes; 0: as many as there are processors, if the work is worth it."""
    gathering: Gathering = Gathering()
    """Which articles, in how many volumes, in which order."""
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
                seen.index.add(replace(entry, path=path, digest=hashlib.sha256(data).digest()))
                seen.refs[path] = ref
    return seen


# --- the whole way ---------------------------------------------------------------------------------------------------


def convert(seen: Survey, to: str, out: Output, settings: Settings, tell: Tell, step: Step = lambda _: None) -> Summary:
    """Every article of a survey that was chosen, cleaned, in one format.  Findings are told as they come, document by
    document.

    Raises:
        StoreError: an output that cannot be written; nothing half-written is left.
        UsageError: no article was chosen, or sizes are to be limited in a format that cannot tell them.
    """
    writer = WRITERS[to]
    plan = planned(seen, to, settings)
    summary = seen.summary

    def report(each: Finding) -> None:
        summary.count(each)
        tell(each)

    for each in seen.findings:
        summary.left_out += each.level == "error"
        report(each)
    for each in left_out(seen, plan):
        report(each)

    def made(volume: Volume, tally: Tally) -> Iterator[tuple[Entry, Part]]:
        for entry in volume.entries():
            outcome = next(outcomes)
            wrong = False
            for each in outcome.findings:
                report(each)
                if each.removed:
                    tally.removed[each.code] += 1
                wrong = wrong or (each.level == "error" and not each.fixed)
            summary.left_out += wrong
            summary.articles += not wrong
            tally.left_out += wrong
            step(1)
            if outcome.part is not None:
                yield entry, outcome.part

    outcomes = _run(rendering.render, plan.volumes, order_of(seen, plan, to, settings), seen, settings)
    several = bool(settings.gathering.split)
    names = {} if writer.bind else output_names(plan.volumes, writer.suffix, several=several)
    for volume in plan.volumes:
        tally = Tally()
        if writer.bind is None:
            for entry, part in made(volume, tally):
                out.write(names[entry.path], part.data, entry.path)
        else:
            tally.sha256 = digest_of(volume)
            with out.open(volume.name if several else "") as stream:
                writer.bind(volume, (part for _, part in made(volume, tally)), stream, settings.options, tally)
    return summary


def planned(seen: Survey, to: str, settings: Settings) -> Plan:
    """The volumes of a survey.

    Raises:
        UsageError: no article was chosen, or sizes are to be limited in a format that cannot tell them.
    """
    writer, chosen = WRITERS[to], settings.gathering
    if chosen.once is None:
        chosen = replace(chosen, once=writer.once)
    if chosen.selection.credits:
        _credit(seen, to, settings)
    versions: dict[str, Version] = {}

    def version(entry: Entry) -> Version:
        if entry.path not in versions:
            versions[entry.path] = rendering.version(seen.refs[entry.path], settings.base_url, settings.form)
        return versions[entry.path]

    if not chosen.split.size:
        plan = gather(seen.index, chosen, version)
    elif writer.bind is None or not writer.grows:
        raise UsageError(f"volumes of {to} cannot be limited by size; name another way to split, such as count=500")
    else:
        whole = gather(seen.index, replace(chosen, split=replace(chosen.split, size=0)), version)
        plan = gather(seen.index, chosen, version, _sizes(whole, seen, to, settings))
    if not plan.volumes:
        raise UsageError("no article is among those that --since, --until, --channel and --select ask for")
    return plan


def _credit(seen: Survey, to: str, settings: Settings) -> None:
    """Keeps of a survey the articles whose publisher and authors were asked for."""
    selection, index = settings.gathering.selection, seen.index
    first = [entry for entry in index.entries if selection.takes(entry, index.channels.get(entry.section, ""))]
    order = Order(to, Links(), "und", settings.options, settings.base_url, settings.form)
    tasks = runner.chunks((Task(seen.refs[entry.path], entry) for entry in first), CHUNK)
    found = runner.run(
        rendering.credit, tasks, workers=_workers(len(first), settings), start=rendering.start, arguments=(order,)
    )
    told = (each for chunk in found for each in chunk)
    index.entries = [entry for entry, each in zip(first, told, strict=True) if selection.credited(*each)]


def _sizes(plan: Plan, seen: Survey, to: str, settings: Settings) -> Callable[[Volume], int]:
    """How large the file of any volume of articles of `plan` will be, in bytes, and never less."""
    writer = WRITERS[to]
    outcomes = _run(rendering.measure, plan.volumes, order_of(seen, plan, to, settings), seen, settings)
    measured = dict(zip((entry.path for entry in plan.entries()), outcomes, strict=True))
    titles = {section.title for volume in plan.volumes for section in volume.sections}
    sizes = sorted(len(escape(title).encode("utf-8", "replace")) for title in (settings.gathering.title, *titles))
    note = NOTE + sum(sizes[-3:])

    def size(volume: Volume) -> int:
        tally, frame = Tally(), io.BytesIO()
        tally.sha256 = digest_of(volume)
        tally.left_out = MANY
        all_of = [measured[entry.path] for entry in volume.entries()]
        tally.removed.update({code: MANY for each in all_of for code in each.removed})
        empty = (Part(b"", 0, 0, each.publisher, each.authors) for each in all_of)
        assert writer.bind
        writer.bind(volume, empty, frame, settings.options, tally)
        return frame.tell() + sum(each.size + each.links * note for each in all_of) + SPARE

    return size


def order_of(seen: Survey, plan: Plan, to: str, settings: Settings) -> Order:
    """What all documents of an output have in common."""
    links = Links(*plan.volumes, copies=plan.copies)
    language = plan.volumes[0].language
    return Order(to, links, language, settings.options, settings.base_url, settings.form)


def _workers(documents: int, settings: Settings) -> int:
    return settings.workers or (1 if documents <= SERIAL else runner.available())


def _run(
    function: Callable[[list[Task]], list[R]], volumes: Sequence[Volume], order: Order, seen: Survey, settings: Settings
) -> Iterator[R]:
    """What a function makes of each article of the volumes, in their order."""
    chunks = runner.run(
        function,
        runner.chunks(_tasks(volumes, seen), CHUNK),
        workers=_workers(sum(1 for volume in volumes for _ in volume.entries()), settings),
        start=rendering.start,
        arguments=(order,),
    )
    for chunk in chunks:
        yield from chunk


def _tasks(volumes: Sequence[Volume], seen: Survey) -> Iterator[Task]:
    for volume in volumes:
        alone = sum(1 for _ in volume.entries()) == 1
        for section in volume.sections:
            for entry in section.entries:
                yield Task(seen.refs[entry.path], entry, "" if alone else section.title)


def left_out(seen: Survey, plan: Plan) -> Iterator[Finding]:
    """What is said of the copies that a build leaves out because another copy is there."""
    for copy in plan.copies:
        rule = RULES["SET001" if copy.same else "SET002"]
        message = f"the same article as {shown(seen.refs[copy.kept.path])}" + (
            "" if copy.same else ", with another text"
        )
        path = shown(seen.refs[copy.entry.path])
        yield replace(finding(rule, message, path, Place(1, 1)), fixed=True, removed=copy.entry.title)


def digest_of(volume: Volume) -> str:
    """The SHA-256 of a volume's sources: of a line each, their hash and path, as `sha256sum` writes them."""
    digest = hashlib.sha256()
    for entry in volume.entries():
        digest.update(f"{entry.digest.hex()}  {entry.path}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def output_names(volumes: Iterable[Volume], suffix: str, *, several: bool = False) -> dict[str, str]:
    """The file of each article: its path with the format's suffix, in the folder of its volume if there are `several`;
    two that would share one keep their own suffix."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for volume in volumes:
        folder = f"{volume.name}/" if several else ""
        for entry in volume.entries():
            name = safe_name(folder + os.path.splitext(entry.path)[0] + suffix)
            if name.casefold() in taken:
                name = safe_name(folder + entry.path + suffix)
            taken.add(name.casefold())
            names[entry.path] = name
    return names


def ledger_line(each: Finding) -> bytes:
    """A finding as one line of the ledger (JSON Lines)."""
    return json.encode(each) + b"\n"
