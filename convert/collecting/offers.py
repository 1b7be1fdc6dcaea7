"""Pictures that archives have, with the addresses that these give them."""

import html
import os
import posixpath
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import NamedTuple, cast
from urllib.parse import unquote

from convert.errors import ConvertError, DocumentError, SourceError
from convert.late import late
from convert.messages import Message
from convert.pictures.recognise import kind_of
from convert.rules.checks.img004_broken_data_image import decoded
from convert.sources import Ref, Refusal, archive_kinds, archives, containers, files, salvage
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


_OWN = re.compile(r"<img\b[^<>]{0,99}?\bsrc=\"([^\"]*)\"[^<>]*?\bdata-address=\"([^\"]*)\"")
"""Picture as our books and pages have it: its bytes, or the path to them, and the address that it had."""


def in_page(page: str, read: Callable[[str], bytes | None] = decoded) -> Iterator[Offer]:
    """Yield the pictures of a page of ours with their addresses; `read` returns the bytes of a reference."""
    for source, address in _OWN.findall(page):
        if (data := read(html.unescape(source))) is not None:
            yield Offer(html.unescape(address), data)


def _in_zip(root: str) -> Iterator[Offer]:
    if os.path.isdir(root):
        for each in files.folder(root, opens=False):
            with suppress(DocumentError):
                if isinstance(each, Ref) and kind_of(data := files.read(cast("str", each.member))):
                    yield Offer("", data)
        return
    if archive_kinds.kind_of(root) != "zip":
        return  # an export in JSON or CSV
    try:
        found = archives.members(root, "zip")
    except SourceError:
        found = [*salvage.members(root)]
    members = [each for each in found if isinstance(each, Ref)]
    if not members:
        return
    archive, by_path = archives.Zip(root), {each.path: each for each in members}

    def read(path: str) -> bytes | None:
        with suppress(DocumentError):
            if each := by_path.get(path):
                return archive.read(cast("tuple[int, ...]", each.member), each.size)
        return None

    def beside(folder: str, reference: str) -> bytes | None:
        return read(posixpath.normpath(posixpath.join(folder, unquote(reference))))

    try:
        for path in by_path:
            data = read(path) or b""
            if kind_of(data):
                yield Offer("", data)
            elif path.endswith(".xhtml") and b"data-address" in data:
                yield from in_page(data.decode("utf-8", "replace"), partial(beside, posixpath.dirname(path)))
    finally:
        archive.close()
