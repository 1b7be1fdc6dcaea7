"""robots.txt, which says what programs may ask of a host (RFC 9309)."""

import asyncio
from collections.abc import Callable

from protego import Protego

from convert.pictures.fetching.asking import Answer, Asker, LeftAlone, Load
from convert.pictures.fetching.headers import AGENT
from convert.pictures.fetching.limits import LONGEST_CRAWL_DELAY, ROBOTS_BYTES
from convert.pictures.fetching.pace import Pace
from convert.pictures.guard import Target
from convert.pictures.model import Missing

MAX_BYTES = 8 * ROBOTS_BYTES
"""Bytes of the largest robots.txt that is read, of which only the beginning counts."""
_Rules = Protego | Missing | LeftAlone | None
"""Rules of an origin, why they are not known, None if there are none."""


class Robots:
    """The robots.txt of all origins of a run, each of which is asked for once."""

    def __init__(self, asker: Asker, pace_of: Callable[[str], Pace], gate: asyncio.Semaphore) -> None:
        self._asker, self._pace_of, self._gate = asker, pace_of, gate
        self._rules: dict[str, asyncio.Future[_Rules]] = {}

    async def allows(self, target: Target) -> Missing | LeftAlone | None:
        """Return why a target may not be asked, None if it may.

        Without an answer of the server, nothing may (RFC 9309, section 2.3.1.4).
        """
        asked = self._rules.get(target.origin)
        if asked is None:
            asked = self._rules[target.origin] = asyncio.ensure_future(self._ask(target))
        rules = await asyncio.shield(asked)
        if rules is None or isinstance(rules, Missing | LeftAlone):
            return rules
        return None if rules.can_fetch(target.address, AGENT) else Missing("robots")

    async def _ask(self, target: Target) -> _Rules:
        address = f"{target.origin}/robots.txt"
        with Load(self._gate) as load:
            answer = await self._asker.ask(
                target._replace(address=address), load, sites=(target.host,), limit=MAX_BYTES
            )
        if isinstance(answer, LeftAlone):
            return answer
        if isinstance(answer, Answer):
            rules = Protego.parse(answer.data[:ROBOTS_BYTES].decode("utf-8", "replace"))
            if delay := rules.crawl_delay(AGENT):
                pace = self._pace_of(target.host)
                pace.delay = max(pace.delay, min(delay, LONGEST_CRAWL_DELAY))
            return rules
        if isinstance(answer, Missing) and answer.reason in ("server", "unreachable", "too-slow", "not-allowed"):
            return Missing(answer.reason, f"robots.txt: {answer.detail}" if answer.detail else "")
        return None
