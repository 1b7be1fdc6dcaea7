"""HTML → blocks.  The one room that knows the HTML parser, shared by every reader whose source holds HTML.

Parsing follows the HTML Standard (turbohtml); one walk over the tree makes the blocks.  What an element becomes stands
in the table HANDLERS: a new one is one function and one row.  The walk is handed the table, and does not know it: the
functions know the walk.
"""

from convert.readers.html import builder
from convert.readers.html.handlers import HANDLERS, OTHER
from convert.readers.markup import COMMON, Markup

__all__ = ["Builder"]


class Builder(builder.Builder):
    """The walk with the table of all elements."""

    def __init__(self, markup: Markup = COMMON, line: int = 0) -> None:
        super().__init__(HANDLERS, OTHER, markup, line)
