"""Index → Volume: which articles stand in a book, in which order, under which titles."""

from collections import defaultdict

from convert.bundle.index import Index
from convert.model import Entry, Section, Volume
from convert.text import language

_OTHER = {"zh-Hans": "其他", "zh-Hant": "其他"}
"""What articles without a channel stand under, after all others."""

_TITLE_OF_MANY = {"zh-Hans": "{first}等{count}个栏目", "zh-Hant": "{first}等{count}個欄目"}


def gather(index: Index, title: str = "") -> Volume:
    """All articles of an index as one volume: a section for each channel, in it the oldest article first."""
    by_channel: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in index.entries:
        by_channel[entry.section].append(entry)
    tag = language([" ".join(entry.title for entry in index.entries[:100])[:1000]])
    other = _OTHER.get(tag, "Other")
    sections = tuple(
        Section(
            key,
            index.channels.get(key) or key or other,
            tuple(sorted(by_channel[key], key=lambda each: (each.published[:10], index.place(each), each.path))),
        )
        for key in sorted(by_channel, key=lambda key: (not key, key))
    )
    return Volume(title or _title(index, sections, tag), tag, sections)


def _title(index: Index, sections: tuple[Section, ...], tag: str) -> str:
    if len(index.entries) == 1:
        return index.entries[0].title
    names = [section.title for section in sections if section.title]
    if not names:
        return index.entries[0].title if index.entries else ""
    if len(names) <= 3:
        return (", " if tag == "en" else "、").join(names)
    return _TITLE_OF_MANY.get(tag, "{first} and {count} sections").format(first=names[0], count=len(names))
