"""Number of examples that a law is tried with: few in `make test`, many in `make soak`."""

import os
from collections.abc import Callable
from typing import Any

from hypothesis import settings

SOAK = os.environ.get("SOAK") == "1"
TIMES = 20
"""Factor by which `make soak` tries more examples."""


def examples(number: int) -> Callable[[Any], Any]:
    """Let Hypothesis try so many examples, and more in `make soak`."""
    return settings(max_examples=number * TIMES if SOAK else number)
