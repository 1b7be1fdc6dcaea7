"""Survey → plan: which articles stand in which volumes, and what all of them must know of each other."""

import hashlib
import io
from collections.abc import Callable, Container, Iterator, Sequence
from html import escape
from typing import TypeVar

from msgspec.structs import replace

from convert import rendering, runner
from convert.bundle.links import Links
from convert.bundle.once import Version
from convert.bundle.volumes import Plan, gather
from convert.document import shown
from convert.errors import UsageError
from convert.model import Entry, Finding, Place, Volume
from convert.printing.glyphs import Gap, message
from convert.rendering import Order, Task
from convert.rules import RULES
from convert.rules.engine import finding
from convert.settings import Settings
from convert.surveying import Survey
from convert.writers import WRITERS
from convert.writers.files import files
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
    outcomes = run(rendering.measure, plan.volumes, order_of(seen, plan, to, settings), seen, settings)
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
        writer.bind(volume, empty, frame, settings.options, tally, 1)
        return frame.tell() + sum(each.size + each.links * note for each in all_of) + SPARE

    return size


def order_of(seen: Survey, plan: Plan, to: str, settings: Settings) -> Order:
    """What all documents of an output have in common."""
    writer, several = WRITERS[to], bool(settings.gathering.split)
    links = Links(*plan.volumes, copies=plan.copies)
    names = None
    if writer.bind is None:
        names = files(plan.volumes, writer.suffix, several=several, contents=writer.contents is not None)
    language = plan.volumes[0].language
    return Order(to, links, language, settings.options, settings.base_url, settings.form, names)


def _workers(documents: int, settings: Settings) -> int:
    return settings.workers or (1 if documents <= SERIAL else runner.available())


def run(
    function: Callable[[list[Task]], list[R]],
    volumes: Sequence[Volume],
    order: Order,
    seen: Survey,
    settings: Settings,
    but: Container[str] = (),
) -> Iterator[R]:
    """What a function makes of each article of the volumes, in their order, `but` for some, by their paths."""
    count = sum(entry.path not in but for volume in volumes for entry in volume.entries())
    chunks = runner.run(
        function,
        runner.chunks(_tasks(volumes, seen, but), CHUNK),
        workers=_workers(count, settings),
        start=rendering.start,
        arguments=(order,),
    )
    for chunk in chunks:
        yield from chunk


def _tasks(volumes: Sequence[Volume], seen: Survey, but: Container[str]) -> Iterator[Task]:
    for volume in volumes:
        alone = sum(1 for _ in volume.entries()) == 1
        for section in volume.sections:
            for entry in section.entries:
                if entry.path not in but:
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


def undrawn(seen: Survey, entry: Entry, reason: str) -> Finding:
    """What is said of an article that was read, and could not be drawn."""
    return finding(RULES["PDF002"], reason, shown(seen.refs[entry.path]), Place(1, 1))


def gap(seen: Survey, entry: Entry, found: Gap) -> Finding:
    """What is said of a character that no font has."""
    return finding(RULES["PDF001"], message(found), shown(seen.refs[entry.path]), Place(1, 1))


def digest_of(volume: Volume) -> str:
    """The SHA-256 of a volume's sources: of a line each, their hash and path, as `sha256sum` writes them."""
    digest = hashlib.sha256()
    for entry in volume.entries():
        digest.update(f"{entry.digest.hex()}  {entry.path}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
