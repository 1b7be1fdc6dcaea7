"""What a reporter is."""

from collections import Counter
from collections.abc import Callable
from typing import Protocol

from msgspec import Struct, field

from convert.model import Finding

Write = Callable[[str], None]
"""Takes a piece of text to where the report goes."""


class Summary(Struct):
    """The figures of a run."""

    documents: int = 0
    articles: int = 0
    not_articles: int = 0
    left_out: int = 0
    levels: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    unmended: Counter[str] = field(default_factory=Counter)
    """Findings that cleaning does not mend, by level."""

    def count(self, finding: Finding) -> None:
        """One finding more."""
        self.levels[finding.level] += 1
        self.codes[finding.code] += 1
        if not finding.fixed:
            self.unmended[finding.level] += 1


class Reporter(Protocol):
    """Tells findings one by one as they come, and the figures at the end."""

    def tell(self, finding: Finding) -> None:
        """One finding."""
        ...

    def end(self, summary: Summary) -> None:
        """The end of the run."""
        ...
