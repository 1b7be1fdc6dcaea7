"""The options that say how printed pages look, and what they keep to."""

from typing import Any

import click

from convert.printing.design import CHOICES, Given

_OPTIONS = (
    click.option("--page", type=click.Choice(CHOICES["page"]), help="PDF: size of the pages.  [default: a4]"),
    click.option(
        "--style",
        type=click.Choice(CHOICES["style"]),
        help="PDF: tell paragraphs of Chinese apart by an indent of two characters or by space.  [default: indent]",
    ),
    click.option("--stylesheet", metavar="FILE", help="PDF: CSS of your own, after the project's; for WeasyPrint."),
    click.option(
        "--pdf-engine",
        "engine",
        type=click.Choice(CHOICES["engine"]),
        help="PDF: what draws the pages; auto takes typst for more than 200 articles.  [default: weasyprint]",
    ),
    click.option(
        "--pdf-variant",
        "variant",
        type=click.Choice(CHOICES["variant"]),
        help="PDF: the standard that the file keeps to besides PDF/UA-1.  [default: pdf/ua-1]",
    ),
)


def printing_options(function: Any) -> Any:
    """--page, --style, --stylesheet, --pdf-engine, --pdf-variant, for `make_design`."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def given(options: dict[str, Any]) -> Given:
    """Take the options of printing out of all `options`, and return them."""
    return Given(
        page=options.pop("page"),
        style=options.pop("style"),
        stylesheet=options.pop("stylesheet"),
        engine=options.pop("engine"),
        variant=options.pop("variant"),
    )
