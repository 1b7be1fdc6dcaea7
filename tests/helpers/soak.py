"""How many examples a law is tried with: few in `make test`, many in `make soak`."""

import os
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hypothesis import settings

SOAK = os.environ.get("SOAK") == "1"
TIMES = 20
"""How many times as many examples `make soak` tries."""

_Value = TypeVar("_Value")


def examples(number: int) -> Callable[[Any], Any]:
    """Let Hypothesis try so many examples, and more in `make soak`."""
    return settings(max_examples=number * TIMES if SOAK else number)


def sample(values: Sequence[_Value], few: int) -> list[_Value]:
    """Return a few of the values, spread evenly from the first to the last; all of them in `make soak`."""
    if SOAK or len(values) <= few:
        return list(values)
    return [values[at * (len(values) - 1) // max(few - 1, 1)] for at in range(few)]
