"""Faults of a JSON document by its schema: the facts, the sentence about an article, and the position in its text."""

import json
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from convert.codec.violation import Fault, Path, Sentences, Violation, sentence
from convert.messages import Argument, Message, message
from convert.text import nearest, squeeze

SHOWN = 40
"""Largest number of characters of an invalid value in a message."""


def faults(instance: Any, schema: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield every fault of a parsed document by a schema (2020-12)."""
    return map(_fault, Draft202012Validator(schema).iter_errors(instance))


def explain(instance: Any, schema: Mapping[str, Any]) -> Violation | None:
    """Return the most relevant violation of the article's schema in a parsed JSON document, or None."""
    error = best_match(Draft202012Validator(schema).iter_errors(instance))
    if error is None:
        return None
    fault = _fault(error)
    return Violation(fault.path, sentence(fault, name(fault.path) or message("the-article"), SENTENCES))


def _fault(error: Any) -> Fault:  # Any, because jsonschema types all attributes of an error as optional
    keyword, value, limit = str(error.validator), error.instance, error.validator_value
    keys: list[str] = []
    known: list[str] = []
    match keyword:
        case "additionalProperties":
            known = list(error.schema.get("properties", ()))
            keys = [key for key in value if key not in known]
        case "required":
            keys = [key for key in limit if key not in value]
        case "enum":
            known = list(map(str, limit))
    examples = tuple(error.schema.get("examples", ()))
    return Fault(tuple(error.absolute_path), keyword, value, limit, error.message, tuple(keys), tuple(known), examples)


def name(path: Path) -> str:
    """Return a path in the usual notation.

    >>> name(("body", 2, "children", 0)), name(())
    ('body[2].children[0]', '')
    """
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


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


def _type(fault: Fault, where: Argument) -> Message:
    kinds = [KINDS[kind] for kind in (fault.limit if isinstance(fault.limit, list) else [fault.limit])]
    wanted = kinds[0] if len(kinds) == 1 else message("{first} or {second}", first=kinds[0], second=kinds[1])
    return message("wrong-type", where=where, wanted=wanted, value=_kind(fault.value))


def _unknown(fault: Fault, where: Argument) -> Message:
    key = fault.keys[0]
    if near := nearest(key, fault.known):
        return message("unknown-field-near", where=where, key=repr(key), near=repr(near))
    return message("unknown-field", where=where, key=repr(key))


def _enumerated(fault: Fault, where: Argument) -> Message:
    value = _excerpt(fault.value)
    if near := nearest(str(fault.value), fault.known):
        return message("unknown-value-near", where=where, value=value, near=repr(near))
    return message("unknown-value", where=where, value=value, allowed=", ".join(fault.known))


SENTENCES: Sentences = MappingProxyType({
    "additionalProperties": _unknown,
    "const": lambda fault, where: message(
        "wrong-type", where=where, wanted=_excerpt(fault.limit), value=_excerpt(fault.value)
    ),
    "enum": _enumerated,
    "maximum": lambda fault, where: message("above-maximum", where=where, value=fault.value, limit=fault.limit),
    "minLength": lambda fault, where: message("empty-value", where=where),
    "minimum": lambda fault, where: message("below-minimum", where=where, value=fault.value, limit=fault.limit),
    "pattern": lambda fault, where: message(
        "wrong-pattern",
        where=where,
        value=_excerpt(fault.value),
        example=", ".join(map(_excerpt, fault.examples or [fault.limit])),
    ),
    "required": lambda fault, where: message("missing-fields", where=where, keys=", ".join(map(repr, fault.keys))),
    "type": _type,
    "": lambda fault, where: message("wrong-value", where=where, reason=fault.reason),
})  # fmt: skip
"""Sentences about an article."""

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
