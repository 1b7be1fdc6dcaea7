"""Profiles: tables of levels by rule, each a file of this folder that is named after it."""

import os
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType

import msgspec
from msgspec import Struct

from convert.control import Control
from convert.control.codes import codes
from convert.control.levels import LevelOrOff, levels_by_code
from convert.errors import UsageError
from convert.model import Level

_SUFFIX = ".toml"

PROFILES = tuple(sorted(name.removesuffix(_SUFFIX) for name in os.listdir(__path__[0]) if name.endswith(_SUFFIX)))
"""The names of all profiles."""


class Group(Struct, frozen=True, forbid_unknown_fields=True):
    """Rules that have the same level for the same reason."""

    level: LevelOrOff
    rules: tuple[str, ...]
    """Codes, families or names."""
    why: str


class Profile(Struct, frozen=True, forbid_unknown_fields=True):
    """Levels that fit a kind of archive."""

    level: Level
    """The lowest level that is reported, unless the user or the settings choose one."""
    group: tuple[Group, ...]

    @property
    def levels(self) -> Mapping[str, LevelOrOff]:
        """The level of each rule that the profile names, by code."""
        return MappingProxyType(levels_by_code({word: group.level for group in self.group for word in group.rules}))


@cache
def load(name: str) -> Profile:
    """Return a profile of the table."""
    import tomllib  # few checks have a profile

    with open(os.path.join(__path__[0], name + _SUFFIX), "rb") as file:
        return msgspec.convert(tomllib.load(file), Profile)


def levels_in_use(
    wanted: Mapping[str, LevelOrOff], profile: str = ""
) -> tuple[tuple[tuple[str, Level], ...], frozenset[str]]:
    """Return the levels of a run by code, and the codes that are off; `wanted` takes precedence over the profile.

    Raises:
        UnknownCode: a key of `wanted` names no rule.
    """
    levels = {**(load(profile).levels if profile else {}), **levels_by_code(wanted)}
    on = tuple((code, level) for code, level in sorted(levels.items()) if level != "off")
    return on, frozenset(levels) - {code for code, _ in on}


def control_of(
    select: Sequence[str] | None, ignore: Sequence[str], levels: Mapping[str, LevelOrOff], profile: str = ""
) -> Control:
    """Return the choice of findings that words for rules make; `select` replaces the rules that are off.

    Raises:
        UsageError: there is no such rule or profile.
    """
    if profile and profile not in PROFILES:
        raise UsageError("unknown profile '{name}'; choose one of: {known}", name=profile, known=", ".join(PROFILES))
    on, off = levels_in_use(levels, profile)
    if select is None:
        return Control(None, codes(ignore) | off, levels=on)
    return Control(codes(select), codes(ignore), levels=on)
