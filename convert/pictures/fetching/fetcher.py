"""Fetching of many pictures: a queue for each host, and a store that has each picture as soon as it is judged."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from secrets import SystemRandom
from typing import NamedTuple, Protocol

from convert.pictures.fetching.asking import Answer, Asker, LeftAlone, Load, Outcome, Unchanged
from convert.pictures.fetching.headers import conditions
from convert.pictures.fetching.limits import HEAVY_AT_ONCE, Limits
from convert.pictures.fetching.network import Lookup, Network, Opener
from convert.pictures.fetching.pace import Pace
from convert.pictures.fetching.proxy import Proxy
from convert.pictures.fetching.robots import Robots
from convert.pictures.guard import AddressGuard
from convert.pictures.model import Facts, Missing, Stored
from convert.pictures.planning import Job
from convert.pictures.store import PictureStore

RANDOM = SystemRandom()
FLUSH = 0.1
"""Seconds after which a picture that was fetched is in the index: what a run that is killed must ask for again."""


class Judging(Protocol):
    """Judge of bytes: which kind of picture they are, if they are a whole one."""

    def judge(self, data: bytes) -> Facts | Missing:
        """Return kind and size of a picture, or what is wrong with it."""
        ...


class Result(NamedTuple):
    """Result of asking for a picture."""

    job: Job
    found: Stored | Missing
    """Answer of the store from now on."""
    size: int = 0
    """Number of bytes that were fetched and stored."""
    left_alone: bool = False
    """True if it was not asked for, because its host is left alone."""


class Fetcher:
    """Fetcher of pictures into a store.

    `judge` is called in one thread of its own.  `jitter`, `lookup` and `opener` are for tests.
    """

    def __init__(
        self,
        store: PictureStore,
        judge: Judging,
        guard: AddressGuard,
        limits: Limits,
        proxy: Proxy | None = None,
        *,
        jitter: Callable[[], float] = RANDOM.random,
        lookup: Lookup | None = None,
        opener: Opener | None = None,
    ) -> None:
        self._store, self._judge, self._guard, self._limits, self._proxy = store, judge, guard, limits, proxy
        self._jitter, self._lookup, self._opener = jitter, lookup, opener
        self._paces: dict[str, Pace] = {}

    def run(self, jobs: Iterable[Job], tell: Callable[[Result], None]) -> None:
        """Ask for pictures, those of each host in their order, and report each as soon as it is stored or missing.

        Raises:
            StoreError: the store cannot be written.
            ProxyUnreachableError: the proxy does not answer.
        """
        queues: dict[str, deque[Job]] = {}
        for job in jobs:
            queues.setdefault(job.target.host, deque()).append(job)
        if not queues:
            return
        try:
            asyncio.run(self._all(list(queues.values()), tell))
        except BaseExceptionGroup as group:
            raise _first(group) from None

    async def _all(self, queues: Sequence[deque[Job]], tell: Callable[[Result], None]) -> None:
        gate = asyncio.Semaphore(HEAVY_AT_ONCE)
        with ThreadPoolExecutor(1) as thread:
            async with Network(self._guard, self._limits, self._proxy, self._lookup, self._opener) as network:
                asker = Asker(self._guard, network, self._limits, self._pace_of, self._jitter)
                robots = Robots(asker, self._pace_of, gate) if self._limits.robots else None
                work = _Work(asker, robots, gate, thread, tell)
                async with asyncio.TaskGroup() as group:
                    flusher = group.create_task(self._flush())
                    workers = [
                        group.create_task(self._empty(queue, work))
                        for queue in queues
                        for _ in range(min(self._limits.per_host, len(queue)))
                    ]
                    await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
                    flusher.cancel()

    def _pace_of(self, host: str) -> Pace:
        pace = self._paces.get(host)
        if pace is None:
            pace = self._paces[host] = Pace(self._limits)
        return pace

    async def _flush(self) -> None:
        """Write again and again what the index has not written yet."""
        while True:
            await asyncio.sleep(FLUSH)
            self._store.index.write()

    async def _empty(self, queue: deque[Job], work: "_Work") -> None:
        """Ask for the pictures of one host, one after the other."""
        while queue:
            job = queue.popleft()
            with Load(work.gate) as load:
                work.tell(await self._fetch(job, load, work))

    async def _fetch(self, job: Job, load: Load, work: "_Work") -> Result:
        record = job.record
        outcome: Outcome = await work.asker.ask(
            job.target,
            load,
            sites=job.need.sites,
            fields=conditions(record.etag, record.modified) if record else None,
            allows=work.robots.allows if work.robots else None,
        )
        now = int(time.time())
        if isinstance(outcome, Answer):
            return await self._keep(job, outcome, now, work)
        if record:  # what the store has is better than nothing
            if isinstance(outcome, Unchanged):
                self._store.index.put(record._replace(asked=now))
            return Result(job, record.found)
        if isinstance(outcome, LeftAlone):
            return Result(job, Missing("unreachable", outcome.reason), left_alone=True)
        missing = outcome if isinstance(outcome, Missing) else Missing("server", "HTTP 304")
        self._store.miss(job.need.address, missing, asked=now)
        return Result(job, missing)

    async def _keep(self, job: Job, answer: Answer, now: int, work: "_Work") -> Result:
        """Store an answer if it is a whole picture."""
        address, data = job.need.address, answer.data
        facts = await asyncio.get_running_loop().run_in_executor(work.thread, self._judge.judge, data)
        if isinstance(facts, Missing):
            missing = _explained(facts, answer)
            self._store.miss(address, missing, asked=now)
            return Result(job, job.record.found if job.record else missing)
        stored = self._store.put(address, data, facts, asked=now, etag=answer.etag, modified=answer.modified)
        return Result(job, stored, len(data))


class _Work(NamedTuple):
    """Helpers of the workers."""

    asker: Asker
    robots: Robots | None
    gate: asyncio.Semaphore
    thread: ThreadPoolExecutor
    tell: Callable[[Result], None]


def _explained(facts: Missing, answer: Answer) -> Missing:
    """Return why bytes are no picture: if the server did not say how many they are, it may have been cut off."""
    if facts.reason == "broken" and not answer.whole:
        return Missing("server", "the connection was cut")
    if facts.reason == "no-picture" and not facts.detail:
        return Missing("no-picture", answer.media_type)
    return facts


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
