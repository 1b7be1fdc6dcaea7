"""Printing on the screen, above the progress bar if there is one."""

import sys
from threading import RLock
from typing import Any, Protocol

import click


class Shown(Protocol):
    """Line at the bottom of the terminal that is replaced again and again."""

    def hide(self) -> None:
        """Remove it from the screen until it is drawn again."""
        ...


LOCK = RLock()
"""Lock of the screen: progress is also shown by a thread."""

_shown: list[Shown] = []


def show(line: Shown) -> None:
    """Remember a line that is at the bottom of the terminal."""
    _shown.append(line)


def remove(line: Shown) -> None:
    """Hide a line, and forget it."""
    with LOCK:
        line.hide()
        _shown.remove(line)


def echo(text: Any, *, nl: bool = True, err: bool = False, color: bool | None = None) -> None:
    """Print as `click.echo` does, on lines of its own."""
    with LOCK:
        if _shown and (sys.stderr if err else sys.stdout).isatty():
            for line in _shown:
                line.hide()
        click.echo(text, nl=nl, err=err, color=color)
