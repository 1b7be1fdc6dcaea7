"""A picture whose address is relative to the publisher's site."""

from msgspec.structs import replace

from convert.messages import Message, message
from convert.model import Image
from convert.rules.rule import Context, Rule
from convert.urls import resolve, scheme


def _relative(address: str) -> bool:
    return bool(address) and not address.startswith(("http://", "https://")) and not scheme(address)


def check(image: Image, context: Context) -> Message | None:
    for address in (image.address, image.full_size):
        if _relative(address) and context.address and (resolved := resolve(address, context.address)):
            return message("relative-image", address=address, resolved=resolved)
    return None


def fix(image: Image, context: Context) -> Image:
    address, full = (
        resolve(each, context.address) or each if _relative(each) else each for each in (image.address, image.full_size)
    )
    return replace(image, address=address, full_size=full)


RULE = Rule("IMG002", "relative-image", "warning", node_types=(Image,), check=check, fix=fix)
