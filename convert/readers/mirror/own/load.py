"""Loading of a dialect's file, and the errors for one that cannot be used, each with file, line and column."""

import re
import tomllib
from operator import itemgetter
from types import MappingProxyType
from typing import Any

import msgspec

from convert.codec import toml
from convert.codec.violation import Fault, Sentences
from convert.errors import UsageError, reason
from convert.messages import Argument, Language, Message, message
from convert.readers.mirror.own.file import SCHEMA_NAME, DialectFile, faults
from convert.text import printable, utf8

MOST_BYTES = 64 * 1024
"""Size of the largest file."""


class DialectError(UsageError):
    """Error for a dialect's file that cannot be used, with every fault that it has."""

    def __init__(self, faults: list[Message]) -> None:
        self.faults = faults
        super().__init__(faults[0])

    def text_in(self, language: Language) -> str:
        """Return the faults, a line each."""
        return "\nconvert: ".join(fault.text_in(language) for fault in self.faults)


def load(path: str) -> bytes:
    """Return the dialect that a file describes, as JSON, which `file.dialect_of` takes.

    Raises:
        DialectError: it cannot be read, or something in it is wrong.
    """
    shown = printable(path)
    try:
        with open(path, "rb") as file:
            data = utf8(file.read(MOST_BYTES + 1))
    except (OSError, ValueError) as error:
        words = reason(error) if isinstance(error, OSError) else str(error)
        raise DialectError([message("{path}: cannot be read: {reason}", path=shown, reason=words)]) from None
    if len(data) > MOST_BYTES:
        raise DialectError([message("{path}: is too long for the file of a dialect", path=shown)])
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        line, column = data.count(b"\n", 0, wrong.start) + 1, wrong.start - data.rfind(b"\n", 0, wrong.start)
        raise DialectError(
            [_at(shown, toml.Where(line, column), message("not UTF-8; save the file as UTF-8"))]
        ) from None
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise DialectError([_not_toml(shown, str(wrong), text)]) from None
    except RecursionError:
        problem = message("not TOML: {reason}", reason=message("too many brackets inside one another"))
        raise DialectError([_at(shown, toml.Where(), problem)]) from None
    return msgspec.json.encode(_typed(shown, table, text))


def _typed(shown: str, table: dict[str, Any], text: str) -> DialectFile:
    """Return the description in a table; the decoder accepts at once, only a refusal is explained by the schema."""
    try:
        file = msgspec.convert(table, DialectFile)
    except msgspec.ValidationError as refused:
        wrong = toml.by_schema(table, "", SCHEMA_NAME, SENTENCES) or [((), Message(str(refused)))]
    else:
        wrong = [
            (place, message("{key}: {fault}", key=toml.key("", place), fault=fault)) for place, fault in faults(file)
        ]
        if not wrong:
            return file
    where = toml.places(text)
    placed = [(_nearest(where, place), fault) for place, fault in wrong]
    raise DialectError([_at(shown, at, fault) for at, fault in sorted(placed, key=itemgetter(0))])


def _nearest(where: dict[tuple[str | int, ...], toml.Where], place: tuple[str | int, ...]) -> toml.Where:
    """Return where a value is, or what it is in."""
    while place and place not in where:
        place = place[:-1]
    return where.get(place, toml.Where())


def _at(path: str, where: toml.Where, fault: Message) -> Message:
    return message("{path}:{line}:{column}: {fault}", path=path, line=where.line, column=where.column, fault=fault)


def _not_toml(path: str, words: str, text: str) -> Message:
    """Return the message for a file that is not TOML, with the place where the parser stopped and its words."""
    where = toml.Where(text.count("\n") + 1, len(text) - text.rfind("\n"))
    if place := re.search(r" \(at line (\d+), column (\d+)\)$", words):
        where = toml.Where(int(place[1]), int(place[2]))
        words = words[: place.start()]
    else:
        words = words.removesuffix(" (at end of document)")
    return _at(path, where, message("not TOML: {reason}", reason=words[:1].lower() + words[1:]))


# --- sentences about faults -------------------------------------------------------------------------------------------

_TYPES = MappingProxyType(
    {
        "array": message('a list, such as ["By {authors}"]'),
        "object": message("a table"),
        "string": message("a string"),
    }
)


def _pattern(fault: Fault, where: Argument) -> Message:
    if fault.path == ("name",):
        return message(
            "{value} should be of small letters, digits, dots, hyphens and slashes", value=toml.shown(fault.value)
        )
    return message("{value} should be .CLASS or #IDENTIFIER", value=toml.shown(fault.value))


SENTENCES: Sentences = MappingProxyType(
    {
        "additionalProperties": lambda fault, where: message(
            "there is no such key; {hint}", hint=toml.hint(fault.keys[0], sorted(fault.known))
        ),
        "enum": lambda fault, where: message(
            "{value} is not known; {hint}",
            value=toml.shown(fault.value),
            hint=toml.hint(str(fault.value), fault.known),
        ),
        "maxItems": lambda fault, where: message("has more than {count} items", count=fault.limit),
        "maxLength": lambda fault, where: message(
            "is longer than {count} characters; keep to what marks the line", count=fault.limit
        ),
        "minLength": lambda fault, where: message("must not be empty"),
        "pattern": _pattern,
        "required": lambda fault, where: message("the key {key} is missing", key=repr(fault.keys[0])),
        "type": lambda fault, where: message(
            "{value} should be {type}", value=toml.shown(fault.value), type=_TYPES[fault.limit]
        ),
        "": lambda fault, where: Message(fault.reason),
    }
)
