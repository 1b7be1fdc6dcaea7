"""Names of the members of a zip or tar archive, which may be in any encoding and with any separator.

APPNOTE 6.3.10 knows two encodings: UTF-8 if a flag or a field says so, else CP437.  Archivers also write UTF-8 without
saying so (macOS, scripts) and the code page of the system (Windows), which is that of all names of an archive.  So do
programs that write tar archives, where POSIX knows no encoding but the UTF-8 of extended headers.
"""

import re
import struct
import warnings
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol
from zipfile import ZipFile, ZipInfo

from convert.late import late_pattern

_UTF8 = 0x800  # general purpose bit 11 (APPNOTE 4.4.4)
_UNICODE_PATH = 0x7075  # extra field of Info-ZIP (APPNOTE 4.6.9)

_WESTERN = late_pattern(rb"[\x00-\xa5\xe1]*")
"""Names in CP437 of Western languages: its letters."""

_LONG = late_pattern(rb"[\xe0-\xf4]")
"""First byte of a UTF-8 character of three or four bytes, which no other encoding is likely to look like."""

_CODE_PAGES = (
    ("gb18030", re.compile(rb"(?:[\x00-\x7f]|[\xa1-\xa9\xb0-\xf7][\xa1-\xfe])*")),  # the characters of GB 2312
    ("cp950", re.compile(rb"(?:[\x00-\x7f]|[\xa1-\xc6][\x40-\x7e\xa1-\xfe])*")),  # the frequent ones of Big5
    ("gb18030", re.compile(rb".*", re.DOTALL)),
)
"""Code pages of Chinese systems in the order in which they are tried, and the names that they have."""

_ALPHABETS = ("\u00c0-\u017f", "\u0386-\u03ce", "\u0400-\u045f", "\u05d0-\u05ea", "\u0621-\u064a")
_ALPHABETIC = late_pattern(
    "|".join(rf"(?=.*[{letters}])[\0-\x7f\xa0-\xbf{letters}]*" for letters in _ALPHABETS), re.DOTALL
)
"""Names in Latin, Greek, Cyrillic, Hebrew or Arabic letters, which have two bytes in UTF-8."""


class Readable(Protocol):
    """File, or a part of one, of which any place can be read."""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes."""
        ...

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to a place, and return it."""
        ...


def opened(file: str | Readable) -> ZipFile:
    """Return an archive to read, without the warning of Python 3.13 about a name in a field that is empty.

    Raises:
        BadZipFile: there is none.
        OSError, ValueError, NotImplementedError: it cannot be read.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return ZipFile(file)


def names(members: Iterable[ZipInfo]) -> list[str]:
    """Return the names of the members, with slashes between folders.

    Windows PowerShell 5 separates folders by backslashes, against APPNOTE 4.4.17.
    """
    declared = [(_declared(member), _raw(member)) for member in members]
    decoded = _decoded([raw for name, raw in declared if name is None and not raw.isascii()])
    return [
        (name if name is not None else decoded.get(raw) or raw.decode("ascii")).replace("\\", "/")
        for name, raw in declared
    ]


def _raw(member: ZipInfo) -> bytes:
    """Return the bytes of a name, which `zipfile` has decoded."""
    return member.orig_filename.encode("utf-8" if member.flag_bits & _UTF8 else "cp437", "surrogatepass")


def _declared(member: ZipInfo) -> str | None:
    """Return a name whose encoding the archive declares, by the flag or by a field that fits the name; else None."""
    if member.flag_bits & _UTF8:
        return member.orig_filename
    extra = member.extra
    while len(extra) >= 4:
        kind, length = struct.unpack("<HH", extra[:4])
        field, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == _UNICODE_PATH and len(field) == length > 5 and field[0] == 1:
            try:
                name = field[5:].decode("utf-8")
            except UnicodeDecodeError:
                continue
            if int.from_bytes(field[1:5], "little") == zlib.crc32(_raw(member)):  # else it was renamed since
                return name
    return None


def _decoded(raw: Sequence[bytes]) -> Mapping[bytes, str]:
    """Return the names of an archive whose encoding is not declared, and which are not ASCII."""
    decoded: dict[bytes, str] = {}
    unsure: list[bytes] = []
    for name in raw:
        if (text := _as(name, "utf-8")) and _LONG.search(name):
            decoded[name] = text
        else:
            unsure.append(name)
    page = _code_page([name for name in unsure if not _ALPHABETIC.fullmatch(_as(name, "utf-8"))])
    for name in unsure:
        text = _as(name, "utf-8")
        decoded[name] = text if text and page == "cp437" else _as(name, page) or text or name.decode("cp437")
    return decoded


def of_tar(raw: Sequence[bytes]) -> Mapping[bytes, str]:
    """Return the names of a tar archive that are not UTF-8."""
    page = _chinese(raw) or "latin-1"
    return {name: name.decode(page) for name in raw}


def _code_page(raw: Sequence[bytes]) -> str:
    """Return the encoding that all these names have, CP437 if none other is likely."""
    return (not all(_WESTERN.fullmatch(name) for name in raw) and _chinese(raw)) or "cp437"


def _chinese(raw: Sequence[bytes]) -> str:
    """Return the code page of a Chinese system that all these names fit, "" if there is none."""
    fitting = (page for page, names in _CODE_PAGES if all(names.fullmatch(name) and _as(name, page) for name in raw))
    return next(fitting, "")


def _as(raw: bytes, encoding: str) -> str:
    """Return a name in an encoding, "" if it is not in it."""
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return ""
