"""Ruby (HTML Standard, 4.5.10 to 4.5.12): text with small text beside it, as the model has it, a pair a node.

Makers for whoever walks the markup, be it a tree or Markdown's tokens: `pairs` of what `<ruby>` holds, `annotation` of
`<rt>`, `parenthesis` of `<rp>`.
"""

import re

from convert.model import Inline, Ruby, Text, texts
from convert.readers.flow import settle

_WORD = re.compile(r"\w")


def annotation(children: tuple[Inline, ...]) -> Ruby:
    """The annotation of what stands before it: a ruby without a base, until `pairs` gives it one."""
    return Ruby((), children)


def parenthesis(children: tuple[Inline, ...]) -> tuple[str | Inline, ...]:
    """What only browsers without ruby show: nothing, if it is nothing but punctuation."""
    return _loose(children) if _WORD.search("".join(texts(children))) else ()


def pairs(children: tuple[Inline, ...]) -> tuple[str | Inline, ...]:
    """What a ruby element holds: each annotation with its base, all else as it is.  Annotations in a row, of one base
    or of several, are one."""
    out: list[str | Inline] = []
    base: list[str | Inline] = []
    notes: list[str | Inline] = []
    ended = False
    for child in children:
        if isinstance(child, Ruby) and not child.children:
            if notes and child.annotation:
                notes.append(" ")
            notes += _loose(child.annotation)
            ended = True
            continue
        if ended:
            out += _pair(base, notes)
            base, notes, ended = [], [], False
        base += _loose((child,))
    return (*out, *_pair(base, notes))


def _pair(base: list[str | Inline], notes: list[str | Inline]) -> list[str | Inline]:
    if not (base and notes):
        return base + notes
    if isinstance(first := base[0], str) and first.startswith(" "):  # between words, each with an annotation
        rest = [first[1:], *base[1:]] if first[1:] else base[1:]
        return [" ", *_pair(rest, notes)]
    return [Ruby(settle(base), settle(notes))]


def _loose(children: tuple[Inline, ...]) -> tuple[str | Inline, ...]:
    """Inlines among which texts can be joined with their neighbours."""
    return tuple(child.text if isinstance(child, Text) else child for child in children)
