"""The options that say which articles a build is of, and how they are divided among volumes."""

import click

from convert.bundle import split as splitting
from convert.bundle.volumes import ORDERS
from convert.cli.help import option, options
from convert.errors import UsageError
from convert.messages import message


def _renamed(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value is not None:
        raise UsageError("--select chooses rules, in `convert validate`; did you mean --query?")


period_options = options(
    option(
        "--since",
        group="articles",
        default="",
        metavar="DATE",
        about=message("Take only articles of this day, month or year and later."),
    ),
    option(
        "--until",
        group="articles",
        default="",
        metavar="DATE",
        about=message("Take only articles of this day, month or year and earlier."),
    ),
)
"""The options --since and --until."""
choosing_options = options(
    period_options,
    option(
        "--channel",
        "channels",
        group="articles",
        multiple=True,
        metavar="NAME",
        about=message("Take only this channel, by folder or name; repeatable."),
    ),
    option(
        "--query",
        "queries",
        group="articles",
        multiple=True,
        metavar="QUERY",
        about=message("Take only articles with this title text; or author:TEXT, publisher:TEXT, -TEXT."),
    ),
    click.option("--select", hidden=True, expose_value=False, callback=_renamed),
    option(
        "--articles",
        group="articles",
        metavar="FILE",
        about=message("Take only articles that FILE lists: a path, identifier or address on each line."),
    ),
    option(
        "--exclude",
        group="articles",
        metavar="FILE",
        about=message("Leave out the documents that FILE lists, as if they were not there."),
    ),
)
"""The options that choose articles, from --since to --exclude."""
arranging_options = options(
    option(
        "--order",
        group="articles",
        type=click.Choice(sorted(ORDERS)),
        default="oldest",
        about=message("Sort the articles of a channel.  [default: oldest]"),
    ),
    option(
        "--duplicates",
        group="articles",
        type=click.Choice(["once", "keep"]),
        about=message("Write articles of several channels once or each time.  [default: once in books]"),
    ),
)
"""The options --order and --duplicates."""
gathering_options = options(
    choosing_options,
    option(
        "--since-manifest",
        group="articles",
        multiple=True,
        metavar="MANIFEST",
        about=message("Take only what is new or changed since the build with this manifest; repeatable."),
    ),
    arranging_options,
    option(
        "--title",
        group="volumes",
        default="",
        metavar="TEXT",
        about=message("Set the title of the book; volumes get it with their channel and period."),
    ),
    option(
        "--split",
        group="volumes",
        default="none",
        metavar="WAY,…",
        about=message("Split by {ways}.  [default: none]", ways=splitting.WAYS.removeprefix("none, ")),
    ),
)
"""The options that choose articles, and those that arrange them: --order, --duplicates, --title and --split."""
