"""Mends one document: edits, and the judgement on them."""

from collections.abc import Collection

from msgspec import Struct
from msgspec.structs import replace

from convert.errors import DocumentError
from convert.fixes import MENDERS
from convert.fixes.draft import Draft
from convert.fixes.judge import Look, look, objection
from convert.messages import Message, message
from convert.readers.saved.encoding import encoding_of
from convert.sources import Source
from convert.text import squeeze

FORMS = frozenset({"mirror", "html", "markdown"})
"""Forms that people write by hand.  JSON is made by programs: mend what it was made from, and make it again."""

ROUNDS = 8
"""What one edit makes right can bring another fault to light; real documents need one or two rounds."""


class Mended(Struct, frozen=True):
    """What came of mending a document."""

    data: bytes | None = None
    """The mended document; None where it stays as it is."""
    count: int = 0
    """How many findings were mended."""
    reason: Message | None = None
    """Why it stays as it is, though there was something to fix."""


def mend(source: Source, base: str, codes: Collection[str], source_format: str = "") -> Mended:
    """A document with what was found under `codes` mended: all that has an edit, or nothing.  Bytes that no edit
    touches stay as they are.  `base` and `source_format` as for `document.read_and_clean`."""
    done = _mend(source, base, codes, source_format)
    if not done.reason or len(codes) < 2:
        return done
    guilty = {code for code in codes if _mend(source, base, {code}, source_format).reason}
    if guilty and _mend(source, base, set(codes) - guilty, source_format).data is not None:
        return replace(
            done,
            reason=message(
                "{reason}; --ignore {codes} fixes the rest", reason=done.reason, codes=",".join(sorted(guilty))
            ),
        )
    return done


def _mend(source: Source, base: str, codes: Collection[str], source_format: str) -> Mended:
    try:
        before = look(source, base, source_format)
        if before.context.source_format not in FORMS:
            return Mended()
        if before.context.source_format == "html" and (encoding := encoding_of(source.data)) != "UTF-8":
            return Mended(
                reason=message("it is in {encoding}, and only UTF-8 is fixed; save it as UTF-8", encoding=encoding)
            )
        source.data.decode()
    except (DocumentError, UnicodeDecodeError):
        return Mended()  # what cannot be read has a finding that says so
    try:
        return _settled(source, base, codes, before.context.source_format, before)
    except DocumentError as error:
        return Mended(reason=message("it could not be read any more: {reason}", reason=error.message))
    except Exception as error:  # a fault of ours must not take the other documents with it
        return Mended(
            reason=message("this program failed on it, please report it: {error}", error=squeeze(repr(error), 200))
        )


def _settled(source: Source, base: str, codes: Collection[str], source_format: str, before: Look) -> Mended:
    now, mended = source, before
    tried: set[str] = set()
    for _ in range(ROUNDS):
        data, made = _round(now.data, source_format, mended, codes)
        if not made:
            break
        tried |= made
        now = replace(now, data=data)
        mended = look(now, base, source_format)
    else:
        return Mended(reason=message("fixing it does not come to an end"))
    if not tried:
        return Mended()
    if reason := objection(before, mended, tried):
        return Mended(reason=reason)
    return Mended(now.data, len(before.findings) - len(mended.findings))


def _round(data: bytes, source_format: str, seen: Look, codes: Collection[str]) -> tuple[bytes, set[str]]:
    """The document with every edit made once, and the codes that had one."""
    made: set[str] = set()
    for code, mender in MENDERS.items():
        if code in codes and (told := frozenset(each.message for each in seen.findings if each.code == code)):
            draft = Draft(data, source_format, seen.context)
            mended = draft.apply(mender(draft, told))
            if mended != data:
                data = mended
                made.add(code)
    return data, made
