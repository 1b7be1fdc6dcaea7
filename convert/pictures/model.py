"""Answers of the store about a picture."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from msgspec import Struct

from convert.messages import Message, message


class Kind(NamedTuple):
    """Kind of raster picture."""

    media_type: str
    suffix: str


KINDS: Mapping[str, Kind] = MappingProxyType({
    "jpeg": Kind("image/jpeg", ".jpg"),
    "png": Kind("image/png", ".png"),
    "gif": Kind("image/gif", ".gif"),
    "webp": Kind("image/webp", ".webp"),
    "avif": Kind("image/avif", ".avif"),
})  # fmt: skip
"""The kinds of pictures that are read, recognised by their content; no other is."""


class Facts(Struct, frozen=True, gc=False):
    """Kind and size of a picture, read from its bytes."""

    kind: str
    """A key of `KINDS`."""
    width: int
    """Width in pixels, after the orientation of EXIF is applied."""
    height: int


class Stored(Struct, frozen=True, gc=False):
    """Picture in the store."""

    sha256: str
    """SHA-256 of its bytes, in hexadecimal."""
    size: int
    """Number of bytes."""
    facts: Facts


REASONS: Mapping[str, Message] = MappingProxyType(
    {
        "not-stored": message("nobody has put it into the store yet; run: convert fetch SOURCE… --store DIR"),
        "not-found": message("its server has it no more"),
        "refused": message("its server refuses it"),
        "robots": message("its server asks programs not to fetch it (robots.txt)"),
        "not-allowed": message("its address may not be asked: {detail}"),
        "unreachable": message("its server could not be reached: {detail}"),
        "server": message("its server had a fault: {detail}"),
        "too-slow": message("its server took too long"),
        "too-large": message("it is larger than a picture may be: {detail}"),
        "no-picture": message("what is there is no picture of a known kind: {detail}"),
        "broken": message("it is broken: {detail}"),
        "dropped": message("it was left out so that the book keeps to its size; allow more with --fit"),
    }
)
"""The reasons why a picture is missing.  Those with `{detail}` have words of their own in `Missing.detail`."""

LASTING = frozenset({"not-found", "refused", "robots", "not-allowed", "too-large", "no-picture", "broken"})
"""Reasons that asking again soon would not change."""


class Missing(Struct, frozen=True, gc=False):
    """Picture that the store lacks."""

    reason: str
    """A key of `REASONS`."""
    detail: str = ""
    """Facts beyond the reason, in English or in figures."""

    @property
    def message(self) -> Message:
        """Return the reason in words."""
        said = REASONS[self.reason]
        return message(said.id, detail=self.detail) if "{detail}" in said.id else said


class Ready(Struct, frozen=True, gc=False):
    """Picture as an output holds it."""

    name: str
    """Name of its file: the hash of its bytes, and the suffix of its kind; the same picture has one name."""
    media_type: str
    path: str
    """Path of the file that has its bytes now."""
    size: int
    """Number of bytes."""
    width: int
    """Size in pixels."""
    height: int
