"""A job: a list, a format and options, as every process that works on it has them."""

import os
from functools import cached_property
from hashlib import sha256

import msgspec
from msgspec import Struct

from convert.building.choices import OptionValues
from convert.cache.identity import program
from convert.errors import UsageError
from convert.settings import Settings
from convert.sharding.listing import ShardList
from convert.storage import is_address
from convert.writers import WRITERS, require

FORMATS = ("jsonl", "markdown", "parquet")
"""Formats that can be written in shards."""
TABLES = ("jsonl", "parquet")
"""Formats of which a part is one file of articles."""
_DIGITS = 16


class Job(Struct, frozen=True, dict=True):
    """Conversion of a list in shards; it can be sent to other processes and machines."""

    path: str
    """File of the list, under the same name on every machine."""
    digest: str
    """SHA-256 of the list."""
    target: str
    """Folder or address that gets the parts."""
    to: str
    """Format, one of `FORMATS`."""
    settings: Settings
    program: str
    """Versions of this program and of what it uses, and a hash of its files."""

    @property
    def once(self) -> bool:
        """Return whether one copy of each article is written."""
        once = self.settings.gathering.once
        return WRITERS[self.to].once if once is None else once

    @property
    def has_rows(self) -> bool:
        """Return whether articles are rows, whose identifiers differ."""
        return self.to == "parquet" or self.settings.options.flat

    @property
    def has_links(self) -> bool:
        """Return whether articles link to each other's files."""
        return self.to == "markdown"

    @cached_property
    def options(self) -> OptionValues:
        """The options that affect the bytes of outputs."""
        chosen, options, how = self.settings.gathering, self.settings.options, self.settings.how
        values: dict[str, str | int | bool | tuple[str, ...] | None] = {
            "nav": options.nav, "tag_links": options.tag_links, "flat": options.flat, "images": options.images,
            "script": options.script, "order": chosen.order, "once": self.once, "select": chosen.selection.text,
            "base_url": self.settings.base_url, "from": how.source_format, "clean_links": how.clean_links,
            "dialects": sha256(b"\n".join(how.dialects)).hexdigest() if how.dialects else "",
        }  # fmt: skip
        return {name: value for name, value in values.items() if value not in ("", None, False)}

    @cached_property
    def key(self) -> str:
        """The hash of all that decides the bytes of the job's files."""
        facts = (self.digest, self.to, self.options, self.program)
        return sha256(msgspec.json.encode(facts, order="sorted")).hexdigest()

    @property
    def short(self) -> str:
        """Return the beginning of the key, as names of files have it."""
        return self.key[:_DIGITS]


def job(path: str, target: str, to: str, settings: Settings) -> tuple[Job, ShardList]:
    """Return a job, and its list.

    Raises:
        UsageError: it is no list, or the format or an option does not work in shards.
        MissingExtraError: the format needs a package that is not installed.
    """
    check(to, target, settings)
    found = ShardList(path)
    where = target if is_address(target) else os.path.abspath(target)
    return Job(os.path.abspath(path), found.digest, where, to, settings, program()), found


def check(to: str, target: str, settings: Settings) -> None:
    """Check that a conversion can be done in shards.

    Raises:
        UsageError: the format or an option does not work in shards.
        MissingExtraError: the format needs a package that is not installed.
    """
    if to not in FORMATS:
        raise UsageError(
            "{format} is not written in shards; choose one of {formats}, or leave --runner out",
            format=to,
            formats=", ".join(FORMATS),
        )
    require(to, flat=settings.options.flat)
    if target == "-":
        raise UsageError("a conversion in shards writes many files; name a folder or an address with -o")
    for name, given in _unfit(settings):
        if given:
            raise UsageError("--{option} does not work in shards; leave it out, or leave --runner out", option=name)


def _unfit(settings: Settings) -> tuple[tuple[str, object], ...]:
    """Return the options that need all articles, or a disk that all machines share, and whether they are given."""
    chosen = settings.gathering
    return (
        ("store", settings.store), ("assets", settings.assets), ("catalog", settings.catalog),
        ("split", chosen.split), ("since-manifest", chosen.additions), ("update", settings.update),
        ("channel", chosen.selection.channels), ("query", chosen.selection.terms),
        ("articles", settings.articles), ("exclude", settings.exclude), ("addresses", settings.addresses),
        ("url", settings.choice and settings.choice.urls), ("mime", settings.choice and settings.choice.types),
        ("fit", settings.options.fit), ("title", chosen.title),
    )  # fmt: skip
