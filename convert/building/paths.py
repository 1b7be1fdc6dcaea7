"""Paths of outputs, as a manifest has them."""

from collections.abc import Callable, Iterator

from convert.building.render import RenderContext
from convert.bundle.volumes import Plan
from convert.writers import WRITERS


def files_of(plan: Plan, context: RenderContext, split: bool, file: Callable[[str], str]) -> dict[str, str]:
    """Return the path in the manifest of each article's output, by the article's path; `file` returns a book's."""
    files = context.files
    return {
        entry.path: files.inside(volume.name, files.name(entry.path)) if files else file(volume.name if split else "")
        for volume in plan.volumes
        for entry in volume.entries()
    }


def paths_of(plan: Plan, context: RenderContext, split: bool, file: Callable[[str], str]) -> Iterator[str]:
    """Yield the path in the manifest of each output of a plan."""
    files = context.files
    yield from dict.fromkeys(files_of(plan, context, split, file).values())
    if files and files.contents and WRITERS[context.to].contents:
        yield from (files.inside(volume.name, files.contents) for volume in plan.volumes)
