"""The ENGINES table: what draws pages.  A new engine is one file here and one row."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import NamedTuple, cast

from convert.printing.model import Chunk
from convert.printing.tree import Sheet

Draw = Callable[[Sequence[Sheet], Chunk], tuple[bytes, tuple[str, ...]]]
"""The sheets of a chunk as PDF, and warnings, each once."""


FEWEST, PROCESSES = 25, 4


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

    def leaves(self, articles: int) -> int:
        """How many articles of a book of so many are drawn together: a small book is divided too, so that several
        processes have something to do.  It depends on nothing else, or the bytes would."""
        return min(self.most, max(FEWEST, -(-articles // PROCESSES)))

    def draw(self) -> Draw:
        """What draws."""
        return cast("Draw", import_module(self.module).draw)


ENGINES: Mapping[str, Engine] = MappingProxyType({
    "typst": Engine(
        "typst: several times as fast", "convert.printing.typst.engine", "convert.printing.process.child",
        250, 4_000_000,
    ),
    "weasyprint": Engine(
        "WeasyPrint: your own style sheets", "convert.printing.weasy.engine", "convert.printing.process.preloaded",
        125, 600_000, untidy=True,
    ),
})  # fmt: skip
