"""Survey → plan: the articles of each volume, and findings about them."""

import os
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from convert.building import render
from convert.building.sizes import VolumeSizes
from convert.building.survey import Survey
from convert.building.tasks import run_alone
from convert.bundle.additions import Additions
from convert.bundle.deduplicate import Version, differing
from convert.bundle.volumes import Gathering, Plan, TooLargeError, choose, gather
from convert.cache.versions import Dated, VersionCache
from convert.errors import ConvertError, UsageError
from convert.messages import Message, message
from convert.model import Entry, Finding, Place
from convert.printing.engines import require
from convert.printing.fonts.glyphs import Gap, gap_message
from convert.rules import RULES
from convert.rules.engine import finding
from convert.settings import Settings
from convert.sources.naming import display_path
from convert.text import printable
from convert.writers import WRITERS, engine_of
from convert.writers.script import plan_in

_SHOWN = 20
"""Most articles that are no longer there and are named."""


class NothingNewError(ConvertError):
    """Error for articles that are all in earlier builds, and messages about those builds."""

    exit_code = 0

    def __init__(self, manifests: Sequence[str], since: Sequence[Message]) -> None:
        super().__init__(
            message(
                "nothing is new or changed since {manifests}; nothing was written",
                manifests=", ".join(map(repr, map(printable, manifests))),
            )
        )
        self.since = [self.message, *since]


def planned(seen: Survey, to: str, settings: Settings) -> Plan:
    """Return the volumes of a survey.

    Raises:
        UsageError: no article is selected, or `--split size=` does not work with the format.
        MissingExtraError: the engine that draws a volume is not installed.
        NothingNewError: the build would be an addition to earlier ones, and they have all of its articles.
        ConvertError: one article alone is larger than a volume may be.
    """
    writer, chosen = WRITERS[to], settings.gathering
    if chosen.once is None:
        chosen = replace(chosen, once=writer.once)
    there = seen.index.entries
    if chosen.selection.credits:
        _select_credited(seen, to, settings)
    if chosen.additions and chosen.additions.omitted:
        chosen = replace(chosen, additions=_with_readable(seen, chosen.additions, to, settings))
    versions = _versions(seen, chosen, to, settings) if chosen.once else {}
    if not (size := chosen.split.size):
        plan = gather(seen.index, chosen, versions)
    elif writer.bind is None or not writer.grows:
        raise UsageError(
            "volumes of {format} cannot be limited by size; name another way to split, such as count=500", format=to
        )
    else:
        plan = gather(seen.index, replace(chosen, split=replace(chosen.split, size=0)), versions)
        if plan.volumes:
            sizes = VolumeSizes(plan, seen, to, settings)
            try:
                plan = gather(seen.index, chosen, versions, sizes)
            except TooLargeError as error:
                raise ConvertError(
                    "--split size={limit} is too little for {path}, which takes {size:,} bytes with its book; "
                    "allow more",
                    limit=size,
                    path=display_path(seen.refs[error.entry.path]),
                    size=error.size,
                ) from None
            finally:
                sizes.write(seen.refs)
    if chosen.additions:
        if not plan.volumes and choose(seen.index, chosen):
            raise NothingNewError(chosen.additions.manifests, since(there, chosen.additions, plan))
        seen.summary.since = since(there, chosen.additions, plan)
    if not plan.volumes:
        raise UsageError(
            "no article is among those that --since, --until, --channel, --query and --articles ask for; leave one "
            "out, or widen it"
        )
    if writer.designed:
        for volume in plan.volumes:
            require(engine_of(volume, settings.options))
    return plan_in(plan, settings.options.script)


def _select_credited(seen: Survey, to: str, settings: Settings) -> None:
    """Remove from a survey the articles whose publisher or authors do not meet the query."""
    selection, index = settings.gathering.selection, seen.index
    first = [entry for entry in index.candidates() if selection.takes(entry, index.channels.get(entry.section, ""))]
    credited = list(run_alone(render.CreditWorker, first, to, seen, settings))
    for credit in credited:
        seen.findings += credit.findings
    index.entries = [
        entry
        for entry, credit in zip(first, credited, strict=True)
        if not credit.findings and selection.credited(credit.publisher, credit.authors)
    ]


def _with_readable(seen: Survey, additions: Additions, to: str, settings: Settings) -> Additions:
    """Return earlier builds without the articles that they left out and this program can convert."""
    doubtful = [entry for entry in seen.index.candidates() if entry.digest in additions.omitted]
    read = run_alone(render.TrialWorker, doubtful, to, seen, settings)
    return additions.without({entry.digest for entry, right in zip(doubtful, read, strict=True) if right})


def _versions(seen: Survey, chosen: Gathering, to: str, settings: Settings) -> dict[str, Version]:
    """Return the versions of the copies whose texts may differ, by their paths."""
    copies = differing(choose(seen.index, chosen))
    if not (copies and os.path.isdir(settings.cache)):
        dated = run_alone(render.DateWorker, copies, to, seen, settings)
        return {entry.path: version for entry, version in zip(copies, dated, strict=True)}
    with VersionCache(settings.cache, settings.how.key, settings.base_url) as cache:
        cached = {entry.path: cache.lookup(seen.refs[entry.path]) for entry in copies}
        versions = {path: found.value.version for path, found in cached.items() if found.value}
        others = [entry for entry in copies if entry.path not in versions]
        dated = run_alone(render.DateWorker, others, to, seen, settings)
        for entry, version in zip(others, dated, strict=True):
            versions[entry.path] = version
            if version != Version():  # that of a document that was given up, which another run may read
                cache.save(cached[entry.path], Dated(entry.digest, version))
    return versions


def since(there: Sequence[Entry], additions: Additions, plan: Plan) -> list[Message]:
    """Return messages about what is new, changed and gone since the builds to which a plan is an addition.

    All articles that are `there` count, also those that the build does not select.
    """
    entries = list(plan.entries())
    changed = additions.changed(entries)
    gone = additions.vanished(there)
    counts = message(
        "since the earlier builds: {new:,} article(s) new, {changed:,} changed, {gone:,} no longer there",
        new=len(entries) - changed,
        changed=changed,
        gone=len(gone),
    )
    names = [message("no longer there: {path}", path=printable(path)) for path in gone[:_SHOWN]]
    rest = len(gone) - len(names)
    more = [message("no longer there: {count} more", count=rest)] if rest else []
    return [*([counts] if entries or gone else []), *names, *more]


def left_out(seen: Survey, plan: Plan) -> Iterator[Finding]:
    """Yield the findings about the copies that a build leaves out."""
    for copy in plan.copies:
        rule = RULES["SET001" if copy.same else "SET002"]
        first = display_path(seen.refs[copy.retained.path])
        text = message("duplicate-article", first=first) if copy.same else message("differing-copies", first=first)
        path = display_path(seen.refs[copy.entry.path])
        yield replace(finding(rule, text, path, Place(1, 1)), fixed=True, removed=copy.entry.title)


def undrawn(seen: Survey, entry: Entry, reason: Message) -> Finding:
    """Return the finding about an article that could not be drawn."""
    return finding(RULES["PDF002"], reason, display_path(seen.refs[entry.path]), Place(1, 1))


def gap(seen: Survey, entry: Entry, missing: Gap) -> Finding:
    """Return the finding about a character that no font has, or that each font shows in its own way."""
    return finding(RULES["PDF001"], gap_message(missing), display_path(seen.refs[entry.path]), Place(1, 1))
