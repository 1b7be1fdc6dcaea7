"""Checks of a settings file that find all its faults, key by key."""

from collections.abc import Iterable, Iterator, Sequence
from types import MappingProxyType
from typing import Any

from convert.codec import toml
from convert.codec.violation import Fault, Sentences
from convert.control.codes import UnknownCode, codes
from convert.control.paths import PatternError, check
from convert.messages import Argument, Message, message


def by_schema(table: Any, above: str, schema: str) -> list[Message]:
    """Return every fault of a table by a published schema: the path of the key, and what is wrong with it."""
    return [line for _, line in toml.by_schema(table, above, schema, SENTENCES)]


def _type(fault: Fault, where: Argument) -> Message:
    value = toml.shown(fault.value)
    if fault.path[-1:] == ("per-path",):
        return message("{value} should be a list of tables; write [[{key}]] above each", value=value, key=where)
    return message("{value} should be {type}", value=value, type=_TYPES[fault.limit])


def _empty(fault: Fault, where: Argument) -> Message:
    if fault.path[-1:] == ("select",):
        return message("must not be empty; name at least one rule, or leave the key out for all")
    return message("must not be empty")


_TYPES = {
    "array": message('a list, such as ["LNK"]'),
    "boolean": message("true or false"),
    "object": message("a table"),
    "string": message("a string"),
}


SENTENCES: Sentences = MappingProxyType({
    "additionalProperties": lambda fault, where: message(
        "there is no such key; {hint}", hint=toml.hint(fault.keys[0], sorted(fault.known))
    ),
    "enum": lambda fault, where: message(
        "{value} is not known; {hint}", value=toml.shown(fault.value), hint=toml.hint(str(fault.value), fault.known)
    ),
    "minItems": _empty,
    "minLength": _empty,
    "pattern": lambda fault, where: message(
        "{value} should be an absolute http or https address", value=toml.shown(fault.value)
    ),
    "required": lambda fault, where: message("the key {key} is missing", key=repr(fault.keys[0])),
    "type": _type,
    "": lambda fault, where: Message(fault.reason),
})  # fmt: skip
"""Sentences about a settings file."""


def unknown_codes(table: Any, above: str) -> Iterator[Message]:
    """Yield the words that name no rule, also in a table that has other faults."""
    tables: list[tuple[list[Any], Any]] = [([], table)] if isinstance(table, dict) else []
    more = table.get("per-path") if tables else None
    tables += [(["per-path", number], each) for number, each in enumerate(more if isinstance(more, list) else ())]
    for parts, each in tables:
        for name in ("select", "ignore", "levels"):
            words = each.get(name) if isinstance(each, dict) else None
            for key, word in _words_of(words):
                try:
                    codes([word] if isinstance(word, str) and word else [])
                except UnknownCode as wrong:
                    yield message("{key}: {fault}", key=toml.key(above, [*parts, name, key]), fault=wrong.message)


def _words_of(words: Any) -> list[tuple[Any, Any]]:
    """Return the words for rules in a list or in the keys of a table, each with its own key."""
    if isinstance(words, dict):
        return [(word, word) for word in words]
    return list(enumerate(words)) if isinstance(words, list) else []


def bad_patterns(tables: Iterable[Sequence[str]], above: str) -> Iterator[Message]:
    """Yield the patterns of per-path tables that git would refuse."""
    for number, patterns in enumerate(tables):
        for place, pattern in enumerate(patterns):
            try:
                check(pattern)
            except PatternError:
                yield message(
                    "{key}: {value} is no pattern of .gitignore; write \\[ and \\\\ for the characters",
                    key=toml.key(above, ["per-path", number, "path", place]),
                    value=toml.shown(pattern),
                )
