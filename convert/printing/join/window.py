"""Many PDFs in one temporary file without a name, which the system deletes however the process ends."""

import io
from typing import TYPE_CHECKING, BinaryIO

from convert.store.errors import in_temporary_folder

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer


class Windows:
    """Temporary storage of many files, one after the other, in `file`, which has no buffer."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._end = 0

    def store(self, data: bytes) -> BinaryIO:
        """Store `data`, and return it as a file that can be read while the temporary file is open."""
        with in_temporary_folder():
            self._file.seek(self._end)
            left = memoryview(data)
            while left:  # a nearly full disk accepts a part before it fails
                left = left[self._file.write(left) :]
        start, self._end = self._end, self._end + len(data)
        return io.BufferedReader(_Window(self._file, start, len(data)))


class Unfailing(io.RawIOBase):
    """File that takes everything, and remembers the first error of the file below.

    qpdf, which writes a PDF, ends the whole process if a file in Python raises an exception at the wrong moment.
    """

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self.error: Exception | None = None

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write data, until that fails."""
        if self.error is None:
            try:
                self._file.write(data)
            except Exception as error:  # any: it is raised again
                self.error = error
        return memoryview(data).nbytes


class _Window(io.RawIOBase):
    """Read-only view of a part of a file."""

    def __init__(self, file: BinaryIO, start: int, length: int) -> None:
        super().__init__()
        self._file, self._start, self._length, self._position = file, start, length, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._position = offset + (0, self._position, self._length)[whence]
        return self._position

    def readinto(self, into: "WriteableBuffer", /) -> int:
        buffer = memoryview(into)
        size = max(0, min(len(buffer), self._length - self._position))
        self._file.seek(self._start + self._position)
        data = self._file.read(size)
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)
