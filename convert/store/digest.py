"""Whether a file is what somebody said of it: its size and its SHA-256."""

import hashlib
import os
import stat
from typing import Literal, NamedTuple

from convert.errors import reason
from convert.messages import Message

_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)

Fault = Literal["missing", "no file", "unreadable", "size", "content"]


class Digest(NamedTuple):
    """What tells a file's content from any other."""

    bytes: int
    sha256: str
    """In hexadecimal."""


class Wrong(NamedTuple):
    """In what a file is not what was said of it."""

    fault: Fault
    found: int | Message = 0
    """Its bytes, if its size is another; why it cannot be read."""


def digest_file(path: str) -> Digest:
    """The digest of a regular file, or of the one that a link leads to; memory does not grow with it.

    Raises:
        OSError: it cannot be read, or is no regular file.
    """
    with open(path, "rb", buffering=0, opener=_opened) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError("not a regular file")
        digest = hashlib.file_digest(file, "sha256")
        return Digest(file.tell(), digest.hexdigest())


def wrong_with(path: str, said: Digest) -> Wrong | None:
    """In what the file at `path` is not what was said; None if it is.  It is not read if its size tells already."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            return Wrong("no file")
        if status.st_size != said.bytes:
            return Wrong("size", status.st_size)
        found = digest_file(path)
    except (FileNotFoundError, NotADirectoryError):
        return Wrong("missing")
    except OSError as error:
        return Wrong("unreadable", reason(error))
    return None if found == said else Wrong("content")


def _opened(path: str, _: int) -> int:
    return os.open(path, _READ)
