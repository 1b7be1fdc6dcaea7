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
from contextlib import ExitStack, suppress
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

import pytest
from helpers.cluster import DaskCluster
from helpers.data import SEEDS
from helpers.object_storage import SECRET, Service, moto
from helpers.processes import processes_of, wait_until
from helpers.program import untraced

from benchmarks.mirror import write
from convert.sharding.finishing import MANIFEST

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


class Place(Protocol):
    """Where a job writes."""

    address: str
    environment: Mapping[str, str]

    def names(self) -> list[str]:
        """Return the names of all that is there to be seen."""

    def read(self, name: str) -> bytes:
        """Return the bytes of a file or an object."""


class Folder:
    """A folder of this machine; files whose names begin with a dot are being written."""

    environment = NO_STORE

    def __init__(self, folder: Path) -> None:
        self.address, self._folder = str(folder), folder

    def names(self) -> list[str]:
        paths = (path for path in self._folder.rglob("[!.]*") if path.is_file())
        return sorted(path.relative_to(self._folder).as_posix() for path in paths)

    def read(self, name: str) -> bytes:
        return (self._folder / name).read_bytes()


class Bucket:
    """A folder of a bucket with less than a thousand objects, seen by other requests than those of the program."""

    def __init__(self, service: Service, folder: str) -> None:
        self.address, self.environment = f"s3://{service.bucket}/{folder}", service.environment
        self._service, self._folder = service, folder

    def names(self) -> list[str]:
        found = self._service.ask("GET", f"/{self._service.bucket}?prefix={self._folder}/").decode()
        return [each.removeprefix(f"{self._folder}/") for each in re.findall(r"<Key>(.*?)</Key>", found)]

    def read(self, name: str) -> bytes:
        return self._service.ask("GET", f"/{self._service.bucket}/{self._folder}/{name}")


def digests(out: Place) -> dict[str, str]:
    """Return the hashes of all that a job leaves for its user."""
    return {name: sha256(out.read(name)).hexdigest() for name in out.names() if not name.startswith("work/")}


class Reader:
    """A reader that looks at an output every 50 ms: whatever it sees must be whole.  A context manager."""

    def __init__(self, out: Place) -> None:
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
            complete = MANIFEST in self.out.names()
            for name in self.out.names():
                if name.startswith(("parts/", "findings/")) and name not in self._whole:
                    self._part(name)
            if complete:
                self._manifest(json.loads(self.out.read(MANIFEST)))

    def _part(self, name: str) -> None:
        """Compare a part with the hash in its name, when it is first seen."""
        self._whole[name] = sha256(self.out.read(name)).hexdigest()
        if name.partition("-")[2].partition(".")[0] not in self._whole[name]:
            self.faults.append(f"{name} is not whole")

    def _manifest(self, manifest: Any) -> None:
        for part in manifest["parts"]:
            for file in filter(None, (part.get("part"), part.get("findings"))):
                if self._whole.get(file["path"]) != file["sha256"]:
                    self.faults.append(f"{file['path']} is in the manifest, and not there")


class Kills(NamedTuple):
    """Processes to kill, in what order, and how long after their turn at most."""

    workers: int
    drivers: int
    seconds: float


def survive(cluster: DaskCluster, command: Sequence[str | Path], out: Place, files: int, kills: Kills) -> int:
    """Run a job again until it is done, while its workers and the process that asks are killed; return its last status.

    A process is killed whenever a share of the files is there that the job makes, and a random moment has passed.
    """
    chance = random.Random(files)
    waiting = ["worker"] * kills.workers + ["driver"] * kills.drivers
    shares = [files * each / (len(waiting) + 1) for each in range(len(waiting))]
    chance.shuffle(waiting)
    driver = started(command, out.environment)
    while driver.poll() is None or waiting:
        if driver.poll() is not None:
            error = driver.communicate()[1].decode()
            assert driver.returncode == -signal.SIGKILL, error
            driver = started(command, out.environment)
        if not waiting or len(out.names()) < shares[-len(waiting)]:
            time.sleep(0.02)
            continue
        time.sleep(chance.random() * kills.seconds)
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
MANY = Kills(20, 3, 0.5)
SOAK = (pytest.mark.soak, pytest.mark.timeout(1800))


@pytest.mark.parametrize(
    ("where", "pages", "size", "kills"),
    [
        ("folder", 600, 100, Kills(2, 1, 0.05)),
        pytest.param("folder", 20_000, 500, MANY, marks=SOAK),
        pytest.param("bucket", 20_000, 500, MANY, marks=SOAK),
    ],
)
def test_killed_workers_and_drivers_change_no_byte_and_show_nothing_half(
    where: str, pages: int, size: int, kills: Kills, tmp_path: Path
) -> None:
    listing = tmp_path / "list.jsonl"
    with ExitStack() as services:
        source = archives(tmp_path, pages, size)
        alone: Place = Folder(tmp_path / "alone")
        out: Place = Folder(tmp_path / "out")
        name = str(source)
        if where == "bucket":
            service = services.enter_context(moto())
            name, alone, out = uploaded(service, source), Bucket(service, "alone"), Bucket(service, "out")
        convert("list", name, "-o", listing, "-q", env=out.environment)
        convert(*OPTIONS, listing, "-o", alone.address, "--runner", "serial", env=out.environment)
        cluster = services.enter_context(DaskCluster(2, "tcp", **out.environment))
        reader = services.enter_context(Reader(out))
        command = (*OPTIONS, listing, "-o", out.address, "--runner", "dask", "--scheduler", cluster.address)
        assert survive(cluster, command, out, len(alone.names()), kills) in DONE
        assert wait_until(lambda: not cluster.children(), 30)
        assert wait_until(lambda: reader.looks > 10)
        assert reader.faults == []
        assert digests(out) == digests(alone)


def uploaded(service: Service, folder: Path) -> str:
    """Put the files of a folder into a bucket, and return their address."""
    for path in folder.iterdir():
        service.ask("PUT", f"/{service.bucket}/in/{path.name}", path.read_bytes())
    return f"s3://{service.bucket}/in"


def test_interrupted_job_says_so_and_goes_on(dask_cluster: DaskCluster, tmp_path: Path) -> None:
    listing, out, alone = tmp_path / "list.jsonl", Folder(tmp_path / "out"), Folder(tmp_path / "alone")
    convert("list", archives(tmp_path, 200, 20), "-o", listing, "-q")
    command = (*OPTIONS, listing, "-o", out.address, "--runner", "dask", "--scheduler", dask_cluster.address)
    job = started(command)
    assert wait_until(lambda: out.names())
    job.send_signal(signal.SIGINT)
    said = job.communicate(timeout=60)[1].decode()
    assert (job.returncode, MANIFEST in out.names()) == (130, False)
    assert said.strip() == "interrupted; the shards that are done stay, and the same command goes on from here"
    convert(*command)
    convert(*OPTIONS, listing, "-o", alone.address, "--runner", "serial")
    assert digests(out) == digests(alone)


# --- from bucket to bucket --------------------------------------------------------------------------------------------


def test_job_from_bucket_to_bucket_survives_a_killed_worker_and_repeats_no_secret(tmp_path: Path) -> None:
    with moto() as service, DaskCluster(2, "tcp", **service.environment) as cluster:
        out, alone = Bucket(service, "out"), Bucket(service, "alone")
        source = uploaded(service, archives(tmp_path, 120, 20))
        said = [convert("list", source, "-o", tmp_path / "list.jsonl", env=service.environment)]
        options = (*OPTIONS[:-1], tmp_path / "list.jsonl", "--log", "json", "-o")
        there = ("--runner", "dask", "--scheduler", cluster.address)
        job = started((*options, out.address, *there), env=service.environment)
        assert wait_until(lambda: len(out.names()) > 2)
        os.kill(cluster.workers()[0], signal.SIGKILL)
        said.append(job.communicate(timeout=300)[1].decode())
        assert job.returncode in DONE, said
        said.append(convert(*options, alone.address, "--runner", "serial", env=service.environment))
        made = digests(out)
        assert made == digests(alone)
        assert MANIFEST in made
        files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
        for text in (*map(out.read, out.names()), *files, cluster.log().encode(), "".join(said).encode()):
            assert SECRET.encode() not in text


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace (apt-get install strace)")
def test_job_connects_to_scheduler_workers_and_store_alone(tmp_path: Path) -> None:
    with moto() as service, DaskCluster(0, "tcp", **service.environment) as cluster:
        source = uploaded(service, archives(tmp_path, 40, 20))
        convert("list", source, "-o", tmp_path / "list.jsonl", env=service.environment)
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
        assert digests(Folder(tmp_path / "out" / log)) == digests(Folder(tmp_path / "alone" / log))
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
