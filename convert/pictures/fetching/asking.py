"""Asking for one picture: its redirects, the faults that pass, and the limits of its answer."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

import ada_url

from convert.pictures.fetching.faults import FaultError
from convert.pictures.fetching.headers import range_start, rest, retry_after
from convert.pictures.fetching.limits import HEAVY, RESUMABLE, Limits
from convert.pictures.fetching.network import Network
from convert.pictures.fetching.pace import Pace
from convert.pictures.guard import REDIRECTS, AddressGuard, RefusedError, Target
from convert.pictures.model import Missing

if TYPE_CHECKING:
    from aiohttp import ClientResponse


class Answer(NamedTuple):
    """Body of an answer, not yet judged."""

    data: bytes
    etag: str = ""
    modified: str = ""
    media_type: str = ""
    whole: bool = True
    """True if the server said how long it is, so that nothing can be missing."""


class Unchanged(NamedTuple):
    """Answer that the picture is still the one that the store has."""


class LeftAlone(NamedTuple):
    """Picture that was not asked for, because its host failed too often or asked to be left alone."""

    reason: str


class _Moved(NamedTuple):
    """Redirect."""

    location: str


class _Again(NamedTuple):
    """Passing fault, after which another attempt may succeed."""

    missing: Missing
    wait: float | None = None
    """Seconds that the server asks to wait."""


Outcome = Answer | Unchanged | LeftAlone | Missing
Allows = Callable[[Target], Awaitable[Missing | LeftAlone | None]]
"""Function that says why a target may not be asked, None if it may: robots.txt."""


class Load:
    """Bytes of one picture on their way; of heavy ones only a few are on their way at a time."""

    def __init__(self, gate: asyncio.Semaphore) -> None:
        self.data = bytearray()
        self.etag = self.modified = ""
        self._gate, self._held = gate, False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.data = bytearray()
        if self._held:
            self._gate.release()

    async def make_room(self, size: int, timeout: asyncio.Timeout) -> None:
        """Wait until there is room for so many bytes; the wait does not count as the server's time."""
        if size > HEAVY and not self._held:
            left = (timeout.when() or 0) - asyncio.get_running_loop().time()
            timeout.reschedule(None)
            await self._gate.acquire()
            self._held = True
            timeout.reschedule(asyncio.get_running_loop().time() + left)


class Asker:
    """Asker of all pictures of a run.

    `pace_of` returns the turns at a host, `jitter` a number from 0 to 1, by which waits differ.
    """

    def __init__(
        self,
        guard: AddressGuard,
        network: Network,
        limits: Limits,
        pace_of: Callable[[str], Pace],
        jitter: Callable[[], float],
    ) -> None:
        self._guard, self._network, self._limits = guard, network, limits
        self._pace_of, self._jitter = pace_of, jitter
        self._connections = asyncio.Semaphore(limits.connections)

    async def ask(
        self,
        target: Target,
        load: Load,
        *,
        sites: Iterable[str] = (),
        fields: Mapping[str, str] | None = None,
        allows: Allows | None = None,
        limit: int = 0,
    ) -> Outcome:
        """Return the answer of a target, through redirects, each of which is judged as the first address is."""
        visited: set[str] = set()
        while True:
            if target.address in visited:
                return Missing("server", "it redirects in a circle")
            if len(visited) > self._limits.hops:
                return Missing("server", f"more than {self._limits.hops} redirects")
            visited.add(target.address)
            if allows and (missing := await allows(target)):
                return missing
            outcome = await self._patiently(target, load, fields or {}, limit or self._limits.largest)
            if not isinstance(outcome, _Moved):
                return outcome
            try:
                target = self._next(target, outcome.location, sites)
            except RefusedError as error:
                return Missing("not-allowed", f"{REDIRECTS} {error}")

    def _next(self, target: Target, location: str, sites: Iterable[str]) -> Target:
        """Return the target of a redirect.

        Raises:
            RefusedError: it may not be asked.
        """
        try:
            address = ada_url.join_url(target.address, location)
        except ValueError:
            raise RefusedError("to no web address") from None
        following = self._guard.judge(address, sites)
        if target.scheme == "https" and following.scheme == "http":
            raise RefusedError("from https to http")
        return following

    async def _patiently(self, target: Target, load: Load, fields: Mapping[str, str], limit: int) -> Outcome | _Moved:
        """Return the answer to several attempts, as long as the fault may pass."""
        pace = self._pace_of(target.host)
        missing = Missing("unreachable")
        for attempt in range(1, (last := pace.attempts) + 1):
            async with pace.turn():
                if pace.left_alone:
                    return LeftAlone(pace.left_alone)
                async with self._connections:
                    outcome = await self._once(target, load, fields, limit)
            if isinstance(outcome, Missing) and outcome.reason in ("too-slow", "unreachable"):
                missing = outcome
                break
            if not isinstance(outcome, _Again):
                pace.succeeded()
                return outcome
            missing, wait = outcome
            if wait is None:
                wait = self._limits.backoff * 2 ** (attempt - 1) * (0.75 + self._jitter() / 2) if attempt < last else 0
            elif wait > self._limits.patience:
                pace.left_alone = f"it asks to come back in {wait:,.0f} s"
                return missing
            pace.wait(wait)
        pace.failed(f"{missing.reason} {missing.detail}".strip())
        return missing

    async def _once(
        self, target: Target, load: Load, fields: Mapping[str, str], limit: int
    ) -> Outcome | _Moved | _Again:
        resumed = rest(len(load.data), load.etag, load.modified) if len(load.data) >= RESUMABLE else {}
        if not resumed:
            load.data.clear()
        try:
            async with (
                asyncio.timeout(self._limits.timeout) as timeout,
                self._network.get(target, {**fields, **resumed}) as response,
            ):
                return await self._answer(response, load, limit, timeout, resumed=bool(resumed))
        except RefusedError as error:
            return Missing("not-allowed", str(error))
        except TimeoutError:
            return Missing("too-slow")
        except FaultError as fault:
            return _Again(fault.missing) if fault.passing else fault.missing

    async def _answer(
        self, response: "ClientResponse", load: Load, limit: int, timeout: asyncio.Timeout, *, resumed: bool
    ) -> Outcome | _Moved | _Again:
        status, headers = response.status, response.headers
        if status == 200 or (
            status == 206 and resumed and range_start(headers.get("Content-Range", "")) == len(load.data)
        ):
            if status == 200:
                load.data.clear()
            return await self._body(response, load, limit, timeout)
        if status == 304:
            return Unchanged()
        if status in (301, 302, 303, 307, 308) and "Location" in headers:
            return _Moved(headers["Location"])
        if status in (404, 410):
            return Missing("not-found")
        if status in (408, 425, 429) or status >= 500 or status == 206:
            load.data.clear()
            wait = retry_after(headers["Retry-After"]) if "Retry-After" in headers else None
            return _Again(Missing("server", f"HTTP {status}"), wait)
        if 400 <= status < 500:
            return Missing("refused")
        return Missing("no-picture", f"HTTP {status}")

    async def _body(
        self, response: "ClientResponse", load: Load, limit: int, timeout: asyncio.Timeout
    ) -> Answer | Missing:
        headers, data = response.headers, load.data
        declared = (response.content_length or 0) + len(data)
        if declared > limit:
            return Missing("too-large", f"{declared:,} bytes")
        encoding = headers.get("Content-Encoding", "identity").strip().lower()
        if encoding not in ("identity", "", "gzip", "x-gzip", "deflate"):
            return Missing("no-picture", f"compressed with {encoding[:20]}")
        expander = zlib.decompressobj(47) if encoding not in ("identity", "") else None
        load.etag, load.modified = _short(headers.get("ETag", "")), _short(headers.get("Last-Modified", ""))
        if expander:  # no byte of it is a byte of the picture
            load.etag = load.modified = ""
        await load.make_room(declared, timeout)
        async for chunk in response.content.iter_any():
            if expander:
                try:
                    chunk = expander.decompress(chunk, limit + 1 - len(data))
                except zlib.error:
                    return Missing("broken", f"it is not compressed with {encoding}")
            data += chunk
            if len(data) > limit:
                return Missing("too-large", f"more than {limit:,} bytes")
            if len(data) == len(chunk) and _is_page(data):
                return Missing("no-picture", "a page of HTML")
            await load.make_room(len(data), timeout)
        whole = "Content-Length" in headers or "Transfer-Encoding" in headers
        media_type = _short(headers.get("Content-Type", "").partition(";")[0].strip().lower())
        return Answer(bytes(data), load.etag, load.modified, media_type, whole)


def _is_page(data: bytearray) -> bool:
    head = bytes(data[:64]).removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return head.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))


def _short(value: str) -> str:
    """Return the value of a field, "" if it is longer than servers write, or has more than printable ASCII."""
    return value if len(value) <= 200 and value.isascii() and value.isprintable() else ""
