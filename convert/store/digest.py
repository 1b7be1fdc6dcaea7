"""Digests of files, and their comparison with expected ones: size and SHA-256."""

import hashlib
import os
import stat
from typing import Literal, NamedTuple

from convert.errors import reason
from convert.messages import Message

_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)

Fault = Literal["missing", "no file", "unreadable", "size", "content"]


class Digest(NamedTuple):
    """Size and hash of a file's content."""

    bytes: int
    sha256: str
    """SHA-256 in hexadecimal."""


class Mismatch(NamedTuple):
    """Difference between a file and its expected digest."""

    fault: Fault
    actual: int | Message = 0
    """The file's size in bytes if that differs, or the reason why it cannot be read."""


def digest_file(path: str) -> Digest:
    """Return the digest of a regular file, following links; memory does not grow with its size.

    Raises:
        OSError: it cannot be read, or is no regular file.
    """
    with open(path, "rb", buffering=0, opener=_open_without_blocking) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError("not a regular file")
        digest = hashlib.file_digest(file, "sha256")
        return Digest(file.tell(), digest.hexdigest())


def mismatch(path: str, expected: Digest) -> Mismatch | None:
    """Return how the file at `path` differs from its expected digest, or None; it is only read if the size agrees."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            return Mismatch("no file")
        if status.st_size != expected.bytes:
            return Mismatch("size", status.st_size)
        actual = digest_file(path)
    except (FileNotFoundError, NotADirectoryError):
        return Mismatch("missing")
    except OSError as error:
        return Mismatch("unreadable", reason(error))
    return None if actual == expected else Mismatch("content")


def _open_without_blocking(path: str, _: int) -> int:
    return os.open(path, _READ)
