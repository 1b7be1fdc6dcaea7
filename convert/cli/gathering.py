"""The options that say which articles a build is of, and how they are divided among volumes."""

from typing import Any

import click

from convert.bundle import split as splitting
from convert.bundle.volumes import ORDERS
from convert.errors import UsageError


def _renamed(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value is not None:
        raise UsageError("--select chooses rules, in `convert validate`; did you mean --query?")


_OPTIONS = (
    click.option("--title", default="", help="Title of the book; of volumes its beginning."),
    click.option(
        "--split",
        default="none",
        metavar="WAY,…",
        help=f"Begin another volume for each: {splitting.WAYS}; several together: channel,month.  [default: none]",
    ),
    click.option("--since", default="", metavar="DATE", help="Only articles of this day, month or year and later."),
    click.option("--until", default="", metavar="DATE", help="Only articles of this day, month or year and earlier."),
    click.option(
        "--channel", "channels", multiple=True, metavar="NAME", help="Only this channel, by folder or name; repeatable."
    ),
    click.option(
        "--query",
        "queries",
        multiple=True,
        metavar="QUERY",
        help="Only articles with this text in the title, or publisher:TEXT, author:TEXT; -TEXT for those without.",
    ),
    click.option("--select", hidden=True, expose_value=False, callback=_renamed),
    click.option(
        "--order",
        type=click.Choice(sorted(ORDERS)),
        default="oldest",
        show_default=True,
        help="Of articles in a channel.",
    ),
    click.option(
        "--duplicates",
        type=click.Choice(["once", "keep"]),
        help="Articles that stand in several channels; books have each once by default, all else keeps every copy.",
    ),
)


def gathering_options(function: Any) -> Any:
    """--title, --split, --since, --until, --channel, --query, --order, --duplicates, for `gathering`."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function
