"""One article, many channels: which of its copies stands in a book, and where."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from convert.model import Entry
from convert.urls import article_key


class Version(NamedTuple):
    """What tells which of two texts of one article is newer: the later one compares greater."""

    dated: str = ""
    """The last day that the text tells of itself."""
    length: int = 0
    """Characters: texts grow as news comes in."""
    text: int = 0
    """A hash of the text; it tells apart, not which is newer."""


class Copy(NamedTuple):
    """An article that a build leaves out because another copy of it is there."""

    entry: Entry
    kept: Entry
    """The copy that is there: its text, in the section of the first."""
    same: bool
    """Whether the two have the same text."""
    section: str
    """The channel that lists the one that is there in its place."""


def once(entries: Iterable[Entry], version: Callable[[Entry], Version]) -> tuple[list[Entry], list[Copy]]:
    """The entries, in their order, of which each article stands there once, in the place of its first copy; and the
    copies that are left out.

    Copies have the same original address, in whatever way it is written, or the same text.  Of differing texts the
    newest is kept, of equally new ones the first.  `version` is asked only where texts may differ.
    """
    groups = _groups(entries)
    kept: list[Entry] = []
    copies: list[Copy] = []
    for group in groups:
        first, *others = group
        if not others:
            kept.append(first)
            continue
        if first.text and all(each.text == first.text for each in others):
            best, same = first, dict.fromkeys((each.path for each in group), True)
        else:
            versions = {each.path: version(each) for each in group}
            best = max(group, key=lambda each: versions[each.path][:2])  # the first of equals
            same = {path: each.text == versions[best.path].text for path, each in versions.items()}
        stands = best if best is first else replace(best, section=first.section, published=first.published)
        kept.append(stands)
        copies += [
            Copy(each, stands, same[each.path], best.section if each is first else each.section)
            for each in group
            if each is not best
        ]
    return kept, copies


def _groups(entries: Iterable[Entry]) -> Iterable[list[Entry]]:
    """The copies of each article, in the order of the first of each; copies of one copy are copies of each other."""
    every = list(entries)
    first = list(range(len(every)))
    """Of each entry the place of one before it that it is a copy of, or its own."""
    seen: dict[object, int] = {}
    for place, entry in enumerate(every):
        for key in filter(None, (article_key(entry.address), entry.text)):
            one, other = _root(first, seen.setdefault(key, place)), _root(first, place)
            first[max(one, other)] = min(one, other)
    groups: dict[int, list[Entry]] = {}
    for place, entry in enumerate(every):
        groups.setdefault(_root(first, place), []).append(entry)
    return groups.values()


def _root(first: list[int], place: int) -> int:
    while first[place] != place:
        place = first[place]
    return place


def listed_elsewhere(copies: Iterable[Copy]) -> Mapping[str, list[Entry]]:
    """The entries that a section lists though they stand in another one, by the section's key: each once."""
    listed: dict[str, dict[str, Entry]] = {}
    for copy in copies:
        if copy.section != copy.kept.section:
            listed.setdefault(copy.section, {})[copy.kept.path] = copy.kept
    return {key: list(entries.values()) for key, entries in listed.items()}
