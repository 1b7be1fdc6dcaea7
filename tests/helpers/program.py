"""The program as its users run it: a process of its own."""

import os
import subprocess
import sys
from pathlib import Path


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
    return subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-m", "convert", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "LC_ALL": "C.UTF-8", **(env or {})},
        input=stdin,
        capture_output=True,
        timeout=timeout,
        check=False,
    )


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True)
