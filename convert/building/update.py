"""The outputs that a build need not make again, and the manifest by which the next one knows them.

An output would come out as it is if all that decides its bytes is as it was: the program and what it is built on, what
the user chose, its volume with the hash of every source and the copies that it stands for, and where its links to other
outputs lead.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cache
from hashlib import sha256
from importlib import metadata

import msgspec
from msgspec.structs import asdict

from convert.building.render import Order
from convert.building.survey import Survey
from convert.bundle.volumes import Plan
from convert.cache.identity import program
from convert.errors import UsageError
from convert.manifest import Input, Manifest, ManifestError, Output, Tool, encode, read
from convert.messages import Message
from convert.model import Entry, Volume
from convert.settings import Settings
from convert.sources.naming import base_of
from convert.store import Store
from convert.store.digest import Digest, digest_file, mismatch
from convert.writers import WRITERS, engine_of
from convert.writers.part import Tally

LIBRARIES = ("ada-url", "deflate", "ebooklib", "lxml", "msgspec", "pikepdf", "turbohtml", "weasyprint")
"""The libraries that decide bytes, for people: keys depend on all installed ones.  An engine is named if it draws."""


def files_of(plan: Plan, order: Order, split: bool, file: Callable[[str], str]) -> dict[str, str]:
    """Return the output of each article by its path, as a manifest calls it; `file` does so for books."""
    files = order.files
    return {
        entry.path: files.inside(volume.name, files.name(entry.path)) if files else file(volume.name if split else "")
        for volume in plan.volumes
        for entry in volume.entries()
    }


class IncrementalBuild:
    """One build beside its manifest: the outputs of the last one that stay, and those that this one made.

    `file` returns what the manifest calls the file of a book.
    """

    def __init__(self, seen: Survey, plan: Plan, order: Order, settings: Settings, file: Callable[[str], str]) -> None:
        self.seen, self.order, self.settings = seen, order, settings
        self.files = files = files_of(plan, order, bool(settings.gathering.split), file)
        self.folder = os.path.dirname(settings.manifest) or "."
        self.outputs: dict[str, Output] = {}
        self.kept: set[str] = set()
        """The paths of the articles whose outputs stay."""
        self.before: dict[str, Output] = {}
        self.left_out = 0
        """How many articles of outputs that stay could not be converted."""
        self.damage: Message | None = None
        """Why the last build's manifest is of no use."""
        self._common = self._of_all()
        designed = plan.volumes if WRITERS[order.to].designed else ()
        self._engines = frozenset(engine_of(volume, order.options) for volume in designed)
        bound = plan.volumes if WRITERS[order.to].bind else ()
        self._titles = {files[next(volume.entries()).path]: volume.title for volume in bound}
        """Of the files of volumes: it stands beside each link that leads to another one."""
        self._copies: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        """What leads to an article besides its own path and address: those of its copies that are left out."""
        for copy in plan.copies:
            self._copies[copy.kept.path].append((copy.entry.path, copy.entry.address))
        if os.path.lexists(settings.manifest):
            self._read()
        if settings.update:
            for volume in plan.volumes:
                self._compare(volume)

    def _read(self) -> None:
        """Read the outputs of the last build, of the same format or another."""
        try:
            self.before = {each.path: each for each in read(self.settings.manifest).outputs}
        except ManifestError as error:
            if error.kind != "damaged":  # it is not ours to overwrite
                raise UsageError("{fault}; move it away, or write elsewhere", fault=error.fault) from None
            self.damage = error.reason

    # --- what would come out as it is ---------------------------------------------------------------------------------

    def _of_all(self) -> bytes:
        """Return what decides the bytes of every output."""
        order = self.order
        options = msgspec.json.encode(order.options, order="sorted")
        told = (
            order.to, order.language, order.base_url, order.source_format, program(), str(order.links.unknown),
        )  # fmt: skip
        return "\0".join(told).encode("utf-8", "surrogatepass") + b"\0" + options

    def _key(self, *parts: bytes) -> str:
        digest = sha256(self._common)
        for part in parts:
            digest.update(b"\0" + part)
        return digest.hexdigest()

    def _key_of_article(self, volume: Volume, entry: Entry) -> str:
        base = base_of(self.seen.refs[entry.path], self.order.base_url)
        told: list[object] = [self.files[entry.path], entry, base]
        if self.order.files and self.order.files.contents:
            told += [self.order.files.contents, *(section.key for section in volume.sections)]
        return self._key(msgspec.msgpack.encode(told))

    def _key_of_volume(self, volume: Volume) -> str:
        entries = list(volume.entries())
        bases = [base_of(self.seen.refs[entry.path], self.order.base_url) for entry in entries]
        copies = [self._copies[entry.path] for entry in entries if entry.path in self._copies]
        surroundings = WRITERS[self.order.to].surroundings
        around = surroundings(volume, self.order.options) if surroundings else ""
        encoded = msgspec.msgpack.encode((volume, copies, around))
        return self._key(encoded, "\n".join(bases).encode("utf-8", "surrogatepass"))

    def _compare(self, volume: Volume) -> None:
        if WRITERS[self.order.to].bind:
            entries = list(volume.entries())
            if old := self._unchanged(self.files[entries[0].path], self._key_of_volume(volume)):
                self.outputs[old.path] = old
                self.kept.update(entry.path for entry in entries)
                self.left_out += old.left_out
            return
        for entry in volume.entries():
            if old := self._unchanged(self.files[entry.path], self._key_of_article(volume, entry)):
                self.outputs[old.path] = old
                self.kept.add(entry.path)

    def _unchanged(self, path: str, key: str) -> Output | None:
        """Return the output of the last build at a path, if it would come out as it is and is there unchanged."""
        old = self.before.get(path)
        if old is None or old.key != key:
            return None
        for each, where in old.links.items():
            if self._leads(each) != where:
                return None
            if where in self._titles and self._titles[where] != self.before[where].title:
                return None
        return None if mismatch(os.path.join(self.folder, path), Digest(old.bytes, old.sha256)) else old

    def _leads(self, key: str) -> str:
        """Return the output that has the article with a key of `LinkRecorder.followed`, "" if none has."""
        path = self.order.links.path_of(key)
        return self.files[path] if path else ""

    def keeps(self, volume: Volume) -> bool:
        """Return whether the file of a volume stays."""
        return next(volume.entries()).path in self.kept

    # --- what was made ------------------------------------------------------------------------------------------------

    def add_volume(self, volume: Volume, tally: Tally) -> None:
        """Note the file of a volume that was made."""
        entries = tuple(volume.entries())
        path = self.files[entries[0].path]
        digest = digest_file(os.path.join(self.folder, path))
        articles = tuple(entry.path for entry in entries)
        key = self._key_of_volume(volume)
        self._add(path, digest, key, volume.title, articles, tally.followed, tally.left_out)

    def add_article(
        self, volume: Volume, entry: Entry, data: bytes, followed: Mapping[str, str], *, whole: bool
    ) -> None:
        """Note the file of an article that was made.

        If it is not `whole`, it stands in for the article, and the next build makes it again to say why.
        """
        digest = Digest(len(data), sha256(data).hexdigest())
        key = self._key_of_article(volume, entry) if whole else self._key(b"left out")
        self._add(self.files[entry.path], digest, key, entry.title, (entry.path,), followed)

    def holds(self, path: str, data: bytes) -> bool:
        """Return whether an update finds a file as it would be made."""
        digest = Digest(len(data), sha256(data).hexdigest())
        return self.settings.update and mismatch(os.path.join(self.folder, path), digest) is None

    def add_contents(self, volume: Volume, path: str, data: bytes) -> None:
        """Note the file that lists the articles of a volume."""
        digest = Digest(len(data), sha256(data).hexdigest())
        self._add(path, digest, self._key_of_volume(volume), volume.title, (), {})

    def _add(
        self,
        path: str,
        digest: Digest,
        key: str,
        title: str,
        articles: tuple[str, ...],
        followed: Mapping[str, str],
        left_out: int = 0,
    ) -> None:
        links = {each: self._leads(each) for each in sorted(followed)}
        self.outputs[path] = Output(
            path=path,
            sha256=digest.sha256,
            bytes=digest.bytes,
            key=key,
            title=title,
            left_out=left_out,
            articles=articles,
            links=links,
        )

    def finish(self) -> None:
        """Remove what only the last build made, then write the manifest: whoever reads it finds what it names."""
        with Store(self.folder) as store:
            for path, old in self.before.items():
                if path not in self.outputs:
                    store.remove(path, Digest(old.bytes, old.sha256))
            store.write(os.path.basename(self.settings.manifest), encode(self._manifest()))

    def _manifest(self) -> Manifest:
        refs = self.seen.refs
        sources = {entry.path: (entry.digest, refs[entry.path].size) for entry in self.seen.index.entries}
        sources |= self.seen.others
        chosen, options = self.settings.gathering, self.order.options
        told = {
            "title": chosen.title, "order": chosen.order, "once": chosen.once, "split": chosen.split.text,
            "select": chosen.selection.text, "nav": options.nav, "tag_links": options.tag_links,
            "base_url": self.order.base_url, "from": self.order.source_format,
        }  # fmt: skip
        if WRITERS[self.order.to].designed:
            told |= asdict(options.design)
            told["stylesheet"] = sha256(options.design.stylesheet.encode()).hexdigest() if told["stylesheet"] else ""
        return Manifest(
            tool=Tool(
                name="archive-convert", version=metadata.version("archive-convert"), libraries=_libraries(self._engines)
            ),
            format=self.order.to,
            options={name: value for name, value in told.items() if value not in ("", None)},
            inputs=tuple(Input(path=path, sha256=digest.hex(), bytes=size) for path, (digest, size) in sources.items()),
            outputs=tuple(self.outputs.values()),
        )


@cache
def _libraries(engines: frozenset[str]) -> dict[str, str]:
    return {name: metadata.version(name) for name in sorted(engines.union(LIBRARIES))}
