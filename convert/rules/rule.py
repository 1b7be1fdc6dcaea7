"""What a rule is, and what it may ask."""

from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from msgspec import Struct

from convert.messages import Language, Message
from convert.model import Article, Level, Place, Reading
from convert.rules.where import Where


class Context(Struct, frozen=True):
    """What a rule may know of the document besides the node it is asked about."""

    address: str
    """The article's original address: what its relative links are relative to."""
    home: str = ""
    """The page's own address in its mirror: what the navigation is relative to; empty when nothing tells."""
    thorough: bool = False
    """Whether to look also at what the readers make right by construction, as `convert validate` does."""
    source_format: str = ""
    """The key in READERS of the reader that read the document: a message says where that format has what is missing."""


Check = Callable[[Any, Context], Message | None]
"""From a node to the message of a finding, or None where there is nothing to say."""
Fix = Callable[[Any, Context], Any]
"""From a node to the node that takes its place, or None to take it out."""

Look = Callable[[Reading, Article], Iterable[tuple[Message, Place]]]
"""From a document and its cleaned article to messages with their places; `NOWHERE` is the document as a whole."""


class Rule(NamedTuple):
    """One thing that can be wrong with a document.

    Its pages are pages/en/CODE.md and pages/zh/CODE.md.
    """

    code: str
    name: str
    """The offence, never the cure."""
    level: Level
    on: tuple[type, ...] = ()
    """The nodes it is asked about; none when a reader or a source reports it."""
    check: Check | None = None
    fix: Fix | None = None
    when: Callable[[Reading], bool] | None = None
    """If given, the rule is asked only about documents whose source it holds for: most of the time it does not."""

    where: Where | None = None
    """The place of an offence, if it is not that of its node."""
    first: bool = False
    """Whether it is asked before the rules for what is inside the node, because it takes most of that out."""
    once: bool = False
    """Whether the first finding of a document speaks for all."""
    look: Look | None = None
    """If given, the rule looks at the document as a whole, for `convert validate` alone: conversion does not wait for
    it, and leaves nothing out because of it."""

    fixed_by_reader: bool = False
    """Whether the reader that reports it has fixed it."""
    fidelity: bool = False
    """Whether only the fidelity meter reports it (`--fidelity`)."""

    @property
    def title(self) -> str:
        """The first line of the page in English: code and name."""
        return f"{self.code} {self.name}"

    def page_in(self, language: Language) -> str:
        """The page in a language; its first line is the title."""
        return _page(self.code, language).removeprefix("# ").strip()

    def title_in(self, language: Language) -> str:
        """The offence in the words of a language: its name in English, the end of the title in Chinese."""
        title = self.page_in(language).partition("\n")[0].removeprefix(self.title).strip()
        return title or self.name

    @property
    def mends(self) -> bool:
        """Whether what it finds is fixed: by its fix, or by the reader that reports it."""
        return self.fix is not None or self.fixed_by_reader


@cache
def _page(code: str, language: Language) -> str:
    return files("convert.rules").joinpath("pages", language, f"{code}.md").read_text("utf-8")


def unusual(reading: Reading) -> bool:
    """Whether the source may hold an unusual character; most do not."""
    return not reading.usual


def remove(node: object, context: Context) -> None:
    """The fix that takes the node out."""
