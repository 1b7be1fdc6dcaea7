"""Addresses of schedulers: on this machine, or encrypted with certificates on both sides.

Whoever can reach a scheduler of Dask can run programs on its workers.  So an address that others could reach must be
one of TLS, at which only those with a certificate are let in.
"""

import socket
from contextlib import suppress
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from convert.errors import UsageError

PORT = 8786
"""Port of a scheduler that names none (docs.dask.org, `dask scheduler --port`)."""
_SCHEMES = ("tcp", "tls")


class Address(NamedTuple):
    """Address of a scheduler."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.scheme}://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def peers(self) -> frozenset[tuple[str, int]]:
        """Return host and port, and the addresses that the host has now, for `Abilities`."""
        found = {(self.host, self.port)}
        with suppress(OSError):  # the connection says so in its own words
            found |= {(str(each[4][0]), self.port) for each in socket.getaddrinfo(self.host, self.port)}
        return frozenset(found)


def address_of(text: str) -> Address:
    """Return the address that somebody wrote.

    >>> str(address_of("localhost")), str(address_of("tcp://[::1]:9000")), str(address_of("tls://cluster.example"))
    ('tcp://localhost:8786', 'tcp://[::1]:9000', 'tls://cluster.example:8786')

    Raises:
        UsageError: it is none, or it is one of another machine without encryption.
    """
    try:
        parts = urlsplit(text if "://" in text else f"tcp://{text}")
        scheme, host, port = parts.scheme, parts.hostname or "", parts.port or PORT
    except ValueError:
        scheme = host = ""
        port = PORT
    if scheme not in _SCHEMES or not host or f"{parts.path}{parts.query}{parts.fragment}" or "@" in parts.netloc:
        raise UsageError("--scheduler: give an address like tcp://127.0.0.1:8786 or tls://HOST:PORT")
    if scheme != "tls" and not _is_loopback(host):
        raise UsageError(
            "--scheduler: {host} is not this machine, and a scheduler without certificates runs the programs of "
            "anybody who reaches it; use tls://{host}:{port} with certificates (docs/scale.md), or a tunnel to "
            "127.0.0.1",
            host=host,
            port=str(port),
        )
    return Address(scheme, host, port)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
