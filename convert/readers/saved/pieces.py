"""The pieces of an article beside its main box, and what in that box is none of it."""

from convert.readers.saved.boxes import HEADINGS, Box
from convert.readers.saved.furniture import is_furniture
from convert.readers.saved.names import is_doubtful, is_headed_by_site, of_lead, of_picture

PIECE = 80
"""Characters of the longest line that a piece beside the main box must have."""

MOST = 0.6
"""The part of a box's prose from which on nothing more is expected in the box around it."""

INSIDE, BESIDE = 0.1, 0.2
"""The least prose of a piece in the same `<article>`, and elsewhere, as a share of the main box's."""

CAPTION = 600
"""Characters of the longest caption of a picture."""


def extend(best: Box, *, declared: bool = False) -> tuple[Box, list[Box]]:
    """Return the box that holds `best` and the pieces of the article beside it, and what in that box is none of it.

    Beside a box that the publisher `declared` to be the text, only a standfirst is looked for.
    """
    region, have, child = best, best.prose, best
    levels: list[tuple[Box, set[Box]]] = []
    path = list(best.above())
    article = max((number for number, each in enumerate(path) if each.tag == "article"), default=-1)
    nearest = next((number for number, each in enumerate(path) if _has_more(each, best)), 0)
    for number, around in enumerate(path):
        near = around.tag != "body" and (number <= nearest or (number == nearest + 1 and have < around.prose * MOST))
        least = have * (INSIDE if number <= article else BESIDE) if number <= article or near else 0.0
        pieces = {
            each
            for each in around.children
            if each is not child and (not declared or is_lead(each, child)) and is_piece(each, child, have, least)
        }
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
            shown = between or (number < numbers[0] and is_picture(each))
            if each not in pieces and (not shown or is_furniture(each, around)):
                dropped.append(each)
        if around is region:
            break
    return region, dropped


def is_piece(box: Box, beside: Box, have: float, least: float) -> bool:
    """Return True if a box beside the article's, which has prose of `have`, seems to be a part of it.

    In the same `<article>` and close by, `least` is the prose that it must have; elsewhere it is 0, and its score
    counts.
    """
    if is_headed_by_site(box):
        return False
    if (
        box.tag == beside.tag
        and box.classes
        and box.classes == beside.classes
        and (box.density < 0.5 or box.linked < PIECE)
    ):
        return True
    before = box.first < beside.first
    if before and box.tag in HEADINGS and box.tag != "h1" and box.chars > PIECE / 2 and not box.linked:
        return True
    if (
        not box.prose
        or box.density > 0.25
        or (is_doubtful(box) and not (before and box.tag == "header" and has_title(box)))
    ):
        return False
    if box.tag == "p":
        return box.chars > 80 or box.density == 0
    if box.longest < PIECE:
        return False
    if box.tag == beside.tag and _alike(box, beside):
        return True
    if is_lead(box, beside):
        return True
    best = max(each.score for each in box.walk())
    return box.prose > least and best > least / 2 if least else box.score > max(10, have * BESIDE)


def is_lead(box: Box, beside: Box) -> bool:
    """Return True if a box above the text holds the title, or is called a standfirst."""
    return box.first < beside.first and (has_title(box) or any(of_lead(each.names) for each in box.walk()))


def is_picture(box: Box) -> bool:
    """Return True if a box is a picture with its caption."""
    named = box.tag == "figure" or of_picture(box.names)
    return named and box.chars < CAPTION and not box.links and box.element.select_one("img") is not None


def has_title(box: Box) -> bool:
    """Return True if a box holds a heading of the first rank, as that with the title and the standfirst does."""
    return any(each.tag == "h1" for each in box.walk())


def _has_more(around: Box, best: Box) -> bool:
    """Return True if a box has text of its own beside that of the best one."""
    return around.chars - around.linked > best.chars - best.linked


def _alike(box: Box, other: Box) -> bool:
    """Return True if two boxes have most of their classes in common, or both have none."""
    one, two = box.classes, other.classes
    return 2 * len(one & two) >= len(one | two)
