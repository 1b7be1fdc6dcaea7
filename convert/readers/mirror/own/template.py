"""Templates of lines: literal text with placeholders, `By {authors}, {year}-{month}-{day}`.

They become regular expressions that cannot take long: each placeholder takes what is before the next literal character
and never gives it back, so that a line is read once from each position at which the template is tried.
"""

import re
from collections.abc import Collection
from types import MappingProxyType

from convert.messages import Message, message
from convert.numerals import MONTHS, SIGNS

LONGEST = 200
"""Number of characters of the longest template."""

_WORDS = "|".join(MONTHS)
_NUMBERS = MappingProxyType({"year": f"[{SIGNS}]{{4}}+", "month": f"[{SIGNS}]{{1,3}}+", "day": f"[{SIGNS}]{{1,3}}+"})
_NAMED_MONTH = rf"(?:{_NUMBERS['month']}|(?i:{_WORDS})[a-z]{{0,6}}+)"
_TEXTS = MappingProxyType(
    {"authors": 80, "editor": 40, "agency": 40, "text": 400, "title": 400, "address": 2000, "id": 80}
)
"""Placeholders for text, with the number of characters that each takes at most."""
_PIECE = re.compile(r"\{\{|\}\}|\{(?P<name>[a-z]*)\}|[{}]|[^{}]+")


class TemplateError(Exception):
    """Error for a template that cannot be used."""

    def __init__(self, problem: Message, at: int = 0) -> None:
        super().__init__(problem)
        self.problem = problem
        self.at = at
        """Number of characters before the fault."""


def pieces(template: str, allowed: Collection[str]) -> list[tuple[str, str]]:
    """Return the parts of a template: each a literal text and "", or "" and the name of a placeholder.

    Raises:
        TemplateError: a brace is alone, or a placeholder is unknown, twice in it, or beside another.
    """
    if "\n" in template:
        raise TemplateError(message("has a line break; give one line"), template.index("\n"))
    if len(template) > LONGEST:
        raise TemplateError(message("is longer than {count} characters; keep to what marks the line", count=LONGEST))
    found: list[tuple[str, str]] = []
    for match in _PIECE.finditer(template):
        name, words = match["name"], match[0]
        if name is None and words in ("{", "}"):
            problem = message("has a brace alone; write {{ or }} for the character")
            raise TemplateError(problem, match.start())
        if name is None:
            words = words[0] if words in ("{{", "}}") else words
            if found and not found[-1][1]:
                words = found.pop()[0] + words
            found.append((words, ""))
            continue
        known = ", ".join(f"{{{each}}}" for each in allowed)
        if name not in allowed:
            problem = message(
                "has {placeholder}, which it cannot have; choose of: {known}", placeholder=words, known=known
            )
            raise TemplateError(problem, match.start())
        if ("", name) in found:
            raise TemplateError(message("has {placeholder} twice", placeholder=words), match.start())
        if found and found[-1][1] and not (name in _NUMBERS and found[-1][1] in _NUMBERS):
            problem = message("has {placeholder} beside another placeholder; put text between them", placeholder=words)
            raise TemplateError(problem, match.start())
        found.append(("", name))
    return found


def frame(template: str, name: str) -> tuple[str, str]:
    """Return what is before and after the placeholder `name` of a template, which may be missing at the end.

    Raises:
        TemplateError: the template has no text before it, or is wrong.

    >>> frame("# {title} #", "title"), frame("Taken from: ", "address")
    (('# ', ' #'), ('Taken from: ', ''))
    """
    parts = pieces(template, (name,))
    names = [each for _, each in parts]
    before = parts[0][0] if parts else ""
    if not before.strip():
        raise TemplateError(
            message("has no text before {placeholder}; begin it as the line begins", placeholder=f"{{{name}}}")
        )
    after = "".join(words for words, _ in parts[names.index(name) + 1 :]) if name in names else ""
    return before, after


def compiled(
    template: str, allowed: Collection[str], needed: Collection[str] = (), *, whole: bool = False
) -> re.Pattern[str]:
    """Return the pattern of a template; white space in it is any white space.

    `whole` makes one that must take a line to its end.

    Raises:
        TemplateError: it is wrong, lacks one of the placeholders that are `needed`, or has no text of its own.
    """
    parts = pieces(template, allowed)
    names = [name for _, name in parts]
    for name in needed:
        if name not in names:
            raise TemplateError(message("lacks {placeholder}", placeholder=f"{{{name}}}"))
    if not any(words.strip() for words, _ in parts):
        raise TemplateError(message("has no text of its own, and would fit any line"))
    out = []
    for number, (words, name) in enumerate(parts):
        following = parts[number + 1] if number + 1 < len(parts) else ("", "")
        if not name:
            out.append(_literal(words))
        elif name in _NUMBERS:
            out.append(f"(?P<{name}>{_number(name, following[1], parts[number - 1][1] if number else '')})")
        else:
            out.append(f"(?P<{name}>{_text(name, following[0])})")
    ends = r"[ \t]*$" if whole or names[-1] in _TEXTS else ""
    return re.compile("".join(out) + ends, re.M)


def _literal(words: str) -> str:
    """Return the pattern of a literal text, in which white space may be any."""
    return r"\s{1,20}+".join(map(re.escape, re.split(r"\s+", words)))


def _number(name: str, following: str, before: str) -> str:
    """Return the pattern of a number; beside another one, months and days have two digits."""
    if name == "year":
        return _NUMBERS[name]
    if following in _NUMBERS or before in _NUMBERS:
        return r"\d{2}"
    return _NAMED_MONTH if name == "month" else _NUMBERS[name]


def _text(name: str, following: str) -> str:
    """Return the pattern of a text up to the literal text that follows, or the end of the line."""
    most = _TEXTS[name]
    # No possessive quantifier for a group: before Python 3.11.5 it matches wrongly (python/cpython#106052).
    return rf"(?:(?!{_literal(following)})[^\n]){{1,{most}}}" if following else rf"[^\n]{{1,{most}}}+"
