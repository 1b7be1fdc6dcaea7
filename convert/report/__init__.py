"""The REPORTERS table: how findings are told."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from convert.report import json_, text
from convert.report.base import Reporter, Write

REPORTERS: Mapping[str, Callable[[Write], Reporter]] = MappingProxyType(
    {"json": json_.JsonReporter, "text": text.TextReporter}
)
