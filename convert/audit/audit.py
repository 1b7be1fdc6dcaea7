"""The audit of files: each is judged in a sealed process, and what comes back becomes findings."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import BinaryIO, NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from convert.audit.found import Found, Judged
from convert.audit.vector import TRACKING, Vector, vectors
from convert.errors import SourceError, reason
from convert.messages import Message, message
from convert.model import Finding
from convert.sandbox import temporary
from convert.sandbox.abilities import permit_reading
from convert.sandbox.process import ClosedError, ExceededError, KilledError, SandboxError, SealedProcess
from convert.text import printable

StrPath = str | os.PathLike[str]
MEMORY = 1 << 30
"""Most bytes of data of the process that judges."""
SECONDS = 3
"""Most seconds of processor time for a file, and one more for each 2 MB of it."""
BYTES_A_SECOND = 2_000_000
RECYCLED = 300_000_000
"""Bytes of memory above which the process is replaced by a new one before the next file."""


class Folder(Struct, frozen=True, array_like=True):
    """Files of a folder that is judged as a whole, and those of them that are scripts of our own search."""

    files: frozenset[str] | None
    """All of them; None for a file by itself."""
    own: frozenset[str]


class Question(Struct, frozen=True, array_like=True):
    """File to judge: its path, and if it lies in a folder that is judged as a whole, its place there."""

    path: str
    entry: str = ""
    folder: str = ""
    """Temporary file with the encoded `Folder`, which the process reads once; "" for a file by itself."""
    name: str = ""
    """Name that the file is judged by, if its path says nothing: that of a text on standard input."""


class Audited(Struct, frozen=True):
    """File with what was found in it."""

    path: str
    kind: str
    findings: tuple[Finding, ...]
    loads: tuple[str, ...] = ()
    """Paths of the files of the same folder or archive that it loads."""

    def failing(self, *, strict: bool = False) -> bool:
        """Return True if the file is not sealed; with `strict`, also if only some programs would load something."""
        return any(each.level == "error" or (strict and each.code[3] == "3") for each in self.findings)

    @property
    def unjudged(self) -> bool:
        """True if something of the file could not be judged."""
        return any(each.code[3] == "6" for each in self.findings)


class Audit(NamedTuple):
    """Result of judging a file, for `convert.api`."""

    path: str
    kind: str
    """The kind of file that it is, such as `zip`, `html` or `pdf`; "" if that is not known."""
    sealed: bool
    """True if no program that opens it loads or runs anything by itself."""
    judged: bool
    """False if something of the file could not be judged; it is not sealed then."""
    findings: list[Finding]


class Auditor:
    """Auditor with a sealed process that starts with the first file.

    With `strict_links`, tracking in links is an error: who follows them, is followed.
    """

    def __init__(self, *, strict_links: bool = False) -> None:
        self._process = SealedProcess(_answer, MEMORY)
        self._strict_links = strict_links
        self.loaded = 0
        """Number of files of folders and archives that others in them load."""

    def audit(self, path: str) -> Iterator[Audited]:
        """Yield each file of a folder, or the one file, with its findings; of a manifest, also the outputs.

        Raises:
            OSError: it cannot be opened.
        """
        if not os.path.isdir(path):
            if os.path.exists(path) and not os.path.isfile(path):  # a pipe, which would be waited for
                raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
            with open(path, "rb") as file:
                head = file.read(_HEAD)
            audited = self._judged(path, Question(path))
            self.loaded += len(audited.loads)
            yield audited
            if _is_manifest(head):
                yield from self._folder(os.path.dirname(path), [*_outputs(path)])
            return
        yield from self._folder(path, sorted(_entries(path)))

    def audit_stream(self, stream: BinaryIO, name: str) -> Audited:
        """Return what is found in the bytes of a stream, such as standard input, which are called `name`.

        Raises:
            OSError: it cannot be read, or no temporary file be written.
        """
        with tempfile.NamedTemporaryFile(dir=temporary.folder(), buffering=0) as file:
            shutil.copyfileobj(stream, file)
            return self._judged(name, Question(file.name, name=name))

    def _folder(self, path: str, entries: Sequence[str]) -> Iterator[Audited]:
        """Yield files of a folder with their findings; scripts are judged first, because pages may load our own."""
        names = frozenset(entries)
        scripts = [entry for entry in entries if entry.endswith(".js")]
        with tempfile.NamedTemporaryFile(dir=temporary.folder(), buffering=0) as file:
            file.write(msgspec.msgpack.encode(Folder(names, frozenset())))
            judged = {entry: self._entry(path, entry, file.name) for entry in scripts}
        own = frozenset(entry for entry, each in judged.items() if each.kind == "script" and not each.findings)
        loaded: set[str] = set()
        with tempfile.NamedTemporaryFile(dir=temporary.folder(), buffering=0) as file:
            file.write(msgspec.msgpack.encode(Folder(names, own)))
            for entry in entries:
                audited = judged.get(entry) or self._entry(path, entry, file.name)
                loaded.update(audited.loads)
                yield audited
        self.loaded += len(loaded if own.isdisjoint(loaded) else loaded | own)  # one script of the search loads others

    def _entry(self, path: str, entry: str, folder: str) -> Audited:
        whole = os.path.join(path, *entry.split("/"))
        return self._judged(whole, Question(whole, entry, folder))

    def close(self) -> None:
        """End the process."""
        self._process.close()

    def _judged(self, path: str, question: Question) -> Audited:
        regular = os.path.isfile(question.path)
        judged = self._ask(question) if regular else Judged("", [Found("unknown-kind", "", entry=question.entry)])
        if self._process.memory > RECYCLED:
            self._process.stop()
        table = vectors()
        findings = [_finding(table[each.vector], each, path, question) for each in judged.found]
        if self._strict_links:
            findings = [replace(each, level="error") if each.name in TRACKING else each for each in findings]
        findings.sort(key=lambda each: (each.path, each.line, each.column, each.code))
        return Audited(path, judged.kind, tuple(findings), tuple(judged.loads))

    def _ask(self, question: Question) -> Judged:
        seconds = SECONDS + os.path.getsize(question.path) // BYTES_A_SECOND
        for attempt in (1, 2):
            try:
                return msgspec.msgpack.decode(self._process.ask(msgspec.msgpack.encode(question), seconds), type=Judged)
            except ClosedError:
                raise
            except KilledError:
                if attempt == 2:
                    break
            except ExceededError:
                return Judged("", [Found("over-limits", f"{seconds} s, {MEMORY >> 20} MB", entry=question.entry)])
            except SandboxError:
                break
        return Judged("", [Found("broken-document", "", entry=question.entry)])


def audit(files: StrPath | Iterable[StrPath], *, strict: bool = False, strict_links: bool = False) -> Iterator[Audit]:
    """Yield whether each file is sealed, and what programs that open it could load or run by themselves.

    Files of a folder are judged each, and the outputs that a manifest names.  With `strict`, what only some programs
    load counts too; with `strict_links`, tracking in links does.  Nothing is loaded or run.  A process judges, so a
    script must call this under `if __name__ == "__main__":`.

    Raises:
        SourceError: a file cannot be opened.
    """
    auditor = Auditor(strict_links=strict_links)
    try:
        for file in (files,) if isinstance(files, str | os.PathLike) else files:
            path = os.fspath(file)
            try:
                for each in auditor.audit(path):
                    sealed = not each.failing(strict=strict)
                    yield Audit(each.path, each.kind, sealed, not each.unjudged, list(each.findings))
            except OSError as error:
                raise SourceError("{path}: {fault}", path=printable(path), fault=reason(error)) from error
    finally:
        auditor.close()


_HEAD = 4096


def _is_manifest(head: bytes) -> bool:
    """Return True if a file may be the manifest of a build."""
    return head.lstrip()[:1] == b"{" and b'"schema_version"' in head


def _outputs(path: str) -> Iterator[str]:
    """Yield the outputs that a manifest names, beside it; those that are gone are no concern of the audit."""
    from convert import manifest  # few files are one

    try:
        outputs = manifest.read(path).outputs
    except manifest.ManifestError:  # some other file
        return
    for output in outputs:
        if os.path.isfile(os.path.join(os.path.dirname(path), *output.path.split("/"))):
            yield output.path


def _entries(folder: str) -> Iterator[str]:
    """Yield the path of each file below a folder, with slashes; links are files, and no folders."""
    for where, _, names in os.walk(folder):
        inside = os.path.relpath(where, folder).replace(os.sep, "/")
        for name in names:
            yield name if inside == "." else f"{inside}/{name}"


def _finding(vector: Vector, found: Found, path: str, question: Question) -> Finding:
    inside = "" if found.entry == question.entry else found.entry
    where = f"{path}/{inside}" if inside else path
    return Finding(vector.code, vector.name, vector.level, _message(vector, found), where, found.line, found.column)


def _message(vector: Vector, found: Found) -> Message:
    quote = found.quote
    match vector.code[3]:
        case "1":
            said = message("audit-loads", quote=quote)
        case "2":
            said = message("audit-runs", quote=quote)
        case "3":
            said = message("audit-some", quote=quote)
        case "4":
            said = message("audit-followed", quote=quote)
        case "5":
            said = message("audit-traces", quote=quote)
        case _:
            said = message("audit-unjudged", quote=quote)
    return message("audit-object", object=found.object, said=said) if found.object else said


def _answer(request: bytes) -> bytes:
    """Answer an encoded `Question` with an encoded `Judged`; called in the sealed process."""
    from convert.audit.judging import judged  # only where there is a seal

    question = msgspec.msgpack.decode(request, type=Question)
    permit_reading(question.path)
    folder = _folder_of(question.folder) if question.folder else Folder(None, frozenset())
    return msgspec.msgpack.encode(judged(question.path, question.entry, folder.files, question.name, folder.own))


@lru_cache(maxsize=1)
def _folder_of(path: str) -> Folder:
    permit_reading(path)
    with open(path, "rb") as file:
        return msgspec.msgpack.decode(file.read(), type=Folder)
