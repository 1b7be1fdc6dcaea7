"""HTML → blocks.  The one room that knows the HTML parser, shared by every reader whose source holds HTML.

Parsing follows the HTML Standard (turbohtml); one walk over the tree makes the blocks.  What an element becomes stands
in the table HANDLERS: a new one is one function and one row.
"""

from convert.readers.html.builder import Builder

__all__ = ["Builder"]
