"""Original addresses of documents that do not give their own: by the user's word, or by the folders they are in."""

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct, field

from convert.errors import UsageError, reason
from convert.late import late_pattern
from convert.messages import Message, message
from convert.sources.envelope import NO_ENVELOPE, Envelope
from convert.sources.naming import display_path
from convert.sources.ref import STDIN, Ref, Source
from convert.sources.sites import NO_SITE, Site, site_of
from convert.text import printable, utf8
from convert.urls import quote

MAX_BYTES = 64 << 20
"""Largest file of addresses, in bytes."""

_SHOWN = 20
"""Most names that are reported one by one because no document has them."""

_LINE = late_pattern(r"(?P<name>\S.*?)[\t ,;]+(?P<address>https?://\S+)")
_HEAD_LINE = late_pattern(
    r"\W*(?:file ?names?|files?|paths?|names?|documents?|url|address|link|文件名?|路径|名称|地址|网址|链接)\W*[\t,;].*",
    re.I,
)
"""Line with the names of the columns."""
_URL = late_pattern(r"https?://\S+")
_QUERY = late_pattern(r"(\.(?:html?|php|aspx?|jsp|cgi|shtml|cfm))(?:@|%3F)(?=[^/]*=)", re.I)
"""Sign that wget writes for a question mark where file names may have none."""
_ADDED = late_pattern(r"(\.(?:php|aspx?|jsp|cgi|cfm)\d?(?:\?.*)?)\.html$", re.I)
"""Ending that wget adds to names of programs."""
_HOST = late_pattern(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+([a-z]{2,24}|xn--[a-z0-9-]+)(?:[+:]\d+)?", re.I)
_NO_DOMAINS = frozenset(
    [
        "bak",
        "bz",
        "css",
        "d",
        "db",
        "epub",
        "file",
        "files",
        "git",
        "gz",
        "htm",
        "html",
        "jpg",
        "js",
        "json",
        "md",
        "mht",
        "mhtml",
        "old",
        "orig",
        "pdf",
        "php",
        "png",
        "rar",
        "svn",
        "tar",
        "tgz",
        "tmp",
        "txt",
        "warc",
        "webarchive",
        "xhtml",
        "wacz",
        "xml",
        "xz",
        "zim",
        "zip",
    ]
)
"""Endings of names that are no top-level domains, so that a folder with one is no host."""
_INDEX = late_pattern(r"(?:index|default)\.x?html?(?=$|\?)", re.I)


ID_LENGTH = 16
"""Number of hexadecimal digits of an identifier that comes from a document's content."""


class Origin(NamedTuple):
    """Original address of a document, by what is around it."""

    given: str = ""
    """The address that the user gave, which takes precedence over the document's own."""
    folder: str = ""
    """The address by the folders above it, for a document that has none of its own."""
    site: Site = NO_SITE
    """The site whose source it is a part of."""
    envelope: Envelope = NO_ENVELOPE
    """Facts of its archive about it."""


NO_ORIGIN = Origin()


def origin_of(document: Ref | Source) -> Origin:
    """Return the address of a document by what is around it."""
    envelope = document.envelope if isinstance(document, Source) else NO_ENVELOPE
    return Origin(document.address, folder_address(document.root, document.path), site_of(document), envelope)


def folder_address(root: str, path: str) -> str:
    """Return the address of a page in a tree of folders as wget saves them, HOST/path; "" for other pages.

    >>> folder_address("saved", "press.example/news/index.html"), folder_address("press.example", "a.php?id=3.html")
    ('https://press.example/news/', 'https://press.example/a.php?id=3')
    """
    folder, _, page = path.rpartition("/")
    folders, at = _host_in(root if root != STDIN and path != root else "", folder)
    if at < 0:
        return ""
    parts = [*folders, page]
    scheme = parts[at - 1] if at and parts[at - 1] in ("http", "https") else "https"
    name = _ADDED.sub(r"\1", _QUERY.sub(r"\1?", parts[-1]))
    if "?" in name and name.lower().endswith((".html", ".htm")):
        name = name.rpartition(".")[0]
    rest = "/".join((*parts[at + 1 : -1], _INDEX.sub("", name)))
    return f"{scheme}://{parts[at].replace('+', ':').lower()}/{quote(rest, safe='/?=&;:@+,$!*()%~')}"


@lru_cache(maxsize=1024)  # a folder holds many pages
def _host_in(root: str, folder: str) -> tuple[list[str], int]:
    """Return the names of the folders of a page, and which of them is a host, -1 if none is."""
    folders = [os.path.basename(os.path.normpath(root))] if root else []
    folders += folder.split("/") if folder else ()
    return folders, next((at for at, name in enumerate(folders) if _is_host(name)), -1)


def _is_host(name: str) -> bool:
    host = _HOST.fullmatch(name)
    return host is not None and host[1].lower() not in _NO_DOMAINS


def content_id(data: bytes) -> str:
    """Return the identifier of a document without an address: the beginning of the SHA-256 of its bytes."""
    return hashlib.sha256(data).hexdigest()[:ID_LENGTH]


class Addresses(Struct, frozen=True):
    """Addresses of documents that the user gave."""

    option: str
    """The option that gave them, with its file."""
    by_name: Mapping[str, str] = {}
    """Addresses by the path of a document in its source, or as findings name it."""
    for_all: str = ""
    """The address of the only document."""
    waiting: set[str] = field(default_factory=set)
    """Names that no document has had yet."""

    def of(self, ref: Ref) -> str:
        """Return the address of a document, "" if the user gave none."""
        if self.for_all:
            return self.for_all
        shown = display_path(ref)
        alone = ref.path.rpartition("/")[2] if ref.member == ref.root else ""
        for name in map(_normal, (ref.path, shown, alone, os.path.abspath(shown))):
            if address := self.by_name.get(name):
                self.waiting.discard(name)
                return address
        return ""

    def unmatched(self) -> Iterator[Message]:
        """Yield a message for each name that no document has."""
        names = sorted(self.waiting)
        for name in names[:_SHOWN]:
            yield message("{option}: no document has the path {name}", option=self.option, name=repr(printable(name)))
        if len(names) > _SHOWN:
            yield message(
                "{option}: {count} more name(s) match no document", option=self.option, count=len(names) - _SHOWN
            )


def given(option: str, by_name: Mapping[str, str]) -> Addresses:
    """Return the addresses by name, as a file or a program gives them.

    Raises:
        UsageError: an address is none.
    """
    addresses: dict[str, str] = {}
    for written, address in by_name.items():
        name = _normal(written)
        if addresses.setdefault(name, checked(option, address)) != address.strip():
            raise UsageError("{option}: {name} has two addresses", option=option, name=repr(printable(name)))
    return Addresses(option, addresses, waiting=set(addresses))


def _normal(name: str) -> str:
    """Return the path of a document in one form: divided by slashes, its letters composed.

    >>> _normal(".\\\\2019\\\\paper.html"), _normal("./2019//paper.html")
    ('2019/paper.html', '2019/paper.html')
    """
    return unicodedata.normalize("NFC", os.path.normpath(name.replace("\\", "/"))) if name else ""


def only(option: str, address: str, roots: tuple[str, ...]) -> Addresses:
    """Return the address of the only document of the sources.

    Raises:
        UsageError: it is no address, or the sources may have several documents.
    """
    if len(roots) != 1 or os.path.isdir(roots[0]):
        raise UsageError(
            "{option} is the address of one document; name one file, or give the addresses of several with --addresses",
            option=option,
        )
    return Addresses(option, for_all=checked(option, address))


def checked(option: str, address: str) -> str:
    """Return an address.

    Raises:
        UsageError: it is no absolute address, or holds a password, which would be in every output.
    """
    address = address.strip()
    if not re.match(r"https?://[^\s/?#]", address) or re.search(r"\s", address):
        raise UsageError(
            "{option}: {address} is no absolute http or https address", option=option, address=repr(printable(address))
        )
    if "@" in address.partition("://")[2].partition("/")[0]:
        raise UsageError("{option}: leave out user name and password, which every output would have", option=option)
    return address


def published_folder(option: str, address: str) -> str:
    """Return the address of a folder with a slash at its end; "" if there is none.

    Raises:
        UsageError: as `checked`, or it has a query or a fragment, behind which no file's name can be.
    """
    if not address:
        return ""
    address = checked(option, address)
    if "?" in address or "#" in address:
        raise UsageError(
            "{option}: leave out ? and # and what follows: {address}", option=option, address=repr(printable(address))
        )
    return f"{address.rstrip('/')}/"


def read_addresses(option: str, file: str) -> Addresses:
    """Return the addresses in a file: a JSON object, or a line for each document with its name and its address.

    Raises:
        UsageError: the file cannot be read, or a line has no address.
    """
    named = f"{option} {printable(file)}"
    try:
        with open(file, "rb") as stream:
            data = utf8(stream.read(MAX_BYTES + 1))
        if len(data) > MAX_BYTES:
            raise UsageError(
                "{option}: {file} has more than {limit:,} bytes; name a list", option=option, file=file, limit=MAX_BYTES
            )
        text = data.decode()
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        raise UsageError(
            "{option}: {file}:{line}: not UTF-8; save the file as UTF-8", option=option, file=file, line=line
        ) from None
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else message("its name has a NUL")
        raise UsageError("{option}: cannot be read: {reason}; name a file", option=named, reason=why) from None
    return given(named, _of_json(named, text) if text.lstrip().startswith("{") else _of_lines(named, text))


def _of_json(option: str, text: str) -> dict[str, str]:
    import json  # few runs have such a file

    try:
        table = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise UsageError("{option}: not JSON: {reason}", option=option, reason=str(wrong)) from None
    if not isinstance(table, dict) or not all(isinstance(address, str) for address in table.values()):
        raise UsageError("{option}: write an object of names and addresses", option=option)
    return table


def _of_lines(option: str, text: str) -> dict[str, str]:
    addresses: dict[str, str] = {}
    begun = False
    for number, line in enumerate(text.splitlines(), 1):
        row = line.strip()
        if not row or row.startswith("#"):
            continue
        name, address = _row(row)
        if not name and not begun and _HEAD_LINE.fullmatch(row):
            begun = True
            continue
        begun = True
        if not name:
            raise UsageError(
                "{option}:{line}: write the name of a document, a tab and its address", option=option, line=number
            )
        if addresses.setdefault(name, address) != address:
            raise UsageError(
                "{option}:{line}: {name} has another address above", option=option, line=number, name=repr(name)
            )
    return addresses


def _row(line: str) -> tuple[str, str]:
    """Return the name and the address in a line, in any order, among other columns; "" and "" if it lacks one.

    >>> _row("a b.html\\thttps://press.example/a"), _row('https://press.example/a,"a, ""b"".html",2019')
    (('a b.html', 'https://press.example/a'), ('a, "b".html', 'https://press.example/a'))
    """
    if '"' not in line and (match := _LINE.fullmatch(line)) and "\t" not in match["name"]:
        return match["name"], match["address"]
    import csv

    sign = next((each for each in "\t,;" if each in line), " ")
    columns = [each.strip() for each in next(csv.reader([line], delimiter=sign, skipinitialspace=True), [])]
    address = next((each for each in columns if _URL.fullmatch(each)), "")
    name = next((each for each in columns if each and each != address), "")
    return (name, address) if name and address else ("", "")
