"""The design of printed pages, read from the command's options."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypedDict

from convert.errors import UsageError, reason
from convert.printing.engines import ENGINES, require
from convert.printing.model import STYLES, Design
from convert.printing.pages import PAGES
from convert.printing.variants import VARIANTS
from convert.text import utf8

LARGEST = 1 << 20
"""Most bytes of a style sheet; a larger file is something else."""

CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "page": tuple(sorted(PAGES)),
    "style": tuple(sorted(STYLES)),
    "engine": (*sorted(ENGINES), "auto"),
    "variant": tuple(sorted(VARIANTS)),
})  # fmt: skip
"""Values that each option accepts."""


class Given(TypedDict):
    """Options of printing; None if an option is not given."""

    page: str | None
    style: str | None
    stylesheet: str | None
    """Path of a file."""
    engine: str | None
    variant: str | None


def make_design(to: str, given: Given) -> Design:
    """Return the design that the options of the format `to` ask for.

    Raises:
        UsageError: they are given for another format than PDF, a value is unknown, or the style sheet cannot be read or
            the engine takes none.
        MissingExtraError: the engine is not installed.
    """
    chosen = {name: str(value) for name, value in given.items() if value is not None}
    if chosen and to != "pdf":
        raise UsageError("--page, --style, --stylesheet, --pdf-engine and --pdf-variant go with --to pdf only")
    for name, values in CHOICES.items():
        if (value := chosen.get(name, values[0])) not in values:
            raise UsageError(
                "unknown {name} '{value}'; choose one of: {known}", name=name, value=value, known=", ".join(values)
            )
    require(chosen.get("engine", "auto"))
    if (path := chosen.get("stylesheet")) is not None:
        if chosen.get("engine") == "typst":
            raise UsageError("typst reads no CSS; leave --stylesheet out, or take --pdf-engine weasyprint")
        chosen["stylesheet"] = _read(path)
    return Design(**chosen)


def _read(path: str) -> str:
    try:
        with open(path, "rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise UsageError(
                "--stylesheet {path}: larger than {limit:,} bytes, which no style sheet is", path=path, limit=LARGEST
            )
        return utf8(data).decode()
    except OSError as error:
        raise UsageError("--stylesheet {path}: {reason}; name a file", path=path, reason=reason(error)) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UsageError(
            "--stylesheet {path}:{line}: not UTF-8; save the file as UTF-8", path=path, line=line
        ) from None
