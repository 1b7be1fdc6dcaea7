"""Whether work grows with what it is done on.  Seconds on the clock tell more of the machine and what else it does."""

import gc
from collections.abc import Callable
from time import process_time
from typing import TypeVar

_Input = TypeVar("_Input")


def seconds(work: Callable[[_Input], object], on: _Input) -> float:
    """Without looking for garbage, which takes the longer the more the tests before have left in memory."""
    gc.collect()
    gc.disable()
    try:
        before = process_time()
        work(on)
        return process_time() - before
    finally:
        gc.enable()


def grows_with_it(work: Callable[[_Input], object], make: Callable[[int], _Input], size: int) -> bool:
    """Whether four times the input takes about four times the processor's time: less than six, where one step that is
    quadratic takes up to sixteen.  A disturbed measurement is taken again."""
    small, large = make(size), make(4 * size)
    return any(seconds(work, large) < 6 * max(seconds(work, small), 0.02) for _ in range(5))
