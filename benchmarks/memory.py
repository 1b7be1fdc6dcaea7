"""Peak memory of a whole run, each in a process of its own: `python -m benchmarks.memory FORMAT WORKERS FOLDER OUT`."""

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from msgspec import Struct

from benchmarks.documents import CHECKOUT
from benchmarks.ours import convert_folder

MB = 1_000_000
_STATUS = Path("/proc/self/status")


class Peak(Struct, frozen=True):
    """What a run took at most."""

    to: str
    workers: int
    """0: one for each processor; then it is the memory of the process that binds the book."""
    documents: int
    bytes: int

    @property
    def name(self) -> str:
        """What the table calls it."""
        return f"memory-{self.to}-{self.workers or 'all'}"


def peak() -> int:
    """The most memory that this process has had, in bytes.

    Linux hands the peak of a parent down to what it starts (getrusage(2), ru_maxrss); the kernel's own account of the
    process does not have that.
    """
    if _STATUS.exists():
        line = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def measure(to: str, workers: int, folder: Path, documents: int) -> Peak:
    """The peak of a run over the articles of a folder, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="convert-memory-", dir=folder.parent) as out:
        command = [sys.executable, "-m", "benchmarks.memory", to, str(workers), str(folder), out]
        done = subprocess.run(command, cwd=CHECKOUT, env=os.environ, stdout=subprocess.PIPE, check=True)
    return Peak(to, workers, documents, json.loads(done.stdout))


def main() -> None:
    """In the process that is measured."""
    to, workers, folder, out = sys.argv[1:]
    convert_folder(folder, to, int(workers), Path(out))
    print(peak())


if __name__ == "__main__":
    main()
