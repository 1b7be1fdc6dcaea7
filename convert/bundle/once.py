"""One article, many channels: which of its copies stands in a book, and where."""

from collections.abc import Callable, Iterable, Iterator, Mapping
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
        copies += [Copy(each, stands, same[each.path]) for each in group if each is not best]
    return kept, copies


def _groups(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """The copies of each article, in the order of the first of each."""
    groups: list[list[Entry]] = []
    by_key: dict[str, int] = {}
    by_text: dict[int, int] = {}
    for entry in entries:
        key = article_key(entry.address) if entry.address else ""
        at = by_key.get(key) if key else None
        if at is None and entry.text:
            at = by_text.get(entry.text)
        if at is None:
            at = len(groups)
            groups.append([])
        groups[at].append(entry)
        if key:
            by_key.setdefault(key, at)
        if entry.text:
            by_text.setdefault(entry.text, at)
    return iter(groups)


def listed_elsewhere(copies: Iterable[Copy]) -> Mapping[str, list[Entry]]:
    """The entries that a section lists though they stand in another one, by the section's key: each once."""
    listed: dict[str, dict[str, Entry]] = {}
    for copy in copies:
        if copy.entry.section != copy.kept.section:
            listed.setdefault(copy.entry.section, {})[copy.kept.path] = copy.kept
    return {key: list(entries.values()) for key, entries in listed.items()}
