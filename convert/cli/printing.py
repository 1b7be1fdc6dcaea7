"""The options that decide how printed pages look, and which standards they follow."""

from typing import Any

import click

from convert.cli.help import option, options
from convert.messages import message
from convert.printing.design import CHOICES, Given

_OTHERS = ", ".join(each for each in CHOICES["variant"] if each != "pdf/ua-1")
printing_options = options(
    option(
        "--page",
        group="pdf",
        type=click.Choice(CHOICES["page"]),
        about=message("Draw pages of this size.  [default: a4]"),
    ),
    option(
        "--style",
        group="pdf",
        type=click.Choice(CHOICES["style"]),
        about=message("Mark Chinese paragraphs by an indent or by space.  [default: indent]"),
    ),
    option(
        "--stylesheet",
        group="pdf",
        metavar="FILE",
        about=message("Apply your own CSS after the built-in one; for WeasyPrint."),
    ),
    option(
        "--pdf-engine",
        "engine",
        group="pdf",
        type=click.Choice(CHOICES["engine"]),
        about=message("Draw with this; auto: typst above 200 articles.  [default: weasyprint]"),
    ),
    option(
        "--pdf-variant",
        "variant",
        group="pdf",
        type=click.Choice(CHOICES["variant"]),
        metavar="STANDARD",
        about=message("Follow also {known}.  [default: pdf/ua-1 only]", known=_OTHERS),
    ),
)
"""The options --page, --style, --stylesheet, --pdf-engine and --pdf-variant; `given` takes their values."""


def given(options: dict[str, Any]) -> Given:
    """Take the options of printing out of all `options`, and return them."""
    return Given(
        page=options.pop("page"),
        style=options.pop("style"),
        stylesheet=options.pop("stylesheet"),
        engine=options.pop("engine"),
        variant=options.pop("variant"),
    )
