"""Images declared no larger than one pixel in both directions, by attributes or by style, whatever their address."""

from convert.messages import Message, message
from convert.model import Image
from convert.rules.rule import Context, Rule, remove


def check(image: Image, context: Context) -> Message | None:
    if image.width is None or image.height is None or image.width > 1 or image.height > 1:
        return None
    return message("tracking-image", address=image.address)


RULE = Rule("IMG001", "tracking-image", "info", node_types=(Image,), check=check, fix=remove)
