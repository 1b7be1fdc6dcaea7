"""Style sheets that a page carries: the elements that their simple rules hide.

Only a class, an identifier, or several of them on one element count, outside conditions.  A rule that may show the
element again, on some screen or in some state, leaves it as it is: nothing visible may be lost.
"""

import re
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from turbohtml import Element

from convert.late import late_pattern
from convert.readers.html import lazy
from convert.readers.html.styles import declarations, keyword
from convert.text import EDGE_SPACE

LONGEST = 1_000_000
"""Most characters of style sheets that are looked at."""
MOST = 2_000
"""Most selectors that hide or show elements."""
SHORT = 200
"""Most characters of an element that a style sheet hides even if nearly everything is in it: some scripts show the
whole text of a page when it is ready."""

_HIDES = late_pattern(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.I)
_SETS = late_pattern(r"(?:^|[;\s])(?:display|visibility)\s*:", re.I)
_COMMENT = late_pattern(r"/\*.*?\*/", re.S)
_PART = late_pattern(r"([^{}]*)([{}])")
_SCREEN = late_pattern(r"\s*(?:@media\s+(?:only\s+)?(?:all|screen)|@layer\s+[\w.-]*|@charset[^;]*;|)\s*\Z", re.I)
_PRINT = late_pattern(r"\s*@media\s+(?:only\s+)?print\b", re.I)
_NAME = r"(?:\\.|[\w-])+"
_SIMPLE = late_pattern(rf"([a-z][a-z0-9]*)?((?:[.#]{_NAME})+)\Z", re.I)
_NAMES = late_pattern(rf"[.#]{_NAME}")
_LAST = late_pattern(r"[\s>+~]+")
_NEVER = frozenset({"article", "body", "head", "html", "main", "figure", "iframe", "video", "audio", "picture"})


class _Compound(NamedTuple):
    """Part of a selector that one element must match: its tag, "" for any, and its `.classes` and `#identifiers`."""

    tag: str
    names: frozenset[str]

    def matches(self, element: Element, names: frozenset[str]) -> bool:
        return self.names <= names and self.tag in ("", element.tag)


def hidden_by_sheets(root: Element, page: Element | None = None) -> list[Element]:
    """Return the elements below `root` that the style sheets of `page`, or of `root`, hide."""
    page = root if page is None else page
    css = _text(page) if page.find("style") is not None else ""
    if not _HIDES.search(css):
        return []
    hiding, showing = _rules(css)
    if not hiding:
        return []
    most = max(SHORT, len(root.text) * 2 // 3)
    return [each for each in root.select("[class], [id]") if _is_hidden(each, hiding, showing, most)]


def _text(page: Element) -> str:
    sheets = (each for each in page.iter_elements("style") if _SCREEN.match(f"@media {each.attr('media') or 'all'}"))
    return _COMMENT.sub(" ", "\n".join(each.text for each in sheets)[:LONGEST])


def _rules(css: str) -> tuple[dict[str, list[_Compound]], dict[str, list[_Compound]]]:
    """Return what hides elements and what shows them, each by one of its names."""
    hiding: dict[str, list[_Compound]] = {}
    showing: dict[str, list[_Compound]] = {}
    count = 0
    for selectors, body, applies in _blocks(css):
        found = declarations(body)
        none = keyword(found, "display") == "none"
        if none or ("display" not in found and keyword(found, "visibility") in ("hidden", "collapse")):
            made = _simple(selectors) if applies else ()
            kept = hiding
        else:
            made, kept = _last(selectors), showing
        for compound in made:
            count += 1
            if count > MOST:
                return hiding, showing
            kept.setdefault(min(compound.names), []).append(compound)
    return hiding, showing


def _blocks(css: str) -> Iterator[tuple[str, str, bool]]:
    """Yield selectors and declarations of each rule about display or visibility, and whether no condition is around."""
    around: list[bool | None] = []  # for each open block: True on every screen, False on some, None for print
    head = ""
    for match in _PART.finditer(css):
        text, mark = match.groups()
        if mark == "{":
            head = text.rpartition(";")[2] if "@media" not in text else text
            if head.lstrip().startswith("@"):
                around.append(None if _PRINT.match(head) else bool(_SCREEN.match(head)))
            else:
                around.append(True)
        else:
            if head and None not in around and _SETS.search(text) and not head.lstrip().startswith("@"):
                yield head, text, all(around)
            head = ""
            if around:
                around.pop()


def _simple(selectors: str) -> Iterator[_Compound]:
    for each in selectors.split(","):
        if match := _SIMPLE.match(each.strip()):
            yield _Compound((match[1] or "").lower(), _names(match[2]))


def _last(selectors: str) -> Iterator[_Compound]:
    """Yield what the element itself must match that a rule is about, without its surroundings and its state."""
    for each in selectors.split(","):
        own = _LAST.split(each.strip())[-1]
        if names := _names(own):
            yield _Compound("", names)


def _names(compound: str) -> frozenset[str]:
    return frozenset(each.replace("\\", "") for each in _NAMES.findall(compound))


def _is_hidden(
    element: Element, hiding: dict[str, list[_Compound]], showing: dict[str, list[_Compound]], most: int
) -> bool:
    classes, identifier = element.attr("class"), element.attr("id")
    names = frozenset(chain((f".{each}" for each in (classes or "").split()), [f"#{identifier}"] if identifier else []))
    by = [each for name in names for each in hiding.get(name, ()) if each.matches(element, names)]
    if not by or element.tag in _NEVER:
        return False
    shown = [each for name in names for each in showing.get(name, ()) if each.matches(element, names)]
    if all(any(not show.names < hide.names for show in shown) for hide in by):
        return False
    own = declarations(element.attr("style") or "")
    if "display" in own or "visibility" in own:
        return False
    text = element.text.strip(EDGE_SPACE)
    if element.tag == "img":  # many wait for a script
        return not lazy.address_of(element) and "lazy" not in (classes or "").lower()
    return bool(text) and len(text) <= most
