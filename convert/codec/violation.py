"""The violation of a schema as a type of its own, because `violations.py`, which finds them, takes 40 ms to import."""

from typing import NamedTuple

from convert.messages import Message

Path = tuple[str | int, ...]
"""Path to a value in JSON: keys and indexes, from the outermost."""


class Violation(NamedTuple):
    """Path at which a document breaks its schema, and the reason."""

    path: Path
    message: Message
