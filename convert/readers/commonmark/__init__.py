"""Conversion of Markdown to blocks: CommonMark 0.31 with GitHub's tables.

markdown-it-py gives tokens with their lines, and a walk over them makes blocks and inlines.  HTML inside goes to the
same builder as all other HTML, so that none of its text is lost.
"""

from convert.readers.commonmark.blocks import Document, levels, parse
from convert.readers.commonmark.sections import sections

__all__ = ["Document", "levels", "parse", "sections"]
