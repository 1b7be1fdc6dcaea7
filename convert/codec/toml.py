"""Positions of keys and items in a TOML file, and the faults of its table by a published schema."""

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from convert.codec import article_json
from convert.codec.violation import Fault, Path, Sentences, sentence
from convert.late import late_pattern
from convert.messages import Argument, Message, message
from convert.text import nearest


def by_schema(table: Any, above: str, schema: str, sentences: Sentences) -> list[tuple[Path, Message]]:
    """Return every fault of a table by a published schema: the path of the key, and what is wrong with it."""
    from convert.codec import violations  # importing jsonschema takes 40 ms, and most runs never need it

    lines: dict[str, tuple[Path, Message]] = {}
    explained: set[Path] = set()
    for fault in sorted(violations.faults(table, article_json.published(schema)), key=_order):
        if not fault.keys:
            if fault.path in explained:
                continue
            explained.add(fault.path)
        for each in [fault._replace(keys=(name,)) for name in fault.keys] or [fault]:
            path = (*each.path, *(each.keys if each.keyword == "additionalProperties" else ()))
            where = key(above, path)
            line = message("{key}: {fault}", key=where or message("the file"), fault=sentence(each, where, sentences))
            lines.setdefault(str(line), (path, line))
    return list(lines.values())


def _order(fault: Fault) -> tuple[list[str], bool]:
    """Return the sort key of a fault: a value of the wrong type is no known string either, and the type comes first."""
    return [str(part) for part in fault.path], fault.keyword != "type"


def shown(value: Any) -> Argument:
    """Return a value as it is written in TOML, cut short."""
    if isinstance(value, dict):
        return message("a table")
    if isinstance(value, bool):
        return str(value).lower()
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def hint(word: str, known: Sequence[str]) -> Message:
    """Return the next step after an unknown word."""
    if meant := nearest(word.lower().replace("_", "-"), known):
        return message("did you mean {word}?", word=repr(meant))
    return message("choose one of: {known}", known=", ".join(known))


def key(above: str, parts: Sequence[str | int]) -> str:
    """Return the path of a key as people write it.

    >>> key("tool.convert", ["per-path", 0, "my key"])
    'tool.convert.per-path[0]."my key"'
    """
    path = above
    for part in parts:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f".{part if re.fullmatch(r'[A-Za-z0-9_-]+', part) else json.dumps(part, ensure_ascii=False)}"
    return path.lstrip(".")


class Where(NamedTuple):
    """Line and column of a value, from 1."""

    line: int = 1
    column: int = 1


_TOKEN = late_pattern(
    r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|\#[^\n]*|[\[\]{},=\n]|[^\s\[\]{},=\#"\']+',
    re.S,
)


def places(text: str) -> dict[Path, Where]:
    """Return where the values of a valid TOML file are, by the paths of their keys; dotted keys are not divided.

    >>> places('a = 1\\n[b]\\nc = ["x", "y"]\\n')[("b", "c", 1)]
    Where(line=3, column=11)
    """
    found: dict[Path, Where] = {}
    table: Path = ()
    stack: list[tuple[str, Path, int]] = []  # bracket, path of its value, number of the item
    path: Path = ()
    name, begins = "", True
    for match in _TOKEN.finditer(text):
        sign, at = match[0], match.start()
        where = Where(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
        if sign == "\n" and not stack:
            begins, name, path = True, "", ()
        elif sign[0] == "#" or sign == "\n":
            continue
        elif begins and sign == "[":
            end = text.find("\n", at)
            line = text[at : end if end >= 0 else len(text)].partition("#")[0]
            table, begins, name = (line.strip("[] \t\r"),), False, "["
            found.setdefault(table, where)
        elif name == "[":
            continue  # the rest of a table's line
        elif sign == "=":
            path = (*(stack[-1][1] if stack else table), name)
        elif sign in "[{":
            here = _here(stack, path)
            found.setdefault(here, where)
            stack.append((sign, here, 0))
        elif sign in "]}" and stack:
            stack.pop()
        elif sign == "," and stack:
            bracket, above, number = stack.pop()
            stack.append((bracket, above, number + 1))
        elif begins or (stack and stack[-1][0] == "{" and text[match.end() :].lstrip()[:1] == "="):
            name, begins = sign.strip("\"'"), False
            found.setdefault((*(stack[-1][1] if stack else table), name), where)
        else:
            found[_here(stack, path)] = where
    return found


def _here(stack: Sequence[tuple[str, Path, int]], path: Path) -> Path:
    """Return the path of the value that begins now."""
    if stack and stack[-1][0] == "[":
        return (*stack[-1][1], stack[-1][2])
    return path
