"""The violation of a schema as a value; `violations.py`, which finds them, takes 40 ms to import."""

from typing import NamedTuple

from convert.messages import Message

Path = tuple[str | int, ...]
"""The way to a value: keys and numbers of items, from the outermost."""


class Violation(NamedTuple):
    """One place where a document breaks its schema, and why."""

    path: Path
    message: Message
