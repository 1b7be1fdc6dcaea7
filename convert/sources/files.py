"""Lone files, folders and standard input."""

import os
import stat
import sys
from collections.abc import Iterable, Iterator

from convert.errors import DocumentError, reason
from convert.late import late
from convert.messages import Message, message
from convert.sources.made import Made
from convert.sources.ref import MAX_BYTES, Ref, Refusal, too_large
from convert.sources.unpacked import Parts, parts_in
from convert.text import printable

_binary = late("convert.sources.kinds:binary")
STORE = "pictures.sqlite3"
"""Name of a file that only a store of pictures has; one in a folder that is read is passed over."""
_START = 1 << 16
# Without O_NONBLOCK, opening a named pipe that replaced a file would block for ever; Windows needs O_BINARY.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def lone(root: str) -> Ref | Refusal:
    """Return the only document of a root that is a single file."""
    normal = os.path.normpath(root).replace(os.sep, "/")
    outside = os.path.isabs(root) or ".." in root.replace(os.sep, "/").split("/")
    path = os.path.basename(root) if outside else normal
    return _ref(root, printable(path), root)


def folder(root: str, *, opens: bool = True) -> Iterator[Ref | Refusal]:
    """Yield the files in and below `root`, in order.

    A link to a file is followed if it leads to a file inside the root.  A link to a folder is never followed: it could
    be circular, and files inside the root are found without it.  The files that the manifest of a
    build lists and stores of pictures are passed over, and the manifest is refused with SRC004.  A folder that is an
    export which was unpacked comes in the place of its files, with a path that ends in a slash, if it `opens`.
    """
    made = Made(root)
    top = os.path.join(os.path.realpath(root), "")
    waiting: list[tuple[str, str, os.DirEntry[str] | None]] = [("", root, None)]
    while waiting:
        path, file, entry = waiting.pop()
        try:
            if entry is None or entry.is_dir(follow_symlinks=False):
                with os.scandir(file) as entries:
                    inside = list(entries)
                if path and any(entry.name == STORE for entry in inside):
                    continue
                made.look(file, (entry.name for entry in inside))
                below = [(printable(entry.name), entry) for entry in inside if not entry.name.startswith(".")]
                below.sort(key=lambda named: named[0], reverse=True)
                prefix = f"{path}/" if path else ""
                own = parts_in(file, {name for name, _ in below}) if opens else Parts()
                if any(own):
                    yield Ref(root, f"{path}/", file, 0)
                    below = [(name, each) for name, each in below if not own.has(name + "/" * each.is_dir())]
                waiting += [(prefix + name, entry.path, entry) for name, entry in below]
            elif made.is_output(file):
                continue
            elif made.is_manifest(file):
                yield Refusal(root, path, "SRC004", message("manifest-of-outputs"))
            elif not entry.is_symlink():
                yield _ref(root, path, file)
            elif not os.path.join(os.path.realpath(file), "").startswith(top):
                yield Refusal(root, path, "SRC003", message("link-out-of-folder"))
            elif not entry.is_dir():
                yield _ref(root, path, file)
        except OSError as error:
            yield Refusal(root, path, "SRC001", reason(error))


def named(root: str, names: Iterable[str]) -> Iterator[Ref | Refusal]:
    """Yield files of the folder `root` by their names in it, sorted as `folder` sorts them."""
    for name in sorted(names, key=lambda name: name.split("/")):
        yield _ref(root, printable(name), os.path.join(root, *name.split("/")))


def standard_input(name: str) -> Ref | Refusal:
    """Read standard input, and return it as a document called `name`."""
    try:
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
    except OSError as error:
        return Refusal("-", name, "SRC001", reason(error))
    if len(data) > MAX_BYTES:
        said: Message | None = _binary(data[:_START])
        large = message("file-larger-than", limit=MAX_BYTES)
        return Refusal("-", name, "SRC004" if said else "SRC002", said or large, data=data)
    return Ref("-", name, data, len(data))


def read(file: str) -> bytes:
    """Return the content of a regular file.

    Raises:
        DocumentError: SRC001 if it cannot be read, SRC002 if it is too large.
    """
    try:
        descriptor = os.open(file, _FLAGS)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise DocumentError("SRC001", message("not-a-regular-file"))
            data = os.read(descriptor, min(status.st_size, MAX_BYTES) + 1)
            if len(data) != status.st_size:  # the file is growing, or the system returns it in parts
                parts = [data]
                while data and sum(map(len, parts)) <= MAX_BYTES:
                    parts.append(data := os.read(descriptor, MAX_BYTES))
                data = b"".join(parts)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise DocumentError("SRC001", reason(error)) from error
    if len(data) > MAX_BYTES:
        raise DocumentError("SRC002", too_large(max(status.st_size, len(data))))
    return data


def _ref(root: str, path: str, file: str) -> Ref | Refusal:
    try:
        status = os.stat(file)
    except OSError as error:
        return Refusal(root, path, "SRC001", reason(error))
    if not stat.S_ISREG(status.st_mode):
        return Refusal(root, path, "SRC001", message("not-a-regular-file"))
    if status.st_size > MAX_BYTES:
        said = _kind(file)
        return Refusal(root, path, "SRC004" if said else "SRC002", said or too_large(status.st_size))
    return Ref(root, path, file, status.st_size)


def _kind(file: str) -> Message | None:
    """Return the message about a large file that is of no kind that is read, such as a film; None if it may be text."""
    try:
        with open(file, "rb", opener=lambda name, _: os.open(name, _FLAGS)) as data:
            said: Message | None = _binary(data.read(_START))
    except OSError:
        return None
    return said
