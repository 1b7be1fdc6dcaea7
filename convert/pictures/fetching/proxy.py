"""The proxy that a run goes through."""

import os
from typing import NamedTuple

import ada_url

from convert.errors import UsageError
from convert.messages import message

SCHEMES = ("http", "socks5", "socks5h")
ENVIRONMENT = ("ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy")
"""Variables that `--proxy env` reads, the first that is set."""


class Proxy(NamedTuple):
    """Proxy, which gets names and resolves them itself."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = ""

    @property
    def is_socks(self) -> bool:
        """Return whether it is a SOCKS proxy, as Tor is, and no HTTP proxy."""
        return self.scheme != "http"


def proxy_of(text: str) -> Proxy | None:
    """Return the proxy at an address, or for `env` that of the environment; None for "".

    Raises:
        UsageError: it is no proxy.

    >>> proxy_of("socks5h://127.0.0.1:9050")
    Proxy(scheme='socks5h', host='127.0.0.1', port=9050, user='', password='')
    """
    if not text:
        return None
    if text == "env":
        text = next((os.environ[name] for name in ENVIRONMENT if os.environ.get(name)), "")
        if not text:  # nobody who asks for a proxy wants to go without one
            raise UsageError("--proxy env: no variable names a proxy; set {name}", name=ENVIRONMENT[0])
    scheme, colon, rest = text.partition("://")
    try:
        url = ada_url.URL(f"http://{rest}")
        port = int(url.port) if url.port else 80 if ":80" in rest else 0
        if not colon or scheme.lower() not in SCHEMES or not url.hostname or not port or url.pathname != "/":
            raise ValueError
    except ValueError:
        raise UsageError(
            message(
                "--proxy: {proxy} is no proxy; write socks5h://127.0.0.1:9050 or http://HOST:PORT", proxy=repr(text)
            )
        ) from None
    return Proxy(scheme.lower(), url.hostname.strip("[]"), port, _plain(url.username), _plain(url.password))


def _plain(text: str) -> str:
    from urllib.parse import unquote  # of the few proxies with a password

    return unquote(text)
