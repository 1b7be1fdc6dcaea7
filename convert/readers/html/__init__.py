"""Conversion of HTML to blocks, for every reader whose source contains HTML.

Parsing follows the HTML Standard (turbohtml); one walk over the tree makes the blocks.  The table HANDLERS names the
function for each element: to support an element, add a function and a row.  The handlers import the walk, so the walk
gets the table as an argument and does not import it; callers take `handlers.Builder`, which has it.
"""
