"""A server at the loopback addresses of this machine, and nowhere else."""

import errno
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from threading import Thread
from typing import Any

from convert.errors import ConvertError, UsageError, reason
from convert.messages import Language
from convert.serving.handler import Handler
from convert.serving.tree import Tree, address_of

FOUR, SIX = "127.0.0.1", "::1"
NAMES = (FOUR, f"[{SIX}]", "localhost")
"""Hosts that a request may name.  A page of the web whose name was made to lead here has another (DNS rebinding)."""
WEB_PORT = 80
TRIES = 20
"""Number of free ports that are tried at one address until one is free at the other too."""
_ABSENT = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT)
"""Errors of a system without IPv6."""


class Server(ThreadingHTTPServer):
    """Server at one address, with a thread for each connection."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = os.name == "posix"  # elsewhere it would let another program take the port

    def __init__(self, host: str, port: int, tree: Tree, log: Callable[[str], None], language: Language) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.tree, self.log, self.language = tree, log, language
        super().__init__((host, port), Handler)
        self.port = int(self.server_address[1])
        self.hosts = {f"{each}:{self.port}" for each in NAMES} | (set(NAMES) if self.port == WEB_PORT else set())

    @property
    def start(self) -> str:
        """Return the path of the page to begin with."""
        return f"/{address_of(self.tree.name)}"

    def server_bind(self) -> None:
        """Bind the socket, and ask nobody for the name of this machine, as the class above does."""
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if self.allow_reuse_address:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Show nothing: the browser went away in the middle, as browsers do."""


@contextmanager
def serving(root: str, port: int, log: Callable[[str], None], language: Language) -> Iterator[str]:
    """Serve a folder, or a file, from other threads, and yield the address of the page to begin with.

    Raises:
        UsageError: the port is used by another program, or not ours to use.
    """
    servers = _servers(Tree(root), port, log, language)
    for each in servers:
        Thread(target=each.serve_forever, daemon=True).start()
    try:
        yield f"http://{FOUR}:{servers[0].port}{servers[0].start}"
    finally:
        for each in servers:
            each.shutdown()
            each.server_close()


def _servers(tree: Tree, port: int, log: Callable[[str], None], language: Language) -> list[Server]:
    """Return the servers of both addresses, at one port; only the first where the system has no IPv6."""
    for tried in range(TRIES):
        four = None
        try:
            four = Server(FOUR, port, tree, log, language)
            return [four, Server(SIX, four.port, tree, log, language)]
        except OSError as error:
            if four is not None and error.errno in _ABSENT:
                return [four]
            if four is not None:
                four.server_close()
            if error.errno == errno.EADDRINUSE and port == 0 and tried + 1 < TRIES:
                continue
            raise _refusal(error, port) from error
    raise AssertionError("the last try returns or raises")


def _refusal(error: OSError, port: int) -> ConvertError:
    if error.errno == errno.EADDRINUSE:
        return UsageError(
            "--port {port}: another program uses this port; choose another one, or 0 for a free one", port=port
        )
    if error.errno == errno.EACCES:
        return UsageError(
            "--port {port}: the system does not let you use this port; choose one from 1024 on, or 0 for a free one",
            port=port,
        )
    return UsageError("--port {port}: this port cannot be used: {reason}", port=port, reason=reason(error))
