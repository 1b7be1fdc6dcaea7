"""Characters of Windows-1252 that a wrong conversion left in the text as control characters."""

from typing import Any

from msgspec.structs import replace

from convert.messages import Message, message
from convert.model import Article, Code, Formula, Image, InlineCode, NavLink, Text
from convert.rules.rule import Context, Rule, is_unusual
from convert.rules.where import first_character
from convert.text import WINDOWS_1252, of_windows_1252

Node = Text | Code | InlineCode | Formula | Image | NavLink | Article
FIELDS: dict[type, tuple[str, ...]] = {
    Text: ("text",),
    Code: ("text",),
    InlineCode: ("text",),
    Formula: ("text",),
    Image: ("alt", "title"),
    NavLink: ("label",),
    Article: (
        "title", "dateline", "editor", "series", "report_type", "agency", "publisher", "section", "authors", "media",
    ),
}  # fmt: skip


def check(node: Node, context: Context) -> Message | None:
    values = [getattr(node, field) for field in FIELDS[type(node)]]
    found = [
        char for each in values for char in WINDOWS_1252.findall(each if isinstance(each, str) else "\n".join(each))
    ]
    if not found:
        return None
    first = found[0]
    return message(
        "windows-1252-control", count=len(found), character=f"U+{ord(first):04X}", usual=of_windows_1252(first)
    )


def fix(node: Node, context: Context) -> Node:
    return replace(node, **{field: _mapped(getattr(node, field)) for field in FIELDS[type(node)]})


def _mapped(value: Any) -> Any:
    return of_windows_1252(value) if isinstance(value, str) else tuple(map(of_windows_1252, value))


RULE = Rule(
    "TXT009",
    "windows-1252-control",
    "warning",
    node_types=tuple(FIELDS),
    check=check,
    fix=fix,
    applies_to=is_unusual,
    where=first_character(WINDOWS_1252),
)
