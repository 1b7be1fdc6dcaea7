"""Tags that WeasyPrint omits: the language of passages, and footnotes (ISO 14289-1, sections 7.2 and 7.9)."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

BUILD = "_build_box_tree"


@cache
def complete() -> None:
    """Make WeasyPrint write these tags in this process.

    WeasyPrint has no hook for it: a wrapper replaces the function that makes a structure element of each box, and adds
    to the elements.  If a later WeasyPrint has no function of that name, its tags are not changed.
    """
    tags: Any = import_module("weasyprint.pdf.tags")
    build, text = getattr(tags, BUILD, None), import_module("pydyf").String
    if build is None:
        return

    def build_complete(box: Any, parent: Any, pdf: Any, *others: Any) -> Iterator[Any]:
        html = getattr(box, "element", None)
        for element in build(box, parent, pdf, *others):
            if html is not None:
                if is_note(box, html) and parent["S"] != "/Span":  # the outermost box of a footnote
                    element["S"], element["ID"] = "/Note", text(f"note-{element.number}")
                language = html.get("lang")
                if language and language != pdf.catalog["Lang"].string:
                    element["Lang"] = text(language)
            yield element

    setattr(tags, BUILD, build_complete)


def is_note(box: Any, html: Any) -> bool:
    """Return True if the box is a footnote that `tree.py` moved to its call, and not the mark of one."""
    return bool(box.element_tag == "span" and "note" in html.get("class", "").split())
