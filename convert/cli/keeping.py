"""`convert images list|check|merge`: what a store has, and whether it is whole."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import click

from convert.cli.common import debug_option, language_option
from convert.cli.help import Command, option, spoken
from convert.cli.progress import progress
from convert.cli.screen import echo
from convert.cli.statuses import FINDINGS
from convert.cli.store_options import common_options, existing, size_of, store_option
from convert.errors import UsageError
from convert.messages import Language, Message, message
from convert.pictures import upkeep
from convert.pictures.model import REASONS, Missing
from convert.pictures.store import PictureStore
from convert.report.base import dump
from convert.report.words import clauses
from convert.text import printable

# --- list ------------------------------------------------------------------------------------------------------------


@click.command(
    "list",
    cls=Command,
    about=message("Show by host what is stored, and what is missing and why."),
)
@store_option
@option("--missing", group="output", is_flag=True, about=message("Show each address whose picture is missing."))
@option(
    "--report",
    "form",
    group="output",
    type=click.Choice(["text", "jsonl"]),
    default="text",
    about=message("Write text, or a line of JSON for each address.  [default: text]"),
)
@language_option
@debug_option
@click.pass_context
def list_(context: click.Context, store: str, missing: bool, form: str, language: Language | None) -> None:
    """Show what is stored and what is missing."""
    with existing(store) as pictures:
        if form == "jsonl":
            for row in _rows(pictures, missing_only=missing):
                echo(dump(row))
        elif missing:
            for record in pictures.index.records():
                if isinstance(record.found, Missing):
                    why = record.found.message.text_in(spoken(context))
                    echo(f"{printable(record.address)}: {why}")
        else:
            _show_hosts(pictures, spoken(context))


def _rows(store: PictureStore, *, missing_only: bool) -> Iterator[dict[str, object]]:
    """Yield a row for each address, then for each picture that has none."""
    addressed: set[str] = set()
    for record in store.index.records():
        found = record.found
        if isinstance(found, Missing):
            yield {"address": record.address, "missing": found.reason, "detail": found.detail, "asked": record.asked}
            continue
        addressed.add(found.sha256)
        if not missing_only:
            yield {"address": record.address, **_row(found), "asked": record.asked}
    for picture in () if missing_only else store.index.pictures():
        if picture.sha256 not in addressed:
            yield {"address": f"sha256:{picture.sha256}", **_row(picture), "asked": 0}


def _row(picture: Any) -> dict[str, object]:
    facts = picture.facts
    return {
        "sha256": picture.sha256, "bytes": picture.size, "kind": facts.kind, "width": facts.width,
        "height": facts.height,
    }  # fmt: skip


def _show_hosts(store: PictureStore, language: Language) -> None:
    """Print a line for each host, and the sum."""
    found = upkeep.hosts(store)
    for host in found:
        parts = [message("{count:,} stored, {size}", count=host.stored, size=size_of(host.bytes))]
        for reason, count in host.missing.items():
            words = message(REASONS[reason].id, detail="…")
            parts.append(message("{count:,} missing: {reason}", count=count, reason=words))
        echo(message("{host}: {what}", host=_host(host.name), what=clauses(parts, language)).text_in(language))
    missing = sum(sum(host.missing.values()) for host in found)
    stored, size = sum(host.stored for host in found), sum(host.bytes for host in found)
    total = message(
        "{stored:,} picture(s) stored, {size}; {missing:,} missing", stored=stored, size=size_of(size), missing=missing
    )
    echo(total.text_in(language))


def _host(name: str) -> Message | str:
    return message("inside documents") if name == upkeep.CONTENT else printable(name)


# --- check -----------------------------------------------------------------------------------------------------------


@click.command(
    cls=Command,
    about=message("Read every file of the store, and list those that are damaged or missing."),
)
@store_option
@option(
    "--repair",
    group="common",
    is_flag=True,
    about=message("Remove damaged pictures, so that they are fetched again."),
)
@common_options
@click.pass_context
def check(
    context: click.Context, store: str, repair: bool, quiet: bool, lines: bool, language: Language | None
) -> None:
    """Read every file of the store."""
    language = spoken(context)
    with existing(store, write=repair, alone=repair) as pictures:
        with progress(message("checking pictures"), None, quiet=quiet, lines=lines) as step:
            found = list(upkeep.faults(pictures, step))
        losses = sum(each.is_loss for each in found)
        if repair and losses:
            upkeep.repair(pictures, found)
        count = sum(1 for _ in pictures.index.pictures())
    if not quiet:
        for each in found:
            echo(f"{printable(os.path.join(store, each.path))}: {each.message.text_in(language)}")
        figures = [
            message(
                "{count:,} picture(s): {right:,} whole, {wrong:,} not", count=count, right=count - losses, wrong=losses
            )
        ]
        if repair:
            figures = [message("{count:,} picture(s) left, {wrong:,} removed", count=count, wrong=losses)]
        if unknown := len(found) - losses:
            figures.append(message("{count:,} file(s) that the index does not know", count=unknown))
        echo(clauses(figures, language))
    context.exit(FINDINGS if losses and not repair else 0)


# --- merge -----------------------------------------------------------------------------------------------------------


@click.command(
    cls=Command,
    about=message("Add the pictures of other stores: the newest answer counts, damaged ones are refused."),
)
@click.argument("others", nargs=-1, required=True, metavar="OTHER…", type=click.Path())
@store_option
@common_options
@click.pass_context
def merge(
    context: click.Context, others: tuple[str, ...], store: str, quiet: bool, lines: bool, language: Language | None
) -> None:
    """Add the pictures of other stores."""
    language = spoken(context)
    for each in others:
        if os.path.exists(store) and os.path.exists(each) and os.path.samefile(each, store):
            raise UsageError("--store is {path} too; name another store to merge", path=repr(printable(each)))
        PictureStore(each, write=False).close()  # before anything is written
    refused = 0
    with PictureStore(store) as pictures, judging() as judge:
        for each in others:
            with existing(each) as other, progress(message("merging pictures"), None, quiet=quiet, lines=lines) as step:
                done = upkeep.merge(pictures, other, judge, step)
            refused += done["refused"]
            if not quiet:
                figures = [
                    message("{count:,} picture(s) and {rows:,} address(es) from {path}",
                            count=done["pictures"], rows=done["addresses"], path=printable(each)),
                ]  # fmt: skip
                if done["refused"]:
                    figures.append(message("{count:,} refused, which are damaged", count=done["refused"]))
                echo(clauses(figures, language))
    context.exit(FINDINGS if refused else 0)


@contextmanager
def judging() -> Iterator[Callable[[bytes], Any]]:
    """Yield the function that says what picture some bytes are, which works in a sealed process."""
    from convert.pictures.judge import Judge  # few commands look at pictures

    with closing(Judge()) as judge:
        yield judge.judge
