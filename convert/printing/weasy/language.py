"""What WeasyPrint leaves out of its tags: the language of passages, and notes (ISO 14289-1, sections 7.2 and 7.9)."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

BUILD = "_build_box_tree"


@cache
def complete() -> None:
    """From now on WeasyPrint tags them in this process.

    It has no place to ask for it: the function that makes an element of structure of each box is replaced by one that
    calls it and adds to what comes.  Where a later WeasyPrint has none of that name, its tags are what it makes.
    """
    tags: Any = import_module("weasyprint.pdf.tags")
    build, text = getattr(tags, BUILD, None), import_module("pydyf").String
    if build is None:
        return

    def told(box: Any, parent: Any, pdf: Any, *others: Any) -> Iterator[Any]:
        html = getattr(box, "element", None)
        for element in build(box, parent, pdf, *others):
            if html is not None:
                if is_note(box, html) and parent["S"] != "/Span":  # of a note's boxes, the outermost
                    element["S"], element["ID"] = "/Note", text(f"note-{element.number}")
                language = html.get("lang")
                if language and language != pdf.catalog["Lang"].string:
                    element["Lang"] = text(language)
            yield element

    setattr(tags, BUILD, told)


def is_note(box: Any, html: Any) -> bool:
    """Whether the box is of a note that `tree.py` has put where it is called, and no mark that stands for it."""
    return bool(box.element_tag == "span" and "note" in html.get("class", "").split())
