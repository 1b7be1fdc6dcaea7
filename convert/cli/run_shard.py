"""`convert run-shard LIST N`: one shard, so that any program that starts others can share the work."""

from typing import Any

import click

from convert.cli.help import Command, option, spoken
from convert.cli.shards import Screen, job_of, job_options, list_argument
from convert.messages import Language, message
from convert.sharding.driving import read_exchange
from convert.sharding.working import Item, ShardWorker


@click.command(
    "run-shard",
    cls=Command,
    about=message(
        "Convert the shards N… of LIST into parts below OUT.  It may be run on any machine, in any order, and again; "
        "`convert finish` does the rest."
    ),
    examples=(
        (
            "convert run-shard mirror.jsonl 7 --to jsonl -o s3://archive/out",
            message("Convert shard 7."),
        ),
    ),
)
@list_argument
@click.argument("numbers", metavar="N…", nargs=-1, required=True, type=click.IntRange(min=0))
@job_options
@option(
    "--careful",
    group="common",
    is_flag=True,
    about=message("Work on documents in another process, so that one that kills it costs no other."),
)
@click.pass_context
def run_shard(
    context: click.Context,
    /,
    listing: str,
    numbers: tuple[int, ...],
    to_: str,
    output: str,
    quiet: bool,
    careful: bool,
    language: Language | None,
    **chosen: Any,
) -> None:
    """Convert shards of a list."""
    screen = Screen(spoken(context), "text", quiet=quiet, lines=False)
    found, listed, target = job_of(listing, to_, output, **chosen)
    answered = read_exchange(target, found)
    for number in numbers:
        listed.objects(number)  # before any work
    code = 0
    worker = ShardWorker(found)
    for number in numbers:
        done = worker(Item(number, careful, answered.answers[number] if answered else None))
        if done.receipt:
            code = max(code, screen.shard(done.receipt))
        else:
            screen.waits(number)
    context.exit(code)
