"""Markdown → blocks: CommonMark 0.31 with GitHub's tables.  The one room that knows the Markdown parser.

markdown-it-py tells tokens and their lines; they are walked to blocks and inlines directly.  HTML inside goes to the
builder that reads all other HTML, so that none of its text is lost.
"""

from convert.readers.commonmark.blocks import Document, parse

__all__ = ["Document", "parse"]
