"""Standard output whose errors are messages, and standard files that somebody closed."""

import errno
import io
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from convert.errors import ConvertError, reason

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

_STDOUT, _STDERR = 1, 2


class NoReaderError(Exception):
    """Error for a standard output whose reader went away; not an `OSError`, for which click would end the program."""


class _StandardOutput(io.FileIO):
    """Standard output; whatever writes to it need not know how its errors are called."""

    def write(self, data: "ReadableBuffer", /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError as error:
            raise NoReaderError from error
        except OSError as error:
            raise ConvertError(
                "standard output: {reason}; write to a file on another disk", reason=reason(error)
            ) from error


class _Closed(io.RawIOBase):
    """Standard input that was closed."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))


def replace_standard_output() -> None:
    """Give `sys.stdout` the errors of `_StandardOutput`, and open standard files that are closed.

    A standard output that was closed takes nothing: the first write to it is the error.  Left closed, the next file
    that this program opens would be standard output.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDONLY if number == _STDOUT else os.O_RDWR)
    if sys.stderr is None:
        sys.stderr = open(_STDERR, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(_Closed()))
    stdout = sys.stdout
    if stdout is not sys.__stdout__:
        return  # a test's
    lines = stdout is not None and stdout.line_buffering
    encoding = stdout.encoding if stdout is not None else "utf-8"
    sys.stdout = io.TextIOWrapper(
        io.BufferedWriter(_StandardOutput(_STDOUT, "w", closefd=False)),
        encoding=encoding,
        errors="replace",  # a message may hold what GBK or Latin-1 does not have
        line_buffering=lines,
    )


def drop_standard_output() -> None:
    """Replace standard output, so that Python does not try at the end to write what it did not take."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), _STDOUT)
