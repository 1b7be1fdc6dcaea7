"""Books and other archives: every file in them, by its content, by its name and by the type that the book gives it."""

import re
import struct
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator

from convert.audit.archive import Entries
from convert.audit.found import Found, Scope
from convert.audit.kinds import kind_of, kind_of_type, kinds_of
from convert.audit.package import judge as judge_xml, judge_licence, read_package, read_rootfiles
from convert.search.programs import is_own

CONTAINER = "META-INF/container.xml"
_CORE = (
    "application/xhtml+xml", "application/x-dtbncx+xml", "application/x-dtbook+xml", "application/smil+xml",
    "application/pls+xml", "text/css", "text/html", "text/javascript", "application/javascript",
    "application/ecmascript", "text/x-oeb1-document", "text/x-oeb1-css", "image/", "audio/", "video/", "font/",
    "application/font", "application/x-font", "application/vnd.ms-opentype",
    "application/vnd.adobe-page-template+xml", "application/oebps-page-map+xml",
)  # fmt: skip
"""Media types of files that reading systems know (EPUB 3.3, section 3.2), and of those that need no replacement."""
RIGHTS = "META-INF/rights.xml"
_SERVER = re.compile(rb"(?i)>\s*(https?://[^\s<]{1,200})")
"""Address of a server in the text of an element, as Adobe ADEPT has it."""
_INERT = frozenset({"inert", "font", "recording"})

Judge = Callable[[bytes, str, Scope], Iterator[Found]]


def judge(path: str, scope: Scope, judge_bytes: Judge) -> Iterator[Found]:
    """Yield what is found in an archive; `judge_bytes` judges a file of a kind."""
    with open(path, "rb") as file:
        try:
            entries = Entries(file)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as error:
            yield Found("zip-broken", type(error).__name__)
            return
        yield from entries.faults()
        book = CONTAINER in entries.names or entries.by_name("mimetype") == b"application/epub+zip"
        types: dict[str, str] = {}
        if book:
            yield from _container(entries, types)
            yield from _alike(entries)
            if match := _SERVER.search(entries.by_name(RIGHTS) or b""):
                yield Found("rights-link", match[1].decode("utf-8", "replace"), entry=RIGHTS)
        own = frozenset() if book else _own(entries)
        loads = None if book else scope.loads
        for info in entries.infos:
            inside = Scope(info.filename, entries.names, judge=scope.judge, own=own, loads=loads)
            data = entries.read(info)
            head = entries.head(info) if data is None else data[:4096]
            for kind in _kinds(info.filename, head, types.get(info.filename, "")):
                yield from _entry(data, info, kind, inside, judge_bytes)
        if loads and not own.isdisjoint(loads):  # then the search loads the others
            loads |= own


def _own(entries: Entries) -> frozenset[str]:
    """Return the names of the files of an archive that are scripts of our own search."""
    scripts = [info for info in entries.infos if info.filename.endswith(".js")]
    return frozenset(info.filename for info in scripts if is_own(entries.read(info) or b""))


def _alike(entries: Entries) -> Iterator[Found]:
    """Yield files that are one where a book is unpacked on a disk that knows no case, or one form of accents."""
    counts = Counter(unicodedata.normalize("NFC", name).casefold() for name in entries.names)
    for name in sorted(entries.names):
        if counts[unicodedata.normalize("NFC", name).casefold()] > 1:
            yield Found("zip-name-twice", name, entry=name)


def _container(entries: Entries, types: dict[str, str]) -> Iterator[Found]:
    """Yield what is wrong with the list of packages, and read the types of files from them."""
    data = entries.by_name(CONTAINER)
    paths = read_rootfiles(data) if data else []
    packages = [path for path in paths if path in entries.names]
    if not packages:
        yield Found("epub-incomplete", "", entry=CONTAINER)
    yield from (Found("container-rootfile", path, entry=CONTAINER) for path in paths[1:])
    for path in paths:
        if path.startswith("/") or ".." in path.split("/"):
            yield Found("container-path", path, entry=CONTAINER)
    for path in packages:
        package = read_package(entries.by_name(path) or b"", path)
        types.update(package.types)
        for item, media_type in package.types.items():
            if not media_type.startswith(_CORE) and item in entries.names:
                yield Found("opf-foreign-item", f"{item} {media_type}", entry=path)


def _kinds(name: str, head: bytes, media_type: str) -> set[str]:
    """Return the kinds that programs may take a file for: by content, by name and by the type that the book gives."""
    kinds = {_by_name(name, head)}
    if not kinds & {"trace", "lcp", "inert"}:
        kinds |= kinds_of(head, name)
    if media_type:
        declared = _TYPES.get(media_type) or kind_of_type(media_type, head)
        if declared and declared not in _INERT and not (declared == "picture" and kinds & _INERT):
            kinds.add(declared)
    if len(kinds) > 1:
        kinds -= {"", "inert"}
    return kinds


_TYPES = {
    "application/x-dtbncx+xml": "xml",
    "application/smil+xml": "xml",
    "application/pls+xml": "xml",
    "application/oebps-page-map+xml": "xml",
    "application/vnd.adobe-page-template+xml": "xml",
}
_FILES = {"itunesmetadata.plist": "itunes-metadata", "calibre_bookmarks.txt": "reading-marks"}


def _by_name(name: str, head: bytes) -> str:
    lower = name.lower().rpartition("/")[2]
    if lower in ("mimetype", ".ds_store", "thumbs.db"):
        return "inert"
    if lower in _FILES:
        return "trace"
    return "lcp" if lower.endswith(".lcpl") else kind_of(head, lower)


def _entry(data: bytes | None, info: zipfile.ZipInfo, kind: str, scope: Scope, judge_bytes: Judge) -> Iterator[Found]:
    name = info.filename
    if kind == "trace":
        yield Found(_FILES[name.lower().rpartition("/")[2]], name, entry=name)
        return
    if kind in _INERT or info.flag_bits & 1:
        return
    if kind == "zip":
        yield Found("zip-nested", name, entry=name)
        return
    if data is None:
        yield Found("over-limits" if info.file_size > 1 << 26 else "zip-broken", name, entry=name)
    elif kind == "xml":
        yield from judge_xml(data, scope)
    elif kind == "lcp":
        yield from judge_licence(data, scope)
    else:
        yield from judge_bytes(data, kind, scope)
