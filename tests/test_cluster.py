"""The runner `dask`, with a scheduler and workers on loopback: who may take part, who goes away, what is left."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from helpers.cluster import DaskCluster
from helpers.processes import wait_until
from helpers.program import untraced
from helpers.soak import some
from helpers.workers import Double, Hungry, KillsItsMachine, Slow, versions

from convert import runner
from convert.errors import ConvertError, UsageError
from convert.runner.base import Cluster, chunks

pytest.importorskip("distributed", reason="needs the extra cluster")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc"),
]


def run(make: Any, numbers: range, cluster: Cluster, size: int = 1) -> Iterator[list[Any]]:
    return runner.run(make, chunks(numbers, size), workers=1, name="dask", cluster=cluster)


def reasons(make: Any, numbers: range, cluster: Cluster, size: int = 1) -> dict[int, str]:
    """Return why numbers were lost, and check the results of the others."""
    made = [each for batch in run(make, numbers, cluster, size) for each in batch]
    lost = {number: why.decode() for number, (value, _, why) in zip(numbers, made, strict=True) if value == -number}
    assert [value for value, _, _ in made] == [-number if number in lost else 2 * number for number in numbers]
    return lost


@pytest.fixture(scope="module")
def fragile() -> Iterator[DaskCluster]:
    """A cluster whose workers may be killed: they have little memory, and a task may do that to them once."""
    with DaskCluster(DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="1", workers=0) as cluster:
        for _ in range(2):
            cluster.add_worker("--memory-limit", "400MiB")
        yield cluster


# --- who takes part ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("tcp://192.0.2.7:8786", "192.0.2.7 is not this machine.*tls://192.0.2.7:8786"),
        ("cluster.example:8786", "cluster.example is not this machine"),
        ("tcp://user:secret@127.0.0.1:8786", "give an address like"),
        ("http://127.0.0.1:8786", "give an address like"),
        ("tcp://127.0.0.1:x", "give an address like"),
        ("tcp://127.0.0.1/?token=secret", "give an address like"),
        ("", "give an address like"),
        ("tls://127.0.0.1:8786", "needs certificates"),
    ],
)
def test_address_that_is_none_or_not_safe_is_refused(address: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        list(run(Double, range(2), Cluster(address)))
    assert "secret" not in str(caught.value)


def test_scheduler_that_is_not_there_is_named_with_the_next_step() -> None:
    with pytest.raises(ConvertError, match=r"tcp://127.0.0.1:9: connection refused; start one with: dask scheduler"):
        list(run(Double, range(2), Cluster("127.0.0.1:9")))


def test_scheduler_without_workers_is_named_with_the_next_step() -> None:
    with DaskCluster(workers=0) as cluster:
        with pytest.raises(ConvertError, match=f"no workers for 1 s; start some with: dask worker {cluster.address}"):
            list(run(Double, range(2), Cluster(cluster.address, patience=1)))
        cluster.add_worker("--no-nanny")
        hasty = Cluster(cluster.address, patience=1)
        assert wait_until(lambda: suppressed(lambda: reasons(Double, range(1, 3), hasty)) == {})
        results = run(Slow, range(400), hasty)
        next(results)
        os.killpg(cluster.started[-1].pid, signal.SIGKILL)
        with pytest.raises(ConvertError, match="no workers for 1 s"):
            list(results)


def test_worker_of_another_version_ends_the_run() -> None:
    with DaskCluster(workers=0) as cluster:
        asked = Cluster(cluster.address, versions)
        cluster.add_worker("--no-nanny", TEST_VERSION="2")
        with pytest.raises(ConvertError, match="another version of archive-convert: 2, and here it is 1"):
            list(run(Double, range(2), asked))
        cluster.add_worker("--no-nanny")
        os.killpg(cluster.started[1].pid, signal.SIGKILL)
        assert wait_until(lambda: suppressed(lambda: reasons(Double, range(1, 3), asked)) == {})
        results = run(Slow, range(4000), asked)
        next(results)
        cluster.add_worker("--no-nanny", TEST_VERSION="3")
        with pytest.raises(ConvertError, match="another version of archive-convert: 3, and here it is 1"):
            list(results)


def suppressed(work: Any) -> Any:
    """Return the error of some work, or what it returns."""
    try:
        return work()
    except ConvertError as error:
        return error


@pytest.mark.soak
def test_workers_that_join_later_work_too(dask_cluster: DaskCluster) -> None:
    results = run(Slow, range(200), Cluster(dask_cluster.address))
    pids = {pid for _ in range(5) for _, pid, _ in next(results)}
    worker = dask_cluster.add_worker("--no-nanny")
    later = {pid for batch in results for _, pid, _ in batch}
    os.killpg(worker.pid, signal.SIGTERM)
    assert len(pids) == 2
    assert len(later) == 3


def test_nothing_is_said_on_the_screen_but_by_us(dask_cluster: DaskCluster, tmp_path: Path) -> None:
    done = subprocess.run(script(tmp_path, dask_cluster, "20"), **_OPTIONS, check=False, timeout=60)
    assert done.stderr == b""
    assert done.stdout.split()[-1] == b"38"
    assert done.returncode == 0


# --- encrypted --------------------------------------------------------------------------------------------------------


def test_scheduler_with_certificates_lets_in_who_has_one(tmp_path: Path) -> None:
    ours, others = certificates(tmp_path / "ours"), certificates(tmp_path / "others")
    with DaskCluster(workers=0, protocol="tls", **ours) as cluster:
        cluster.add_worker("--no-nanny")
        assert cluster.address.startswith("tls://")
        arguments = script(tmp_path, cluster, "4")
        for settings, output, error in (
            (ours, b"0 2 4 6", b""),
            (others, b"", b"no scheduler of Dask answers at tls://"),
            ({}, b"", b"needs certificates; name them in the settings of Dask"),
            ({**ours, f"{_TLS}CLIENT__KEY": "/none"}, b"", b"the certificates of Dask cannot be used"),
        ):
            options = {**_OPTIONS, "env": {**_OPTIONS["env"], **settings}}
            done = subprocess.run(arguments, **options, check=False, timeout=60)
            assert (done.stdout.split(), error in done.stderr) == (output.split(), True), done.stderr
            assert b"Traceback" not in done.stderr


_TLS = "DASK_DISTRIBUTED__COMM__TLS__"


def certificates(folder: Path) -> dict[str, str]:
    """Write a certificate that is its own authority, and return the variables that name it to Dask in each role."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    folder.mkdir()
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "us")])
    now = datetime.now(UTC)
    authority = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(authority.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    files = {"CERT": str(folder / "cert.pem"), "KEY": str(folder / "key.pem")}
    roles = {f"{_TLS}{role}__{what}": files[what] for role in ("CLIENT", "SCHEDULER", "WORKER") for what in files}
    return {f"{_TLS}CA_FILE": files["CERT"], **roles}


# --- who goes away ----------------------------------------------------------------------------------------------------


def test_scheduler_that_goes_away_ends_the_run() -> None:
    with DaskCluster(workers=0) as cluster:
        cluster.add_worker("--no-nanny")
        results = run(Slow, range(400), Cluster(cluster.address))
        next(results)
        os.killpg(cluster.scheduler.pid, signal.SIGKILL)
        with pytest.raises(ConvertError, match="has gone away; start it and its workers again"):
            list(results)


def test_workers_killed_again_and_again_change_nothing(fragile: DaskCluster) -> None:
    made: list[int] = []
    for batch in run(Slow, range(120), Cluster(fragile.address), size=2):
        made += [value for value, _, _ in batch]
        if len(made) in (6, 60):
            os.kill(fragile.workers()[0], signal.SIGKILL)
    assert made == [2 * number for number in range(120)]


@pytest.mark.parametrize("size", some([1, 4], 2))
def test_item_that_kills_workers_of_dask_is_lost_alone(size: int, fragile: DaskCluster) -> None:
    assert reasons(KillsItsMachine, range(4, 8), Cluster(fragile.address), size=size) == {5: "dead-process"}


@pytest.mark.soak
def test_item_that_needs_more_memory_than_a_worker_has_is_lost(fragile: DaskCluster) -> None:
    assert wait_until(lambda: len(fragile.workers()) == 2)
    before = {*fragile.workers()}
    assert reasons(Hungry, range(4, 8), Cluster(fragile.address), size=4) == {5: "no-memory"}
    assert {*fragile.workers()} == before


def test_documents_are_held_to_their_abilities(dask_cluster: DaskCluster, tmp_path: Path) -> None:
    """The driver is a command that may write nothing, so its documents may not either, wherever they are."""
    arguments = script(tmp_path, dask_cluster, "8", "Reaches", "held")
    done = subprocess.run(arguments, **_OPTIONS, check=False, timeout=60)
    assert done.stdout.split() == [b"0", b"2", b"4", b"6", b"8", b"-5", b"-6", b"14"], done.stderr
    assert done.stderr == b""
    assert not (dask_cluster.folder / "reached").exists()


@pytest.mark.parametrize("number", some([signal.SIGINT, signal.SIGTERM, signal.SIGKILL], 2))
def test_an_interrupted_run_leaves_no_process_at_work(
    number: signal.Signals, dask_cluster: DaskCluster, tmp_path: Path
) -> None:
    process = subprocess.Popen(script(tmp_path, dask_cluster, "4000"), **_OPTIONS, start_new_session=True)
    assert process.stdout
    assert process.stdout.readline()
    assert dask_cluster.children()
    os.killpg(process.pid, number)
    _, error = process.communicate(timeout=30)
    assert process.returncode == -number
    assert error.count(b"Traceback") == (number is signal.SIGINT), error.decode()
    assert wait_until(lambda: not dask_cluster.children(), 25)


_SCRIPT = """
import sys
from helpers import workers
from convert import runner
from convert.errors import ConvertError
from convert.runner.base import Cluster, chunks
from convert.runner.cluster.address import address_of
from convert.sandbox import abilities
from convert.sandbox.abilities import Abilities
from convert.sandbox.places import NOWHERE

if __name__ == "__main__":
    address, count, kind, held = sys.argv[1:]
    if held:
        abilities.hold(Abilities(writes=NOWHERE, kept=NOWHERE, peers=address_of(address).peers))
    batches = chunks(range(int(count)), 1)
    try:
        for batch in runner.run(getattr(workers, kind), batches, workers=1, name="dask", cluster=Cluster(address)):
            print(*(value for value, _, _ in batch), flush=True)
    except ConvertError as error:
        sys.exit(str(error))
    sys.stderr.write("".join(abilities.release()))
"""
_OPTIONS: dict[str, Any] = {
    "stdout": subprocess.PIPE,
    "stderr": subprocess.PIPE,
    "env": {**untraced(), "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])},
}


def script(folder: Path, cluster: DaskCluster, count: str, kind: str = "Slow", held: str = "") -> list[str]:
    """Return the command of a program that prints what a worker makes of so many numbers."""
    path = folder / "script.py"
    path.write_text(_SCRIPT, "utf-8")
    return [sys.executable, "-W", "error", str(path), cluster.address, count, kind, held]
