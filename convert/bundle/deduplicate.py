"""Articles that stand in several channels: which of the copies a book has, and where."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from msgspec.structs import replace

from convert.model import Entry
from convert.text import hash64
from convert.urls import article_key


class Version(NamedTuple):
    """The version of an article's text: of two, the newer compares greater."""

    dated: str = ""
    """The last day that the text names as its own."""
    length: int = 0
    """Characters: texts grow as news comes in."""
    text: int = 0
    """A hash of the text, for equality only."""


class Copy(NamedTuple):
    """An article that a build leaves out because another copy of it is there."""

    entry: Entry
    kept: Entry
    """The copy that is there: its text, in the section of the first."""
    same: bool
    """Whether the two have the same text."""
    section: str
    """The channel that lists the one that is there in its place."""


def differing(entries: Sequence[Entry]) -> list[Entry]:
    """Return the copies whose texts may differ, of which `deduplicate` has to know the versions."""
    groups = ([entries[place] for place in group] for group in _groups(entries))
    return [entry for group in groups if not _equal(group) for entry in group]


def deduplicate(entries: Sequence[Entry], versions: Mapping[str, Version]) -> tuple[list[Entry], list[Copy]]:
    """Return the entries, in their order, with each article once, in the place of its first copy; and the copies that
    are left out.

    Copies have the same original address, in whatever way it is written, or the same text.  Of differing texts the
    newest is kept, of equally new ones the first.  `versions` are those of `differing`, by path.
    """
    in_place: dict[int, Entry | None] = {}
    copies: list[Copy] = []
    for group in _groups(entries):
        members = [entries[place] for place in group]
        best, same = _best(members, versions)
        first = members[0]
        kept = best if best is first else replace(best, section=first.section, published=first.published)
        in_place |= dict.fromkeys(group, None) | {group[0]: kept}
        copies += [
            Copy(each, kept, same[each.path], best.section if each is first else each.section)
            for each in members
            if each is not best
        ]
    left = (in_place.get(place, entry) for place, entry in enumerate(entries))
    return [entry for entry in left if entry is not None], copies


def _equal(group: Sequence[Entry]) -> bool:
    """Return whether all copies of an article are known to have the same text."""
    return bool(group[0].text) and all(each.text == group[0].text for each in group)


def _best(group: Sequence[Entry], versions: Mapping[str, Version]) -> tuple[Entry, Mapping[str, bool]]:
    """Return the copy that is kept, and which of all have its text."""
    if _equal(group):
        return group[0], dict.fromkeys((each.path for each in group), True)
    known = {each.path: versions.get(each.path, Version()) for each in group}
    best = max(group, key=lambda each: known[each.path][:2])  # the first of equals
    return best, {path: each.text == known[best.path].text for path, each in known.items()}


def _groups(entries: Sequence[Entry]) -> Iterator[list[int]]:
    """Yield the places of the copies of each article of which there are several, in the order of the first of each.

    Copies of one copy are copies of each other.

    Of most articles there is one, so that first only the hashes that come twice are kept.
    """
    shared = _repeated(key_of(entry) for entry in entries) | _repeated(entry.text for entry in entries)
    first: dict[int, int] = {}
    """Of each entry that has copies the place of one before it, or its own."""
    seen: dict[int, int] = {}
    for place, entry in enumerate(entries):
        for mark in (key_of(entry), entry.text):
            if mark in shared:
                one, other = _root(first, seen.setdefault(mark, place)), _root(first, place)
                first[max(one, other)] = min(one, other)
    groups: dict[int, list[int]] = {}
    for place in first:
        groups.setdefault(_root(first, place), []).append(place)
    return (sorted(groups[place]) for place in sorted(groups))


def _root(first: dict[int, int], place: int) -> int:
    while first.setdefault(place, place) != place:
        place = first[place]
    return place


def key_of(entry: Entry) -> int:
    """Return a hash of what all ways of writing an article's address have in common; 0 without an address."""
    return entry.key or (hash64(article_key(entry.address)) if entry.address else 0)


def _repeated(hashes: Iterable[int]) -> set[int]:
    """Return the hashes that come more than once; 0 is none."""
    ordered = array("Q", sorted(hashes))
    return {one for one, other in pairwise(ordered) if one == other and one}


def listed_elsewhere(copies: Iterable[Copy]) -> Mapping[str, list[Entry]]:
    """Return the entries that a section lists though their pages are in another one, by the section's key."""
    listed: dict[str, dict[str, Entry]] = {}
    for copy in copies:
        if copy.section != copy.kept.section:
            listed.setdefault(copy.section, {})[copy.kept.path] = copy.kept
    return {key: list(entries.values()) for key, entries in listed.items()}
