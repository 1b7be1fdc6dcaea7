"""Archives in ZIM, as Kiwix reads them: each entry in HTML is a document; libzim, the extra `zim`, reads the file.

In archives that zimit made, the path of an entry is its address without the scheme.
"""

import os
import posixpath
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from convert.errors import DocumentError, MissingExtraError, SourceError
from convert.late import late_pattern
from convert.messages import message
from convert.sources.containers import Record
from convert.sources.envelope import Envelope
from convert.sources.pictures import content_address, references
from convert.sources.ref import MAX_BYTES, MAX_MEMBERS, Ref, Refusal, safe_parts, too_large
from convert.text import printable
from convert.urls import quote, resolve, scheme, unquote

CACHE = 64 << 20
"""Most bytes of unpacked clusters in memory; a cluster has 2 MB, and libzim would hold half a gigabyte."""

MOST_NAMES = 20_000
"""Most addresses of pictures in memory; pages of an archive share many."""

OWN = "archive-convert"
"""Name of this program in the metadata of a ZIM that it made."""

_MAGIC = b"ZIM\x04"
_DAMAGE = (RuntimeError, KeyError, IndexError, UnicodeDecodeError, ValueError)
"""Exceptions of libzim for damaged files, found by testing with such files."""
_HTML = ("text/html", "application/xhtml+xml")
_DATE = late_pattern(r"\d{4}-\d\d-\d\d")
_PART = late_pattern(r"\.zim[a-z]{2}\Z", re.I)
_CANONICAL = late_pattern(r"""<link\b[^<>]*\brel\s*=\s*["']?canonical\b""", re.I)
_HOST = late_pattern(r"(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*(?::\d+)?/", re.I)

LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        "ara": "ar", "bod": "bo", "ces": "cs", "deu": "de", "ell": "el", "eng": "en", "fas": "fa", "fra": "fr",
        "heb": "he", "hin": "hi", "hun": "hu", "ind": "id", "ita": "it", "jpn": "ja", "kor": "ko", "nld": "nl",
        "pol": "pl", "por": "pt", "ron": "ro", "rus": "ru", "spa": "es", "swe": "sv", "tha": "th", "tur": "tr",
        "uig": "ug", "ukr": "uk", "vie": "vi", "zho": "zh",
    }
)  # fmt: skip
"""BCP 47 tags by the codes of ISO 639-3 that ZIM uses; others are tags already."""


STDOUT, STDERR = 1, 2


@contextmanager
def silent(stream: int) -> Iterator[None]:
    """Let a standard stream take nothing: libzim says there, unasked, that it knows no other forms of words."""
    if stream == STDOUT:
        sys.stdout.flush()
    try:
        kept = os.dup(stream)
    except OSError:  # it is closed
        yield
        return
    try:
        with open(os.devnull, "wb") as nothing:
            os.dup2(nothing.fileno(), stream)
        yield
    finally:
        os.dup2(kept, stream)
        os.close(kept)


def detect(start: bytes, names: frozenset[str]) -> bool:
    """Return True if the bytes begin as a ZIM file does."""
    return start.startswith(_MAGIC)


def members(root: str) -> Iterator[Ref | Refusal]:
    """Yield the entries in HTML, in the order of their paths; redirects and other files are passed over.

    Raises:
        MissingExtraError: libzim is not installed.
        SourceError: the file cannot be opened.
    """
    archive = _opened(root)
    if archive.entry_count > MAX_MEMBERS:
        raise SourceError("{path}: more than {limit:,} members", path=printable(root), limit=MAX_MEMBERS)
    damaged = 0
    for number in range(archive.entry_count):
        try:
            entry = archive._get_entry_by_id(number)
            if entry.is_redirect or not _is_html(entry.get_item().mimetype):
                continue
            path = entry.path
        except _DAMAGE:
            damaged += 1
            continue
        yield Ref(root, _path(path, number), (number, 0, 0), 0)
    status = os.stat(root)
    if not _is_as_made(root, status.st_size, status.st_mtime_ns):
        yield Refusal(root, printable(os.path.basename(root)), "SRC001", message("zim-wrong-checksum"))
    if damaged:
        yield Refusal(root, printable(os.path.basename(root)), "SRC001", message("zim-damaged-entries", count=damaged))


@lru_cache(maxsize=16)
def _is_as_made(root: str, size: int, changed: int) -> bool:
    """Return False if a ZIM file does not have the checksum at its end; its clusters and entries have none."""
    archive = _opened(root)
    try:
        return not archive.has_checksum or bool(archive.check())
    except _DAMAGE:
        return False


def pictures(root: str) -> Iterator[tuple[str, bytes]]:
    """Yield the address, "" if nothing gives it, and the bytes of each picture.

    Raises:
        MissingExtraError, SourceError: as `members`.
    """
    archive = Archive(root)
    try:
        yield from archive.pictures()
    finally:
        archive.close()


def _opened(root: str) -> Any:
    """Return an archive of libzim."""
    try:
        from libzim import reader
    except ImportError as error:
        raise MissingExtraError(
            "{path}: reading ZIM needs a package that is not installed; install it: pip install 'archive-convert[zim]'",
            path=printable(root),
        ) from error
    try:
        reader.set_cluster_cache_max_size(CACHE)
        with silent(STDERR):
            return reader.Archive(root)
    except _DAMAGE as error:
        why = printable(str(error))
        if _PART.search(root):
            raise SourceError(
                "{path}: this is a part of a split ZIM file, of which a part is missing or damaged ({reason}); put all "
                "parts into one folder, and name the first, .zimaa",
                path=printable(root),
                reason=why,
            ) from error
        raise SourceError(
            "{path}: this ZIM file is damaged or cut off ({reason}); fetch it again", path=printable(root), reason=why
        ) from error


def _is_html(kind: str) -> bool:
    return kind.partition(";")[0].strip().lower() in _HTML


def _path(path: str, number: int) -> str:
    """Return the path of an entry as that of a document, unique and safe.

    >>> _path("press.example/ink.html", 7), _path("press.example/", 8)
    ('press.example/ink.html', 'press.example/8.html')
    """
    parts = safe_parts(path)
    safe = "/".join(parts)
    if safe == path and printable(path) == path:
        return path
    return printable("/".join((*parts, f"{number}.html")))


class Archive:
    """Open ZIM file from which entries are read."""

    def __init__(self, root: str) -> None:
        try:
            self._archive = _opened(root)
        except SourceError as error:
            raise DocumentError("SRC001", error.message) from error
        made_by = self._metadata("Scraper").lower()
        self._mirrors_the_web = "zimit" in made_by or "warc2zim" in made_by
        self._source = self._metadata("Source").strip()
        if made_by == OWN:  # the page has its address, and its path is ours
            self._source = ""
        if self._source and not scheme(self._source):
            self._source = f"https://{self._source}/"
        languages = self._metadata("Language").split(",")
        code = languages[0].strip() if len(languages) == 1 else ""
        day = self._metadata("Date")
        self._envelope = Envelope(
            publisher=self._metadata("Creator"),
            language=LANGUAGES.get(code, code),
            section=self._metadata("Name") or os.path.splitext(os.path.basename(root))[0],
            section_name=self._metadata("Title"),
            captured=day if _DATE.fullmatch(day) else "",
        )
        self._pictures: dict[str, str] = {}

    def close(self) -> None:
        """Close the file."""
        self._archive = None

    def _metadata(self, name: str) -> str:
        try:
            value: bytes = self._archive.get_metadata(name)
            return value.decode("utf-8", "replace").strip()
        except _DAMAGE:
            return ""

    def read(self, place: tuple[int, ...], size: int) -> Record:
        """Return an entry with its address, as its path or its archive gives it.

        Raises:
            DocumentError: SRC001 if it is damaged, SRC002 if it is too large.
        """
        try:
            entry = self._archive._get_entry_by_id(place[0])
            data, path, title = self._content(entry.get_item()), entry.path, entry.title
        except _DAMAGE as error:
            raise DocumentError("SRC001", message("damaged-in-archive", reason=str(error))) from error
        page = data.decode("utf-8", "replace")
        address = "" if _CANONICAL.search(page[:65536]) and not self._mirrors_the_web else self._address(path)
        envelope = replace(self._envelope, title=title if title != path else "", pictures=self._references(page, path))
        return Record(data, address, envelope)

    def pictures(self) -> Iterator[tuple[str, bytes]]:
        """Yield the address, "" if nothing gives it, and the bytes of each picture."""
        for number in range(min(self._archive.entry_count, MAX_MEMBERS)):
            with suppress(*_DAMAGE, DocumentError):
                entry = self._archive._get_entry_by_id(number)
                if not entry.is_redirect and entry.get_item().mimetype.startswith("image/"):
                    yield self._address(entry.path), self._content(entry.get_item())

    def _content(self, item: Any) -> bytes:
        if item.size > MAX_BYTES:
            raise DocumentError("SRC002", too_large(item.size))
        return bytes(item.content)

    def _address(self, path: str) -> str:
        """Return the address of an entry by its path, "" if nothing gives it."""
        bare = path[2:] if path[:2] in ("A/", "C/") else path
        if self._mirrors_the_web:
            return resolve(f"https://{quote(bare, safe=_SAFE)}", "") if _HOST.match(f"{bare}/") else ""
        if scheme(self._source) not in ("http", "https"):
            return ""
        folder = "/wiki/" if ".wikipedia.org" in self._source else ""
        return resolve(folder + quote(bare, safe=_SAFE), self._source)

    def _references(self, page: str, path: str) -> dict[str, str]:
        """Return the addresses of what a page refers to inside the archive."""
        found: dict[str, str] = {}
        for written in references(page):
            reference = written.strip()
            if reference in found or reference.startswith(("#", "//")) or scheme(reference):
                continue
            bare = unquote(re.split(r"[?#]", reference, maxsplit=1)[0])
            inside = posixpath.normpath(posixpath.join("/", posixpath.dirname(path), bare)).lstrip("/")
            if self._mirrors_the_web:
                if address := self._address(inside):
                    found[reference] = address
                continue
            if len(self._pictures) > MOST_NAMES:
                self._pictures.clear()
            if inside not in self._pictures:
                self._pictures[inside] = self._in_archive(inside)
            if self._pictures[inside]:
                found[reference] = self._pictures[inside]
        return found

    def _in_archive(self, path: str) -> str:
        """Return the address of a page in the archive, or that of a picture by its bytes."""
        try:
            if not self._archive.has_entry_by_path(path):
                return ""
            item = self._archive.get_entry_by_path(path).get_item()
            return self._address(item.path) if _is_html(item.mimetype) else content_address(self._content(item))
        except (*_DAMAGE, DocumentError):
            return ""


_SAFE = "/?=&;:@+,$!*()%~'"
