"""`convert finish LIST`: what shards must know of each other, and the manifest."""

from typing import Any

import click

from convert.cli.common import workers_option
from convert.cli.help import Command, option, spoken
from convert.cli.progress import progress_option
from convert.cli.running import runner_of, runner_options
from convert.cli.shards import Screen, exchange_only, finish_job, job_of, job_options, list_argument
from convert.messages import Language, message


@click.command(
    cls=Command,
    about=message(
        "Finish a conversion in shards: let them know of each other, write the parts that wait for that, and then the "
        "manifest, with which the output is there."
    ),
    examples=(
        (
            "convert finish mirror.jsonl --to jsonl -o s3://archive/out",
            message("Finish, with the processors of this machine."),
        ),
    ),
)
@list_argument
@job_options
@workers_option
@runner_options
@option(
    "--exchange-only",
    "exchange_only_",
    group="common",
    is_flag=True,
    about=message("Write only what shards must know of each other; run-shard then writes the parts."),
)
@progress_option
@click.pass_context
def finish(
    context: click.Context,
    /,
    listing: str,
    to_: str,
    output: str,
    quiet: bool,
    workers: int,
    exchange_only_: bool,
    lines: bool,
    language: Language | None,
    **chosen: Any,
) -> None:
    """Finish a conversion in shards."""
    runner = runner_of(chosen)
    screen = Screen(spoken(context), runner.log, quiet=quiet, lines=lines)
    found, listed, target = job_of(listing, to_, output, **chosen)
    listed.check()
    work = exchange_only if exchange_only_ else finish_job
    context.exit(work(found, listed, target, screen, runner, workers))
