"""Checks of a settings file that find all its faults, key by key."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from types import MappingProxyType
from typing import Any

from convert.codec import article_json
from convert.codec.violation import Fault, Path, Sentences, sentence
from convert.control.codes import UnknownCode, codes
from convert.control.paths import PatternError, check
from convert.messages import Argument, Message, message
from convert.text import nearest


def by_schema(table: Any, above: str, schema: str) -> list[Message]:
    """Return every fault of a table by a published schema: the path of the key, and what is wrong with it."""
    from convert.codec import violations  # importing jsonschema takes 40 ms, and most runs never need it

    lines: dict[str, Message] = {}
    explained: set[Path] = set()
    for fault in sorted(violations.faults(table, article_json.published(schema)), key=_order):
        if not fault.keys:
            if fault.path in explained:
                continue
            explained.add(fault.path)
        for each in [fault._replace(keys=(key,)) for key in fault.keys] or [fault]:
            where = _key(above, (*each.path, *(each.keys if each.keyword == "additionalProperties" else ())))
            line = message("{key}: {fault}", key=where or message("the file"), fault=sentence(each, where, SENTENCES))
            lines.setdefault(str(line), line)
    return list(lines.values())


def _order(fault: Fault) -> tuple[list[str], bool]:
    """Return the sort key of a fault: a value of the wrong type is no known string either, and the type comes first."""
    return [str(part) for part in fault.path], fault.keyword != "type"


def _type(fault: Fault, where: Argument) -> Message:
    value = _toml(fault.value)
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


def _toml(value: Any) -> Argument:
    """Return a value as it is written in TOML, cut short."""
    if isinstance(value, dict):
        return message("a table")
    if isinstance(value, bool):
        return str(value).lower()
    shown = f'"{value}"' if isinstance(value, str) else str(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}…"


def _hint(word: str, known: Sequence[str]) -> Message:
    if meant := nearest(word.lower().replace("_", "-"), known):
        return message("did you mean {word}?", word=repr(meant))
    return message("choose one of: {known}", known=", ".join(known))


SENTENCES: Sentences = MappingProxyType({
    "additionalProperties": lambda fault, where: message(
        "there is no such key; {hint}", hint=_hint(fault.keys[0], sorted(fault.known))
    ),
    "enum": lambda fault, where: message(
        "{value} is not known; {hint}", value=_toml(fault.value), hint=_hint(str(fault.value), fault.known)
    ),
    "minItems": _empty,
    "minLength": _empty,
    "pattern": lambda fault, where: message(
        "{value} should be an absolute http or https address", value=_toml(fault.value)
    ),
    "required": lambda fault, where: message("the key {key} is missing", key=repr(fault.keys[0])),
    "type": _type,
    "": lambda fault, where: Message(fault.reason),
})  # fmt: skip
"""Sentences about a settings file."""


def _key(above: str, parts: Iterable[Any]) -> str:
    """Return the path of a key as people write it.

    >>> _key("tool.convert", ["per-path", 0, "my key"])
    'tool.convert.per-path[0]."my key"'
    """
    path = above
    for part in parts:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f".{part if re.fullmatch(r'[A-Za-z0-9_-]+', part) else json.dumps(part, ensure_ascii=False)}"
    return path.lstrip(".")


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
                    yield message("{key}: {fault}", key=_key(above, [*parts, name, key]), fault=wrong.message)


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
                    key=_key(above, ["per-path", number, "path", place]),
                    value=_toml(pattern),
                )
