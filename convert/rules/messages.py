"""What findings say, in Chinese.

A finding keeps its message in English, whatever people read: baselines, fingerprints and programs know it by that.
How each message reads in Chinese stands at the end of the rule's page in Chinese, one a line:

    - `relative link {target} resolved to {resolved}`：相对链接 {target} 已补成 {resolved}

A name in braces is a part that differs from case to case.  Parts stay as they are, unless a line without names is about
just these words.
"""

import re
from functools import cache
from typing import NamedTuple

from convert.model import Finding
from convert.rules import RULES
from convert.rules.rule import Language, in_chinese
from convert.text import is_unspaced

_LINE = re.compile(r"^- (`+)(.+?)\1：(.+)$", re.M)
_NAME = re.compile(r"\{(\w+)\}")


class Template(NamedTuple):
    """A message in both languages: what is always the same, with the names of the parts between."""

    english: tuple[str, ...]
    chinese: tuple[str, ...]

    def parts(self, message: str) -> dict[str, str] | None:
        """The parts of a message, each as short as can be; None for another message.  One pass, whatever it holds."""
        first, inner, last = self.english[0], self.english[1:-1], self.english[-1]
        if not inner:
            return {} if message == first else None
        at, end = len(first), len(message) - len(last)
        if end < at or not message.startswith(first) or not message.endswith(last):
            return None
        found: dict[str, str] = {}
        for name, literal in zip(inner[:-1:2], inner[1::2], strict=True):
            after = message.find(literal, at, end)
            if after < 0:
                return None
            found[name] = message[at:after]
            at = after + len(literal)
        return {**found, inner[-1]: message[at:end]}


def templates(code: str) -> list[Template]:
    """What a rule can say, in the order of its page."""
    _, messages = in_chinese(code)
    return [
        Template(tuple(_NAME.split(english.strip())), tuple(_NAME.split(chinese)))
        for _, english, chinese in _LINE.findall(messages)
    ]


@cache
def _catalogue(code: str) -> tuple[dict[str, str], list[Template]]:
    """What a rule can say without parts, and with some."""
    found = templates(code)
    return {each.english[0]: each.chinese[0] for each in found if len(each.english) == 1}, [
        each for each in found if len(each.english) > 1
    ]


def said(finding: Finding, language: Language) -> str:
    """The message of a finding in a language; in English where nobody wrote it in another."""
    message = finding.message
    if language == "en" or finding.code not in RULES:
        return message
    whole, others = _catalogue(finding.code)
    if (known := whole.get(message)) is not None:
        return known
    for template in others:
        if (parts := template.parts(message)) is not None:
            return _filled(template.chinese, {name: whole.get(part, part) for name, part in parts.items()})
    return message


def _filled(pieces: tuple[str, ...], parts: dict[str, str]) -> str:
    """The text of a template.  Its spaces set parts in Latin letters off; between Chinese ones there are none.  After a
    sign of ASCII it stays, as in `### ` before a title."""
    out = pieces[0]
    for name, literal in zip(pieces[1::2], pieces[2::2], strict=True):
        part = parts[name]
        if out.endswith(" ") and not out[-2:-1].isascii() and part and is_unspaced(part[0]):
            out = out[:-1]
        out += part + (literal[1:] if literal.startswith(" ") and part and is_unspaced(part[-1]) else literal)
    return out
