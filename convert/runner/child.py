"""The worker's side of a worker process: batches come in by a connection, results go out."""

import os
import pickle
import threading
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from queue import SimpleQueue
from typing import Any, NamedTuple

from convert.runner.base import Worker, watches_itself
from convert.runner.watch import Watch
from convert.sandbox import abilities
from convert.sandbox.abilities import Abilities
from convert.sandbox.starting import ignore_interrupts

END = b""
"""Message that follows the last batch."""


class Reply(NamedTuple):
    """Results of a batch, or the exception that ends the run.  The first reply has neither: the worker is ready."""

    results: list[Any]
    error: Exception | None = None


def serve(connection: Connection, make: Callable[[], Worker[Any, Any]], able: Abilities) -> None:
    """Work on the batches of a connection until `END` comes, and do no more than `able` says."""
    ignore_interrupts()
    abilities.hold(able)
    inbox: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_receive, args=(connection, inbox), daemon=True).start()
    watched = not watches_itself(make)
    try:
        worker = make()
    except Exception as error:
        _send(connection, _failure(error))
        return
    _send(connection, ForkingPickler.dumps(Reply([])))
    while data := inbox.get():
        _send(connection, _reply(worker, data, watched))
    worker.close()
    abilities.release()  # nothing is worked on any more


def _receive(connection: Connection, inbox: SimpleQueue[bytes]) -> None:
    """Take messages off the connection as they come, so that the parent never waits until they are read.

    The connection breaks when the parent is gone, even by SIGKILL; then this process ends, whatever it is doing.
    """
    try:
        while data := connection.recv_bytes():
            inbox.put(data)
        inbox.put(END)
    except Exception:  # EOFError or OSError; whatever it is, nothing more would come
        os._exit(1)


def _send(connection: Connection, data: bytes | memoryview) -> None:
    try:
        connection.send_bytes(data)
    except (OSError, MemoryError):  # the parent is gone, or will try again with less at once
        os._exit(1)


def _reply(worker: Worker[Any, Any], data: bytes, watched: bool) -> bytes | memoryview:
    try:
        items = pickle.loads(data)  # noqa: S301 # of the parent
        with Watch(watched) as watch:
            results = [watch.attempt(worker, item, worker.lost) for item in items]
        return ForkingPickler.dumps(Reply(results))
    except MemoryError:
        os._exit(1)  # as if the system had killed it: the batch is tried again in halves
    except Exception as error:
        return _failure(error)


def _failure(error: Exception) -> bytes | memoryview:
    trace = traceback.format_exc()
    error.add_note(f"in a worker process:\n{trace}")
    try:
        return ForkingPickler.dumps(Reply([], error))
    except Exception:  # an exception that cannot be pickled
        return ForkingPickler.dumps(Reply([], RuntimeError(trace)))
