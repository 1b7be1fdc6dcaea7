"""Errors of the disk, with advice for each reason."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from convert.errors import StoreError, reason
from convert.messages import message

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


@contextmanager
def failing(path: str) -> Iterator[None]:
    """Turn an `OSError` inside the block into a `StoreError` for `path`."""
    try:
        yield
    except OSError as error:
        raise failure(path, error) from error


def failure(path: str, error: OSError) -> StoreError:
    """Return the error with the reason why `path` could not be written, and advice."""
    advice = _ADVICE.get(error.errno or 0) or message("check the disk, or write elsewhere")
    return StoreError("cannot write {path}: {reason}; {advice}", path=repr(path), reason=reason(error), advice=advice)
