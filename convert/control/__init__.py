"""Selection of the findings to report and count, and their levels: by code, path, inline comments and baseline.

Cleaning does not depend on it.
"""

from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from convert.control.paths import PathSettings, relative
from convert.model import Finding, Level
from convert.rules import RULES


class Control(Struct, frozen=True):
    """Filter that all findings pass before they are reported and counted."""

    select: frozenset[str] | None = None
    """The codes that are reported; None for all."""
    ignore: frozenset[str] = frozenset()
    """The codes that are not reported, even if `select` has them."""
    tables: tuple[PathSettings, ...] = ()
    """Settings by path: a later table's `select` and `level` replace an earlier one's; their `ignore` add up."""
    folder: str = ""
    """The folder that the tables' patterns are relative to; "" for the current one."""
    levels: tuple[tuple[str, Level], ...] = ()
    """The levels of codes that have another one than in the table of rules, sorted."""
    comments: bool = True
    """True if comments in documents may ignore rules."""

    def selected_codes(self, path: str) -> frozenset[str] | None:
        """Return the codes that are reported for a document; None for all."""
        return _of(self, path)[0] if self.tables else _codes(self.select, self.ignore)

    def level(self, path: str) -> Level | None:
        """Return the lowest level that is reported for a document, or None if no table sets it."""
        return _of(self, path)[1] if self.tables else None

    def filter_findings(
        self, findings: list[Finding], path: str, inline_ignores: frozenset[str] = frozenset()
    ) -> list[Finding]:
        """Return a document's findings that are reported, each with its level in this run.

        The document's comments ignore the codes `inline_ignores`.
        """
        selected = self.selected_codes(path)
        if selected is not None or inline_ignores:
            findings = [
                finding
                for finding in findings
                if (selected is None or finding.code in selected) and finding.code not in inline_ignores
            ]
        return [self._levelled(finding) for finding in findings] if self.levels else findings

    def _levelled(self, finding: Finding) -> Finding:
        level = _levels(self.levels).get(finding.code)
        return replace(finding, level=level) if level else finding


@lru_cache(maxsize=64)
def _levels(levels: tuple[tuple[str, Level], ...]) -> dict[str, Level]:
    return dict(levels)


@lru_cache(maxsize=64)
def _codes(select: frozenset[str] | None, ignore: frozenset[str]) -> frozenset[str] | None:
    return None if select is None and not ignore else (frozenset(RULES) if select is None else select) - ignore


@lru_cache(maxsize=64)  # called for each finding, with documents in the order of their paths
def _of(control: Control, path: str) -> tuple[frozenset[str] | None, Level | None]:
    select, ignore, level = control.select, control.ignore, None
    name = relative(path, control.folder)
    for table in control.tables:
        if table.matches(name):
            select = select if table.select is None else table.select
            ignore |= table.ignore
            level = table.level or level
    return _codes(select, ignore), level
