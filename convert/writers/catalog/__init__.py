"""The catalogue of a build's books: OPDS 1.2 for reading systems, Atom for feed readers, and a page for people.

All of it is plain files beside the books, so that any web server, or none, can publish them.
"""

from collections.abc import Iterator

from convert.writers.catalog.feeds import feeds
from convert.writers.catalog.page import page
from convert.writers.catalog.shelf import PAGE, Book, Shelf

__all__ = ["Book", "Shelf", "files"]


def files(shelf: Shelf) -> Iterator[tuple[str, bytes]]:
    """Yield each file of a catalogue but the covers: its path beside the books, and its bytes."""
    yield from feeds(shelf)
    yield PAGE, page(shelf)
