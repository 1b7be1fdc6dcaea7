"""The side of the process that asks: tasks go to the scheduler, answers come back as they are ready."""

import pickle
import platform
import secrets
import socket
import sys
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from itertools import count
from queue import Empty, SimpleQueue
from typing import Any, Generic

from convert.errors import ConvertError, MissingExtraError, UsageError, reason
from convert.messages import message
from convert.runner.base import Cluster, R, T, Worker
from convert.runner.cluster.address import Address
from convert.runner.cluster.task import Answer, Lost, Order, Packed, identity, work
from convert.runner.pool import Batch, Piece, StoppedError, abilities_of
from convert.runner.processes import Losses
from convert.sandbox import abilities
from convert.text import printable, squeeze

CONNECTING = 5
"""Seconds in which a scheduler must answer."""
FETCHING = 30
"""Seconds in which the answer of a task that has ended must be here."""
CLOSING = 5
"""Seconds in which the connection must be closed."""
_LOOK = 1.0
"""Seconds without an answer after which this process looks whether scheduler and workers are there."""
_WORDS = 200
_LOGGERS = (
    "asyncio", "bokeh", "distributed", "distributed.client", "distributed.gc", "tornado", "tornado.application"
)  # fmt: skip
"""Logs that Dask would write to standard error."""


class Session(Generic[T, R]):
    """Connection to a scheduler for one run, and the batches that are under way."""

    def __init__(self, cluster: Cluster, address: Address, make: Callable[[], Worker[T, R]]) -> None:
        self._cluster, self._address = cluster, address
        self._lose = Losses(make)
        mine = identity(cluster.identify)
        self._order = Order(secrets.token_hex(8), cluster.identify, mine, Packed(make), abilities_of(make))
        self._numbers = count()
        self._under_way: dict[str, tuple[Piece[T, R], Any]] = {}
        self._ready: SimpleQueue[Any] = SimpleQueue()
        self._suspects: deque[Piece[T, R]] = deque()
        """Single items of which several workers died; or which only waited there beside one of which they died."""
        self._tried = ""
        """Task of the suspect that is tried once more; there is one at a time, so that it takes no other along."""
        self._alone: float | None = None
        """Moment since which there have been no workers, as far as this process has looked."""
        self._client = _connected(address)
        try:
            self._wait_for_workers()
            self._compare_versions()
            with suppress(KeyError):  # it has no dashboard
                cluster.announce(str(self._client.dashboard_link))
        except BaseException:
            self.close()
            raise

    def add(self, items: list[T]) -> Batch[R]:
        """Send a batch, and return where its results will be."""
        batch: Batch[R] = Batch(len(items))
        self._send(Piece(items, batch))
        return batch

    def result(self, batch: Batch[R]) -> list[R]:
        """Wait for the results of a batch.

        Raises:
            ConvertError: the scheduler or its workers are gone, or one of them is of another version.
        """
        while batch.missing:
            try:
                future = self._ready.get(timeout=_LOOK)
            except Empty:
                self._look()
            else:
                self._receive(future)
        return batch.results

    def close(self) -> None:
        """Withdraw what is under way, and close the connection; the workers then end their processes."""
        self._under_way.clear()
        with suppress(Exception):  # the scheduler is gone, which withdraws it too
            self._client.close(timeout=CLOSING)

    def _send(self, piece: Piece[T, R]) -> str:
        """Send a piece, and return the name of its task."""
        key = f"convert-{self._order.run}-{next(self._numbers)}"
        with self._errors():
            future = self._client.submit(work, self._order, pickle.dumps(piece.items), key, key=key, pure=False)
            self._under_way[key] = piece, future  # a task is withdrawn when nobody holds its future
            future.add_done_callback(self._ready.put)
        return key

    def _receive(self, future: Any) -> None:
        """Take the answer of a task that has ended."""
        from distributed import KilledWorker

        piece, _ = self._under_way[future.key]
        self._alone = None
        try:
            with self._errors(TimeoutError, KilledWorker, StoppedError):
                answer: Answer = future.result(timeout=FETCHING)
        except TimeoutError:  # the worker that had it is gone, and another one makes it again
            future.add_done_callback(self._ready.put)
            self._look()
            return
        except KilledWorker:
            self._suspect(piece, future.key)
        except StoppedError:  # the scheduler took the task from its worker, and gave it back
            self._send(piece)
        else:
            self._finish(piece, answer)
        del self._under_way[future.key]
        if self._tried == future.key:
            self._tried = ""
        if self._suspects and not self._tried:
            self._tried = self._send(self._suspects.popleft())

    def _finish(self, piece: Piece[T, R], answer: Answer) -> None:
        if answer.identity is not None:
            raise self._stranger(answer.worker, answer.identity)
        if answer.error:
            raise answer.error
        pairs = zip(piece.items, answer.results, strict=True)
        piece.finish([self._lose(item, each.why) if isinstance(each, Lost) else each for item, each in pairs])

    def _suspect(self, piece: Piece[T, R], key: str) -> None:
        """Divide a piece of which several workers died; a single item is tried once more, and then lost."""
        if len(piece.items) > 1:
            for each in piece.singles():
                self._send(each)
        elif key == self._tried:
            piece.finish([self._lose(piece.items[0], message("dead-process"))])
        else:
            self._suspects.append(piece)

    # --- is everybody there? ------------------------------------------------------------------------------------------

    def _wait_for_workers(self) -> None:
        while not self._look():
            time.sleep(_LOOK / 5)

    def _look(self) -> bool:
        """Look whether the scheduler is there, and return whether it has workers.

        Raises:
            ConvertError: it is not, or it has had no workers for too long.
        """
        with self._errors():
            if self._client.status != "running":
                raise OSError
            workers = self._client.scheduler_info(n_workers=0)["n_workers"]
        if workers:
            self._alone = None
        elif self._alone is None:
            self._alone = time.monotonic()
        elif time.monotonic() - self._alone > self._cluster.patience:
            raise ConvertError(
                "the scheduler at {address} has had no workers for {seconds} s; start some with: dask worker {address}",
                address=str(self._address),
                seconds=round(self._cluster.patience),
            )
        return bool(workers)

    def _compare_versions(self) -> None:
        """Compare the versions of all workers with those of this process; each task does it again."""
        with self._errors():
            found = self._client.run(identity, self._cluster.identify, on_error="return")
        for worker, theirs in sorted(found.items()):
            if isinstance(theirs, OSError):  # it has gone meanwhile
                continue
            if isinstance(theirs, Exception):
                raise self._unable(theirs)
            if theirs != self._order.identity:
                raise self._stranger(worker, theirs)

    def _stranger(self, worker: str, theirs: Mapping[str, str]) -> ConvertError:
        """Return the error for a worker of another version."""
        ours = self._order.identity
        name = next(each for each in (*ours, *theirs) if ours.get(each) != theirs.get(each))
        return ConvertError(
            "the worker at {worker} has another version of {name}: {theirs}, and here it is {ours}; install the same "
            "there, restart it, and run the same command again",
            worker=worker,
            name=name,
            theirs=theirs.get(name, "-"),
            ours=ours.get(name, "-"),
        )

    def _unable(self, error: Exception) -> ConvertError:
        """Return the error for a worker that could not even begin with a task."""
        return ConvertError(
            "a worker of the cluster cannot do this work: {error}; install the same archive-convert[cluster] there, "
            "and restart it",
            error=printable(squeeze(f"{type(error).__name__}: {error}", _WORDS)),
        )

    @contextmanager
    def _errors(self, *others: type[Exception]) -> Iterator[None]:
        """Turn errors of Dask into ours, but for some others."""
        try:
            yield
        except (ConvertError, *others):  # type: ignore[misc]
            raise
        except (CancelledError, OSError):
            raise ConvertError(
                "the scheduler at {address} has gone away; start it and its workers again, and run the same command "
                "again",
                address=str(self._address),
            ) from None
        except Exception as error:
            raise self._unable(error) from error


def _connected(address: Address) -> Any:
    """Return the client of a scheduler.

    Raises:
        MissingExtraError: Dask is not installed.
        UsageError: the address needs certificates, and there are none.
        ConvertError: no scheduler answers.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about other versions of packages, which our own comparison decides
        security = _security(address)
        from distributed import Client

        if abilities.held():  # Dask reports the processor to the scheduler, for which Python starts the program `uname`
            vars(platform.uname()).setdefault("processor", "")
        try:
            with socket.create_connection((address.host, address.port), CONNECTING):
                pass  # else Dask tries for all that time, and may say only that the time is over
            return Client(str(address), security=security, timeout=CONNECTING, set_as_default=False)
        except OSError as error:
            raise ConvertError(
                "no scheduler of Dask answers at {address}: {reason}; start one with: dask scheduler --host HOST",
                address=str(address),
                reason=reason(_innermost(error)),
            ) from error


def _innermost(error: OSError) -> OSError:
    """Return the error of the system that others of Dask are about."""
    while isinstance(error.__cause__, OSError):
        error = error.__cause__
    return error


def _security(address: Address) -> Any:
    """Return Dask's own settings of security; its log is silent, unless its settings say something about that."""
    try:
        import dask

        if "distributed" not in sys.modules and not dask.config.get("logging", None):
            dask.config.set(logging=dict.fromkeys(_LOGGERS, "critical"))
        from distributed import Security
    except ImportError as error:
        raise MissingExtraError(
            "--runner dask needs an extra; install it with: pip install 'archive-convert[cluster]'"
        ) from error
    try:
        security = Security()
        encrypted = security.get_connection_args("client").get("ssl_context")
    except OSError as error:  # ssl.SSLError is one
        raise ConvertError(
            "the certificates of Dask cannot be used: {error}; see distributed.comm.tls in the settings of Dask",
            error=printable(squeeze(str(error), _WORDS)),
        ) from error
    if address.scheme == "tls" and encrypted is None:
        raise UsageError(
            "--scheduler: {address} needs certificates; name them in the settings of Dask, distributed.comm.tls "
            "(docs/scale.md)",
            address=str(address),
        )
    return security
