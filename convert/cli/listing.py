"""`convert list SOURCE -o LIST`: what there is, once, so that many machines can share the work."""

import os

import click

from convert.bundle.split import size_in_bytes
from convert.cli.common import debug_option, language_option
from convert.cli.help import Command, option, spoken
from convert.cli.progress import progress, progress_option
from convert.cli.screen import echo
from convert.errors import UsageError
from convert.messages import Language, message
from convert.sharding.listing import ShardList
from convert.sharding.making import make
from convert.store import new_file
from convert.text import printable


@click.command(
    "list",
    cls=Command,
    about=message(
        "List the objects of SOURCE, a folder or an address, in shards: each archive is one, small files are gathered, "
        "and long JSON Lines are divided."
    ),
    examples=(
        ("convert list s3://archive/mirror -o mirror.jsonl", message("List what is below an address.")),
        (
            "convert --to jsonl mirror.jsonl -o out --runner processes",
            message("Convert a list, shard by shard."),
        ),
    ),
)
@click.argument("source", metavar="SOURCE", type=click.Path())
@option(
    "-o",
    "--output",
    group="common",
    required=True,
    metavar="OUT",
    about=message("Write the list to this file.  [required]"),
)
@option(
    "--shard-size",
    group="common",
    default="64MB",
    metavar="SIZE",
    about=message("Gather small files, and divide JSON Lines, into shards of this size.  [default: 64MB]"),
)
@option("-q", "--quiet", group="common", is_flag=True, about=message("Print errors only."))
@progress_option
@language_option
@debug_option
@click.pass_context
def listing(
    context: click.Context,
    /,
    source: str,
    output: str,
    shard_size: str,
    quiet: bool,
    lines: bool,
    language: Language | None,
) -> None:
    """List the objects of a folder or an address, in shards."""
    language = spoken(context)
    size = size_in_bytes(shard_size)
    if not size:
        raise UsageError("--shard-size takes a size such as 64MB, not {text}", text=repr(shard_size))
    _check_place(source, output)
    with progress(message("listing objects"), None, quiet=quiet, lines=lines) as step, new_file(output) as file:
        for line in make(source, size):
            file.write(line)
            step(1)
    if not quiet:
        end = ShardList(output).end
        said = message(
            "{objects:,} object(s), {bytes:,} bytes, in {shards:,} shard(s) → {path}",
            objects=end.objects,
            bytes=end.bytes,
            shards=end.shards,
            path=printable(output),
        )
        echo(said.text_in(language), err=True)


def _check_place(source: str, output: str) -> None:
    """Check that the list does not lie in the folder that it lists, where it would be a document itself.

    Raises:
        UsageError: it does.
    """
    inside = os.path.join(os.path.realpath(source), "")
    if os.path.isdir(source) and os.path.realpath(output).startswith(inside):
        raise UsageError("-o: the list would lie in the folder that it lists; write it elsewhere")
