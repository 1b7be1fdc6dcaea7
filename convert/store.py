"""The only door to the disk: every file appears whole under its name, or not at all.

A file is written under a temporary name beside its place and then renamed (POSIX rename(2) is atomic; so is
MoveFileEx within a volume).  Whatever ends the run by an exception, Ctrl-C too, takes the temporary file along.
"""

import errno
import hashlib
import io
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import PurePosixPath
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Self, cast
from unicodedata import normalize

from convert.errors import StoreError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

MAX_NAME = 200
"""Bytes of one name in UTF-8.  File systems take 255; eCryptfs 143 to 255, temporary names and `.gz` need some."""

_MAX_SUFFIX = 16
_MAX_LINKS = 40
"""Links that are followed one after the other, as Linux does (path_resolution(7))."""

_DEVICE = "a device, a pipe or a socket has this name; name a file, or '-' for standard output: -o -, --report json=-"

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_BUFFER = 1 << 20

_ADVICE = {
    errno.ENOSPC: "free some space or write to another disk",
    errno.EDQUOT: "free some space or write to another disk",
    errno.EFBIG: "write to a disk that takes larger files, or make smaller volumes",
    errno.EROFS: "write to a folder that can be written to",
    errno.EACCES: "write to a folder that is yours",
    errno.EPERM: "write to a folder that is yours",
    errno.ENOTDIR: "a file stands where a folder is needed; move it or write elsewhere",
    errno.EEXIST: "a file stands where a folder is needed; move it or write elsewhere",
    errno.EISDIR: "a folder has this name; move it or write elsewhere",
    errno.ENAMETOOLONG: "write to a folder with a shorter path",
}

# What Windows does not take in names, and what breaks lines or encodings ("Naming Files, Paths, and Namespaces",
# learn.microsoft.com): characters, devices with any suffix, a dot or a space at the end.
_UNSAFE = re.compile('[<>:"|?*\\\\\\x00-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]|[. ]+$')
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)", re.IGNORECASE)


def safe_name(path: str) -> str:
    """The relative POSIX path `path` as every file system takes it; the same for the same path, always.

    Each part that has to change carries the beginning of its own SHA-256, so that two never become one.
    Raises ValueError if `path` is absolute or has `..`.

    >>> safe_name("纸/一.md"), safe_name("a/why?.md"), safe_name("nul.md")
    ('纸/一.md', 'a/why_-f9681056.md', '_nul-0b15013a.md')
    """
    return "/".join(map(_safe_part, _relative(path).parts))


class Store:
    """An output folder.  Raises `StoreError`, which says what to do next, wherever the disk does not play along.

    One for a run and in one process: it knows the names already given.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = os.fspath(folder) or "."
        self._made: set[str] = set()
        self._given: dict[str, tuple[str, str]] = {}
        # Temporary names are hidden, so that no run takes one for a document, and differ between runs.
        self._token = secrets.token_hex(4)

    def __enter__(self) -> Self:
        """Make the folder now: better to fail before the work than after."""
        self._make(self.folder)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Nothing is left to do: each file was finished or removed on its own."""

    def write(self, name: str, data: bytes, source: str = "") -> None:
        """Make the file `name` (relative, POSIX; see `safe_name`) with `data`; an existing file is replaced, of a link
        the file that it leads to.

        `source` names the document in the error for two that want one name.
        """
        path, temporary = self._place(name, source)
        try:
            descriptor = os.open(temporary, _FLAGS, 0o666)
            try:
                written = os.write(descriptor, data)
                while written < len(data):  # a nearly full disk takes a part, then says why
                    written += os.write(descriptor, memoryview(data)[written:])
            finally:
                os.close(descriptor)
            os.replace(temporary, path)
        except BaseException as error:
            _remove(temporary)
            if isinstance(error, OSError):
                raise _failure(path, error) from error
            raise

    @contextmanager
    def open(self, name: str, source: str = "") -> Iterator[BinaryIO]:
        """A file to write and seek in, that becomes `name` when the block ends well, on the disk for good."""
        path, temporary = self._place(name, source)
        file: BinaryIO | None = None
        try:
            file = cast("BinaryIO", io.BufferedRandom(_Part(temporary, path), _BUFFER))
            yield file
            file.flush()
            with _failing(path):
                os.fsync(file.fileno())
            file.close()
            with _failing(path):
                os.replace(temporary, path)
        except BaseException:
            if file is not None:
                with suppress(StoreError, ValueError):
                    file.close()  # it tries to write once more what it could not
            _remove(temporary)
            raise

    def _place(self, name: str, source: str) -> tuple[str, str]:
        """The path of `name` and that of a temporary file beside it, in a folder that is there."""
        parts = _relative(name).parts
        self._give(_key("/".join(parts)), name, source)
        folder = os.path.join(self.folder, *parts[:-1])
        if folder not in self._made:
            self._make(folder)
        path = os.path.join(folder, parts[-1])
        with _failing(path):
            file = _replaceable(path)
        if file != path:
            path = os.path.realpath(file)
            inside = path.removeprefix(os.path.join(os.path.realpath(self.folder), ""))
            self._give(_key(inside.replace(os.sep, "/")), name, source)
        return path, os.path.join(os.path.dirname(path), f".convert-{self._token}-{len(self._given)}.part")

    def _give(self, key: str, name: str, source: str) -> None:
        if key in self._given:
            raise StoreError(_clash(name, source, *self._given[key]))
        self._given[key] = (name, source)

    def _make(self, folder: str) -> None:
        with _failing(folder):
            try:
                os.makedirs(folder, exist_ok=True)
            except FileExistsError:
                _replaceable(folder)
                raise
        self._made.add(folder)


def overwrite(path: str, data: bytes, before: bytes) -> None:
    """Gives the file `path`, which must hold `before` still, other content at once; its mode stays.  Of a link, the
    file that it leads to.

    Raises:
        StoreError: it cannot be written, or somebody changed it meanwhile.
    """
    path = os.path.realpath(path)
    temporary = os.path.join(os.path.dirname(path), f".convert-{secrets.token_hex(4)}.part")
    try:
        with _failing(path), open(path, "rb") as file:
            if file.read(len(before) + 1) != before:
                raise StoreError(f"{path!r} was changed by another program meanwhile; run again")
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        with io.BufferedRandom(_Part(temporary, path), _BUFFER) as part:
            part.write(data)
            part.flush()
            with _failing(path):
                os.chmod(temporary, mode)
                os.fsync(part.fileno())
        with _failing(path):
            os.replace(temporary, path)
    except BaseException:
        _remove(temporary)
        raise


class _Part(io.FileIO):
    """A temporary file whose writing fails with `StoreError`, told apart from what else fails in the block."""

    def __init__(self, temporary: str, path: str) -> None:
        self._path = path
        with _failing(path):
            super().__init__(temporary, "x+")

    def write(self, data: "ReadableBuffer", /) -> int:
        with _failing(self._path):
            return super().write(data)


@contextmanager
def _failing(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _failure(path, error) from error


def _failure(path: str, error: OSError) -> StoreError:
    reason = (error.strerror or str(error)).lower()
    advice = _ADVICE.get(error.errno or 0, "look after the disk, or write elsewhere")
    return StoreError(f"cannot write {path!r}: {reason}; {advice}")


def _replaceable(path: str) -> str:
    """The file to write for `path`: itself, or where a link leads, so that the link stays.

    Raises:
        StoreError: a folder or a device has the name (a rename would destroy /dev/null), or the link leads to one.
    """
    at = path
    for _ in range(_MAX_LINKS):
        try:
            mode = os.lstat(at).st_mode
        except FileNotFoundError:
            return at
        if stat.S_ISREG(mode):
            return at
        if stat.S_ISDIR(mode):
            raise StoreError(f"cannot write {path!r}: a folder has this name; move it or write elsewhere")
        folder = os.path.realpath(os.path.dirname(at))
        if not stat.S_ISLNK(mode) or folder.startswith("/proc/"):  # links there stand for open files, pipes too
            raise StoreError(f"cannot write {path!r}: {_DEVICE}")
        at = os.path.join(folder, os.readlink(at))
    raise StoreError(f"cannot write {path!r}: the link leads in a circle; remove it or write elsewhere")


def _clash(name: str, source: str, other: str, other_source: str) -> str:
    what = f"{name!r}" if name == other else f"{name!r} and {other!r}, one file on some disks,"
    whose = f" for {other_source!r} and for {source!r}" if source or other_source else ""
    return f"two documents would be written to {what}{whose}; rename one of them, or convert them apart"


def _key(name: str) -> str:
    """The same for names that some file system takes for one: canonical caseless match (Unicode 3.13, D145)."""
    return name.lower() if name.isascii() else normalize("NFD", normalize("NFD", name).casefold())


def _relative(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise ValueError(f"not a relative path inside the folder: {name!r}")
    return path


def _safe_part(part: str) -> str:
    stem = _UNSAFE.sub("_", part)
    if _RESERVED.match(stem):
        stem = f"_{stem}"
    if stem == part and len(part.encode()) <= MAX_NAME:
        return part
    digest = hashlib.sha256(part.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    dot = stem.rfind(".", 1)
    suffix = stem[dot:] if dot > 0 and len(stem[dot:].encode()) <= _MAX_SUFFIX else ""
    stem = stem.removesuffix(suffix)
    room = MAX_NAME - len(f"-{digest}{suffix}".encode())
    return f"{stem.encode()[:room].decode('utf-8', 'ignore')}-{digest}{suffix}"


def _remove(temporary: str) -> None:
    with suppress(OSError):
        os.unlink(temporary)
