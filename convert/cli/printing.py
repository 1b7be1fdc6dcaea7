"""The options that say how printed pages look, and what they keep to."""

from typing import Any

import click
from msgspec.structs import asdict

from convert.errors import UsageError
from convert.printing.engines import ENGINES, require
from convert.printing.model import STYLES, Design
from convert.printing.pages import PAGES
from convert.printing.variants import VARIANTS

LARGEST = 1 << 20
"""Bytes of a style sheet: more is none."""

_OPTIONS = (
    click.option("--page", type=click.Choice(sorted(PAGES)), help="PDF: size of the pages.  [default: a4]"),
    click.option(
        "--style",
        type=click.Choice(sorted(STYLES)),
        help="PDF: tell paragraphs of Chinese apart by an indent of two characters or by space.  [default: indent]",
    ),
    click.option("--stylesheet", metavar="FILE", help="PDF: CSS of your own, after the project's; for WeasyPrint."),
    click.option(
        "--pdf-engine",
        "engine",
        type=click.Choice([*sorted(ENGINES), "auto"]),
        help="PDF: what draws the pages; auto takes typst for more than 200 articles.  [default: weasyprint]",
    ),
    click.option(
        "--pdf-variant",
        "variant",
        type=click.Choice(sorted(VARIANTS)),
        help="PDF: the standard that the file keeps to besides PDF/UA-1.  [default: pdf/ua-1]",
    ),
)
NAMES = ("page", "style", "stylesheet", "engine", "variant")


def printing_options(function: Any) -> Any:
    """--page, --style, --stylesheet, --pdf-engine, --pdf-variant, for `design`."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def design(to: str, given: dict[str, Any]) -> Design:
    """What the options say; takes them out of `given`.

    Raises:
        UsageError: they are given for another format than PDF, or a style sheet that cannot be read or taken.
        MissingExtraError: the engine is not installed.
    """
    chosen = {name: value for name in NAMES if (value := given.pop(name)) is not None}
    if chosen and to != "pdf":
        raise UsageError("--page, --style, --stylesheet, --pdf-engine and --pdf-variant go with --to pdf only")
    require(chosen.get("engine", "auto"))
    if path := chosen.get("stylesheet"):
        if chosen.get("engine") == "typst":
            raise UsageError("typst reads no CSS; leave --stylesheet out, or take --pdf-engine weasyprint")
        chosen["stylesheet"] = _read(path)
    return Design(**(asdict(Design()) | chosen))


def _read(path: str) -> str:
    try:
        with open(path, "rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise UsageError(f"--stylesheet {path}: larger than {LARGEST:,} bytes, which no style sheet is")
        return data.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"--stylesheet {path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UsageError(f"--stylesheet {path}:{line}: not UTF-8; save the file as UTF-8") from None
