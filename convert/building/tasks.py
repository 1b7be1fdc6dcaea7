"""The work on each article of a plan, spread over processes, and what its tasks have in common."""

import hashlib
from collections.abc import Callable, Container, Iterator, Sequence
from functools import partial
from typing import TypeVar

from convert import runner
from convert.building.render import Order, Task
from convert.building.survey import Survey
from convert.bundle.links import Links
from convert.bundle.volumes import Plan
from convert.model import Entry, Volume
from convert.runner.base import CHUNK, SERIAL, Worker, available, chunks
from convert.settings import Settings
from convert.writers import WRITERS
from convert.writers.files import files

R = TypeVar("R")


def order_of(seen: Survey, plan: Plan, to: str, settings: Settings) -> Order:
    """Return what all documents of an output have in common."""
    writer, several = WRITERS[to], bool(settings.gathering.split)
    links = Links(*plan.volumes, copies=plan.copies)
    names = None
    if writer.bind is None:
        names = files(plan.volumes, writer.suffix, several=several, contents=writer.contents is not None)
    language = plan.volumes[0].language
    return Order(to, links, language, settings.options, settings.base_url, settings.source_format, names)


def run(
    worker: Callable[[Order], Worker[Task, R]],
    volumes: Sequence[Volume],
    order: Order,
    seen: Survey,
    settings: Settings,
    but: Container[str] = (),
) -> Iterator[R]:
    """Yield what workers make of each article of the volumes, in their order, `but` for some, by their paths."""
    count = sum(entry.path not in but for volume in volumes for entry in volume.entries())
    return _run(worker, order, tasks_of(volumes, seen, but), count, settings)


def run_alone(
    worker: Callable[[Order], Worker[Task, R]], entries: Sequence[Entry], to: str, seen: Survey, settings: Settings
) -> Iterator[R]:
    """Yield what workers make of each of some articles, before there are volumes."""
    order = Order(to, Links(), "und", settings.options, settings.base_url, settings.source_format)
    tasks = (Task(seen.refs[entry.path], entry) for entry in entries)
    return _run(worker, order, tasks, len(entries), settings)


def _run(
    worker: Callable[[Order], Worker[Task, R]], order: Order, tasks: Iterator[Task], count: int, settings: Settings
) -> Iterator[R]:
    workers = settings.workers or (1 if count <= SERIAL else available())
    for results in runner.run(partial(worker, order), chunks(tasks, CHUNK), workers=workers):
        yield from results


def tasks_of(volumes: Sequence[Volume], seen: Survey, but: Container[str] = ()) -> Iterator[Task]:
    """Yield the task of each article of the volumes, `but` for some, by their paths."""
    for volume in volumes:
        alone = sum(1 for _ in volume.entries()) == 1
        for section in volume.sections:
            for entry in section.entries:
                if entry.path not in but:
                    yield Task(seen.refs[entry.path], entry, "" if alone else section.title)


def digest_of(volume: Volume) -> str:
    """Return the SHA-256 of a volume's sources: of a line each, their hash and path, as `sha256sum` writes them."""
    digest = hashlib.sha256()
    for entry in volume.entries():
        digest.update(f"{entry.digest.hex()}  {entry.path}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
