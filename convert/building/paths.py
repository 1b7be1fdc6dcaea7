"""Paths of outputs, as a manifest has them."""

from collections.abc import Iterator, Mapping

from convert.building.destination import Output
from convert.building.render import RenderContext
from convert.bundle.volumes import Plan
from convert.writers import WRITERS


def files_of(plan: Plan, context: RenderContext, split: bool, out: Output) -> dict[str, str]:
    """Return the path in the manifest of each article's output, by the article's path."""
    files = context.files
    return {
        entry.path: out.article(files.inside(volume.name, files.name(entry.path)))
        if files
        else out.file(volume.name if split else "")
        for volume in plan.volumes
        for entry in volume.entries()
    }


def paths_of(
    plan: Plan, context: RenderContext, split: bool, out: Output, outputs: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Yield the path in the manifest of each output of a plan; `outputs` is that of `files_of`, if known."""
    files = context.files
    yield from dict.fromkeys((outputs or files_of(plan, context, split, out)).values())
    if files and files.contents and WRITERS[context.to].contents:
        yield from (files.inside(volume.name, files.contents) for volume in plan.volumes)
    if WRITERS[context.to].lay:
        from convert.writers.site.names import lists_of  # one format has such lists

        yield from (name for volume in plan.volumes for name in lists_of(volume))
