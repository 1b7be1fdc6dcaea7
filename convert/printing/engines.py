"""The table of PDF engines, ENGINES, and the choice of one for a book.  A new engine is one module and one row."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from convert.errors import MissingError, MissingExtraError
from convert.printing.model import Chunk, Design

Draw = Callable[[Sequence[Any], Chunk], tuple[bytes, tuple[str, ...]]]
"""Function that draws the sections of a chunk, each a `ParsedSection`, and returns the PDF and its warnings, each once.

Settings name engines, so that what this module imports is loaded by every command."""


FEWEST, PROCESSES = 25, 4
"""Fewest articles of a chunk, and the number of processes for which a small book is divided."""

AUTO = 200
"""Most articles of a volume for which `auto` chooses WeasyPrint."""


class Engine(NamedTuple):
    """Engine that draws pages; its module has `draw`, of the type `Draw`, and is imported only in drawing processes."""

    about: str
    module: str
    preloaded: str
    """Module that is imported before drawing processes start."""
    most: int
    """Most articles of a chunk: fewer make more copies of the fonts, more take more memory."""
    size: int
    """Most bytes of the XHTML of a chunk."""

    untidy: bool = False
    """True if its structure trees hold many elements without meaning, to be removed."""
    extra: str = ""
    """Extra that installs it, named like its package; "" if it is always installed."""

    def chunk_size(self, articles: int) -> int:
        """Return how many articles of a book of `articles` make a chunk.

        A small book is divided too, so that several processes can work.  The number depends on nothing else, because
        the bytes of the book depend on it.
        """
        return min(self.most, max(FEWEST, -(-articles // PROCESSES)))

    def draw(self) -> Draw:
        """Import the engine and return its function.

        Raises:
            MissingError: its package is there and cannot be loaded.
        """
        try:
            return cast("Draw", import_module(self.module).draw)
        except ImportError as error:
            raise MissingError(
                "the PDF engine cannot be loaded ({reason}); install it again", reason=str(error)
            ) from error


ENGINES: Mapping[str, Engine] = MappingProxyType({
    "typst": Engine(
        "typst: several times as fast", "convert.printing.typst.engine", "convert.printing.process.request",
        250, 4_000_000, extra="typst",
    ),
    "weasyprint": Engine(
        "WeasyPrint: your own style sheets", "convert.printing.weasy.engine", "convert.printing.process.preloaded",
        125, 600_000, untidy=True,
    ),
})  # fmt: skip


def engine_for(design: Design, articles: int) -> str:
    """Return the engine that draws a volume of so many articles.

    The design names it; for `auto`, the number of articles decides, and never what is installed: the same command gives
    the same bytes on every machine, or an error.
    """
    if design.engine != "auto":
        return design.engine
    return "typst" if articles > AUTO and not design.stylesheet else "weasyprint"


def require(name: str) -> None:
    """Check that an engine is installed, or that it is `auto`, which is decided by volume.

    Raises:
        MissingExtraError: the extra that the engine needs is not installed.
    """
    extra = ENGINES[name].extra if name in ENGINES else ""
    if extra and find_spec(extra) is None:
        raise MissingExtraError(
            "the PDF engine {engine} is not installed; install it: pip install 'archive-convert[{extra}]', "
            "or take --pdf-engine weasyprint",
            engine=name,
            extra=extra,
        )
