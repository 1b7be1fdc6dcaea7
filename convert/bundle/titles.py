"""Titles of volumes."""

from collections.abc import Callable, Mapping, Sequence

from convert.bundle.parts import day_title
from convert.model import Section, Volume
from convert.words import Words, words

WAYS = ("channel", "year", "month", "week", "part")
"""Ways to divide, in their order in titles and file names."""


def title_of(title: str, keys: Mapping[str, str], label: Words) -> str:
    """Return the title of a volume: its subject, its period, its number."""
    pieces = [title]
    for way in WAYS[1:]:
        if way not in keys:
            continue
        key = keys[way]
        if way == "part":
            pieces.append(label["part"].format(key.lstrip("0")))
        elif not key:
            pieces.append(label["undated"])
        elif way == "week":
            year, _, number = key.partition("-w")
            pieces.append(label["week"].format(year=year, week=number.lstrip("0")))
        else:
            pieces.append(label["year"].format(year=key) if way == "year" else day_title(key, label))
    return " ".join(pieces)


def position_of(keys: Mapping[str, str]) -> str:
    """Return the place of a volume among those of its subject: its period, then its number; "" without a date.

    It does not move when other volumes come, and sorts as numbers do.

    >>> position_of({"channel": "nf1", "month": "2023-09"}), position_of({"year": "2023", "part": "002"})
    ('2023.09', '2023.002')
    """
    period = next((keys[way] for way in WAYS[1:-1] if way in keys), None)
    if period == "":
        return ""
    return ".".join(filter(None, ((period or "").replace("-w", ".").replace("-", "."), keys.get("part", ""))))


FEW = 3
"""Most sections that a title names one by one."""


def of_sections(sections: Sequence[Section], label: Words) -> str:
    """Return the title of a volume of some sections."""
    names = [section.title for section in sections]
    if len(names) <= FEW:
        return label["by"].join(names)
    return label["many_sections"].format(first=names[0], count=len(names))


def longest_title(volumes: Sequence[Volume], title: str, length: Callable[[str], int]) -> int:
    """Return the greatest possible length of a volume's title if `volumes` are divided further.

    `title` is the user's; `length` returns the length of a text, the sum of its characters' lengths.
    """
    label = words(volumes[0].language)
    own = [[section for section in volume.sections if section.entries] for volume in volumes]  # others give no name
    sections = {section.key: section.title for each in own for section in each}
    longest = sorted(map(length, sections.values()))[-FEW:]
    many = label["many_sections"].format(first="", count=len(sections))
    named = length(title) if title else max(sum(longest) + FEW * length(label["by"]), longest[-1] + length(many))
    named_now = (length(title or of_sections(each, label)) for each in own)
    keys = max(length(volume.title) - now for volume, now in zip(volumes, named_now, strict=True))
    part = label["part"].format(sum(len(section.entries) for each in own for section in each))
    return named + keys + length(f" {part}")
