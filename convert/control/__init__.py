"""What of the findings is told and counted: codes, paths, comments in documents, a baseline.

Cleaning never asks here.
"""

from functools import lru_cache

from msgspec import Struct

from convert.control.paths import Table, relative
from convert.model import Finding, Level
from convert.rules import RULES


class Control(Struct, frozen=True):
    """The one place that findings go through before they are told and counted."""

    select: frozenset[str] | None = None
    """The codes that are told; None: all."""
    ignore: frozenset[str] = frozenset()
    """The codes that are not told, whatever `select` says."""
    tables: tuple[Table, ...] = ()
    """What differs by path: a later table's `select` and `level` win over an earlier one's, their `ignore` add up."""
    folder: str = ""
    """The folder that the tables' patterns are relative to; empty: the current one."""
    comments: bool = True
    """Whether documents may ask themselves not to be told of something."""

    def wanted(self, path: str) -> frozenset[str] | None:
        """The codes that are told of a document; None: all."""
        return _of(self, path)[0] if self.tables else _codes(self.select, self.ignore)

    def level(self, path: str) -> Level | None:
        """The level from which on the findings of a document are told, where a table says so."""
        return _of(self, path)[1] if self.tables else None

    def told(self, findings: list[Finding], path: str, hushed: frozenset[str] = frozenset()) -> list[Finding]:
        """Those of a document's findings that are told; `hushed` are the codes that it asks itself not to tell."""
        wanted = self.wanted(path)
        if wanted is None and not hushed:
            return findings
        return [each for each in findings if (wanted is None or each.code in wanted) and each.code not in hushed]


@lru_cache(maxsize=64)
def _codes(select: frozenset[str] | None, ignore: frozenset[str]) -> frozenset[str] | None:
    return None if select is None and not ignore else (frozenset(RULES) if select is None else select) - ignore


@lru_cache(maxsize=64)  # documents come in the order of their paths, and each is asked about once a finding
def _of(control: Control, path: str) -> tuple[frozenset[str] | None, Level | None]:
    select, ignore, level = control.select, control.ignore, None
    name = relative(path, control.folder)
    for table in control.tables:
        if table.holds(name):
            select = select if table.select is None else table.select
            ignore |= table.ignore
            level = table.level or level
    return _codes(select, ignore), level
