"""Sizes of volumes that tests make up."""

from collections.abc import Callable
from typing import NamedTuple

from convert.model import Entry, Volume


class Sized(NamedTuple):
    """Sizes by functions, as `bundle.volumes.Sizes` has them."""

    of: Callable[[Volume], int] = lambda volume: 0
    part: Callable[[Entry], int] = lambda entry: 0
