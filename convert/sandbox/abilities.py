"""Abilities: the things that a process of ours may do beside computing, held by an audit hook (PEP 578).

The hook stops what this program, or a library, does beyond its task: a parser that follows an address, an engine that
starts a program.  It is no wall against machine code of an attacker; limits of the system are, where there are any.

A hook stays until its process ends.  So it is installed in the console script, in workers and in sealed processes, and
never in a program that calls `convert.api`.
"""

import os
import sys
from _thread import _local
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from convert.sandbox.places import ENDINGS, STREAMS, Places, absolute, is_in, is_of_system, of_interpreter, opened


class Abilities(NamedTuple):
    """Abilities of a process; documents have fewer in it."""

    network: bool = False
    """True if it may open connections; no document may make it do so."""
    programs: frozenset[str] = frozenset()
    """Names of the programs that it may start; for no document."""
    writes: Places | None = None
    """Places that it may write to; None: anywhere."""
    kept: Places | None = None
    """Places that it may write to for a document; None: anywhere."""
    reads: Places | None = None
    """Places that it may read for a document, beside those of the interpreter; None: all."""
    serves: bool = False
    """True if it may listen at the loopback addresses of this machine."""
    peers: frozenset[tuple[str, int]] = frozenset()
    """Hosts and ports, each also as addresses, that it may connect to although it has no network."""

    @property
    def for_documents(self) -> "Abilities":
        """Return what a worker may do, which does nothing but work on documents."""
        return Abilities(writes=self.kept, kept=self.kept, reads=self.reads)

    @property
    def for_shards(self) -> "Abilities":
        """Return what a worker may do that works on whole shards: all, but it talks to no peer of this process."""
        return self._replace(peers=frozenset())


class BeyondError(PermissionError):
    """Error for what a process may not do."""


Judge = Callable[["str", tuple[Any, ...]], None]

_held: Abilities | None = None
_sealed = _installed = False
_here = _local()
"""State of the running thread: `tried` is a list while it works on a document, `free` is true while it may read."""
_readable: set[str] = set()
"""Folders, as they were named, of which documents may read every file: to look it up each time takes long."""
_unnoticed: list[str] = []
"""Refusals that no document is to blame for."""

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_UNIX = 1
"""AF_UNIX of every system that has it: sockets between processes of this machine."""
_INTERNET = (2, {"darwin": 30, "win32": 23}.get(sys.platform, 10))
"""AF_INET and AF_INET6."""
_LOOPBACK = ("127.0.0.1", "::1")
_NO_DESCRIPTOR = -1


def hold(abilities: Abilities, *, sealed: bool = False) -> None:
    """Let this process do only what `abilities` says, from now on; a sealed one not even talk to its parent anew."""
    global _held, _installed, _sealed
    _held, _sealed = abilities, sealed
    _readable.clear()
    if not _installed:
        _installed = True
        sys.addaudithook(_heed)


def release() -> list[str]:
    """Hold this process no longer, and return what it tried beyond its abilities, other than for a document."""
    global _held
    _held = None
    tried = list(_unnoticed)
    _unnoticed.clear()
    return tried


def held() -> Abilities | None:
    """Return what this process may do; None if nothing holds it."""
    return _held


@contextmanager
def document() -> Iterator[list[str]]:
    """Hold this thread to what a document may do, and yield the list of what it tries beyond that."""
    before = getattr(_here, "tried", None)
    tried: list[str] = []
    _here.tried = tried
    try:
        yield tried
    finally:
        _here.tried = before


@contextmanager
def reading_freely() -> Iterator[None]:
    """Let this thread read any file, because this program names it, and not the document that it works on."""
    _here.free = True
    try:
        yield
    finally:
        _here.free = False


@contextmanager
def forgiving() -> Iterator[None]:
    """Refuse as ever, but hold it against no document or command: a library that is imported looks for others."""
    tried = getattr(_here, "tried", None)
    noted = _unnoticed if tried is None else tried
    count = len(noted)
    try:
        yield
    finally:
        del noted[count:]


def permit_writing(path: str) -> None:
    """Let this process write to another place: the target of a link in one of its places."""
    global _held
    if _held is not None and _held.writes is not None:
        _held = _held._replace(writes=_held.writes.plus(path))


def permit_reading(path: str) -> None:
    """Let this process read another place for documents."""
    global _held
    if _held is not None and _held.reads is not None:
        _held = _held._replace(reads=_held.reads.plus(path))


# --- the hook ---------------------------------------------------------------------------------------------------------


def _heed(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "builtins.id":  # four of five events
        return
    if (judge := _JUDGES[event]) is not None and _held is not None:
        judge(event, arguments)


def _refuse(event: str, what: object) -> None:
    text = f"{event} {what!r}" if what is not None else event
    tried = getattr(_here, "tried", None)
    (_unnoticed if tried is None else tried).append(text)
    raise BeyondError(f"beyond what this command is for: {text}")


def _is_document() -> bool:
    return getattr(_here, "tried", None) is not None


def _connection(event: str, arguments: tuple[Any, ...]) -> None:
    """Judge what opens a connection, or asks for an address."""
    assert _held
    if not _held.network or _is_document():
        _refuse(event, arguments[0] if arguments else None)


def _socket(event: str, arguments: tuple[Any, ...]) -> None:
    """Judge what is done with a socket: those between processes of ours have a path in our folder, or none."""
    assert _held
    if _held.network and not _is_document():
        return
    given, *rest = arguments
    family = rest[0] if event == "socket.__new__" else getattr(given, "family", None)
    target = rest[0] if rest and event != "socket.__new__" else None
    if _serves(event, family, target) or _is_of_peer(event, family, target):
        return
    if _sealed or family not in (_UNIX, _NO_DESCRIPTOR):
        _refuse(event, family if target is None else target)
    elif target is not None:
        _write(event, target)


def _serves(event: str, family: Any, target: Any) -> bool:
    """Return whether a socket is one at which a server of this machine listens, or one of its connections."""
    assert _held
    if not _held.serves or _is_document() or family not in _INTERNET:
        return False
    return event == "socket.__new__" or (event == "socket.bind" and bool(target) and target[0] in _LOOPBACK)


def _is_of_peer(event: str, family: Any, target: Any) -> bool:
    """Return whether a socket is one that connects to a peer of this process."""
    assert _held
    if not _held.peers or _is_document() or family not in _INTERNET:
        return False
    return event == "socket.__new__" or (event == "socket.connect" and tuple(target[:2]) in _held.peers)


def _peer(event: str, arguments: tuple[Any, ...]) -> None:
    """Judge the look-up of an address, which may be that of a peer of this process."""
    assert _held
    if _is_document() or arguments[0] not in {host for host, _ in _held.peers}:
        _connection(event, arguments)


def _address(event: str, arguments: tuple[Any, ...]) -> None:
    """Judge an address that is asked for; what is inside itself asks nobody."""
    if not str(arguments[0]).startswith("data:"):
        _connection(event, arguments)


def _program(event: str, arguments: tuple[Any, ...]) -> None:
    assert _held
    program = os.fsdecode(arguments[0]) if arguments and isinstance(arguments[0], str | bytes | os.PathLike) else ""
    if _is_document() or os.path.basename(program) not in _held.programs:
        _refuse(event, program)


def _fork(event: str, arguments: tuple[Any, ...]) -> None:
    """Judge a copy of this process, which is held as this one."""
    if _sealed:
        _refuse(event, None)


def _module(event: str, arguments: tuple[Any, ...]) -> None:
    assert _held
    if arguments[0] in NETWORK and not _held.network and not (_held.peers and arguments[0] == "distributed"):
        _refuse(event, arguments[0])


def _open(event: str, arguments: tuple[Any, ...]) -> None:
    path, mode, flags = arguments
    if isinstance(path, int):
        return
    if isinstance(flags, int) and flags & _WRITING:
        _write(event, path)
    elif _sealed or _is_document():
        _read(event, path, named=mode is not None)


def _database(event: str, arguments: tuple[Any, ...]) -> None:
    path = os.fsdecode(arguments[0])
    name, _, query = path.removeprefix("file:").partition("?")
    if name in ("", ":memory:"):
        return
    if "mode=ro" in query or "immutable=1" in query:
        if _is_document():
            _read(event, name)
    else:
        _write(event, name)


def _library(event: str, arguments: tuple[Any, ...]) -> None:
    name = arguments[0] if arguments else None
    if isinstance(name, str) and os.path.dirname(name) and _is_document():
        _read(event, name)


def _write(event: str, path: Any, folder: int = _NO_DESCRIPTOR, *, above: bool = False) -> None:
    """Judge what changes a file; with `above`, also a folder on the way to a place."""
    assert _held
    places = _held.kept if _is_document() else _held.writes
    if places is None or isinstance(path, int):
        return
    whole = _whole(path, folder)
    if not whole or places.has(whole) or is_in(whole, STREAMS) or (above and places.is_above(whole)) or _is_code(whole):
        return
    if _is_temporary(whole) and (_sealed or not _is_document()):
        return
    _refuse(event, os.fsdecode(path))


def _is_code(path: str) -> bool:
    """Return whether a file is one in which the interpreter keeps compiled code."""
    prefix = sys.pycache_prefix
    if prefix is not None:
        return is_in(path, {absolute(prefix)})
    return f"{os.sep}__pycache__{os.sep}" in os.path.join(path, "") and is_in(path, of_interpreter())


def _read(event: str, path: Any, *, named: bool = True) -> None:
    """Judge the reading of a file for a document; without a mode, it may be one that is relative to another folder."""
    assert _held
    reads = _held.reads
    path = os.fsdecode(path)
    folder = os.path.dirname(path)
    if reads is None or folder in _readable or path.endswith(ENDINGS) or getattr(_here, "free", False):
        return
    whole = absolute(path)
    if is_in(os.path.dirname(whole), reads.paths):
        _readable.add(folder)
        return
    if reads.has(whole) or (_held.kept and _held.kept.has(whole)):
        return
    if is_in(whole, of_interpreter()) or is_of_system(whole) or (_sealed and _is_temporary(whole)):
        return
    if not named and not os.path.isabs(path) and not os.path.lexists(whole):
        return
    _refuse(event, path)


def _whole(path: Any, folder: int) -> str:
    """Return the path of a file that may be relative to an open folder; "" if that folder has no name."""
    if folder == _NO_DESCRIPTOR or os.path.isabs(path):
        return absolute(path)
    above = opened(folder)
    return above and absolute(os.path.join(above, os.fsdecode(path)))


def _is_temporary(path: str) -> bool:
    """Return whether a path is in the folder for temporary files, as far as this process has chosen one."""
    chosen = getattr(sys.modules.get("tempfile"), "tempdir", None)
    return chosen is not None and is_in(path, {absolute(chosen)})


def _change(*places: int, folders: tuple[int, ...] = (), above: bool = False) -> Judge:
    """Return the judge of an event with paths at these places of its arguments, and descriptors of their folders."""

    def judge(event: str, arguments: tuple[Any, ...]) -> None:
        for number, place in enumerate(places):
            folder = arguments[folders[number]] if number < len(folders) else _NO_DESCRIPTOR
            _write(event, arguments[place], folder, above=above)

    return judge


class _Judges(dict[str, Judge | None]):
    """Judges by event; an event that no version of Python had before is judged by what its name begins with."""

    def __missing__(self, event: str) -> Judge | None:
        self[event] = judge = FAMILIES.get(event.partition(".")[0])
        return judge


NETWORK = frozenset((
    "aiohttp", "aiohttp_socks", "distributed", "ftplib", "imaplib", "nntplib", "obstore", "poplib", "smtplib",
    "telnetlib", "xmlrpc.client",
))  # fmt: skip
"""Modules that only a command with the network imports."""
FAMILIES: dict[str, Judge] = {
    "socket": _socket,
    "http": _connection,
    "urllib": _address,
    "ftplib": _connection,
    "imaplib": _connection,
    "nntplib": _connection,
    "poplib": _connection,
    "smtplib": _connection,
    "telnetlib": _connection,
    "webbrowser": _connection,
    "convert": _connection,  # requests to a storage, whose client the hook does not see
    "subprocess": _program,
    "pty": _program,
}
"""Judges of events by the part of their name before the first dot."""
_JUDGES = _Judges(
    {
        "socket.gethostname": None,
        "socket.getaddrinfo": _peer,
        "socket.gethostbyaddr": _connection,
        "socket.gethostbyname": _connection,
        "socket.getnameinfo": _connection,
        "socket.getservbyname": _connection,
        "socket.getservbyport": _connection,
        "socket.sethostname": _connection,
        "os.system": _program,
        "os.exec": _program,
        "os.posix_spawn": _program,
        "os.spawn": _program,
        "os.startfile": _program,
        "os.startfile/2": _program,
        "os.fork": _fork,
        "os.forkpty": _fork,
        "import": _module,
        "open": _open,
        "sqlite3.connect": _database,
        "ctypes.dlopen": _library,
        "os.chflags": _change(0),
        "os.chmod": _change(0, folders=(2,)),
        "os.chown": _change(0, folders=(3,)),
        "os.link": _change(1, folders=(3,)),
        "os.mkdir": _change(0, folders=(2,), above=True),
        "os.remove": _change(0, folders=(1,)),
        "os.removexattr": _change(0),
        "os.rename": _change(0, 1, folders=(2, 3)),
        "os.rmdir": _change(0, folders=(1,), above=True),
        "os.setxattr": _change(0),
        "os.symlink": _change(1, folders=(2,)),
        "os.truncate": _change(0),
        "os.utime": _change(0, folders=(3,)),
    }
)
"""The events of Python that are judged (docs.python.org, Audit events table, 3.14); all others are let through."""
