"""Errors of the disk, with advice for each reason."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from convert.errors import StoreError, reason
from convert.messages import Message, message
from convert.text import named

_FULL = message("free some space or write to another disk")
_NOT_YOURS = message("write to a folder that is yours")
_NO_FOLDER = message("a file has the name of a folder that is needed; move it or write elsewhere")
_ADVICE = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: message("write to a disk that takes larger files, or make smaller volumes"),
    errno.EROFS: message("write to a folder that can be written to"),
    errno.EACCES: _NOT_YOURS,
    errno.EPERM: _NOT_YOURS,
    errno.ENOTDIR: _NO_FOLDER,
    errno.EEXIST: _NO_FOLDER,
    errno.EISDIR: message("a folder has this name; move it or write elsewhere"),
    errno.ENAMETOOLONG: message("write to a folder with a shorter path"),
}


def advice(error: OSError) -> Message:
    """Return what to do about an error of the disk."""
    return _ADVICE.get(error.errno or 0) or message("check the disk, or write elsewhere")


@contextmanager
def failing(path: str) -> Iterator[None]:
    """Turn an `OSError` inside the block into a `StoreError` for `path`."""
    try:
        yield
    except OSError as error:
        raise failure(path, error) from error


def failure(path: str, error: OSError) -> StoreError:
    """Return the error with the reason why `path` could not be written, and advice.

    The copy of an object is a temporary file.
    """
    if named(path) != path:
        return temporary_failure(error)
    return StoreError(
        "cannot write {path}: {reason}; {advice}", path=repr(path), reason=reason(error), advice=advice(error)
    )


def temporary_folder() -> str:
    """Return the path of the system's folder for temporary files, or of the one that it would be if it took files."""
    import tempfile  # with what it needs, longer to load than the rest of this room

    try:
        return tempfile.gettempdir()
    except OSError:
        return os.environ.get("TMPDIR") or os.path.join(os.sep, "tmp")


def temporary_failure(error: OSError) -> StoreError:
    """Return the error with the reason why a temporary file could not be written."""
    return StoreError(
        "the folder for temporary files, {path}, takes no more: {reason}; free some space there, or set TMPDIR to "
        "another folder",
        path=repr(temporary_folder()),
        reason=reason(error),
    )


@contextmanager
def in_temporary_folder() -> Iterator[None]:
    """Turn an `OSError` of a temporary file inside the block into a `StoreError` that names their folder."""
    try:
        yield
    except OSError as error:
        raise temporary_failure(error) from error
