"""`convert clean OUT`: what killed workers and earlier jobs left in an output in parts."""

import click

from convert.cli.common import debug_option, language_option
from convert.cli.help import Command, option, spoken
from convert.cli.screen import echo
from convert.messages import Argument, Language, message
from convert.sharding.cleaning import left
from convert.storage import storage_at
from convert.text import printable


@click.command(
    cls=Command,
    about=message(
        "List what is left in OUT, an output in shards, that its manifest or its receipts do not name: of killed "
        "workers, of earlier conversions, and what only the work itself needed."
    ),
)
@click.argument("output", metavar="OUT", type=click.Path())
@option("--delete", group="common", is_flag=True, about=message("Delete it."))
@option("-q", "--quiet", group="common", is_flag=True, about=message("Print errors only."))
@language_option
@debug_option
@click.pass_context
def clean(context: click.Context, /, output: str, delete: bool, quiet: bool, language: Language | None) -> None:
    """List or delete what is left in an output in shards."""
    language = spoken(context)
    storage = storage_at(output)
    count = size = 0
    for stored in list(left(storage)):
        count, size = count + 1, size + stored.size
        if not quiet:
            echo(printable(stored.name))
        if delete:
            storage.delete(stored.name)
    uploads = 0
    for upload in list(storage.unfinished()):
        uploads += 1
        if not quiet:
            echo(printable(upload))
        if delete:
            storage.abort(upload)
    if not quiet:
        figures: dict[str, Argument] = {"count": count, "bytes": size, "uploads": uploads}
        said = (
            message("{count} file(s) with {bytes:,} bytes and {uploads} unfinished upload(s) deleted", **figures)
            if delete
            else message(
                "{count} file(s) with {bytes:,} bytes and {uploads} unfinished upload(s); --delete deletes them",
                **figures,
            )
        )
        echo(said.text_in(language), err=True)
