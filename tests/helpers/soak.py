"""Number of examples that a law is tried with: few in `make test`, many in `make soak`."""

import os
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import settings

SOAK = os.environ.get("SOAK") == "1"
TIMES = 20
"""Factor by which `make soak` tries more examples than a law asks for."""
FEWER = 3
"""Divisor of them in `make test`, for an article takes a twentieth of a second to generate."""


def examples(number: int) -> Callable[[Any], Any]:
    """Let Hypothesis try more examples than this number in `make soak`, and fewer in `make test`."""
    return settings(max_examples=number * TIMES if SOAK else number // FEWER)


def some(cases: Iterable[Any], every: int) -> list[Any]:
    """Return cases as parameters, of which `make test` takes one of `every`, and `make soak` the others."""
    as_tuples = [each if isinstance(each, tuple) else (each,) for each in cases]
    return [pytest.param(*each, marks=pytest.mark.soak if at % every else ()) for at, each in enumerate(as_tuples)]
