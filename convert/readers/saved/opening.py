"""The opening of an article: its standfirst and its picture, which are mostly between the title and the text.

Only what the page names a standfirst, and pictures without a caption, are taken: of other lines and captions there, the
main text of no more than one in fourteen real pages has any.
"""

from convert.readers.saved.boxes import Box, Run
from convert.readers.saved.dates import iso
from convert.readers.saved.names import announces, is_byline, is_doubtful, of_author, of_lead, of_picture, of_text

REPEATED = 4
"""Lines behind a standfirst in which it may be again: above the text, and in it."""

SMALL = 150
"""The declared width up to which a picture is a sign, or that of an author."""


def opening(best: Box, heading: Box, region: Box, dropped: list[Box], lines: list[Run]) -> list[Box]:
    """Return the boxes between a heading and the `best` box that belong to the article and that the region lacks.

    A picture right above the heading is one too, if both are in the box of the article.
    """
    outer = {heading, *heading.above()}
    top = next((box for box in (best, *best.above()) if box in outer), best)
    outer |= {best, *best.above()}
    found, stack = list[Box](), [top]
    while stack:
        box = stack.pop()
        if box in outer:
            stack += [each for each in reversed(box.children) if heading.first < each.last and each.first <= best.first]
        elif is_picture(box) or is_standfirst(box, lines, lines[heading.first]):
            found.append(box)
        elif not is_doubtful(box) or box.tag == "header":
            stack += reversed(box.children)
    if top.tag in ("article", "main") or of_text(top.names):
        above = [each for each in top.children if each.last <= heading.first]
        found = [each for each in above[-1:] if is_picture(each)] + found
    gone = set(dropped)
    return [each for each in found if region not in each.above() or not gone.isdisjoint((each, *each.above()))]


def is_picture(box: Box) -> bool:
    """Return True if a box is a picture without a caption, but for a small one."""
    named = box.tag == "figure" or (of_picture(box.names) and not box.linked)
    if not named or box.chars or of_author(box.names) or is_doubtful(box):
        return False
    return any(not 0 < _width(each.attr("width")) <= SMALL for each in box.element.iter_elements(("img", "amp-img")))


def is_standfirst(box: Box, lines: list[Run], title: Run) -> bool:
    """Return True if a box is a line or two that say what an article is about, as its name says."""
    if not of_lead(box.names) and (box.parent is None or not of_lead(box.parent.names)):
        return False
    if box.children or box.links or not 0 < box.last - box.first < 3 or is_doubtful(box):
        return False
    text = "".join(lines[box.first].parts).strip()
    if is_byline(text) or announces(text) or iso(text):
        return False
    return lines[box.first].flat not in (title.flat, *(line.flat for line in lines[box.last : box.last + REPEATED]))


def _width(value: object) -> int:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
