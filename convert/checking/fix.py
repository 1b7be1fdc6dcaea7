"""Checking an archive and mending its documents: what `convert validate --fix` and `--diff` do.

Each document is checked, mended in memory, and checked again.  The caller gets each mended document and does with it
what was wanted; this module writes nothing.
"""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from msgspec.structs import asdict, replace

from convert.checking.archive import Job, check
from convert.checking.document import Checked, examine, lost
from convert.control.baseline import Baseline, Key
from convert.errors import DocumentError, UsageError
from convert.fixes import FIXERS
from convert.fixes.fix import FixResult, fix_document
from convert.model import Finding
from convert.report.base import Summary
from convert.settings import Settings, Step, Tell
from convert.sources import STDIN, Reader, Ref, Refusal, Source, holds_many, printable
from convert.sources.naming import base_of

Before = Counter[Key] | None
"""The findings of a baseline."""


class Fixed(Checked, frozen=True):
    """What a check says of one document after mending it, and what came of that."""

    file: str = ""
    """The document's file, for the system; empty for standard input."""
    before: bytes = b""
    """What the document was, where it was mended; of standard input always, as far as it was read."""
    result: FixResult = FixResult()


def fix(
    roots: Sequence[str],
    settings: Settings,
    keep: Callable[[Fixed], None],
    tell: Tell,
    step: Step = lambda _: None,
    known: Callable[[Finding], bool] | None = None,
    before: Before = None,
) -> Summary:
    """Mends what `settings.control` would tell of and a baseline, `before`, does not hold; then as `checking.check` of
    what is left.  `keep` is called with each document that was mended or could not be, and with standard input.

    Raises:
        UsageError: a root is an archive; and as `check`.
    """
    for root in roots:
        if root != STDIN and holds_many(root):
            raise UsageError(
                "{path} holds many documents in one file, which --fix does not change; unpack it first",
                path=repr(printable(root)),
            )
    settings = replace(settings, cache="")  # what it knows of a document would be out of date at once
    done: set[str] = set()

    def met(checked: Checked) -> None:
        assert isinstance(checked, Fixed)
        name = os.path.realpath(checked.file)
        if checked.result.data is None and not checked.result.reason and checked.file:
            return
        if name not in done or not checked.file:  # two names of one file: it was mended under the first
            keep(checked)
        done.add(name)

    return check(roots, settings, tell, step, known, Job(partial(FixWorker, settings, before), met))


class FixWorker:
    """Checks and fixes documents, in one process."""

    def __init__(self, settings: Settings, before: Before) -> None:
        self.reader, self.settings, self.before = Reader(), settings, before

    def __call__(self, ref: Ref | Refusal) -> Fixed:
        """Return what is wrong with a document, and the document fixed."""
        return _one(ref, self.reader, self.settings, self.before)

    def lost(self, ref: Ref | Refusal) -> Fixed:
        """Report a document that killed its process, and leave it as it is."""
        checked = asdict(lost(ref, self.settings))
        if isinstance(ref, Refusal):
            return Fixed(**checked, before=ref.data)
        return Fixed(**checked, file=_file(ref), before=ref.member if isinstance(ref.member, bytes) else b"")

    def close(self) -> None:
        """Close what was read from."""
        self.reader.close()


class _Given:
    """Reads a document that is at hand."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def read(self, ref: Ref) -> Source:
        return self.source


def _one(ref: Ref | Refusal, reader: Reader, settings: Settings, before: Before) -> Fixed:
    if isinstance(ref, Refusal):
        return Fixed(**asdict(examine(ref, reader, settings)), before=ref.data)
    try:
        source = reader.read(ref)
    except DocumentError:
        return Fixed(**asdict(examine(ref, reader, settings)), file=_file(ref))
    checked = examine(ref, _Given(source), settings)
    baseline = Baseline(before)
    codes = {each.code for each in checked.findings if not baseline.covers(each)} & FIXERS.keys()
    result = (
        fix_document(source, base_of(ref, settings.base_url), codes, settings.source_format) if codes else FixResult()
    )
    if result.data is not None:
        checked = examine(ref, _Given(replace(source, data=result.data)), settings)
    at_hand = source.data if result.data is not None or ref.root == STDIN else b""
    return Fixed(**asdict(checked), file=_file(ref), before=at_hand, result=result)


def _file(ref: Ref) -> str:
    return ref.member if isinstance(ref.member, str) else ""
