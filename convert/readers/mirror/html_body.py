"""The body of a mirror's page that is HTML, with the parser."""

from turbohtml import Element

from convert.model import Block, Figure
from convert.readers.html.handlers import Builder
from convert.readers.mirror.dialect import Dialect
from convert.text import EDGE_SPACE

CAPTION = 300
"""Number of characters of the longest caption below a lead picture that no dialect describes."""


def blocks(content: str, above: int, dialect: Dialect) -> tuple[Builder, Figure | None, tuple[Block, ...]]:
    """Return the lead and the other blocks of HTML with `above` lines above it, and the builder with their positions.

    Raises:
        DocumentError: SRC014 if the tree could have too many parts.
    """
    builder = Builder(dialect.markup, above)
    root = builder.parse(content)
    lead: Figure | None = None
    over: list[Block] = []
    if (box := _lead_box(root, dialect)) is not None:
        for block in builder.blocks(box):
            if lead is None and isinstance(block, Figure):
                lead = block
            else:
                over.append(block)
        if (rule := _next(box)) is not None and rule.tag == "hr":
            rule.decompose()
        box.decompose()
    return builder, lead, builder.footnotes(over + builder.blocks(root))


def _lead_box(root: Element, dialect: Dialect) -> Element | None:
    """Return the block with the lead picture, which a rule separates from the article; None if there is none."""
    if not dialect.lead or (box := root.select_one(dialect.lead)) is None:
        return None
    while (parent := box.parent) != root:
        if not isinstance(parent, Element):
            return None
        box = parent
    if any(isinstance(each, Element) and each.tag == "div" for each in box.previous_siblings) or (
        dialect.lead == "img" and len(box.text.strip(EDGE_SPACE)) > CAPTION
    ):
        return None
    return box if (rule := _next(box)) is not None and rule.tag == "hr" else None


def _next(element: Element) -> Element | None:
    """Return the next sibling that is an element."""
    return next((each for each in element.next_siblings if isinstance(each, Element)), None)
