"""Checking an archive and fixing its documents, for `convert validate --fix` and `--diff`.

Each document is checked, fixed in memory, and checked again.  The caller gets each fixed document and writes it, or
shows the difference; this module writes nothing.
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
from convert.messages import Message, message
from convert.model import Finding
from convert.report.base import Summary
from convert.settings import Settings, Step, Tell
from convert.sources import STDIN, Reader, Ref, Refusal, Source, holds_many, printable

Before = Counter[Key] | None
"""The findings of a baseline."""


class FixedDocument(Checked, frozen=True):
    """Result of checking a document after fixing it."""

    file: str = ""
    """The path of the document's file; "" for standard input."""
    before: bytes = b""
    """The document before it was fixed, b"" if it was not; always set for standard input, as far as it was read."""
    result: FixResult = FixResult()
    refused: bool = False
    """True if the document could be fixed, and stays unchanged because it has unstaged changes."""


def fix(
    roots: Sequence[str],
    settings: Settings,
    on_fixed: Callable[[FixedDocument], None],
    tell: Tell,
    step: Step = lambda _: None,
    known: Callable[[Finding], bool] | None = None,
    before: Before = None,
    dirty: frozenset[str] = frozenset(),
) -> Summary:
    """Fix the findings that `settings.control` reports and the baseline `before` lacks; report the others like `check`.

    `dirty` are the real paths of files that are not to be fixed, because git has not seen what they hold.  `on_fixed`
    is called with each document that was fixed or could not be fixed, and with standard input.

    Raises:
        UsageError: a root is an archive; and as `check`.
    """
    for root in roots:
        if root != STDIN and holds_many(root):
            raise UsageError(
                "{path} holds many documents in one file, which --fix does not change; unpack it first",
                path=repr(printable(root)),
            )
    settings = replace(settings, cache="")  # fixing a document makes its entry out of date at once
    done: set[str] = set()

    def on_result(checked: Checked) -> None:
        assert isinstance(checked, FixedDocument)
        name = os.path.realpath(checked.file)
        if checked.result.data is None and not checked.result.reason and checked.file:
            return
        if name not in done or not checked.file:  # a file with two names was fixed under the first
            on_fixed(checked)
        done.add(name)

    return check(roots, settings, tell, step, known, Job(partial(FixWorker, settings, before, dirty), on_result))


class FixWorker:
    """Worker that checks and fixes documents."""

    def __init__(self, settings: Settings, before: Before, dirty: frozenset[str]) -> None:
        self.reader, self.settings, self.baseline = Reader(), settings, Baseline(before or Counter())
        self.dirty = dirty

    def __call__(self, ref: Ref | Refusal) -> FixedDocument:
        """Return the findings of a document, and the fixed document."""
        return _one(ref, self.reader, self.settings, self.baseline, self.dirty)

    def lost(self, ref: Ref | Refusal, why: Message) -> FixedDocument:
        """Return the finding of a document that was given up; it stays as it is."""
        checked = asdict(lost(ref, self.settings, why))
        if isinstance(ref, Refusal):
            return FixedDocument(**checked, before=ref.data)
        return FixedDocument(**checked, file=_file(ref), before=ref.member if isinstance(ref.member, bytes) else b"")

    def close(self) -> None:
        """Close the archives that were read from."""
        self.reader.close()


class _InMemory:
    """Reader that returns a document which has been read already."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def read(self, ref: Ref) -> Source:
        return self.source


def _one(
    ref: Ref | Refusal, reader: Reader, settings: Settings, baseline: Baseline, dirty: frozenset[str]
) -> FixedDocument:
    if isinstance(ref, Refusal):
        return FixedDocument(**asdict(examine(ref, reader, settings)), before=ref.data)
    try:
        source = reader.read(ref)
    except DocumentError:
        return FixedDocument(**asdict(examine(ref, reader, settings)), file=_file(ref))
    checked = examine(ref, _InMemory(source), settings)
    codes = {each.code for each in checked.findings if not baseline.covers(each)} & FIXERS.keys()
    result = FixResult()
    if codes and isinstance(ref.member, tuple):
        result = FixResult(reason=message("it is in an archive, which --fix does not change; unpack that first"))
    elif codes:
        result = fix_document(_in_folder(source, _file(ref)), settings.base_url, codes, settings.how)
    refused = result.data is not None and bool(dirty) and os.path.realpath(_file(ref)) in dirty
    if refused:
        result = FixResult(reason=message("it has changes that are not staged; stage them, or add --allow-dirty"))
    if result.data is not None:
        checked = examine(ref, _InMemory(replace(source, data=result.data)), settings)
    original = source.data if result.data is not None or ref.root == STDIN else b""
    return FixedDocument(**asdict(checked), file=_file(ref), before=original, result=result, refused=refused)


def _in_folder(source: Source, file: str) -> Source:
    """Return a document with the name of its folder, which names its channel to a run from above that folder.

    Without it, a page outside of a mirror would lose its channel with its tracking picture.
    """
    if not file or "/" in source.place:
        return source
    folder = printable(os.path.basename(os.path.dirname(os.path.realpath(file))))
    return replace(source, place=f"{folder}/{source.place}")


def _file(ref: Ref) -> str:
    return ref.member if isinstance(ref.member, str) else ""
