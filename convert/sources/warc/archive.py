"""The documents of a WARC file: the pages that servers sent, with their addresses and the moments of the fetching."""

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import BinaryIO, cast

from convert.errors import DocumentError, SourceError, reason
from convert.messages import Message, message
from convert.sources.containers import Record
from convert.sources.envelope import Envelope
from convert.sources.gzipped import BLOCK, Gzipped
from convert.sources.limits import limit_of, too_many, too_much
from convert.sources.ref import MAX_BYTES, MAX_MEMBERS, Ref, Refusal, too_large
from convert.sources.warc import http, records
from convert.sources.warc.names import path_of
from convert.sources.warc.packing import ERRORS, ZSTD, Packing, packing_of
from convert.sources.warc.records import MAX_FRAME, MAX_HEAD, Damage, DamagedError, Place, Stream, fields_of
from convert.text import hash64, printable

PAGES = ("text/html", "application/xhtml+xml")
TEXTS = ("text/plain", "text/markdown", "text/x-markdown")
"""Types of the pages of mirrors, and of our own Markdown."""
JSON = "application/json"

_KINDS = ("response", "resource", "conversion", "revisit")
"""Types of records that have something that a reader of the site saw; the others are about the fetching."""
_ABOUT = frozenset(
    [
        "request",
        "metadata",
        "warcinfo",
        "about",
        "blob",
        "chrome",
        "data",
        "dns",
        "filedesc",
        "screenshot",
        "urn",
        "whois",
    ]
)
"""Types of records about the fetching, and schemes of records that programs add for themselves."""
_ADDRESS = re.compile(r"https?://[^\s/?#]", re.I)
_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]{1,9})?Z")
"""`WARC-Date`; WARC 1.1 allows parts of a second, which Browsertrix writes."""
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?(?>\s+|<!--.*?-->|<\?xml[^>]*>)*+<(?:!doctype\s+html|html|head|body)[\s>]", re.I | re.S
)
_DIGESTS = {"sha1": 20, "sha256": 32, "md5": 16, "sha512": 64}
"""Lengths of digests, in bytes."""
_BASE_32 = re.compile("[A-Z2-7]+")
_DIGITS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHIJKLMNOPQRSTUV")
"""Digits of Python's `int` for those of RFC 4648."""
_MOST_DAMAGE = 100
"""Most places that are reported one by one because they are damaged."""
_MOST_SEARCHES = 1000
"""Most places after which the next whole record is looked for, in one WARC file or several."""
_MOST_KINDS = 8
_SECONDS = len("2023-01-02T03:04:05")


def members(root: str) -> Iterator[Ref | Refusal]:
    """Yield the documents of the WARC file `root`, in its order, then what of it is no document.

    Raises:
        SourceError: it cannot be opened, or exceeds the limits.
    """
    try:
        with open(root, "rb", buffering=0) as file:
            end = os.fstat(file.fileno()).st_size
            table = Table(root, end)
            yield from table.documents(cast("BinaryIO", file), 0, end)
            yield from table.rest()
    except OSError as error:
        raise SourceError("{path}: {reason}", path=printable(root), reason=reason(error)) from error


class Titles:
    """Titles of pages by their addresses and the moments of their fetching."""

    def __init__(self) -> None:
        self._titles: dict[int, str] = {}

    def add(self, address: str, moment: str, title: str) -> None:
        """Add the title of a page; without a moment, or with another one, the first of an address counts."""
        self._titles.setdefault(hash64(f"{moment[:_SECONDS]} {address}"), title)
        self._titles.setdefault(hash64(address), title)

    def of(self, address: str, moment: str) -> str:
        """Return the title of a page, "" if there is none."""
        if not self._titles:
            return ""
        return self._titles.get(hash64(f"{moment[:_SECONDS]} {address}")) or self._titles.get(hash64(address), "")


class Table:
    """Documents of an archive, which may have several WARC files.

    `places` is a set to which the offsets of all records are added, for a comparison with an index.
    """

    def __init__(self, root: str, size: int, titles: Titles | None = None, places: set[int] | None = None) -> None:
        self._root, self._limit = root, limit_of(size)
        self._titles = titles or Titles()
        self.places = set() if places is None else places
        self._has_places = places is not None
        self._paths: Counter[int] = Counter()
        """Numbers of documents by the hashes of their paths."""
        self._kinds: Counter[str] = Counter()
        """Numbers of records that are no documents, by what they are."""
        self._bodies: set[int] = set()
        """Hashes of the digests of pages."""
        self._addresses: set[int] = set()
        """Hashes of the addresses of pages."""
        self._revisits: list[tuple[int, int]] = []
        """Hashes of the digests and addresses of pages that had not changed since another fetching."""
        self._damage = self._searches = self._count = self._unpacked = 0

    def documents(self, file: BinaryIO, start: int, end: int, between: str = "") -> Iterator[Ref | Refusal]:
        """Yield the documents between two offsets of a file, and what is damaged there.

        `between` is the message of damage that is none, because something else is between the records.
        """
        for each in records.records(file, start, end, wanted, self._spend):
            if isinstance(each, Damage):
                self._searches += 1
                if self._searches > _MOST_SEARCHES:
                    why = message("warc-too-much-damage", count=_MOST_SEARCHES, offset=each.offset)
                    yield self._refusal(self._root, why)
                    return
                if each.reason.id == between:
                    continue
                self._damage += 1
                if self._damage <= _MOST_DAMAGE:
                    yield self._refusal(self._root, message("warc-damaged", offset=each.offset, reason=each.reason))
                continue
            self._count += 1
            if self._count > MAX_MEMBERS:
                raise too_many(self._root, MAX_MEMBERS)
            if self._has_places:
                self.places.add(each.place[0])
            yield from self._look(each)

    def _spend(self, size: int) -> None:
        """Count what is read and unpacked: damage that is made to be searched again and again must end, too."""
        self._unpacked += size
        if self._unpacked > self._limit:
            raise too_much(self._root)

    def rest(self) -> Iterator[Refusal]:
        """Yield what is to say of the whole archive."""
        if self._damage > _MOST_DAMAGE:
            yield self._refusal(self._root, message("warc-more-damage", count=self._damage - _MOST_DAMAGE))
        read, known = self._bodies, self._addresses
        if same := len({address for digest, address in self._revisits if digest in read and address not in known}):
            yield Refusal(self._root, self._root, "SRC004", message("warc-revisits-here", count=same))
        if missing := sum(not (digest in read if digest else address in known) for digest, address in self._revisits):
            yield Refusal(self._root, self._root, "SRC004", message("warc-revisits-elsewhere", count=missing))
        if self._kinds:
            kinds = sorted(self._kinds.items(), key=lambda item: (-item[1], item[0]))
            shown = ", ".join(f"{kind} {count:,}" for kind, count in kinds[:_MOST_KINDS])
            if len(kinds) > _MOST_KINDS:
                shown += ", …"
            count = sum(self._kinds.values())
            yield Refusal(
                self._root, self._root, "SRC004", message("warc-no-pages", count=count, kinds=shown), count=count
            )

    def _refusal(self, path: str, why: Message, code: str = "SRC001") -> Refusal:
        return Refusal(self._root, path, code, why)

    def _look(self, record: records.Record) -> Iterator[Ref | Refusal]:
        """Yield the document in a record, if it has one."""
        fields = record.fields
        kind = fields.get("warc-type", "").lower()
        address = address_of(fields)
        if kind not in _KINDS or not _ADDRESS.match(address):
            scheme = address.partition(":")[0].lower() if kind in _KINDS else kind
            if scheme not in _ABOUT:
                self._kinds[f"{scheme}:" if scheme and kind in _KINDS else kind] += 1
            return
        given = given_in(fields, record.block)
        if given is None:
            if record.block:
                why = message("warc-damaged", offset=record.place[0], reason=message("warc-no-answer"))
                yield self._refusal(path_of(address), why)
            return
        mime = _type(given)
        digest = hash64(fields["warc-payload-digest"]) if "warc-payload-digest" in fields else 0
        if kind == "revisit":
            if mime in PAGES:
                self._revisits.append((digest, hash64(address)))
            return
        if given.status != http.OK:
            self._kinds[f"HTTP {given.status}"] += 1
        elif (
            mime not in PAGES and mime not in TEXTS and not (mime == JSON and b'"schema_version"' in given.body[:4096])
        ):
            self._kinds[mime or "?"] += 1
        else:
            if digest:
                self._bodies.add(digest)
            self._addresses.add(hash64(address))
            yield self._document(record, given, address, mime)

    def _document(self, record: records.Record, given: http.Answer, address: str, mime: str) -> Ref | Refusal:
        fields, length = record.fields, int(record.fields["content-length"])
        path = self._unique(path_of(address))
        if length > len(record.block):
            return self._refusal(path, too_large(length), "SRC002")
        captured = _captured(fields)
        title = self._titles.of(address, captured)
        doubt = _doubt(fields, record.block, given)
        facts = "\0".join((captured, title, str(doubt or "")))
        own = address if mime in PAGES else ""  # pages of mirrors, and what we wrote, give their own
        return Ref(self._root, path, record.place, length, own, record=(address, mime), facts=facts, doubt=doubt)

    def _unique(self, path: str) -> str:
        """Return a path that no other document of the archive has: later captures of an address get a number."""
        key = hash64(path)
        self._paths[key] += 1
        while (number := self._paths[key]) > 1:
            stem, dot, ending = path.rpartition(".")
            numbered = f"{stem}.{number}.{ending}" if dot and "/" not in ending else f"{path}.{number}"
            if not self._paths[hash64(numbered)]:
                self._paths[hash64(numbered)] = 1
                return numbered
            self._paths[key] += 1
        return path


def wanted(fields: Mapping[str, str]) -> int:
    """Return how many bytes of the block of a record are wanted."""
    kind = fields.get("warc-type", "").lower()
    if kind not in _KINDS or not _ADDRESS.match(address_of(fields)):
        return 0
    return MAX_HEAD if kind == "revisit" else MAX_BYTES + MAX_HEAD


def address_of(fields: Mapping[str, str]) -> str:
    """Return the address of a record."""
    return fields.get("warc-target-uri", "").strip("<> ")


def _captured(fields: Mapping[str, str]) -> str:
    moment = _MOMENT.fullmatch(fields.get("warc-date", ""))
    return f"{moment[1]}Z" if moment else ""


def given_in(fields: Mapping[str, str], block: bytes) -> http.Answer | None:
    """Return what a record has, as the answer of a server."""
    declared, charset = http.media_type(fields.get("content-type", ""))
    if declared != "application/http" and not block.startswith(b"HTTP/"):
        return http.Answer(http.OK, declared, charset, (), block)
    return http.answer(block)


def _type(given: http.Answer) -> str:
    """Return the media type of an answer; where it declares none, it is HTML if it begins so."""
    if given.mime not in ("", "application/octet-stream", "unknown/unknown"):
        return given.mime
    try:
        return PAGES[0] if _HTML.match(http.content(given)[:MAX_HEAD]) else given.mime
    except DocumentError:
        return given.mime


def _doubt(fields: Mapping[str, str], block: bytes, given: http.Answer) -> Message | None:
    """Return what is doubtful about a document: that the crawler cut it, or that a digest is another one."""
    if cut := fields.get("warc-truncated"):
        return message("warc-truncated", why=printable(cut[:40]))
    if "warc-segment-number" in fields:
        return message("warc-segmented")
    if whole := fields.get("warc-block-digest", ""):
        return message("warc-digest-mismatch") if _differs(whole, block) else None
    digest = fields.get("warc-payload-digest", "")
    if not _differs(digest, given.body):
        return None
    # programs differ in what they take for the payload of an answer in chunks, or of a coded one
    try:
        if "chunked" in given.codings and not _differs(digest, http.unchunked(given.body)):
            return None
        if given.codings and not _differs(digest, http.content(given)):
            return None
    except DocumentError:
        return None  # reading it will say more
    return message("warc-digest-mismatch")


def _differs(declared: str, data: bytes) -> bool:
    """Return True if the digest of data is another one than declared, in base 32 or hexadecimal."""
    algorithm, _, value = declared.partition(":")
    name = algorithm.strip().lower().replace("-", "")
    if name not in _DIGESTS:
        return False
    digest, size = hashlib.new(name, data, usedforsecurity=False).digest(), _DIGESTS[name]
    value = value.strip().rstrip("=").upper()
    if len(value) == 2 * size:
        return value.lower() != digest.hex()
    if not _BASE_32.fullmatch(value) or (spare := 5 * len(value) - 8 * size) not in range(5):
        return True
    return int(value.translate(_DIGITS), 32) >> spare != int.from_bytes(digest, "big")


class Archive:
    """Open WARC file, or several in one file, from which documents are read."""

    def __init__(self, root: str, titles: Titles | None = None) -> None:
        self._file = open(root, "rb", buffering=0)  # noqa: SIM115 -- closed by close()
        self.close = self._file.close
        self._titles = titles or Titles()
        self._member: tuple[int, Gzipped | bytes] | None = None
        """The gzip member or zstd frame with several records that was read last."""
        self._packing: Packing | None = None

    def read(self, place: tuple[int, ...], size: int) -> Record:
        """Return the document in the record at `place`.

        Raises:
            DocumentError: SRC001 if it is damaged or no longer there, SRC002 if it is too large.
        """
        offset, inner, length = place
        try:
            data = self.bytes_at((offset, inner, length))
        except DamagedError as error:
            raise DocumentError("SRC001", message("damaged-in-archive", reason=error.reason)) from error
        except (OSError, EOFError, *ERRORS) as error:
            why = reason(error) if isinstance(error, OSError) else str(error)
            raise DocumentError("SRC001", message("damaged-in-archive", reason=why)) from error
        head = data[: len(data) - size]
        if len(data) != length or not head.startswith(b"WARC/"):
            raise DocumentError("SRC001", message("cut-short-while-read"))
        fields, block = fields_of(head), data[len(head) :]
        given = given_in(fields, block)
        if given is None:
            raise DocumentError("SRC001", message("cut-short-while-read"))
        content = http.content(given)
        if len(content) > MAX_BYTES:
            raise DocumentError("SRC002", too_large(len(content)))
        address, captured = address_of(fields), _captured(fields)
        envelope = Envelope(title=self._titles.of(address, captured), captured=captured)
        own = address if _type(given) in PAGES else ""
        return Record(http.marked(content, given.charset), own, envelope)

    def bytes_at(self, place: Place) -> bytes:
        """Return the record at a place, unpacked."""
        offset, inner, length = place
        if inner < 0:
            self._file.seek(offset)
            return self._file.read(length)
        file, end = cast("BinaryIO", self._file), os.fstat(self._file.fileno()).st_size
        if self._member is None or self._member[0] != offset:
            file.seek(offset)
            beginning = file.read(len(ZSTD))
            self._packing = self._packing or packing_of(file, 0, end) or Packing()
            stream = Stream(file, offset, end, state=self._packing.state(beginning))
            if not inner:
                return stream.take(length)
            is_gzip = beginning != ZSTD
            self._member = offset, Gzipped(file, offset, whole=False) if is_gzip else stream.take(MAX_FRAME)
        member = self._member[1]
        if isinstance(member, bytes):
            return member[inner : inner + length]
        first, last = inner // BLOCK, (inner + length - 1) // BLOCK
        data = b"".join(map(member.block, range(first, last + 1)))
        start = inner - first * BLOCK
        return data[start : start + length]
