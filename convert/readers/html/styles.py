"""Styles of elements, by a CSS parser: what is hidden, and how large pictures are."""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from turbohtml import Element

OFF_SCREEN = -900
"""Position in pixels from which on nothing of an element is on any screen."""
_LONGEST = 20_000
"""Most characters of a style that is parsed."""

SCREEN_READER = frozenset({
    "a11y-hidden", "assistive-text", "element-invisible", "hidden-visually", "screen-reader-only",
    "screen-reader-text", "screenreader", "screenreader-only", "show-for-sr", "sr-only", "u-visually-hidden",
    "visually-hidden", "visuallyhidden", "wp-block-screen-reader-text",
})  # fmt: skip
"""Classes of text that only screen readers show."""
MAY_BE_HIDDEN = ", ".join((
    *("[hidden]", "[style]", "dialog", "[class*=hidden i]", "[class*=screen i]", "[class*=invisible i]"),
    *("[class*=sr-only i]", "[class*=-sr i]", "[class*=assistive i]"),
))  # fmt: skip
"""A selector of all elements that `is_hidden` may say are hidden."""
_PIXELS: Mapping[str, float] = MappingProxyType({
    "px": 1, "pt": 4 / 3, "pc": 16, "in": 96, "cm": 96 / 2.54, "mm": 96 / 25.4, "q": 96 / 101.6, "em": 16, "rem": 16,
    "ex": 8, "ch": 8,
})  # fmt: skip
"""Pixels in a unit (CSS Values, section 6)."""
_TELLING = re.compile(r"display|visibility|clip|left|right|top|text-indent|[\\]", re.I)
_SIZED = re.compile(r"width|height|[\\]", re.I)


@lru_cache(maxsize=4096)
def declarations(style: str) -> Mapping[str, tuple[Any, ...]]:
    """Return the value of each property of a style, as components, with the names in lower case.

    >>> [each.value for each in declarations("Width : 1px !important; width: 9px; x")["width"]]
    [1.0]
    """
    import tinycss2  # importing it takes 30 ms, and most runs never need it

    found: dict[str, tuple[Any, ...]] = {}
    urgent: set[str] = set()
    for each in tinycss2.parse_blocks_contents(style[:_LONGEST], skip_comments=True, skip_whitespace=True):
        if each.type == "declaration" and (each.important or each.lower_name not in urgent):
            found[each.lower_name] = tuple(part for part in each.value if part.type not in ("whitespace", "comment"))
            if each.important:
                urgent.add(each.lower_name)
    return found


def keyword(found: Mapping[str, tuple[Any, ...]], name: str) -> str:
    """Return the keyword that is the value of a property, "" if it has none."""
    value = found.get(name, ())
    return value[0].lower_value if len(value) == 1 and value[0].type == "ident" else ""


def pixels(found: Mapping[str, tuple[Any, ...]], name: str) -> float | None:
    """Return the value of a property in pixels, None if it is no length."""
    value = found.get(name, ())
    if len(value) != 1:
        return None
    if value[0].type == "dimension" and (unit := _PIXELS.get(value[0].lower_unit)):
        return float(value[0].value) * unit
    return 0.0 if value[0].type == "number" and value[0].value == 0 else None


def sizes(style: str) -> dict[str, int]:
    """Return the width and height that a style declares, in whole pixels; upper bounds count if they are smaller.

    A size that a lower bound overrides is unknown: some scripts write `width: 0; min-width: 100%`.

    >>> sizes("width:1px;height:1px"), sizes("max-width: 0; width: 3em; height: 50%")
    ({'width': 1, 'height': 1}, {'width': 0})
    """
    if not _SIZED.search(style):
        return {}
    found = declarations(style)
    made = {}
    for name in ("width", "height"):
        known = [each for each in (pixels(found, name), pixels(found, f"max-{name}")) if each is not None]
        bound_only = name not in found and known and known[0] > 1  # an upper bound alone is no size
        least = pixels(found, f"min-{name}")
        grows = f"min-{name}" in found and (least is None or (known and least > min(known)))
        if known and not bound_only and not grows:
            made[name] = max(0, int(min(known)))
    return made


def is_hidden(element: Element) -> bool:
    """Return True if browsers do not show an element: by attribute, style, or as text for screen readers only."""
    hidden = element.attr("hidden")
    if hidden is not None and hidden.strip().lower() != "until-found":
        return True
    style = element.attr("style")
    if style and _hides(style):
        return not _shows_inside(element, style)
    classes = element.attr("class")
    if classes and not SCREEN_READER.isdisjoint(classes.lower().split()):
        return True
    return element.tag == "dialog" and element.attr("open") is None


@lru_cache(maxsize=4096)
def _hides(style: str) -> bool:
    if not _TELLING.search(style):
        return False
    found = declarations(style)
    if keyword(found, "display") == "none" or keyword(found, "visibility") in ("hidden", "collapse"):
        return True
    if keyword(found, "position") in ("absolute", "fixed"):
        if any((at := pixels(found, name)) is not None and at <= OFF_SCREEN for name in ("left", "right", "top")):
            return True
        cuts = (*found.get("clip", ()), *found.get("clip-path", ()))
        if any(each.type == "function" and _is_cut(each) for each in cuts):
            return True
    return (pixels(found, "text-indent") or 0) <= OFF_SCREEN


def _is_cut(function: Any) -> bool:
    """Return True if `rect(…)` or `inset(…)` leaves nothing of an element."""
    values = [each for each in function.arguments if each.type in ("number", "dimension", "percentage")]
    if function.lower_name == "rect":
        return len(values) == 4 and all(abs(each.value) <= 1 for each in values)
    return function.lower_name == "inset" and bool(values) and values[0].type == "percentage" and values[0].value >= 50


def _shows_inside(element: Element, style: str) -> bool:
    """Return True if only `visibility` hides an element, and something inside it is visible again."""
    found = declarations(style)
    if keyword(found, "display") == "none" or keyword(found, "visibility") not in ("hidden", "collapse"):
        return False
    styles = (each.attr("style") for each in element.iter_elements())
    return any(each and keyword(declarations(each), "visibility") == "visible" for each in styles)
