"""Patterns of paths, as in .gitignore, and what is told of the documents that they name."""

import os
import re
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct

from convert.model import Level

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


class PatternError(ValueError):
    """A pattern that git would not take."""


class Table(Struct, frozen=True):
    """Settings for the documents whose path matches a pattern."""

    patterns: tuple[str, ...]
    select: frozenset[str] | None = None
    ignore: frozenset[str] = frozenset()
    level: Level | None = None

    def holds(self, path: str) -> bool:
        """Say whether the patterns name the document; the last one that fits it decides."""
        return bool(_spec(self.patterns).match_file(path))


def relative(path: str, folder: str) -> str:
    """The path of a document as patterns see it: from `folder`, with slashes."""
    return (os.path.relpath(path, folder) if folder else os.path.normpath(path)).replace(os.sep, "/")


def check(pattern: str) -> None:
    r"""Refuse an invalid pattern: one that silently matches nothing hides a mistake.

    Raises:
        PatternError: git would not take it, such as `[ab`, `[z-a]` or a single `\` at the end.

    >>> check("[ab].md")
    >>> check("[ab.md")
    Traceback (most recent call last):
    convert.control.paths.PatternError: [ab.md
    """
    try:
        void = all(each.include is None for each in _spec((pattern,)).patterns)
    except ValueError as error:
        raise PatternError(pattern) from error
    if void and pattern.strip() and not pattern.startswith("#"):
        raise PatternError(pattern)


@cache
def _spec(patterns: tuple[str, ...]) -> "GitIgnoreSpec":
    from pathspec import GitIgnoreSpec  # costs 60 ms, for what runs without such tables never need

    try:
        # git knows no `./`
        return GitIgnoreSpec.from_lines([re.sub(r"^(!?)\./", r"\1", pattern) for pattern in patterns])
    except re.error as error:  # such as [z-a]
        raise ValueError(str(error)) from error
