"""Errors of connections, as reasons why a picture is missing."""

import os
import ssl

import aiohttp

from convert.errors import ConvertError
from convert.messages import message
from convert.pictures.fetching.proxy import Proxy
from convert.pictures.model import Missing
from convert.text import printable, squeeze

WORDS = 120
"""Largest number of characters of an error's own words."""


class FaultError(Exception):
    """Error for a request without a whole answer; `passing` says whether another attempt may have one."""

    def __init__(self, missing: Missing, *, passing: bool = True) -> None:
        super().__init__(missing)
        self.missing, self.passing = missing, passing


class ProxyUnreachableError(ConvertError):
    """Error for a proxy that does not answer: nothing can be fetched."""


def fault_of(error: Exception, proxy: Proxy | None) -> FaultError | ProxyUnreachableError:
    """Return what an error of a library means."""
    if proxy and (reason := _of_proxy(error)):
        said = message(
            "the proxy {host}:{port} cannot be used: {reason}; start it, or name another one with --proxy",
            host=proxy.host,
            port=str(proxy.port),
            reason=reason,
        )
        return ProxyUnreachableError(said)
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return FaultError(Missing("unreachable", "no connection in time"))
    if isinstance(error, TimeoutError):
        return FaultError(Missing("too-slow"), passing=False)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return FaultError(Missing("unreachable", "its name has no address"))
    if isinstance(error, aiohttp.ClientConnectorCertificateError | ssl.SSLCertVerificationError):
        return FaultError(Missing("unreachable", "its certificate is not valid"), passing=False)
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return FaultError(Missing("unreachable", f"the proxy says HTTP {error.status}"))
    if isinstance(error, aiohttp.ClientConnectorError):
        return FaultError(Missing("unreachable", _words(error.os_error)))
    if isinstance(error, aiohttp.ClientResponseError | ValueError):
        return FaultError(Missing("server", "its answer is no HTTP"))
    if isinstance(error, aiohttp.ClientPayloadError | aiohttp.ClientConnectionError):
        return FaultError(Missing("server", "the connection was cut"))
    return FaultError(Missing("unreachable", _words(error)))


def _of_proxy(error: Exception) -> str:
    """Return why the proxy itself cannot be used, "" if the fault is another one."""
    if isinstance(error, aiohttp.ClientHttpProxyError) and error.status == 407:
        return "http 407, it asks for a name and a password"
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return _words(error.os_error)
    if type(error).__name__ == "ProxyConnectionError":  # of aiohttp_socks, which few runs load
        return _words(error)
    return ""


def _words(error: Exception) -> str:
    if isinstance(error, OSError) and (error.errno or 0) > 0:
        return os.strerror(error.errno or 0).lower()  # without the address of the network
    text = str(error) or type(error).__name__
    return squeeze(printable(text), WORDS).lower()
