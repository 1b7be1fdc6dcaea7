"""The boxes in an article's that are none of it: menus, comments, lists of other articles, and what is there twice."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from convert.readers.saved import bylines
from convert.readers.saved.boxes import HEADINGS, Box, Run, flat
from convert.readers.saved.dates import iso
from convert.readers.saved.names import (
    FRAMES,
    announces,
    heads_apart,
    heads_sources,
    is_byline,
    is_call,
    is_control,
    is_count,
    is_path,
    of_author,
    of_comments,
    of_picture,
    of_site,
    refers,
)

KEPT = frozenset({*HEADINGS, "blockquote", "figcaption", "figure", "p", "pre"})
"""Elements that are never taken for the site's by their names or links."""

TITLES = frozenset({*HEADINGS, "center"})
"""Elements in which the title is looked for elsewhere."""

TABLES = frozenset({"caption", "table", "tbody", "td", "tfoot", "th", "thead", "tr"})

OTHERS = frozenset({"dialog", "footer", "form", "menu", "nav"})

FEW = 16
"""Characters of links that make no list of them."""

SHORTEST = 6
"""Characters of the shortest link to another article."""

LABEL = 60
"""Characters of the longest line that may announce other articles."""

CALL = 300
"""Characters of the longest call for readers."""

TAGGED = 0.8
"""The least share of links in a line of tags."""

HEADING = 24
"""Characters of the longest heading of references."""

REPEATED = 40
"""Letters of the shortest line that counts as repeated."""

MANY, NEAR = 40, 4
"""Lines of the largest box whose lines may be repeated, and the number of boxes from one of pictures to it."""

WEAK, STRONG = 0.3, 0.5
"""The most of a region's text that a box is taken for the site's with: by its names, and if they speak of comments or
the author."""

CARD = 250
"""Characters of the longest box with the title and the first words of another article."""

SERIES = 3
"""The number of lines of links that are a list, unless a line announces them."""

_CLOSES = ", ".join(
    f"{tag}{mark}"
    for tag in ("a", "button")
    for mark in ('[class*="close" i]', '[title^="close" i]', '[aria-label^="close" i]')
)
"""A selector of what closes a box that lies over a page."""
_CUT_OFF = re.compile(r"(?:\.\.+|…)(?:(?:read|show)?more|全文|展[开開])?\Z", re.I)
"""The end of a line that was cut off, without white space."""


def furniture(region: Box, gone: list[Box], lines: Sequence[Run], title: str, signed: bool, day: str) -> list[Box]:
    """Return the boxes in the article's that belong to the site, without those that are `gone` already.

    Bylines are among them if the page is `signed`: if its metadata say who wrote it and when; and so are lines with no
    more than the `day` of the article, if its metadata have it.
    """
    dropped: list[Box] = []
    wanted = flat(title)
    known, seen, stack = set(gone), dict[str, str](), [(region, 0)]
    first = next(
        (
            line
            for line in lines[region.first : region.last]
            if line.marks > 1 and line.chars > REPEATED and not is_byline(line.parts[0])
        ),
        None,
    )
    begins = lines.index(first) if first is not None else 0
    while stack:
        box, near = stack.pop()
        near = NEAR if box.tag in ("figure", "figcaption") or of_picture(box.names) else near - 1
        if box is not region and (
            (near > 0 and _is_repeated(box, seen, lines))
            or (box.last <= begins and _is_head(box, lines, wanted, signed, day))
            or (box.last - box.first == 1 and box.chars < CALL and _is_notice(box, lines[box.first]))
            or (box.first >= begins > 0 and _is_apart(box, region, lines))
        ):
            dropped.append(box)
            continue
        for line in box.runs:
            if line.chars >= REPEATED:
                key = line.key
                seen[key] = key
                seen[key[:REPEATED]] = max(key, seen.get(key[:REPEATED], ""), key=len)
        kept = [each for each in box.children if each not in known]
        sources = _references(kept, lines)
        kept = [each for each in kept if each not in sources]
        site = {each for each in kept if is_furniture(each, region)}
        site |= _others([each for each in kept if each.chars], site, lines)
        dropped += [each for each in kept if each in site]
        stack += [(each, near) for each in reversed(kept) if each not in site]
    return dropped


def _is_repeated(box: Box, seen: dict[str, str], lines: Sequence[Run]) -> bool:
    """Return True if all long lines in a box of pictures, and there are some, were in the article before it.

    A line that was cut off counts too: `seen` has each line, and the longest one of each beginning.
    """
    if box.tag in ("p", "li") or box.last - box.first > MANY:
        return False
    long = [line.key for line in lines[box.first : box.last] if line.chars >= REPEATED]
    return (
        bool(long)
        and len(long) * 2 > box.last - box.first - 4
        and all(line in seen or seen.get(line[:REPEATED], "").startswith(_CUT_OFF.sub("", line)) for line in long)
    )


def _is_notice(box: Box, line: Run) -> bool:
    """Return True if a line of its own is a label, a control, a call for readers or a link to another article."""
    text = "".join(line.parts).strip()
    plain, label = line.chars - line.linked, refers(text) if line.linked > SHORTEST else 0
    other = box.tag not in HEADINGS and label > 0 and plain < min(label + 6, LABEL / 2)
    return (box.chars < LABEL and is_control(line.flat)) or other or is_call(text) or _is_of_tags(box)


def _is_head(box: Box, lines: Sequence[Run], title: str, signed: bool, day: str) -> bool:
    """Return True if a box above the first paragraph has only its title, byline, day or the way to it."""
    inside = lines[box.first : box.last]
    if not 0 < len(inside) < 6 or sum(line.chars for line in inside) >= 2 * LABEL:
        return False
    text = "".join(inside[0].parts)
    if signed and is_byline(text):
        return True
    if len(inside) == 1 and box.tag not in TITLES and not box.links and is_title(inside[0].flat, title):
        return True
    if len(inside) == 1 and box.tag not in HEADINGS and is_count(text):
        return True
    if len(inside) == 1 and box.links and box.density > 0.3 and box.tag not in HEADINGS and is_path(text):
        return True
    plain = all(line.chars < LABEL / 2 and not line.linked for line in inside)
    return bool(day) and plain and box.tag not in HEADINGS and not bylines.names_source(text) and iso(text)[:10] == day


def is_title(line: str, title: str) -> bool:
    """Return True if a line is the title, or most of one that adds the site; both are letters and digits alone."""
    return line == title or (len(line) >= SHORTEST and 2 * len(line) > len(title) and title.startswith(line))


def _is_apart(box: Box, region: Box, lines: Sequence[Run]) -> bool:
    """Return True if a box below the first paragraph begins with a heading for comments, or one about the author."""
    if box.tag in KEPT or box.last - box.first < 2 or box.prose > region.prose * STRONG:
        return False
    return lines[box.first].chars < LABEL and heads_apart("".join(lines[box.first].parts))


def _is_of_tags(box: Box) -> bool:
    """Return True if the links in a line are all its text, and lead to tags or categories."""
    links = box.element.select("a") if box.links and box.density > TAGGED else ()
    return bool(links) and all({"category", "tag"} & set(str(a.attr("rel") or "").lower().split()) for a in links)


def _references(boxes: list[Box], lines: Sequence[Run]) -> set[Box]:
    """Return the boxes that are lists of the article's references, or that it announces, by what is before them."""
    return {
        after
        for label, after in pairwise(boxes)
        if label.chars and not label.linked and (_heads_sources(label, lines) or _introduces(label, after, lines))
    }


def _heads_sources(label: Box, lines: Sequence[Run]) -> bool:
    return label.chars <= HEADING and heads_sources("".join(lines[label.first].parts))


def _introduces(label: Box, after: Box, lines: Sequence[Run]) -> bool:
    """Return True if a paragraph with a colon at its end introduces a list that may be nothing but links."""
    if label.tag != "p" or after.tag not in ("ol", "ul") or label.chars <= HEADING or label.last - label.first != 1:
        return False
    text = "".join(lines[label.first].parts).strip()
    return text.endswith((":", "：")) and not announces(text)


def _others(shown: list[Box], site: set[Box], lines: Sequence[Run]) -> set[Box]:
    """Return the boxes that announce and list other articles, among boxes beside each other.

    Those of a heading too that has nothing below it but what is in `site`.
    """
    found: set[Box] = set()
    at = 0
    while at < len(shown):
        label = shown[at - 1] if at and _is_label(shown[at - 1]) else None
        announced = label is not None and _announces(label, lines)
        end = at
        while end < len(shown) and (shown[end] in site or _is_of_links(shown[end], announced, lines)):
            end += 1
        series = shown[at:end]
        if announced or sum(box not in site for box in series) >= SERIES:
            found.update(series)
        if label is not None and series and all(box in site or box in found for box in series):
            last = end == len(shown) or shown[end].tag in HEADINGS
            if announced or (label.tag in HEADINGS and last):
                found.add(label)
        at = max(end, at + 1)
    return found


def _is_label(box: Box) -> bool:
    """Return True if a box is a short line, which may announce what follows."""
    return box.chars < LABEL and not box.linked and box.tag != "h1"


def _is_of_links(box: Box, announced: bool, lines: Sequence[Run]) -> bool:
    """Return True if a box is nothing but links, or if it is announced, a list with a link in each item."""
    if box.density > 0.9 and box.linked > SHORTEST and box.tag not in HEADINGS:
        return True
    if not announced:
        return False
    if box.tag == "ul":
        return len(box.children) > 1 and all(each.links for each in box.children)
    title = lines[box.first] if box.last > box.first else None
    card = title is not None and SHORTEST < title.linked == title.chars
    return box.tag not in KEPT and box.chars < CARD and (card or any(_is_title_link(each) for each in box.children))


def _is_title_link(box: Box) -> bool:
    return box.density > 0.9 and box.linked > SHORTEST


def _announces(box: Box, lines: Sequence[Run]) -> bool:
    return box.last > box.first and announces("".join(lines[box.first].parts))


def remaining(region: Box, dropped: list[Box]) -> Iterator[Box]:
    """Yield the boxes in the article's without those that are none of it."""
    gone, stack = set(dropped), list(region.children)
    while stack:
        box = stack.pop()
        if box not in gone:
            yield box
            stack += box.children


def is_furniture(box: Box, region: Box) -> bool:
    """Return True if a box in the article's belongs to the site, and is no part of a quotation."""
    return _is_of_site(box, region) and not _is_quoted(box, region)


def _is_of_site(box: Box, region: Box) -> bool:
    """Return True if a box looks like the site's: what it is called, and how much of it is links."""
    if box.tag in KEPT or "footnote" in box.names or any(each.tag == "blockquote" for each in box.children):
        return False
    if box.prose > region.prose * 0.3 and of_picture(box.names) and _is_overlay(box):
        return True
    most = STRONG if of_comments(box.names) or (of_author(box.names) and box.prose) else WEAK
    if box.prose > region.prose * most or box.chars - box.linked > (region.chars - region.linked) * most:
        return False
    if box.tag in OTHERS or most == STRONG:
        return True
    if not box.links and of_picture(box.names) and box.element.select_one("img") is not None:
        return False
    if box.tag in FRAMES or of_site(box.names):
        small = box.prose < region.prose * 0.1 or box.element.select_one("form, input") is not None
        return box.density > 0.2 or (of_site(box.names) and small)
    return box.density > 0.5 and _is_list(box) and not _is_like_others(box) and not _has_heads(box)


def _is_quoted(box: Box, region: Box) -> bool:
    """Return True if a box is part of a quotation, as what names its source, or the foot of a figure."""
    for around in box.above():
        if around is region:
            return False
        if (around.tag == "blockquote" and box.density < 0.5) or (around.tag == "figure" and box.tag == "footer"):
            return True
    return False


def _is_overlay(box: Box) -> bool:
    """Return True if a box of pictures has something to close it, as a gallery has that opens over the page."""
    return box.element.select_one(_CLOSES) is not None


def _has_heads(box: Box) -> bool:
    """Return True if a box is a table of data, or a part of one: whose cells have heads."""
    table = box.element.closest("table") if box.tag in TABLES else None
    return table is not None and table.select_one("th") is not None


def _is_like_others(box: Box) -> bool:
    """Return True if a box is among boxes of its class that hold text."""
    beside = box.parent.children if box.parent is not None else []
    return (bool(box.classes) or box.tag == "li") and any(
        each.tag == box.tag and each.prose and each.density < 0.5 and each.classes == box.classes for each in beside
    )


def _is_list(box: Box) -> bool:
    """Return True if the links of a box are a list, not part of a sentence."""
    return box.linked > FEW and (bool(box.children) or box.links > (1 if box.tag == "td" else 3))
