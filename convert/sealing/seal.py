"""The sealing of one file: read as a whole, written anew, audited, and only then put in its place."""

import hashlib
import os
import re
import shutil
import uuid
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from msgspec import Struct
from msgspec.structs import replace

from convert.audit.audit import Audited, Auditor
from convert.errors import DocumentError, SourceError, UsageError
from convert.messages import Message, message
from convert.model import Finding, Link, walk
from convert.pictures.gallery import Ready
from convert.pictures.model import Missing
from convert.readers.saved import mhtml
from convert.readers.saved.encoding import looks_like_html
from convert.rules.engine import finding_from_note
from convert.runner.watch import Watch
from convert.sealing import single
from convert.sealing.book import SealedBook
from convert.sealing.epub import EpubOriginal
from convert.sealing.losses import LOSSES
from convert.sealing.original import INSIDE, Document, Line, Metadata, Original, Read
from convert.sealing.page import PageOriginal
from convert.sealing.pictures import Pictures
from convert.sealing.reading import Reader
from convert.sealing.rendering import BookNames, InsideLinks, PageNames, rendered
from convert.sources import containers
from convert.sources.pictures import references
from convert.store import new_file
from convert.text import printable

FORMS = {".epub": "epub", ".html": "html", ".htm": "html", ".pdf": "pdf", ".md": "markdown", ".json": "json"}
"""Formats of outputs by the end of their names."""


class Sealed(Struct):
    """Result of sealing a file."""

    findings: list[Finding]
    """Things that the output does not keep, and reasons why it is not sealed."""
    sealed: bool = False
    """True if the output is sealed and written."""
    documents: int = 0
    pictures: int = 0


def form_of(output: str) -> str:
    """Return the format of an output by its name.

    Raises:
        UsageError: there is none.
    """
    ending = os.path.splitext(output)[1].lower()
    if ending not in FORMS:
        raise UsageError(
            "{path}: give the output a name that ends in one of: {endings}",
            path=printable(output),
            endings=", ".join(FORMS),
        )
    return FORMS[ending]


def seal(source: str, output: str) -> Sealed:
    """Write a sealed copy of a book or a page, whole or not at all.

    Raises:
        UsageError: the output's name has no known end.
        SourceError: the source cannot be read, or is encrypted.
        OSError: the source cannot be opened.
        StoreError: the output cannot be written.
    """
    form = form_of(output)
    auditor = Auditor()
    try:
        pictures = Pictures(auditor)
        try:
            return Sealing(source, form, auditor, pictures).run(output)
        finally:
            pictures.close()
    finally:
        auditor.close()


class Sealing:
    """Work on one file."""

    def __init__(self, source: str, form: str, auditor: Auditor, pictures: Pictures) -> None:
        self._source, self._form, self._auditor, self._pictures = source, form, auditor, pictures
        self._result = Sealed([])

    def run(self, output: str) -> Sealed:
        """Seal the file."""
        result = self._result
        original = _opened(self._source)
        try:
            reads = self.read(original)
            cover = self._cover(original)
            made = os.path.join(self._pictures.folder.name, f"sealed{os.path.splitext(output)[1].lower()}")
            self._write(original, reads, cover, made)
        finally:
            original.close()
        result.documents = len(reads)
        audited = list(self._auditor.audit(made))
        result.sealed = not any(each.failing() for each in audited)
        result.findings += self._losses(original, reads)
        result.findings += self._taken_out(audited)
        if not result.sealed:
            result.findings += _failures(audited, made, output)
            return result
        with new_file(output) as out, open(made, "rb") as file:
            shutil.copyfileobj(file, out)
        return result

    # --- reading ------------------------------------------------------------------------------------------------------

    def read(self, original: Original) -> list[Read]:
        """Return the documents of a book or a page.

        Raises:
            SourceError: one cannot be read.
        """
        reader = Reader(original, self._pictures, self._wanted(original))

        def one(document: Document) -> Read:
            try:
                return reader.read(document)
            except DocumentError as error:
                raise self._unreadable(document, error.message, error.line, error.column) from error

        def lost(document: Document, why: Message) -> Read:
            raise self._unreadable(document, why)

        with Watch() as watch:
            reads = [watch.attempt(one, each, lost) for each in original.documents]
        return _reachable(original, reads)

    def _unreadable(self, document: Document, why: Message, line: int = 0, column: int = 0) -> SourceError:
        """Return the error of a document that cannot be read."""
        place = ":".join([_path(self._source, document.path), *(str(each) for each in (line, column) if each)])
        return SourceError("{path}: {reason}; nothing was written", path=printable(place), reason=why)

    def _wanted(self, original: Original) -> dict[str, set[str]]:
        """Return the names of places to which links and the contents lead, by the keys of documents."""
        wanted: dict[str, set[str]] = {each.key: set() for each in original.documents}

        def add(lines: tuple[Line, ...]) -> None:
            for line in lines:
                if line.key and line.fragment:
                    wanted[line.key].add(line.fragment)
                add(line.below)

        add(tuple(original.contents_tree))
        for document in original.documents:
            try:
                text = original.text(document)
            except DocumentError:
                continue  # `_read` will say it
            for reference in references(text):
                target = original.target(document, reference.strip()) if "#" in reference else ""
                key = document.key
                if target.startswith(INSIDE):
                    key, _, fragment = target.removeprefix(INSIDE).partition("#")
                else:
                    fragment = target[1:] if target.startswith("#") else ""
                for name in filter(None, (fragment, unquote(fragment))):
                    wanted[key].add(name)
        return wanted

    def _cover(self, original: Original) -> str:
        """Return the address of the cover's picture, "" without one that can be shown."""
        try:
            data = original.cover()
        except DocumentError:
            data = b""
        if data is None:
            return ""
        kept = self._pictures.keep(data)
        if isinstance(kept, Missing):
            self._result.findings.append(_loss("cover", self._source, kept.detail))
            return ""
        return kept

    # --- writing ------------------------------------------------------------------------------------------------------

    def _write(self, original: Original, reads: list[Read], cover: str, made: str) -> None:
        facts = _with_identifier(original.facts, reads)
        language = facts.language or reads[0].article.language
        lines = tuple(original.contents_tree) or tuple(
            Line(each.article.title, each.document.key) for each in reads if each.document.linear
        )
        if self._form not in ("epub", "html"):
            from convert.sealing.joined import write as write_joined

            self._result.pictures = write_joined(self._form, facts, language, reads, self._pictures.gallery(), made)
            return
        epub = self._form == "epub"
        links, names = InsideLinks(reads), BookNames() if epub else PageNames()
        gallery = self._pictures.gallery()
        parts = [rendered(each, links, names, gallery, epub=epub) for each in reads]
        self._result.pictures = len({each.name for part in parts for each in part.pictures})
        with open(made, "wb") as out:
            if epub:
                front = gallery.of(cover) if cover else None
                ready = front if isinstance(front, Ready) else None
                SealedBook(facts, language, lines, links, ready).write(parts, out)
            else:
                single.write(facts, language, lines, links, parts, out)

    # --- the ledger ---------------------------------------------------------------------------------------------------

    def _losses(self, original: Original, reads: list[Read]) -> Iterator[Finding]:
        for each in original.lost:
            yield _loss(each.kind, _path(self._source, each.path), each.detail, each.place.line, each.place.column)
        for read in reads:
            path = _path(self._source, read.document.path)
            for note in read.notes:
                yield finding_from_note(note, path)
            for loss in read.losses:
                yield _loss(loss.kind, path, loss.detail, loss.place.line, loss.place.column)

    def _taken_out(self, after: list[Audited]) -> Iterator[Finding]:
        """Yield what the audit finds in the source: none of it is in the output, but what the audit finds there too."""
        stays = {each.code for audited in after for each in audited.findings}
        for audited in self._auditor.audit(self._source):
            for each in audited.findings:
                if each.code not in stays:
                    said = message("sealed-out", said=each.message)
                    yield replace(each, level="info", message=said, fixed=True)


def _opened(source: str) -> Original:
    """Return the book or page in a file.

    Raises:
        SourceError: it is neither.
    """
    with open(source, "rb") as file:
        start = file.read(1 << 16)
    if containers.kind_of(source) == "epub" or (start.startswith(b"PK") and source.lower().endswith(".epub")):
        return EpubOriginal(source)
    if mhtml.detect(start) or looks_like_html(start):
        return PageOriginal(source)
    raise SourceError(
        "{path}: it is no EPUB, HTML or MHTML file; `convert audit` judges other kinds, and `convert --to FORMAT` "
        "reads more of them",
        path=printable(source),
    )


def _reachable(original: Original, reads: list[Read]) -> list[Read]:
    """Return the documents, of which those outside the order of the book are in it if nothing leads to them."""
    reached: set[str] = set()

    def add(lines: Sequence[Line]) -> None:
        for line in lines:
            reached.add(line.key)
            add(line.below)

    add(original.contents_tree)
    for read in reads:
        for node in walk(read.article.body):
            if isinstance(node, Link) and node.target.startswith(INSIDE):
                reached.add(node.target.removeprefix(INSIDE).partition("#")[0])
    return [
        each
        if each.document.linear or each.document.key in reached
        else each._replace(document=each.document._replace(linear=True))
        for each in reads
    ]


def _with_identifier(facts: Metadata, reads: list[Read]) -> Metadata:
    """Return the metadata with an identifier made of the text, if the book has none."""
    if facts.identifiers:
        return facts
    digest = hashlib.sha256(facts.title.encode("utf-8", "replace"))
    for each in reads:
        digest.update(repr(each.article.body).encode("utf-8", "replace"))
    return replace(facts, identifiers=(uuid.uuid5(uuid.NAMESPACE_URL, digest.hexdigest()).urn,))


def _path(source: str, entry: str) -> str:
    return f"{source}/{entry}" if entry else source


def _loss(kind: str, path: str, detail: str = "", line: int = 0, column: int = 0) -> Finding:
    loss = LOSSES[kind]
    return Finding(loss.code, kind, loss.level, loss.said(_quoted(detail)), path, line, column, fixed=True)


_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def _quoted(detail: str) -> str:
    return _UNSAFE.sub("�", detail)


def _failures(audited: list[Audited], made: str, output: str) -> Iterator[Finding]:
    """Yield what keeps an output from being sealed, at its places in the output."""
    for each in audited:
        for finding in each.findings:
            if finding.level == "error":
                yield replace(finding, path=finding.path.replace(made, output, 1))
