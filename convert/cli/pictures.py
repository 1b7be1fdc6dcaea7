"""The options of pictures in outputs."""

import click

from convert.cli.help import option, options
from convert.messages import message
from convert.pictures.profiles import PROFILES
from convert.writers import WRITERS
from convert.writers.options import COVERS

ASSETS = ", ".join(name for name, writer in WRITERS.items() if writer.assets)
"""Formats beside which pictures can lie."""

images_option = option(
    "--images",
    group="articles",
    type=click.Choice(list(PROFILES)),
    metavar="PROFILE",
    about=message("Size and colour of pictures: {profiles}.", profiles=", ".join(PROFILES)),
)
picture_options = options(
    option(
        "--store",
        group="articles",
        metavar="DIR",
        default="",
        about=message("Show the pictures of this store.  [default: captions only]"),
    ),
    images_option,
    option(
        "--fit",
        group="articles",
        metavar="SIZE",
        about=message("Reduce pictures until a book takes no more than this, such as 45MB."),
    ),
    option(
        "--assets",
        group="articles",
        metavar="DIR",
        default="",
        about=message("Write the pictures into this folder; for {formats}.", formats=ASSETS),
    ),
    option(
        "--cover",
        group="articles",
        metavar="svg|png|lead|FILE",
        default=COVERS[0],
        about=message("EPUB: draw a cover, or take the first lead picture or a file.  [default: svg]"),
    ),
)
"""The options of pictures."""
