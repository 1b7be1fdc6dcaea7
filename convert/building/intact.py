"""Files of the last build that are as it left them, so that they need not be read again.

Size, times and inode of each file are recorded right after it is written, as git does in its index; a file with others
is compared by its hash.
"""

import os
from collections.abc import Mapping

from convert.cache import Status, now_in, packed, status_of
from convert.cache.pages import Pages, Written
from convert.manifest import Output
from convert.store.digest import Digest, mismatch


class Intact:
    """Files of a folder, with what the last build recorded of them in `pages`, if it has these."""

    def __init__(self, folder: str, pages: Pages | None) -> None:
        self._folder = folder
        self._before: Mapping[str, Written] = pages.written() if pages else {}
        self._began = now_in(folder) if pages else 0
        self._statuses: dict[str, bytes] = {}
        """Statuses of files that are known to have the bytes of their outputs."""
        self._filled: dict[str, bytes] = {}
        """Keys of what pages say of other articles."""

    def has(self, path: str, digest: Digest) -> bool:
        """Return True if a file has the bytes of a digest."""
        file = os.path.join(self._folder, path)
        status = status_of(file)  # None also for times before 1970
        if status and self._recorded(path, digest.sha256, status):
            return True
        if mismatch(file, digest):
            return False
        if status and max(status[1], status[2]) < self._began:  # younger times prove nothing about the bytes
            self._statuses[path] = packed(status)
        return True

    def _recorded(self, path: str, sha256: str, status: Status) -> bool:
        before = self._before.get(path)
        if before is None or before.status != packed(status) or before.sha256 != bytes.fromhex(sha256):
            return False
        self._statuses[path] = before.status
        return True

    def wrote(self, path: str) -> None:
        """Record that this build has just written a file."""
        status = status_of(os.path.join(self._folder, path))
        if status:
            self._statuses[path] = packed(status)

    def is_filled(self, output: Output, key: bytes) -> bool:
        """Return True, and record that, if what a page says of other articles has this key."""
        before = self._before.get(output.path)
        if before is None or before.filled != key or before.sha256 != bytes.fromhex(output.sha256):
            return False
        self.fill(output.path, key)
        return True

    def fill(self, path: str, key: bytes) -> None:
        """Record the key of what a page says of other articles."""
        self._filled[path] = key

    def written(self, outputs: Mapping[str, Output]) -> dict[str, Written]:
        """Return what the next build must know of the files of these outputs."""
        return {
            path: Written(status, bytes.fromhex(outputs[path].sha256), self._filled.get(path, b""))
            for path, status in self._statuses.items()
            if path in outputs
        }
