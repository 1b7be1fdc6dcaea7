#!/usr/bin/env python3
"""Draws what three commands print as an SVG of a terminal, for README.md and README.zh.md.

`make docs` writes the recordings, `make check` fails where one is out of date: the commands really run, on seeds/.
An SVG holds text and nothing else: no script, no picture, no font from elsewhere.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from html import escape
from pathlib import Path

ROOT = Path(__file__).parent.parent
RECORDINGS = {"docs/images/recording.svg": "C.UTF-8", "docs/images/recording.zh.svg": "zh_CN.UTF-8"}
"""Each recording with the locale that its commands run in."""
COMMANDS = (
    "convert validate seeds/pages/nf9000002",
    "convert --to epub seeds/pages/nf9000001 -o paper.epub",
    "convert --to json --quiet seeds/pages/nf9000001/n90000002.md | head -n 12",
)

COLUMNS = 100
CELL, LINE, MARGIN = 8, 20, 16
SECONDS = re.compile(r"(?<=\bin )[\d.,]+(?= s\b)|(?<=用时 )[\d.,]+(?= 秒)")
LEVEL = re.compile(r"\b(error|warning|info)\b")
STYLE = (
    "text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Noto Sans Mono CJK SC',monospace;"
    "fill:#d7dbe0;white-space:pre}.command{fill:#fff;font-weight:bold}.warning{fill:#f0c674}.error{fill:#f28779}"
)


def output(command: str, locale: str, folder: Path) -> str:
    """Return the output of `command` in `folder`; a duration, which differs from run to run, is always 0.1."""
    environment = {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "PYTHONPATH": str(ROOT),
        "HOME": str(folder),
        "LC_ALL": locale,
        "NO_COLOR": "1",
    }
    done = subprocess.run(
        ["/bin/sh", "-c", command.replace("convert", f"'{sys.executable}' -m convert", 1)],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=True,
    )
    return SECONDS.sub("0.1", done.stdout.decode("utf-8"))


def cells(character: str) -> int:
    """Return how many cells of a terminal a character takes."""
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def wrap(line: str) -> Iterator[str]:
    """Yield the rows that a terminal breaks a line into."""
    row, width = "", 0
    for character in line:
        if width + cells(character) > COLUMNS:
            yield row
            row, width = "", 0
        row += character
        width += cells(character)
    yield row


def rows(locale: str) -> Iterator[tuple[str, str]]:
    """Yield each row of the terminal with its class in the style sheet."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / "seeds", folder / "seeds")
        for command in COMMANDS:
            yield from (("command", row) for row in wrap(f"$ {command}"))
            for line in output(command, locale, folder).splitlines():
                level = LEVEL.search(line) if ": " in line and line.startswith("seeds/") else None
                yield from ((level[1] if level else "output", row) for row in wrap(line))
            yield "output", ""


def draw(locale: str) -> str:
    """Return the recording as an SVG."""
    lines = list(rows(locale))[:-1]
    width, height = COLUMNS * CELL + 2 * MARGIN, len(lines) * LINE + 2 * MARGIN
    texts = "".join(
        f'<text class="{kind}" x="{MARGIN}" y="{MARGIN + LINE * number + 14}">{escape(row, quote=False)}</text>\n'
        for number, (kind, row) in enumerate(lines)
        if row
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" xml:space="preserve">\n<title>{escape("; ".join(COMMANDS), quote=False)}</title>\n'
        f"<style>{STYLE}</style>\n"
        f'<rect width="{width}" height="{height}" rx="8" fill="#1d2129"/>\n{texts}</svg>\n'
    )


def wanted() -> Iterator[tuple[Path, str]]:
    """Yield each recording's file with what it should hold."""
    for name, locale in RECORDINGS.items():
        yield ROOT / name, draw(locale)
