"""The pages of a folder that refer to each other: made, or known from the last build.

An update renders only the articles that changed.  Of the others it knows from the cache what lists say of them, and
puts what their pages say of others into the files of the last build.
"""

import os
from collections.abc import Iterator

from msgspec.structs import replace

from convert.building.destination import Output as Destination
from convert.building.render import Outcome, RenderContext
from convert.building.shown import PicturesOfOutput
from convert.building.update import IncrementalBuild
from convert.cache.pages import PageFacts
from convert.errors import StoreError
from convert.model import Entry, Volume
from convert.store.errors import failing
from convert.writers import WRITERS
from convert.writers.part import NO_FILES, RenderedArticle, SiteFile, Tally


class Folder:
    """Folder of a volume's pages, made with so many `workers`; `build` is None if nothing is recorded for the next."""

    def __init__(
        self,
        volume: Volume,
        context: RenderContext,
        out: Destination,
        build: IncrementalBuild | None,
        *,
        listed: bool,
        workers: int,
    ) -> None:
        self.volume, self.context, self.out, self.build = volume, context, out, build
        self.tally = Tally(volume)
        self.tally.script = context.options.script
        self._outcomes: dict[str, Outcome] = {}
        """Outcomes of the articles that were rendered, without their parts, by path."""
        self._entries = {entry.path: entry for entry in volume.entries()}
        self._listed, self._workers = listed, workers

    def write(self, rendered: Iterator[tuple[Entry, RenderedArticle, Outcome]]) -> None:
        """Write the files; `rendered` yields the articles that changed.

        Raises:
            UsageError: a file would replace a source.
            StoreError: a file cannot be written, or the page of the last build is gone.
        """
        lay = WRITERS[self.context.to].lay
        assert lay
        last = self if self.build else NO_FILES
        for file in lay(self.volume, self._parts(rendered), self.context.options, self.tally, last, self._workers):
            if self.build:
                self._record(self.build, file)
            else:
                self._put(file)

    def _parts(self, rendered: Iterator[tuple[Entry, RenderedArticle, Outcome]]) -> Iterator[RenderedArticle]:
        build = self.build
        for entry in self.volume.entries():
            if build and entry.path in build.unchanged:
                yield self._known(build, entry)
                continue
            _, part, outcome = next(rendered)
            self._outcomes[entry.path] = _without_part(outcome)
            if build and build.pages and not outcome.left_out:
                key = build.keys.of_article(self.volume, entry)
                build.pages.save(build.files[entry.path], key, _facts(part, outcome))
            yield part

    def _known(self, build: IncrementalBuild, entry: Entry) -> RenderedArticle:
        """Return the part of an unchanged article, without its page."""
        path = build.files[entry.path]
        facts = build.facts_of(path, build.outputs[path].key)
        if facts is None:  # it was there when this run began
            raise StoreError("the cache was changed by another program meanwhile; run again")
        self.tally.removed.update(facts.removed)
        return RenderedArticle(
            b"",
            publisher=facts.publisher,
            authors=facts.authors,
            attached=facts.attached,
            subjects=facts.subjects,
            summary=facts.summary,
            minutes=facts.minutes,
            language=facts.language,
            tags=facts.tags,
        )

    def page(self, name: str) -> bytes:
        """Return the page that the last build wrote.

        Raises:
            StoreError: it cannot be read.
        """
        assert self.build
        path = os.path.join(self.build.folder, *name.split("/"))
        with failing(path), open(path, "rb") as file:
            return file.read()

    def keeps(self, name: str, key: bytes, source: str = "") -> bool:
        """Record a file of the last build that has the same key, and return True; its fields are those of SiteFile."""
        build = self.build
        if build is None:
            return False
        if source:
            return source in build.unchanged and build.intact.is_filled(build.outputs[name], key)
        return build.keeps(name, build.keys.of(b"list", key))

    def _record(self, build: IncrementalBuild, file: SiteFile) -> None:
        """Write a file unless it is unchanged, and record it for the next build."""
        if not file.source:
            if not build.holds(file.name, file.data):
                self._put(file)
            build.add_list(self.volume, file.name, file.data, file.key)
        elif file.source in build.unchanged:
            if not build.keeps_page(file.name, file.data):
                self._put(file)
        else:
            self._put(file)
            entry, outcome = self._entries[file.source], self._outcomes[file.source]
            pictures = PicturesOfOutput()
            pictures.add(entry.path, outcome.pictures, outcome.beside)
            build.add_article(self.volume, entry, file.data, outcome.followed, pictures, whole=not outcome.left_out)
        if file.source:
            build.intact.fill(file.name, file.key)

    def _put(self, file: SiteFile) -> None:
        if not file.source:  # the others were asked about before
            self.out.reserve([file.name], listed=self._listed)
        self.out.write(file.name, file.data, file.source)
        if self.build:
            self.build.intact.wrote(file.name)


def _without_part(outcome: Outcome) -> Outcome:
    return replace(outcome, part=None, findings=[], counted={})


def _facts(part: RenderedArticle, outcome: Outcome) -> PageFacts:
    return PageFacts(
        part.publisher,
        part.authors,
        part.attached,
        part.subjects,
        part.summary,
        part.minutes,
        part.language,
        part.tags,
        dict(outcome.removed),
    )
