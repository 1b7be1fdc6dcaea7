"""Handlers for ruby: base text with small annotations beside it."""

from turbohtml import Element

from convert.readers import ruby
from convert.readers.flow import Flow, Maker, Several
from convert.readers.html.boxes import inline
from convert.readers.html.builder import Builder


def annotated(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add a `<ruby>`: its annotations, each with its base."""
    flow.open(ruby.pairs)
    inline(builder, element, flow, level)
    flow.close()


def annotation(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add an `<rt>`; an empty one still ends its base."""
    if _add_beside(builder, element, flow, level, ruby.annotation):
        flow.items.append(ruby.annotation(()))


def parenthesis(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add an `<rp>`, unless it holds only punctuation."""
    _add_beside(builder, element, flow, level, ruby.parenthesis)


def _add_beside(builder: Builder, element: Element, flow: Flow, level: int, maker: Maker | Several) -> bool:
    """Add an element inside `<ruby>` without letting it affect the white space of the line around it.

    Outside `<ruby>` the element has no meaning.  Return True if it is inside `<ruby>` and added nothing.
    """
    if not flow.frames or flow.frames[-1][0] is not ruby.pairs:
        inline(builder, element, flow, level)
        return False
    last, pending, count = flow.last, flow.pending, len(flow.items)
    flow.last, flow.pending = "", None
    flow.open(maker)
    inline(builder, element, flow, level)
    flow.close()
    flow.last, flow.pending = last, pending
    return len(flow.items) == count
