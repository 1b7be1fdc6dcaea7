"""Set-up of a test run: generated examples, marks, the order of files, and the report at its end."""

import gc
import multiprocessing
import os
import signal
import sys
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from helpers.cluster import DaskCluster
from helpers.data import CORPUS, real_articles
from helpers.soak import FEWER, SOAK, TIMES
from hypothesis import HealthCheck, Phase, Verbosity, settings

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    # A shell starts what runs in the background like this, and the programs that tests interrupt would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)

LONGEST_FIRST = (
    "test_sandbox",
    "test_corpus",
    "test_printed_books",
    "test_layout",
    "test_ci",
    "test_runner",
    "test_cluster",
    "test_determinism",
    "test_commands",
    "test_building",
    "test_epub",
    "test_printed_text",
    "test_fixes",
    "test_bad_input",
    "test_cache",
    "test_pdf",
    "test_docs",
    "test_mirror",
    "test_endings",
    "test_round_trip",
    "test_saved",
    "test_offline",
    "test_valid",
    "test_hostile",
    "test_packaging",
    "test_markdown",
)
"""Files that take longest, as measured: they begin first, so that no process is left alone with one at the end."""
USUAL = settings().max_examples
"""Examples that a law asks for which does not say how many."""
SLOW = 2.0
"""Seconds after which a test that is not marked slow is named at the end of a run, which fails nothing: a busy machine
makes any test slow."""

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # without bytecode, each of thousands of interpreters compiles it all
sys.dont_write_bytecode = False
if "forkserver" in multiprocessing.get_all_start_methods():  # what draws in children of this process is imported once
    multiprocessing.get_context("forkserver").set_forkserver_preload(["convert.printing.process.preloaded"])


@pytest.fixture(scope="session")
def dask_cluster() -> Iterator[DaskCluster]:
    """A scheduler of Dask with two workers, for tests that harm neither."""
    pytest.importorskip("distributed", reason="needs the extra cluster")
    with DaskCluster() as cluster:
        yield cluster


settings.register_profile(
    "project",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
    phases=[Phase.explicit, Phase.generate],  # articles shrink for minutes: `--hypothesis-profile=shrink` when needed
    verbosity=Verbosity.quiet,  # and are printed for minutes too
    max_examples=USUAL // FEWER,
)
settings.register_profile("soak", settings.get_profile("project"), derandomize=False, max_examples=USUAL * TIMES)
settings.register_profile("shrink", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("soak" if SOAK else "project")


def pytest_collection() -> None:
    """Look for no garbage while twelve thousand tests are made, which stay."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Set them and all modules apart: each search for garbage would look at a million objects that stay."""
    gc.freeze()
    gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Add the marks that other marks imply, and begin with the longest files."""
    for item in items:
        if item.get_closest_marker("soak"):
            item.add_marker("slow")
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("law")
    rank = {name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: rank.get(item.path.stem, len(rank)))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Report tests that are slow without the mark, and how many the missing corpus left out."""
    times: dict[str, float] = defaultdict(float)
    for report in _reports(terminalreporter.stats):
        if "slow" not in report.keywords:
            times[report.nodeid.partition("@")[0]] += report.duration
    for name, seconds in sorted(times.items(), key=lambda item: -item[1])[:10]:
        if seconds > SLOW:
            terminalreporter.write_line(f"slow, and not marked so: {seconds:.1f} s {name}")
    if not real_articles():
        left_out = sum(str(CORPUS) in str(each.longrepr) for each in terminalreporter.stats.get("skipped", ()))
        terminalreporter.write_line(
            f"{left_out} test(s) of real articles were skipped: the corpus is not at {CORPUS}; "
            "set CONVERT_CORPUS to its folder"
        )


def _reports(stats: dict[str, list[Any]]) -> Iterator[pytest.TestReport]:
    for reports in stats.values():
        yield from (each for each in reports if isinstance(each, pytest.TestReport))
