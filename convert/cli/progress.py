"""Progress of a run: a bar on a terminal, lines at intervals elsewhere."""

import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from threading import Event, Thread
from typing import Protocol

import click

from convert.cli import screen
from convert.cli.help import option, spoken
from convert.messages import Argument, Language, Message, message
from convert.sandbox.signals import signals_blocked
from convert.settings import Step
from convert.sources import count
from convert.text import columns

PATIENCE = 0.5
"""Seconds before a bar is drawn: most runs are over by then."""

REDRAW = 0.1
"""Seconds between two drawings of a bar."""

TICK = 1.0
"""Seconds after which a thread shows the meter again, so that a document that takes long does not look like the end."""

INTERVAL = 10.0
"""Seconds between two lines where there is no terminal."""

SETTLED = 2.0
"""Seconds before the time left is estimated: the first documents come in one batch, after processes have started."""

WINDOW = 30
"""Number of samples, one a second, over which the rate is measured."""

_LONGEST_BAR = 40

Clock = Callable[[], float]

progress_option = option(
    "--progress",
    "lines",
    group="messages",
    is_flag=True,
    about=message("Print a line on progress every ten seconds where there is no terminal."),
)


class Meter:
    """Number of documents that are done, of how many, and the rate of the last seconds."""

    def __init__(self, total: int | None, clock: Clock = time.monotonic) -> None:
        self.total, self.done = total, 0
        """The number of documents, None as long as it is unknown."""
        self.bytes: int | None = None
        """Number of bytes that were fetched, None if the work is not counted in bytes."""
        self._clock = clock
        self._began = clock()
        self._samples = deque([(self._began, 0)], WINDOW + 1)

    def add(self, number: int) -> None:
        """Count documents that were finished; several at once were skipped, which says nothing about the rate."""
        self.done += number
        now = self._clock()
        if number > 1:
            self._samples = deque([(at, done + number) for at, done in self._samples], WINDOW + 1)
        elif now - self._samples[-1][0] >= 1:
            self._samples.append((now, self.done))

    @property
    def rate(self) -> float:
        """Documents a second."""
        began, before = self._samples[0]
        return (self.done - before) / max(self._clock() - began, 1e-6)

    @property
    def amount(self) -> str:
        """Bytes and bytes a second since the beginning, "" if they are not counted."""
        if self.bytes is None:
            return ""
        return f"{size(self.bytes)}, {size(self.bytes / max(self._clock() - self._began, 1e-6))}/s"

    @property
    def left(self) -> float | None:
        """Seconds that the rest will take, None if unknown."""
        if self.total is None or self._clock() - self._began < SETTLED or not (rate := self.rate):
            return None
        return max(self.total - self.done, 0) / rate


class Display(Protocol):
    """Display of a meter."""

    def update(self) -> None:
        """Show the meter, if it is time to."""
        ...


class Bar:
    """Bar at the bottom of a terminal; other output is printed above it."""

    def __init__(self, label: Message, meter: Meter, language: Language, clock: Clock = time.monotonic) -> None:
        self._label, self._meter, self._language, self._clock = label, meter, language, clock
        self._next = clock() + PATIENCE
        self._width = 0

    def update(self) -> None:
        """Draw the bar, unless that was done a moment ago."""
        with screen.LOCK:
            if (now := self._clock()) >= self._next:
                self._next = now + REDRAW
                import shutil  # few runs are on a terminal

                text = self.text(shutil.get_terminal_size().columns - 1)
                self._write(self._erasure() + text)
                self._width = columns(text)

    def hide(self) -> None:
        """Remove the bar from the screen."""
        with screen.LOCK:
            if self._width:
                self._write(self._erasure())
                self._width = 0

    def _erasure(self) -> str:
        if not self._width:
            return ""
        return f"\r{' ' * self._width}\r" if os.environ.get("TERM") == "dumb" else "\r\x1b[K"

    def _write(self, text: str) -> None:
        click.echo(text, nl=False, err=True, color=True)

    def text(self, width: int) -> str:
        """Return the bar in so many columns."""
        label, meter = self._label.text_in(self._language), self._meter
        figures = f"{meter.done:,}"
        share = 0.0
        if meter.total:
            share = min(meter.done / meter.total, 1)
            figures = f"{share:4.0%} {figures}/{meter.total:,}"
        figures += f" {_rate(meter.rate)}/s" if meter.bytes is None else f" {meter.amount}"
        if (left := meter.left) is not None:
            rest = message("{time} left", time=duration(left))
            figures += f" {rest.text_in(self._language)}"
        room = min(width - columns(label) - columns(figures) - 4, _LONGEST_BAR)
        bar = ""
        if meter.total and room >= 8:
            filled = int(share * room)
            bar = f"[{'#' * filled}{'-' * (room - filled)}] "
        return _cut(f"{label} {bar}{figures}", width)


class Lines:
    """Lines on standard error, one at each interval."""

    def __init__(self, label: Message, meter: Meter, language: Language, clock: Clock = time.monotonic) -> None:
        self._label, self._meter, self._language, self._clock = label, meter, language, clock
        self._next = clock() + INTERVAL

    def update(self) -> None:
        """Print a line, if the interval is over."""
        with screen.LOCK:
            if (now := self._clock()) < self._next:
                return
            self._next = now + INTERVAL
            screen.echo(f"convert: {self.text()}", err=True)

    def text(self) -> str:
        """Return the line."""
        return ", ".join(filter(None, (self._documents(), self._meter.amount)))

    def _documents(self) -> str:
        meter = self._meter
        done: dict[str, Argument] = {"label": self._label, "done": meter.done, "rate": _rate(meter.rate)}
        if meter.total is None or meter.left is None:
            return message("{label}: {done:,}, {rate} a second", **done).text_in(self._language)
        return message(
            "{label}: {done:,} of {total:,} ({share:.0%}), {rate} a second, {time} left",
            **done,
            total=meter.total,
            share=min(meter.done / meter.total, 1),
            time=duration(meter.left),
        ).text_in(self._language)


def _rate(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"


def size(number: float) -> str:
    """Return a number of bytes in kilobytes, megabytes or gigabytes.

    >>> size(20_480), size(7_300_000), size(4.1e9)
    ('20 kB', '7.3 MB', '4.1 GB')
    """
    if number < 1e6:
        return f"{number / 1e3:.0f} kB"
    return f"{number / 1e6:.1f} MB" if number < 1e9 else f"{number / 1e9:.1f} GB"


def duration(seconds: float) -> str:
    """Return a time in minutes and seconds, or in hours.

    >>> duration(7.2), duration(196), duration(3723)
    ('0:07', '3:16', '1:02:03')
    """
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _cut(text: str, width: int) -> str:
    while columns(text) > max(width, 0):
        text = text[:-1]
    return text


@contextmanager
def progress(
    label: Message,
    length: int | None,
    *,
    quiet: bool,
    lines: bool = False,
    roots: Sequence[str] = (),
    fetched: Callable[[], int] | None = None,
) -> Iterator[Step]:
    """Show the progress of a pass, on a terminal unless `quiet`, elsewhere if `lines` are asked for.

    Without a `length`, the documents of the `roots` are counted beside the work.  `fetched` returns the number of bytes
    that were fetched so far.
    """
    terminal = sys.stderr.isatty()
    if not lines and (quiet or not terminal):
        yield lambda number: None
        return
    meter = Meter(length)
    language = spoken(click.get_current_context())
    display: Display
    bar = display = Bar(label, meter, language)
    if not terminal:
        display = Lines(label, meter, language)

    def step(number: int) -> None:
        meter.add(number)
        meter.bytes = fetched() if fetched else None
        display.update()

    screen.show(bar)
    try:
        with _beside(partial(_tick, display)), _beside(partial(_count, meter, roots if length is None else ())):
            yield step
    finally:
        screen.remove(bar)


def _tick(display: Display, ended: Event) -> None:
    """Show the meter every second."""
    while not ended.wait(TICK):
        display.update()


def _count(meter: Meter, roots: Sequence[str], ended: Event) -> None:
    """Count the documents of the roots."""
    if roots:
        meter.total = count(roots, ended.is_set)


@contextmanager
def _beside(work: Callable[[Event], None]) -> Iterator[None]:
    """Run a function in a thread beside the block, until the event that it gets; its errors are the run's to report."""
    ended = Event()

    def run() -> None:
        with suppress(Exception):
            work(ended)

    thread = Thread(target=run, daemon=True)
    with signals_blocked():  # the thread never gets them: they are for the run
        thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
