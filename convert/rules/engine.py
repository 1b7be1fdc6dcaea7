"""The walk over an article in which the rules check each node, report its faults and fix them."""

from collections.abc import Iterator, Mapping
from functools import cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from convert.messages import Message
from convert.model import CHILDREN, Article, Cell, Embed, Finding, Link, Note, Paragraph, Place, Position, Reading
from convert.rules import RULES
from convert.rules.rule import Check, Context, Fix, Rule, remove
from convert.text import one_line

MAY_BE_EMPTY = frozenset({Article, Cell, Embed})
"""Types of nodes that stay when their last child is removed; a node of another type is removed with it."""


def finding(
    rule: Rule, message: Message, path: str, place: Place, *, fixed: bool = False, removed: str = ""
) -> Finding:
    """Return a finding of `rule` at a position."""
    return Finding(rule.code, rule.name, rule.level, message, path, place.line, place.column, fixed, removed)


def finding_from_note(note: Note, path: str) -> Finding:
    """Return the finding for a reader's note."""
    rule = RULES[note.code]
    return finding(rule, note.message, path, note.place, fixed=rule.fixable, removed=note.removed)


def clean(reading: Reading, context: Context, path: str) -> tuple[Article, list[Finding]]:
    """Return the article with every fix applied, and the findings in the order of the document.

    Cleaning a clean article changes nothing and finds nothing that has a fix.
    """
    walk = _Walk(reading, context)
    article = walk.rewrite(reading.article)
    findings = [finding_from_note(note, path) for note in reading.notes]
    for rule, message, removed, position in walk.offences:
        place = reading.places.place(position) if position else Place(1, 1)
        if rule.where:
            place = rule.where(reading, place)
        fixable = rule.fix is not None or rule.fixed_by_reader
        findings.append(
            Finding(rule.code, rule.name, rule.level, message, path, place.line, place.column, fixable, removed)
        )
    if context.thorough:
        findings += _document_findings(reading, article, path)
    findings.sort(key=IN_ORDER)
    return article, findings


IN_ORDER = attrgetter("line", "column")


def _document_findings(reading: Reading, article: Article, path: str) -> Iterator[Finding]:
    """Yield the findings of the rules that check a document as a whole."""
    for rule, check_document in _DOCUMENT_CHECKS:
        for message, place in check_document(reading, article):
            yield finding(rule, message, path, place if place.line else Place(1, 1), fixed=rule.fixable)


NodeCheck = tuple[Rule, Check, Fix | None]
WalkPlan = dict[type, tuple[tuple[str, ...], tuple[NodeCheck, ...], tuple[NodeCheck, ...]]]
"""By type of node: the fields that hold its children, the checks before these are visited, and the checks afterwards.
Rules that remove the node come before, so that nothing is fixed inside a node that is removed."""


REMEMBERED = 4096
"""Most targets of links that are remembered."""
_FINE: Mapping[bool, set[str]] = MappingProxyType({True: set(), False: set()})
"""Absolute targets of links about which no rule says anything, by `Context.clean_links`.  Keywords lead to the same few
thousand pages.  What a rule says of a link that is not empty depends on nothing else if its target is absolute."""


class _Walk:
    """Walk over one article, which collects the offences on its way."""

    def __init__(self, reading: Reading, context: Context) -> None:
        self.places = reading.places
        self.context = context
        self.offences: list[tuple[Rule, Message, str, Position]] = []
        self.unpositioned: list[int] = []  # offences of nodes without a position; the enclosing node's will be theirs
        self.reported_once: set[str] = set()
        skipped = tuple(rule.code for rule in _CONDITIONAL if rule.applies_to and not rule.applies_to(reading))
        plan = self.plan = _plan(skipped)
        self.bare = plan[Paragraph] == (("children",), (), ())
        self.fine = _FINE[context.clean_links]

    def rewrite(self, node: Any) -> Any:
        """Return the node with the fixes applied, or None if a rule removes it."""
        planned = self.plan.get(type(node))
        if planned is None:
            return node
        fields, before, after = planned
        if not fields and not before and not self.unpositioned:  # a node without children
            return self._after(node, node, after)
        original = node
        for rule, check, fix in before:
            if (message := check(node, self.context)) is not None:
                node = self._report_and_fix(rule, fix, message, node, original)
                if type(node) is not type(original):
                    return node if node is None else self.rewrite(node)
        changes: dict[str, Any] | None = None
        for field in fields:
            if children := getattr(node, field):
                rewritten = self._rewrite_all(children) if type(children) is tuple else self.rewrite(children)
                if rewritten is not children:
                    changes = changes or {}
                    changes[field] = rewritten
        if self.unpositioned and (position := self.places.near(original)):
            for number in self.unpositioned:
                self.offences[number] = (*self.offences[number][:3], position)
            self.unpositioned.clear()
        if changes:
            node = replace(node, **changes)
            if (
                not all(changes.values())
                and type(node) not in MAY_BE_EMPTY
                and not any(getattr(node, field) for field in fields)
            ):
                return None
        return self._after(node, original, after)

    def _after(self, node: Any, original: Any, checks: tuple[NodeCheck, ...]) -> Any:
        """Return a node whose children are done, with the fixes of its own rules, or None if one removes it."""
        context = self.context
        for rule, check, fix in checks:
            if (message := check(node, context)) is not None:
                node = self._report_and_fix(rule, fix, message, node, original)
                if node is None:
                    return None
        return node

    def _report_and_fix(self, rule: Rule, fix: Fix | None, message: Message, node: Any, original: Any) -> Any:
        """Record an offence at the position of the original node; return the fixed node, or None if it is removed."""
        fixed = fix(node, self.context) if fix else node
        if rule.first_only:
            if rule.code in self.reported_once:
                return fixed
            self.reported_once.add(rule.code)
        removed = one_line(describe(node)) if type(fixed) is not type(node) else ""
        position = self.places.near(original)
        if position is None:
            self.unpositioned.append(len(self.offences))
        self.offences.append((rule, message, removed, position))
        return fixed

    def _link(self, link: Link) -> Any:
        """Return a link with the fixes applied, and remember its target if no rule says anything about it."""
        before = len(self.offences)
        after = self.rewrite(link)
        silent = after is link and len(self.offences) == before and not self.reported_once
        if silent and link.children and link.target.startswith(("http://", "https://")):
            if len(self.fine) >= REMEMBERED:
                self.fine.clear()
            self.fine.add(link.target)
        return after

    def _is_silent(self, children: tuple[Any, ...]) -> bool:
        """Return True if no rule has anything to say about the inlines of a paragraph, as of most.

        They are plain text, and links of plain text whose targets have been checked in another link before.
        """
        plan, fine = self.plan, self.fine
        if self.unpositioned:  # the next node with a position gives it to them
            return False
        for child in children:
            if type(child) in plan and not (
                type(child) is Link
                and child.target in fine
                and len(child.children) == 1
                and type(child.children[0]) not in plan
            ):
                return False
        return True

    def _rewrite_all(self, nodes: tuple[Any, ...]) -> tuple[Any, ...]:
        out: list[Any] | None = None
        plan, bare = self.plan, self.bare
        for number, node in enumerate(nodes):
            kind = type(node)
            if kind is Paragraph and bare and len(node.children) == 1 and type(node.children[0]) not in plan:
                after = node  # no rule checks plain text, which most paragraphs are
            elif kind is Paragraph and bare and self._is_silent(node.children):
                after = node
            elif kind is Link:
                after = self._link(node)
            elif kind in plan:
                after = self.rewrite(node)
            elif kind is tuple:
                after = self._rewrite_all(node)
            else:
                after = node
            if after is not node and out is None:
                out = list(nodes[:number])
            if out is not None and after is not None and (after != () or node == ()):
                out.append(after)
        return nodes if out is None else tuple(out)


def describe(node: Any) -> str:
    """Return the text of a removed node for the ledger: its texts, each followed by the addresses that belong to it.

    Alternative texts are in the brackets of addresses, because they are not visible.
    """
    parts: list[str] = []
    _describe(node, parts)
    return " ".join(parts)


def _describe(node: Any, parts: list[str]) -> None:
    if isinstance(node, tuple):
        for child in node:
            _describe(child, parts)
        return
    if text := getattr(node, "text", ""):
        parts.append(text)
    for field in CHILDREN.get(type(node), ()):
        _describe(getattr(node, field), parts)
    alt = getattr(node, "alt", "")
    if alt and not getattr(node, "address", ""):
        parts.append(alt)
    for name in ("address", "target", "full_size"):
        if value := getattr(node, name, ""):
            parts.append(f"<{value} {alt}>" if alt and name == "address" else f"<{value}>")


@cache
def _plan(without: tuple[str, ...]) -> WalkPlan:
    """Return the plan of all rules but those with the given codes."""
    plan: WalkPlan = {kind: (fields, (), ()) for kind, fields in CHILDREN.items()}
    for rule in RULES.values():
        if rule.check and rule.code not in without:
            for kind in rule.node_types:
                fields, before, after = plan.get(kind, ((), (), ()))
                node_check = (rule, rule.check, rule.fix)
                if rule.before_children or rule.fix is remove:
                    plan[kind] = (fields, (*before, node_check), after)
                else:
                    plan[kind] = (fields, before, (*after, node_check))
    return plan


_CONDITIONAL = tuple(rule for rule in RULES.values() if rule.applies_to)
_DOCUMENT_CHECKS = tuple((rule, rule.check_document) for rule in RULES.values() if rule.check_document)
