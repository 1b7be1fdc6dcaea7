"""The program on one page: sources → readers → rules → bundle → writers → store.

Two passes go over an archive.  `survey` looks at every document and keeps what others must know of it; `convert` then
streams article by article through the workers, each of which does the whole way from bytes to its part of the output.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol

from convert import runner
from convert.building import render
from convert.building.plan import gap, left_out, planned, undrawn
from convert.building.survey import Survey
from convert.building.tasks import digest_of, order_of, run
from convert.building.update import Build
from convert.errors import ConvertError
from convert.model import Entry, Finding, Volume
from convert.report.base import Summary, as_record, dump
from convert.settings import Settings, Step, Tell
from convert.writers import WRITERS
from convert.writers.part import Part, Tally


class Output(Protocol):
    """Where the result goes."""

    def write(self, name: str, data: bytes, source: str) -> None:
        """One whole file; `source` is the document that it comes from."""
        ...

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """The file of a book, there when the block ends well; `name` is what it is called among several."""
        ...

    def file(self, name: str) -> str:
        """What a manifest beside the result calls the file that is opened by this name."""
        ...


def convert(seen: Survey, to: str, out: Output, settings: Settings, tell: Tell, step: Step = lambda _: None) -> Summary:
    """Every article of a survey that was chosen, cleaned, in one format.  Findings are told as they come, document by
    document; of what is left alone because it would come out as it is, none are told.

    Raises:
        StoreError: an output that cannot be written; nothing half-written is left.
        UsageError: no article was chosen, sizes are to be limited in a format that cannot tell them, or what stands in
            the manifest's place is no manifest.
        ConvertError: one article alone is larger than a volume may be.
    """
    writer = WRITERS[to]
    plan = planned(seen, to, settings)
    order = order_of(seen, plan, to, settings)
    summary = seen.summary
    several = bool(settings.gathering.split)
    workers = settings.workers or runner.available()
    names = order.files

    def report(each: Finding) -> None:
        summary.count(each)
        tell(each)

    for each in seen.findings:
        summary.left_out += each.level == "error"
        report(each)
    for each in left_out(seen, plan):
        report(each)

    def made(volume: Volume, tally: Tally) -> Iterator[tuple[Entry, Part, bool]]:
        for entry in volume.entries():
            if build and entry.path in build.kept:
                continue
            outcome = next(outcomes)
            wrong = False
            for each in outcome.findings:
                report(each)
                if each.removed:
                    tally.removed[each.code] += 1
                wrong = wrong or render.unmended(each)
            summary.left_out += wrong
            summary.articles += not wrong
            tally.left_out += wrong
            tally.followed.update(outcome.followed)
            step(1)
            if outcome.part is not None:
                yield entry, outcome.part, not wrong

    build = None
    if settings.manifest:
        files: dict[str, str] = {}
        for volume in plan.volumes:
            for entry in volume.entries():
                files[entry.path] = (
                    names.inside(volume.name, names.name(entry.path))
                    if names
                    else out.file(volume.name if several else "")
                )
        build = Build(seen, plan, order, settings, files)
        summary.articles += len(build.kept) - build.left_out
        summary.left_out += build.left_out
        summary.unmended["error"] += build.left_out  # they were told when the outputs were made, and still count
        summary.kept, summary.damage = len(build.outputs), build.damage
        step(len(build.kept))
    outcomes = run(render.render, plan.volumes, order, seen, settings, build.kept if build else ())
    for volume in plan.volumes:
        tally = Tally()
        if writer.bind is None:
            assert names
            for entry, part, whole in made(volume, tally):
                out.write(names.inside(volume.name, names.name(entry.path)), part.data, entry.path)
                if build:
                    build.add_article(volume, entry, part.data, tally.followed, whole=whole)
                tally.followed.clear()
            if writer.contents and names.contents:
                data, path = writer.contents(volume, names), names.inside(volume.name, names.contents)
                if not (build and build.holds(path, data)):
                    out.write(path, data, "")
                if build:
                    build.add_contents(volume, path, data)
        elif not (build and build.keeps(volume)):
            tally.sha256 = digest_of(volume)
            with out.open(volume.name if several else "") as stream:
                parts = (part for _, part, _ in made(volume, tally))
                writer.bind(volume, parts, stream, settings.options, tally, workers)
                summary.notes.update(tally.notes)
                for entry, found in tally.gaps:
                    report(gap(seen, entry, found))
                for entry, reason in tally.undrawn:
                    summary.articles -= 1
                    report(undrawn(seen, entry, reason))
                if 0 < (limit := settings.gathering.split.size) < (size := stream.tell()):
                    raise ConvertError(
                        "{volume} takes {size:,} bytes where --split allows {limit:,}; allow more",
                        volume=volume.name,
                        size=size,
                        limit=limit,
                    )
            if build:
                build.add_volume(volume, tally)
    if build:
        build.finish()
    return summary


def ledger_line(each: Finding) -> bytes:
    """A finding as one line of the ledger (JSON Lines)."""
    return dump(as_record(each)).encode() + b"\n"
