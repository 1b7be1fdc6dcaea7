"""The look at a region before its walk: shadow roots are opened, formulas made one, hidden elements taken out."""

import re
from collections.abc import Callable, Collection
from itertools import chain

from turbohtml import Element, Node, Text as TextNode

from convert.late import late_pattern
from convert.messages import Message, message
from convert.readers.html import drawings, formula, twins
from convert.readers.html.described import described
from convert.readers.html.elements import HEADINGS
from convert.readers.html.sheets import hidden_by_sheets
from convert.readers.html.styles import MAY_BE_HIDDEN, is_hidden, sizes
from convert.text import EDGE_SPACE

HIDDEN_TEXT = message("hidden-text")
_PLAYERS = ("audio", "video")
"""Elements that are often hidden until a script shows them; the walk says what becomes of them."""

_PANELS = ("dd", "div", "p", "section")
_MENU = late_pattern(r"share|menu|nav|drop|tooltip|modal|dialog|popup|search")
"""Words in the classes of what a button opens though it is no part of the text."""

_CLOSED = late_pattern(r"(<template\b[^<>]{0,200}\bshadowroot(?:mode)?\s*=\s*[\"']?)closed", re.I)

Report = Callable[[str, Message, Element, str], None]
"""Function that adds a note: code, message, element, and what is removed with it."""


def prepare(
    root: Element, note: Report, shown: Collection[str] = (), page: Element | None = None, *, tex: bool = True
) -> None:
    """Prepare a region; `shown` are the selectors of hidden elements that belong to the article.

    The style sheets are those of `page`, or of the region if it is not given.  `tex` is False if no text of the region
    has a formula in TeX.
    """
    present = {each.tag for each in root.iter_elements(("noscript", "style", "svg", "template"))}
    if "template" in present and any(map(_is_shadow, root.iter_elements("template"))):
        open_shadows(root, note)
        present.update(each.tag for each in root.iter_elements(("noscript", "style", "svg")))
    formula.join(root, note, tex=tex)
    if "svg" in present:
        drawings.join(root, note)
    if "noscript" in present:
        twins.join(root, note)
    for each in root.select("li input[type=checkbox i]"):
        _mark_task(each)
    for each in root.select("[role=heading]"):
        if each.tag in ("div", "p", "span"):
            level = (each.attr("aria-level") or "2").strip()
            each.tag = f"h{level}" if level in "23456" else "h2"
    by_sheet = hidden_by_sheets(root, page) if page is not None or "style" in present else ()
    take_out_hidden(root, note, shown, by_sheet)


_TASK = late_pattern(r"task|to-?do|check-?list", re.I)
"""Words in the classes of lists of tasks."""


def _mark_task(box: Element) -> None:
    """Keep the label of a box to tick in a list, and put a sign in the place of one that says that a task is done."""
    around = [each for each in (box, *box.ancestors) if isinstance(each, Element)]
    item = next(each for each in around if each.tag == "li")
    task = box.attr("disabled") is not None or any(_TASK.search(each.attr("class") or "") for each in around[:4])
    if not task and any(each.tag == "form" for each in around):
        return
    for each in item.iter_elements("label"):
        each.tag = "span"
    if task:
        box.replace_with(TextNode("☑ " if box.attr("checked") is not None else "☐ "))


# --- shadow roots ----------------------------------------------------------------------------------------------------


def open_shadows(root: Element, note: Report) -> None:
    """Put the content of declarative shadow roots in the place of what their hosts hold, and that into its slots.

    The parser attaches a root to its host in a whole page, and leaves it a template in a fragment.
    """
    found = True
    while found:
        found = False
        for host in list(root.iter_elements()):
            if (shadow := host.shadow_root) is not None and shadow.children:
                found = True
                _open(host, list(shadow.children), list(host.children), note)
        for template in [each for each in root.iter_elements("template") if _is_shadow(each)]:
            if isinstance(around := template.parent, Element):
                found = True
                content = list(template.children[0].children) if template.children else []
                template.extract()
                _open(around, content, list(around.children), note)


def opened(html: str) -> str:
    """Return a page whose closed shadow roots are open: the parser gives nobody what is in a closed one."""
    return _CLOSED.sub(r"\1open", html) if "shadowroot" in html else html


def _is_shadow(template: Element) -> bool:
    mode = next(filter(None, map(template.attr, ("shadowrootmode", "shadowroot", "shadowmode"))), "").lower()
    return mode in ("open", "closed")


def _open(host: Element, shadow: list[Node], light: list[Node], note: Report) -> None:
    """Show a shadow root instead of the nodes of its host; those for which it has no slot are not shown."""
    slots = [slot for each in shadow if isinstance(each, Element) for slot in _slots(each)]
    taken: set[str] = set()
    host.clear()
    host.extend(shadow)
    for slot in slots:
        name = slot.attr("name") or ""
        given = [each for each in light if _slot_of(each) == name] if name not in taken else []
        taken.add(name)
        if any(isinstance(each, Element) or each.text.strip(EDGE_SPACE) for each in given):
            slot.clear()
            slot.extend(given)
    unseen = (described(each) for each in light if isinstance(each, Element) and _slot_of(each) not in taken)
    if left := " ".join(filter(None, unseen)):
        note("HTM002", HIDDEN_TEXT, host, left)


def _slot_of(node: Node) -> str:
    return (node.attr("slot") or "") if isinstance(node, Element) else ""


def _slots(element: Element) -> list[Element]:
    return [*([element] if element.tag == "slot" else []), *element.iter_elements("slot")]


# --- hidden elements -------------------------------------------------------------------------------------------------


def take_out_hidden(root: Element, note: Report, shown: Collection[str], by_sheet: Collection[Element]) -> None:
    """Take every hidden element out of a region, each with a note of the texts, pictures and links that it held.

    What a button opens stays, as a reader can open it; a picture of a pixel is left to the rule about trackers.
    """
    controlled: set[str] | None = None
    gone: set[Element] = set()
    sheet = set(by_sheet)
    for each in chain(root.select(MAY_BE_HIDDEN), list(root.iter_elements("iframe")), by_sheet):
        if each.tag in _PLAYERS or not (each in sheet or is_hidden(each)):
            continue
        if gone and (each in gone or not gone.isdisjoint(each.ancestors)):
            continue
        if controlled is None:
            controlled = _controlled(root)
        name = each.attr("id")
        if (name and (name in controlled or f"#{name}" in shown)) or each.attr("role") == "tabpanel":
            continue
        if _follows_button(each):
            continue
        if each.tag != "img" or not is_pixel(each):
            if text := described(each):
                note("HTM002", HIDDEN_TEXT, each, text)
            each.decompose()
            gone.add(each)


_TOGGLES = ("collapse", "tab", "pill", "accordion")
_TARGETS = ("data-bs-target", "data-target", "href")


def _controlled(root: Element) -> set[str]:
    """Return the identifiers of what buttons of a region open."""
    found: set[str] = set()
    for each in root.select("[aria-expanded], [role=tab], [data-toggle], [data-bs-toggle]"):
        if each.attr("aria-expanded") is not None or each.attr("role") == "tab":
            found.update((each.attr("aria-controls") or "").split())
        if (each.attr("data-bs-toggle") or each.attr("data-toggle")) in _TOGGLES:
            found.update((each.attr(name) or "").removeprefix("#") for name in _TARGETS)
    return found - {""}


def _follows_button(element: Element) -> bool:
    """Return True if an element is a box directly after a button, or after a heading that holds only one."""
    before = element.previous_sibling
    while isinstance(before, TextNode) and not before.data.strip():
        before = before.previous_sibling
    if element.tag not in _PANELS or not isinstance(before, Element):
        return False
    button = before if before.tag == "button" else before.find("button") if before.tag in HEADINGS else None
    words = f"{before.attr('class') or ''} {element.attr('class') or ''} {element.attr('role') or ''}".lower()
    return button is not None and not _MENU.search(words)


def is_pixel(picture: Element) -> bool:
    """Return True if a picture is declared no larger than a pixel."""
    found = sizes(picture.attr("style") or "")
    for name in ("width", "height"):
        value = (picture.attr(name) or "").strip().removesuffix("px")
        size = found.get(name, int(value[:9]) if value.isascii() and value.isdigit() else None)
        if size is None or size > 1:
            return False
    return True
