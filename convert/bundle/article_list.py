"""Lists of articles in a file of the user: paths, identifiers and addresses, one a line."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec import Struct

from convert.errors import UsageError, reason
from convert.late import late_pattern
from convert.messages import Message, message
from convert.model import Entry
from convert.text import printable, utf8
from convert.urls import article_key, unquote

MAX_BYTES = 64 << 20
"""Largest file of a list, in bytes."""

_SHOWN = 20
"""Most lines that are named one by one because they match nothing."""

_MIRRORED = late_pattern(r"https?://[^/]+/[^/]+/[^/]+/(?:-/)?(?:blob|raw)/[^/]+/([^?#]+)")
"""Pattern of a page's address in its mirror, at GitHub or GitLab."""


class ArticleList(Struct, frozen=True):
    """Lines of a list, without comments."""

    option: str
    """The option that named the file."""
    file: str
    lines: tuple[tuple[int, str], ...]
    """Number and text of each line that names something."""


def read_list(option: str, file: str) -> ArticleList:
    """Return the list in a file; empty lines, and those that begin with `#`, are comments.

    Raises:
        UsageError: the file cannot be read, or is not UTF-8.
    """
    try:
        with open(file, "rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else message("its name has a NUL")
        raise UsageError(
            "{option}: cannot read {file}: {reason}; name a file with a path, an identifier or an address on each line",
            option=option,
            file=repr(printable(file)),
            reason=why,
        ) from None
    if len(data) > MAX_BYTES:
        raise UsageError(
            "{option}: {file} has more than {limit:,} bytes; name a list", option=option, file=file, limit=MAX_BYTES
        )
    try:
        text = utf8(data).decode()
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        raise UsageError(
            "{option}: {file}:{line}: not UTF-8; save the file as UTF-8", option=option, file=file, line=line
        ) from None
    lines = ((number, line.strip()) for number, line in enumerate(text.split("\n"), 1))
    return ArticleList(option, file, tuple((number, line) for number, line in lines if line and line[0] != "#"))


class Matcher:
    """Matcher of documents with the lines of a list, which records the lines that matched."""

    def __init__(self, listed: ArticleList) -> None:
        self._list = listed
        self._lines: defaultdict[str, set[int]] = defaultdict(set)
        self.waiting = {number for number, _ in listed.lines}
        """Numbers of the lines that have matched nothing yet."""
        for number, line in listed.lines:
            for key in _keys(line):
                self._lines[key].add(number)

    def has_path(self, paths: Iterable[str]) -> bool:
        """Return True if the list names one of the paths, or a folder above one."""
        return self._has(f"path {above}" for path in paths for above in _upwards(path))

    def has_entry(self, entry: Entry) -> bool:
        """Return True if the list has the identifier or the address of an article."""
        return self._has((f"path {entry.id}", f"address {article_key(entry.address)}"))

    def _has(self, keys: Iterable[str]) -> bool:
        found = False
        for key in keys:
            if key in self._lines:
                self.waiting -= self._lines[key]
                found = True
        return found

    def unmatched(self) -> Iterator[Message]:
        """Yield a message for each line that matched no document, for the first ones by name."""
        waiting = [(number, line) for number, line in self._list.lines if number in self.waiting]
        option, file = self._list.option, printable(self._list.file)
        for number, line in waiting[:_SHOWN]:
            yield message(
                "{option} {file}:{line}: no document has the path, the identifier or the address {name}",
                option=option,
                file=file,
                line=number,
                name=repr(printable(line)),
            )
        if len(waiting) > _SHOWN:
            yield message(
                "{option} {file}: {count} more line(s) match no document",
                option=option,
                file=file,
                count=len(waiting) - _SHOWN,
            )


def _keys(line: str) -> Iterator[str]:
    """Yield the keys of a line; an identifier has the form of a path.

    >>> list(_keys("./pages/nf1/"))
    ['path pages/nf1']
    >>> list(_keys("https://github.com/OWNER/news/blob/master/pages/nf1/n1.md"))
    ['address github.com/OWNER/news/blob/master/pages/nf1/n1.md', 'path pages/nf1/n1.md']
    """
    if not line.startswith(("http://", "https://")):
        yield f"path {os.path.normpath(line)}"
        return
    yield f"address {article_key(line)}"
    if mirrored := _MIRRORED.match(line):
        yield f"path {os.path.normpath(unquote(mirrored[1]))}"


def _upwards(path: str) -> Iterator[str]:
    """Yield a path and those of the folders above it.

    >>> list(_upwards("pages/nf1/n1.md"))
    ['pages/nf1/n1.md', 'pages/nf1', 'pages']
    """
    while path:
        yield path
        path = path.rpartition("/")[0]
