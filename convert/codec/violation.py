"""What a violation of a schema is, apart from what finds and explains it: that costs 40 ms to import."""

from typing import NamedTuple

Path = tuple[str | int, ...]
"""The way to a value: keys and numbers of items, from the outermost."""


class Violation(NamedTuple):
    """One thing that is wrong with a document."""

    path: Path
    message: str
