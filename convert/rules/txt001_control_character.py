"""TXT001 control-character

## What it finds
Control characters in text: U+0000–U+001F except white space, U+007F–U+009F, U+FFFE and U+FFFF.

## Why it matters
Nobody sees them, and XML forbids most (XML 1.0, section 2.2): one would make a whole EPUB invalid.

## Fix
They are taken out.
"""

import re

from msgspec.structs import replace

from convert.model import Article, Code, Image, InlineCode, Reading, Text
from convert.rules.rule import Context, Rule
from convert.text import CONTROL

Node = Text | Code | InlineCode | Image | Article
FIELDS: dict[type, tuple[str, ...]] = {
    Text: ("text",),
    Code: ("text",),
    InlineCode: ("text",),
    Image: ("alt", "title"),
    Article: ("title", "dateline", "editor", "series", "report_type", "agency"),
}


ASCII = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
C1 = re.compile(rb"\xc2[\x80-\x9f]")


def possible(reading: Reading) -> bool:
    """Whether the source holds a control character, or a numeric character reference that may be one."""
    data, text = reading.data, reading.text
    return (
        data is None
        or len(data.translate(None, ASCII)) != len(data)
        or reading.references
        or (b"\xc2" in data and C1.search(data) is not None)
        or "\ufffe" in text
        or "\uffff" in text
    )


def check(node: Node, context: Context) -> str | None:
    found = [char for field in FIELDS[type(node)] for char in CONTROL.findall(getattr(node, field))]
    if not found:
        return None
    names = ", ".join(sorted({f"U+{ord(char):04X}" for char in found}))
    return f"{len(found)} control character(s) in the text: {names}"


def fix(node: Node, context: Context) -> Node | None:
    cleaned = replace(node, **{field: CONTROL.sub("", getattr(node, field)) for field in FIELDS[type(node)]})
    return None if isinstance(cleaned, Text) and not cleaned.text else cleaned


RULE = Rule(
    "TXT001",
    "control-character",
    "error",
    __doc__,
    on=tuple(FIELDS),
    check=check,
    fix=fix,
    when=possible,
)
