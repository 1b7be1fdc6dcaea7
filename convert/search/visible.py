"""The text of an article as it is searched and quoted: lines of paragraphs, captions, cells, alternative texts."""

from typing import Any

from convert.model import Article
from convert.model.nodes import (
    Break,
    Code,
    Deleted,
    Emphasis,
    Formula,
    Image,
    InlineCode,
    Inserted,
    Link,
    Ruby,
    Strong,
    Subscript,
    Superscript,
    Text,
    Underline,
)
from convert.model.walk import CHILDREN

_WORDS = frozenset({Text, InlineCode, Formula})
_WITHIN_A_LINE = frozenset({Deleted, Emphasis, Inserted, Link, Strong, Subscript, Superscript, Underline})


def lines(article: Article) -> list[str]:
    """Return the lines of an article below its title: the lead, the body, then authors, keywords and the summary."""
    found = _Lines()
    for node in (article.lead, *article.body):
        if node is not None:
            found.add(node)
    found.end()
    about = (*article.authors, article.editor, *article.keywords, article.description)
    return [line for line in (*found.lines, *about) if line and not line.isspace()]


class _Lines:
    """Collector of lines: no word is looked for across the end of a line."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._line: list[str] = []
        self._beside: list[str] = []
        """Texts beside the line, which would divide its words: readings of its characters, texts for its pictures."""

    def add(self, node: Any) -> None:
        """Add a node and everything inside it."""
        kind = type(node)
        if kind in _WORDS:
            self._line.append(node.text)
        elif kind in _WITHIN_A_LINE:
            for child in node.children:
                self.add(child)
        elif kind is Ruby:
            reading = _Lines()
            for child in node.annotation:
                reading.add(child)
            reading.end()
            self._beside += reading.lines
            for child in node.children:
                self.add(child)
        elif kind is Image:
            self._beside += (node.alt, node.title)
        elif kind is Break:
            self._end_line()
        else:
            self._add_block(node)

    def end(self) -> None:
        """End the line, and add the texts beside it."""
        self._end_line()
        self.lines += self._beside
        self._beside.clear()

    def _end_line(self) -> None:
        if self._line:
            self.lines.append("".join(self._line))
            self._line.clear()

    def _add_block(self, node: Any) -> None:
        self.end()
        if type(node) is Code:
            self.lines += node.text.splitlines()
        for field in CHILDREN.get(type(node), ()):
            inside = getattr(node, field)
            for child in inside if type(inside) is tuple else (inside,):
                if type(child) is tuple:  # a row of a table
                    for cell in child:
                        self.add(cell)
                else:
                    self.add(child)
            self.end()
