"""The type of a rule, and of the context that its functions receive."""

import os
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, NamedTuple

from msgspec import Struct

from convert.messages import Language, Message
from convert.model import Article, Level, Place, Reading
from convert.rules.where import Where


class Context(Struct, frozen=True):
    """Facts about a document that a rule may use besides the node that it checks."""

    address: str
    """The article's original address, which its relative links are resolved against."""
    home: str = ""
    """The page's own address in its mirror, which the navigation is resolved against; "" if unknown."""
    thorough: bool = False
    """True to report also what the readers correct by construction, as `convert validate` does."""
    source_format: str = ""
    """The reader's key in READERS, for messages that say where that format holds what is missing."""
    clean_links: bool = False
    """True if the user asks for links without tracking."""


Check = Callable[[Any, Context], Message | None]
"""Function from a node to the message of a finding, or to None if nothing is wrong."""
Fix = Callable[[Any, Context], Any]
"""Function from a node to its replacement, or to None to remove the node."""

DocumentCheck = Callable[[Reading, Article], Iterable[tuple[Message, Place]]]
"""Function from a document and its cleaned article to messages with positions; `NOWHERE` is the whole document."""


class Rule(NamedTuple):
    """Kind of fault that a document can have.

    Its pages are pages/en/CODE.md and pages/zh/CODE.md.
    """

    code: str
    name: str
    """The offence, never the cure."""
    level: Level
    node_types: tuple[type, ...] = ()
    """The types of the nodes that `check` is called with; empty if a reader or a source reports the rule."""
    check: Check | None = None
    fix: Fix | None = None
    applies_to: Callable[[Reading], bool] | None = None
    """A cheap test of the source, which saves calling `check` for the many documents that cannot break the rule."""
    where: Where | None = None
    """The position of an offence, if it is not that of its node."""
    before_children: bool = False
    """True to apply the rule before the node's children are checked, because its fix removes most of them."""
    first_only: bool = False
    """True to report only the first offence of each document."""
    check_document: DocumentCheck | None = None
    """A check of the document as a whole.  Only `convert validate` runs it: it would slow down conversion, and its
    errors leave no article out."""
    fixed_by_reader: bool = False
    """True if the reader that reports the fault has already fixed it."""
    fidelity: bool = False
    """True if only the fidelity meter reports the rule (`--fidelity`)."""

    @property
    def title(self) -> str:
        """The first line of the English page: code and name."""
        return f"{self.code} {self.name}"

    def page_in(self, language: Language) -> str:
        """Return the rule's page in a language; its first line is the title."""
        return _page(self.code, language).removeprefix("# ").strip()

    def title_in(self, language: Language) -> str:
        """Return a short description of the offence: the rule's name in English, the end of the title in Chinese."""
        title = self.page_in(language).partition("\n")[0].removeprefix(self.title).strip()
        return title or self.name

    @property
    def fixable(self) -> bool:
        """True if the fault is fixed in the article, by the rule's fix or by the reader that reports it."""
        return self.fix is not None or self.fixed_by_reader


@cache
def _page(code: str, language: Language) -> str:
    with open(os.path.join(os.path.dirname(__file__), "pages", language, f"{code}.md"), encoding="utf-8") as file:
        return file.read()


def is_unusual(reading: Reading) -> bool:
    """Return True if the source may hold an unusual character; most sources hold none."""
    return not reading.usual


def remove(node: object, context: Context) -> None:
    """Return None for any node: the fix that removes it."""
