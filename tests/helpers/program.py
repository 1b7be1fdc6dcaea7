"""The program as its users run it: a process of its own."""

import atexit
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from helpers.warm import Server

OPTIONS = ("-X", "dev", "-W", "error")
"""Options of the interpreter that make an error of each warning."""
QUICK = {"PYTHONMALLOC": "pymalloc"}
"""Environment of the runs that are forked: without the allocator that looks for overwritten memory, which -X dev has
and which takes as much time as all else; new interpreters have it."""
INTERPRETER = ("PYTHON", "LC_", "LANG", "TZ", "LD_", "MALLOC_", "COVERAGE_", "FONTCONFIG_", "XDG_")
"""Beginnings of the names of environment variables that an interpreter, or a library, reads once, when it starts."""


def untraced() -> dict[str, str]:
    """The environment without coverage, whose own files and locks suffer from full disks and signals."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}


def run(
    *arguments: str | Path,
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
    stdin: bytes = b"",
    timeout: int = 120,
) -> "subprocess.CompletedProcess[bytes]":
    """Run the program and return what it wrote and its status.

    The process is a fork of one that has the program's modules already, which saves most of the time of a short run;
    where the environment changes something that an interpreter reads when it starts, a new interpreter is started.
    """
    environment = {**os.environ, "LC_ALL": "C.UTF-8", **(env or {})}
    given = [*map(str, arguments)]
    if hasattr(os, "pidfd_open") and _of_interpreter(environment) == _of_interpreter(_base()):
        return _server().run(given, cwd or Path.cwd(), {**environment, **QUICK}, stdin, timeout)
    return subprocess.run(
        [sys.executable, *OPTIONS, "-m", "convert", *given],
        cwd=cwd,
        env=environment,
        input=stdin,
        capture_output=True,
        timeout=timeout,
        check=False,
    )


def _of_interpreter(environment: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(INTERPRETER)}


@cache
def _base() -> dict[str, str]:
    return {**untraced(), "LC_ALL": "C.UTF-8"}


@cache
def _server() -> Server:
    server = Server([sys.executable, *OPTIONS], {**_base(), **QUICK})
    atexit.register(server.close)
    return server


@cache
def folder_for_scripts() -> str:
    """Return the folder of a program `convert` that starts in a tenth of the time, for the PATH of a script.

    The script's environment has LC_ALL=C.UTF-8 and nothing else that an interpreter reads.  Where there can be no such
    program the folder is that of the installed one.
    """
    program = Path(sys.executable).with_name("convert")
    if not hasattr(os, "pidfd_open") or not program.is_file() or "COVERAGE_PROCESS_START" in os.environ:
        return str(program.parent)
    server = Server([sys.executable], _base())
    atexit.register(server.close)
    return server.make_client(str(program), {"LC_ALL": "C.UTF-8"}, INTERPRETER)


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True)
