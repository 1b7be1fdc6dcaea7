"""One walk over an article: each node meets the rules for its type, is mended, and what was wrong is said."""

from collections.abc import Iterator
from functools import cache
from operator import attrgetter
from typing import Any

from msgspec.structs import replace

from convert.messages import Message
from convert.model import CHILDREN, Article, Cell, Embed, Finding, Note, Paragraph, Place, Position, Reading
from convert.rules import RULES
from convert.rules.rule import Check, Context, Fix, Rule, remove
from convert.text import one_line

KEPT_EMPTY = frozenset({Article, Cell, Embed})
"""What may lose its last child and stay: the others go with it."""


def finding(
    rule: Rule, message: Message, path: str, place: Place, *, fixed: bool = False, removed: str = ""
) -> Finding:
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
    walk = _Walk(reading, context)
    article = walk.rewrite(reading.article)
    findings = [noted(note, path) for note in reading.notes]
    for rule, message, removed, position in walk.offences:
        place = reading.places.place(position) if position else Place(1, 1)
        if rule.where:
            place = rule.where(reading, place)
        findings.append(
            Finding(rule.code, rule.name, rule.level, message, path, place.line, place.column, rule.mends, removed)
        )
    if context.thorough:
        findings += _looked(reading, article, path)
    findings.sort(key=IN_ORDER)
    return article, findings


IN_ORDER = attrgetter("line", "column")


def _looked(reading: Reading, article: Article, path: str) -> Iterator[Finding]:
    """What the rules say that look at a document as a whole."""
    for rule, look in _LOOKS:
        for message, place in look(reading, article):
            yield finding(rule, message, path, place if place.line else Place(1, 1), fixed=rule.mends)


Ask = tuple[Rule, Check, Fix | None]
Plan = dict[type, tuple[tuple[str, ...], tuple[Ask, ...], tuple[Ask, ...]]]
"""What to do with nodes of a type: where their children are, the rules to ask before them, and after them.  What is to
be taken out is taken out before anybody mends what is inside."""


class _Walk:
    def __init__(self, reading: Reading, context: Context) -> None:
        self.places = reading.places
        self.context = context
        self.offences: list[tuple[Rule, Message, str, Position]] = []
        self.homeless: list[int] = []  # offences of nodes without a place: that of what is around them is theirs
        self.told: set[str] = set()
        plan = self.plan = _plan(tuple(rule.code for rule in _CONDITIONAL if rule.when and not rule.when(reading)))
        self.bare = plan[Paragraph] == (("children",), (), ())

    def rewrite(self, node: Any) -> Any:
        """The node as the rules leave it, None when it goes."""
        planned = self.plan.get(type(node))
        if planned is None:
            return node
        fields, before, after = planned
        held = node
        for rule, check, fix in before:
            if (message := check(node, self.context)) is not None:
                node = self._mend(rule, fix, message, node, held)
                if type(node) is not type(held):
                    return node if node is None else self.rewrite(node)
        changes: dict[str, Any] | None = None
        for field in fields:
            if children := getattr(node, field):
                kept = self._rewrite_all(children) if type(children) is tuple else self.rewrite(children)
                if kept is not children:
                    changes = changes or {}
                    changes[field] = kept
        if self.homeless and (position := self.places.near(held)):
            for number in self.homeless:
                self.offences[number] = (*self.offences[number][:3], position)
            self.homeless.clear()
        if changes:
            node = replace(node, **changes)
            if (
                not all(changes.values())
                and type(node) not in KEPT_EMPTY
                and not any(getattr(node, field) for field in fields)
            ):
                return None
        for rule, check, fix in after:
            if (message := check(node, self.context)) is not None:
                node = self._mend(rule, fix, message, node, held)
                if node is None:
                    return None
        return node

    def _mend(self, rule: Rule, fix: Fix | None, message: Message, node: Any, held: Any) -> Any:
        """The node as one rule leaves it, None when it goes; and the offence, where the node stood that it was."""
        fixed = fix(node, self.context) if fix else node
        if rule.once:
            if rule.code in self.told:
                return fixed
            self.told.add(rule.code)
        removed = one_line(describe(node)) if type(fixed) is not type(node) else ""
        position = self.places.near(held)
        if position is None:
            self.homeless.append(len(self.offences))
        self.offences.append((rule, message, removed, position))
        return fixed

    def _rewrite_all(self, nodes: tuple[Any, ...]) -> tuple[Any, ...]:
        out: list[Any] | None = None
        plan, bare = self.plan, self.bare
        for number, node in enumerate(nodes):
            kind = type(node)
            if kind is Paragraph and bare and len(node.children) == 1 and type(node.children[0]) not in plan:
                after = node  # nobody asks about plain text: most paragraphs
            elif kind in plan:
                after = self.rewrite(node)
            elif kind is tuple:
                after = self._rewrite_all(node)
            else:
                after = node
            if after is not node and out is None:
                out = list(nodes[:number])
            if out is not None and after is not None and after != ():
                out.append(after)
        return nodes if out is None else tuple(out)


def describe(node: Any) -> str:
    """Return what the ledger says of a node that was taken out: its texts, each address after what it belongs to."""
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
def _plan(without: tuple[str, ...]) -> Plan:
    """The plan of all rules but those with the codes given."""
    plan: Plan = {kind: (fields, (), ()) for kind, fields in CHILDREN.items()}
    for rule in RULES.values():
        if rule.check and rule.code not in without:
            for kind in rule.on:
                fields, before, after = plan.get(kind, ((), (), ()))
                ask = (rule, rule.check, rule.fix)
                if rule.first or rule.fix is remove:
                    plan[kind] = (fields, (*before, ask), after)
                else:
                    plan[kind] = (fields, before, (*after, ask))
    return plan


_CONDITIONAL = tuple(rule for rule in RULES.values() if rule.when)
_LOOKS = tuple((rule, rule.look) for rule in RULES.values() if rule.look)
