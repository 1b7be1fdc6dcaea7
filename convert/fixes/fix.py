"""Fixing one document: making the edits, and testing the result."""

from collections.abc import Collection

from msgspec import Struct
from msgspec.structs import replace

from convert.errors import DocumentError
from convert.fixes import FIXERS
from convert.fixes.draft import Draft
from convert.fixes.judge import Snapshot, snapshot, why_not_equivalent
from convert.messages import Message, message
from convert.readers.options import DETECTED, ReadOptions
from convert.readers.saved.encoding import encoding_of
from convert.sources import Source
from convert.text import marked_encoding, squeeze

FIXABLE_FORMATS = frozenset({"mirror", "html", "markdown"})
"""Formats that people write by hand.  JSON is written by programs: fix its source and write it again."""

MAX_ROUNDS = 8
"""Most rounds of edits, because an edit can reveal another fault; real documents need one or two."""


class FixResult(Struct, frozen=True):
    """Outcome of fixing a document."""

    data: bytes | None = None
    """The fixed document; None if it stays unchanged."""
    count: int = 0
    """The number of findings that were fixed."""
    reason: Message | None = None
    """Reason why the document stays unchanged; None if it was fixed or needs no fix."""


def fix_document(source: Source, base: str, codes: Collection[str], how: ReadOptions = DETECTED) -> FixResult:
    """Fix all findings of `codes` that have an edit, or none of them if the article would change.

    Bytes that no edit touches stay as they are.  `base` and `how` are those of `document.read_and_clean`.
    """
    result = _fix(source, base, codes, how)
    if not result.reason or len(codes) < 2 or result.reason.id == "channel-by-tracker":  # no rule is to be ignored
        return result
    rejected = {code for code in codes if _fix(source, base, {code}, how).reason}
    if rejected and _fix(source, base, set(codes) - rejected, how).data is not None:
        ignore = ",".join(sorted(rejected))
        return replace(
            result, reason=message("{reason}; --ignore {codes} fixes the rest", reason=result.reason, codes=ignore)
        )
    return result


def _fix(source: Source, base: str, codes: Collection[str], how: ReadOptions) -> FixResult:
    try:
        before = snapshot(source, base, how)
        if before.context.source_format not in FIXABLE_FORMATS:
            return FixResult()
        html = before.context.source_format == "html"
        encoding = encoding_of(source.data) if html else marked_encoding(source.data)[1].upper()
        if encoding != "UTF-8":
            return FixResult(
                reason=message("it is in {encoding}, and only UTF-8 is fixed; save it as UTF-8", encoding=encoding)
            )
        source.data.decode()
    except (DocumentError, UnicodeDecodeError):
        return FixResult()  # a document that cannot be read has a finding that says so
    try:
        return _fix_in_rounds(source, base, codes, replace(how, source_format=before.context.source_format), before)
    except DocumentError as error:
        return FixResult(reason=message("it could not be read any more: {reason}", reason=error.message))
    except Exception as error:  # a fault of this program in one document must not stop the others
        return FixResult(
            reason=message("this program failed on it, please report it: {error}", error=squeeze(repr(error), 200))
        )


def _fix_in_rounds(source: Source, base: str, codes: Collection[str], how: ReadOptions, before: Snapshot) -> FixResult:
    """Edit the document until no edit is left, and test whether the result is equivalent."""
    current, after = source, before
    fixed_codes: set[str] = set()
    for _ in range(MAX_ROUNDS):
        data, edited_codes = _edit_once(current.data, how, after, codes)
        if not edited_codes:
            break
        fixed_codes |= edited_codes
        current = replace(current, data=data)
        after = snapshot(current, base, how)
    else:
        return FixResult(reason=message("fixing it does not come to an end"))
    if not fixed_codes:
        return FixResult()
    if reason := why_not_equivalent(before, after, fixed_codes):
        return FixResult(reason=reason)
    return FixResult(current.data, len(before.findings) - len(after.findings))


def _edit_once(data: bytes, how: ReadOptions, state: Snapshot, codes: Collection[str]) -> tuple[bytes, set[str]]:
    """Return the document after one round of edits, and the codes that changed it."""
    edited_codes: set[str] = set()
    for code, fixer in FIXERS.items():
        if code in codes and (messages := frozenset(each.message for each in state.findings if each.code == code)):
            draft = Draft(data, how, state.context)
            edited = draft.apply(fixer(draft, messages))
            if edited != data:
                data = edited
                edited_codes.add(code)
    return data, edited_codes
