"""Documents inside addresses (`data:`)."""

from collections.abc import Iterator

from convert.audit.found import Found, Scope
from convert.audit.target import content, is_ambiguous
from convert.audit.vector import vectors

INERT = (
    "image/",
    "font/",
    "audio/",
    "video/",
    "application/font",
    "application/x-font",
    "application/vnd.ms-fontobject",
)


def inner(address: str, scope: Scope, *, shown: bool = False, sheet: bool = False) -> Iterator[Found]:
    """Yield what is found in the document that an address holds.

    Where it is only `shown`, as a picture, browsers load nothing from within it, and run nothing; other programs might.
    Where a `sheet` is asked for, browsers take it for one whatever its type is, unless the page has a DOCTYPE.
    """
    held = content(address)
    if held is None:
        return
    media_type, data = held
    if is_ambiguous(address):
        yield Found("unknown-kind", address)
    for found in scope.nested(data, "text/css" if sheet else media_type):
        severe = vectors()[found.vector].loads_or_runs
        yield Found("picture-document", found.quote) if shown and severe else found
