"""The options of pictures in outputs."""

from convert.cli.help import option, options
from convert.messages import message

picture_options = options(
    option(
        "--store",
        group="articles",
        metavar="DIR",
        default="",
        about=message("Show the pictures of this store.  [default: captions only]"),
    ),
)
"""The option --store."""
