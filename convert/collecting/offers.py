"""Pictures that archives have, with the addresses that these give them."""

from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple, cast

from convert.errors import ConvertError, DocumentError, SourceError
from convert.late import late
from convert.messages import Message
from convert.pictures.recognise import kind_of
from convert.sources import Ref, Refusal, archives, containers, salvage
from convert.sources.ref import CONTAINER_PLACE


class Offer(NamedTuple):
    """Picture at hand."""

    address: str
    """Its address on the web, "" if it has none but that of its content."""
    data: bytes


_of_warc, _of_wacz = late("convert.sources.warc.pictures:of_warc"), late("convert.sources.warc.pictures:of_wacz")
_of_zim, _of_mhtml = late("convert.sources.zim:pictures"), late("convert.readers.saved.mhtml:pictures")


def is_archive(ref: Ref | Refusal) -> bool:
    """Return True if a document is in an archive that is read record by record, or if it is about one."""
    if isinstance(ref, Ref):
        return type(ref.member) is tuple and len(ref.member) == CONTAINER_PLACE
    return ref.root == ref.path or containers.is_named_as_one(ref.root)


def in_archive(root: str, problems: list[Message]) -> Iterator[Offer]:
    """Yield the pictures in an archive; what keeps it from being read to its end is added to `problems`."""
    kind = containers.kind_of(root)
    try:
        match kind:
            case "warc":
                yield from (Offer(*each) for each in _of_warc(root))
            case "wacz":
                yield from (Offer(*each) for each in _of_wacz(root))
            case "zim":
                yield from (Offer(*each) for each in _of_zim(root))
            case "epub" | "export":
                yield from _in_zip(root)
            case _:
                return
    except ConvertError as error:
        problems.append(error.message)


def in_mhtml(data: bytes) -> Iterator[Offer]:
    """Yield the pictures in a page that a browser saved as one file; none if it is another document."""
    return (Offer(*each) for each in _of_mhtml(data))


def _in_zip(root: str) -> Iterator[Offer]:
    if archives.kind_of(root) != "zip":
        return  # an export in JSON or CSV
    try:
        found = archives.members(root, "zip")
    except SourceError:
        found = [*salvage.members(root)]
    members = [each for each in found if isinstance(each, Ref)]
    if not members:
        return
    archive = archives.Zip(root)
    try:
        for each in members:
            with suppress(DocumentError):
                data = archive.read(cast("tuple[int, ...]", each.member), each.size)
                if kind_of(data):
                    yield Offer("", data)
    finally:
        archive.close()
