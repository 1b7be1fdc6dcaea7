"""Conversions in shards: what `convert --to … --runner`, `run-shard` and `finish` share."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
import msgspec

from convert.building.build import Request
from convert.cache.identity import versions
from convert.cli.common import base_url_option, debug_option, dialect_option, from_option, language_option, status
from convert.cli.gathering import arranging_options, period_options
from convert.cli.help import option, options
from convert.cli.pages import page_options
from convert.cli.pictures import images_option
from convert.cli.progress import progress
from convert.cli.request import request_of
from convert.cli.running import ChosenRunner
from convert.cli.screen import echo
from convert.cli.settings_options import settings_options
from convert.errors import UsageError
from convert.messages import Language, Message, message
from convert.report.base import Summary
from convert.report.words import clauses, count_of
from convert.rules import RULES
from convert.runner.base import Cluster
from convert.sharding.driving import Running, bind_all, exchange, receipts, survey_all
from convert.sharding.finishing import finish, finished, guard_target
from convert.sharding.job import FORMATS, Job, job
from convert.sharding.listing import ShardList
from convert.sharding.receipts import Counts, Receipt
from convert.storage import Storage, storage_at
from convert.text import printable

_ABSENT: dict[str, Any] = {
    "manifest": False, "changes": False, "update": False, "cache": None, "workers": 0, "language": None,
    "exclude": None, "articles": None, "address": None, "addresses": None, "urls": (), "mimes": (), "store": "",
    "assets": "", "catalog": False, "catalog_url": None, "since_manifest": (), "title": "", "split": "none",
    "channels": (), "queries": (), "cover": "svg", "fit": None, "page": None, "style": None, "stylesheet": None,
    "engine": None, "variant": None,
}  # fmt: skip
"""Values of the options that conversions in shards do not have."""

list_argument = click.argument("listing", metavar="LIST", type=click.Path())
"""The argument LIST."""
job_options = options(
    option(
        "--to",
        "to_",
        group="common",
        type=click.Choice(sorted(FORMATS)),
        required=True,
        metavar="FORMAT",
        about=message("Write {formats}.  [required]", formats=", ".join(sorted(FORMATS))),
    ),
    option(
        "-o",
        "--output",
        group="common",
        required=True,
        metavar="OUT",
        about=message("Write to this folder or address.  [required]"),
    ),
    option("-q", "--quiet", group="common", is_flag=True, about=message("Print errors only.")),
    from_option,
    dialect_option,
    base_url_option,
    settings_options,
    period_options,
    arranging_options,
    page_options,
    images_option,
    language_option,
    debug_option,
)
"""The options that decide what the parts of a job are."""


def job_of(listing: str, to_: str, output: str, **chosen: Any) -> tuple[Job, ShardList, Storage]:
    """Return the job that options ask for, its list and its target.

    Raises:
        UsageError: it is no list, or something does not work in shards.
    """
    return opened(request_of((listing,), to_, output, **{**_ABSENT, **chosen}))


def opened(request: Request) -> tuple[Job, ShardList, Storage]:
    """Return the job of a request whose one source is a list, the list, and the target.

    Raises:
        UsageError: it is no list, or something does not work in shards.
    """
    if len(request.sources) != 1 or not os.path.isfile(request.sources[0]):
        raise UsageError("--runner works on a list; make one with `convert list SOURCE -o LIST`, and name that alone")
    found, listed = job(request.sources[0], request.output, request.to, request.settings)
    target = storage_at(found.target)
    guard_target(found, listed, target)
    return found, listed, target


def check_alone(**given: object) -> None:
    """Check that options of other conversions are not given with --runner.

    Raises:
        UsageError: one is.
    """
    for name, value in given.items():
        if value:
            raise UsageError(
                "--{option} does not work in shards; leave it out, or leave --runner out", option=name.replace("_", "-")
            )


class Screen:
    """Progress, lines and figures of a job, for people or programs on standard error."""

    def __init__(self, language: Language, log: str | None, *, quiet: bool, lines: bool) -> None:
        self.language, self.quiet = language, quiet
        self._log, self._lines = log, lines
        self._began = time.monotonic()
        self._logged: dict[int, Receipt] = {}
        self._announced = ""

    @contextmanager
    def running(self, label: Message, shards: int, runner: ChosenRunner, workers: int) -> Iterator[Running]:
        """Yield how the shards are worked on, while a bar shows how far it is."""
        scheduler = runner.scheduler or Cluster().scheduler
        cluster = Cluster(scheduler, identify=versions, announce=self._announce)
        with progress(label, shards, quiet=self.quiet, lines=self._lines) as step:
            yield Running(runner.name, workers, step, self._note if self._log else lambda receipt: None, cluster)

    def _announce(self, address: str) -> None:
        """Print where the dashboard is, the first time; each pass over the shards connects anew."""
        if not self.quiet and address != self._announced:
            self._announced = address
            said = message("the dashboard of Dask is at {address}", address=address)
            echo(f"convert: {said.text_in(self.language)}", err=True)

    def _note(self, receipt: Receipt) -> None:
        """Print the line of a receipt, unless an earlier pass wrote the part already."""
        if self._logged.get(receipt.shard) != receipt:
            self._logged[receipt.shard] = receipt
            self._receipt(receipt)

    def _receipt(self, receipt: Receipt) -> None:
        if self._log == "json":
            echo(msgspec.json.encode(receipt).decode(), err=True)
            return
        said = message(
            "shard {shard}: {articles:,} article(s), {bytes:,} bytes",
            shard=receipt.shard,
            articles=receipt.counts.articles,
            bytes=receipt.part.bytes if receipt.part else 0,
        )
        echo(said.text_in(self.language), err=True)

    def shard(self, receipt: Receipt) -> int:
        """Print the figures of a shard, and return the exit status."""
        if not self.quiet:
            self._receipt(receipt)
        return status(_summary(receipt.counts), strict=False, count_fixed=False)

    def waits(self, shard: int) -> None:
        """Print that a shard is surveyed, and waits for what others know."""
        if not self.quiet:
            said = message("shard {shard}: surveyed; it is written when all others are surveyed", shard=shard)
            echo(said.text_in(self.language), err=True)

    def end(self, counts: Counts, output: str, *, rules: bool = True) -> int:
        """Print the figures, and return the exit status."""
        if not self.quiet:
            if rules:
                for code, number in counts.codes.items():
                    echo(f"{number:>12,} {code} {RULES[code].name}", err=True)
            seconds = time.monotonic() - self._began
            parts = [
                message(
                    "{articles:,} article(s) → {path} in {seconds:.1f} s",
                    articles=counts.articles,
                    path=printable(output),
                    seconds=seconds,
                )
            ]
            if counts.left_out:
                parts.append(message("{count} left out with errors", count=counts.left_out))
            if counts.not_articles:
                parts.append(message("{count} other file(s)", count=counts.not_articles))
            if warnings := counts.levels.get("warning"):
                parts.append(count_of("warning", warnings))
            echo(clauses(parts, self.language), err=True)
        return status(_summary(counts), strict=False, count_fixed=False)


def _summary(counts: Counts) -> Summary:
    summary = Summary()
    summary.levels.update(counts.levels)
    summary.unfixed.update(counts.unfixed)
    summary.codes.update(counts.codes)
    return summary


def convert_in_shards(request: Request, screen: Screen, runner: ChosenRunner, workers: int) -> int:
    """Do a whole job, and return the exit status.

    Raises:
        UsageError: something does not work in shards.
        ConvertError: a shard cannot be done; what is done stays.
    """
    found, listed, target = opened(request)
    listed.check()
    if counts := finished(found, target):
        return screen.end(counts, found.target)
    with screen.running(message("converting shards"), len(listed), runner, workers) as running:
        survey_all(found, len(listed), running)
    return finish_job(found, listed, target, screen, runner, workers)


def finish_job(
    found: Job, listed: ShardList, target: Storage, screen: Screen, runner: ChosenRunner, workers: int
) -> int:
    """Let the shards of a job know of each other, write what waits for that, and then the manifest."""
    if counts := finished(found, target):
        return screen.end(counts, found.target)
    with screen.running(message("binding shards"), len(listed), runner, workers) as running:
        answered = exchange(found, listed, target, running)
        bind_all(found, answered, running)
    counts = finish(found, listed, target, receipts(found, target, answered), answered.contents)
    return screen.end(counts, found.target)


def exchange_only(
    found: Job, listed: ShardList, target: Storage, screen: Screen, runner: ChosenRunner, workers: int
) -> int:
    """Let the shards of a job know of each other, and print how many wait for that."""
    with screen.running(message("asking shards"), len(listed), runner, workers) as running:
        answered = exchange(found, listed, target, running)
    if not screen.quiet:
        said = message(
            "{count} shard(s) depend on others; run them again, then finish", count=sum(map(bool, answered.answers))
        )
        echo(said.text_in(screen.language), err=True)
    return 0
