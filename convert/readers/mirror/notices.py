"""Notices that a publisher adds below its articles: who may reprint them, where to subscribe."""

import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter

from convert.late import late_pattern
from convert.model import Aside, AsideKind, Block, Break, Inline, Paragraph, Places, Text, texts
from convert.readers.flow import trim
from convert.text import EDGE_SPACE

LAST = 12
"""Number of blocks at the end among which notices are looked for."""

LONGEST = 160
"""Number of characters of the longest line that may be a notice."""
_SIGNS = late_pattern("[订訂会會支赞贊捐转轉]")
"""Characters of which every notice has one; on other paragraphs, the patterns are not tried."""

Notices = Mapping[re.Pattern[str], AsideKind]
"""Patterns of whole lines, and the kind of aside that such a line is."""


def set_apart(blocks: tuple[Block, ...], notices: Notices, places: Places) -> tuple[Block, ...]:
    """Return the blocks of an article with each line that is a notice in an aside."""
    if not notices:
        return blocks
    out: list[Block] = list(blocks[:-LAST])
    for block in blocks[-LAST:]:
        if type(block) is Paragraph and _may_be_notice(block.children):
            out += _divided(block, notices, places)
        else:
            out.append(block)
    return tuple(out)


def _may_be_notice(children: tuple[Inline, ...]) -> bool:
    """Return False if a paragraph certainly holds no notice: none of the signs, or one line that is too long."""
    if len(children) == 1 and type(only := children[0]) is Text:  # as most have
        return len(only.text) <= LONGEST and _SIGNS.search(only.text) is not None
    return _SIGNS.search("".join(texts(children))) is not None


def _divided(block: Paragraph, notices: Notices, places: Places) -> Iterator[Block]:
    """Yield a paragraph, and as asides the notices that it begins or ends with, in their order.

    A notice between other lines stays, because the paragraph would be two without it.
    """
    lines = _lines(block.children)
    kinds = [_kind("".join(texts(line)).strip(EDGE_SPACE), notices) for line in lines]
    if not any(kinds):
        yield block
        return
    words = [number for number, kind in enumerate(kinds) if not kind]
    for number in range(words[0], words[-1]) if words else ():
        kinds[number] = None
    for kind, run in groupby(zip(kinds, lines, strict=True), key=itemgetter(0)):
        children = trim(tuple(part for _, line in run for part in line))
        if children:
            paragraph = Paragraph(children)
            part = Aside(kind, (paragraph,)) if kind else paragraph
            for node in (paragraph, part):
                places.inherit(node, block)
            yield part


def _lines(children: tuple[Inline, ...]) -> list[tuple[Inline, ...]]:
    """Return the lines of a paragraph, each with the line break after it."""
    lines: list[tuple[Inline, ...]] = []
    start = 0
    for number, child in enumerate(children, start=1):
        if isinstance(child, Break) or number == len(children):
            lines.append(children[start:number])
            start = number
    return lines


def _kind(line: str, notices: Notices) -> AsideKind | None:
    return next((kind for pattern, kind in notices.items() if pattern.fullmatch(line)), None) if line else None
