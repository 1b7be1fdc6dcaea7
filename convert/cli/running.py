"""The options that say where the shards of a list are worked on."""

from typing import Any, NamedTuple

import click

from convert.cli.help import option, options
from convert.messages import message
from convert.runner import RUNNERS

LOGS = ("text", "json")

runner_options = options(
    option(
        "--runner",
        group="output",
        type=click.Choice(sorted(RUNNERS)),
        about=message("Convert a LIST shard by shard; OUT gets a part of each."),
    ),
    option(
        "--scheduler",
        group="output",
        metavar="ADDRESS",
        about=message("Use this scheduler of Dask.  [default: tcp://127.0.0.1:8786]"),
    ),
    option(
        "--log",
        group="messages",
        type=click.Choice(LOGS),
        about=message("Print a line for each shard that is done, as text or as JSON."),
    ),
)
"""The options --runner, --scheduler and --log; `runner_of` takes their values."""


class ChosenRunner(NamedTuple):
    """Values of these options."""

    name: str
    """A key of `RUNNERS`, "" if the user named none."""
    scheduler: str | None
    log: str | None


def runner_of(options: dict[str, Any]) -> ChosenRunner:
    """Take the options of the runner out of all `options`, and return them."""
    return ChosenRunner(options.pop("runner") or "", options.pop("scheduler"), options.pop("log"))
