"""Ruby (HTML Standard, 4.5.10 to 4.5.12): base text with small annotations beside it; the model has a node per pair.

The HTML reader and the Markdown reader both call these functions: `pairs` for the children of `<ruby>`, `annotation`
for those of `<rt>`, `parenthesis` for those of `<rp>`.
"""

from convert.late import late_pattern
from convert.model import Inline, Ruby, Text, texts
from convert.readers.flow import settle

_WORD = late_pattern(r"\w")


def annotation(children: tuple[Inline, ...]) -> Ruby:
    """Return an annotation as a ruby without a base; `pairs` adds the text before it as the base."""
    return Ruby((), children)


def parenthesis(children: tuple[Inline, ...]) -> tuple[str | Inline, ...]:
    """Return what browsers without ruby show instead: nothing if it is punctuation only, else the inlines."""
    return _loose(children) if _WORD.search("".join(texts(children))) else ()


def pairs(children: tuple[Inline, ...]) -> tuple[str | Inline, ...]:
    """Return the children of a ruby element, each annotation joined with its base and the rest unchanged.

    Annotations in a row, of one base or of several, are joined into one.
    """
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
    """Return inlines with each Text as a string, so that `settle` can join neighbours."""
    return tuple(child.text if isinstance(child, Text) else child for child in children)
