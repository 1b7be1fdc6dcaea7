"""`convert images prune|import`: what the articles of sources need, and what is at hand."""

from typing import Any

import click

from convert.cli.common import (
    address_options,
    addresses_of,
    base_url_option,
    dialect_option,
    from_option,
    how_of,
    record_options,
    sources_argument,
    workers_option,
)
from convert.cli.help import Command, option, spoken
from convert.cli.progress import progress
from convert.cli.screen import echo
from convert.cli.statuses import FINDINGS
from convert.cli.store_options import common_options, existing, size_of, store_option
from convert.errors import UsageError
from convert.messages import Argument, Language, message
from convert.pictures import upkeep
from convert.report.words import clauses
from convert.text import printable

# --- prune -----------------------------------------------------------------------------------------------------------


@click.command(
    cls=Command,
    about=message("Remove the pictures that no article of SOURCE… needs, and files that the index does not know."),
)
@sources_argument
@store_option
@option("--dry-run", group="common", is_flag=True, about=message("Show what would be removed, and remove nothing."))
@from_option
@dialect_option
@base_url_option
@address_options
@record_options
@workers_option
@common_options
@click.pass_context
def prune(
    context: click.Context,
    /,
    sources: tuple[str, ...],
    store: str,
    dry_run: bool,
    quiet: bool,
    lines: bool,
    **given: Any,
) -> None:
    """Remove the pictures that no article needs."""
    from convert.collecting.at_hand import needed

    existing(store).close()
    how = _feed(sources, store, given)
    with progress(message("reading documents"), None, quiet=quiet, lines=lines, roots=sources) as step:
        articles, addresses = needed(sources, how, step)
    if not articles:
        raise UsageError("no article in the sources, so that nothing would be needed; name those of the store")
    with existing(store, write=not dry_run, alone=not dry_run) as pictures:
        rest = upkeep.unneeded(pictures, addresses)
        if not dry_run:
            upkeep.prune(pictures, rest)
    if not quiet:
        said: dict[str, Argument] = {
            "count": len(rest.pictures),
            "rows": len(rest.addresses),
            "files": len(rest.files),
            "size": size_of(rest.size),
        }
        done = message(
            "{count:,} picture(s), {rows:,} address(es) and {files:,} unknown file(s) removed, {size}", **said
        )
        would = message(
            "{count:,} picture(s), {rows:,} address(es) and {files:,} unknown file(s) would be removed, {size}", **said
        )
        echo((would if dry_run else done).text_in(spoken(context)))


# --- import ----------------------------------------------------------------------------------------------------------


@click.command(
    "import",
    cls=Command,
    about=message(
        "Store the pictures of SOURCE… that are at hand: beside the documents, inside them, in archives of the web, "
        "books and exports.  Of folders and archives without an article, everything is stored."
    ),
    examples=(
        ("convert images import vault --store pictures", message("Store the pictures that notes show.")),
        (
            "convert images import news --by-name saved --store pictures",
            message("Take them from a folder, by the last part of their addresses."),
        ),
    ),
)
@sources_argument
@store_option
@option(
    "--by-name",
    "folders",
    group="inputs",
    multiple=True,
    metavar="FOLDER",
    about=message("Look there by the last part of the address; repeatable."),
)
@option(
    "--by-address",
    "table",
    group="inputs",
    metavar="FILE",
    about=message("Read addresses and files from FILE: on each line an address, a tab, a file."),
)
@option("--all", "everything", group="inputs", is_flag=True, about=message("Store also what no article needs."))
@from_option
@dialect_option
@base_url_option
@address_options
@record_options
@workers_option
@common_options
@click.pass_context
def import_(
    context: click.Context,
    /,
    sources: tuple[str, ...],
    store: str,
    folders: tuple[str, ...],
    table: str | None,
    quiet: bool,
    lines: bool,
    **given: Any,
) -> None:
    """Store the pictures that are at hand."""
    from convert.collecting.at_hand import feed
    from convert.collecting.folders import Named, listed

    how = _feed(sources, store, given)
    named, more = Named(folders), listed("--by-address", table) if table else ()
    with progress(message("storing pictures"), None, quiet=quiet, lines=lines, roots=sources) as step:
        fed = feed(sources, how, step, more, named)
    if not quiet:
        _tell(fed, spoken(context))
    context.exit(FINDINGS if fed.refused or fed.problems else 0)


def _feed(sources: tuple[str, ...], store: str, given: dict[str, Any]) -> Any:
    """Return the choices of an import."""
    from convert.collecting.at_hand import Feed
    from convert.sources.choice import choice_of

    return Feed(
        store,
        how_of(given["from_"], given["dialects"]),
        given["base_url"],
        addresses_of(sources, given["address"], given["addresses"]),
        choice_of(given.get("urls", ()), given.get("mimes", ())),
        given["workers"],
        everything=given.get("everything", False),
    )


def _tell(fed: Any, language: Language) -> None:
    """Print what was refused, then the figures."""
    for each in fed.problems:
        echo(f"convert: {each.text_in(language)}", err=True)
    for address, missing in fed.refused:
        echo(f"{printable(address)}: {missing.message.text_in(language)}")
    figures = [message("{count:,} picture(s) stored", count=fed.done["stored"])]
    if known := fed.done["known"]:
        figures.append(message("{count:,} known", count=known))
    if fed.refused:
        figures.append(message("{count:,} refused", count=len(fed.refused)))
    if fed.absent:
        figures.append(message("{count:,} not at hand; fetch them: convert fetch", count=len(fed.absent)))
    echo(clauses(figures, language))
