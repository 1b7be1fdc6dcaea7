"""The choice of the box with the article: the one that the publisher names, else the one closest around most prose."""

import re
from typing import NamedTuple

from turbohtml import Element

from convert.readers.saved.boxes import HEADINGS, PARAGRAPHS, Box, Run, flat, survey
from convert.readers.saved.furniture import furniture, remaining
from convert.readers.saved.names import is_column, is_doubtful, is_headed_by_site, of_site, of_text
from convert.readers.saved.opening import opening
from convert.readers.saved.pieces import extend

SHORTEST = 20
"""Characters of the shortest line that counts as prose."""

TOLD = 160
"""Latin letters of the shortest text in a page's head that may decide where the article is."""

SHOWN = 0.6
"""The least share of that text that the page must show."""

DECLARED = 0.3
"""The least share of a page's prose in the box that the publisher marks as its article."""

DOUBTFUL = 0.4
"""The part that prose counts in a box whose name says that it belongs to the site."""

SHARES = (1, 1 / 2, 1 / 6, 1 / 9, 1 / 12)
"""The parts of a paragraph's worth that the boxes around it get, the nearest first."""

TEXT_NAME, SITE_NAME, AFTER_TITLE = 1.3, 0.7, 1.2
"""Factors of the score of a box: by its name, and if the first prose after the page's title is in it."""

LEAST = 0.15
"""The least share of a page's prose that its article may have."""

SHORT, MINOR, MINOR_NAMED = 250, 0.8, 0.3
"""Characters of prose and share of the page's; below both, no box is taken for the article."""

MAJOR, EQUAL, RIVALS = 0.3, 0.8, 3
"""A region with less than this part of the page's prose, and so many boxes elsewhere with at least this part of its
score, is one of a list of articles."""

CLOSED = frozenset({"dl", "ol", "table", "tbody", "tr", "ul"})
"""Elements in which no picture and no line may be on its own."""

_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class Choice(NamedTuple):
    """The element with the article, the elements in it that are none of it, and those elsewhere that it begins with."""

    region: Element
    dropped: tuple[Element, ...]
    opening: tuple[Element, ...]


def choose(body: Element, title: str, text: str, signed: bool, day: str) -> Choice | None:
    """Return the element with the article; None if it cannot be distinguished from the rest of the page."""
    root, boxes, lines = survey(body)
    unit = worth_of_character(lines)
    weigh(boxes, lines, unit, title)
    best = declared(body, boxes) or confirmed(boxes, lines, text, unit)
    if best is not None:
        region, dropped = extend(best, declared=True)
    else:
        best = max(boxes, key=lambda box: box.score)
        if best.score <= 0:
            return None
        region, dropped = extend(best)
        while region.parent is not None and region.sure < root.sure * LEAST:
            region, dropped = region.parent, []
        if is_unsure(region, root, lines, unit) or has_rivals(region, best, boxes):
            return None
    heading = heading_of(best, lines, title)
    first = opening(best, heading, region, dropped, lines) if heading and region.tag not in CLOSED else []
    dropped += furniture(region, dropped, lines, title, signed, day)
    if region.tag == "body" and any(
        box.doubtful and box.prose > region.prose * 0.1 for box in remaining(region, dropped)
    ):
        return None
    out = {box for each in first for box in each.walk()}
    return Choice(
        region.element,
        tuple(box.element for box in dropped if box not in out),
        tuple(box.element for box in first),
    )


def is_unsure(region: Box, root: Box, lines: list[Run], unit: float) -> bool:
    """Return True if a region is short, and not nearly all that a page has outside its menus and lists of links."""
    size = region.chars - region.linked
    plain = sum(run.chars - run.linked for run in lines if not run.box.doubtful)
    named = region.tag in ("article", "main") or of_text(region.names)
    share = MINOR_NAMED if named else MINOR
    small = size < plain * share or region.sure < root.sure * share or region.doubtful
    return size * unit < SHORT and small


def has_rivals(region: Box, best: Box, boxes: list[Box]) -> bool:
    """Return True if a region has little of the page, and several other boxes are as good, as on a list of articles."""
    if region.sure > boxes[0].sure * MAJOR:
        return False
    own = {*region.walk(), *region.above()}
    rivals: list[Box] = []
    for box in sorted(boxes, key=lambda each: -each.score):
        if box.score < best.score * EQUAL:
            break
        if box not in own and not any(each in own or each in rivals for each in box.above() if each not in own):
            rivals.append(box)
    return len(rivals) >= RIVALS


def weigh(boxes: list[Box], runs: list[Run], unit: float, title: str) -> None:
    """Give each box its prose, and each candidate the score of the paragraphs in it."""
    worths: dict[Box, float] = {}
    for box in reversed(boxes):
        worth = sum([_worth(run, unit, box) for run in box.runs]) if box.runs else 0.0
        if worth:
            worths[box] = worth
            box.prose += worth
            box.longest = max(box.longest, max((run.chars - run.linked) * unit for run in box.runs))
        if box.parent is not None:
            box.parent.prose += box.prose
            box.parent.longest = max(box.parent.longest, box.longest)
    total = boxes[0].prose or 1.0
    heading, first = after_title(runs, title, unit)
    below = {first, *first.above()} if first is not None else set()
    for box in boxes:
        if box.chars:
            around = box.parent is not None and box.parent.doubtful
            few = box.prose < total / 2 or (bool(below) and box not in below and is_column(box))
            box.doubtful = around or (few and is_doubtful(box)) or is_headed_by_site(box)
    for box in reversed(boxes):
        box.sure += worths.get(box, 0.0) * (DOUBTFUL if box.doubtful else 1)
        if box.parent is not None:
            box.parent.sure += box.sure
    favoured = set() if first is None else _favoured(first, heading)
    for box, worth in worths.items():
        start = _start(box)
        for share in SHARES:
            if start is None:
                break
            start.score += worth * share * (DOUBTFUL if box.doubtful else 1)
            start = start.parent
    for box in boxes:
        if box.score:
            box.score *= (1 - box.density) * (AFTER_TITLE if box in favoured else 1)
            if of_text(box.names):
                box.score *= TEXT_NAME
            if of_site(box.names):
                box.score *= SITE_NAME


def after_title(runs: list[Run], title: str, unit: float) -> tuple[Box | None, Box | None]:
    """Return the box of the page's title and that of the first prose after it."""
    wanted = flat(title)
    seen: Box | None = None
    if len(wanted) < 4:
        return None, None
    for run in runs:
        if seen is None:
            if len(wanted) < 2 * run.chars < 4 * len(title) and _same_title(run.flat, wanted):
                seen = run.box
        elif (run.chars - run.linked) * unit > 80 and run.linked < run.chars / 2:
            return seen, run.box
    return None, None


def heading_of(best: Box, runs: list[Run], title: str) -> Box | None:
    """Return the heading with the title of the page that is nearest above a box, None if there is none."""
    wanted = flat(title)
    above = (run for run in reversed(runs[: best.first]) if run.box.tag in HEADINGS)
    return next((run.box for run in above if _same_title(run.flat, wanted)), None)


def _favoured(first: Box, title: Box | None) -> set[Box]:
    with_title = {title, *title.above()} if title is not None else set()
    start = _start(first)
    return {start, *(box for box in start.above() if box not in with_title)} if start is not None else set()


def _start(box: Box) -> Box | None:
    """Return the box that a paragraph's worth goes to."""
    return box.parent if box.tag in PARAGRAPHS or (not box.children and box.parent is not None) else box


def _same_title(line: str, title: str) -> bool:
    return len(line) >= 4 and (line == title or (2 * len(line) > len(title) and title.startswith(line)))


def worth_of_character(runs: list[Run]) -> float:
    """Return how many Latin characters one of the page's is worth: Chinese says more with each."""
    sample = "".join(part for run in runs for part in run.parts[:1])[:20000]
    return 2.0 if len(_CJK.findall(sample)) > len(sample) / 6 else 1.0


def _worth(run: Run, unit: float, box: Box) -> float:
    size = (run.chars - run.linked) * unit
    if box.tag in HEADINGS or run.chars * unit < SHORTEST or run.linked > run.chars / 2:
        return 0.0
    return (1 + run.marks + min(size / 80, 3)) * (0.5 if box.tag in ("li", "dd", "dt") else 1)


def confirmed(boxes: list[Box], runs: list[Run], body: str, unit: float) -> Box | None:
    """Return the box that holds the text that the page's head gives as the article's, if the page shows that text."""
    wanted = flat(body)
    if len(wanted) * unit < TOLD:
        return None
    sizes = [0]
    for run in runs:
        here = run.flat
        sizes.append(sizes[-1] + (len(here) if len(here) >= 10 and here[:60] in wanted else 0))
    if sizes[-1] < SHOWN * len(wanted):
        return None
    best, figure = None, 0.0
    for box in boxes:
        hit = sizes[box.last] - sizes[box.first]
        if hit and (share := 2 * hit / (box.chars + sizes[-1])) >= figure:
            best, figure = box, share
    while best is not None and best.tag in PARAGRAPHS:
        best = best.parent
    return best if best is not None and best.sure > LEAST * boxes[0].sure else None


def declared(body: Element, boxes: list[Box]) -> Box | None:
    """Return the box that the publisher marks as the article's body, if there is one and it holds enough."""
    marked = set(body.select('[itemprop~="articleBody"]'))
    found = [box for box in boxes if box.element in marked and box.chars] if marked else []
    return found[0] if len(found) == 1 and found[0].prose >= DECLARED * boxes[0].sure else None
