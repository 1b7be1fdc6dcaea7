"""Work in several processes: results in order, and processes no longer than there is work."""

import multiprocessing
import os

from convert import runner
from convert.runner import Done


def double(number: int) -> tuple[int, int]:
    return 2 * number, os.getpid()


def nothing() -> None:
    """What processes begin with."""


def test_processes_end_before_the_last_result_is_used() -> None:
    before = set(multiprocessing.active_children())
    results = runner.run(double, range(20), workers=2, start=nothing, arguments=())
    doubled, processes = [], set()
    for number in range(20):
        assert number == 0 or set(multiprocessing.active_children()) > before
        result, process = next(results)
        doubled.append(result)
        processes.add(process)
    assert doubled == list(range(0, 40, 2))
    assert os.getpid() not in processes
    assert set(multiprocessing.active_children()) == before, "what follows the last result may take much memory"
    assert next(results, None) is None


def test_results_that_are_there_already_come_in_their_turn() -> None:
    tasks: list[int | Done[tuple[int, int]]] = [Done((0, 0)), 1, Done((4, 0)), 3, Done((8, 0))]
    for workers in 1, 2:
        results = runner.run(double, tasks, workers=workers, start=nothing, arguments=())
        assert [result for result, _ in results] == [0, 2, 4, 6, 8]
