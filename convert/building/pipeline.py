"""The program on one page: sources → readers → rules → bundle → writers → store.

Two passes go over an archive.  `survey` reads every document and records what others must know of it; `convert` then
streams article by article through workers, each of which does all the work from bytes to a part of the output.
"""

from collections.abc import Iterator, Mapping

from convert.building import render
from convert.building.destination import Output
from convert.building.fitting import Fitting, check_fit
from convert.building.folder import Folder
from convert.building.paths import paths_of
from convert.building.plan import gap, left_out, planned, undrawn
from convert.building.render import Outcome, RenderContext
from convert.building.shown import PicturesOfOutput
from convert.building.survey import Survey
from convert.building.tasks import context_of, run
from convert.building.update import IncrementalBuild
from convert.bundle.volumes import Plan
from convert.errors import ConvertError
from convert.model import Entry, Finding, Volume
from convert.pictures.fit import Fitted
from convert.pictures.profiles import Treatment
from convert.report.base import Summary, as_record, dump
from convert.runner.base import available
from convert.settings import Settings, Step, Tell
from convert.store.errors import failing
from convert.writers import WRITERS
from convert.writers.assets import INDEX, INDEXED, Assets
from convert.writers.part import RenderedArticle, Tally


def convert(
    seen: Survey,
    to: str,
    out: Output,
    settings: Settings,
    tell: Tell,
    step: Step = lambda _: None,
    plan: Plan | None = None,
) -> Summary:
    """Write every selected article of a survey, cleaned, in one format, and return the counts.

    `plan` is that of `planned`, if it has been made already.

    Findings are reported document by document, except those about outputs that an update skips.

    Raises:
        StoreError: an output cannot be written; no partial output is left.
        UsageError: no article is selected, `--split size=` does not work with the format, an output would replace a
            source or become one, or the file at the manifest's path is no manifest.
        ConvertError: one article alone, or the text of a volume, is larger than a volume may be.
    """
    plan = plan or planned(seen, to, settings)
    context = context_of(seen, plan, to, settings)
    check_fit(to, settings, context)
    conversion = _Conversion(seen, plan, context, out, settings, tell, step)
    try:
        conversion.skip_unchanged()
        conversion.reserve()
        conversion.report_survey()
        conversion.start()
        for volume in plan.volumes:
            if WRITERS[to].lay:
                conversion.write_folder(volume)
            elif WRITERS[to].bind is None:
                conversion.write_files(volume)
                conversion.write_contents(volume)
            else:
                conversion.write_book(volume)
        conversion.finish()
    finally:
        conversion.close()
    return seen.summary


class _Conversion:
    """State that the writing of all volumes of a conversion shares."""

    def __init__(
        self, seen: Survey, plan: Plan, context: RenderContext, out: Output, settings: Settings, tell: Tell, step: Step
    ) -> None:
        self.seen, self.plan, self.context, self.out, self.settings = seen, plan, context, out, settings
        self.tell, self.step = tell, step
        self.summary = seen.summary
        self.writer = WRITERS[context.to]
        self.assets = Assets(context.options.assets) if context.options.assets else None
        self.build: IncrementalBuild | None = None
        self.catalog = None
        if settings.catalog:
            from convert.building.catalog import Catalog  # few builds have one

            self.catalog = Catalog(seen, plan, context, settings, out)
        self.outcomes: Iterator[Outcome] = iter(())
        self.plans: dict[str, Fitted] = {}
        """Plans by which pictures are reduced, by the names of volumes."""

    def report(self, finding: Finding) -> None:
        """Count a finding and report it."""
        self.summary.count(finding)
        self.tell(finding)

    def reserve(self) -> None:
        """Check that no output replaces a source, before any is written."""
        split = bool(self.settings.gathering.split)
        paths = paths_of(self.plan, self.context, split, self.out, self.build.files if self.build else None)
        kept = self.build.outputs if self.build else ()
        self.out.reserve(paths, listed=bool(self.settings.manifest), kept=kept)
        if self.catalog:
            self.catalog.check()

    def report_survey(self) -> None:
        """Report the findings of the survey, and the copies that are left out."""
        for finding in self.seen.findings:
            self.summary.left_out += finding.level == "error"
            self.report(finding)
        for finding in left_out(self.seen, self.plan):
            self.report(finding)

    def skip_unchanged(self) -> None:
        """Compare with the manifest of the last build, if one is to be written, and count the unchanged outputs."""
        if not self.settings.manifest:
            return
        summary = self.summary
        beside = self.catalog.paths() if self.catalog else ()
        build = self.build = IncrementalBuild(self.seen, self.plan, self.context, self.settings, self.out, beside)
        summary.articles += len(build.unchanged) - build.left_out
        summary.left_out += build.left_out
        summary.unfixed["error"] += build.left_out  # reported when the outputs were made, but still counted
        summary.unchanged, summary.damage = len(build.outputs), build.damage
        self.step(len(build.unchanged))

    def start(self) -> None:
        """Start the workers on the articles whose outputs are to be made."""
        unchanged = self.build.unchanged if self.build else ()
        treatments: dict[str, Mapping[str, Treatment | None]] = {}
        if self.settings.options.fit:
            changed = [each for each in self.plan.volumes if next(each.entries()).path not in unchanged]
            fitting = Fitting(self.context, self.seen, self.settings)
            self.plans = fitting.plans(changed)
            treatments = fitting.treatments
        self.outcomes = run(
            render.RenderWorker, self.plan.volumes, self.context, self.seen, self.settings, unchanged, treatments
        )

    def rendered(self, volume: Volume, tally: Tally) -> Iterator[tuple[Entry, RenderedArticle, Outcome]]:
        """Report on each article of a volume that is not skipped, and yield its part or its placeholder, if any."""
        for entry in volume.entries():
            if self.build and entry.path in self.build.unchanged:
                continue
            outcome = next(self.outcomes)
            for finding in outcome.findings:
                self.report(finding)
                if finding.removed:
                    tally.removed[finding.code] += 1
            for kind, number in outcome.counted.items():
                self.summary.count_kind(kind, number)
                if kind.removed:
                    tally.removed[kind.code] += number
            self.summary.left_out += outcome.left_out
            self.summary.articles += not outcome.left_out
            if outcome.left_out:
                tally.left_out += 1
                tally.omitted.append(entry.path)
            self.summary.count_pictures(each.is_missing for each in outcome.pictures.values())
            self.step(1)
            if outcome.part is not None:
                self._write_pictures(entry, outcome.part)
                yield entry, outcome.part, outcome

    def _write_pictures(self, entry: Entry, part: RenderedArticle) -> None:
        """Write the pictures of an article beside the output, if the user wants them there."""
        for name, picture in self.assets.add(entry.path, part) if self.assets else ():
            with failing(picture.path), open(picture.path, "rb") as file:
                data = file.read()
            self.out.put(name, data, "picture")

    def _list_pictures(self, assets: Assets) -> None:
        """Write the index of the pictures beside articles in JSON, and record all files in the manifest."""
        if self.build:
            self.build.keep_pictures(assets)
        index = ""
        if self.context.to in INDEXED:
            index = f"{assets.folder}/{INDEX}"
            self.out.put(index, assets.index(), "index of pictures")
        if self.build:
            self.build.add_pictures(assets.shown, index)

    def write_files(self, volume: Volume) -> None:
        """Write the articles of a volume, each to a file of its own."""
        files = self.context.files
        assert files
        for entry, part, outcome in self.rendered(volume, Tally()):
            self.out.write(files.inside(volume.name, files.name(entry.path)), part.data, entry.path)
            if self.build:
                pictures = PicturesOfOutput()
                pictures.add(entry.path, outcome.pictures, outcome.beside)
                self.build.add_article(volume, entry, part.data, outcome.followed, pictures, whole=not outcome.left_out)

    def write_folder(self, volume: Volume) -> None:
        """Write the pages of a volume that refer to each other, and those that list them."""
        folder = Folder(
            volume,
            self.context,
            self.out,
            self.build,
            listed=bool(self.settings.manifest),
            workers=self.settings.workers or available(),
        )
        folder.write(self.rendered(volume, folder.tally))

    def write_contents(self, volume: Volume) -> None:
        """Write the file that lists the articles of a volume, if the format has one, unless it is unchanged."""
        files = self.context.files
        if not (files and files.contents and self.writer.contents):
            return
        data, path = self.writer.contents(volume, files), files.inside(volume.name, files.contents)
        if not (self.build and self.build.holds(path, data)):
            self.out.write(path, data, "")
        if self.build:
            self.build.add_contents(volume, path, data)

    def write_book(self, volume: Volume) -> None:
        """Write a volume to one file, unless it is unchanged."""
        if self.build and self.build.is_unchanged(volume):
            return
        assert self.writer.bind
        tally, pictures = Tally(volume), PicturesOfOutput()
        tally.script = self.settings.options.script
        tally.fitted = pictures.plan = self.plans.get(volume.name)
        with self.out.open(volume.name if self.settings.gathering.split else "") as stream:
            workers = self.settings.workers or available()
            self.writer.bind(
                volume, self._parts(volume, tally, pictures), stream, self.settings.options, tally, workers
            )
            self._report_binding(tally)
            self._check_size(volume, stream.tell())
        if self.build:
            self.build.add_volume(volume, tally, pictures)

    def _parts(self, volume: Volume, tally: Tally, pictures: PicturesOfOutput) -> Iterator[RenderedArticle]:
        for entry, part, outcome in self.rendered(volume, tally):
            tally.followed.update(outcome.followed)
            pictures.add(entry.path, outcome.pictures, outcome.beside)
            yield part

    def _report_binding(self, tally: Tally) -> None:
        """Report problems found when the parts of a book were bound."""
        self.summary.notes.update(tally.notes)
        for entry, missing in tally.gaps:
            self.report(gap(self.seen, entry, missing))
        for entry, reason in tally.undrawn:
            self.summary.articles -= 1
            self.report(undrawn(self.seen, entry, reason))

    def _check_size(self, volume: Volume, size: int) -> None:
        if 0 < self.settings.options.fit < size:
            raise ConvertError("no plan was found by which {volume} keeps to --fit; allow more", volume=volume.title)
        if 0 < (limit := self.settings.gathering.split.size) < size:
            raise ConvertError(
                "{volume} takes {size:,} bytes where --split allows {limit:,}; allow more",
                volume=volume.name,
                size=size,
                limit=limit,
            )

    def finish(self) -> None:
        """Write what is known only after all articles: index of pictures, catalogue and manifest, if requested."""
        if self.assets:
            self._list_pictures(self.assets)
        if self.catalog and self.build:
            self.catalog.write(self.build)
        if self.build:
            self.summary.foreign = len(self.build.finish())
            self.summary.changes = self.build.changes

    def close(self) -> None:
        """Close what the next run needs if this one is interrupted."""
        if self.build:
            self.build.close()


def ledger_line(finding: Finding) -> bytes:
    """Return a finding as one line of the ledger (JSON Lines)."""
    return dump(as_record(finding)).encode() + b"\n"
