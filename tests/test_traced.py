"""The system's own record of each command: the sockets, programs and files that it asks for (strace)."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from helpers.data import SEEDS
from helpers.program import git, untraced

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("strace"), reason="needs strace (apt-get install strace)"),
]

CHANGES = (
    "chmod", "creat", "fchmodat", "fchmodat2", "link", "linkat", "mkdir", "mkdirat", "rename", "renameat", "renameat2",
    "rmdir", "symlink", "symlinkat", "truncate", "unlink", "unlinkat",
)  # fmt: skip
CALLS = ",?".join(("trace=network,execve", "execveat", "open", "openat", "openat2", *CHANGES))
"""Calls that are recorded, of those that this system has."""
DRIVER = """
import json, os, sys
from importlib import import_module
from convert.cli import cli, main
for each in ("to", "validate", "audit", "seal"):
    import_module(f"convert.cli.{each}")
for arguments in json.loads(sys.argv[1]):
    child = os.fork()
    if not child:
        sys.argv = ["convert", *arguments]
        main()
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) in (0, 3), arguments
"""
"""Program that runs several command lines, each in a fork of itself."""
COMMANDS = {
    "markdown": "--to markdown SOURCE -o OUT/md",
    "json": "--to json SOURCE -o OUT/json --update",
    "jsonl": "--to jsonl SOURCE -o OUT/x.jsonl --ledger OUT/ledger --cache OUT/cache",
    "flat": "--to jsonl --flat SOURCE -o OUT/flat.jsonl",
    "parquet": "--to parquet SOURCE -o OUT/x.parquet",
    "epub": "--to epub SOURCE -o OUT/x.epub --manifest",
    "html": "--to html SOURCE -o OUT/html --workers 2",
    "zim": "--to zim SOURCE -o OUT/x.zim",
    "validate": "validate SOURCE --report json=OUT/report.json",
    "audit": "audit OUT/x.epub --report json=OUT/audited.json",
    "seal": "seal OUT/x.epub -o OUT/sealed.epub",
    "verify": "verify OUT/x.epub.manifest.json",
}
PRINTED = {
    "weasyprint": "--to pdf SOURCE -o OUT/x.pdf",
    "typst": "--to pdf --pdf-engine typst SOURCE -o OUT/y.pdf",
    "changes": "validate SOURCE --changed-since HEAD",
}
"""Commands that take long to begin, and the one that asks git."""


class Call(NamedTuple):
    """Call of the system, with the folder that its paths are relative to."""

    name: str
    text: str

    @property
    def paths(self) -> Iterator[str]:
        """Yield the absolute paths that it names."""
        for folder, name in re.findall(r'(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"', self.text):
            yield os.path.normpath(os.path.join(folder or os.sep, name))


def calls(trace: Path) -> Iterator[Call]:
    """Yield the calls of a record."""
    for line in trace.read_text("utf-8", "replace").splitlines():
        if found := re.match(r"\d+ +(\w+)\((.*)", line):
            yield Call(found[1], found[2])


def run(tmp_path: Path, *command: str) -> Iterator[Call]:
    """Run a program of which the system keeps a record, and yield its calls."""
    trace = tmp_path / "trace"
    with tempfile.TemporaryDirectory(prefix="t-") as temporary:
        variables = {"TMPDIR": temporary, "XDG_CACHE_HOME": temporary, "PYTHONDONTWRITEBYTECODE": "1"}
        strace = ["strace", "-f", "--seccomp-bpf", "-qq", "-y", "-s", "300", "-o", str(trace), "-e", CALLS]
        done = subprocess.run(
            [*strace, sys.executable, *command],
            cwd=tmp_path,
            env={**untraced(), **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        if "ptrace" in done.stderr:
            pytest.skip("strace may not trace here")
        assert done.returncode in (0, 3), done.stderr
        yield from calls(trace)
        yield Call("temporary", f'"{temporary}"')


def judge(found: Sequence[Call], out: Path, programs: set[str]) -> None:
    """Check that a record has nothing but what the commands are for."""
    places = (f"{out}/", f"{next(found[-1].paths)}/", "/dev/null", "/dev/tty")
    assert {"execve", "openat"} <= {each.name for each in found}
    for each in found[:-1]:
        if each.name in ("execve", "execveat"):
            assert Path(next(each.paths)).name in programs, each
        elif each.name == "socket":
            assert each.text.startswith("AF_UNIX"), each
        elif each.name in ("connect", "bind", "sendto"):
            assert f'sun_path="{places[1]}' in each.text or re.match(r"\d+<[^>]*>, (NULL|\")", each.text), each
        elif each.name.startswith("open") and not re.search("O_WRONLY|O_RDWR|O_CREAT|O_TRUNC", each.text):
            continue
        elif (each.name.startswith("open") or each.name in CHANGES) and "EEXIST" not in each.text:
            others = [path for path in each.paths if not f"{path}/".startswith(places) and path not in places]
            assert others == [], each


def prepared(tmp_path: Path, line: str) -> list[str]:
    """Return the arguments of a command line, with its source in a checkout."""
    source, out = tmp_path / "source", tmp_path / "out"
    if not source.exists():
        out.mkdir()
        source.mkdir()
        for name in ("n90000002.md", "n90000007.md"):
            shutil.copy(SEEDS / "pages" / "nf9000001" / name, source)
    return line.replace("SOURCE", str(source)).replace("OUT", str(out)).split()


def test_formats_and_checks_ask_the_system_for_nothing_else(tmp_path: Path) -> None:
    lines = [prepared(tmp_path, line) for line in COMMANDS.values()]
    found = [*run(tmp_path, "-c", DRIVER, json.dumps(lines))]
    judge(found, tmp_path / "out", {Path(sys.executable).name})
    assert {"mkdir", "rename", "unlink"} <= {each.name for each in found}
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {"md", "x.epub", "x.parquet", "report.json", "html"}


@pytest.mark.soak
@pytest.mark.parametrize("name", [*PRINTED, *COMMANDS])
def test_each_command_asks_the_system_for_nothing_else(name: str, tmp_path: Path) -> None:
    arguments = prepared(tmp_path, {**COMMANDS, **PRINTED}[name])
    programs = {Path(sys.executable).name}
    if name == "changes":
        git(tmp_path / "source", "init", "-q")
        git(tmp_path / "source", "add", ".")
        git(tmp_path / "source", "commit", "-qm", "x")
        programs |= {"git"}
    if name in ("audit", "seal", "verify"):
        made = [sys.executable, "-m", "convert", *prepared(tmp_path, COMMANDS["epub"])]
        subprocess.run(made, check=True, capture_output=True)
    judge([*run(tmp_path, "-m", "convert", *arguments)], tmp_path / "out", programs)
