"""Conversions in shards on a cluster: the bytes of one machine, whatever is killed, and nothing half visible."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from helpers.cluster import DaskCluster
from helpers.data import SEEDS
from helpers.processes import processes_of, wait_until
from helpers.program import untraced

from benchmarks.mirror import write

pytest.importorskip("distributed", reason="needs the extra cluster")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc"),
]
DONE = (0, 3)
"""Exit statuses of a job that is done; some documents have errors."""


def archives(folder: Path, pages: int, size: int) -> Path:
    """Write a mirror that is made up into archives of so many files, and return their folder."""
    write(folder / "mirror", pages)
    files = sorted(path for path in (folder / "mirror").rglob("*") if path.is_file())
    random.Random(7).shuffle(files)
    (folder / "tars").mkdir()
    for number in range(0, len(files), size):
        with tarfile.open(folder / "tars" / f"part-{number // size:04d}.tar", "w") as archive:
            for path in files[number : number + size]:
                archive.add(path, path.relative_to(folder / "mirror").as_posix())
    return folder / "tars"


def started(arguments: Sequence[str | Path], **options: Any) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "convert", *map(str, arguments)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True, env=untraced(), **options)


def convert(*arguments: str | Path) -> str:
    """Run the program, and return what it says."""
    process = started(arguments)
    _, error = process.communicate(timeout=900)
    assert process.returncode in DONE, error.decode()
    return error.decode()


def digests(out: Path) -> dict[str, str]:
    """Return the hashes of all that a job leaves for its user."""
    files = (path for path in sorted(out.rglob("*")) if path.is_file() and "work" not in path.relative_to(out).parts)
    return {path.relative_to(out).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}


class Reader:
    """A reader that looks at an output every 50 ms: whatever it sees must be whole.  A context manager."""

    def __init__(self, out: Path) -> None:
        self.out, self.faults, self.looks = out, list[str](), 0
        self._whole: dict[str, str] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "Reader":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.05):
            self.looks += 1
            manifest = self.out / "manifest.json"
            complete = manifest.exists()
            for folder in ("parts", "findings"):
                for path in (self.out / folder).glob("[!.]*"):
                    self._part(folder, path)
            if complete:
                self._manifest(json.loads(manifest.read_bytes()))

    def _part(self, folder: str, path: Path) -> None:
        """Compare a part with the hash in its name, when it is first seen."""
        name = f"{folder}/{path.name}"
        if name not in self._whole:
            self._whole[name] = sha256(path.read_bytes()).hexdigest()
            if path.name.partition("-")[2].partition(".")[0] not in self._whole[name]:
                self.faults.append(f"{name} is not whole")

    def _manifest(self, manifest: Any) -> None:
        for part in manifest["parts"]:
            for file in filter(None, (part.get("part"), part.get("findings"))):
                if self._whole.get(file["path"]) != file["sha256"]:
                    self.faults.append(f"{file['path']} is in the manifest, and not there")


def files_in(out: Path) -> int:
    return sum(len(names) for _, _, names in os.walk(out))


def survive(
    cluster: DaskCluster, command: Sequence[str | Path], out: Path, files: int, kills: Sequence[str], seed: int
) -> int:
    """Run a job again until it is done, while its workers and the process that asks are killed; return its last status.

    A process is killed whenever a share of the files is there that the job makes, and a random moment has passed.
    """
    chance = random.Random(seed)
    waiting = list(kills)
    driver = started(command)
    while driver.poll() is None or waiting:
        if driver.poll() is not None:
            error = driver.communicate()[1].decode()
            assert driver.returncode == -signal.SIGKILL, error
            driver = started(command)
        if not waiting or files_in(out) < files * (len(kills) - len(waiting)) / (len(kills) + 1):
            time.sleep(0.02)
            continue
        time.sleep(chance.random() / 2)
        victim = driver.pid if waiting[0] == "driver" else None
        if victim is None and (workers := cluster.workers()):
            victim = chance.choice(workers)
        if victim is not None:
            with suppress(OSError):
                os.kill(victim, signal.SIGKILL)
                waiting.pop(0)
    driver.communicate()
    return driver.returncode


# --- what is killed ---------------------------------------------------------------------------------------------------

OPTIONS = ("--to", "jsonl", "--flat", "--duplicates", "once", "-q")


@pytest.mark.parametrize(
    ("pages", "size", "workers", "drivers"),
    [(600, 100, 2, 1), pytest.param(20_000, 500, 20, 3, marks=pytest.mark.soak)],
)
def test_killed_workers_and_drivers_change_no_byte_and_show_nothing_half(
    pages: int, size: int, workers: int, drivers: int, tmp_path: Path
) -> None:
    listing, out = tmp_path / "list.jsonl", tmp_path / "out"
    convert("list", archives(tmp_path, pages, size), "-o", listing, "-q")
    convert(*OPTIONS, listing, "-o", tmp_path / "serial", "--runner", "serial")
    kills = ["worker"] * workers + ["driver"] * drivers
    random.Random(pages).shuffle(kills)
    with DaskCluster() as cluster, Reader(out) as reader:
        command = (*OPTIONS, listing, "-o", out, "--runner", "dask", "--scheduler", cluster.address)
        status = survive(cluster, command, out, files_in(tmp_path / "serial"), kills, pages)
        assert status in DONE
        assert wait_until(lambda: not cluster.children(), 30)
    assert reader.faults == []
    assert reader.looks > 10
    assert digests(out) == digests(tmp_path / "serial")


# --- what is said -----------------------------------------------------------------------------------------------------


def test_job_on_a_cluster_names_its_dashboard_once_and_each_shard(dask_cluster: DaskCluster, tmp_path: Path) -> None:
    listing, here = tmp_path / "list.jsonl", ("--runner", "serial")
    there = ("--runner", "dask", "--scheduler", dask_cluster.address)
    convert("list", archives(tmp_path, 60, 20), "-o", listing, "-q")
    for log in ("text", "json"):
        options = (*OPTIONS[:-1], listing, "--log", log)
        said = convert(*options, "-o", tmp_path / "out" / log, *there).replace(str(tmp_path / "out" / log), "OUT")
        alone = convert(*options, "-o", tmp_path / "alone" / log, *here).replace(str(tmp_path / "alone" / log), "OUT")
        first, _, rest = said.partition("\n")
        assert first.startswith("convert: the dashboard of Dask is at http://127.0.0.1:")
        assert without_time(rest) == without_time(alone)
        assert digests(tmp_path / "out" / log) == digests(tmp_path / "alone" / log)
    shards = [json.loads(line)["shard"] for line in rest.splitlines() if line.startswith("{")]
    assert sorted({*shards}) == [*range(5)]


def test_script_starts_a_store_and_a_cluster_and_ends_them(tmp_path: Path) -> None:
    pytest.importorskip("obstore", reason="needs the extra storage")
    command = [
        sys.executable,
        str(SEEDS.parent / "scripts" / "cluster.py"),
        str(SEEDS / "pages"),
        str(tmp_path / "demo"),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    said = process.communicate(timeout=300)[0].decode()
    if "no rclone" in said:
        pytest.skip(said)
    assert process.returncode == 0, said
    assert "4 parts in" in said.splitlines()[-1]
    assert wait_until(lambda: not processes_of(process.pid), 10)
    assert (tmp_path / "demo" / "store" / "demo" / "out" / "manifest.json").exists()


def without_time(said: str) -> str:
    """Return the text without seconds and progress."""
    return re.sub(r"in \d+\.\d s", "in T s", said)
