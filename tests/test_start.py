"""What a command loads: a run over one page waits for nothing that it does not use."""

import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "seeds/pages/nf9000001/n90000002.md"
SHORT = PAGE.with_name("n90000001.md")
"""A page of the commonest shape, which is read without a parser."""
LARGE = ("aiohttp", "ebooklib", "fontTools", "jsonschema", "lxml", "pikepdf", "pydyf", "typst", "weasyprint")
"""Packages that take longer to load than a page takes to convert."""
ROOMS = {
    "--version": (
        "convert.readers", "convert.rules", "convert.writers", "convert.sources", "turbohtml", "importlib.metadata",
        "tempfile", "email", "json", "logging",
    ),
    "explain IMG001": ("convert.writers.html", "convert.building", "convert.writers", "convert.checking"),
    "audit --quiet PAGE": ("convert.readers.saved", "convert.writers.html", "tinycss2", "convert.audit.page"),
    "validate --isolated PAGE": (
        "convert.readers.saved", "convert.readers.posts.page", "convert.readers.json_", "convert.readers.markdown",
        "convert.readers.mirror.own", "convert.writers.html", "convert.writers.book", "convert.writers.markdown",
        "convert.fixes", "convert.fidelity", "convert.building", "markdown_it", "tinycss2", "convert.cache",
        "convert.pictures.store", "convert.runner.processes", "convert.sandbox.process", "backports.zstd", "email",
        "importlib.metadata", "multiprocessing", "sqlite3", "subprocess", "tomllib", "logging", "tarfile", "zipfile",
        "traceback", "convert.sources.archives", "convert.sources.exports.forms", "convert.mathml", "xml.etree",
    ),
    "validate --isolated SHORT": (
        "turbohtml", "convert.readers.html.builder", "convert.mathml", "xml.etree", "urllib.parse", "pathlib", "json",
        "dataclasses",
    ),
    "--to markdown PAGE": (
        "convert.readers.saved", "convert.readers.posts.page", "convert.writers.html", "convert.writers.epub",
        "convert.fixes", "convert.fidelity", "markdown_it", "tinycss2",
    ),
    "fetch --isolated --dry-run --store nowhere PAGE": (
        "aiohttp_socks", "protego", "convert.pictures.fetching.network", "convert.readers.saved",
        "convert.readers.posts.page", "convert.writers.html", "convert.fixes", "convert.fidelity", "markdown_it",
    ),
    "--to json PAGE": ("convert.readers.saved", "convert.readers.posts.page", "convert.writers.html", "convert.fixes"),
}  # fmt: skip
"""Rooms and packages that each command must not load."""

PROGRAM = """
import sys
from convert.__main__ import start
try:
    start()
finally:
    print(*sys.modules, file=sys.stderr)
"""


@pytest.mark.parametrize("command", ROOMS)
def test_a_command_loads_only_what_it_uses(command: str) -> None:
    arguments = command.replace("PAGE", str(PAGE)).replace("SHORT", str(SHORT)).split()
    run = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=False)
    assert run.returncode in ((0, 3) if command.startswith("audit") else (0,)), run.stderr
    loaded = set(run.stderr.splitlines()[-1].split())
    assert "convert.cli" in loaded
    assert sorted(loaded & {*ROOMS[command], *LARGE}) == []


def test_what_libraries_log_is_shown_but_for_pages_alone(tmp_path: Path) -> None:
    """Only where nothing can log is `logging` left out."""
    for sources, loads in ((["PAGE"], False), (["FOLDER"], True), (["--cache", str(tmp_path), "PAGE"], True)):
        arguments = [each.replace("PAGE", str(PAGE)).replace("FOLDER", str(PAGE.parent)) for each in sources]
        run = subprocess.run(
            [sys.executable, "-c", PROGRAM, "validate", "--isolated", "-q", *arguments],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ("convert.cli.logs" in run.stderr.splitlines()[-1].split()) == loads, sources
