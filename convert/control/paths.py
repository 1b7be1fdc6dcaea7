"""Patterns of paths, as in .gitignore, and settings for the documents that they match."""

import os
import re
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct

from convert.model import Level

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


class PatternError(ValueError):
    """Error for a pattern that git would not accept."""


class PathSettings(Struct, frozen=True):
    """Settings for the documents whose path matches a pattern."""

    patterns: tuple[str, ...]
    select: frozenset[str] | None = None
    ignore: frozenset[str] = frozenset()
    level: Level | None = None

    def matches(self, path: str) -> bool:
        """Return True if the patterns match the document; the last one that matches decides."""
        return bool(_spec(self.patterns).match_file(path))


def relative(path: str, folder: str) -> str:
    """Return the path of a document as patterns match it: relative to `folder`, with slashes."""
    return (os.path.relpath(path, folder) if folder else os.path.normpath(path)).replace(os.sep, "/")


def check(pattern: str) -> None:
    r"""Refuse an invalid pattern: one that silently matches nothing hides a mistake.

    Raises:
        PatternError: git would not accept it, such as `[ab`, `[z-a]` or a single `\` at the end.

    >>> check("[ab].md")
    >>> check("[ab.md")
    Traceback (most recent call last):
    convert.control.paths.PatternError: [ab.md
    """
    try:
        void = all(compiled.include is None for compiled in _spec((pattern,)).patterns)
    except ValueError as error:
        raise PatternError(pattern) from error
    if void and pattern.strip() and not pattern.startswith("#"):
        raise PatternError(pattern)


@cache
def _spec(patterns: tuple[str, ...]) -> "GitIgnoreSpec":
    from pathspec import GitIgnoreSpec  # takes 60 ms, which runs without such tables save

    try:
        # git matches nothing with `./`
        return GitIgnoreSpec.from_lines([re.sub(r"^(!?)\./", r"\1", pattern) for pattern in patterns])
    except re.error as error:  # such as [z-a]
        raise ValueError(str(error)) from error
