"""The first of the two passes over an archive, which identifies each document without parsing it."""

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
    """Return the path of a document in outputs: with several roots, it begins with the root's name.

    If that path is taken, the absolute path of the root begins it.
    """
    path = ref.path
    if len(roots) > 1 and ref.root != STDIN and not (isinstance(ref, Ref) and ref.member == ref.root):
        path = f"{os.path.basename(os.path.abspath(ref.root))}/{ref.path}"
    if path in taken:
        path = f"{os.path.abspath(ref.root).strip('/')}/{ref.path}"
    return path


class Survey:
    """Documents of a conversion: the index of all articles, and where to read each."""

    def __init__(self) -> None:
        self.index = Index()
        self.refs: dict[str, Ref] = {}
        self.others: dict[str, tuple[bytes, int]] = {}
        """SHA-256 and size in bytes of documents that are no articles, such as index pages, by path."""
        self.findings: list[Finding] = []
        self.summary = Summary()


def survey(roots: Sequence[str], step: Step = lambda _: None, source_format: str = "", cache: str = "") -> Survey:
    """Identify every document of the roots.

    `source_format` names their reader; without one the first bytes of each document decide.  `cache` is the folder of
    the cache, if any.

    Raises:
        UsageError: a root that does not exist.
        SourceError: an archive that must not be read.
        StoreError: a cache that cannot be written.
    """
    seen = Survey()
    with ExitStack() as stack:
        reader = stack.enter_context(Reader())
        survey_cache = stack.enter_context(SurveyCache(cache, source_format)) if cache else None
        for ref in walk(roots):
            step(1)
            seen.summary.documents += 1
            cached = survey_cache.lookup(ref) if survey_cache else None
            if isinstance(ref, Refusal):
                seen.findings.append(refusal_finding(ref))
                continue
            path = name(ref, roots, seen.refs)
            surveyed = cached.value if cached else None
            if surveyed is None or surveyed.entry is None:  # documents that are no articles are read each time
                try:
                    surveyed = _identify(seen, reader.read(ref).data, ref, path, source_format)
                except DocumentError as error:
                    seen.findings += offset_into_jsonl(ref, [error_finding(error, display_path(ref))])
                    continue
            if survey_cache and cached:
                survey_cache.save(cached, surveyed)
            if surveyed.entry is None:
                seen.others.setdefault(path, (surveyed.sha256, ref.size))
            elif path in seen.refs:  # the same document, named twice
                seen.summary.documents -= 1
            else:
                entry = surveyed.entry
                seen.index.add(
                    Entry(
                        path=path,
                        id=entry.id,
                        title=entry.title,
                        address=entry.address,
                        published=sys.intern(entry.published),  # few distinct days and channels for many articles
                        section=sys.intern(entry.section),
                        digest=surveyed.sha256,
                        text=entry.text,
                        key=entry.key,
                    )
                )
                seen.refs[path] = ref
    return seen


def _identify(seen: Survey, data: bytes, ref: Ref, path: str, source_format: str) -> Surveyed:
    """Identify a document by its bytes; index what is no article, and add the finding about it."""
    entry = readers.peek(data, ref.path, source_format)
    if entry is None:
        seen.index.look_at(path, data)
        seen.summary.not_articles += 1
        no_article = finding(RULES["SRC004"], readers.why_not(data, source_format), display_path(ref), Place(1, 1))
        seen.findings += offset_into_jsonl(ref, [no_article])
    else:
        entry = replace(entry, key=key_of(entry))
    return Surveyed(hashlib.sha256(data).digest(), entry)
