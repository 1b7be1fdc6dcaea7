"""A process that has loaded the program and forks for each run: loading it takes most of the time of a short one.

As a module it is the side of the tests; as a script it is that process, which gets requests by a socket.  A request is
a list of arguments, the first of them the program's name, a folder and an environment, with the three standard streams
as descriptors.  It is answered with the process's id, then with its status.  Linux only: it waits for the ends of
processes by pidfd.
"""

import atexit
import gc
import importlib
import json
import multiprocessing.util
import os
import pkgutil
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from itertools import pairwise
from multiprocessing import forkserver, resource_tracker
from pathlib import Path
from typing import IO, Any

CLIENT = """#!{python} -IS
import json, os, socket, sys
environment = dict(os.environ)
if {{name: environment[name] for name in environment if name.startswith({read_once})}} != {base}:
    os.execv({program}, [{program}, *sys.argv[1:]])
connection = socket.socket(socket.AF_UNIX)
connection.connect({address})
request = json.dumps([["convert", *sys.argv[1:]], os.getcwd(), environment]).encode("utf-8", "surrogatepass")
socket.send_fds(connection, [len(request).to_bytes(4, "big")], [0, 1, 2])
connection.sendall(request)
answers = connection.makefile("rb")
answers.readline()
sys.exit(int(answers.readline()) % 256)
"""
"""A program `convert` for scripts, which asks the server to run it; if the environment has something else that an
interpreter reads once, it runs the installed program instead."""


class Server:
    """The process that forks, from the side of the tests."""

    def __init__(self, interpreter: list[str], environment: dict[str, str]) -> None:
        """Start the process."""
        self._folder = tempfile.TemporaryDirectory(prefix="warm-")
        self._address = str(Path(self._folder.name) / "socket")
        listener = socket.socket(socket.AF_UNIX)
        with listener:
            listener.bind(self._address)
            listener.listen()
            self._process = subprocess.Popen(
                [*interpreter, __file__, str(listener.fileno())],
                env=environment,
                stdin=subprocess.PIPE,  # closed when the tests end, in whatever way
                stdout=subprocess.PIPE,  # like the streams of a run; Python's streams depend on it
                stderr=subprocess.PIPE,
                pass_fds=[listener.fileno()],
            )

    def make_client(self, program: str, base: dict[str, str], read_once: tuple[str, ...]) -> str:
        """Make a program that runs as the installed one does, from the server; return its folder."""
        given = {"program": program, "address": self._address, "base": base, "read_once": read_once}
        path = Path(self._folder.name, "convert")
        path.write_text(CLIENT.format(python=sys.executable, **{name: repr(value) for name, value in given.items()}))
        path.chmod(0o755)
        return self._folder.name

    def close(self) -> None:
        """End the process."""
        self._process.communicate()
        self._folder.cleanup()

    def run(
        self, arguments: list[str], cwd: Path, environment: dict[str, str], stdin: bytes, timeout: int
    ) -> "subprocess.CompletedProcess[bytes]":
        """Run the program, as subprocess.run does."""
        pipes = [os.pipe() for _ in range(3)]
        given = [pipes[0][0], pipes[1][1], pipes[2][1]]
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(self._address)
                request = json.dumps([["", *arguments], str(cwd), environment]).encode("utf-8", "surrogatepass")
                socket.send_fds(connection, [len(request).to_bytes(4, "big")], given)
                connection.sendall(request)
            finally:
                for each in given:
                    os.close(each)
            answers = connection.makefile("rb")
            process = int(answers.readline())
            streams = [
                _Stream(os.fdopen(pipes[0][1], "wb"), stdin),
                *(_Stream(os.fdopen(pipes[n][0], "rb")) for n in (1, 2)),
            ]
            connection.settimeout(timeout)
            try:
                status = int(answers.readline())
            except TimeoutError:
                os.kill(process, 9)
                raise subprocess.TimeoutExpired(arguments, timeout) from None
            finally:
                answers.close()
            _, output, errors = (each.result() for each in streams)
        return subprocess.CompletedProcess(arguments, status, output, errors)


class _Stream:
    """A thread that writes to a pipe, or reads from it."""

    def __init__(self, file: IO[bytes], data: bytes | None = None) -> None:
        self._file, self._data = file, data
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        try:
            with self._file as file:
                if self._data is None:
                    self._data = file.read()
                else:
                    file.write(self._data)
        except BrokenPipeError:
            pass  # it reads no further

    def result(self) -> bytes:
        self._thread.join()
        return self._data or b""


# --- the process ------------------------------------------------------------------------------------------------------


def serve(listener: socket.socket) -> None:
    """Fork for every request until the tests have ended; return in the forked process."""
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    selector.register(sys.stdin, selectors.EVENT_READ)
    running: dict[int, tuple[int, socket.socket]] = {}
    while True:
        for key, _ in selector.select():
            if key.fileobj is sys.stdin:
                os._exit(0)
            elif key.fileobj is listener:
                connection, _ = listener.accept()
                process = _fork(connection)
                if process == 0:
                    selector.close()
                    listener.close()
                    for descriptor, (_, other) in running.items():
                        os.close(descriptor)
                        other.close()
                    return
                connection.sendall(b"%d\n" % process)
                descriptor = os.pidfd_open(process)
                running[descriptor] = process, connection
                selector.register(descriptor, selectors.EVENT_READ)
            else:
                selector.unregister(key.fd)
                process, connection = running.pop(key.fd)
                _, status = os.waitpid(process, 0)
                with connection:
                    connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
                os.close(key.fd)


def _fork(connection: socket.socket) -> int:
    """Fork; return 0 in the new process, whose state is that of an interpreter started with the request."""
    length, streams, _, _ = socket.recv_fds(connection, 4, 3)
    file = connection.makefile("rb")
    request: list[Any] = json.loads(file.read(int.from_bytes(length, "big")).decode("utf-8", "surrogatepass"))
    file.close()
    process = os.fork()
    if process == 0:
        connection.close()
        for number, descriptor in enumerate(streams):
            os.dup2(descriptor, number)
        arguments, cwd, environment = request
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(cwd)
        sys.argv[0] = arguments[0] or sys.argv[0]
        sys.argv[1:] = arguments[1:]
        sys.path[0] = cwd
        tempfile.tempdir = None
    for descriptor in streams:
        os.close(descriptor)
    return process


def load() -> None:
    """Import the program's modules and compile its patterns, of which a run then makes no copies."""
    import convert
    from convert import late

    for module in pkgutil.walk_packages(convert.__path__, "convert."):
        if not module.name.endswith(("__main__", "writers.parquet", "parquet.decoding")):  # which start threads
            importlib.import_module(module.name)
    for each in gc.get_objects():
        if isinstance(each, late._Pattern):
            each.pattern  # noqa: B018 -- compiles it
    gc.collect()
    gc.freeze()


_new_interpreter = multiprocessing.util.spawnv_passfds


def fork_in_its_place(path: bytes, args: Sequence[Any], passfds: Sequence[int]) -> int:
    """Start what `multiprocessing` starts an interpreter for, the server of forks among others, by a fork of the run.

    It is then like that interpreter, with all loaded that this one would load.  A fork while threads run would inherit
    their locks.
    """
    if threading.active_count() > 1:
        return _new_interpreter(path, args, passfds)
    process = os.fork()
    if process:
        return process
    status = 1
    try:
        from convert.sandbox.process import SealedProcess

        starters: tuple[Any, ...] = forkserver._forkserver, resource_tracker._resource_tracker
        for lock in (*(each._lock for each in starters), SealedProcess._starting):
            lock._at_fork_reinit()  # it may be held while this process is started
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        for before, after in pairwise([2, *sorted(passfds), os.sysconf("SC_OPEN_MAX")]):
            os.closerange(before + 1, after)
        exec(args[-1], {"__name__": "__main__"})
        status = 0
    except SystemExit:
        status = 0
    finally:
        os._exit(status)


def leave(status: object) -> None:
    """End this process as an interpreter ends, but leave what is loaded as it is: to take it apart takes half the time.

    Where output cannot be written, return, and let the interpreter say so.
    """
    threading._shutdown()  # type: ignore[attr-defined]  # waits for its threads
    atexit._run_exitfuncs()
    gc.collect()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        return
    if status is None or isinstance(status, int):
        os._exit((status or 0) & 0xFF)


def run() -> None:
    """Run the program in a forked process."""
    multiprocessing.util.spawnv_passfds = fork_in_its_place
    if sys.argv[0] == __file__:
        runpy.run_module("convert", run_name="__main__", alter_sys=True)
    else:  # as the script that an installation has for it
        from convert.__main__ import start

        start()


if __name__ == "__main__":
    load()
    serve(socket.socket(fileno=int(sys.argv[1])))
    try:
        run()
    except SystemExit as end:
        leave(end.code)
        raise
    leave(0)
