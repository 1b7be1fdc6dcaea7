"""Many PDFs in one temporary file without a name, which the system deletes however the process ends."""

import io
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class Windows:
    """Temporary storage of many files, one after the other, in `file`."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._end = 0

    def store(self, data: bytes) -> BinaryIO:
        """Store `data`, and return it as a file that can be read while the temporary file is open."""
        self._file.seek(self._end)
        self._file.write(data)
        start, self._end = self._end, self._end + len(data)
        return io.BufferedReader(_Window(self._file, start, len(data)))


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
