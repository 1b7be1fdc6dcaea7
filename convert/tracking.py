"""Tracking in the addresses of links: parameters that identify a reader or a click, and sites that count clicks.

What is known of them is data, in tracking.toml.  An address is changed by its text alone: nobody is asked.
"""

import os
import tomllib
from base64 import urlsafe_b64decode
from binascii import Error
from functools import cache
from typing import NamedTuple
from urllib.parse import unquote

import msgspec
from msgspec import Struct

from convert.urls import linkable, resolve, scheme

MOST = 5
"""Most redirectors that are followed one after the other."""


class Parameters(Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters that identify no page, on some hosts or on all."""

    about: str
    names: tuple[str, ...]
    """Names, or beginnings of names with `*` at the end."""
    hosts: tuple[str, ...] = ()
    """Hosts, each with those below; () for all."""


class Redirector(Struct, frozen=True, forbid_unknown_fields=True):
    """Site that leads to an address that is in its own."""

    host: str
    parameters: tuple[str, ...]
    paths: tuple[str, ...] = ()
    """Beginnings of its paths; () for all."""
    encoding: str = ""
    """`base64url` (RFC 4648, section 5), or "" where the target is escaped as parameters are."""
    prefix: str = ""


class Trackers(Struct, frozen=True, forbid_unknown_fields=True):
    """Content of tracking.toml."""

    parameters: tuple[Parameters, ...]
    redirectors: tuple[Redirector, ...]


class _Parts(NamedTuple):
    start: str
    """Scheme, host and path."""
    host: str
    path: str
    query: str
    fragment: str


@cache
def trackers() -> Trackers:
    """Return the content of tracking.toml."""
    with open(os.path.join(os.path.dirname(__file__), "tracking.toml"), "rb") as file:
        data = tomllib.load(file)
    return msgspec.convert(data, Trackers)


def cleaned(address: str) -> str:
    """Return an address without what is known to track, else the same; what identifies the page stays, byte for byte.

    >>> cleaned("https://paper.example/a?id=75&utm_source=feed#top"), cleaned("https://paper.example/?fbclid=1")
    ('https://paper.example/a?id=75#top', 'https://paper.example/')
    >>> cleaned("https://www.google.com/url?q=https%3A%2F%2Fpaper.example%2Fa%3Fid%3D75&sa=D&ust=1")
    'https://paper.example/a?id=75'
    """
    if scheme(address) not in ("http", "https"):
        return address
    for _ in range(MOST):
        if not (target := _target(parts := _split(address))):
            return _without_parameters(parts, address)
        address = target
    return address


def _split(address: str) -> _Parts:
    rest, _, fragment = address.partition("#")
    start, _, query = rest.partition("?")
    authority, _, path = start.partition("://")[2].partition("/")
    host = authority.rpartition("@")[2].partition(":")[0].lower()
    return _Parts(start, host, f"/{path}", query, fragment)


def _is_of(host: str, above: str) -> bool:
    return host == above or host.endswith(f".{above}")


def _target(parts: _Parts) -> str:
    """Return the address that a redirector leads to, "" if it is none."""
    if not parts.query:
        return ""
    for each in trackers().redirectors:
        if _is_of(parts.host, each.host) and (not each.paths or parts.path.startswith(each.paths)):
            values = dict(reversed([pair.partition("=")[::2] for pair in parts.query.split("&")]))
            for name in each.parameters:
                target = _decoded(values.get(name, ""), each)
                if linkable(target) and scheme(target) in ("http", "https") and (whole := resolve(target, "")):
                    return whole
    return ""


def _decoded(value: str, redirector: Redirector) -> str:
    if redirector.encoding:
        value = value.removeprefix(redirector.prefix)
        try:
            return urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode()
        except (Error, ValueError):
            return ""
    return unquote(value.replace("+", " "))


def _without_parameters(parts: _Parts, address: str) -> str:
    query, fragment = _kept(parts.query, parts.host), parts.fragment
    if "utm_" in fragment:  # some sites put the campaign behind the fragment's sign
        fragment = _kept(fragment, parts.host)
    if (query, fragment) == (parts.query, parts.fragment):
        return address
    return parts.start + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")


def _kept(query: str, host: str) -> str:
    return "&".join(each for each in query.split("&") if not _is_tracking(each.partition("=")[0], host))


def _is_tracking(name: str, host: str) -> bool:
    exact, beginnings = _names(host)
    return name in exact or (bool(name) and name.startswith(beginnings))


@cache
def _names(host: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the names of a host's parameters, and the beginnings of others."""
    rows = [each for each in trackers().parameters if not each.hosts or any(_is_of(host, top) for top in each.hosts)]
    names = [name for each in rows for name in each.names]
    beginnings = tuple(name[:-1] for name in names if name.endswith("*"))
    return frozenset(name for name in names if not name.endswith("*")), beginnings
