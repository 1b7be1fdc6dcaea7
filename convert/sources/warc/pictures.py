"""The pictures in WARC files and WACZ: the answers of servers that were pictures, with their addresses."""

import os
import zlib
from collections.abc import Iterator, Mapping
from typing import BinaryIO, cast

from convert.errors import DocumentError, SourceError, reason
from convert.sources.limits import limit_of, too_many, too_much
from convert.sources.ref import MAX_MEMBERS
from convert.sources.warc import http, records
from convert.sources.warc.archive import Archive, address_of, given_in, wanted
from convert.sources.warc.records import Damage, DamagedError, Place, fields_of
from convert.sources.warc.wacz import spans
from convert.text import printable

_NO_PICTURES = ("text/", "application/json", "application/javascript", "application/xhtml", "font/", "video/", "audio/")
MOST_DIGESTS = 100_000
"""Most digests of pictures that are remembered for records that only say that nothing changed."""


def of_warc(root: str) -> Iterator[tuple[str, bytes]]:
    """Yield the address and the bytes of each picture in a WARC file; damaged records are passed over.

    Raises:
        SourceError: it cannot be opened, or exceeds the limits.
    """
    try:
        with open(root, "rb", buffering=0) as file:
            end = os.fstat(file.fileno()).st_size
            yield from _Pictures(root, end).between(cast("BinaryIO", file), 0, end)
    except OSError as error:
        raise SourceError("{path}: {reason}", path=printable(root), reason=reason(error)) from error


def of_wacz(root: str) -> Iterator[tuple[str, bytes]]:
    """Yield the address and the bytes of each picture in a WACZ, as `of_warc`."""
    try:
        with open(root, "rb", buffering=0) as file:
            pictures, binary = _Pictures(root, os.fstat(file.fileno()).st_size), cast("BinaryIO", file)
            for start, end in spans(root, binary):
                yield from pictures.between(binary, start, end)
    except OSError as error:
        raise SourceError("{path}: {reason}", path=printable(root), reason=reason(error)) from error


class _Pictures:
    """Pictures of an archive, which may have several WARC files."""

    def __init__(self, root: str, size: int) -> None:
        self._root, self._limit = root, limit_of(size)
        self._unpacked = self._count = 0
        self._places: dict[str, Place] = {}
        """Places of the records with pictures, by the digests of their payloads."""

    def _spend(self, size: int) -> None:
        self._unpacked += size
        if self._unpacked > self._limit:
            raise too_much(self._root)

    def between(self, file: BinaryIO, start: int, end: int) -> Iterator[tuple[str, bytes]]:
        """Yield the pictures between two offsets of a file."""
        for record in records.records(file, start, end, wanted, self._spend):
            if isinstance(record, Damage):
                continue
            self._count += 1
            if self._count > MAX_MEMBERS:
                raise too_many(self._root, MAX_MEMBERS)
            digest = record.fields.get("warc-payload-digest", "")
            if data := _picture(record.fields, record.block):
                if digest and len(self._places) < MOST_DIGESTS:
                    self._places[digest] = record.place
                yield address_of(record.fields), data
            elif digest in self._places and record.fields.get("warc-type", "").lower() == "revisit":
                yield address_of(record.fields), self._again(self._places[digest])

    def _again(self, place: Place) -> bytes:
        """Return the picture in a record that was read before."""
        archive = Archive(self._root)
        try:
            head, _, block = archive.bytes_at(place).partition(b"\r\n\r\n")
        except (DamagedError, OSError, EOFError, zlib.error):
            return b""
        finally:
            archive.close()
        return _picture(fields_of(head), block)


def _picture(fields: Mapping[str, str], block: bytes) -> bytes:
    """Return the bytes of the picture in a record, b"" if it has none."""
    if fields.get("warc-type", "").lower() not in ("response", "resource", "conversion") or fields.get(
        "warc-truncated"
    ):
        return b""
    if not wanted(fields) or len(block) < int(fields["content-length"]):
        return b""
    answer = given_in(fields, block)
    if answer is None or answer.status != http.OK or answer.mime.startswith(_NO_PICTURES):
        return b""
    try:
        return http.content(answer)
    except DocumentError:
        return b""
