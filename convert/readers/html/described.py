"""The words of the ledger for elements that are taken out."""

from turbohtml import Element

from convert.readers.html.lazy import LATER
from convert.text import EDGE_SPACE

_MEDIA = ("audio", "embed", "iframe", "img", "object", "source", "video")


def described(element: Element) -> str:
    """Return the text of an element, and the addresses of the pictures, media and links in it."""
    parts = [element.text.strip(EDGE_SPACE)]
    for each in (element, *element.iter_elements(_MEDIA)):
        if each.tag in _MEDIA and (source := next(filter(None, map(each.attr, ("src", *LATER, "data"))), "")):
            parts.append(f"<{source}>")
    for each in (element, *element.iter_elements(("a", "span"))):
        address = each.attr("href") if each.tag in ("a", "span") else ""
        if address and (each.text.strip(EDGE_SPACE) or each.find("img") is not None):
            parts.append(f"<{address}>")
    return " ".join(parts) if any(part.strip("<>") for part in parts) else ""
