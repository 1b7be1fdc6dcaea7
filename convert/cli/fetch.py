"""`convert fetch SOURCE… --store DIR`, the one command that opens a connection to the network."""

import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, nullcontext
from functools import partial
from importlib.util import find_spec
from typing import Any, NamedTuple

import click

from convert.building.build import NothingToConvertError
from convert.building.survey import survey
from convert.bundle.article_list import read_list
from convert.bundle.gathering import gathering
from convert.bundle.split import size_in_bytes
from convert.cli.common import (
    address_options,
    addresses_of,
    base_url_option,
    debug_option,
    dialect_option,
    from_option,
    how_of,
    language_option,
    record_options,
    sources_argument,
    workers_option,
)
from convert.cli.fetched import Tally, planned_lines, report_lines
from convert.cli.gathering import choosing_options
from convert.cli.help import Command, option, options, spoken
from convert.cli.progress import progress, progress_option
from convert.cli.screen import echo
from convert.cli.settings_options import settings_options
from convert.cli.statuses import FINDINGS
from convert.collecting.at_hand import Feed, feed, may_be_at_hand
from convert.collecting.wanted import wanted
from convert.errors import MissingExtraError, UsageError
from convert.messages import Language, message
from convert.pictures.fetching.limits import Limits
from convert.pictures.fetching.proxy import Proxy, proxy_of
from convert.pictures.guard import AddressGuard
from convert.pictures.index import NAME
from convert.pictures.planning import Choice, Need, Plan, plan_of
from convert.pictures.store import MAX_BYTES, PictureStore
from convert.settings import Settings, Step
from convert.sources.choice import choice_of

LONGEST_DELAY, MOST_AT_ONCE = 3600.0, 32
DAY = 86400
FAR = 45.0
"""Longest time until a connection through a proxy is made: Tor may have to build a circuit first."""
PACKAGES = ("aiohttp", "aiohttp_socks", "protego")


def _seconds(context: click.Context, parameter: click.Parameter, value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1
    least = 0.0 if parameter.name == "delay" else 0.1
    if not least <= seconds <= LONGEST_DELAY:
        raise UsageError(
            "--{option}: give seconds, from {least} to {most}",
            option=str(parameter.name),
            least=f"{least:g}",
            most=f"{LONGEST_DELAY:g}",
        )
    return seconds


def _size(context: click.Context, parameter: click.Parameter, value: str) -> int:
    if not 0 < (size := size_in_bytes(value)) <= MAX_BYTES:
        raise UsageError("--largest: give a size up to {most}, such as 8MB", most="64MiB")
    return size


def _number(context: click.Context, parameter: click.Parameter, value: str | None) -> int | None:
    if value is None:
        return None
    least, most = (0, 36500) if parameter.name == "refresh" else (1, MOST_AT_ONCE)
    if not (value.isascii() and value.isdecimal() and len(value) < 6 and least <= int(value) <= most):
        raise UsageError(
            "--{option}: give a number from {least} to {most}",
            option=str(parameter.name).replace("_", "-"),
            least=least,
            most=most,
        )
    return int(value)


network_options = options(
    option(
        "--allow-host",
        "hosts",
        group="network",
        multiple=True,
        metavar="HOST",
        about=message("Ask this host too, and those below it, besides the publishers'; repeatable."),
    ),
    option(
        "--allow-private",
        "networks",
        group="network",
        multiple=True,
        metavar="CIDR",
        about=message("Allow addresses of this private network, such as 192.168.1.0/24; repeatable."),
    ),
    option(
        "--proxy",
        group="network",
        default="",
        metavar="URL",
        about=message("Go through this proxy, which resolves names: socks5h:, http: or env."),
    ),
    option(
        "--delay",
        group="network",
        default="0.2",
        callback=_seconds,
        metavar="SECONDS",
        about=message("Wait so long between two requests to a host.  [default: 0.2]"),
    ),
    option(
        "--per-host",
        group="network",
        default="1",
        callback=_number,
        metavar="N",
        about=message("Send N requests at a time to a host.  [default: 1]"),
    ),
    option(
        "--timeout",
        group="network",
        default="60",
        callback=_seconds,
        metavar="SECONDS",
        about=message("Give up a picture that takes longer.  [default: 60]"),
    ),
    option(
        "--largest",
        group="network",
        default="32MB",
        callback=_size,
        metavar="SIZE",
        about=message("Give up a picture that is larger.  [default: 32MB]"),
    ),
    option(
        "--robots/--no-robots",
        group="network",
        default=True,
        about=message("Heed robots.txt, by which hosts say what programs may ask.  [default: heed]"),
    ),
)
"""The options of how hosts are asked."""


@click.command(
    cls=Command,
    about=message("Fetch the pictures that the articles of SOURCE… need, and keep them in a store."),
    examples=(
        (
            "convert fetch --dry-run news --store pictures",
            message("Say which hosts would be asked for how many pictures; ask nobody."),
        ),
        ("convert fetch news --store pictures", message("Fetch what is missing; run again to go on.")),
        (
            "convert fetch news --store pictures --proxy socks5h://127.0.0.1:9050",
            message("Fetch through Tor, names too."),
        ),
    ),
)
@sources_argument
@option(
    "--store",
    group="common",
    required=True,
    metavar="DIR",
    about=message("Keep the pictures in this folder.  [required]"),
)
@option(
    "--dry-run",
    group="common",
    is_flag=True,
    about=message("Say what would be asked of whom; ask nobody, write nothing."),
)
@option(
    "--again",
    group="common",
    is_flag=True,
    about=message("Ask again also for pictures that are gone, refused or broken."),
)
@option(
    "--refresh",
    group="common",
    callback=_number,
    metavar="DAYS",
    about=message("Ask whether pictures that are older than DAYS days changed."),
)
@option("--strict", group="common", is_flag=True, about=message("End with status 3 if any picture is missing."))
@option("-q", "--quiet", group="common", is_flag=True, about=message("Print errors only."))
@from_option
@dialect_option
@base_url_option
@address_options
@record_options
@workers_option
@settings_options
@choosing_options
@network_options
@option("-v", "--verbose", group="messages", is_flag=True, about=message("Print every picture that is missing."))
@progress_option
@language_option
@debug_option
@click.pass_context
def fetch(
    context: click.Context,
    /,
    sources: tuple[str, ...],
    store: str,
    dry_run: bool,
    strict: bool,
    quiet: bool,
    verbose: bool,
    lines: bool,
    **chosen: Any,
) -> None:
    """Fetch the pictures that the articles of SOURCE… need, and keep them in a store."""
    if not store:
        raise UsageError("--store: name a folder")
    if not dry_run:
        require()
    started = time.time()
    manner = _manner(chosen, int(started))
    language, settings = spoken(context), _settings(sources, **chosen)
    watch = partial(progress, quiet=quiet, lines=lines)
    pictures, at_hand = _wanted(sources, settings, watch, language)
    if dry_run:
        there = PictureStore(store, write=False) if os.path.isfile(os.path.join(store, NAME)) else None
        with there or nullcontext():
            plan = plan_of(pictures, there, manner.guard, manner.choice)
            for line in planned_lines(plan, there, manner.limits, language, verbose=verbose):
                echo(line)
        return
    if at_hand:
        _feed(sources, store, settings, watch, language)
    with PictureStore(store) as kept:
        plan = plan_of(pictures, kept, manner.guard, manner.choice)
        for picture, missing in plan.refused:
            kept.miss(picture.address, missing, asked=int(started))
        tally = Tally(plan)
        label = message("fetching pictures")
        with watch(label, len(plan.jobs), fetched=lambda: tally.bytes) as step:
            _run(plan, kept, manner, tally, step)
    if not quiet:
        for line in report_lines(tally, time.time() - started, language, verbose=verbose):
            echo(line)
    context.exit(FINDINGS if tally.passing or (strict and tally.missing) else 0)


class _Manner(NamedTuple):
    """Manner of asking."""

    limits: Limits
    proxy: Proxy | None
    guard: AddressGuard
    choice: Choice


def _manner(chosen: dict[str, Any], now: int) -> _Manner:
    """Take the options of the network out of those that were given, and return how they ask."""
    proxy = proxy_of(chosen.pop("proxy"))
    connecting = FAR if proxy else Limits().connecting
    given = {name: chosen.pop(name) for name in ("per_host", "delay", "timeout", "largest", "robots")}
    limits = Limits(**given, connecting=connecting)
    guard = AddressGuard(chosen.pop("hosts"), chosen.pop("networks"), by_proxy=proxy is not None and proxy.is_socks)
    days = chosen.pop("refresh")
    return _Manner(
        limits, proxy, guard, Choice(chosen.pop("again"), -1 if days is None else now - days * DAY, limits.robots)
    )


def require() -> None:
    """Check that the packages for fetching are installed.

    Raises:
        MissingExtraError: one of them is not.
    """
    if any(find_spec(each) is None for each in PACKAGES):
        raise MissingExtraError(
            "{format} needs a package that is not installed; install it: pip install 'archive-convert[{extra}]'",
            format="fetch",
            extra="pictures",
        )


def _settings(
    sources: tuple[str, ...],
    *,
    from_: str | None,
    dialects: tuple[str, ...],
    base_url: str,
    workers: int,
    language: Language | None,
    exclude: str | None,
    articles: str | None,
    address: str | None,
    addresses: str | None,
    urls: tuple[str, ...],
    mimes: tuple[str, ...],
    **chosen: Any,
) -> Settings:
    """Return the choice of articles that the options ask for."""
    return Settings(
        base_url,
        workers,
        gathering(**chosen),
        how=how_of(from_, dialects),
        exclude=None if exclude is None else read_list("--exclude", exclude),
        articles=None if articles is None else read_list("--articles", articles),
        addresses=addresses_of(sources, address, addresses),
        choice=choice_of(urls, mimes),
    )


def _wanted(
    sources: tuple[str, ...], settings: Settings, watch: Callable[..., AbstractContextManager[Step]], language: Language
) -> tuple[list[Need], bool]:
    """Return the pictures that the chosen articles of the sources need, and whether some may be at hand."""
    with watch(message("looking at sources"), None, roots=sources) as step:
        seen = survey(sources, settings, step)
    for unmatched in seen.summary.unmatched:
        echo(f"convert: {unmatched.text_in(language)}", err=True)
    if not (count := len(seen.index.entries)):
        raise NothingToConvertError(seen.summary, seen.findings)
    with watch(message("reading articles"), count) as step:
        return wanted(seen, settings, step), may_be_at_hand(seen)


def _feed(
    sources: tuple[str, ...],
    store: str,
    settings: Settings,
    watch: Callable[..., AbstractContextManager[Step]],
    language: Language,
) -> None:
    """Store the pictures that are at hand, so that nobody is asked for them."""
    how = Feed(
        store, settings.how, settings.base_url, settings.addresses, settings.choice, settings.workers, only_missing=True
    )
    with watch(message("storing pictures"), None, roots=sources) as step:
        fed = feed(sources, how, step)
    for problem in fed.problems:
        echo(f"convert: {problem.text_in(language)}", err=True)


def _run(plan: Plan, store: PictureStore, manner: _Manner, tally: Tally, step: Step) -> None:
    """Fetch the pictures of a plan, and count the results."""
    from convert.pictures.fetching.fetcher import Fetcher, Result  # the only command that loads a network client
    from convert.pictures.judge import Judge

    def tell(result: Result) -> None:
        tally.add(result.job, result.found, result.size, left_alone=result.left_alone)
        step(1)

    with closing(Judge()) as judge:
        Fetcher(store, judge, manner.guard, manner.limits, manner.proxy).run(plan.jobs, tell)
