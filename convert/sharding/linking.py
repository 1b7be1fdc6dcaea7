"""Links between the Markdown files of a build of which a shard has only a part."""

from collections.abc import Collection, Mapping

from msgspec.structs import replace

from convert.building.render import Outcome, RenderWorker, Task
from convert.bundle.links import LinkRecorder, Links
from convert.model import Entry, Volume
from convert.text import hash64

INDEX = "indexes/"
"""Beginning of what a page asks for when it links to the list of a section, as paths of index pages begin."""


class ShardLinks(Links):
    """Pages of a shard's volume, and of other shards those that pages of it link to.

    `elsewhere` has the paths of articles by hashes of what links ask for: keys of addresses and paths; they come before
    those of the shard.  `sections` are those of other shards.
    """

    def __init__(self, volume: Volume, elsewhere: Mapping[int, str], sections: Collection[str]) -> None:
        super().__init__(volume)
        self.unknown = True  # an address of an unknown publisher may be that of an article of another shard
        self._elsewhere: dict[int, int] = {}
        places: dict[str, int] = {}
        for path in dict.fromkeys(elsewhere.values()):
            place = self._place(path)
            if place is None:
                place = len(self._paths)
                self._paths.append(path)
                self._addresses.append("")
            places[path] = place
        self._elsewhere = {asked: places[path] for asked, path in elsewhere.items()}
        self._elsewhere |= {hash64(path): place for path, place in places.items()}
        self._sections = [keys | frozenset(sections) for keys in self._sections]

    def _place(self, path: str) -> int | None:
        found = self._elsewhere.get(hash64(path))
        return super()._place(path) if found is None else found

    def _place_for(self, key: str, start: Entry) -> int | None:
        found = self._elsewhere.get(hash64(key))
        return super()._place_for(key, start) if found is None else found


class AskingWorker(RenderWorker):
    """Worker that renders documents, and also says to which sections they link."""

    def __call__(self, task: Task) -> Outcome:
        """Return a document's part of the output, with the links that it follows."""
        links = LinkRecorder(self.context.links, files=self.context.files is not None)
        outcome = self.work(task, links)
        if outcome.left_out:
            return outcome
        return replace(outcome, followed={*links.followed, *(INDEX + section for section in links.sections)})
