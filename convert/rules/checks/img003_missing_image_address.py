"""A picture without an address, or with one that no picture can have, such as one with `<`, `>` or a line end in it."""

from msgspec.structs import replace

from convert.late import late_pattern
from convert.messages import Message, message
from convert.model import Image
from convert.rules.rule import Context, Rule
from convert.urls import garbled, resolve, scheme, unsafe

_DOUBLED = late_pattern(r"https?:/{0,2}(?=https?://)")
_LOADABLE = frozenset({"http", "https", "data"})

_OF_CONTENT = late_pattern(r"sha256:[0-9a-f]{64}\Z")
"""Address of a picture by its bytes, which are in one file with its page; it has no other."""


def check(image: Image, context: Context) -> Message | None:
    if unsafe(image.full_size):
        return message("unusable-link", target=image.full_size)
    return _check_address(image)


def _check_address(image: Image) -> Message | None:
    if not image.address:
        return None  # the reader reports a missing address
    if _DOUBLED.match(image.address):
        return message("doubled-scheme", address=image.address)
    if _OF_CONTENT.match(image.address):
        return None
    if image.address.startswith("data:image/") or (
        not garbled(image.address)
        and scheme(image.address) in _LOADABLE
        and resolve(image.address, "")
        and not image.address.startswith("data:")
    ):
        return None
    return message("unusable-image-address", address=image.address)


def fix(image: Image, context: Context) -> Image | None:
    if unsafe(image.full_size):
        image = replace(image, full_size="")
        if _check_address(image) is None:
            return image
    if _DOUBLED.match(image.address):
        return replace(image, address=_DOUBLED.sub("", image.address))
    return replace(image, address="") if image.alt else None


RULE = Rule("IMG003", "missing-image-address", "warning", node_types=(Image,), check=check, fix=fix)
