"""The first of the two passes over an archive: what each document is, without parsing it."""

import hashlib
import os
import sys
from collections.abc import Collection, Sequence
from contextlib import ExitStack

from msgspec.structs import replace

from convert import readers
from convert.bundle.deduplicate import key_of
from convert.bundle.index import Index
from convert.cache.surveyed import SurveyCache, Surveyed
from convert.document import error_finding, offset_into_jsonl, refusal_finding
from convert.errors import DocumentError
from convert.model import Entry, Finding, Place
from convert.report.base import Summary
from convert.rules import RULES
from convert.rules.engine import finding
from convert.settings import Step
from convert.sources import STDIN, Reader, Ref, Refusal, walk
from convert.sources.naming import display_path


def name(ref: Ref | Refusal, roots: Sequence[str], taken: Collection[str]) -> str:
    """Return what outputs call a document: its path; among several folders or archives, in that of its root.

    Two that would share a name keep their whole paths.
    """
    path = ref.path
    if len(roots) > 1 and ref.root != STDIN and not (isinstance(ref, Ref) and ref.member == ref.root):
        path = f"{os.path.basename(os.path.abspath(ref.root))}/{ref.path}"
    if path in taken:
        path = f"{os.path.abspath(ref.root).strip('/')}/{ref.path}"
    return path


class Survey:
    """The documents of a conversion: the index of all articles, and where each of them is read from."""

    def __init__(self) -> None:
        self.index = Index()
        self.refs: dict[str, Ref] = {}
        self.others: dict[str, tuple[bytes, int]] = {}
        """SHA-256 and bytes of what is no article: index pages."""
        self.findings: list[Finding] = []
        self.summary = Summary()


def survey(roots: Sequence[str], step: Step = lambda _: None, source_format: str = "", cache: str = "") -> Survey:
    """Look at every document of the roots for the first time.

    `source_format` names the reader that they are for; without one the first bytes of each decide.  `cache` is the
    folder that keeps what was seen for the next run, if any.

    Raises:
        UsageError: a root that does not exist.
        SourceError: an archive that must not be read.
        StoreError: a cache that cannot be written.
    """
    seen = Survey()
    with ExitStack() as stack:
        reader = stack.enter_context(Reader())
        kept = stack.enter_context(SurveyCache(cache, source_format)) if cache else None
        for ref in walk(roots):
            step(1)
            seen.summary.documents += 1
            looked = kept.look(ref) if kept else None
            if isinstance(ref, Refusal):
                seen.findings.append(refusal_finding(ref))
                continue
            path = name(ref, roots, seen.refs)
            known = looked.value if looked else None
            if known is None or known.entry is None:
                try:
                    known = _look(seen, reader.read(ref).data, ref, path, source_format)
                except DocumentError as error:
                    seen.findings += offset_into_jsonl(ref, [error_finding(error, display_path(ref))])
                    continue
            if kept and looked:
                kept.keep(looked, known)
            if known.entry is None:
                seen.others.setdefault(path, (known.sha256, ref.size))
            elif path in seen.refs:  # the same document, named twice
                seen.summary.documents -= 1
            else:
                entry = known.entry
                seen.index.add(
                    Entry(
                        path=path,
                        id=entry.id,
                        title=entry.title,
                        address=entry.address,
                        published=sys.intern(entry.published),  # there are few days and channels, and many articles
                        section=sys.intern(entry.section),
                        digest=known.sha256,
                        text=entry.text,
                        key=entry.key,
                    )
                )
                seen.refs[path] = ref
    return seen


def _look(seen: Survey, data: bytes, ref: Ref, path: str, source_format: str) -> Surveyed:
    """Look at the bytes of a document for the first time."""
    entry = readers.peek(data, ref.path, source_format)
    if entry is None:
        seen.index.look_at(path, data)
        seen.summary.not_articles += 1
        told = finding(RULES["SRC004"], readers.why_not(data, source_format), display_path(ref), Place(1, 1))
        seen.findings += offset_into_jsonl(ref, [told])
    else:
        entry = replace(entry, key=key_of(entry))
    return Surveyed(hashlib.sha256(data).digest(), entry)
