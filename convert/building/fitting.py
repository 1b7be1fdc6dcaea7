"""Volumes whose pictures are reduced until each file keeps to `--fit`.

A plan is tried as the output will have it: every page is rendered with it, and the file is bound of pages of the same
lengths.  So what a plan promises is what the file takes, to the byte.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from convert.building import render
from convert.building.render import Outcome, RenderContext, Task
from convert.building.shown import Shown
from convert.building.survey import Survey
from convert.building.tasks import Treatments, run
from convert.errors import ConvertError, UsageError
from convert.messages import Message
from convert.model import Volume
from convert.pictures.fit import Candidate, Fit, Fitted
from convert.pictures.profiles import Treatment
from convert.pictures.trials import Trials
from convert.runner.base import available
from convert.settings import Settings
from convert.writers import WRITERS
from convert.writers.book.size_bound import Length
from convert.writers.part import RenderedArticle, Tally

ROUNDS = 6
"""Most plans that are tried; pages without a picture are a little shorter or longer, which the next plan knows."""
SLACK = 100
"""Part of the limit that a file may stay below it if a plan was needed."""


class Page(Struct, frozen=True):
    """Page of an article as a plan makes it, without its text."""

    part: RenderedArticle
    length: int
    """Bytes of its text in the output."""
    pictures: Mapping[str, Shown]
    removed: Mapping[str, int]
    """Number of removals, by the code of the rule."""
    left_out: bool


class FitWorker(render.RenderWorker):
    """Worker that renders documents for a trial."""

    def __call__(self, task: Task) -> Page:  # type: ignore[override]
        """Return the page of a document."""
        return _page(super().__call__(task))

    def lost(self, task: Task, why: Message) -> Page:  # type: ignore[override]
        """Return the page of a document that was given up."""
        return _page(super().lost(task, why))


def _page(outcome: Outcome) -> Page:
    part = outcome.part or RenderedArticle(b"")
    return Page(replace(part, data=b""), len(part.data), outcome.pictures, dict(outcome.removed), outcome.left_out)


def check_fit(to: str, settings: Settings, context: RenderContext) -> None:
    """Check that a build can keep to `--fit`, if it is asked to.

    Raises:
        UsageError: the format is written in many files or by an engine, or there are no pictures to reduce.
    """
    if not settings.options.fit:
        return
    if WRITERS[to].bind is None or not WRITERS[to].grows:
        raise UsageError("the size of {format} is known only when it is drawn; use --fit for EPUB or HTML", format=to)
    if settings.assets:
        raise UsageError("--fit counts what is inside a book; leave out --assets")
    if context.pictures is None:
        raise UsageError("--fit reduces the pictures of a store; name one with --store, and a profile that shows them")


class Fitting:
    """Search for plans of the volumes of a build."""

    def __init__(self, context: RenderContext, seen: Survey, settings: Settings) -> None:
        self._context, self._seen, self._settings = context, seen, settings
        self._limit = settings.options.fit
        self._writer = WRITERS[context.to]
        self.treatments: dict[str, Mapping[str, Treatment | None]] = {}
        """Treatments by the plans, by the paths of articles."""

    def plans(self, volumes: Sequence[Volume]) -> dict[str, Fitted]:
        """Return the plan of each volume that needs one, by its name.

        Raises:
            ConvertError: the text of a volume alone is larger than the limit.
        """
        assert self._context.pictures
        plans = {}
        with Trials(self._context.pictures, self._settings.workers or available()) as trials:
            for volume in volumes:
                if plan := self._plan(volume, trials):
                    plans[volume.name] = plan
        return plans

    def _plan(self, volume: Volume, trials: Trials) -> Fitted | None:
        pages = self._pages(volume, {})
        if (size := self._size(volume, pages, None)) <= self._limit:
            return None
        candidates = self._candidates(pages)
        assert self._context.pictures
        fit = Fit(candidates, self._context.pictures.treatment, lambda wanted: self._costs(trials.measure(wanted)))
        rest = size - sum(each.size for each in candidates)
        plan: Fitted | None = None
        best: Fitted | None = None
        most = 0
        for _ in range(ROUNDS):
            before, plan = plan, replace(fit.plan(self._limit - rest, self._limit // SLACK // 2), limit=self._limit)
            if plan == before:
                break
            size = self._size(volume, self._pages(volume, by_article(pages, plan, volume)), plan)
            if most < size <= self._limit:
                best, most = plan, size
            if size <= self._limit < size + self._limit // SLACK:
                break
            if size > self._limit and plan.left_out == len(candidates):
                raise ConvertError(
                    "the text of {volume} alone takes {size:,} bytes, {more:,} more than --fit allows; allow more, or "
                    "divide it with --split",
                    volume=volume.title,
                    size=size,
                    more=size - self._limit,
                )
            rest = size - fit.cost(plan)
        if best is not None:
            self.treatments |= by_article(pages, best, volume)
        else:
            raise ConvertError("no plan was found by which {volume} keeps to --fit; allow more", volume=volume.title)
        return best

    def _pages(self, volume: Volume, treatments: Treatments) -> list[Page]:
        return list(run(FitWorker, [volume], self._context, self._seen, self._settings, treatments=treatments))

    def _size(self, volume: Volume, pages: Sequence[Page], plan: Fitted | None) -> int:
        """Return the bytes of a volume's file with these pages."""
        tally, length = Tally(volume), Length()
        tally.script = self._settings.options.script
        tally.fitted = plan
        for page in pages:
            tally.removed.update(page.removed)
            tally.left_out += page.left_out
        assert self._writer.bind
        parts = (replace(page.part, data=bytes(page.length)) for page in pages)
        self._writer.bind(volume, parts, length, self._settings.options, tally, 1)
        return length.tell()

    def _candidates(self, pages: Sequence[Page]) -> list[Candidate]:
        """Return each picture once, in reading order."""
        found: dict[str, Candidate] = {}
        for page in pages:
            ready = {each.name.partition(".")[0]: each for each in page.part.pictures}
            for shown in page.pictures.values():
                if each := ready.get(shown.sha256):
                    leads = each.name == page.part.lead or (shown.source in found and found[shown.source].leads)
                    size = self._costs([each.size])[0]
                    found[shown.source] = Candidate(shown.source, each.width, each.height, leads, size)
        return list(found.values())

    def _costs(self, sizes: Sequence[int]) -> list[int]:
        """Return the bytes that pictures take in the output: as files, or in base64 inside the pages."""
        return list(sizes) if self._writer.packed else [-(-size // 3) * 4 for size in sizes]


def by_article(pages: Sequence[Page], plan: Fitted, volume: Volume) -> Treatments:
    """Return the treatments that each article of a volume needs, by its path."""
    return {
        entry.path: {
            shown.source: plan.treatments[shown.source]
            for shown in page.pictures.values()
            if shown.source in plan.treatments
        }
        for entry, page in zip(volume.entries(), pages, strict=True)
    }
