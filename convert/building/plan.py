"""Survey → plan: which articles stand in which volumes, and what all of them must know of each other."""

import hashlib
from collections.abc import Callable, Container, Iterator, Sequence
from typing import TypeVar

from msgspec.structs import replace

from convert import runner
from convert.building import render
from convert.building.render import Order, Task
from convert.building.survey import Survey
from convert.bundle.links import Links
from convert.bundle.once import Version
from convert.bundle.titles import longest_title
from convert.bundle.volumes import Plan, TooLargeError, gather
from convert.cache.identity import identity_of
from convert.cache.measured import Measured, Sizes, key_of
from convert.errors import ConvertError, UsageError
from convert.messages import Message, message
from convert.model import Entry, Finding, Place, Volume
from convert.printing.engines import require
from convert.printing.fonts.glyphs import Gap, gap_message
from convert.rules import RULES
from convert.rules.engine import finding
from convert.runner import CHUNK, SERIAL
from convert.settings import Settings
from convert.sources.naming import base_of, shown
from convert.writers import WRITERS, engine_of
from convert.writers.book import size_bound
from convert.writers.book.size_bound import Length
from convert.writers.files import files
from convert.writers.part import Part, Tally

R = TypeVar("R")


def planned(seen: Survey, to: str, settings: Settings) -> Plan:
    """The volumes of a survey.

    Raises:
        UsageError: no article was chosen, or sizes are to be limited in a format that cannot tell them.
        MissingExtraError: the engine that draws a volume is not installed.
        ConvertError: one article alone is larger than a volume may be.
    """
    writer, chosen = WRITERS[to], settings.gathering
    if chosen.once is None:
        chosen = replace(chosen, once=writer.once)
    if chosen.selection.credits:
        _credit(seen, to, settings)
    versions: dict[str, Version] = {}

    def version(entry: Entry) -> Version:
        if entry.path not in versions:
            versions[entry.path] = render.version(seen.refs[entry.path], settings.base_url, settings.source_format)
        return versions[entry.path]

    size = chosen.split.size
    if not size:
        plan = gather(seen.index, chosen, version)
    elif writer.bind is None or not writer.grows:
        raise UsageError(f"volumes of {to} cannot be limited by size; name another way to split, such as count=500")
    else:
        plan = gather(seen.index, replace(chosen, split=replace(chosen.split, size=0)), version)
        if plan.volumes:
            sizes = _Sizes(plan, seen, to, settings)
            try:
                plan = gather(seen.index, chosen, version, sizes.of, sizes.part)
            except TooLargeError as error:
                what, takes = shown(seen.refs[error.entry.path]), f"which takes {error.size:,} bytes with its book"
                raise ConvertError(f"--split size={size} is too little for {what}, {takes}; allow more") from None
            finally:
                sizes.kept.write(seen.refs)
    if not plan.volumes:
        raise UsageError("no article is among those that --since, --until, --channel and --select ask for")
    if writer.designed:
        for volume in plan.volumes:
            require(engine_of(volume, settings.options))
    return plan


def _credit(seen: Survey, to: str, settings: Settings) -> None:
    """Keeps of a survey the articles whose publisher and authors were asked for."""
    selection, index = settings.gathering.selection, seen.index
    first = [entry for entry in index.entries if selection.takes(entry, index.channels.get(entry.section, ""))]
    order = Order(to, Links(), "und", settings.options, settings.base_url, settings.source_format)
    tasks = runner.chunks((Task(seen.refs[entry.path], entry) for entry in first), CHUNK)
    found = runner.run(
        render.credit, tasks, workers=_workers(len(first), settings), start=render.start, arguments=(order,)
    )
    told = (each for chunk in found for each in chunk)
    index.entries = [entry for entry, each in zip(first, told, strict=True) if selection.credited(*each)]


class _Sizes:
    """How large the file of any volume of articles of a plan will be, and never less.

    The book's own pages are made as they will be.  An article's page is measured with all links as they were, so that
    its size is the same whatever else there is, and gets room for what those that may lead into the build can add: as
    many bytes as that takes before deflating.
    """

    def __init__(self, plan: Plan, seen: Survey, to: str, settings: Settings) -> None:
        self._writer, self._options = WRITERS[to], settings.options
        order = order_of(seen, plan, to, settings)
        self.kept = Sizes(settings.cache, to, identity_of(to, order.language, order.options, order.source_format))
        self._has, self._has_page = order.links.has, order.links.has_page
        self._reference = size_bound.reference(plan.volumes)
        self._link = size_bound.link(
            self._reference, longest_title(plan.volumes, settings.gathering.title, size_bound.length)
        )
        self._pages = self._measure(plan, seen, replace(order, links=Links()), settings)

    def _measure(self, plan: Plan, seen: Survey, order: Order, settings: Settings) -> dict[str, Measured]:
        """How much each article takes, with its room, by its path; what the last run kept is not measured again."""
        pages: dict[str, Measured] = {}
        others: dict[str, bytes] = {}
        for task in _tasks(plan.volumes, seen, ()):
            path = task.entry.path
            key = key_of(task.entry, task.ref.path, base_of(task.ref, settings.base_url), task.section)
            if known := self.kept.of(path, key):
                pages[path] = self._with_room(known)
            else:
                others[path] = key
        outcomes = run(render.measure, plan.volumes, order, seen, settings, frozenset(pages))
        for (path, key), each in zip(others.items(), outcomes, strict=True):
            pages[path] = self._with_room(each)
            self.kept.keep(path, key, each)
        return pages

    def _with_room(self, each: Measured) -> Measured:
        links, pages = sum(map(self._has, each.articles)), sum(map(self._has_page, each.pages))
        return replace(each, size=each.size + links * self._link + pages * self._reference, articles=(), pages=())

    def part(self, entry: Entry) -> int:
        """The bytes that are kept free for an article's page."""
        return self._pages[entry.path].size

    def of(self, volume: Volume) -> int:
        """The bytes of a volume."""
        parts: list[tuple[int, str, tuple[str, ...]]] = []
        tally = Tally()
        tally.sha256 = digest_of(volume)
        for entry in volume.entries():
            each = self._pages[entry.path]
            tally.removed.update(each.removed)
            tally.left_out += each.left_out
            parts.append((each.size, each.publisher, each.authors))

        def measure() -> int:
            bind, length = self._writer.bind, Length()
            assert bind
            pages = (Part(bytes(size), 0, 0, publisher, authors) for size, publisher, authors in parts)
            bind(volume, pages, length, self._options, tally, 1)
            return length.tell()

        return self.kept.of_volume((volume, parts, tally.left_out, sorted(tally.removed.items())), measure)


def order_of(seen: Survey, plan: Plan, to: str, settings: Settings) -> Order:
    """What all documents of an output have in common."""
    writer, several = WRITERS[to], bool(settings.gathering.split)
    links = Links(*plan.volumes, copies=plan.copies)
    names = None
    if writer.bind is None:
        names = files(plan.volumes, writer.suffix, several=several, contents=writer.contents is not None)
    language = plan.volumes[0].language
    return Order(to, links, language, settings.options, settings.base_url, settings.source_format, names)


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
        start=render.start,
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
        first = shown(seen.refs[copy.kept.path])
        said = message("duplicate-article", first=first) if copy.same else message("differing-copies", first=first)
        path = shown(seen.refs[copy.entry.path])
        yield replace(finding(rule, said, path, Place(1, 1)), fixed=True, removed=copy.entry.title)


def undrawn(seen: Survey, entry: Entry, reason: Message) -> Finding:
    """What is said of an article that was read, and could not be drawn."""
    return finding(RULES["PDF002"], reason, shown(seen.refs[entry.path]), Place(1, 1))


def gap(seen: Survey, entry: Entry, found: Gap) -> Finding:
    """What is said of a character that no font has, or each font in its own way."""
    return finding(RULES["PDF001"], gap_message(found), shown(seen.refs[entry.path]), Place(1, 1))


def digest_of(volume: Volume) -> str:
    """The SHA-256 of a volume's sources: of a line each, their hash and path, as `sha256sum` writes them."""
    digest = hashlib.sha256()
    for entry in volume.entries():
        digest.update(f"{entry.digest.hex()}  {entry.path}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
