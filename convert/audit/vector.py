"""The table of vectors: every way to load, run or leave a trace that the audit knows, a row each.

The rows are in vectors/KIND.tsv, with their places (`at`), what reading programs did, and an example from which the
tests make files.  Judges look names up in the table; the pages of docs/audit/ are made from it.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

from convert.model import Level

KINDS = ("html", "css", "svg", "epub", "zip", "pdf", "markdown", "json", "text", "picture", "web")
"""Kinds of files with a part of the table."""

DATE = "2026-11-29"
"""Day on which the rows were last compared with their sources."""


TRACKING = frozenset({"tracking-link", "a-ping", "a-attributionsrc"})
"""Vectors by which a link says who followed it."""


class LevelText(NamedTuple):
    """Level of vectors, by the first digit of their codes."""

    level: Level
    en: str
    zh: str


LEVELS: Mapping[str, LevelText] = MappingProxyType(
    {
        "1": LevelText("error", "loads by itself", "自行加载"),
        "2": LevelText("error", "runs", "会运行"),
        "3": LevelText("warning", "only in some programs, or dormant", "仅部分程序，或潜伏"),
        "4": LevelText("info", "when followed", "点击之后"),
        "5": LevelText("warning", "personal traces", "个人痕迹"),
        "6": LevelText("error", "could not be judged", "无法判断"),
    }
)

SEEN: Mapping[str, str] = MappingProxyType(
    {
        "CF": "Chromium 156 and Firefox 153 load it, with and without scripts",
        "cF": "Chromium 156 and Firefox 153 load it where scripts may run",
        "C": "Chromium 156 loads it, Firefox 153 does not",
        "c": "Chromium 156 loads it where scripts may run",
        "F": "Firefox 153 loads it, Chromium 156 does not",
        "t": "a connection is opened, nothing is asked",
        "-": "neither Chromium 156 nor Firefox 153 loaded it on opening",
    }
)
"""Abbreviations of the column `seen`; other texts are there as they are."""


class Vector(NamedTuple):
    """Way to load, run or leave a trace."""

    code: str
    """`AUD`, the digit of the level, and a number of two digits; of three after the hundredth: AUD399, then AUD3100."""
    name: str
    at: tuple[str, ...]
    """Places: `img@src`, `link:icon`, `background-image`, `/OpenAction`; each kind has its own notation."""
    seen: str
    """Observed behaviour of reading programs; a key of `SEEN`, or a text."""
    source: str
    example: str
    en: str
    zh: str
    kind: str

    @property
    def level(self) -> Level:
        """The level of its findings."""
        return LEVELS[self.code[3]].level

    @property
    def loads_or_runs(self) -> bool:
        """True if opening the file is enough."""
        return self.code[3] in "12"


@cache
def vectors() -> Mapping[str, Vector]:
    """Return all vectors by name, in the order of their codes."""
    rows = [vector for kind in KINDS for vector in _read(kind)]
    return MappingProxyType({each.name: each for each in sorted(rows, key=lambda each: _order(each.code))})


def _order(code: str) -> tuple[str, int]:
    """Return the key by which codes are sorted.

    >>> sorted(("AUD401", "AUD3100", "AUD399"), key=_order)
    ['AUD399', 'AUD3100', 'AUD401']
    """
    return code[3], int(code[4:])


def _read(kind: str) -> list[Vector]:
    text = files("convert.audit").joinpath("vectors", f"{kind}.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines()[1:])
    return [
        Vector(code, name, tuple(at.split()), seen, source, example, en, zh, kind)
        for code, name, at, seen, source, example, en, zh in rows
    ]


@cache
def places(kind: str) -> Mapping[str, str]:
    """Return the name of the vector for each place of a kind."""
    return MappingProxyType({at: each.name for each in vectors().values() if each.kind == kind for at in each.at})
