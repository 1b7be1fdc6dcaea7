"""From the groups of all buckets to the answers for each shard: copies to leave out, identifiers that are taken.

Only articles that share a hash with another one are looked at.  What is known of them is in a database on the disk, in
memory are 12 bytes for each.
"""

import heapq
import os
import sqlite3
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from convert.bundle.deduplicate import Version, deduplicate, differing
from convert.bundle.index import Index
from convert.bundle.volumes import ORDERS
from convert.codec.row import named
from convert.model import Entry
from convert.sharding.answers import Dropped
from convert.sharding.grouping import Group, number_of, read_groups, shard_of
from convert.sharding.job import Job
from convert.sharding.receipts import File
from convert.sharding.surveying import Saved
from convert.sources.naming import display_path
from convert.storage import Storage
from convert.text import hash64
from convert.writers import WRITERS
from convert.writers.files import other_name

_COPIES, _IDS, _FILES, _LINKS = range(4)
_TABLES = """
CREATE TABLE grouped (kind INTEGER, number INTEGER, article INTEGER);
CREATE TABLE detail (article INTEGER PRIMARY KEY, value BLOB);
CREATE TABLE place (hash INTEGER PRIMARY KEY, page INTEGER, row INTEGER);
CREATE TABLE version (article INTEGER PRIMARY KEY, dated TEXT, length INTEGER, text BLOB);
CREATE TABLE dropped (article INTEGER PRIMARY KEY, retained INTEGER, first TEXT, same INTEGER);
CREATE TABLE renamed (article INTEGER PRIMARY KEY, path TEXT, file TEXT);
CREATE TABLE asked (number INTEGER PRIMARY KEY, hash INTEGER, askers TEXT);
CREATE TABLE link (shard INTEGER, hash INTEGER, path TEXT, file TEXT, PRIMARY KEY (shard, hash)) WITHOUT ROWID;
CREATE TABLE taken (shard INTEGER, id TEXT, PRIMARY KEY (shard, id)) WITHOUT ROWID;
"""


class _Detail(Struct, frozen=True, array_like=True):
    entry: Entry
    shown: str
    """Path in findings."""


_detail = msgspec.msgpack.Decoder(_Detail)
_encode = msgspec.msgpack.Encoder().encode
Surveys = Callable[[int], Saved]
"""Function from the number of a shard to its survey."""
Versions = Callable[[Mapping[int, list[int]]], Iterable[tuple[int, Version]]]
"""Function from numbers of articles, by shard, to the articles with the versions of their texts."""


class Decisions:
    """Decisions about the groups of a job; a context manager, which has a database in a folder."""

    def __init__(self, job: Job, root: str, folder: str) -> None:
        self._job, self._root = job, root.rstrip("/")
        self._base = sqlite3.connect(os.path.join(folder, "decisions"), isolation_level=None)
        self._base.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN; {_TABLES}")

    def __enter__(self) -> "Decisions":
        return self

    def __exit__(self, *error: object) -> None:
        self._base.close()

    def decide(
        self, storage: Storage, files: Sequence[File], surveys: Surveys, listed: Sequence[int], versions: Versions
    ) -> None:
        """Decide about the groups in some files; `listed` are the shards with index pages."""
        self._group(_COPIES, _components(storage, files))
        for kind, column in ((_IDS, "id"), (_FILES, "file")):
            groups = enumerate(group.articles for group in _groups(storage, files, (column,)))
            several = ((number, group) for number, group in groups if len({*map(shard_of, group)}) > 1)
            self._group(kind, ((number, each) for number, group in several for each in group))
        for number, group in enumerate(_groups(storage, files, ("ask",))):
            self._group(_LINKS, ((number, each) for each in dict.fromkeys(group.articles)))
            askers = ",".join(map(str, group.askers))
            self._base.execute("INSERT INTO asked VALUES (?, ?, ?)", (number, _signed(group.hash), askers))
        self._describe(surveys, listed)
        self._versions(versions)
        self._drop()
        self._take()
        self._rename()
        self._link()

    def _group(self, kind: int, members: Iterable[tuple[int, int]]) -> None:
        """Record articles with the numbers of their groups."""
        rows = ((kind, number, each) for number, each in members)
        self._base.executemany("INSERT INTO grouped VALUES (?, ?, ?)", rows)

    def dropped(self, shard: int) -> tuple[Dropped, ...]:
        """Return the articles of a shard that are left out."""
        rows = self._base.execute(
            "SELECT article, first, same FROM dropped WHERE article BETWEEN ? AND ? ORDER BY article", _range(shard)
        )
        return tuple(Dropped(number_of(article), first, bool(same)) for article, first, same in rows)

    def ids(self, shard: int) -> tuple[str, ...]:
        """Return the identifiers that articles of other shards have taken from those of a shard."""
        return tuple(
            each for (each,) in self._base.execute("SELECT id FROM taken WHERE shard = ? ORDER BY id", (shard,))
        )

    def versions(self) -> dict[int, dict[int, Version]]:
        """Return the versions of copies whose texts differ, by shard and number."""
        found: dict[int, dict[int, Version]] = {}
        for article, *_ in self._base.execute("SELECT article FROM version ORDER BY article"):
            if version := self._version(article):
                found.setdefault(shard_of(article), {})[number_of(article)] = version
        return found

    def links(self, shard: int) -> tuple[tuple[int, str], ...]:
        """Return hashes that links of a shard ask for, with the paths that they lead to."""
        rows = self._base.execute("SELECT hash, path FROM link WHERE shard = ? ORDER BY path, hash", (shard,))
        return tuple((_unsigned(each), path) for each, path in rows)

    def files(self, shard: int) -> dict[str, str]:
        """Return names of files by the paths of articles of a shard, and of those that it links to."""
        rows = self._base.execute(
            "SELECT path, file FROM link WHERE shard = ? AND file IS NOT NULL UNION "
            "SELECT path, file FROM renamed WHERE article BETWEEN ? AND ? ORDER BY path",
            (shard, *_range(shard)),
        )
        return dict(rows)

    def _describe(self, surveys: Surveys, listed: Sequence[int]) -> None:
        """Read what must be known of the articles in groups, and their places in index pages."""
        base = self._base
        articles = base.execute("SELECT DISTINCT article FROM grouped ORDER BY article")
        for shard, group in groupby((each for (each,) in articles), shard_of):
            saved = surveys(shard)
            for article in group:
                entry, ref = saved.entries[number_of(article)], saved.refs[number_of(article)]
                shown = f"{self._root}/{display_path(ref)}"
                base.execute("INSERT INTO detail VALUES (?, ?)", (article, _encode(_Detail(entry, shown))))
                base.execute(
                    "INSERT OR IGNORE INTO place VALUES (?, NULL, NULL)", (_place_key(entry.section, _stem(entry)),)
                )
        for shard in listed:
            base.executemany(
                "UPDATE place SET page = ?, row = ? WHERE hash = ? AND page IS NULL",
                ((page, row, _place_key(section, name)) for section, name, page, row in surveys(shard).places),
            )

    def _members(self, kind: int) -> Iterator[list[tuple[int, _Detail]]]:
        """Yield the articles of each group, in the order of a build; of names, those that are not left out."""
        left = "AND NOT EXISTS (SELECT 1 FROM dropped x WHERE x.article = g.article)" if kind in (_IDS, _FILES) else ""
        rows = self._base.execute(
            "SELECT g.number, g.article, d.value FROM grouped g JOIN detail d USING (article) "  # noqa: S608 -- constants
            f"WHERE g.kind = ? {left} ORDER BY g.number, g.article",
            (kind,),
        )
        for _, group in groupby(rows, itemgetter(0)):
            yield sorted(((article, _detail.decode(value)) for _, article, value in group), key=self._rank)

    def _rank(self, member: tuple[int, _Detail]) -> Any:
        """Return what articles are sorted by: channel by channel, as in a build of one machine."""
        entry = member[1].entry
        index = Index()
        key = _place_key(entry.section, _stem(entry))
        page, row = self._base.execute("SELECT page, row FROM place WHERE hash = ?", (key,)).fetchone()
        if page is not None:
            index.add_places({(entry.section, _stem(entry)): (page, row)})
        return not entry.section, entry.section, ORDERS[self._job.settings.gathering.order](index, entry)

    def _versions(self, versions: Versions) -> None:
        """Find the versions of the copies whose texts differ."""
        wanted: dict[int, list[int]] = {}
        for group in self._members(_COPIES):
            if differing([each.entry for _, each in group]):
                for article, _ in group:
                    wanted.setdefault(shard_of(article), []).append(number_of(article))
        self._base.executemany(
            "INSERT INTO version VALUES (?, ?, ?, ?)",
            (
                (article, version.dated, version.length, version.text.to_bytes(8, "big"))
                for article, version in (versions(wanted) if wanted else ())
            ),
        )

    def _drop(self) -> None:
        """Decide which copies are left out."""
        for group in self._members(_COPIES):
            by_path = {f"{article}": (article, each) for article, each in group}  # two shards may have the same path
            entries = [replace(each.entry, path=path) for path, (_, each) in by_path.items()]
            known = {path: version for path in by_path if (version := self._version(by_path[path][0]))}
            for copy in deduplicate(entries, known)[1]:
                article, (retained, first) = by_path[copy.entry.path][0], by_path[copy.retained.path]
                self._base.execute(
                    "INSERT INTO dropped VALUES (?, ?, ?, ?)", (article, retained, first.shown, copy.same)
                )

    def _version(self, article: int) -> Version | None:
        row = self._base.execute("SELECT dated, length, text FROM version WHERE article = ?", (article,)).fetchone()
        return Version(row[0], row[1], int.from_bytes(row[2], "big")) if row else None

    def _take(self) -> None:
        """Decide which shards must give an article another identifier."""
        for group in self._members(_IDS):
            first: dict[str, int] = {}
            for article, each in group:
                name = named(each.entry.id)
                if first.setdefault(name, shard_of(article)) != shard_of(article):
                    self._base.execute("INSERT OR IGNORE INTO taken VALUES (?, ?)", (shard_of(article), name))

    def _rename(self) -> None:
        """Decide which articles get another name for their file, because one of another shard comes before them."""
        for _, *others in self._members(_FILES):
            for article, each in others:
                file = other_name(each.entry.path, WRITERS["markdown"].suffix)
                self._base.execute("INSERT INTO renamed VALUES (?, ?, ?)", (article, each.entry.path, file))

    def _link(self) -> None:
        """Decide where the links of each shard lead: to the first article that is not left out."""
        asked = self._base.execute("SELECT number, hash, askers FROM asked ORDER BY number")
        for group, (_, key, askers) in zip(self._members(_LINKS), asked, strict=True):
            known = dict(map(self._retained, group))
            first, each = min(known.items(), key=self._rank)
            moved = not known.keys() <= {article for article, _ in group} or len(known) < len(group)
            row = self._base.execute("SELECT file FROM renamed WHERE article = ?", (first,)).fetchone()
            for shard in map(int, askers.split(",")):
                if moved or shard_of(first) != shard:
                    values = (shard, key, each.entry.path, row[0] if row else None)
                    self._base.execute("INSERT INTO link VALUES (?, ?, ?, ?)", values)

    def _retained(self, member: tuple[int, _Detail]) -> tuple[int, _Detail]:
        """Return the copy that stays of an article."""
        found = self._base.execute(
            "SELECT retained, value FROM dropped JOIN detail ON detail.article = retained WHERE dropped.article = ?",
            (member[0],),
        ).fetchone()
        return (found[0], _detail.decode(found[1])) if found else member


def _components(storage: Storage, files: Sequence[File]) -> Iterator[tuple[int, int]]:
    """Yield each article that has copies, by address or by text, with the position of the first of them.

    The relation is transitive, as in `bundle.deduplicate`.
    """
    kinds = ("key", "text")
    chunks = [
        array("Q", sorted(each for group in _groups(storage, [file], kinds) for each in group.articles))
        for file in files
    ]
    members = array("Q")
    for each in heapq.merge(*chunks):
        if not members or members[-1] != each:
            members.append(each)
    del chunks
    parents = array("I", range(len(members)))
    for group in _groups(storage, files, kinds):
        positions = [_root(parents, bisect_left(members, each)) for each in group.articles]
        for each in positions:
            root, other = _root(parents, each), _root(parents, positions[0])
            parents[max(root, other)] = min(root, other)
    for position, each in enumerate(members):
        yield _root(parents, position), each


def _root(parents: "array[int]", position: int) -> int:
    while parents[position] != position:
        parents[position] = parents[parents[position]]
        position = parents[position]
    return position


def _groups(storage: Storage, files: Sequence[File], names: Sequence[str]) -> Iterator[Group]:
    for file in files:
        yield from (group for group in read_groups(storage, file) if group.column in names)


def _stem(entry: Entry) -> str:
    """Return the name of an article in index pages, as `Index.place` has it."""
    return entry.path.rpartition("/")[2].partition(".")[0]


def _place_key(section: str, name: str) -> int:
    return _signed(hash64(f"{section}\n{name}"))


def _signed(value: int) -> int:
    """Return 64 bits as SQLite has them."""
    return value - (1 << 64) if value >= 1 << 63 else value


def _unsigned(value: int) -> int:
    return value + (1 << 64) if value < 0 else value


def _range(shard: int) -> tuple[int, int]:
    return shard << 32, (shard << 32) + 0xFFFFFFFF
