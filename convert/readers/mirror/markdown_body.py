"""The body of a mirror's page that is Markdown, as some mirrors outside the family write it."""

import re

from convert.model import Block
from convert.readers.commonmark import Document, levels, parse, sections
from convert.readers.html.handlers import Builder
from convert.readers.markup import Markup

_HTML = re.compile(r"<(?:p|br|div)\b", re.I)


def is_markdown(content: str) -> bool:
    """Return True if most paragraphs of a page are Markdown: lines at the margin with empty lines between them.

    >>> is_markdown("Paper.\\n\\n## Pulp\\n\\nLime.\\n"), is_markdown("<p>Paper.</p>\\n\\n<p>Lime.</p>")
    (True, False)
    """
    lines = content.split("\n")
    html = sections(lines)
    at = written = 0
    while at < len(lines):
        if at in html:
            at = html[at]
            continue
        begins = at == 0 or not lines[at - 1].strip()
        written += bool(begins and lines[at][:1].strip() and not lines[at].startswith("<"))
        at += 1
    return written > len(_HTML.findall(content))


def blocks(content: str, above: int, markup: Markup) -> tuple[Builder, tuple[Block, ...]]:
    """Return the blocks of Markdown that has `above` lines above it, and the builder with their positions and notes.

    Raises:
        DocumentError: SRC014 if it is nested too deeply or takes too much work.
    """
    nodes = parse(content, sections(content.split("\n")), above)
    document = Document(above, levels(nodes))
    document.builder = Builder(markup, above)
    return document.builder, tuple(document.builder.footnotes(document.blocks(nodes)))
