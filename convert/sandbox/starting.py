"""Starting of processes, and the functions that each of them calls first.

Processes are never forked from the running one: a fork inherits locks and threads in whatever state they are.
"""

import errno
import multiprocessing
import multiprocessing.util
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from convert.sandbox.signals import signals_blocked
from convert.sandbox.temporary import folder

_PIPES = 3
"""Pipes that are opened and closed before a process starts, which takes fewer descriptors than those."""


def context() -> Any:
    """Return the `multiprocessing` context that starts processes: a fork server, or `spawn` where there is none.

    This process may have been started as a daemonic one, by us or by a nanny of Dask.  `multiprocessing` lets none of
    those have processes, which would be left when it is ended.  Ours are not: they end when their connection breaks.
    """
    if (current := multiprocessing.current_process()).daemon:
        current.daemon = False
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    from multiprocessing.resource_tracker import ensure_running  # not on every system

    _use_temporary_folder()
    ensure_running()  # if the first process started it, blocked signals would get through
    return multiprocessing.get_context("forkserver")


def _use_temporary_folder() -> None:
    """Let `multiprocessing` have its sockets in the folder of this run; it would leave its own if it were killed."""
    before = tempfile.tempdir
    tempfile.tempdir = folder()
    try:
        multiprocessing.util.get_temp_dir()  # which it remembers
    finally:
        tempfile.tempdir = before


def preload(modules: Iterable[str]) -> None:
    """Start the fork server, if the system has one, and let it import `modules` once for all processes to come.

    The import runs beside this process, so that nobody waits for it.  A server that cannot start is reported by what
    asks it for a process.
    """
    with suppress(OSError):
        chosen = context()
        if chosen.get_start_method() == "forkserver":
            from multiprocessing.forkserver import ensure_running

            chosen.set_forkserver_preload(["__main__", *modules])
            with signals_blocked():  # inherited by the server; interrupted, it would print a traceback of its import
                ensure_running()


def start(process: Any) -> None:
    """Start a process of `context`.

    Raises:
        OSError: the system does not let it start.
    """
    _check_descriptors()
    try:
        process.start()
    except (EOFError, ConnectionError):  # the fork server was killed; this starts another one
        try:
            process.start()
        except EOFError as error:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE)) from error


def _check_descriptors() -> None:
    """Check that a process can start: with too few descriptors, the fork server would end with a traceback.

    Raises:
        OSError: this process has too few.
    """
    pipes: list[int] = []
    try:
        for _ in range(_PIPES):
            pipes += os.pipe()
    finally:
        for each in pipes:
            os.close(each)


def ignore_interrupts() -> None:
    """Let this child process ignore SIGINT, which a terminal sends to all processes; the parent ends its children.

    SIGTERM gets through again: the fork server may have been started while signals were blocked.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})


def exit_with_parent(cleanup: Callable[[], object] = lambda: None) -> None:
    """End this process as soon as its parent is gone, even by SIGKILL and in the middle of work, after `cleanup`."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent:
            parent.join()
            cleanup()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
