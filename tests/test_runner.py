"""Runners: results come in order, no process outlives its work, and one that dies costs one document."""

import errno
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, nullcontext, suppress
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, Protocol

import pytest
from helpers.dying import DyingCheck, DyingCredit, DyingFix, DyingMeasure, DyingRender
from helpers.mirror import WRAPPER
from helpers.processes import processes_of, wait_until
from helpers.program import untraced
from helpers.soak import some
from helpers.workers import (
    DEATHS,
    HANGS,
    DiesBesideOthers,
    Double,
    Fails,
    FailsToPickle,
    FailsToStart,
    Faulty,
    Shards,
)

from convert import runner
from convert.building import render
from convert.building.pipeline import convert
from convert.building.survey import survey
from convert.building.target import Folder
from convert.bundle.selection import Selection, query
from convert.bundle.split import Split
from convert.bundle.volumes import Gathering
from convert.cache.measured import Sizes
from convert.checking.archive import Job, check
from convert.errors import ConvertError, UsageError
from convert.model import Finding
from convert.runner import pool, processes
from convert.runner.base import Cluster, Done, chunks
from convert.settings import Settings

pytestmark = pytest.mark.slow


class Run(Protocol):
    """A runner of the table, with what it needs."""

    name: str
    address: str

    def __call__(self, make: Callable[[], Any], batches: Iterable[list[Any] | Done[list[Any]]]) -> Iterator[list[Any]]:
        """Yield the results of each batch, made by two workers."""


@pytest.fixture(params=runner.RUNNERS)
def run(request: pytest.FixtureRequest) -> Any:
    """Return each runner in its turn."""
    return _ready(request.param, request)


@pytest.fixture(params=[name for name in runner.RUNNERS if name != "serial"])
def run_apart(request: pytest.FixtureRequest) -> Any:
    """Return each runner in its turn that works in other processes."""
    return _ready(request.param, request)


def _ready(name: str, request: pytest.FixtureRequest) -> Any:
    cluster = Cluster(request.getfixturevalue("dask_cluster").address) if name == "dask" else None
    made: Any = partial(runner.run, workers=2, name=name, cluster=cluster)
    made.name, made.address = name, cluster.scheduler if cluster else ""
    return made


def doubled(count: int, size: int, make: Callable[[], Double], workers: int = 2) -> list[int]:
    return values(runner.run(make, chunks(range(count), size), workers=workers, name="processes"))


def values(results: Iterable[list[Any]]) -> list[int]:
    return [number for batch in results for number, _, _ in batch]


@pytest.fixture(autouse=True)
def _no_process_is_left() -> Iterator[None]:
    before = set(multiprocessing.active_children())
    yield
    assert not set(multiprocessing.active_children()) - before


# --- in order, and no longer than needed ------------------------------------------------------------------------------


def test_processes_end_before_the_last_result_is_used() -> None:
    before = set(multiprocessing.active_children())
    results = runner.run(Double, ([number] for number in range(20)), workers=2)
    made, pids = [], set()
    for number in range(20):
        assert number == 0 or set(multiprocessing.active_children()) > before
        ((result, pid, _),) = next(results)
        made.append(result)
        pids.add(pid)
    assert made == list(range(0, 40, 2))
    assert os.getpid() not in pids
    assert len(pids) == 2
    assert not set(multiprocessing.active_children()) - before, "what follows the last result may take much memory"
    assert next(results, None) is None


KNOWN: list[list[int] | Done[list[Any]]] = [Done([(0,)]), [1], Done([]), [2, 3], Done([(8,), (10,)])]


def test_results_that_are_known_already_come_in_their_turn(run: Run) -> None:
    assert [result[0] for batch in run(Double, KNOWN) for result in batch] == [0, 2, 4, 6, 8, 10]


@pytest.mark.parametrize(("name", "workers"), [("processes", 1), ("", 1), ("", 2)])
def test_results_that_are_known_already_come_with_any_number_of_workers(name: str, workers: int) -> None:
    results = runner.run(Double, KNOWN, workers=workers, name=name)
    assert [result[0] for batch in results for result in batch] == [0, 2, 4, 6, 8, 10]


@pytest.mark.parametrize("name", runner.RUNNERS)
@pytest.mark.parametrize("batches", [[], [Done([])], [Done([]), Done([])]])
def test_runner_without_work_starts_nothing(name: str, batches: list[Done[list[Any]]], tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert [*runner.run(partial(Double, log=str(log)), batches, workers=2, name=name)] == [[] for _ in batches]
    assert name == "serial" or not log.exists()


@pytest.mark.parametrize("name", ["serial", "processes"])
def test_each_worker_is_closed_once(name: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    list(runner.run(partial(Double, log=str(log)), chunks(range(12), 1), workers=2, name=name))
    words = log.read_text("ascii").split()
    assert words.count("closed") == (words.count("made") or 1)


def test_results_larger_than_any_buffer_while_nobody_takes_them(run_apart: Run) -> None:
    results = run_apart(partial(Double, size=3 << 20), chunks(range(40), 2))
    taken = 0
    for batch in results:
        time.sleep(0.01)
        taken += sum(len(data) for _, _, data in batch)
    assert taken == 40 * 3 << 20


def test_batches_larger_than_any_buffer() -> None:
    batches = [list(range(first, first + 200_000)) for first in (0, 7, 14)]
    results = runner.run(Double, batches, workers=2)
    assert [batch[0][0] for batch in results] == [0, 14, 28]


@pytest.mark.parametrize("taken", [0, 1, 3])
def test_a_caller_that_stops_leaves_no_process(taken: int) -> None:
    with closing(runner.run(Double, ([number] for number in range(100)), workers=2)) as results:  # type: ignore[type-var]
        for _ in range(taken):
            next(results)


def test_an_exception_of_a_worker_ends_the_run(run: Run) -> None:
    for make, error, words in (
        (Fails, UsageError, "five"),
        (FailsToPickle, Exception, "here only"),
        (FailsToStart, UsageError, "no worker"),
    ):
        with pytest.raises(error, match=words):
            list(run(make, chunks(range(40), 2)))


def test_a_fault_of_a_worker_loses_one_item(run: Run) -> None:
    made = [each for batch in run(Faulty, chunks(range(12), 4)) for each in batch]
    assert [(value, why) for value, _, why in made] == [
        (-5, b"failed-conversion") if number == 5 else (2 * number, b"") for number in range(12)
    ]


def test_a_worker_that_watches_itself_has_processes_of_its_own(run: Run) -> None:
    made = [each for batch in run(Shards, chunks(range(10), 1)) for each in batch]
    doubles = {number: 2 * number for number in range(12)} | {5: -5, 7: -7}  # 5 is a fault, 7 a process that dies
    expected = [sum(doubles[number + each] for each in range(3)) for number in range(10)]
    expected[5] = -5
    assert [value for value, _, _ in made] == expected
    assert [why for _, _, why in made] == [b"failed-conversion" if number == 5 else b"" for number in range(10)]


def test_a_worker_that_watches_itself_may_lose_any_number_of_items(
    run_apart: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "LOST", 1)
    results = run_apart(partial(Shards, {1, 2, 8}), chunks(range(9), 1))
    assert [value < 0 for batch in results for value, _, _ in batch] == [n in (1, 2, 5, 8) for n in range(9)]


HANGING = """
import sys
from functools import partial
from helpers.workers import Hangs
from convert import runner
from convert.runner.base import Cluster, chunks

if __name__ == "__main__":
    name, address, *hangs = sys.argv[1:]
    for hang in hangs:
        for batch in runner.run(
            partial(Hangs, hang), chunks(range(12), 4), workers=2, name=name, cluster=Cluster(address)
        ):
            print(*(f"{hang}:{value}:{why.decode()}" for value, _, why in batch), sep="\\n")
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers here")
def test_work_that_hangs_is_given_up(run: Run, tmp_path: Path) -> None:
    """In a process of its own, because pytest has a timer too; only another process can end work in C."""
    hangs = [hang for hang in HANGS if (run.name, hang) != ("serial", "C")]
    (tmp_path / "script.py").write_text(HANGING, "utf-8")
    done = subprocess.run(
        [sys.executable, str(tmp_path / "script.py"), run.name, run.address, *hangs],
        capture_output=True,
        text=True,
        timeout=120,
        env={**untraced(), "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    values = [f"{2 * n}:" if n != 5 else "-5:timed-out" for n in range(12)]
    assert done.stdout.splitlines() == [f"{hang}:{value}" for hang in hangs for value in values]


# --- processes that die -----------------------------------------------------------------------------------------------


def test_items_that_kill_their_process_are_lost_in_the_process_that_asks(run_apart: Run) -> None:
    deadly = {7, 8, 20}
    made = values(run_apart(partial(Double, deadly, "SIGKILL"), chunks(range(30), 5)))
    assert made == [-number if number in deadly else 2 * number for number in range(30)]


@pytest.mark.parametrize(("death", "workers"), [*((death, 2) for death in DEATHS), ("SIGKILL", 1), ("SIGKILL", 3)])
def test_a_process_that_dies_loses_one_document(death: str, workers: int) -> None:
    deadly = {7, 8, 20}
    made = doubled(30, 5, partial(Double, deadly, death), workers)
    assert made == [-number if number in deadly else 2 * number for number in range(30)]


@pytest.mark.parametrize(
    ("count", "size", "deadly"), [(1, 1, {0}), (40, 8, {0, 39}), (100, 100, {99}), (6, 2, {*"012345"})]
)
def test_a_deadly_document_is_tried_no_more_often_than_halving_takes(
    count: int, size: int, deadly: set[Any], tmp_path: Path
) -> None:
    deadly, log = {int(each) for each in deadly}, tmp_path / "log"
    made = doubled(count, size, partial(Double, deadly, log=str(log)))
    assert made == [-number if number in deadly else 2 * number for number in range(count)]
    tries = log.read_text("ascii").split()
    for number in range(count):
        assert tries.count(str(number)) <= (size - 1).bit_length() * (len(deadly) + 1) + 2
    assert tries.count("made") <= 2 + len(deadly) * ((size - 1).bit_length() + 2)


def test_a_document_whose_process_dies_only_beside_others_is_not_lost(tmp_path: Path) -> None:
    made = doubled(30, 1, partial(DiesBesideOthers, log=str(tmp_path / "log")))
    assert made == list(range(0, 60, 2))
    assert (tmp_path / "log").read_text("ascii").split().count("made") > 2, "a process died"


def test_all_processes_killed_at_once_and_again(tmp_path: Path) -> None:
    results = runner.run(partial(Double, size=1 << 20), chunks(range(200), 4), workers=2)
    made = []
    for number, batch in enumerate(results):
        made += [result for result, _, _ in batch]
        if number in (3, 4, 20):
            for process in multiprocessing.active_children():
                process.kill()
    assert made == list(range(0, 400, 2))


def test_processes_that_never_get_ready_end_the_run(tmp_path: Path) -> None:
    with pytest.raises(ConvertError, match="before they are ready"):
        doubled(40, 4, partial(Double, log=str(tmp_path / "log"), starts=0))


def test_processes_that_cannot_start_end_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> None:
        raise OSError(errno.EMFILE, "too many open files")

    monkeypatch.setattr(pool, "Process", full)
    with pytest.raises(ConvertError, match="cannot start: too many open files; run with --workers 1"):
        doubled(40, 4, Double)


def test_too_few_file_descriptors_end_the_run_without_a_traceback(capfd: pytest.CaptureFixture[str]) -> None:
    assert doubled(4, 2, Double) == list(range(0, 8, 2))  # the fork server runs
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.dup(0)
    os.close(lowest)
    try:
        for spare in range(2, 10):
            resource.setrlimit(resource.RLIMIT_NOFILE, (lowest + spare, before[1]))
            with suppress(ConvertError):
                doubled(4, 2, Double)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert doubled(4, 2, Double) == list(range(0, 8, 2))
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(("times", "message"), [(1, ""), (2, "cannot start: broken pipe; run with --workers 1")])
def test_fork_server_that_was_killed_is_started_again(
    times: int, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, ends = multiprocessing.context.ForkServerProcess.start, iter([EOFError] * times)

    def dying(process: Any) -> None:
        for each in ends:
            raise each
        start(process)

    monkeypatch.setattr(multiprocessing.context.ForkServerProcess, "start", dying)
    with pytest.raises(ConvertError, match=message) if message else nullcontext():
        assert doubled(4, 1, Double) == list(range(0, 8, 2))


def test_processes_that_stop_getting_ready_end_the_run(tmp_path: Path) -> None:
    with pytest.raises(ConvertError, match="before they are ready"):
        doubled(40, 4, partial(Double, {3}, log=str(tmp_path / "log"), starts=3))


def test_many_lost_documents_end_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "LOST", 1)
    with pytest.raises(ConvertError, match="too many documents"):
        doubled(12, 2, partial(Double, {1, 5}))


# --- interruption -----------------------------------------------------------------------------------------------------

RUN = """
import sys, time
from functools import partial
import helpers.workers as t
from convert import runner
from convert.runner.base import chunks

def slow(self, number):
    time.sleep(0.05)
    return self.double(number)

t.Double.double, t.Double.__call__ = t.Double.__call__, slow

def main():
    make = partial(t.Double, {13, 400}, log=sys.argv[1], size=300_000)
    for batch in runner.run(make, chunks(range(800), 4), workers=3):
        print(batch[0][0], flush=True)

if __name__ == "__main__":
    main()
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
@pytest.mark.parametrize(
    ("lines", "number"), some(product([0, 1, 3], [signal.SIGINT, signal.SIGTERM, signal.SIGKILL]), 2)
)
def test_an_interrupted_run_leaves_no_process(number: signal.Signals, lines: int, tmp_path: Path) -> None:
    script, log = tmp_path / "script.py", tmp_path / "log"
    script.write_text(RUN, "utf-8")
    process = subprocess.Popen(
        [sys.executable, str(script), str(log)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={**untraced(), "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout
    for _ in range(lines):
        assert process.stdout.readline()
    while not log.exists():  # a worker was made; others, perhaps, are being made
        time.sleep(0.01)
    if number is signal.SIGINT:
        os.killpg(process.pid, number)  # as a terminal does
    else:
        process.send_signal(number)
    _, error = process.communicate(timeout=60)
    assert process.returncode == -number
    assert error.count(b"Traceback") == (number is signal.SIGINT), error.decode()
    assert wait_until(lambda: not processes_of(process.pid), 20)


# --- with documents ---------------------------------------------------------------------------------------------------


PAGE = WRAPPER.format(title="好", body="<p>纸和墨。石头上磨一刻钟，写得满三张；笔要软，手要稳，窗要朝南。</p>")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    for number in range(8):
        (made / f"n9200000{number}.md").write_text(PAGE.replace("n1.htm", f"n{number}.htm"), "utf-8")
    return made


@pytest.mark.parametrize("worker", [DyingCheck, partial(DyingFix, before=None, dirty=frozenset())])
def test_a_check_reports_a_document_that_killed_its_process(worker: Callable[..., Any], folder: Path) -> None:
    made = []
    for workers in (2, 3):
        findings: list[Finding] = []
        settings = Settings(workers=workers)
        summary = check([str(folder)], settings, findings.append, job=Job(partial(worker, settings)))
        made.append(findings)
        lost = [each for each in findings if each.code == "SRC009"]
        assert [(each.path, each.level, each.message.id) for each in lost] == [
            (str(folder / "n92000005.md"), "error", "dead-process")
        ]
        assert (summary.documents, summary.left_out) == (8, 1)
    assert made[0] == made[1]


def built(
    folder: Path, out: Path, to: str, workers: int, **settings: Any
) -> tuple[dict[str, bytes], int, list[Finding]]:
    findings: list[Finding] = []
    with Folder(str(out)) as store:
        chosen = Settings(workers=workers, **settings)
        summary = convert(survey([str(folder)]), to, store, chosen, findings.append)
    files = {each.name: each.read_bytes() for each in sorted(out.rglob("*.*"))}
    return files, summary.left_out, findings


def test_a_build_goes_on_without_a_document_that_killed_its_process(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, _, _ = built(folder, tmp_path / "whole", "markdown", 1)
    monkeypatch.setattr(render, "RenderWorker", DyingRender)
    rest, left_out, findings = built(folder, tmp_path / "rest", "markdown", 2)
    again = built(folder, tmp_path / "again", "markdown", 3)
    assert again == (rest, left_out, findings)
    assert [each.path for each in findings if each.message.id == "dead-process"] == [str(folder / "n92000005.md")]
    assert left_out == 1
    assert "读这份文档的进程中断了" in rest.pop("n92000005.md").decode(), "the stand-in says why"
    assert rest == {name: data for name, data in whole.items() if "92000005" not in name}


@pytest.mark.parametrize("wanted", some(["publisher:大纪元", "-publisher:x"], 2))
def test_a_lost_document_is_reported_once_whatever_is_asked_of_its_publisher(
    wanted: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gathering = Gathering(selection=Selection(terms=query(wanted)))
    whole, _, _ = built(folder, tmp_path / "whole", "markdown", 1, gathering=gathering)
    monkeypatch.setattr(render, "CreditWorker", DyingCredit)
    made, left_out, findings = built(folder, tmp_path / "out", "markdown", 2, gathering=gathering)
    assert [each.path for each in findings if each.message.id == "dead-process"] == [str(folder / "n92000005.md")]
    assert left_out == 1
    assert made.pop("contents.md") != whole.pop("contents.md")
    assert made == {name: data for name, data in whole.items() if "92000005" not in name}


def test_the_size_of_a_stand_in_is_measured_again_by_the_next_run(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gathering, cache = Gathering(split=Split(size=10_000_000), once=False), str(tmp_path / "cache")
    fresh = built(folder, tmp_path / "fresh", "epub", 2, gathering=gathering)
    with monkeypatch.context() as patch:
        patch.setattr(render, "MeasureWorker", DyingMeasure)
        patch.setattr(render, "RenderWorker", DyingRender)
        _, left_out, _ = built(folder, tmp_path / "dying", "epub", 2, gathering=gathering, cache=cache)
        assert left_out == 1
    kept: list[Any] = []
    monkeypatch.setattr(Sizes, "save", lambda self, path, key, measured: kept.append(path))
    assert built(folder, tmp_path / "cached", "epub", 2, gathering=gathering, cache=cache) == fresh
    assert [Path(each).name for each in kept] == ["n92000005.md"]
