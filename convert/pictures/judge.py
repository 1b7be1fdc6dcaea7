"""Judging of bytes: whether they are a picture, and of which kind and size; by their content, whatever a name claims.

The whole picture is decoded, so that one that was cut off is refused.  That happens in a sealed process: bytes from
elsewhere are hostile.
"""

import re

from msgspec import Struct, msgpack

from convert.pictures.model import Facts, Missing
from convert.pictures.store import MAX_BYTES
from convert.sandbox.process import ClosedError, ExceededError, KilledError, SandboxError, SealedProcess

MAX_PIXELS = 40_000_000
"""Pixels of the largest picture that is read: cameras of phones make up to a quarter more, news sites a fortieth."""
MEMORY = 1 << 30
"""Most bytes of data of the process that reads pictures; one of 40 megapixels with a transparent ground takes half."""
SECONDS = 10
"""Most seconds of processor time for a picture; one of 40 megapixels takes a tenth."""

_KINDS = (
    ("jpeg", re.compile(rb"\xff\xd8\xff")),
    ("png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("gif", re.compile(rb"GIF8[79]a")),
    ("webp", re.compile(rb"RIFF....WEBP", re.DOTALL)),
    ("avif", re.compile(rb"\0\0..ftyp(?:(?:mif1|msf1).{4}(?:.{4}){0,60}?)?(?:avif|avis)", re.DOTALL)),
)
"""Beginnings of the kinds of pictures that are read."""
_OTHERS = (
    ("nothing", rb"\Z"),
    ("SVG", rb"\s*(?:<[?!][^>]{0,999}>\s*)*<svg\b"),
    ("HTML", rb"\s*(?:<!--.{0,999}?-->\s*)?<(?:!doctype html|html|head|body|script|meta|title|p|div)\b"),
    ("XML", rb"\s*<\?xml"),
    ("JSON", rb"\s*[{\[]"),
    ("PDF", rb"%PDF-"),
    ("PostScript", rb"%!PS|\xc5\xd0\xd3\xc6"),
    ("TIFF", rb"II[*+]\0|MM\0[*+]"),
    ("BMP", rb"BM.{4}\0{4}"),
    ("a Windows icon", rb"\0\0[\x01\x02]\0"),
    ("a Photoshop file", rb"8BPS"),
    ("FITS", rb"SIMPLE  ="),
    ("JPEG XL", rb"\xff\x0a|\0\0\0\x0cJXL "),
    ("JPEG 2000", rb"\xff\x4f\xff\x51|\0\0\0\x0cjP  "),
    ("HEIF, or a video", rb"....ftyp"),
    ("a video", rb"\x1a\x45\xdf\xa3|\0\0\x01\xba|FLV"),
    ("an archive", rb"PK\x03\x04|\x1f\x8b|7z\xbc\xaf|Rar!"),
)
"""Beginnings of what servers send instead, and its names; the first one that matches counts."""


class Verdict(Struct, frozen=True, array_like=True):
    """Answer of the sealed process: facts about a picture, or the reason why it is refused."""

    kind: str = ""
    width: int = 0
    height: int = 0
    reason: str = ""
    """A key of `REASONS`; "" if the picture is good."""
    detail: str = ""


class Judge:
    """Judge of bytes, with a sealed process that starts with the first picture."""

    def __init__(self) -> None:
        self._process = SealedProcess(_answer, MEMORY)

    def judge(self, data: bytes) -> Facts | Missing:
        """Return the kind and size of a picture, or why these bytes are none that can be shown."""
        if unread := unreadable(data):
            return unread
        answer = ask(self._process, data)
        if isinstance(answer, Missing):
            return answer
        verdict = msgpack.decode(answer, type=Verdict)
        if verdict.reason:
            return Missing(verdict.reason, verdict.detail)
        return Facts(verdict.kind, verdict.width, verdict.height)

    def close(self) -> None:
        """End the process."""
        self._process.close()


def kind_of(data: bytes) -> str:
    """Return the kind of picture that bytes begin as, a key of `KINDS`, "" if they are of none.

    >>> kind_of(b"GIF89a"), kind_of(b"<svg>")
    ('gif', '')
    """
    return next((kind for kind, beginning in _KINDS if beginning.match(data)), "")


def unreadable(data: bytes) -> Missing | None:
    """Return why bytes cannot be a picture, as far as that can be said without reading it.

    >>> unreadable(b"<!DOCTYPE html><title>Not found</title>")
    Missing(reason='no-picture', detail='HTML')
    """
    if not kind_of(data):
        known = (name for name, beginning in _OTHERS if re.match(beginning, data[:2000], re.DOTALL | re.IGNORECASE))
        return Missing("no-picture", next(known, f"it begins with {data[:8].hex(' ')}"))
    if len(data) > MAX_BYTES:
        return Missing("too-large", f"{len(data):,} bytes, of {MAX_BYTES:,} at most")
    return None


def ask(process: SealedProcess, request: bytes) -> bytes | Missing:
    """Return the answer of a sealed process about a picture, or why there is none; a killed process is asked again."""
    for attempt in (1, 2):
        try:
            return process.ask(request, SECONDS)
        except ClosedError:
            raise
        except KilledError:
            if attempt == 2:
                break
        except ExceededError:
            return Missing("too-large", f"reading it takes more than {SECONDS} seconds or {MEMORY >> 20} MB")
        except SandboxError:
            break
    return Missing("broken", "the program that read it crashed")


def _answer(data: bytes) -> bytes:
    from convert.pictures.decoding import PictureError, judged  # only where there is a seal

    try:
        verdict = Verdict(*judged(data))
    except PictureError as error:
        verdict = Verdict(reason=error.reason, detail=error.detail)
    return msgpack.encode(verdict)
