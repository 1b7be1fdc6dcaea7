"""The ENGINES table: what draws pages.  A new engine is one file here and one row."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import NamedTuple, cast

from convert.printing.model import Chunk
from convert.printing.tree import Sheet

Draw = Callable[[Sequence[Sheet], Chunk], tuple[bytes, tuple[str, ...]]]
"""The sheets of a chunk as PDF, and warnings, each once."""


class Engine(NamedTuple):
    """What draws pages; its module has `draw`, of the type `Draw`, and is imported only in the process that draws."""

    about: str
    module: str
    leaves: int
    """How many articles are drawn together: fewer cost more starts and more copies of fonts, more take more memory."""

    def draw(self) -> Draw:
        """What draws."""
        return cast("Draw", import_module(self.module).draw)


ENGINES: Mapping[str, Engine] = MappingProxyType({
    "typst": Engine("typst: ten times as fast", "convert.printing.typst", 250),
    "weasyprint": Engine("WeasyPrint: style sheets of one's own", "convert.printing.weasy", 50),
})  # fmt: skip
