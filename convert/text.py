"""Functions for white space, characters and languages of text that mixes Chinese with other scripts."""

import codecs
import hashlib
import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from convert.late import late_pattern

HTML_SPACE = " \t\n\r\f"
"""ASCII white space as HTML defines it (HTML Standard, section 4.6 of the Infra Standard)."""

EDGE_SPACE = HTML_SPACE + "\u00a0\u3000\u200b\u200e\u200f\u2060\ufeff"
"""Characters that are invisible at the beginning and the end of a block."""

CONTROL = late_pattern(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x81\x8d\x8f\x90\x9d\ufffe\uffff]")
"""Control characters: C0 and U+FFFE/U+FFFF are not XML (XML 1.0, section 2.2), C1 and DEL are discouraged there."""

WINDOWS_1252 = re.compile(r"[\x80\x82-\x8c\x8e\x91-\x9c\x9e\x9f]")
"""Control characters of C1 at whose numbers Windows-1252 has a character, which was meant: HTML reads numeric
references to them so (HTML Standard, section 13.2.5.80)."""

INVISIBLE = late_pattern(r"[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]")
"""Zero-width and bidirectional format characters, which are invisible."""

_OF_WINDOWS_1252 = {code: bytes((code,)).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}


def of_windows_1252(text: str) -> str:
    r"""Return `text` with the characters that `WINDOWS_1252` finds as those of Windows-1252.

    >>> of_windows_1252("D\x92Esposito")
    'D’Esposito'
    """
    return WINDOWS_1252.sub(lambda match: _OF_WINDOWS_1252[ord(match[0])], text)


_SPACES = late_pattern(r"[ \t\r\f]*\n[ \t\r\f\n]*|[ \t\r\f]+")

# Characters that are written without spaces around them: Han, kana, bopomofo, full-width forms and their punctuation.
# Hangul is not among them: Korean separates words.
_UNSPACED = (
    (0x2E80, 0x303F), (0x3041, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA000, 0xA4CF), (0xF900, 0xFAFF),
    (0xFE10, 0xFE1F), (0xFE30, 0xFE4F), (0xFF01, 0xFF60), (0xFFE0, 0xFFE6), (0x20000, 0x3FFFF),
)  # fmt: skip
_UNSPACED_MARKS = frozenset("—…‧·“”‘’")
_OPENING, _CLOSING = "“‘—…·", "”’—…·"
"""Marks of both kinds of scripts, at the beginning and at the end of a text."""
_NO_SPACE_BEFORE = frozenset(",.:;)!?]}%")
_NO_SPACE_AFTER = frozenset("([{")


@cache
def is_unspaced(char: str) -> bool:
    """Return True if `char` belongs to a script or punctuation that is written without spaces around it."""
    return char[:1] in _UNSPACED_MARKS or any(first <= ord(char[0]) <= last for first, last in _UNSPACED if char)


@cache
def space_between(left: str, right: str) -> bool:
    """Return True if white space from markup between two characters is a space to the reader.

    Prettified HTML has white space on both sides of each inline element.  Compared with the same articles before
    prettifying, the result is right for 98 % of 15,446 boundaries (docs/decisions/reading.md).

    >>> space_between("人", "金"), space_between("r", "J"), space_between("d", ","), space_between("…", "p")
    (False, True, False, True)
    """
    if right in _NO_SPACE_BEFORE or left in _NO_SPACE_AFTER:
        return False
    if left == "…":
        return not is_unspaced(right)
    return not (is_unspaced(left) or is_unspaced(right))


def first_edge(text: str) -> str:
    """Return the first character of a text for `space_between`: a letter for marks of a script with spaces.

    Chinese and English share quotation marks and dashes; the character behind them says which they are.

    >>> first_edge("“Paper”"), first_edge("“纸”"), first_edge("— so")
    ('x', '“', 'x')
    """
    char = text[0]
    if char not in _OPENING:
        return char
    word = text[:4].lstrip(_OPENING)
    return "x" if word and not is_unspaced(word[0]) else char


def last_edge(text: str) -> str:
    """Return the last character of a text for `space_between`, as `first_edge` does.

    >>> last_edge("the boys’"), last_edge("他说“纸”"), last_edge("so —")
    ('x', '”', 'x')
    """
    char = text[-1]
    if char not in _CLOSING:
        return char
    word = text[-4:].rstrip(_CLOSING)
    return "x" if word and not is_unspaced(word[-1]) else char


def is_spaced(left: str, right: str) -> bool:
    """Return True if white space from markup between two texts is a space to the reader.

    >>> is_spaced("纸", "Paper"), is_spaced("the paper", "mill"), is_spaced("paper", "“mill”")
    (False, True, True)
    """
    if "\u4e00" <= left[-1] <= "\u9fff" or "\u4e00" <= right[0] <= "\u9fff":
        return False  # beside Han there is none, whatever the other is
    return space_between(last_edge(left), first_edge(right))


def is_ragged(text: str) -> bool:
    """Return True if `collapse` may change the text; it cannot change most text."""
    return "\n" in text or (" " in text and "  " in text) or "\t" in text or "\r" in text


def collapse(text: str) -> str:
    """Return `text` with each run of HTML white space as one space, or none at a line end beside Han.

    >>> collapse("纸的\\n  历史 与  Paper\\n mills"), collapse("they said\\n“no” —\\nand left")
    ('纸的历史 与 Paper mills', 'they said “no” — and left')
    """

    def settle(match: re.Match[str]) -> str:
        start, end = match.span()
        if "\n" not in match[0] or start == 0 or end == len(text):
            return " "
        return " " if is_spaced(text[max(0, start - 4) : start], text[end : end + 4]) else ""

    return _SPACES.sub(settle, text)


STANDS_FOR = late_pattern("[\u2e80-\u2fdf\uf900-\ufaff\U0002f800-\U0002fa1f]")
"""Han radicals and compatibility ideographs; not all of them have an equivalent."""


_RARE_BYTES = (*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, 0xCC, 0xCD, 0xE0, 0xE1)
_UNUSUAL = (  # each with its first byte, because searching for one byte is ten times as fast as for two
    (b"\xc2", re.compile(rb"\xc2[\x80-\x9f]")),
    (b"\xce", re.compile(rb"\xce\x87")),
    (
        b"\xe2",
        re.compile(
            rb"\xe2(?:[\xba-\xbf]|\x80[\x80\x81\x8b\x8e\x8f\xa8-\xae]|\x81[\xa0\xa6-\xa9]"
            rb"|\x84[\xa6\xaa\xab]|\x8c[\xa9\xaa]|\xab\x9c)"
        ),
    ),
    (b"\xef", re.compile(rb"\xef(?:[\xa4-\xad]|\xbb\xbf|\xbf[\xbe\xbf])")),
    (b"\xf0", re.compile(rb"\xf0(?:\xaf|\x9d[\x85-\x87])")),
    (b"&", re.compile(rb"&(?:#|lrm;|rlm;|NoBreak;|Negative|ZeroWidth)")),
)
"""Bytes of unusual characters; a test tries all of Unicode and the names of HTML with them."""


def is_usual(data: bytes) -> bool:
    """Return True if UTF-8 certainly has no character that a repair or a rule about characters looks for.

    These are characters that `recompose` changes, controls, zero-width characters, line separators, and references to
    them.  One search for all of them saves many searches of the page.
    """
    return not (
        any(map(data.__contains__, _RARE_BYTES))
        or any(first in data and pattern.search(data) for first, pattern in _UNUSUAL)
    )


_MARKS = (  # that of UTF-32 begins as that of UTF-16
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ALL_MARKS = tuple(mark for mark, _ in _MARKS)


def marked_encoding(data: bytes) -> tuple[bytes, str]:
    r"""Return the byte order mark that data begins with, and the encoding that it declares; without one, UTF-8.

    >>> marked_encoding(b"\xff\xfe{\0"), marked_encoding(b"{}")
    ((b'\xff\xfe', 'utf-16-le'), (b'', 'utf-8'))
    """
    return next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", "utf-8"))


def utf8(data: bytes) -> bytes:
    r"""Return text as UTF-8 without a byte order mark, if such a mark declares its encoding; else as it is.

    Editors of Windows write these marks.  Text that is not in its declared encoding stays as it is, for a decoder to
    report.

    >>> utf8("纸".encode("utf-16")).decode(), utf8(b"\xef\xbb\xbf{}"), utf8(b"{}")
    ('纸', b'{}', b'{}')
    """
    if not data.startswith(_ALL_MARKS):
        return data
    mark, encoding = marked_encoding(data)
    rest = data[len(mark) :]
    try:
        return rest if encoding == "utf-8" else rest.decode(encoding).encode()
    except UnicodeDecodeError:
        return data


def is_utf8(data: bytes) -> bool:
    """Return True if the bytes are UTF-8.  Decoders of JSON report it in words that differ from version to version."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def recompose(text: str) -> tuple[str, int, int]:
    """Return `text` in normal form C, with Han radicals and compatibility ideographs replaced by their equivalents.

    Return their number and the position of the first, or -1, too.  Other compatibility characters are not replaced,
    because they differ in meaning.

    >>> recompose("⽂e\u0301Ⅷ")
    ('文éⅧ', 1, 0)
    """
    positions = [
        match.start() for match in STANDS_FOR.finditer(text) if unicodedata.normalize("NFKC", match[0]) != match[0]
    ]
    if positions:
        text = STANDS_FOR.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    return unicodedata.normalize("NFC", text), len(positions), positions[0] if positions else -1


def hash64(text: str) -> int:
    """Return a hash of 64 bits, never 0; two of a million texts have the same with a probability of 1 in 37 million."""
    data = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big") or 1


def one_line(text: str) -> str:
    """Return `text` on one line, each run of white space as one space."""
    return " ".join(text.split())


_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Characters that are blank although they count as letters, marks or symbols: fillers, joiners, empty braille."""


def shows(text: str) -> bool:
    """Return True if a reader can see something of a text.

    >>> shows("纸"), shows(" \u200b\ufeff\x07\u3000"), shows("\u3164\u2800"), shows("")
    (True, False, False, False)
    """
    return any(
        unicodedata.category(char)[0] not in "CZ" and char not in _BLANK and not "\ufe00" <= char <= "\ufe0f"
        for char in text
    )


def visible(title: str, *others: str) -> str:
    r"""Return `title` on one line without characters that XML 1.0 forbids (section 2.2).

    If it shows nothing, the first of `others` that shows something takes its place.

    >>> visible(" 纸\x00的\n历史 "), visible("\x07\u200b", "", "n1")
    ('纸的 历史', 'n1')
    """
    line = one_line(CONTROL.sub("", title.encode("utf-8", "ignore").decode()))
    if shows(line):
        return line
    return visible(*others) if others else "—"


def nearest(word: str, choices: Iterable[str]) -> str:
    """Return the choice that is most similar to a misspelt word, or "" if none is.

    >>> nearest("selct", ["ignore", "select"]), nearest("a", ["ignore", "select"])
    ('select', '')
    """
    from difflib import get_close_matches  # most runs have no misspelt word

    return next(iter(get_close_matches(word, list(choices), 1)), "")


def squeeze(text: str, width: int = 60) -> str:
    """Return `text` on one line of at most `width` characters, for messages.

    >>> squeeze("纸\\n的历史", 3)
    '纸 …'
    """
    line = one_line(text)
    return line if len(line) <= width else line[: width - 1].rstrip() + " …"


# Controls and line ends would break lines of a report, lone surrogates (bytes that are not UTF-8, PEP 383) would break
# its encoding, and bidirectional controls would make a text look like another one (Unicode TR 36).
_UNPRINTABLE = late_pattern("[\\x00-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]")


_COPIED = late_pattern(
    r"(?:(?:^|(?<=['\"]))(?:[A-Za-z]:)?[/\\][^'\"\n]*?|(?:[A-Za-z]:)?[/\\][^\s'\"]*?)?[/\\]cvrun-[0-9a-f]{8}"
    r"[/\\](?:at|to)-[^/\\]+[/\\](s3|gs|az|here|root)[/\\]"
)
"""Paths of copies of objects, in the folder of a run."""
_BEFORE = {"here": "", "root": "/"}
"""Beginnings of the names of files that were copied."""


def named(text: str) -> str:
    """Return `text` with the addresses of objects, or the paths of files, instead of the paths of their copies.

    >>> named("/tmp/cvrun-0123abcd/at-x1/s3/news/pages/a.md:1"), named("/tmp/news/pages/a.md")
    ('s3://news/pages/a.md:1', '/tmp/news/pages/a.md')
    """
    if "cvrun-" not in text:
        return text
    return _COPIED.sub(lambda found: _BEFORE.get(found[1], f"{found[1]}://"), text)


def printable(text: str) -> str:
    r"""Return `text` with characters escaped that cannot be displayed on one line; a copy has its object's address.

    >>> printable("纸\n.md"), printable("\udcff.md")
    ('纸\\n.md', '\\xff.md')
    """
    return _UNPRINTABLE.sub(_escape, named(text))


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return match[0].encode("unicode_escape").decode("ascii")


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes (Unicode Standard Annex 11).

    >>> columns("a纸\u0301")
    3
    """
    return sum(map(_columns, text))


@cache
def _columns(char: str) -> int:
    if char.isascii():
        return 1
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
