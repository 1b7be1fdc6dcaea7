"""Upper bounds on the size of a volume's file before it is made, for `--split size=`."""

from collections.abc import Container

from msgspec.structs import replace

from convert.building import render
from convert.building.render import RenderContext
from convert.building.survey import Survey
from convert.building.tasks import context_of, run, tasks_of
from convert.bundle.links import Links
from convert.bundle.volumes import Plan
from convert.cache.identity import identity_of
from convert.cache.measured import Measured, Sizes, key_of
from convert.model import Entry, Volume
from convert.settings import Settings
from convert.sources.mirror import location_of
from convert.writers import WRITERS
from convert.writers.book.size_bound import Length, UpperBound
from convert.writers.part import RenderedArticle, Tally
from convert.writers.script import plan_in, volume_in


class VolumeSizes:
    """Upper bounds on the sizes of volumes made of a plan's articles.

    The pages about the book are written as they will be; an article's page counts as its `UpperBound`.
    """

    def __init__(self, plan: Plan, seen: Survey, to: str, settings: Settings) -> None:
        self._writer, self._options = WRITERS[to], settings.options
        plan = plan_in(plan, settings.options.script)
        context = context_of(seen, plan, to, settings)
        cache = "" if settings.store else settings.cache  # the store may have other pictures in the next run
        self._cache = Sizes(cache, to, identity_of(to, context.language, context.options, context.how.key))
        bound = UpperBound(plan.volumes, context.links, settings.gathering.title)
        measured = self._measure(plan, seen, replace(context, links=Links()), settings)
        self._pages = {
            path: replace(page, size=bound.of(page), articles=(), pages=()) for path, page in measured.items()
        }

    def _measure(self, plan: Plan, seen: Survey, context: RenderContext, settings: Settings) -> dict[str, Measured]:
        """Return the size of each article's page by its path, from the cache if possible."""
        pages: dict[str, Measured] = {}
        new: dict[str, bytes] = {}
        for task in tasks_of(plan.volumes, seen):
            path = task.entry.path
            key = key_of(task.entry, task.ref.path, (settings.base_url, *location_of(task.ref)), task.section)
            if cached := self._cache.of(path, key):
                pages[path] = cached
            else:
                new[path] = key
        outcomes = run(render.MeasureWorker, plan.volumes, context, seen, settings, frozenset(pages))
        for (path, key), page in zip(new.items(), outcomes, strict=True):
            pages[path] = page
            self._cache.save(path, key, page)
        return pages

    def write(self, there: Container[str]) -> None:
        """Write the cache, without articles whose paths are not `there` any more."""
        self._cache.write(there)

    def part(self, entry: Entry) -> int:
        """Return an upper bound on the bytes of an article's page."""
        return self._pages[entry.path].size

    def of(self, volume: Volume) -> int:
        """Return an upper bound on the bytes of a volume's file."""
        parts: list[tuple[int, str, tuple[str, ...], str, int]] = []
        volume = volume_in(volume, self._options.script)
        tally = Tally(volume)
        tally.script = self._options.script
        for entry in volume.entries():
            page = self._pages[entry.path]
            tally.removed.update(page.removed)
            tally.left_out += page.left_out
            parts.append((page.size, page.publisher, page.authors, page.summary, page.minutes))

        def measure() -> int:
            bind, length = self._writer.bind, Length()
            assert bind
            pages = (
                RenderedArticle(bytes(size), 0, 0, publisher, authors, summary=summary, minutes=minutes)
                for size, publisher, authors, summary, minutes in parts
            )
            bind(volume, pages, length, self._options, tally, 1)
            return length.tell()

        return self._cache.of_volume((volume, parts, tally.left_out, sorted(tally.removed.items())), measure)
