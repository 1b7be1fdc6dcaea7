"""Control characters in text."""

from msgspec.structs import replace

from convert.messages import Message, message
from convert.model import Article, Code, Formula, Image, InlineCode, Text
from convert.rules.rule import Context, Rule, is_unusual
from convert.rules.where import first_character
from convert.text import CONTROL

Node = Text | Code | InlineCode | Formula | Image | Article
FIELDS: dict[type, tuple[str, ...]] = {
    Text: ("text",),
    Code: ("text",),
    InlineCode: ("text",),
    Formula: ("text",),
    Image: ("alt", "title"),
    Article: ("title", "dateline", "editor", "series", "report_type", "agency"),
}


def check(node: Node, context: Context) -> Message | None:
    values = [getattr(node, field) for field in FIELDS[type(node)]]
    characters = [char for value in values if not value.isprintable() for char in CONTROL.findall(value)]
    if not characters:
        return None
    names = ", ".join(sorted({f"U+{ord(char):04X}" for char in characters}))
    return message("control-character", count=len(characters), characters=names)


def fix(node: Node, context: Context) -> Node | None:
    cleaned = replace(node, **{field: CONTROL.sub("", getattr(node, field)) for field in FIELDS[type(node)]})
    return None if isinstance(cleaned, Text | InlineCode | Formula) and not cleaned.text else cleaned


RULE = Rule(
    "TXT001",
    "control-character",
    "error",
    node_types=tuple(FIELDS),
    check=check,
    fix=fix,
    applies_to=is_unusual,
    where=first_character(CONTROL),
)
