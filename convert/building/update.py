"""Incremental builds: outputs that need not be made again, and the manifest that records them for the next build.

An output is unchanged if nothing that affects its bytes changed: the program and its libraries, the user's choices, the
volume with the hashes of its sources and the copies that they replace, and the targets of links to other outputs.
"""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from contextlib import closing
from hashlib import sha256
from importlib import metadata
from typing import Unpack

from msgspec.structs import replace

from convert.building.beside import PicturesBefore
from convert.building.changes import Change, changes, digests, manifest_before
from convert.building.choices import kind_of, libraries, values_of
from convert.building.destination import Output as Destination
from convert.building.intact import Intact
from convert.building.journal import Journal, Made
from convert.building.keys import OutputKeys
from convert.building.paths import files_of, paths_of
from convert.building.render import RenderContext
from convert.building.shown import Fields, PicturesOfOutput, StoredBefore
from convert.building.survey import Survey
from convert.bundle.volumes import Plan
from convert.cache.pages import PageFacts, Pages
from convert.errors import UsageError
from convert.manifest import Input, Manifest, ManifestError, Output, Tool, encode, read
from convert.messages import Message
from convert.model import Entry, Volume
from convert.settings import Settings
from convert.store import Store
from convert.store.digest import Digest, digest_file
from convert.text import printable
from convert.writers import WRITERS, engine_of
from convert.writers.assets import Assets
from convert.writers.part import Tally


class IncrementalBuild:
    """Build that skips unchanged outputs of the last build, and records all outputs in a manifest.

    `out` returns the paths of outputs in the manifest, and knows what is a source; `beside` are the paths of files that
    will be added.
    """

    def __init__(
        self,
        seen: Survey,
        plan: Plan,
        context: RenderContext,
        settings: Settings,
        out: Destination,
        beside: Iterable[str] = (),
    ) -> None:
        self.seen, self.context, self.settings = seen, context, settings
        self.guard = out.guard
        self.files = files = files_of(plan, context, bool(settings.gathering.split), out)
        self.folder = os.path.dirname(settings.manifest) or "."
        self.outputs: dict[str, Output] = {}
        self.unchanged: set[str] = set()
        """Paths of the articles whose outputs are unchanged."""
        self.last: dict[str, Output] = {}
        """Outputs of the last build that was finished, by path."""
        self.before: dict[str, Output] = {}
        """The same, replaced and completed by those of builds that were interrupted since."""
        self.journal = Journal(settings.manifest)
        self._titles_before: dict[str, Mapping[str, str]] = {}
        """Titles of linked volumes when an interrupted build made an output, by its path."""
        self._own: set[str] = set()
        """Paths of outputs that builds of this format and these options made, so that this one may remove them."""
        self.changes: list[Change] = []
        """Fate of each output of the last build and of this one, once this one is finished."""
        self.left_out = 0
        """Number of articles in unchanged outputs that could not be converted."""
        self.damage: Message | None = None
        """Reason why the last build's manifest cannot be used."""
        self.keys = OutputKeys(seen, plan, context, files)
        designed = plan.volumes if WRITERS[context.to].designed else ()
        engines = (engine_of(volume, context.options) for volume in designed)
        self._engines = frozenset(engines) | (frozenset(("opencc",)) if context.options.script else frozenset())
        bound = plan.volumes if WRITERS[context.to].bind else ()
        self._titles = {files[next(volume.entries()).path]: volume.title for volume in bound}
        """Titles of volumes by their files, shown beside each link from another volume."""
        self._finished = False
        self._options = values_of(context, settings)
        self._kind = kind_of(context.to, self._options)
        self._read({*paths_of(plan, context, bool(settings.gathering.split), out, files), *beside})
        self.pages = Pages(settings.cache, settings.manifest) if WRITERS[context.to].lay and settings.cache else None
        """Facts about articles whose pages refer to each other."""
        self._facts: dict[str, PageFacts] = {}
        self.intact = Intact(self.folder, self.pages)
        self._beside = PicturesBefore(self.folder, context.options.assets if settings.update else "", self.last)
        if settings.update:
            with closing(StoredBefore(settings.store, seen.refs)) as self._pictures:
                for volume in plan.volumes:
                    self._compare(volume)

    def _read(self, paths: Set[str]) -> None:
        """Read the outputs of the last builds, of the same format or another; this one is going to write `paths`.

        Raises:
            UsageError: the manifest is none, or its outputs would stay in a folder that is read, and be read.
        """
        try:
            if os.path.lexists(self.settings.manifest):
                last = read(self.settings.manifest)
                self.last = {each.path: each for each in last.outputs}
                if self._kind == kind_of(last.format, last.options):
                    self._own.update(self.last)
        except ManifestError as error:
            if error.kind != "damaged":  # another file, which must not be overwritten
                raise UsageError("{fault}; move it away, or write elsewhere", fault=error.fault) from None
            self.damage = error.reason
        self.before = dict(self.last)
        for made in self.journal.read():
            self.before[made.output.path] = made.output
            self._titles_before[made.output.path] = made.titles
            if made.build == self._kind:
                self._own.add(made.output.path)
        for path in self.before.keys() - paths - self._own:
            if self.guard.would_read(self._file(path), self.context.to) and os.path.lexists(self._file(path)):
                raise UsageError(
                    "a build with other options wrote {path}, in a folder that is a source; remove the outputs of that "
                    "build, or name another folder with -o",
                    path=repr(printable(self._file(path))),
                )

    # --- unchanged outputs --------------------------------------------------------------------------------------------

    def _compare(self, volume: Volume) -> None:
        if WRITERS[self.context.to].bind:
            entries = list(volume.entries())
            if old := self._unchanged(self.files[entries[0].path], self.keys.of_volume(volume), entries[0]):
                self.outputs[old.path] = old
                self.unchanged.update(entry.path for entry in entries)
                self.left_out += old.left_out
            return
        for entry in volume.entries():
            path, key = self.files[entry.path], self.keys.of_article(volume, entry)
            if (old := self._unchanged(path, key, entry)) and (not self.pages or self.facts_of(path, key)):
                self.outputs[old.path] = old
                self.unchanged.add(entry.path)

    def facts_of(self, path: str, key: str) -> PageFacts | None:
        """Return what other pages say of an article, by the path and the key of its page; None if it is not known."""
        if path in self._facts:
            return self._facts[path]
        facts = self.pages.of(path, key) if self.pages else None
        if facts and not facts.attached:  # the others take too much memory
            self._facts[path] = facts
        return facts

    def _unchanged(self, path: str, key: str, start: Entry) -> Output | None:
        """Return the output of the last build at a path if its key, its links and its file are unchanged.

        Its links start from the page of `start`, or in a book from its pages.
        """
        old = self.before.get(path)
        if old is None or old.key != key:
            return None
        for link, target in old.links.items():
            if self._target(link, start) != target:
                return None
            if target in self._titles and self._titles[target] != self._title_before(path, target):
                return None
        if not (self._pictures.same(old) and self._beside.are_there(old)):
            return None
        if self.settings.catalog and not old.credits:
            return None
        return old if self.intact.has(path, Digest(old.bytes, old.sha256)) else None

    def keep_pictures(self, assets: Assets) -> None:
        """Note the pictures that the unchanged outputs show."""
        self._beside.keep(assets, self.unchanged)

    def add_pictures(self, shown: Mapping[str, Sequence[str]], index: str) -> None:
        """Record the files of pictures, each with the articles that show it, and their index, if there is one."""
        start = next(iter(self.seen.index.entries))
        for path in (*sorted(shown), *([index] if index else [])):
            digest = digest_file(os.path.join(self.folder, path))
            key = self.keys.of(b"picture", digest.sha256.encode())
            self._add(path, digest, key, "", tuple(dict.fromkeys(shown.get(path, ()))), (), start)

    def _title_before(self, path: str, target: str) -> str | None:
        """Return the title of a linked volume when the output at `path` was made, None if unknown."""
        if path in self._titles_before:
            return self._titles_before[path].get(target)
        return self.last[target].title if target in self.last else None

    def _target(self, key: str, start: Entry) -> str:
        """Return the output with the article that a key of `LinkRecorder.followed` leads to, "" if there is none."""
        path = self.context.links.path_of(key, start)
        return self.files[path] if path else ""

    def is_unchanged(self, volume: Volume) -> bool:
        """Return True if the file of a volume is unchanged."""
        return next(volume.entries()).path in self.unchanged

    # --- new outputs --------------------------------------------------------------------------------------------------

    def add_volume(self, volume: Volume, tally: Tally, pictures: PicturesOfOutput) -> None:
        """Record the new file of a volume."""
        entries = tuple(volume.entries())
        path = self.files[entries[0].path]
        digest = digest_file(os.path.join(self.folder, path))
        articles = tuple(entry.path for entry in entries)
        key = self.keys.of_volume(volume)
        fields = pictures.fields()
        fields["omitted"] = tuple(tally.omitted)
        if WRITERS[self.context.to].media_type:  # for the catalogue of this build or of a later one
            fields["credits"] = _credits(volume, tally)
        self._add(path, digest, key, volume.title, articles, tally.followed, entries[0], tally.left_out, **fields)

    def add_article(
        self,
        volume: Volume,
        entry: Entry,
        data: bytes,
        followed: Collection[str],
        pictures: PicturesOfOutput,
        *,
        whole: bool,
    ) -> None:
        """Record the new file of an article.

        If it is not `whole`, it is a placeholder, which the next build makes again to report the reason.
        """
        digest = Digest(len(data), sha256(data).hexdigest())
        key = self.keys.of_article(volume, entry) if whole else self.keys.of(b"left out")
        fields = pictures.fields()
        if not whole:
            fields["omitted"] = (entry.path,)
        self._add(self.files[entry.path], digest, key, entry.title, (entry.path,), followed, entry, **fields)

    def holds(self, path: str, data: bytes) -> bool:
        """Return True if this is an update and the file has these bytes already."""
        digest = Digest(len(data), sha256(data).hexdigest())
        return self.settings.update and self.intact.has(path, digest)

    def keeps(self, path: str, key: str) -> bool:
        """Record a file of the last build if this is an update, and the file and its key are the same.

        Return False if it must be written.
        """
        old = self.before.get(path) if self.settings.update else None
        if not old or old.key != key or not self.intact.has(path, Digest(old.bytes, old.sha256)):
            return False
        self.outputs[path] = old
        return True

    def add_file(self, path: str, data: bytes, key: str) -> None:
        """Record a file that is about all outputs."""
        digest = Digest(len(data), sha256(data).hexdigest())
        self._add(path, digest, key, "", (), (), next(iter(self.seen.index.entries)))

    def keeps_page(self, path: str, data: bytes) -> bool:
        """Return True if the page of an unchanged article has these bytes; else record that it will have them."""
        old, new = self.outputs[path], sha256(data).hexdigest()
        self.outputs[path] = replace(old, sha256=new, bytes=len(data))
        return old.sha256 == new

    def close(self) -> None:
        """Close what the next build needs if this one is interrupted."""
        self.journal.close()
        if self.pages:
            self.pages.close(self.outputs if self._finished else None, self.intact.written(self.outputs))

    def add_contents(self, volume: Volume, path: str, data: bytes) -> None:
        """Record the file that lists the articles of a volume."""
        digest = Digest(len(data), sha256(data).hexdigest())
        self._add(path, digest, self.keys.of_volume(volume), volume.title, (), (), next(volume.entries()))

    def add_list(self, volume: Volume, path: str, data: bytes, key: bytes) -> None:
        """Record one of many files that list articles; `key` is a hash of all that it says."""
        digest = Digest(len(data), sha256(data).hexdigest())
        self._add(path, digest, self.keys.of(b"list", key), volume.title, (), (), next(volume.entries()))

    def _add(
        self,
        path: str,
        digest: Digest,
        key: str,
        title: str,
        articles: tuple[str, ...],
        followed: Collection[str],
        start: Entry,
        left_out: int = 0,
        **pictures: Unpack[Fields],
    ) -> None:
        links = {key: self._target(key, start) for key in sorted(followed)}
        output = self.outputs[path] = Output(
            path=path,
            sha256=digest.sha256,
            bytes=digest.bytes,
            key=key,
            title=title,
            left_out=left_out,
            articles=articles,
            links=links,
            **pictures,
        )
        titles = {target: self._titles[target] for target in links.values() if target in self._titles}
        self.journal.add(Made(output, titles, self._kind))

    def finish(self) -> list[str]:
        """Remove outputs that only the last build made, then write the manifest, so that all its outputs exist.

        Outputs of builds with other options are not removed.  Return those that stay and are in no manifest.
        """
        rest = [old for path, old in self.before.items() if path not in self.outputs]
        with Store(self.folder) as store:
            for old in rest:
                if old.path in self._own and not self.guard.reads(self._file(old.path)):
                    store.remove(old.path, Digest(old.bytes, old.sha256))
            name, data = os.path.basename(self.settings.manifest), encode(self._manifest())
            after = {**digests(self.outputs), name: Digest(len(data), sha256(data).hexdigest())}
            self.changes = changes(digests(self.last) | manifest_before(self.settings.manifest), after)
            store.write(name, data)
        self.journal.remove()
        self._finished = True
        return [old.path for old in rest if old.path not in self._own and os.path.lexists(self._file(old.path))]

    def _file(self, path: str) -> str:
        return os.path.join(self.folder, *path.split("/"))

    def _manifest(self) -> Manifest:
        refs = self.seen.refs
        sources = {entry.path: (entry.digest, refs[entry.path].size) for entry in self.seen.index.entries}
        sources |= self.seen.others
        return Manifest(
            tool=Tool(
                name="archive-convert", version=metadata.version("archive-convert"), libraries=libraries(self._engines)
            ),
            format=self.context.to,
            options=self._options,
            inputs=tuple(Input(path=path, sha256=digest.hex(), bytes=size) for path, (digest, size) in sources.items()),
            outputs=tuple(map(self._with_links, self.outputs.values())),
        )

    def _with_links(self, output: Output) -> Output:
        """Return an output with links to other outputs only: an article that was left out may have none."""
        links = {key: to if to in self.outputs else "" for key, to in output.links.items()}
        return output if links == output.links else replace(output, links=links)


def _credits(volume: Volume, tally: Tally) -> dict[str, tuple[str, ...]]:
    from convert.writers.book.metadata import credits_of  # only where a catalogue asks for it

    return credits_of(volume, tally)
