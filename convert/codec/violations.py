"""Explanations of why a JSON document breaks the schema, with the position in its text."""

import difflib
import json
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from convert.codec.violation import Path, Violation
from convert.messages import Message, message
from convert.text import squeeze

SHOWN = 40
"""Largest number of characters of an invalid value in a message."""


def explain(instance: Any, schema: Mapping[str, Any]) -> Violation | None:
    """Return the most relevant violation of a schema (2020-12) in a parsed JSON document, or None."""
    error = best_match(Draft202012Validator(schema).iter_errors(instance))
    if error is None:
        return None
    path = tuple(error.absolute_path)
    problem = SENTENCES.get(str(error.validator), _as_it_is)(error)
    return Violation(path, message(problem.id, where=name(path) or message("the-article"), **dict(problem.arguments)))


def name(path: Path) -> str:
    """Return a path in the usual notation.

    >>> name(("body", 2, "children", 0)), name(())
    ('body[2].children[0]', '')
    """
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


# Errors are typed Any, because jsonschema types all their attributes as optional.
KINDS: Mapping[str, Message] = MappingProxyType({
    "array": message("type-list"), "boolean": message("type-boolean"), "integer": message("type-integer"),
    "null": message("type-null"), "number": message("type-number"), "object": message("type-object"),
    "string": message("type-string"),
})  # fmt: skip


def _kind(value: Any) -> Message:
    for kind, types in (("boolean", bool), ("integer", int), ("number", float), ("string", str), ("array", list)):
        if isinstance(value, types):
            return KINDS[kind]
    return KINDS["null"] if value is None else KINDS["object"]


def _excerpt(value: Any) -> str:
    return squeeze(json.dumps(value, ensure_ascii=False), SHOWN)


def _type(error: Any) -> Message:
    wanted = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    kinds = [KINDS[kind] for kind in wanted]
    expected = kinds[0] if len(kinds) == 1 else message("{first} or {second}", first=kinds[0], second=kinds[1])
    return message("wrong-type", wanted=expected, value=_kind(error.instance))


def _required(error: Any) -> Message:
    missing = [key for key in error.validator_value if key not in error.instance]
    return message("missing-fields", keys=", ".join(map(repr, missing)))


def _unknown(error: Any) -> Message:
    properties = list(error.schema.get("properties", ()))
    key = next(key for key in error.instance if key not in properties)
    near = difflib.get_close_matches(key, properties, 1)
    if near:
        return message("unknown-field-near", key=repr(key), near=repr(near[0]))
    return message("unknown-field", key=repr(key))


def _enumerated(error: Any) -> Message:
    allowed = [str(value) for value in error.validator_value]
    near = difflib.get_close_matches(str(error.instance), allowed, 1)
    if near:
        return message("unknown-value-near", value=_excerpt(error.instance), near=repr(near[0]))
    return message("unknown-value", value=_excerpt(error.instance), allowed=", ".join(allowed))


def _as_it_is(error: Any) -> Message:
    return message("wrong-value", reason=error.message)


SENTENCES: Mapping[str, Callable[[Any], Message]] = MappingProxyType({
    "additionalProperties": _unknown,
    "const": lambda error: message(
        "wrong-type", wanted=_excerpt(error.validator_value), value=_excerpt(error.instance)
    ),
    "enum": _enumerated,
    "maximum": lambda error: message("above-maximum", value=error.instance, limit=error.validator_value),
    "minLength": lambda error: message("empty-value"),
    "minimum": lambda error: message("below-minimum", value=error.instance, limit=error.validator_value),
    "pattern": lambda error: message(
        "wrong-pattern",
        value=_excerpt(error.instance),
        example=", ".join(_excerpt(each) for each in error.schema.get("examples", [error.validator_value])),
    ),
    "required": _required,
    "type": _type,
})  # fmt: skip
"""Functions that explain a violation, by keyword of JSON Schema."""

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


def locate(text: str, path: Path) -> tuple[int, int]:
    """Return line and column, from 1, of the value at `path` in the JSON `text`, or of the nearest value around it."""
    at = _SPACE.match(text).end()  # type: ignore[union-attr]  # it matches everything
    for part in path:
        inside = _inside(text, at, part)
        if inside is None:
            break
        at = inside
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _inside(text: str, at: int, part: str | int) -> int | None:
    """Return the position of the member `part` of the object or list at `at`, or None."""
    number = 0
    at = _skip(text, at + 1)
    while text[at : at + 1] not in ("", "]", "}"):
        key: str | int = number
        if isinstance(part, str):
            key, end = _DECODER.raw_decode(text, at)
            at = _skip(text, _skip(text, end) + 1)  # the colon
        if key == part:
            return at
        at = _skip(text, _DECODER.raw_decode(text, at)[1])
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
        number += 1
    return None


def _skip(text: str, at: int) -> int:
    return _SPACE.match(text, at).end()  # type: ignore[union-attr]  # it matches everything
