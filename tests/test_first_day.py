"""A whole mirror, made up with the faults of real ones in their proportions: what its maintainer gets to read."""

import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from helpers.program import run

from benchmarks.mirror import Planted, table, write
from convert.control import profiles
from convert.rules import RULES

SIZES = (pytest.param(1_500, marks=pytest.mark.slow), pytest.param(20_000, marks=pytest.mark.soak))


class Mirror(NamedTuple):
    """A mirror in a folder, with what is planted in it."""

    folder: Path
    pages: int
    planted: list[Planted]


@pytest.fixture(scope="module", params=SIZES)
def mirror(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Mirror:
    folder = tmp_path_factory.mktemp("mirror")
    return Mirror(folder, request.param, write(folder, request.param))


def validate(mirror: Mirror, *options: str) -> "subprocess.CompletedProcess[bytes]":
    return run("validate", *options, "--cache", ".c", "pages", "indexes", cwd=mirror.folder, timeout=900)


def findings(mirror: Mirror, *options: str) -> list[tuple[str, str]]:
    """Return path and code of each finding that is reported."""
    report = mirror.folder / "report"
    done = validate(mirror, *options, "--report", f"jsonl={report}")
    assert done.returncode in (0, 3), done.stderr
    lines = map(json.loads, report.read_text("utf-8").splitlines())
    return [(each["path"], each["code"]) for each in lines]


def planted(mirror: Mirror, *levels: str) -> Counter[tuple[str, str]]:
    return Counter(
        (each.path, code) for each in mirror.planted for code in each.fault.codes if RULES[code].level in levels
    )


def test_every_fault_that_is_planted_is_found_and_hardly_any_other(mirror: Mirror) -> None:
    found = Counter(findings(mirror, "--level", "warning"))
    wanted = planted(mirror, "error", "warning")
    tables = Counter(each for each in wanted.elements() if each[1] == "SET007")  # found in the table, not in the page
    assert not wanted - tables - found
    more = found - wanted
    assert sum(more.values()) - sum(tables.values()) <= len({path for path, code in wanted if code == "ART001"})


def test_baseline_of_a_mirror_is_small_and_silences_it(mirror: Mirror) -> None:
    done = validate(mirror, "--write-baseline", "b")
    assert done.returncode == 0
    assert (mirror.folder / "b").stat().st_size < 1_000_000 * mirror.pages // 20_000
    assert findings(mirror, "--level", "warning", "--baseline", "b") == []


def test_profile_reports_each_error_and_each_loss_in_under_two_of_a_hundred_pages(mirror: Mirror) -> None:
    found = Counter(findings(mirror, "--profile", "mirror"))
    lowered = set(profiles.load("mirror").levels) | {"SET007"}
    losses = Counter(each for each in planted(mirror, "error", "warning").elements() if each[1] not in lowered)
    assert not losses - found
    assert not planted(mirror, "error") - found
    assert sum(found.values()) < mirror.pages * 2 // 100


def test_a_fault_of_the_table_names_rules_that_exist() -> None:
    assert {code for fault in table().fault for code in fault.codes} <= set(RULES)
