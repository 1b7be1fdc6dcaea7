"""Keys of outputs: hashes of everything that decides their bytes."""

from collections import defaultdict
from hashlib import sha256

import msgspec
from msgspec.structs import replace

from convert.building.render import RenderContext
from convert.building.survey import Survey
from convert.bundle.volumes import Plan
from convert.cache.identity import program
from convert.model import Entry, Volume
from convert.sources.mirror import location_of
from convert.sources.sites import site_of
from convert.writers import WRITERS


class OutputKeys:
    """Keys of the outputs of a build; `files` are the paths of outputs by those of their articles."""

    def __init__(self, seen: Survey, plan: Plan, context: RenderContext, files: dict[str, str]) -> None:
        self._seen, self._context, self._files = seen, context, files
        self._begun = sha256(self._of_all())
        self._copies: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        """Paths and addresses of the copies that are left out, by the path of the retained one, to which links lead."""
        for copy in plan.copies:
            self._copies[copy.retained.path].append((copy.entry.path, copy.entry.address))
        self._around: dict[tuple[str, str], tuple[str, ...]] = {}
        """Surroundings that decide the files of articles, by volume and section."""

    def _of_all(self) -> bytes:
        """Return the part of the key that all outputs share."""
        context = self._context
        chosen = context.options
        if chosen.cover_picture:  # its place is the run's own
            chosen = replace(chosen, cover_picture=replace(chosen.cover_picture, path=""))
        options = msgspec.json.encode(chosen, order="sorted")
        parts: tuple[str, ...] = (
            context.to, context.language, context.base_url, context.how.key, program(),
            str(context.links.unknown),
        )  # fmt: skip
        if WRITERS[context.to].named:
            parts += tuple(f"{key}\t{name}" for key, name in sorted(context.channels.items()))
        return "\0".join(parts).encode("utf-8", "surrogatepass") + b"\0" + options

    def of(self, *parts: bytes) -> str:
        """Return the key of an output: the hash of what all outputs share, and of its own parts."""
        digest = self._begun.copy()
        for part in parts:
            digest.update(b"\0" + part)
        return digest.hexdigest()

    def of_article(self, volume: Volume, entry: Entry) -> str:
        """Return the key of the file of an article."""
        if (around := self._around.get((volume.name, entry.section))) is None:
            around = self._around[volume.name, entry.section] = self._around_article(volume, entry.section)
        return self.of(_ENCODE((self._files[entry.path], entry, self._place(entry), around)))

    def _around_article(self, volume: Volume, section: str) -> tuple[str, ...]:
        """Return all that decides the file of an article of a section besides the article itself."""
        contents = self._context.files.contents if self._context.files else ""
        around = (contents, *(each.key for each in volume.sections)) if contents else ()
        if WRITERS[self._context.to].lay:
            title = next(each.title for each in volume.sections if each.key == section)
            around += (title, *(each.key for each in volume.sections))
        return around

    def of_volume(self, volume: Volume) -> str:
        """Return the key of the file of a volume."""
        entries = list(volume.entries())
        places = ["\0".join(self._place(entry)) for entry in entries]
        copies = [self._copies[entry.path] for entry in entries if entry.path in self._copies]
        surroundings = WRITERS[self._context.to].surroundings
        around = surroundings(volume, self._context.options) if surroundings else ""
        return self.of(_ENCODE((volume, copies, around)), "\n".join(places).encode("utf-8", "surrogatepass"))

    def _place(self, entry: Entry) -> tuple[str, ...]:
        """Return the place of an article in its mirror, the site that it is a part of, which decide its links, and what
        an archive of the web says of it.
        """
        ref = self._seen.refs[entry.path]
        site = site_of(ref)
        return (*location_of(ref), *(site if any(site) else ()), *((ref.address, ref.facts) if ref.facts else ()))


_ENCODE = msgspec.msgpack.Encoder().encode
