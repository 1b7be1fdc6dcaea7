"""Deduplication of articles in several channels: which of the copies a book retains, and where."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from msgspec.structs import replace

from convert.late import late_pattern
from convert.model import Entry
from convert.text import hash64
from convert.urls import article_key


class Version(NamedTuple):
    """Version of an article's text; the newer of two compares greater."""

    dated: str = ""
    """Last date that the article gives for itself, an ISO 8601 day."""
    length: int = 0
    """Number of characters, because texts grow as news comes in."""
    text: int = 0
    """Hash of the text, for equality only."""


class Copy(NamedTuple):
    """Article that a build leaves out because it retains another copy."""

    entry: Entry
    retained: Entry
    """The retained copy: the text of the best one, in the section of the first."""
    same: bool
    """True if both have the same text."""
    section: str
    """Channel that lists the retained copy instead."""


def differing(entries: Sequence[Entry]) -> list[Entry]:
    """Return the copies whose texts may differ, whose versions `deduplicate` needs."""
    groups = ([entries[position] for position in group] for group in _groups(entries))
    return [entry for group in groups if not _equal(group) for entry in group]


def deduplicate(entries: Sequence[Entry], versions: Mapping[str, Version]) -> tuple[list[Entry], list[Copy]]:
    """Return the entries with each article once, at the position of its first copy, and the copies that are left out.

    Copies have the same original address, however it is written, or the same text.  Of differing texts the newest is
    retained, of equally new ones the first.  `versions` are those of `differing`, by path.
    """
    in_place: dict[int, Entry | None] = {}
    copies: list[Copy] = []
    for group in _groups(entries):
        members = [entries[position] for position in group]
        best, same = _best(members, versions)
        first = members[0]
        retained = best if best is first else replace(best, section=first.section, published=first.published)
        in_place |= dict.fromkeys(group, None) | {group[0]: retained}
        copies += [
            Copy(each, retained, same[each.path], best.section if each is first else each.section)
            for each in members
            if each is not best
        ]
    remaining = (in_place.get(position, entry) for position, entry in enumerate(entries))
    return [entry for entry in remaining if entry is not None], copies


def _equal(group: Sequence[Entry]) -> bool:
    """Return True if all copies of an article are known to have the same text."""
    return bool(group[0].text) and all(each.text == group[0].text for each in group)


def _best(group: Sequence[Entry], versions: Mapping[str, Version]) -> tuple[Entry, Mapping[str, bool]]:
    """Return the copy to retain, and for each path True if it has the same text."""
    if _equal(group):
        return group[0], dict.fromkeys((each.path for each in group), True)
    version_of = {each.path: versions.get(each.path, Version()) for each in group}
    best = max(group, key=lambda each: version_of[each.path][:2])  # the first of equals
    return best, {path: version.text == version_of[best.path].text for path, version in version_of.items()}


def _groups(entries: Sequence[Entry]) -> Iterator[list[int]]:
    """Return the positions of the copies of each article that has several, in the order of the first of each.

    The relation is transitive: two copies of one article are copies of each other.  Most articles have no copies, so
    only hashes that occur twice are stored.
    """
    shared = _repeated(key_of(entry) for entry in entries) | _repeated(entry.text for entry in entries)
    first: dict[int, int] = {}
    """Union-find forest: by the position of an entry that has copies, the position of an earlier copy, or its own."""
    seen: dict[int, int] = {}
    for position, entry in enumerate(entries):
        for hashed in (key_of(entry), entry.text):
            if hashed in shared:
                one, other = _root(first, seen.setdefault(hashed, position)), _root(first, position)
                first[max(one, other)] = min(one, other)
    groups: dict[int, list[int]] = {}
    for position in first:
        groups.setdefault(_root(first, position), []).append(position)
    return (sorted(groups[position]) for position in sorted(groups))


def _root(first: dict[int, int], position: int) -> int:
    while first.setdefault(position, position) != position:
        position = first[position]
    return position


def key_of(entry: Entry) -> int:
    """Return a hash of an article's address, the same however it is written; 0 without an address.

    The front page of a site is no article's address: posts that name nothing else as their source are no copies.
    """
    if entry.key or not entry.address:
        return entry.key
    return 0 if _FRONT_PAGE.fullmatch(entry.address) else hash64(article_key(entry.address))


_FRONT_PAGE = late_pattern(r"https?://[^/?#]+/?(?:#.*)?")


def _repeated(hashes: Iterable[int]) -> set[int]:
    """Return the hashes that occur more than once, except 0."""
    ordered = array("Q", sorted(hashes))
    return {one for one, other in pairwise(ordered) if one == other and one}


def listed_elsewhere(copies: Iterable[Copy]) -> Mapping[str, list[Entry]]:
    """Return, by the section's key, the entries that a section lists though their pages are in another section."""
    listed: dict[str, dict[str, Entry]] = {}
    for copy in copies:
        if copy.section != copy.retained.section:
            listed.setdefault(copy.section, {})[copy.retained.path] = copy.retained
    return {key: list(entries.values()) for key, entries in listed.items()}
