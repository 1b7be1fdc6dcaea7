"""Test of whether the time of some work is proportional to its input.

It measures processor time, for the clock also measures other work.
"""

import gc
from collections.abc import Callable
from time import process_time
from typing import TypeVar

_Input = TypeVar("_Input")

ENOUGH = 0.01
"""Shortest measurement, in seconds."""
DOUBLED = 6
"""Most doublings of a size: work that is still shorter than `ENOUGH` at 64 times the size is fast however it grows.
With more doublings, the largest inputs would measure the memory: deep JSON-LD of 13 MB took 5.2 times as long as a
quarter of it."""


def seconds(work: Callable[[_Input], object], on: _Input) -> float:
    """Without looking for garbage, which takes the longer the more the tests before have left in memory."""
    gc.disable()
    try:
        before = process_time()
        work(on)
        return process_time() - before
    finally:
        gc.enable()


def grows_with_it(work: Callable[[_Input], object], make: Callable[[int], _Input], size: int) -> bool:
    """Return whether four times the input takes about four times the processor's time: less than six, where one step
    that is quadratic takes up to sixteen.

    The size is doubled until the smaller input takes long enough for its time to say something.  A disturbed
    measurement is taken again.
    """
    for _ in range(DOUBLED):
        if seconds(work, make(size)) >= ENOUGH:
            break
        size *= 2
    small, large = make(size), make(4 * size)
    return any(seconds(work, large) < 6 * max(seconds(work, small), ENOUGH) for _ in range(5))
