"""The ENGINES table: what draws pages, and which engine draws a book.  A new engine is one file here and one row."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from types import MappingProxyType
from typing import NamedTuple, cast

from convert.errors import MissingError, MissingExtraError
from convert.printing.model import Chunk, Design
from convert.printing.tree import Sheet

Draw = Callable[[Sequence[Sheet], Chunk], tuple[bytes, tuple[str, ...]]]
"""The sheets of a chunk as PDF, and warnings, each once."""


FEWEST, PROCESSES = 25, 4

AUTO = 200
"""Articles of a volume up to which `auto` takes WeasyPrint."""


class Engine(NamedTuple):
    """What draws pages; its module has `draw`, of the type `Draw`, and is imported only in the process that draws."""

    about: str
    module: str
    preloaded: str
    """The module that processes find imported."""
    most: int
    """Articles that are drawn together, at most: fewer cost more copies of the fonts, more take more memory."""
    size: int
    """Bytes of their XHTML, at most."""

    untidy: bool = False
    """Whether its structure holds much that says nothing."""
    extra: str = ""
    """The extra that installs it, named like its package; "" if it is always installed."""

    def leaves(self, articles: int) -> int:
        """How many articles of a book of so many are drawn together: a small book is divided too, so that several
        processes have something to do.  It depends on nothing else, or the bytes would."""
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
        "typst: several times as fast", "convert.printing.typst.engine", "convert.printing.process.child",
        250, 4_000_000, extra="typst",
    ),
    "weasyprint": Engine(
        "WeasyPrint: your own style sheets", "convert.printing.weasy.engine", "convert.printing.process.preloaded",
        125, 600_000, untidy=True,
    ),
})  # fmt: skip


def engine_for(design: Design, articles: int) -> str:
    """Return the engine that draws a volume of so many articles.

    That of the design; for `auto`, the number of articles decides, and never what is installed: the same command gives
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
