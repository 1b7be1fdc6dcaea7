"""Distribution of the work on a plan's articles over processes, and the context that all tasks share."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TypeVar

from msgspec.structs import replace

from convert import runner
from convert.building.render import RenderContext, Task
from convert.building.survey import Survey
from convert.bundle.links import Links
from convert.bundle.volumes import Plan
from convert.codec.row import unique
from convert.model import Entry, Volume
from convert.pictures.gallery import Profile
from convert.pictures.making import made_folder
from convert.pictures.profiles import LINK, Treatment, treatment_of
from convert.runner.base import CHUNK, SERIAL, Worker, available, chunks
from convert.settings import Settings
from convert.writers import WRITERS
from convert.writers.files import Files, files

R = TypeVar("R")


Treatments = Mapping[str, Mapping[str, Treatment | None]]
"""Treatments of pictures that differ from the profile's, by the path of an article and the picture's SHA-256."""


def context_of(seen: Survey, plan: Plan, to: str, settings: Settings) -> RenderContext:
    """Return the data that the rendering of all documents of an output shares."""
    writer, chosen = WRITERS[to], settings.gathering
    several = bool(chosen.split or chosen.additions)
    links = Links(*plan.volumes, copies=plan.copies)
    names = None
    if writer.bind is None:
        if writer.lay:
            names = Files(writer.suffix, several, slugs=True)
        else:
            names = files(plan.volumes, writer.suffix, several=several, contents=writer.contents is not None)
    language = plan.volumes[0].language
    return RenderContext(
        to,
        links,
        language,
        settings.options,
        settings.base_url,
        settings.how,
        names,
        seen.index.channels,
        profile_of(settings),
        settings.told,
    )


def profile_of(settings: Settings) -> Profile | None:
    """Return the store and treatment of pictures, None if the output shows none."""
    treatment = treatment_of(settings.options.images or LINK) if settings.store else None
    return None if treatment is None else Profile(settings.store, treatment, made_folder(settings.store))


def run(
    worker: Callable[[RenderContext], Worker[Task, R]],
    volumes: Sequence[Volume],
    context: RenderContext,
    seen: Survey,
    settings: Settings,
    skip: Container[str] = (),
    treatments: Treatments = MappingProxyType({}),
) -> Iterator[R]:
    """Yield the results of workers for the articles of the volumes, in order, without the paths in `skip`."""
    count = sum(entry.path not in skip for volume in volumes for entry in volume.entries())
    return _run(worker, context, tasks_of(volumes, seen, skip, treatments), count, settings)


def run_alone(
    worker: Callable[[RenderContext], Worker[Task, R]],
    entries: Sequence[Entry],
    to: str,
    seen: Survey,
    settings: Settings,
) -> Iterator[R]:
    """Yield the results of workers for some articles that have no volumes yet."""
    context = RenderContext(to, Links(), "und", settings.options, settings.base_url, settings.how)
    context = replace(context, pictures=profile_of(settings))
    tasks = (Task(seen.refs[entry.path], entry) for entry in entries)
    return _run(worker, context, tasks, len(entries), settings)


def _run(
    worker: Callable[[RenderContext], Worker[Task, R]],
    context: RenderContext,
    tasks: Iterator[Task],
    count: int,
    settings: Settings,
) -> Iterator[R]:
    workers = settings.workers or (1 if count <= SERIAL else available())
    for results in runner.run(partial(worker, context), chunks(tasks, CHUNK), workers=workers):
        yield from results


def tasks_of(
    volumes: Sequence[Volume],
    seen: Survey,
    skip: Container[str] = (),
    treatments: Treatments = MappingProxyType({}),
    taken: Iterable[str] = (),
) -> Iterator[Task]:
    """Yield the task of each article of the volumes, without the paths in `skip`.

    Rows get no identifier that articles elsewhere have `taken`.
    """
    elsewhere = frozenset(taken)
    for volume in volumes:
        alone, used = sum(1 for _ in volume.entries()) == 1, set(elsewhere)
        for section in volume.sections:
            for entry in section.entries:
                name = unique(entry.id, entry.path, used)
                if entry.path not in skip:
                    yield Task(
                        seen.refs[entry.path],
                        entry,
                        "" if alone else section.title,
                        name,
                        treatments.get(entry.path, {}),
                    )
