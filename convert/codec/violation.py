"""Types of violations of a schema, apart from `violations.py`, which finds them and takes 40 ms to import."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from convert.messages import Argument, Message

Path = tuple[str | int, ...]
"""Path to a value in JSON: keys and indexes, from the outermost."""


class Violation(NamedTuple):
    """Path at which a document breaks its schema, and the reason."""

    path: Path
    message: Message


class Fault(NamedTuple):
    """Facts for a sentence about a value that breaks a keyword of its schema."""

    path: Path
    keyword: str
    value: Any
    """The value at the path."""
    limit: Any
    """The keyword's value in the schema: a type, a number, a pattern."""
    reason: str
    """The sentence of jsonschema, in English."""
    keys: tuple[str, ...] = ()
    """The keys of the value that are missing or unknown."""
    known: tuple[str, ...] = ()
    """The keys or the values that the schema knows."""
    examples: tuple[Any, ...] = ()
    """Valid values, if the schema has examples."""


Sentences = Mapping[str, Callable[[Fault, Argument], Message]]
"""Functions from a fault and the name of its place to a sentence about it, by keyword of JSON Schema."""


def sentence(fault: Fault, where: Argument, sentences: Sentences) -> Message:
    """Return the sentence about a fault; for a keyword that `sentences` lacks, that of the key ""."""
    return sentences.get(fault.keyword, sentences[""])(fault, where)
