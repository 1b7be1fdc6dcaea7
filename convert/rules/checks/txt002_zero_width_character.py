"""Characters without width in text."""

from msgspec.structs import replace

from convert.late import late_pattern
from convert.messages import Message, message
from convert.model import Article, Image, Text
from convert.rules.rule import Context, Rule, is_unusual
from convert.rules.where import first_character

Node = Text | Image | Article
FIELDS: dict[type, tuple[str, ...]] = {
    Text: ("text",),
    Image: ("alt", "title"),
    Article: ("title", "dateline", "editor", "series", "report_type", "agency"),
}
_ZERO_WIDTH = late_pattern("[\u200b\u2060\ufeff]")
_DIRECTION = late_pattern("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_RIGHT_TO_LEFT = late_pattern("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


def visible(text: str) -> str:
    """Return `text` without characters that have no width; marks of direction stay in a text in Arabic or Hebrew."""
    text = _ZERO_WIDTH.sub("", text)
    return text if _RIGHT_TO_LEFT.search(text) else _DIRECTION.sub("", text)


def check(node: Node, context: Context) -> Message | None:
    for field in FIELDS[type(node)]:
        text = getattr(node, field)
        if not text.isprintable() and (left := visible(text)) != text:
            first = next(char for char in text if char not in left)
            return message("zero-width-character", count=len(text) - len(left), character=f"U+{ord(first):04X}")
    return None


def fix(node: Node, context: Context) -> Node | None:
    cleaned = replace(node, **{field: visible(getattr(node, field)) for field in FIELDS[type(node)]})
    return None if isinstance(cleaned, Text) and not cleaned.text else cleaned


RULE = Rule(
    "TXT002",
    "zero-width-character",
    "info",
    node_types=tuple(FIELDS),
    check=check,
    fix=fix,
    applies_to=is_unusual,
    where=first_character(late_pattern(f"{_ZERO_WIDTH.pattern}|{_DIRECTION.pattern}")),
    first_only=True,
)
