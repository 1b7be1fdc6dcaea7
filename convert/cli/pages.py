"""The options of how articles look, whatever the format."""

import click

from convert.cli.help import option, options
from convert.messages import message
from convert.writers.options import SEARCHES

page_options = options(
    option(
        "--nav",
        group="articles",
        type=click.Choice(["keep", "drop"]),
        about=message("Keep or drop the mirror's own links.  [default: keep; in PDF drop]"),
    ),
    option(
        "--tag-links/--no-tag-links",
        group="articles",
        default=False,
        about=message("Keep links to keyword pages in books.  [default: plain text]"),
    ),
    option(
        "--clean-links/--no-clean-links",
        group="articles",
        default=False,
        about=message("Take campaigns and click counters out of links.  [default: keep]"),
    ),
    option(
        "--flat/--no-flat",
        group="articles",
        default=False,
        about=message("Write rows of plain text and metadata; for jsonl."),
    ),
    option(
        "--script",
        group="articles",
        type=click.Choice(["hans", "hant"]),
        about=message("Convert Chinese to simplified or traditional characters; data stay."),
    ),
    option(
        "--search",
        group="articles",
        type=click.Choice(SEARCHES),
        default=SEARCHES[0],
        about=message("Search titles and texts of a site, its titles, or nothing.  [default: full]"),
    ),
)
"""The options from --nav to --search."""
