"""A whole conversion, from sources to the files of the result."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from msgspec import Struct
from msgspec.structs import replace

from convert.building import pipeline
from convert.building.survey import survey
from convert.building.target import cache_beside, manifest_of, refuse_overwriting_source, target
from convert.errors import ConvertError, UsageError
from convert.messages import Message, message
from convert.model import Finding
from convert.report.base import Summary
from convert.settings import Settings, Step, Tell

Progress = Callable[[Message, int | None], AbstractContextManager[Step]]
"""Function that shows the progress of a pass, from its name and its number of documents, None if unknown."""


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
    """Name of the result for people: a file, a folder or standard output."""
    manifest: str
    """Path of the manifest, "" if there is none."""


def build(request: Request, tell: Tell, progress: Progress) -> Result:
    """Convert the articles of sources.

    Raises:
        NothingToConvertError: there is no article.
        UsageError: the output is a source, cannot take the result, or has no room for a manifest; and as
            `pipeline.convert`.
        SourceError, StoreError, ConvertError: as `survey` and `pipeline.convert`.
    """
    sources, to, output, settings = request.sources, request.to, request.output, request.settings
    if not output:
        raise UsageError("-o: name a file or a folder")
    refuse_overwriting_source(sources, "-o", output if output != "-" else None)
    volumes = bool(settings.gathering.split)
    folder = request.cache or (cache_beside(to, output, volumes) if request.update else "")
    with progress(message("looking at sources"), None) as step:
        seen = survey(sources, step, settings.source_format, folder, settings.exclude, settings.articles)
    articles = len(seen.index.entries)
    if not articles:
        raise NothingToConvertError(seen.summary, seen.findings)
    with target(to, output, sources, articles, volumes) as out:
        if request.manifest or request.update or (volumes and output != "-"):
            settings = replace(settings, manifest=manifest_of(out), update=request.update)
        with progress(message("converting articles"), articles) as step:
            summary = pipeline.convert(seen, to, out, replace(settings, cache=folder), tell, step)
        return Result(summary, out.display_name, settings.manifest)
