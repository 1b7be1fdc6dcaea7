"""The media type of a picture by its first bytes."""

from convert.pictures.model import KINDS
from convert.pictures.recognise import kind_of


def media_type(data: bytes) -> str:
    """Return the media type of a raster picture, "" if the bytes are none.

    >>> media_type(b"GIF89a"), media_type(b"<svg>")
    ('image/gif', '')
    """
    kind = kind_of(data)
    return KINDS[kind].media_type if kind else ""
