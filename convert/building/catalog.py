"""The catalogue of a build: the list of its books, and the files beside them."""

import os
from collections.abc import Iterator

import msgspec

from convert.building.destination import Output as Destination
from convert.building.render import RenderContext
from convert.building.survey import Survey
from convert.building.update import IncrementalBuild
from convert.bundle.titles import of_sections
from convert.bundle.volumes import Plan, ascii_name
from convert.errors import UsageError
from convert.manifest import Output
from convert.model import Section, Volume
from convert.pictures.png import marked
from convert.settings import Settings
from convert.text import printable, shows
from convert.words import words
from convert.writers import WRITERS
from convert.writers.book import cover, metadata
from convert.writers.book.volume import heading, identifier, newest
from convert.writers.catalog import Book, Shelf, files
from convert.writers.catalog.shelf import COVERS, FOLDER, MARK


class Catalog:
    """Catalogue of the books of a plan, which is written after them."""

    def __init__(self, seen: Survey, plan: Plan, context: RenderContext, settings: Settings, out: Destination) -> None:
        self.seen, self.plan, self.context, self.settings, self.out = seen, plan, context, settings, out
        self.own_cover = self.context.options.cover_picture
        self.books = {out.file(volume.name if settings.gathering.split else ""): volume for volume in plan.volumes}
        """Volumes by their files."""
        self.covers = {path: self._cover(volume) for path, volume in self.books.items()}
        self.folder = os.path.dirname(settings.manifest)

    def paths(self) -> Iterator[str]:
        """Yield the path of each file of the catalogue."""
        yield from (path for path, _ in files(self._shelf({})))
        yield from dict.fromkeys(self.covers.values())

    def check(self) -> None:
        """Check that no file of the catalogue takes the place of a book, or of a file that no catalogue wrote.

        Raises:
            UsageError: one does.
        """
        for path in (FOLDER, COVERS):
            if os.path.lexists(folder := os.path.join(self.folder, *path.split("/"))) and not os.path.isdir(folder):
                raise _not_ours(folder)
        for path in self.paths():
            file = os.path.join(self.folder, *path.split("/"))
            if path in self.books:
                raise UsageError(
                    "--catalog and -o both write {path}; name the book otherwise, or leave one out",
                    path=repr(printable(path)),
                )
            self.out.guard.check("--catalog", file, "catalog", listed=True, named=self.folder or ".")
            if os.path.lexists(file) and not self.out.guard.is_kind(file, "catalog"):
                raise _not_ours(file)

    def write(self, build: IncrementalBuild) -> None:
        """Write the files that changed, and record all of them for the manifest."""
        for path, volume in self.books.items():
            if self.covers[path] not in build.outputs:
                self._write_cover(build, self.covers[path], volume)
        for path, data in files(self._shelf(build.outputs)):
            self._put(build, path, data, build.keys.of(b"catalog", data))

    def _write_cover(self, build: IncrementalBuild, path: str, volume: Volume) -> None:
        own = self.own_cover
        around = own.name if own else (cover.lines(volume), cover.colours(volume.title), cover.packaged_identity())
        key = build.keys.of(b"cover", msgspec.msgpack.encode(around))
        if not build.keeps(path, key):
            drawn = cover.thumbnail_of(own.path) if own else cover.thumbnail(volume)
            self._put(build, path, marked(drawn, MARK), key)

    def _put(self, build: IncrementalBuild, path: str, data: bytes, key: str) -> None:
        self.out.put(path, data, "catalog", option="--catalog", listed=True)
        build.add_file(path, data, key)

    def _cover(self, volume: Volume) -> str:
        return f"{COVERS}/{'own' if self.own_cover else volume.name or 'book'}.png"

    def _shelf(self, outputs: dict[str, Output]) -> Shelf:
        """Return the books, with the facts about their files that are in `outputs`, once they are written."""
        title, settings = self._title(), self.settings
        sections = [section for volume in self.plan.volumes for section in volume.sections]
        return Shelf(
            title,
            self.context.language,
            tuple(self._book(path, volume, outputs.get(path)) for path, volume in self.books.items()),
            _channel_names(sections),
            settings.catalog_url,
            settings.base_url or settings.catalog_url or settings.gathering.title or self.seen.index.site,
        )

    def _book(self, path: str, volume: Volume, output: Output | None) -> Book:
        credits_ = output.credits if output else {}
        return Book(
            path,
            volume.title,
            volume.language,
            WRITERS[self.context.to].media_type,
            self.covers[path],
            identifier(volume).urn,
            output.bytes if output else 0,
            newest(volume),
            metadata.description(volume),
            credits_.get("creator", ()),
            credits_.get("publisher", ()),
            tuple((each.key, heading(each)) for each in volume.sections if each.entries),
            volume.series,
        )

    def _title(self) -> str:
        """Return the title of the catalogue: the user's, that of the archive, or that of its channels."""
        volumes = self.plan.volumes
        if shows(title := self.settings.gathering.title or self.seen.index.site):
            return title
        if len(volumes) == 1:
            return volumes[0].title
        named = {section.key: section for volume in volumes for section in volume.sections if section.entries}
        return of_sections(list(named.values()), words(self.context.language))


def _not_ours(path: str) -> UsageError:
    return UsageError(
        "--catalog would replace {path}, which it did not write; move it away, or write elsewhere",
        path=repr(printable(path)),
    )


def _channel_names(sections: list[Section]) -> dict[str, str]:
    """Return the name of the feed of each channel, by the channel's key."""
    names: dict[str, str] = {}
    for key in dict.fromkeys(section.key for section in sections if section.entries):
        stem = name = ascii_name(key or "other")  # keys may differ in case alone, and one may be `other`
        number = 2
        while name in names.values():
            name, number = f"{stem}-{number}", number + 1
        names[key] = name
    return names
