"""Why a JSON document breaks the schema, in a sentence, and where in the text it stands."""

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
"""Of a value that is wrong, this many characters stand in the message."""


def explain(instance: Any, schema: Mapping[str, Any]) -> Violation | None:
    """What best explains why a parsed JSON document does not satisfy a schema (2020-12); None where it does."""
    error = best_match(Draft202012Validator(schema).iter_errors(instance))
    if error is None:
        return None
    path = tuple(error.absolute_path)
    said = SENTENCES.get(str(error.validator), _as_it_is)(error)
    return Violation(path, message(said.id, where=name(path) or message("the-article"), **dict(said.arguments)))


def name(path: Path) -> str:
    """A path as people write it.

    >>> name(("body", 2, "children", 0)), name(())
    ('body[2].children[0]', '')
    """
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


# Of an error only what its keyword promises is asked: jsonschema types everything as possibly absent.
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


def _shown(value: Any) -> str:
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
    known = list(error.schema.get("properties", ()))
    key = next(key for key in error.instance if key not in known)
    near = difflib.get_close_matches(key, known, 1)
    if near:
        return message("unknown-field-near", key=repr(key), near=repr(near[0]))
    return message("unknown-field", key=repr(key))


def _enumerated(error: Any) -> Message:
    allowed = [str(value) for value in error.validator_value]
    near = difflib.get_close_matches(str(error.instance), allowed, 1)
    if near:
        return message("unknown-value-near", value=_shown(error.instance), near=repr(near[0]))
    return message("unknown-value", value=_shown(error.instance), allowed=", ".join(allowed))


def _as_it_is(error: Any) -> Message:
    return message("wrong-value", reason=error.message)


SENTENCES: Mapping[str, Callable[[Any], Message]] = MappingProxyType({
    "additionalProperties": _unknown,
    "const": lambda error: message(
        "wrong-type", wanted=_shown(error.validator_value), value=_shown(error.instance)
    ),
    "enum": _enumerated,
    "maximum": lambda error: message("above-maximum", value=error.instance, limit=error.validator_value),
    "minLength": lambda error: message("empty-value"),
    "minimum": lambda error: message("below-minimum", value=error.instance, limit=error.validator_value),
    "pattern": lambda error: message(
        "wrong-pattern",
        value=_shown(error.instance),
        example=", ".join(_shown(each) for each in error.schema.get("examples", [error.validator_value])),
    ),
    "required": _required,
    "type": _type,
})  # fmt: skip
"""What each keyword of JSON Schema says when it says no."""

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


def locate(text: str, path: Path) -> tuple[int, int]:
    """Line and column, both from 1, of the value at `path` in the JSON `text`, or of what is nearest around it."""
    at = _SPACE.match(text).end()  # type: ignore[union-attr]  # it matches everything
    for part in path:
        inside = _inside(text, at, part)
        if inside is None:
            break
        at = inside
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _inside(text: str, at: int, part: str | int) -> int | None:
    """Where the member `part` of the object or list at `at` begins; None where there is none."""
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
