"""A scheduler of Dask and its workers on the loopback addresses of this machine, as processes of their own."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from helpers.processes import wait_until
from helpers.program import untraced

_TESTS = Path(__file__).parents[1]
_PATH = os.pathsep.join([str(_TESTS), *sys.path])


class DaskCluster:
    """Scheduler and workers; a context manager that ends them, and what is left of them."""

    def __init__(self, workers: int = 2, protocol: str = "tcp", **variables: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="dask-")
        self.folder = Path(self._folder.name)
        self._environment = {**untraced(), "PYTHONPATH": _PATH, "TMPDIR": str(self.folder), **variables}
        self.started: list[subprocess.Popen[bytes]] = []
        file = self.folder / "scheduler.json"
        host = ["--host", f"{protocol}://127.0.0.1", "--port", "0"]
        self.scheduler = self._start("scheduler", *host, "--scheduler-file", str(file))
        assert wait_until(lambda: file.exists() and file.read_text().endswith("}")), self.log()
        self.address: str = json.loads(file.read_text("utf-8"))["address"]
        for _ in range(workers):
            self.add_worker()

    def add_worker(self, *options: str, prefix: Sequence[str] = (), **variables: str) -> "subprocess.Popen[bytes]":
        """Start one more worker, with a nanny; `prefix` is a program that runs it."""
        given = [self.address, "--host", "127.0.0.1", "--nthreads", "1", "--local-directory", str(self.folder)]
        return self._start("worker", *given, *options, prefix=prefix, **variables)

    def workers(self) -> list[int]:
        """Return the processes of the workers, which their nannies start again."""
        nannies = {each.pid for each in self.started[1:]}
        return [number for number, line in _commands().items() if line[0] in nannies and "spawn_main" in line[1]]

    def children(self) -> list[int]:
        """Return the processes in which work is done: those that fork servers of ours started."""
        lines = _commands()
        servers = {each for each in self.inside() if "forkserver" in lines.get(each, (0, ""))[1]}
        return [number for number in servers if lines[number][0] in servers]

    def inside(self) -> list[int]:
        """Return all processes that belong to the workers, but not the workers themselves."""
        lines = _commands()
        found, level = [], self.workers()
        while level:
            level = [number for number, (parent, _) in lines.items() if parent in level]
            found += level
        return found

    def log(self) -> str:
        """Return what scheduler and workers have said."""
        return "\n".join(each.read_text("utf-8", "replace") for each in sorted(self.folder.glob("*.log")))

    def stop(self) -> None:
        """End all processes."""
        for process in reversed(self.started):
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def _start(
        self, what: str, *options: str, prefix: Sequence[str] = (), **variables: str
    ) -> "subprocess.Popen[bytes]":
        with (self.folder / f"{what}-{len(self.started)}.log").open("wb") as log:
            process = subprocess.Popen(
                [*prefix, sys.executable, "-m", "dask", what, *options, "--no-dashboard"],
                stdout=log,
                stderr=log,
                env={**self._environment, **variables},
                start_new_session=True,
            )
        self.started.append(process)
        return process


def _commands() -> Mapping[int, tuple[int, str]]:
    """Return the parent and the command of each process that is alive."""
    found: dict[int, tuple[int, Any]] = {}
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError):
            state, parent = (path / "stat").read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                found[int(path.name)] = int(parent), (path / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    return found
