"""One walk over an article: each node meets the rules for its type, is mended, and what was wrong is said."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from msgspec.structs import replace

from convert.model import (
    Article,
    Aside,
    Cell,
    Embed,
    Emphasis,
    Figure,
    Finding,
    Footnote,
    Heading,
    Item,
    Link,
    List,
    Note,
    Paragraph,
    Place,
    Quote,
    Reading,
    Strong,
    Subscript,
    Superscript,
    Table,
    Text,
    Underline,
)
from convert.rules import RULES
from convert.rules.rule import Context, Rule
from convert.text import squeeze

CHILDREN: Mapping[type, tuple[str, ...]] = {
    Article: ("lead", "nav", "body"),
    Paragraph: ("children",),
    Heading: ("children",),
    Figure: ("images", "caption"),
    List: ("items",),
    Item: ("children",),
    Table: ("rows",),
    Cell: ("children",),
    Quote: ("children",),
    Embed: ("children",),
    Footnote: ("children",),
    Aside: ("children",),
    Link: ("children",),
    Emphasis: ("children",),
    Strong: ("children",),
    Underline: ("children",),
    Subscript: ("children",),
    Superscript: ("children",),
}
"""Where each type of node keeps its children."""

KEPT_EMPTY = frozenset({Article, Cell, Embed})
"""What may lose its last child and stay: the others go with it."""

MAX_REMOVED = 500
"""Of what was taken out, this many characters stand in the ledger."""


def finding(rule: Rule, message: str, path: str, place: Place, *, fixed: bool = False, removed: str = "") -> Finding:
    """A finding of `rule` at a place."""
    return Finding(rule.code, rule.name, rule.level, message, path, place.line, place.column, fixed, removed)


def noted(note: Note, path: str) -> Finding:
    """The finding of what a reader noticed."""
    rule = RULES[note.code]
    return finding(rule, note.message, path, note.place, fixed=rule.mends, removed=note.removed)


def clean(reading: Reading, context: Context, path: str) -> tuple[Article, list[Finding]]:
    """The article with every fix applied, and everything that was wrong with it, in the order of the document.

    Cleaning what is clean changes nothing and finds nothing that has a fix.
    """
    walk = _Walk(reading, context, path)
    article = walk.rewrite(reading.article, Place(1, 1))
    findings = [*(noted(note, path) for note in reading.notes), *walk.findings]
    findings.sort(key=lambda each: (each.line, each.column))
    return article, findings


class _Walk:
    def __init__(self, reading: Reading, context: Context, path: str) -> None:
        self.places = reading.places
        self.context = context
        self.path = path
        self.findings: list[Finding] = []
        text = reading.text
        self.rules = _rules_without(
            tuple(rule.code for rule in _CONDITIONAL if rule.when and text is not None and not rule.when.search(text))
        )

    def rewrite(self, node: Any, around: Place) -> Any:
        """The node as the rules leave it, None when it goes.  `around` is the place of the node that holds it."""
        kind = type(node)
        rules = self.rules.get(kind, ())
        if kind is Text and not rules:
            return node
        original = node
        fields = CHILDREN.get(kind)
        if fields:
            place = self.places.of(node, around)
            changes: dict[str, Any] = {}
            lost = False
            for field in fields:
                before = getattr(node, field)
                if before:
                    after = self._rewrite_all(before, place) if type(before) is tuple else self.rewrite(before, place)
                    if after is not before:
                        changes[field] = after
                        lost = lost or not after
            if changes:
                node = replace(node, **changes)
                if lost and kind not in KEPT_EMPTY and not any(getattr(node, field) for field in fields):
                    return None
        for rule in rules:
            assert rule.check is not None
            if (message := rule.check(node, self.context)) is None:
                continue
            fixed, removed = node, ""
            if rule.fix:
                fixed = rule.fix(node, self.context)
                if fixed is None:
                    removed = describe(node)
            place = self.places.of(original, around)
            self.findings.append(
                finding(rule, message, self.path, place, fixed=rule.mends, removed=squeeze(removed, MAX_REMOVED))
            )
            if fixed is None:
                return None
            node = fixed
        return node

    def _rewrite_all(self, nodes: tuple[Any, ...], around: Place) -> tuple[Any, ...]:
        out = []
        changed = False
        for node in nodes:
            after = self._rewrite_all(node, around) if type(node) is tuple else self.rewrite(node, around)
            if after is not node:
                changed = True
                if after is None or after == ():
                    continue
            out.append(after)
        return tuple(out) if changed else nodes


def describe(node: Any) -> str:
    """What a reader of the ledger needs to see of a node that was taken out: its text and its addresses."""
    parts: list[str] = []
    _describe(node, parts)
    return " ".join(parts)


def _describe(node: Any, parts: list[str]) -> None:
    if isinstance(node, tuple):
        for each in node:
            _describe(each, parts)
        return
    parts += [value for name in ("text", "alt") if (value := getattr(node, name, ""))]
    for field in CHILDREN.get(type(node), ()):
        _describe(getattr(node, field), parts)
    parts += [f"<{value}>" for name in ("address", "target", "full_size") if (value := getattr(node, name, ""))]


@cache
def _rules_without(codes: tuple[str, ...]) -> dict[type, tuple[Rule, ...]]:
    """The rules to ask, by type of node."""
    table: dict[type, tuple[Rule, ...]] = {}
    for rule in RULES.values():
        if rule.check and rule.code not in codes:
            for kind in rule.on:
                table[kind] = (*table.get(kind, ()), rule)
    return table


_CONDITIONAL = tuple(rule for rule in RULES.values() if rule.when)
