"""The program as its users run it: a process of its own."""

import os
import subprocess
import sys
from pathlib import Path


def run(
    *arguments: str | Path,
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
    stdin: bytes = b"",
    timeout: int = 120,
) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-m", "convert.cli", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        input=stdin,
        capture_output=True,
        timeout=timeout,
        check=False,
    )
