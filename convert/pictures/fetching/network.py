"""Connections: each goes to an address that the guard allows, or to the proxy and nowhere else."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from convert.pictures.fetching.faults import fault_of
from convert.pictures.fetching.headers import REQUEST
from convert.pictures.fetching.limits import Limits
from convert.pictures.fetching.proxy import Proxy
from convert.pictures.guard import LEADS, RESERVED, AddressGuard, RefusedError, Target

Lookup = Callable[[str, int], Awaitable[list[str]]]
"""Function that returns the addresses that a name has."""
Opener = Callable[[Any], socket.socket]
"""Function that opens a socket for one entry of what `getaddrinfo` returns."""


_CAUGHT = (aiohttp.ClientError, OSError, ValueError)


class Network:
    """Session of a run, to be used inside `async with`.

    `lookup` and `opener` are for tests, which ask no name server and connect to nothing but themselves.
    """

    def __init__(
        self,
        guard: AddressGuard,
        limits: Limits,
        proxy: Proxy | None = None,
        lookup: Lookup | None = None,
        opener: Opener | None = None,
    ) -> None:
        self._guard, self._limits, self._proxy = guard, limits, proxy
        self._lookup, self._opener = lookup or _ask_system, opener or _open
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Network":
        timeout = aiohttp.ClientTimeout(sock_connect=self._limits.connecting, sock_read=self._limits.silence)
        self._session = aiohttp.ClientSession(
            connector=self._connector(),
            headers=REQUEST,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=timeout,
            auto_decompress=False,
            trust_env=False,
            requote_redirect_url=False,
            raise_for_status=False,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._session
        await self._session.close()

    def _connector(self) -> aiohttp.TCPConnector:
        limits, proxy = self._limits, self._proxy
        pool: dict[str, Any] = {"limit": limits.connections, "limit_per_host": limits.per_host, "ttl_dns_cache": 60}
        if proxy and proxy.is_socks:
            from aiohttp_socks import ProxyConnector  # only a run through such a proxy needs it

            return ProxyConnector(
                proxy.host, proxy.port, username=proxy.user or None, password=proxy.password or None, rdns=True, **pool
            )
        if proxy:  # which may be on this machine: the only connection that the guard is not asked about
            return aiohttp.TCPConnector(resolver=_OnlyResolver(proxy.host, self._lookup), **pool)
        return aiohttp.TCPConnector(
            resolver=_GuardedResolver(self._guard, self._lookup), socket_factory=self._checked, **pool
        )

    def _checked(self, entry: Any) -> socket.socket:
        """Open a socket, if the guard allows the address that it will be connected to."""
        self._guard.check(str(entry[4][0]))
        return self._opener(entry)

    @asynccontextmanager
    async def get(self, target: Target, fields: Mapping[str, str]) -> AsyncIterator[aiohttp.ClientResponse]:
        """Ask for a target, and hold its answer during the block.

        Raises:
            FaultError: there is no answer, or it ends too soon.
            RefusedError: the name has no address that may be asked.
            ProxyUnreachableError: the proxy does not answer.
        """
        assert self._session
        proxy = _url_of(self._proxy) if self._proxy and not self._proxy.is_socks else None
        try:
            async with self._session.get(
                URL(target.address, encoded=True), headers=fields, allow_redirects=False, proxy=proxy
            ) as response:
                yield response
        except _CAUGHT as error:
            raise fault_of(error, self._proxy) from error
        except Exception as error:
            if type(error).__module__.partition(".")[0] in ("aiohttp_socks", "python_socks"):
                raise fault_of(error, self._proxy) from error
            raise


class _GuardedResolver(AbstractResolver):
    """Resolver that returns only addresses that may be asked."""

    def __init__(self, guard: AddressGuard, lookup: Lookup) -> None:
        self._guard, self._lookup = guard, lookup

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        allowed: list[ResolveResult] = []
        refusal: Exception = OSError(f"{host} has no address")
        for address in await self._lookup(host, port):
            try:
                self._guard.check(address)
            except RefusedError as error:
                refusal = RefusedError(f"{host} {LEADS} {error}")
            else:
                allowed.append(_resolved(host, address, port))
        if not allowed:
            raise refusal
        return allowed

    async def close(self) -> None:
        pass


class _OnlyResolver(AbstractResolver):
    """Resolver that knows the proxy alone."""

    def __init__(self, host: str, lookup: Lookup) -> None:
        self._host, self._lookup = host, lookup

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if host != self._host:
            raise RefusedError(f"{host} is for the proxy to resolve")
        return [_resolved(host, address, port) for address in await self._lookup(host, port)]

    async def close(self) -> None:
        pass


def _resolved(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST)


async def _ask_system(host: str, port: int) -> list[str]:
    """Ask the system for the addresses of a name, and for that name alone.

    The dot at its end keeps the system from trying it as a name below the domain of this network.
    """
    last = host.rpartition(".")[2]
    if last == "localhost":  # RFC 6761: no name server is asked
        return ["127.0.0.1", "::1"]
    whole = host if last in RESERVED or "." not in host or ":" in host else f"{host}."
    found = await asyncio.get_running_loop().getaddrinfo(whole, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _open(entry: Any) -> socket.socket:
    opened = socket.socket(entry[0], entry[1], entry[2])
    opened.setblocking(False)
    return opened


def _url_of(proxy: Proxy) -> URL:
    host = f"[{proxy.host}]" if ":" in proxy.host else proxy.host
    return URL.build(
        scheme="http", host=host, port=proxy.port, user=proxy.user or None, password=proxy.password or None
    )
