"""What the disk refuses, with a next step for each reason."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from convert.errors import StoreError, reason

_ADVICE = {
    errno.ENOSPC: "free some space or write to another disk",
    errno.EDQUOT: "free some space or write to another disk",
    errno.EFBIG: "write to a disk that takes larger files, or make smaller volumes",
    errno.EROFS: "write to a folder that can be written to",
    errno.EACCES: "write to a folder that is yours",
    errno.EPERM: "write to a folder that is yours",
    errno.ENOTDIR: "a file stands where a folder is needed; move it or write elsewhere",
    errno.EEXIST: "a file stands where a folder is needed; move it or write elsewhere",
    errno.EISDIR: "a folder has this name; move it or write elsewhere",
    errno.ENAMETOOLONG: "write to a folder with a shorter path",
}


@contextmanager
def failing(path: str) -> Iterator[None]:
    """Tells what the system refuses inside the block as a failure to write `path`."""
    try:
        yield
    except OSError as error:
        raise failure(path, error) from error


def failure(path: str, error: OSError) -> StoreError:
    """Why `path` could not be written, and what to do."""
    advice = _ADVICE.get(error.errno or 0, "look after the disk, or write elsewhere")
    return StoreError(f"cannot write {path!r}: {reason(error)}; {advice}")
