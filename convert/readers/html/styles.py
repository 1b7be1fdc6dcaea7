"""Styles of elements, by a CSS parser: what is hidden, and how large pictures are."""

import re
from collections.abc import Mapping
from functools import lru_cache
from math import isfinite
from types import MappingProxyType
from typing import Any

from turbohtml import Element

from convert.late import late_pattern

OFF_SCREEN = -900
"""Position in pixels from which on nothing of an element is on any screen."""
FAR_AWAY = -5000
"""Margin in pixels that moves an element off every screen; shorter ones move the row of a slide show."""
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
"""A selector of all elements that `is_hidden` may say are hidden, but for frames."""
_PIXELS: Mapping[str, float] = MappingProxyType({
    "px": 1, "pt": 4 / 3, "pc": 16, "in": 96, "cm": 96 / 2.54, "mm": 96 / 25.4, "q": 96 / 101.6, "em": 16, "rem": 16,
    "ex": 8, "ch": 8,
})  # fmt: skip
"""Pixels in a unit (CSS Values, section 6)."""
_TELLING = late_pattern(r"display|visibility|clip|left|right|top|text-indent|overflow|font-size|margin|[\\]", re.I)
_SMALL_TEXT = late_pattern(r"font-size\s*:\s*[.0+]", re.I)
_SIZED = late_pattern(r"width|height|-size|[\\]", re.I)
LARGEST = 999_999_999
"""Pixels above which a size says no more."""
_DIGITS = late_pattern(r"([0-9]{20})[0-9]+")
"""Digits that no length needs; Python refuses to read 4,300 of them."""


@lru_cache(maxsize=4096)
def declarations(style: str) -> Mapping[str, tuple[Any, ...]]:
    """Return the value of each property of a style, as components, with the names in lower case.

    >>> [each.value for each in declarations("Width : 1px !important; width: 9px; x")["width"]]
    [1.0]
    """
    import tinycss2  # importing it takes 30 ms, and most runs never need it

    found: dict[str, tuple[Any, ...]] = {}
    urgent: set[str] = set()
    style = _DIGITS.sub(r"\1", style[:_LONGEST])
    for each in tinycss2.parse_blocks_contents(style, skip_comments=True, skip_whitespace=True):
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
    length = _length(value[0]) if len(value) == 1 else None
    return length if length is not None and isfinite(length) else None


def _length(part: Any) -> float | None:
    """Return a length in pixels; of `calc`, `min`, `max` and `clamp` those whose lengths are known.

    >>> [_length(declarations(f"a: {each}")["a"][0]) for each in ("calc(3px - 2px)", "min(1px, 2em)", "calc(9% + 1px)")]
    [1.0, 1.0, None]
    """
    if part.type == "dimension" and (unit := _PIXELS.get(part.lower_unit)):
        return float(part.value) * unit
    if part.type == "function" and part.lower_name in ("calc", "min", "max", "clamp"):
        return _calculated(part)
    return 0.0 if part.type in ("number", "percentage", "dimension") and part.value == 0 else None


def _calculated(function: Any) -> float | None:
    sums, sign = [0.0], 1
    for each in function.arguments:
        if each.type == "literal" and each.value in "+-":
            sign = -1 if each.value == "-" else 1
        elif each == ",":
            sums.append(0.0)
            sign = 1
        elif each.type not in ("whitespace", "comment"):
            if (length := _length(each)) is None:
                return None
            sums[-1] += sign * length
    match function.lower_name, sums:
        case "clamp", (least, value, most):
            return max(least, min(value, most))
        case ("calc", (value,)):
            return value
        case ("min", _):
            return min(sums)
        case ("max", _):
            return max(sums)
    return None


def sizes(style: str) -> dict[str, int | None]:
    """Return the width and height that a style declares, in whole pixels; upper bounds count if they are smaller.

    A size is None if the style declares another than that of the attributes, but not in pixels: as a share of the page,
    by a lower bound (some scripts write `width: 0; min-width: 100%`), or both as that of the picture itself.

    >>> sizes("width:1px;height:1px"), sizes("max-width: 0; width: 3em; height: auto"), sizes("width: 100%")
    ({'width': 1, 'height': 1}, {'width': 0}, {'width': None})
    """
    if not _SIZED.search(style):
        return {}
    found = declarations(style)
    made: dict[str, int | None] = {}
    for name, logical in (("width", "inline-size"), ("height", "block-size")):
        if logical in found and name not in found:
            found = {**found, name: found[logical]}
        known = [each for each in (pixels(found, name), pixels(found, f"max-{name}")) if each is not None]
        bound_only = name not in found and known and known[0] > 1  # an upper bound alone is no size
        least = pixels(found, f"min-{name}")
        grows = f"min-{name}" in found and (least is None or (known and least > min(known)))
        if known and not bound_only and not grows:
            made[name] = max(0, int(min(*known, LARGEST)))
        elif grows or (name in found and keyword(found, name) != "auto"):
            made[name] = None
    both = all(keyword(found, name) == "auto" for name in ("width", "height"))
    return {"width": None, "height": None} if both else made


_LINES = frozenset({
    "-webkit-box", "-webkit-flex", "block", "flex", "flow-root", "grid", "list-item", "table", "table-row"
})  # fmt: skip
"""Values of `display` with which an element begins and ends a line (CSS Display, section 2)."""


def is_line(element: Element) -> bool:
    """Return True if the style of an element, which would be part of a line, makes it a line of its own."""
    style = element.attr("style") or ""
    return "display" in style.lower() and keyword(declarations(style), "display") in _LINES


def is_hidden(element: Element) -> bool:
    """Return True if browsers do not show an element: by attribute, style, or as text for screen readers only."""
    hidden = element.attr("hidden")
    if hidden is not None and hidden.strip().lower() != "until-found":
        return True
    style = element.attr("style")
    if style and (_hides(style) or (_SMALL_TEXT.search(style) and _is_unreadable(element, style))):
        return not _shows_inside(element, style)
    classes = element.attr("class")
    if classes and not SCREEN_READER.isdisjoint(classes.lower().split()):
        return True
    if element.tag == "iframe":
        return _is_point(element.attr("width")) and _is_point(element.attr("height"))
    return element.tag == "dialog" and element.attr("open") is None


def _is_point(value: str | None) -> bool:
    digits = (value or "").strip().removesuffix("px").strip()
    return digits.isascii() and digits.isdigit() and int(digits[:9]) <= 1


def _is_unreadable(element: Element, style: str) -> bool:
    """Return True if text has no size; a picture or a part with a size of its own may be inside such an element."""
    inside = element.iter_elements()
    return pixels(declarations(style), "font-size") == 0 and all(each.tag == "br" for each in inside)


@lru_cache(maxsize=4096)
def _hides(style: str) -> bool:
    if not _TELLING.search(style):
        return False
    found = declarations(style)
    if keyword(found, "display") == "none" or keyword(found, "visibility") in ("hidden", "collapse"):
        return True
    if keyword(found, "content-visibility") == "hidden" or any(map(_is_cut, found.get("clip-path", ()))):
        return True
    if keyword(found, "position") in ("absolute", "fixed"):
        if any((at := pixels(found, name)) is not None and at <= OFF_SCREEN for name in ("left", "right", "top")):
            return True
        if any(map(_is_cut, found.get("clip", ()))):
            return True
    if any((pixels(found, f"margin-{side}") or 0) <= FAR_AWAY for side in ("left", "top")):
        return True
    return (pixels(found, "text-indent") or 0) <= OFF_SCREEN or _has_no_room(found)


def _has_no_room(found: Mapping[str, tuple[Any, ...]]) -> bool:
    """Return True if an element shows nothing of what is larger than itself, and is no larger than a pixel.

    A box of no height with padding is the usual frame of a film.
    """
    overflow = found.get("overflow", ()) or found.get("overflow-y", ())
    if not overflow or overflow[0].type != "ident" or overflow[0].lower_value not in ("hidden", "clip"):
        return False
    if any(name.startswith(("padding", "min-")) and any(_length(part) != 0 for part in found[name]) for name in found):
        return False
    width, height = pixels(found, "width"), pixels(found, "height")
    return height == 0 or width == 0 or (height is not None and width is not None and height <= 1 and width <= 1)


def _is_cut(function: Any) -> bool:
    """Return True if a shape to which an element is cut leaves nothing of it."""
    if function.type != "function":
        return False
    values = [each for each in function.arguments if each.type in ("number", "dimension", "percentage")]
    match function.lower_name:
        case "rect":
            return len(values) == 4 and all(abs(each.value) <= 1 for each in values)
        case "inset":
            return bool(values) and values[0].type == "percentage" and values[0].value >= 50
        case "circle" | "polygon":
            return bool(values) and all(each.value == 0 for each in values)
    return False


def _shows_inside(element: Element, style: str) -> bool:
    """Return True if only `visibility` hides an element, and something inside it is visible again."""
    found = declarations(style)
    if keyword(found, "display") == "none" or keyword(found, "visibility") not in ("hidden", "collapse"):
        return False
    styles = (each.attr("style") for each in element.iter_elements())
    return any(each and keyword(declarations(each), "visibility") == "visible" for each in styles)
