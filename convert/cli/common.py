"""Options and exit status, which several commands share."""

import click

from convert.cli.help import option, options
from convert.cli.statuses import FAILED, FINDINGS
from convert.messages import message
from convert.readers import READERS
from convert.readers.options import ReadOptions
from convert.report.base import Summary
from convert.runner.base import check_workers
from convert.sandbox.signals import signals_blocked
from convert.sources.addresses import Addresses, only, read_addresses
from convert.sources.naming import folder_url

sources_argument = click.argument(
    "sources", nargs=-1, required=True, metavar="SOURCE…", type=click.Path(allow_dash=True)
)
"""The argument SOURCE…: files, folders, archives, `-`."""


def _remember(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    context.meta["convert.fidelity"] = value


def _formats(context: click.Context, parameter: click.Parameter, value: str | None) -> tuple[str, ...]:
    if value is None and not context.meta.get("convert.fidelity"):
        return ()
    with signals_blocked():  # pikepdf ends the process when it is interrupted while it is being imported
        from convert.fidelity import OUTPUTS  # its parsers cost more to load than most runs take

    choice = click.Choice(sorted(OUTPUTS))
    wanted = [choice.convert(each.strip(), parameter, context) for each in value.split(",")] if value else OUTPUTS
    return tuple(each for each in OUTPUTS if each in wanted)


def _workers(context: click.Context, parameter: click.Parameter, value: str) -> int:
    return check_workers(int(value) if value.isdecimal() and len(value) < 10 else -1)


def how_of(from_: str | None, dialects: tuple[str, ...], *, clean_links: bool = False) -> ReadOptions:
    """Return what the options --from, --dialect and --clean-links say of all documents.

    Raises:
        UsageError: a dialect cannot be used.
    """
    if not dialects:
        return ReadOptions(from_ or "", clean_links=clean_links)
    from convert.readers.mirror.own.load import load  # few runs have a dialect of their own

    return ReadOptions(from_ or "", tuple(map(load, dialects)), clean_links)


def addresses_of(sources: tuple[str, ...], address: str | None, addresses: str | None = None) -> Addresses | None:
    """Return the addresses that the options --address and --addresses give; None without them.

    Raises:
        UsageError: they cannot be used.
    """
    if address is not None:
        return only("--address", address, sources)
    return None if addresses is None else read_addresses("--addresses", addresses)


def _base_url(context: click.Context, parameter: click.Parameter, value: str) -> str:
    return folder_url(value)


base_url_option = option(
    "--base-url",
    group="inputs",
    default="",
    callback=_base_url,
    metavar="URL",
    about=message("Resolve links by this address of the source root.  [default: the git remote]"),
)
address_options = options(
    option(
        "--address",
        group="inputs",
        metavar="URL",
        about=message("Give the original address of the one document of SOURCE."),
    ),
    option(
        "--addresses",
        group="inputs",
        metavar="FILE",
        about=message("Read original addresses from FILE: on each line a path, a tab, an address."),
    ),
)
"""The options --address and --addresses."""
record_options = options(
    option(
        "--url",
        "urls",
        group="inputs",
        multiple=True,
        metavar="PATTERN",
        about=message("Take only these addresses of web archives; * means anything; repeatable."),
    ),
    option(
        "--mime",
        "mimes",
        group="inputs",
        multiple=True,
        metavar="TYPE,…",
        about=message("Take only records of these media types from web archives."),
    ),
)
"""The options --url and --mime."""
from_option = option(
    "--from",
    "from_",
    group="inputs",
    type=click.Choice(sorted(READERS)),
    metavar="FORMAT",
    about=message("Read all as {formats}.  [default: detected]", formats=", ".join(sorted(READERS))),
)
dialect_option = option(
    "--dialect",
    "dialects",
    group="inputs",
    multiple=True,
    metavar="FILE",
    about=message("Read pages of the mirror that FILE describes, in TOML; repeatable."),
)
fixing_options = options(
    option(
        "--fix",
        group="common",
        is_flag=True,
        about=message("Fix the documents themselves, where no word of an article changes."),
    ),
    option(
        "--allow-dirty",
        group="common",
        is_flag=True,
        about=message("Fix also files with changes that are not staged in git."),
    ),
    option("--diff", group="common", is_flag=True, about=message("Show what --fix would change, and write nothing.")),
)
"""The options --fix, --allow-dirty and --diff."""
workers_option = option(
    "--workers",
    group="inputs",
    default="0",
    callback=_workers,
    metavar="N",
    about=message("Use N processes.  [default: 0, as many as pay off]"),
)
language_option = option(
    "--lang",
    "language",
    group="messages",
    type=click.Choice(["en", "zh"]),
    about=message("Speak English or Chinese.  [default: by locale; in reports for programs English]"),
)
debug_option = option(
    "--debug",
    group="messages",
    is_flag=True,
    expose_value=False,  # convert/cli/ending.py looks for it, because what fails may be the parsing
    about=message("Print a traceback where this program fails."),
)
fidelity_options = options(
    option(
        "--fidelity",
        "all_formats",
        group="rules",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_remember,
        about=message("Report also what was lost on the way to an output: text, pictures, links, cells."),
    ),
    option(
        "--fidelity-to",
        "fidelity",
        group="rules",
        metavar="FORMAT,…",
        callback=_formats,
        about=message("Report what was lost in these formats only; PDF takes half a second an article."),
    ),
)


def status(summary: Summary, *, strict: bool, count_fixed: bool) -> int:
    """Return the exit status of a run: 3 for errors, with `strict` also for warnings; 4 where this program failed.

    What cleaning fixes counts when a document is checked; when it is converted only with `strict`.
    """
    if summary.codes["SRC009"]:
        return FAILED
    levels = summary.levels if count_fixed or strict else summary.unfixed
    return FINDINGS if levels["error"] or (strict and levels["warning"]) else 0
