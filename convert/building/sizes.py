"""How large the file of a volume can become, before it is made: what `--split size=` divides by."""

from collections.abc import Container

from msgspec.structs import replace

from convert.building import render
from convert.building.render import Order
from convert.building.survey import Survey
from convert.building.tasks import digest_of, order_of, run, tasks_of
from convert.bundle.links import Links
from convert.bundle.volumes import Plan
from convert.cache.identity import identity_of
from convert.cache.measured import Measured, Sizes, key_of
from convert.model import Entry, Volume
from convert.settings import Settings
from convert.sources.naming import base_of
from convert.writers import WRITERS
from convert.writers.book.size_bound import Length, UpperBound
from convert.writers.part import RenderedArticle, Tally


class VolumeSizes:
    """The greatest size that the file of any volume of a plan's articles can have.

    The book's own pages are made as they will be; an article's page counts as much as `UpperBound` says.
    """

    def __init__(self, plan: Plan, seen: Survey, to: str, settings: Settings) -> None:
        self._writer, self._options = WRITERS[to], settings.options
        order = order_of(seen, plan, to, settings)
        self._cache = Sizes(settings.cache, to, identity_of(to, order.language, order.options, order.source_format))
        bound = UpperBound(plan.volumes, order.links, settings.gathering.title)
        measured = self._measure(plan, seen, replace(order, links=Links()), settings)
        self._pages = {
            path: replace(page, size=bound.of(page), articles=(), pages=()) for path, page in measured.items()
        }

    def _measure(self, plan: Plan, seen: Survey, order: Order, settings: Settings) -> dict[str, Measured]:
        """Return how much each article takes, by its path; what the cache has is not measured again."""
        pages: dict[str, Measured] = {}
        new: dict[str, bytes] = {}
        for task in tasks_of(plan.volumes, seen):
            path = task.entry.path
            key = key_of(task.entry, task.ref.path, base_of(task.ref, settings.base_url), task.section)
            if cached := self._cache.of(path, key):
                pages[path] = cached
            else:
                new[path] = key
        outcomes = run(render.MeasureWorker, plan.volumes, order, seen, settings, frozenset(pages))
        for (path, key), page in zip(new.items(), outcomes, strict=True):
            pages[path] = page
            self._cache.keep(path, key, page)
        return pages

    def write(self, there: Container[str]) -> None:
        """Write the cache, without the articles that are not `there` any more, by their paths."""
        self._cache.write(there)

    def part(self, entry: Entry) -> int:
        """Return the most bytes that an article's page takes."""
        return self._pages[entry.path].size

    def of(self, volume: Volume) -> int:
        """Return the most bytes that a volume takes."""
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
            pages = (RenderedArticle(bytes(size), 0, 0, publisher, authors) for size, publisher, authors in parts)
            bind(volume, pages, length, self._options, tally, 1)
            return length.tell()

        return self._cache.of_volume((volume, parts, tally.left_out, sorted(tally.removed.items())), measure)
