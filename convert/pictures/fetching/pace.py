"""Turns at one host: so many requests at a time, and a delay between their beginnings."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from convert.pictures.fetching.limits import Limits

FAILING = 3
"""Number of pictures that failed one after another from which the next one has a single attempt."""


class Pace:
    """Turns at one host."""

    def __init__(self, limits: Limits) -> None:
        self.delay = limits.delay
        self.left_alone = ""
        """Reason in English why the host is asked no more in this run; "" as long as it is asked."""
        self.failures = 0
        """Number of pictures that failed one after another."""
        self._limits = limits
        self._slots = asyncio.Semaphore(limits.per_host)
        self._next = 0.0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn, and hold it during the block."""
        async with self._slots:
            while (rest := self._next - (now := asyncio.get_running_loop().time())) > 0:
                await asyncio.sleep(rest)
            self._next = max(self._next, now + self.delay)
            yield

    def wait(self, seconds: float) -> None:
        """Let no turn begin for so long."""
        self._next = max(self._next, asyncio.get_running_loop().time() + seconds)

    def succeeded(self) -> None:
        """Count an answer of the host, whatever it said of the picture."""
        self.failures = 0

    def failed(self, reason: str) -> None:
        """Count a picture that failed; after some in a row the host is left alone."""
        self.failures += 1
        if self.failures >= self._limits.give_up:
            self.left_alone = self.left_alone or f"{reason}; {self.failures} pictures in a row failed"

    @property
    def attempts(self) -> int:
        """Return the number of attempts at a picture, which is one while the host fails again and again."""
        return 1 if self.failures >= FAILING else self._limits.attempts
