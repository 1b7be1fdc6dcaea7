"""Conversion of HTML to blocks, for every reader whose source contains HTML.

Parsing follows the HTML Standard (turbohtml); one walk over the tree makes the blocks.  The table HANDLERS names the
function for each element: to support an element, add a function and a row.  The handlers import the walk, so the walk
gets the table as an argument and does not import it.
"""

from convert.readers.html import builder
from convert.readers.html.handlers import HANDLERS, OTHER
from convert.readers.markup import COMMON, Markup

__all__ = ["Builder"]


class Builder(builder.Builder):
    """Walk over a parsed page, with the handlers of all elements."""

    def __init__(self, markup: Markup = COMMON, line: int = 0) -> None:
        super().__init__(HANDLERS, OTHER, markup, line)
