"""Style sheets: every address in them, by a walk over the tokens of CSS Syntax (tinycss2), never by a pattern.

Wherever a token is, in a rule or lost between rules, it is looked at; the structure only gives its finding a name.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import tinycss2

from convert.audit.data import inner
from convert.audit.found import Found, Scope
from convert.audit.target import Kind, is_sheet, target
from convert.audit.vector import places
from convert.audit.vocabulary import AT_RULES, FUNCTIONS

_TEXTS = frozenset({"image-set", "-webkit-image-set", "-moz-image-set", "image", "cross-fade", "-webkit-cross-fade"})
"""Functions in which a text is an address."""
_COMPUTED = frozenset({"var", "env", "attr", "if", "inherit", "random-item", "first-valid"})
_INSIDE_TEXTS = frozenset({"type", "format", "tech"})
_QUIET = frozenset({"charset", "namespace", "document", "-moz-document", "layer"})
"""Rules whose addresses are names, which nothing loads."""


def judge(text: str, scope: Scope) -> Iterator[Found]:
    """Yield what is found in a style sheet, or in the declarations of an attribute."""
    if "@" in text or "(" in text or "\\" in text or "/*" in text or "--" in text:  # nothing else holds an address
        tokens = tinycss2.parse_component_value_list(text)
        yield from _Sheet(scope).rules(tokens, "")


class _Sheet:
    """Walk over the tokens of a sheet."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.places = places("css")

    def rules(self, tokens: Sequence[Any], context: str) -> Iterator[Found]:
        """Yield what is in rules and declarations, which `context`, the place of the rule around them, may name."""
        before: list[Any] = []
        for token in tokens:
            if token.type == "comment":
                yield from self._comment(token)
            elif token.type == "{} block":
                yield from self._prelude(before)
                yield from self.rules(token.content, self._context(before, context))
                before = []
            elif token.type == "literal" and token.value == ";":
                yield from self._statement(before, context)
                before = []
            elif before or not _is_blank(token):
                before.append(token)
        yield from self._statement(before, context)

    def _context(self, before: Sequence[Any], around: str) -> str:
        """Return the place that a rule's beginning makes: `@page`, `:visited`; else that of the rule around it."""
        if not before:
            return around
        if before[0].type == "at-keyword":
            name = f"@{before[0].lower_value}"
            if name == "@media" and _words(before[1:]) == ["print"]:
                name = "@media-print"
            return name if name in self.places and name != "@import" else around
        while before and before[-1].type == "whitespace":
            before = before[:-1]
        plain = bool(before) and not any(
            token.type in ("function", "error") or getattr(token, "value", "") == "," for token in before
        )
        if plain and not around and before[-1].type == "ident" and before[-1].lower_value == "visited":
            return ":visited"
        matching = any(token.type == "[] block" and _matches(token.content) for token in before)
        return "[attr]" if matching and around in ("", ":visited") else "" if around == ":visited" else around

    def _prelude(self, before: Sequence[Any]) -> Iterator[Found]:
        if before and before[0].type == "at-keyword":
            if before[0].lower_value not in AT_RULES:
                yield self._found("css-unknown-rule", f"@{before[0].value}", before[0])
            if before[0].lower_value in _QUIET:
                return
        yield from self.values(before, "loose")

    def _statement(self, tokens: Sequence[Any], context: str) -> Iterator[Found]:
        if not tokens:
            return
        first = tokens[0]
        if first.type == "at-keyword":
            name = first.lower_value
            if name == "import":
                yield from self._import(tokens[1:])
            elif name not in AT_RULES:
                yield self._found("css-unknown-rule", f"@{first.value}", first)
                yield from self.values(tokens[1:], "loose")
            elif name not in _QUIET:
                yield from self.values(tokens[1:], "loose")
            return
        rest = [token for token in tokens if token.type not in ("whitespace", "comment")]
        if len(rest) > 1 and rest[0].type == "literal" and rest[0].value in "*_$":
            rest = rest[1:]  # a trick of old style sheets
        if len(rest) > 1 and rest[0].type == "ident" and rest[1].type == "literal" and rest[1].value == ":":
            name = rest[0].value if rest[0].value.startswith("--") else rest[0].lower_value
            yield from self.values(rest[2:], self._place(name, context))
        else:
            yield from self.values(tokens, context or "loose")

    def _place(self, name: str, context: str) -> str:
        if context:
            return context
        if name.startswith("--"):
            return "--*"
        return name if name in self.places and not name.endswith("()") else "*"

    def _import(self, tokens: Sequence[Any]) -> Iterator[Found]:
        for number, token in enumerate(token for token in tokens if token.type != "whitespace"):
            if token.type in ("string", "url") and not number:
                yield from self.address(token.value, "@import", token)
            else:
                yield from self.values([token], "@import")

    # --- values -------------------------------------------------------------------------------------------------------

    def values(self, tokens: Sequence[Any], place: str, *, texts: bool = False) -> Iterator[Found]:
        """Yield what is in the tokens of a value; with `texts`, a text is an address."""
        for token in tokens:
            if token.type == "url":
                yield from self.address(token.value, place, token)
            elif token.type == "string":
                yield from self._text(token, place, texts=texts)
            elif token.type == "function":
                yield from self._function(token, place)
            elif token.type == "comment":
                yield from self._comment(token)
            elif token.type == "error":
                if token.kind == "bad-url":
                    yield self._found("css-broken-address", "url(", token)
            elif hasattr(token, "content") and not isinstance(token.content, str):
                inside = self.rules(token.content, "") if token.type == "{} block" else ()
                yield from inside or self.values(token.content, place, texts=texts)

    def _text(self, token: Any, place: str, *, texts: bool) -> Iterator[Found]:
        if texts:
            yield from self.address(token.value, place, token)
        elif place == "--*" and target(token.value, self.scope).kind not in (Kind.INSIDE, Kind.DATA):
            yield self._found("css-variable-text", token.value, token)

    def _function(self, token: Any, place: str) -> Iterator[Found]:
        name = token.lower_name
        own = f"{name}()"
        if name in ("url", "src"):
            if any(each.type == "function" for each in token.arguments):
                yield self._found("css-computed-address", own, token)
            yield from self.values(token.arguments, own if name == "src" else place, texts=True)
        elif name in _TEXTS:
            if any(each.type == "function" and each.lower_name in _COMPUTED for each in token.arguments):
                yield self._found("css-computed-address", own, token)
            yield from self.values(token.arguments, own, texts=True)
        elif name == "attr" and any(_is_address(each) for each in token.arguments):
            yield self._found("css-attr-address", own, token)
        elif own in ("expression()", "paint()"):
            yield self._found(self.places[own], own, token)
        elif own == "alphaimageloader()":
            yield from self.values(token.arguments, own, texts=True)
        elif name in ("element", "-moz-element"):
            yield from self.values(token.arguments, own)
        elif name in _INSIDE_TEXTS:
            yield from self.values(token.arguments, place)
        else:
            if name not in FUNCTIONS:
                yield self._found("css-unknown-function", own, token)
            yield from self.values(token.arguments, place)

    def address(self, address: str, place: str, token: Any) -> Iterator[Found]:
        """Yield what an address does at a place."""
        goal = target(address, self.scope)
        name = self.places[place]
        if goal.kind is Kind.DATA:
            sheet = place == "@import"
            for found in inner(address, self.scope, shown=not sheet, sheet=sheet):
                yield self._found(found.vector, found.quote, token)
        elif goal.kind is Kind.SCRIPT:
            yield self._found("script-address", address, token)
        elif goal.kind is not Kind.INSIDE:
            yield self._found(name, address, token)
        elif place == "@import" and (self.scope.files is None or not is_sheet(address)):
            yield self._found("unjudged-file", address, token)
        else:
            self.scope.note(goal.path)

    def _comment(self, token: Any) -> Iterator[Found]:
        head, found, rest = token.value.partition("sourceMappingURL=")
        address = rest.strip().partition(" ")[0]
        if found and head.strip() in ("#", "@") and target(address, self.scope).kind is not Kind.INSIDE:
            yield self._found("css-sourcemap", address, token)

    def _found(self, name: str, quote: str, token: Any) -> Found:
        return Found(name, quote[:200], token.source_line, token.source_column, self.scope.entry)


def _is_blank(token: Any) -> bool:
    """Return True if a token means nothing between rules: white space, and marks that hid sheets from old browsers."""
    return bool(token.type == "whitespace" or (token.type == "literal" and token.value in ("<!--", "-->")))


def _words(tokens: Sequence[Any]) -> list[str]:
    return [str(getattr(token, "lower_value", token.type)) for token in tokens if token.type != "whitespace"]


def _matches(tokens: Sequence[Any]) -> bool:
    """Return True if a selector compares an attribute with a text."""
    return any(token.type == "literal" and "=" in token.value for token in tokens)


def _is_address(token: Any) -> bool:
    return (token.type == "ident" and token.lower_value in ("url", "src")) or (
        token.type == "function" and token.lower_name == "type"
    )


def judge_value(text: str, scope: Scope) -> Iterator[Found]:
    """Yield what is found in an attribute whose value is one of CSS, such as `fill`."""
    if "(" in text or "\\" in text:
        for found in _Sheet(scope).values(tinycss2.parse_component_value_list(text), "*"):
            yield Found("svg-paint", found.quote) if found.vector == "css-other-property" else found
