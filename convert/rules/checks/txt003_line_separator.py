"""U+2028 and U+2029 in text."""

from msgspec.structs import replace

from convert.late import late_pattern
from convert.messages import Message, message
from convert.model import Article, Image, Text
from convert.rules.rule import Context, Rule, is_unusual
from convert.rules.where import first_character
from convert.text import collapse

Node = Text | Image | Article
FIELDS: dict[type, tuple[str, ...]] = {Text: ("text",), Image: ("alt", "title"), Article: ("title",)}
SEPARATOR = late_pattern("[ \t]*[\u2028\u2029][ \t\u2028\u2029]*")


def check(node: Node, context: Context) -> Message | None:
    for field in FIELDS[type(node)]:
        text = getattr(node, field)
        if not text.isprintable() and SEPARATOR.search(text):  # the separators are not printable
            return message("line-separator")
    return None


def fix(node: Node, context: Context) -> Node | None:
    changes = {
        field: collapse(SEPARATOR.sub("\n", text)).strip("\n")
        for field in FIELDS[type(node)]
        if (text := getattr(node, field))
    }
    if isinstance(node, Text) and not changes["text"]:
        return None
    return replace(node, **changes)


RULE = Rule(
    "TXT003",
    "line-separator",
    "info",
    node_types=tuple(FIELDS),
    check=check,
    fix=fix,
    applies_to=is_unusual,
    where=first_character(late_pattern("[\u2028\u2029]")),
    first_only=True,
)
