"""What the commands share: progress, ledger, exit status."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from convert.errors import UsageError
from convert.readers import READERS
from convert.report.base import Summary
from convert.sandbox.starting import signals_blocked
from convert.settings import Step

LEVELS = {"error": 0, "warning": 1, "info": 2}

MOST_WORKERS = 256

FINDINGS = 3
FAILED = 4


def sources_argument(function: Any) -> Any:
    """SOURCE…: files, folders, archives, `-`."""
    return click.argument("sources", nargs=-1, required=True, metavar="SOURCE…", type=click.Path(allow_dash=True))(
        function
    )


def base_url_option(function: Any) -> Any:
    """--base-url."""
    return click.option(
        "--base-url",
        default="",
        callback=_base_url,
        metavar="URL",
        help="Address of the source root in its mirror, such as https://github.com/OWNER/epoch-news/blob/master/.",
    )(function)


def from_option(function: Any) -> Any:
    """--from."""
    return click.option(
        "--from",
        "from_",
        type=click.Choice(sorted(READERS)),
        help="Form of the documents; by default each tells its own.  'markdown' also reads Markdown of other programs.",
    )(function)


def fidelity_options(function: Any) -> Any:
    """--fidelity and --fidelity-to, which give the formats to read back; none without them."""
    function = click.option(
        "--fidelity-to",
        "fidelity",
        metavar="FORMAT,…",
        callback=_formats,
        help="Look for what was lost, as --fidelity does, but read back only outputs in these formats; PDF takes "
        "half a second an article.",
    )(function)
    return click.option(
        "--fidelity",
        "all_formats",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_remember,
        help="Look also for what was lost on the way to any output: text, paragraphs, pictures, links, cells, items.",
    )(function)


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


def workers_option(function: Any) -> Any:
    """--workers."""
    return click.option(
        "--workers", default="0", callback=_workers, metavar="N", help="Processes; 0: as many as pay off."
    )(function)


def _workers(context: click.Context, parameter: click.Parameter, value: str) -> int:
    if not value.isdecimal() or int(value[:9]) > MOST_WORKERS:
        raise UsageError("--workers: give a number from 0 to {most}", most=MOST_WORKERS)
    return int(value)


def _base_url(context: click.Context, parameter: click.Parameter, value: str) -> str:
    if value and not value.startswith(("http://", "https://")):
        raise UsageError("--base-url: give an absolute http or https address")
    return value.rstrip("/") + "/" if value else ""


@contextmanager
def progress(label: str, length: int | None, *, quiet: bool) -> Iterator[Step]:
    """A bar on a terminal, with rate and time left; nothing elsewhere."""
    if quiet or not sys.stderr.isatty() or (length is not None and length < 50):
        yield lambda count: None
        return
    started = time.monotonic()
    done = 0

    def rate(_: object) -> str:
        return f"{done / max(time.monotonic() - started, 1e-6):,.0f}/s"

    with click.progressbar(
        length=length or 0, label=label, file=sys.stderr, item_show_func=rate, update_min_steps=50, show_pos=True
    ) as bar:

        def step(count: int) -> None:
            nonlocal done
            done += count
            bar.update(count)

        yield step


def status(summary: Summary, *, strict: bool, mended_too: bool) -> int:
    """The exit status of a run: 3 for errors, with `strict` also for warnings.  What cleaning mends counts when a
    document is checked; when it is converted only with `strict`."""
    levels = summary.levels if mended_too or strict else summary.unmended
    return FINDINGS if levels["error"] or (strict and levels["warning"]) else 0
