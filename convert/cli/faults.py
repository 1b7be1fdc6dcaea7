"""Checks of a settings file that find all its faults, key by key."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from convert.codec import article_json
from convert.control.codes import UnknownCode, codes, near
from convert.control.paths import PatternError, check
from convert.messages import Argument, Message, message


def by_schema(table: Any, above: str, schema: str) -> list[Message]:
    """Return every fault of a table by a published schema: the path of the key, and what is wrong with it."""
    from jsonschema import Draft202012Validator  # costs 40 ms, for what most runs never need

    faults: dict[str, Message] = {}

    def add(key: Argument, fault: Message) -> None:
        found = message("{key}: {fault}", key=key, fault=fault)
        faults.setdefault(str(found), found)

    explained: set[str] = set()
    errors = Draft202012Validator(article_json.published(schema)).iter_errors(table)
    for error in sorted(
        errors, key=lambda each: ([str(part) for part in each.absolute_path], each.validator != "type")
    ):
        where = _key(above, error.absolute_path)
        if error.validator == "additionalProperties":
            known = sorted(error.schema["properties"])
            for key in (key for key in error.instance if key not in known):
                add(_key(where, [key]), message("there is no such key; {hint}", hint=_hint(key, known)))
        elif error.validator == "required":
            for key in (key for key in error.validator_value if key not in error.instance):
                add(where, message("the key {key} is missing", key=repr(key)))
        elif where not in explained:  # a value of the wrong type is no known string either: the type speaks for both
            explained.add(where)
            add(where or message("the file"), _reason(error, where))
    return list(faults.values())


def _reason(error: Any, where: str) -> Message:
    """Return what is wrong with the value of the key `where`."""
    value = error.instance
    match error.validator:
        case "type" if where.endswith("per-path"):
            return message(
                "{value} should be a list of tables; write [[{key}]] above each", value=_toml(value), key=where
            )
        case "minItems" if where.endswith("select"):
            return message("must not be empty; name at least one rule, or leave the key out for all")
        case "type":
            return message("{value} should be {type}", value=_toml(value), type=_TYPES[error.validator_value])
        case "enum":
            return message(
                "{value} is not known; {hint}", value=_toml(value), hint=_hint(str(value), error.validator_value)
            )
        case "minLength" | "minItems":
            return message("must not be empty")
        case "pattern":
            return message("{value} should be an absolute http or https address", value=_toml(value))
    return Message(str(error.message))


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


def _hint(word: str, known: Iterable[str]) -> Message:
    known = list(known)
    if meant := near(word.lower().replace("_", "-"), known):
        return message("did you mean {word}?", word=repr(meant))
    return message("choose one of: {known}", known=", ".join(known))


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
        for name in ("select", "ignore"):
            words = each.get(name) if isinstance(each, dict) else None
            for number, word in enumerate(words if isinstance(words, list) else ()):
                try:
                    codes([word] if isinstance(word, str) and word else [])
                except UnknownCode as wrong:
                    yield message("{key}: {fault}", key=_key(above, [*parts, name, number]), fault=wrong.message)


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
