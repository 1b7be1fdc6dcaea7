"""Ruby: text with small text beside it."""

from turbohtml import Element

from convert.readers import ruby
from convert.readers.flow import Flow, Maker, Several
from convert.readers.html.boxes import inline
from convert.readers.html.builder import Builder


def annotated(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """`<ruby>`."""
    flow.open(ruby.pairs)
    inline(builder, element, flow, level)
    flow.close()


def annotation(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """`<rt>`; an empty one still ends its base."""
    if _beside(builder, element, flow, level, ruby.annotation):
        flow.items.append(ruby.annotation(()))


def parenthesis(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """`<rp>`."""
    _beside(builder, element, flow, level, ruby.parenthesis)


def _beside(builder: Builder, element: Element, flow: Flow, level: int, maker: Maker | Several) -> bool:
    """An element inside `<ruby>` that is no part of the line: white space is that of what stands around it.  Elsewhere
    it means nothing.  Whether it left nothing there."""
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
