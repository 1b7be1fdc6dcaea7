"""A whole conversion, from sources to the files of the result."""

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from msgspec import Struct
from msgspec.structs import replace

from convert.building import pipeline
from convert.building.plan import NothingNewError, planned
from convert.building.survey import Survey, survey
from convert.building.target import cache_beside, check_ending, manifest_of, target, with_assets
from convert.cache.database import NAME as CACHE
from convert.errors import ConvertError, UsageError
from convert.guard import Guard
from convert.messages import Message, message
from convert.model import Finding
from convert.report.base import Summary
from convert.settings import Settings, Step, Tell
from convert.storage import is_address
from convert.storage.copies import Staged, silent, staged as staged_at
from convert.store.errors import failing
from convert.text import named, printable
from convert.writers import WRITERS, require

Progress = Callable[[Message, int | None], AbstractContextManager[Step]]
"""Function that shows the progress of a pass, from its name and its number of documents, None if unknown."""


_COLLECTIONS = 20_000, 50, 1_000
"""New objects after which Python looks for garbage among them, and for how many such times it does not among others."""


class Request(Struct, frozen=True):
    """Request for one conversion."""

    sources: tuple[str, ...]
    """Files, folders and archives; `-` for standard input."""
    to: str
    """A key of `WRITERS`."""
    output: str
    """A file or a folder; `-` for standard output."""
    settings: Settings
    """Settings without the paths of manifest and cache, which follow from the other fields."""
    manifest: bool = False
    """True to write a manifest, which several volumes always get."""
    update: bool = False
    """True to skip outputs whose inputs and options did not change since the last manifest."""
    cache: str = ""
    """Folder of the cache; "" for a hidden one beside the output of an update, else for none."""
    others: tuple[str, ...] = ()
    """Files that are read besides the sources, such as a style sheet, and must not be overwritten either."""
    staged: Staged | None = None
    """Address that the result is sent to; `output` is then where it is made."""


class NothingToConvertError(ConvertError):
    """Error for sources without an article; `findings` give the reason for each document."""

    def __init__(self, summary: Summary, findings: Sequence[Finding]) -> None:
        super().__init__(
            message(
                "nothing to convert: no article among {count} file(s); `convert explain SRC004` says what counts as an "
                "article",
                count=summary.documents,
            )
        )
        self.findings = findings


class Result(Struct, frozen=True):
    """Result of a conversion."""

    summary: Summary
    output: str
    """Name of the result for people: a file, a folder or standard output; "" if nothing is new."""
    manifest: str
    """Path of the manifest, "" if there is none."""


def _check_catalog(to: str) -> None:
    """Check that a catalogue can list books of a format.

    Raises:
        UsageError: it cannot.
    """
    if not WRITERS[to].media_type:
        formats = ", ".join(name for name, writer in WRITERS.items() if writer.media_type)
        raise UsageError("--catalog lists books: {formats}; leave it out for {format}", formats=formats, format=to)


def guarded(request: Request) -> Guard:
    """Return the guard of the sources of a conversion, after asking it about the output.

    Raises:
        MissingExtraError: the format needs a package that is not installed.
        UsageError: the output would replace a source or become one, as far as its name says, or `-o` is empty.
    """
    output = request.output
    require(request.to, flat=request.settings.options.flat)
    if not output:
        raise UsageError("-o: name a file or a folder")
    if request.settings.catalog:
        _check_catalog(request.to)
        if output == "-":
            raise UsageError("--catalog writes files beside the books; name a file or a folder with -o")
    guard = Guard(request.sources, request.settings.how, request.others)
    if output != "-":
        settings = request.settings
        listed = request.manifest or request.update or settings.catalog or bool(settings.gathering.split)
        if os.path.isfile(output):
            named = os.path.splitext(output)[0] + WRITERS[request.to].suffix
            guard.check("-o", output, request.to, listed=listed, named=named)
        if not request.settings.gathering.split:
            check_ending(request.to, output)
        guard.check_place("-o", output, request.to, listed=listed)
    if request.cache:
        guard.check("--cache", os.path.join(request.cache, CACHE), "cache")
    return guard


def build(request: Request, tell: Tell, progress: Progress = silent, guard: Guard | None = None) -> Result:
    """Convert the articles of sources; `guard` is that of `guarded`, which asks about more outputs.

    Raises:
        NothingToConvertError: there is no article.
        UsageError: the output is a source, would be one in the next run, cannot take the result, or has no room for a
            manifest; and as `pipeline.convert`.
        SourceError, StoreError, ConvertError: as `survey` and `pipeline.convert`.
    """
    with _collecting_rarely():
        return _build(request, tell, progress, guard or guarded(request))


@contextmanager
def _collecting_rarely() -> Iterator[None]:
    """Let Python look for garbage less often: entries of documents stay, and looking through them takes a tenth."""
    before = gc.get_threshold()
    gc.set_threshold(*_COLLECTIONS)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _build(request: Request, tell: Tell, progress: Progress, guard: Guard) -> Result:
    sources, to, output, settings = request.sources, request.to, request.output, request.settings
    volumes = bool(settings.gathering.split)
    cache = request.cache or (cache_beside(to, output, volumes) if request.update else "")
    # in a folder that is read, nothing is written before the names of all outputs are known
    if cache and os.path.exists(cache) and not os.path.isdir(cache):
        raise UsageError("--cache names {path}, which is a file; name a folder", path=repr(printable(cache)))
    known = cache if os.path.isdir(cache) or not guard.surrounds(output) else ""
    with progress(message("looking at sources"), None) as step:
        seen = survey(sources, settings, step, known)
    articles = len(seen.index.entries)
    if not articles:
        raise NothingToConvertError(seen.summary, seen.findings)
    plan, addition = None, ""
    if settings.gathering.additions:
        try:
            plan = planned(seen, to, settings)
        except NothingNewError as none:
            return _nothing_new(seen, none, tell)
        addition = plan.volumes[0].name
    with target(to, output, sources, articles, volumes, guard, addition) as out:
        settings = with_assets(settings, out, to)
        if request.manifest or request.update or settings.catalog or (volumes and output != "-"):
            settings = replace(settings, manifest=manifest_of(out), update=request.update)
            guard.check("--manifest", settings.manifest, "manifest", listed=True)
        with progress(message("converting articles"), articles) as step:
            summary = pipeline.convert(seen, to, out, replace(settings, cache=cache), tell, step, plan)
        if cache:
            with failing(cache):
                os.makedirs(cache, exist_ok=True)
    if request.staged:
        _send(request.staged, to, settings.manifest, guard, progress)
    return Result(summary, named(out.display_name), named(settings.manifest))


@contextmanager
def staged(request: Request, *, changes: bool = False) -> Iterator[Request]:
    """Yield a request whose result is made on this machine, if it names an address; `build` sends it there.

    `changes` are asked for since the last build.

    Raises:
        UsageError: an address is wrong, or an option needs what an earlier run left beside the result.
    """
    settings, output = request.settings, request.output
    if not is_address(output):
        yield request
        return
    if request.update:
        raise UsageError(
            "--update needs the result of the last run as files of this machine; write to a folder, and copy that to "
            "{path}, or leave --update out: --cache DIR alone makes the next run fast",
            path=output,
        )
    if changes:
        raise UsageError("--changes compares with files of this machine; write to a folder, and copy that")
    with staged_at(output, map(named, request.sources)) as place:
        if is_address(settings.assets):
            settings = replace(settings, assets=place.local(settings.assets))
        yield replace(request, output=place.path, staged=place, settings=settings)


def _send(place: Staged, to: str, manifest: str, guard: Guard, progress: Progress) -> None:
    """Send a result to its address, the manifest last.

    Raises:
        UsageError: it would replace a page of a mirror.
        StoreError: it cannot be written.
    """
    place.judge_replaced(lambda path, read: guard.check_replaced("-o", path, read, to))
    place.send(manifest, progress)


def _nothing_new(seen: Survey, none: NothingNewError, tell: Tell) -> Result:
    """Report the documents that cannot be read, which may be new, and return a result without an output."""
    for finding in seen.findings:
        seen.summary.left_out += finding.level == "error"
        seen.summary.count(finding)
        tell(finding)
    seen.summary.since = none.since
    return Result(seen.summary, "", "")
