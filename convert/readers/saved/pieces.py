"""The pieces of an article beside its main box, and what in that box is none of it."""

from collections.abc import Iterator

from convert.readers.saved.boxes import HEADINGS, Box
from convert.readers.saved.names import FRAMES, is_doubtful, of_comments, of_site

KEPT = frozenset({*HEADINGS, "blockquote", "figcaption", "figure", "p", "pre"})
"""Elements that are never taken for the site's by their names or links."""

FEW = 16
"""Characters of links that make no list of them."""

OTHERS = frozenset({"dialog", "footer", "form", "menu", "nav"})

PIECE = 80
"""Characters of the longest line that a piece beside the main box must have."""

INSIDE, BESIDE = 0.1, 0.2
"""The least prose of a piece in the same `<article>`, and elsewhere, as a share of the main box's."""


def extend(best: Box) -> tuple[Box, list[Box]]:
    """Return the box that holds `best` and the pieces of the article beside it, and what in that box is none of it."""
    region, have, child = best, best.prose, best
    levels: list[tuple[Box, set[Box]]] = []
    for around in best.above():
        pieces = {each for each in around.children if each is not child and is_piece(each, child, around, have)}
        levels.append((around, pieces | {child}))
        if pieces:
            region = around
            have += sum(each.prose for each in pieces)
        child = around
    dropped: list[Box] = []
    for around, pieces in levels:
        if region is best:
            break
        numbers = [number for number, each in enumerate(around.children) if each in pieces]
        for number, each in enumerate(around.children):
            between = numbers[0] < number < numbers[-1]
            if each not in pieces and (not between or is_furniture(each, around)):
                dropped.append(each)
        if around is region:
            break
    return region, dropped


def is_piece(box: Box, beside: Box, around: Box, have: float) -> bool:
    """Return True if a box beside the article's seems to be a part of it."""
    if (
        box.tag == beside.tag
        and box.classes
        and box.classes == beside.classes
        and (box.density < 0.5 or box.linked < PIECE)
    ):
        return True
    if (
        not box.prose
        or box.density > 0.25
        or (is_doubtful(box) and not (box.tag == "header" and around.tag == "article"))
    ):
        return False
    if box.tag == "p":
        return box.chars > 80 or box.density == 0
    if box.longest < PIECE:
        return False
    if box.tag == beside.tag and _alike(box, beside):
        return True
    if any(each.tag == "article" for each in (around, *around.above())):
        return box.prose > have * INSIDE
    return box.score > max(10, have * BESIDE)


def _alike(box: Box, other: Box) -> bool:
    """Return True if two boxes have most of their classes in common, or both have none."""
    one, two = box.classes, other.classes
    return 2 * len(one & two) >= len(one | two)


def furniture(region: Box, gone: list[Box]) -> list[Box]:
    """Return the boxes in the article's that belong to the site, without those that are `gone` already."""
    dropped, known = [], {box for each in gone for box in each.walk()}
    stack = [region]
    while stack:
        around = stack.pop()
        announced: Box | None = None
        heading: Box | None = None  # the last one, as long as nothing but the site's follows it
        for box in around.children:
            if box not in known and is_furniture(box, region):
                dropped.append(box)
                known.add(box)
            if box in known:
                announced = heading
            elif box.tag in HEADINGS or box.chars:
                if heading is not None and announced is heading and box.tag in HEADINGS:
                    dropped.append(heading)
                heading, announced = (box if box.tag in HEADINGS and box.tag != "h1" else None), None
                stack.append(box)
        if heading is not None and announced is heading:
            dropped.append(heading)
    return dropped


def remaining(region: Box, dropped: list[Box]) -> Iterator[Box]:
    """Yield the boxes in the article's without those that are none of it."""
    gone, stack = set(dropped), list(region.children)
    while stack:
        box = stack.pop()
        if box not in gone:
            yield box
            stack += box.children


def is_furniture(box: Box, region: Box) -> bool:
    """Return True if a box in the article's belongs to the site: what it is called, and how much of it is links."""
    if box.tag in KEPT or "footnote" in box.names:
        return False
    if box.prose > region.prose * 0.3 or box.chars - box.linked > (region.chars - region.linked) * 0.3:
        return False
    if box.tag in OTHERS:
        return True
    if of_comments(box.names):
        return True
    if box.tag in FRAMES or of_site(box.names):
        return box.density > 0.2 or (of_site(box.names) and box.prose < region.prose * 0.1)
    return box.density > 0.5 and _is_list(box) and not _is_like_others(box)


def _is_like_others(box: Box) -> bool:
    """Return True if a box is among boxes of its class that hold text."""
    beside = box.parent.children if box.parent is not None else []
    return bool(box.classes) and any(
        each.tag == box.tag and each.prose and each.density < 0.5 and each.classes == box.classes for each in beside
    )


def _is_list(box: Box) -> bool:
    """Return True if the links of a box are a list, not part of a sentence."""
    return box.linked > FEW and (bool(box.children) or box.links > (1 if box.tag == "td" else 3))
