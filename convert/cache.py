"""What a check said of documents, kept in a file, so that the next run looks only at those that changed.

An entry is believed if the file that its document is in has the same size, times and inode as then, and was last
changed before that run began: of a file that was changed while it was looked at, or within the same tick of the clock,
the times tell nothing (git's index has the same guard, there called racily clean).  Otherwise the bytes are compared by
hash.  What holds for all entries is in the head of the file: this program, what it is built on, and the settings that
matter; a file that is of others, or damaged, counts as empty.
"""

import hashlib
import mmap
import os
import struct
import sys
import tempfile
import zlib
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import cache
from importlib import metadata
from pathlib import Path
from struct import Struct as Layout
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self

import msgspec

from convert.bundle.archive import Facts
from convert.bundle.lists import Listed
from convert.checked import Checked, Fate, digest_of
from convert.document import base_of, shown
from convert.errors import DocumentError, StoreError
from convert.model import Finding
from convert.pipeline import Settings
from convert.rules import RULES
from convert.sources import Reader, Ref, Refusal
from convert.store import Store

NAME = ".validate"
"""Of the file.  It is hidden, as is the other one, so that no walk over an archive takes it for a document."""

_PACKAGE = Path(__file__).parent
_MAGIC = b"convert cache 1\n"
_HEAD = Layout("<16s16sQ")
"""Of the file: magic, what it is of, and when the run began that wrote it, in nanoseconds."""
_ENTRY = Layout("<II16s16sQQQQQ")
"""Of an entry: its length, that of its file's name, key, hash of the bytes, size, time of the last change of the bytes
and of the inode in nanoseconds, inode, device."""
_TAIL = Layout("<QI")
"""Of the file: how many entries there are, and the CRC-32 of all before it."""
_KEY, _PLACE = 16, Layout("<Q")


Status = tuple[int, int, int, int, int]
"""What the system tells of a file, as in an entry."""


class Looked(NamedTuple):
    """What the cache knows of a document."""

    checked: Checked | None = None
    key: bytes = b""
    """Empty where nothing is kept of it."""
    file: str = ""
    status: Status = (0, 0, 0, 0, 0)
    at: int = 0
    """Where its entry begins, if that can stay as it is; else 0."""


class Cache:
    """One run's use of the cache in a folder.  The file is written again when the block ends well, if it has to be."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.cache
        self._reader = Reader()
        self._archives: dict[str, Status | None] = {}
        self._stack = ExitStack()
        self._writing: _Writing | None = None

    def __enter__(self) -> Self:
        self._store = Store(self._folder).__enter__()
        if not os.path.exists(os.path.join(self._folder, ".gitignore")):
            self._store.write(".gitignore", b"*\n")
        self._identity = _identity(self._settings)
        self._began = _now(self._folder)
        self._old = _Old.of(os.path.join(self._folder, NAME), self._identity)
        self._next = self._kept = self._old.first
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        with self._stack:
            if kind is None:
                self._finish()
            elif self._writing:
                self._stack.__exit__(kind, error, trace)
                self._stack.pop_all()
        self._old.close()
        self._reader.close()

    # --- looking ------------------------------------------------------------------------------------------------------

    def look(self, ref: Ref | Refusal) -> Looked:
        """What is known of a document.  Those of a run are asked for in order."""
        if isinstance(ref, Refusal) or isinstance(ref.member, bytes):
            return Looked()
        alone = isinstance(ref.member, str)
        file = _absolute(ref.member if isinstance(ref.member, str) else ref.root)
        status = _status(file) if alone else self._archive(file)
        if status is None:
            return Looked()
        base = base_of(ref, self._settings.base_url)
        place = "" if alone else repr(ref.member)
        key = hashlib.blake2b(
            "\0".join((file, ref.root, ref.path, place, base)).encode("utf-8", "surrogatepass"), digest_size=_KEY
        )
        looked = Looked(None, key.digest(), file, status)
        if (at := self._old.find(looked.key, self._next)) is None:
            return looked
        self._next, digest, before = self._old.entry(at)
        trusted = before == status and max(status[1], status[2]) < self._old.began
        if not trusted and not self._same(ref, digest):
            return looked
        checked = self._old.checked(at, shown(ref))
        return looked._replace(checked=checked, at=at if trusted and checked else 0)

    def _archive(self, file: str) -> Status | None:
        """The status of an archive, asked for once a run."""
        if file not in self._archives:
            self._archives[file] = _status(file)
        return self._archives[file]

    def _same(self, ref: Ref, digest: bytes) -> bool:
        """Whether a document has the bytes that it had."""
        try:
            return digest_of(self._reader.read(ref).data) == digest
        except DocumentError:
            return False

    # --- keeping ------------------------------------------------------------------------------------------------------

    def keep(self, looked: Looked, checked: Checked) -> None:
        """Notes what a check says of a document.  They come in the order in which they were looked for."""
        if looked.at:
            self._old.met(looked.at)
            if self._writing is None and looked.at == self._kept:
                self._kept = self._old.entry(looked.at)[0]
            else:
                self._begun().copy(self._old, looked.at)
        elif looked.key and checked.digest:
            with suppress(UnicodeEncodeError):  # half a surrogate pair in a message: such a document is read each time
                self._begun().add(looked, checked)

    def _begun(self) -> "_Writing":
        """The file that is written, with all that has stayed as it was up to here."""
        if self._writing is None:
            self._writing = _Writing(self._stack.enter_context(self._store.open(NAME)), self._identity, self._began)
            for at in self._old.entries(self._kept):
                self._writing.copy(self._old, at)
        return self._writing

    def _finish(self) -> None:
        """Keeps what this run had nothing to do with, drops what is gone, and ends the file."""
        gone = False
        for at in self._old.unmet():
            if self._stays(self._old.file(at)):
                if self._writing:
                    self._writing.copy(self._old, at)
            else:
                gone = True
        if gone and self._writing is None:
            self._kept = self._old.first
            staying = [
                at
                for at in self._old.entries(self._old.end)
                if self._old.was_met(at) or self._stays(self._old.file(at))
            ]
            writing = self._begun()
            for at in staying:
                writing.copy(self._old, at)
        if self._writing:
            self._writing.end()
        self._old.close()

    def _stays(self, file: str) -> bool:
        """Whether the entry of a document that was not looked at is kept: it may be another run's, if its file is there
        and is no archive that was looked at."""
        return file not in self._archives and os.path.exists(file)


class _Old:
    """The file as the last run left it."""

    def __init__(self, data: "mmap.mmap | bytes", file: BinaryIO | None = None) -> None:
        self._data = data
        self._file = file
        self.first = _HEAD.size
        self.began: int = 0
        self.end = self.first
        self._count = 0
        self._met = bytearray(len(data) // _ENTRY.size + 1)
        if data:
            self.began = _HEAD.unpack_from(data)[2]
            self._count = _TAIL.unpack_from(data, len(data) - _TAIL.size)[0]
            self.end = len(data) - _TAIL.size - self._count * (_KEY + _PLACE.size)
        self._keys = range(self.end, self.end + self._count * _KEY, _KEY)

    @classmethod
    def of(cls, path: str, identity: bytes) -> "_Old":
        """The file at `path`; one that is not there, is of another program or settings, or is damaged, is empty."""
        file = None
        try:
            file = open(path, "rb")  # noqa: SIM115 -- closed by close()
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            head = _HEAD.unpack_from(data)
            crc = _TAIL.unpack_from(data, len(data) - _TAIL.size)[1]
            if head[:2] == (_MAGIC, identity) and zlib.crc32(memoryview(data)[:-4]) == crc:
                return cls(data, file)
        except (OSError, ValueError, struct.error):
            pass
        if file:
            file.close()
        return cls(b"")

    def find(self, key: bytes, expected: int) -> int | None:
        """Where the entry with a key begins, mostly where it is expected: documents come in the same order again."""
        data = self._data
        if expected < self.end and data[expected + 8 : expected + 8 + _KEY] == key:
            return expected
        at = bisect_left(self._keys, key, key=lambda place: data[place : place + _KEY])
        if at == self._count or data[self._keys[at] : self._keys[at] + _KEY] != key:
            return None
        return int(_PLACE.unpack_from(data, self._keys.stop + at * _PLACE.size)[0])

    def entry(self, at: int) -> tuple[int, bytes, Status]:
        """Where the next entry begins, and the hash and the status of this one."""
        length, _, _, digest, *status = _ENTRY.unpack_from(self._data, at)
        return at + length, digest, tuple(status)

    def raw(self, at: int) -> bytes:
        """An entry as it is."""
        return self._data[at : at + _ENTRY.unpack_from(self._data, at)[0]]

    def file(self, at: int) -> str:
        """The file that the document of an entry is in."""
        start = at + _ENTRY.size
        return self._data[start : start + _ENTRY.unpack_from(self._data, at)[1]].decode("utf-8", "surrogatepass")

    def checked(self, at: int, path: str) -> Checked | None:
        """What an entry says of the document that findings call `path`; nothing where it cannot be read."""
        length, name, _, digest = _ENTRY.unpack_from(self._data, at)[:4]
        try:
            value = _DECODER.decode(self._data[at + _ENTRY.size + name : at + length])
            findings = [
                Finding(code, *_RULES[code], message, path, line, column, fixed, removed)
                for code, message, line, column, fixed, removed in value.findings
            ]
        except (msgspec.DecodeError, UnicodeDecodeError, KeyError):
            return None
        return Checked(path, value.fate, findings, value.hushed, value.facts, value.listed, digest)

    def entries(self, end: int) -> Iterator[int]:
        """Where each entry up to a place begins."""
        at = self.first
        while at < end:
            yield at
            at += _ENTRY.unpack_from(self._data, at)[0]

    def met(self, at: int) -> None:
        """Notes that a document of this run has this entry."""
        self._met[at // _ENTRY.size] = 1

    def was_met(self, at: int) -> bool:
        """Whether one has."""
        return bool(self._met[at // _ENTRY.size])

    def unmet(self) -> Iterator[int]:
        """The entries that no document of this run has."""
        return (at for at in self.entries(self.end) if not self.was_met(at))

    def close(self) -> None:
        """Gives the file back."""
        if self._file:
            self._data.close()  # type: ignore[union-attr]  # it is a map where there is a file
            self._file.close()
            self._file = None


class _Writing:
    """The file that takes the old one's place."""

    def __init__(self, file: BinaryIO, identity: bytes, began: int) -> None:
        self._file = file
        self._crc = 0
        self._at = 0
        self._index: list[tuple[bytes, int]] = []
        self._write(_HEAD.pack(_MAGIC, identity, began))

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._crc = zlib.crc32(data, self._crc)
        self._at += len(data)

    def copy(self, old: _Old, at: int) -> None:
        """An entry as it was."""
        self._put(old.raw(at))

    def add(self, looked: Looked, checked: Checked) -> None:
        """A new entry."""
        file, value = looked.file.encode("utf-8", "surrogatepass"), _ENCODER.encode(_value(checked))
        length = _ENTRY.size + len(file) + len(value)
        self._put(_ENTRY.pack(length, len(file), looked.key, checked.digest, *looked.status) + file + value)

    def _put(self, entry: bytes) -> None:
        self._index.append((entry[8 : 8 + _KEY], self._at))
        self._write(entry)

    def end(self) -> None:
        """The index, and what tells that all is there."""
        self._index.sort()
        self._write(b"".join(key for key, _ in self._index))
        self._write(b"".join(_PLACE.pack(at) for _, at in self._index))
        self._write(_TAIL.pack(len(self._index), 0)[:8])
        self._file.write(self._crc.to_bytes(4, "little"))


class _Value(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What an entry says, without what its rule and its path tell of each finding."""

    fate: Fate
    findings: list[tuple[str, str, int, int, bool, str]]
    """Code, message, line, column, whether it is mended, and what is taken out."""
    hushed: tuple[str, ...]
    facts: Facts | None
    listed: tuple[Listed, ...]


def _value(checked: Checked) -> _Value:
    said = [(each.code, each.message, each.line, each.column, each.fixed, each.removed) for each in checked.findings]
    return _Value(checked.fate, said, checked.hushed, checked.facts, checked.listed)


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(_Value)
_RULES = {rule.code: (rule.name, rule.level) for rule in RULES.values()}


def _absolute(path: str) -> str:
    """`path` from the root of the file system, as it is written: a link is another file than what it leads to."""
    return path if os.path.isabs(path) else f"{_here()}/{path}"


@cache
def _here() -> str:
    return os.getcwd()


def _status(file: str) -> Status | None:
    try:
        status = os.stat(file)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_dev


def _now(folder: str) -> int:
    """The time by the clock of the disk, in nanoseconds: that of a file that is made now."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            return os.fstat(file.fileno()).st_mtime_ns
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise StoreError(
            f"cannot write into the cache {folder!r}: {reason}; name another folder with --cache"
        ) from error


def _identity(settings: Settings) -> bytes:
    """What tells entries that this program makes with these settings from all others."""
    digest = hashlib.blake2b(digest_size=16)
    said = (settings.form, settings.fidelity, settings.control.comments, sys.version, sys.byteorder)
    digest.update(repr((said, _program())).encode())
    return digest.digest()


@cache
def _program() -> str:
    """The version of this program, a hash of its files, and the versions of what it is built on."""
    files = hashlib.blake2b(digest_size=16)
    for path in sorted(_PACKAGE.rglob("*")):
        if path.suffix in (".py", ".json") and path.is_file():
            files.update(f"{path.relative_to(_PACKAGE)}\0".encode() + path.read_bytes() + b"\0")
    versions = [metadata.version("archive-convert")]
    for need in metadata.requires("archive-convert") or ():
        if "extra ==" not in need:
            name = need.split(";")[0].split("[")[0].rstrip("0123456789.,<>=!~ ")
            with suppress(metadata.PackageNotFoundError):
                versions.append(f"{name} {metadata.version(name)}")
    return f"{' '.join(versions)} {files.hexdigest()}"
