"""Facts of an archive about a document in it, beside the document's own words."""

from collections.abc import Mapping

from msgspec import Struct


class Envelope(Struct, frozen=True, gc=False):
    """Facts about a document; each counts where the document itself says nothing."""

    title: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    """Date, or date and time with zone (ISO 8601)."""
    publisher: str = ""
    language: str = ""
    """A BCP 47 tag."""
    section: str = ""
    """Key of the channel."""
    section_name: str = ""
    """Title of what the document is a part of, such as a book."""
    captured: str = ""
    """Moment at which the document was fetched (ISO 8601)."""
    whole: bool = False
    """True if all of the document is the article: a chapter of a book or an entry of an export, not a page that has an
    article in it."""
    dialect: str = ""
    """Form of the document, if it is another than its reader knows."""
    aliases: tuple[str, ...] = ()
    """Addresses by which other documents of the archive refer to it, below `UNKNOWN_SITE`."""
    own: bool = False
    """True if it is a page of a book that this program wrote."""
    pictures: Mapping[str, str] = {}
    """Addresses of pictures, frames and other documents, by the references to them that the document has."""
    frames: Mapping[str, str] = {}
    """Pages in frames that have no address, by the references to them that the document has."""


NO_ENVELOPE = Envelope()
