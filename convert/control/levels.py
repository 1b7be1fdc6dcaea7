"""Levels by rule: the words of people, `LNK`, `LNK001` or `relative-link`, each with the level that they want."""

from collections.abc import Mapping
from typing import Literal

from convert.control.codes import codes

LevelOrOff = Literal["error", "warning", "info", "off"]
"""A level, or `off` for a rule that is ignored."""


def levels_by_code(wanted: Mapping[str, LevelOrOff]) -> dict[str, LevelOrOff]:
    """Return the level of each code that the words name; a word for one rule takes precedence over a family.

    >>> levels_by_code({"broken-data-image": "error", "IMG": "info"})["IMG004"]
    'error'

    Raises:
        UnknownCode: for the first word that names no rule.
    """
    rows = sorted(((codes([word]), level) for word, level in wanted.items()), key=lambda row: -len(row[0]))
    return {code: level for named, level in rows for code in named}
