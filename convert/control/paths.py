"""Patterns of paths, as in .gitignore, and what is told of the documents that they name."""

import os
import re
from functools import cache

from msgspec import Struct

from convert.model import Level


class Table(Struct, frozen=True):
    """What differs for documents whose path one of the patterns names."""

    patterns: tuple[str, ...]
    select: frozenset[str] | None = None
    ignore: frozenset[str] = frozenset()
    level: Level | None = None

    def holds(self, path: str) -> bool:
        """Whether a pattern names the document."""
        return _regex(self.patterns).match(path) is not None


def relative(path: str, folder: str) -> str:
    """The path of a document as patterns see it: from `folder`, with slashes."""
    return (os.path.relpath(path, folder) if folder else os.path.normpath(path)).replace(os.sep, "/")


@cache
def _regex(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(translate, patterns)))


def translate(pattern: str) -> str:
    r"""The regular expression of a pattern: `*` and `?` stay within a name, `**/` is any number of folders.

    A pattern without a slash names files and folders wherever they are, one with a slash is read from the top; who
    names a folder names all that is in it.

    >>> bool(re.match(translate("old"), "pages/old/a.md")), bool(re.match(translate("/old"), "pages/old/a.md"))
    (True, False)
    """
    body = pattern.removeprefix("./").rstrip("/")
    out = "" if "/" in body else "(?:.*/)?"
    body = body.removeprefix("/")
    position = 0
    while position < len(body):
        for sign, meaning in (("**/", "(?:.*/)?"), ("**", ".*"), ("*", "[^/]*"), ("?", "[^/]")):
            if body.startswith(sign, position):
                out += meaning
                position += len(sign)
                break
        else:
            out += re.escape(body[position])
            position += 1
    return f"(?s:{out}(?:/.*)?)\\Z"
