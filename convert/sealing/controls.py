"""Controls of forms as the words that they show."""

from turbohtml import Element, Text

_UNSHOWN = ("hidden", "password", "image", "checkbox", "radio", "file", "range", "color")
_INLINE = ("label", "output", "meter", "progress", "canvas")


def shown_words(element: Element) -> None:
    """Turn a control of a form into the words that it shows."""
    if element.parent is None:
        return
    match element.tag:
        case "input":
            kind = (element.attr("type") or "text").lower()
            value = "" if kind in _UNSHOWN else element.attr("value") or element.attr("placeholder") or ""
            if value:
                element.insert_before(Text(value))
            element.decompose()
        case "textarea":
            text = element.text or element.attr("placeholder") or ""
            element.clear()
            element.append(Text(text))
            element.tag = "pre" if text.strip() else "span"
        case "select":
            element.tag = "ul"
        case "optgroup":
            label = element.attr("label") or ""
            element.tag = "li"
            if label:
                element.insert(0, Text(label))
        case "option":
            text = element.text or element.attr("label") or ""
            element.clear()
            element.append(Text(text))
            element.tag = "li"
        case "button":
            element.tag = "span"
        case tag if tag in _INLINE:
            element.tag = "span"
        case _:
            pass
