"""Conversions in shards on a cluster: the bytes of one machine, whatever is killed, and nothing half visible."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from helpers.cluster import DaskCluster
from helpers.data import SEEDS
from helpers.object_storage import SECRET, Service, moto
from helpers.processes import processes_of, wait_until
from helpers.program import untraced

from benchmarks.mirror import write

pytest.importorskip("distributed", reason="needs the extra cluster")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc"),
]
NO_STORE: Mapping[str, str] = MappingProxyType({})
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


def started(
    arguments: Sequence[str | Path], env: Mapping[str, str] = NO_STORE, prefix: Sequence[str] = ()
) -> "subprocess.Popen[bytes]":
    command = [*prefix, sys.executable, "-m", "convert", *map(str, arguments)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True, env={**untraced(), **env})


def convert(*arguments: str | Path, env: Mapping[str, str] = NO_STORE) -> str:
    """Run the program, and return what it says."""
    process = started(arguments, env)
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


# --- from bucket to bucket --------------------------------------------------------------------------------------------


def test_job_from_bucket_to_bucket_survives_a_killed_worker_and_repeats_no_secret(tmp_path: Path) -> None:
    with moto() as service, DaskCluster(2, "tcp", **service.environment) as cluster:
        for path in archives(tmp_path, 120, 20).iterdir():
            service.ask("PUT", f"/{service.bucket}/in/{path.name}", path.read_bytes())
        said = [convert("list", f"s3://{service.bucket}/in", "-o", tmp_path / "list.jsonl", env=service.environment)]
        options = (*OPTIONS[:-1], tmp_path / "list.jsonl", "--log", "json", "-o")
        there = ("--runner", "dask", "--scheduler", cluster.address)
        job = started((*options, f"s3://{service.bucket}/out", *there), env=service.environment)
        assert wait_until(lambda: len(objects(service, "out")) > 2)
        os.kill(cluster.workers()[0], signal.SIGKILL)
        said.append(job.communicate(timeout=300)[1].decode())
        assert job.returncode in DONE, said
        alone = (f"s3://{service.bucket}/alone", "--runner", "serial")
        said.append(convert(*options, *alone, env=service.environment))
        made = objects(service, "out")
        assert made == objects(service, "alone")
        assert "manifest.json" in made
        files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
        for text in (*made.values(), *files, cluster.log().encode(), "".join(said).encode()):
            assert SECRET.encode() not in text


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace (apt-get install strace)")
def test_job_connects_to_scheduler_workers_and_store_alone(tmp_path: Path) -> None:
    with moto() as service, DaskCluster(0, "tcp", **service.environment) as cluster:
        for path in archives(tmp_path, 40, 20).iterdir():
            service.ask("PUT", f"/{service.bucket}/in/{path.name}", path.read_bytes())
        convert("list", f"s3://{service.bucket}/in", "-o", tmp_path / "list.jsonl", env=service.environment)
        cluster.add_worker("--no-nanny", prefix=traced(tmp_path / "worker"))
        there = ("-o", f"s3://{service.bucket}/out", "--runner", "dask", "--scheduler", cluster.address)
        job = started((*OPTIONS, tmp_path / "list.jsonl", *there), service.environment, traced(tmp_path / "driver"))
        said = job.communicate(timeout=300)[1].decode()
        if "ptrace" in said or "ptrace" in cluster.log():
            pytest.skip("strace may not trace here")
        assert (job.returncode in DONE, said) == (True, "")
        store = f"tcp://127.0.0.1:{service.port}"
        assert reached(tmp_path / "driver") == {cluster.address, store}
        programs = re.findall(r'execve\("([^"]*)"', (tmp_path / "driver").read_text("utf-8"))
        assert {Path(each).name for each in programs} == {Path(sys.executable).name}
        found = reached(tmp_path / "worker")
    assert {cluster.address, store} <= found
    assert {each.rpartition(":")[0] for each in found} == {"tcp://127.0.0.1"}


def traced(path: Path) -> list[str]:
    """Return the beginning of a command of which the system keeps a record."""
    return ["strace", "-f", "--seccomp-bpf", "-qq", "-o", str(path), "-e", "trace=connect,sendto,sendmsg,execve"]


def reached(trace: Path) -> set[str]:
    """Return the addresses that a record names."""
    text = trace.read_text("utf-8", "replace")
    hosts = re.findall(r'sin6?_port=htons\((\d+)\).*?(?:inet_addr\(|AF_INET6, )"([^"]*)"', text)
    assert len(hosts) == text.count("_port=htons")
    return {f"tcp://{host}:{port}" for port, host in hosts}


def objects(service: Service, folder: str) -> dict[str, bytes]:
    """Return the objects of a folder, but for those that serve only until the job is done."""
    keys = re.findall(r"<Key>(.*?)</Key>", service.ask("GET", f"/{service.bucket}?prefix={folder}/").decode())
    names = [key.removeprefix(f"{folder}/") for key in keys if "/work/" not in key]
    return {name: service.ask("GET", f"/{service.bucket}/{folder}/{name}") for name in names}


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
