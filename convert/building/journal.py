"""Journal of an unfinished build: each output as soon as it exists, so that the next run goes on from there.

It is a hidden file beside the manifest, and is removed when the manifest is written.  An output that it names is left
as it is only if its file has the recorded hash.  A line that a killed run left incomplete is skipped.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from typing import BinaryIO

import msgspec
from msgspec import Struct

from convert.manifest import Output
from convert.store.errors import failing

MAX_LINE = 64 << 20
"""Longest line that is read, in bytes."""


class Made(Struct, frozen=True, array_like=True):
    """Output of an unfinished build."""

    output: Output
    titles: dict[str, str]
    """Titles of the volumes that it links to, by their files."""
    build: str = ""
    """Hash of the build's format and options."""


class Journal:
    """Journal beside the manifest at a path."""

    def __init__(self, manifest: str) -> None:
        folder, name = os.path.split(manifest)
        self._path = os.path.join(folder, f".convert-{sha256(os.fsencode(name)).hexdigest()[:8]}.journal")
        self._file: BinaryIO | None = None

    def read(self) -> Iterator[Made]:
        """Yield the outputs that an unfinished build made; the last line about a path counts.

        Raises:
            StoreError: the file cannot be read.
        """
        with failing(self._path), suppress(FileNotFoundError), open(self._path, "rb") as file:
            while line := file.readline(MAX_LINE):
                with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                    yield _DECODER.decode(line)

    def add(self, made: Made) -> None:
        """Record an output.

        Raises:
            StoreError: the disk does not take it.
        """
        with failing(self._path):
            if self._file is None:
                self._file = open(self._path, "ab", buffering=0)  # noqa: SIM115 -- closed by close()
            self._file.write(b"\n" + _ENCODER.encode(made))  # the line end first: the last line may be incomplete

    def close(self) -> None:
        """Close the file, and leave it for the next run."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def remove(self) -> None:
        """Remove the file: the build is finished."""
        self.close()
        with failing(self._path), suppress(FileNotFoundError):
            os.unlink(self._path)


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Made)
