"""Judgement of web addresses before anything is asked: which hosts, and which addresses of the network behind them.

It opens no socket.  `convert/pictures/fetching/` asks it three times: about the address of a picture and of each
redirect, about what a name resolves to, and about the address that a socket is about to be connected to.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple

import ada_url

from convert.errors import UsageError
from convert.late import late_pattern

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

PUBLISHERS = (
    "epochtimes.com",
    "minghui.org",
    "ntdtv.com",
    "reuters.com",
    "reutersmedia.net",  # pictures of reuters.com
    "rfa.org",
    "secretchina.com",
    "soundofhope.org",
    "voachinese.com",
    "voanews.com",  # pictures of voachinese.com
)
"""Domains of the publishers that mirrors copy, and of their pictures; each with the names below it.

949 of the 956 pictures of 384 real pages are theirs (2026-11); the others are of Twitter, WordPress and Google.
"""

NOT_PUBLIC: tuple[Network, ...] = tuple(
    map(
        ip_network,
        (
            # Special-purpose registry of IPv4 (IANA, RFC 6890 and later, 2026-11)
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
            *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24"),
            *("192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
            *("224.0.0.0/4", "240.0.0.0/4"),
            # Of IPv6: all but global unicast (RFC 4291), and in that: protocols with Teredo, documentation, 6to4
            *("::/3", "4000::/2", "8000::/1"),
            *("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
        ),
    )
)
"""Networks that are not the public internet, or that hold an address of another network inside theirs."""

_NAT64 = IPv6Network("64:ff9b::/96")
"""Addresses of IPv4 as a network without IPv4 reaches them (RFC 6052)."""

RESERVED = ("alt", "arpa", "corp", "home", "internal", "invalid", "lan", "local", "localdomain", "localhost", "onion")
"""Last labels of names that the public name system does not have (RFC 6761, 6762, 7686, 8375, 9476, ICANN 2024)."""
ONION = "onion"

PORTS = {"http": 80, "https": 443}


_PLAIN = late_pattern(r"(https?)://((?:[a-z0-9]{1,63}\.)+[a-z]{2,24})/[A-Za-z0-9/_.~=&?+,;:@!$'()*%-]*")
"""Most addresses, which need no parser: it would take a third of the time of a picture from near by."""


NOT_ASKED = "is none of the hosts that are asked"
"""End of the reason why a host is not asked that the user could allow."""
NOT_PUBLIC_ADDRESS, NOT_PUBLIC_NAME = "is no public address", "is no public name"
REDIRECTS, LEADS = "it redirects, but", "leads to"
"""Beginning of the reason about a redirect, and middle of that about a name, before the reason about its target."""
_TARGET = late_pattern(rf"(\S+) (?:{NOT_ASKED}|{NOT_PUBLIC_ADDRESS}|{NOT_PUBLIC_NAME})")


class Target(NamedTuple):
    """Web address that may be asked."""

    address: str
    """The address as the URL Standard writes it, without a fragment."""
    scheme: str
    host: str
    port: int

    @property
    def origin(self) -> str:
        """Return scheme, host and port, which have a robots.txt of their own."""
        return f"{self.scheme}://{_bracketed(self.host)}:{self.port}"


class RefusedError(Exception):
    """Error for an address that may not be asked; the reason is in English."""


class AllowedHost(NamedTuple):
    """Host that the user allows, with all names below it."""

    name: str
    port: int | None
    """The only port, None for any."""


class AddressGuard:
    """Rules for the addresses that a run may ask.

    `hosts` are those that the user adds to the publishers', as HOST or HOST:PORT; `networks` are those that he opens,
    in the notation of CIDR.  `by_proxy` says that a proxy resolves names, so that .onion names reach somewhere.

    Raises:
        UsageError: one of them is malformed.
    """

    def __init__(self, hosts: Iterable[str] = (), networks: Iterable[str] = (), *, by_proxy: bool = False) -> None:
        self._allowed = tuple(map(allowed_host, hosts))
        self._opened = tuple(map(_network, networks))
        self._by_proxy = by_proxy

    def judge(self, address: str, sites: Iterable[str] = ()) -> Target:
        """Return the target that an address names; `sites` are the hosts of the pages that show the picture.

        Raises:
            RefusedError: it may not be asked.
        """
        target = parse(address)
        if (literal := _literal(target.host)) is not None:
            self.check(literal)
            if not self._is_opened(literal):
                self._check_host(target, ())
            return target
        self._check_name(target.host)
        self._check_host(target, sites)
        return target

    def check(self, address: Address | str) -> None:
        """Check that an address of the network may be connected to.

        Raises:
            RefusedError: it is not public, and the user did not open its network.
        """
        literal = ip_address(address.partition("%")[0]) if isinstance(address, str) else address
        if not self._is_opened(literal) and any(
            literal in each for each in NOT_PUBLIC if each.version == literal.version
        ):
            raise RefusedError(f"{literal} {NOT_PUBLIC_ADDRESS}")
        if literal.version == 6 and literal in _NAT64:  # opened: then what is behind it counts
            self.check(IPv4Address(int(literal) & 0xFFFFFFFF))

    def refuses_still(self, reason: str) -> bool:
        """Return whether asking was refused on the way, by a redirect or a name, and would be refused again."""
        if not (reason.startswith(REDIRECTS) or f" {LEADS} " in reason):
            return False
        target = _TARGET.search(reason)
        try:
            if target:
                host = target[1]
                self.judge(f"http://[{host}]/" if host.count(":") > 1 and host[0] != "[" else f"http://{host}/")
        except RefusedError:
            return True
        return target is None

    def _is_opened(self, literal: Address) -> bool:
        if isinstance(literal, IPv6Address) and literal.ipv4_mapped:
            literal = literal.ipv4_mapped
        return any(literal in each for each in self._opened if each.version == literal.version)

    def _check_name(self, host: str) -> None:
        """Refuse names that only a private network knows, unless the user opened one and named the host."""
        last = host.rpartition(".")[2]
        if "." in host and last not in RESERVED:
            return
        if last == ONION:
            if self._by_proxy and self._names(host):
                return
        elif self._opened and (last == "localhost" or self._names(host)):
            return
        raise RefusedError(f"{host} {NOT_PUBLIC_NAME}")

    def _check_host(self, target: Target, sites: Iterable[str]) -> None:
        """Refuse hosts that are neither a publisher's, nor of the site of the page, nor allowed by the user."""
        host, port = target.host, target.port
        if any(_within(host, name) and only in (None, port) for name, only in self._allowed):
            return
        if host.rpartition(".")[2] == "localhost":  # whose network is open
            return
        if not (any(_within(host, each) for each in PUBLISHERS) or any(_within(host, site_of(each)) for each in sites)):
            raise RefusedError(f"{_bracketed(host)} {NOT_ASKED}")
        if port != PORTS[target.scheme]:
            raise RefusedError(f"port {port} of {host} is none that is asked")

    def _names(self, host: str) -> bool:
        return any(_within(host, each.name) for each in self._allowed)


def parse(address: str) -> Target:
    """Return the parts of a web address, every notation of a host in one form.

    Raises:
        RefusedError: it is no web address, or holds a password.

    >>> parse("http://0x7f.1/a.jpg#b"), parse("https://ｅ.example.:443/").host
    (Target(address='http://127.0.0.1/a.jpg', scheme='http', host='127.0.0.1', port=80), 'e.example')
    """
    if plain := _PLAIN.fullmatch(address):
        return Target(address, plain[1], plain[2], PORTS[plain[1]])
    try:
        url = ada_url.URL(address)
    except ValueError:
        raise RefusedError("it is no web address") from None
    scheme = url.protocol.removesuffix(":")
    if scheme not in PORTS or not url.hostname:
        raise RefusedError("it is no web address")
    if url.username or url.password:
        raise RefusedError("it holds a user name or a password")
    host = url.hostname.strip("[]")
    if host.endswith("."):
        host = host[:-1]
        url.hostname = host
    if not host or ".." in host or host.startswith(".") or len(host) > 253:
        raise RefusedError("it is no web address")
    url.hash = ""
    return Target(url.href, scheme, host, int(url.port) if url.port else PORTS[scheme])


def allowed_host(text: str) -> AllowedHost:
    """Return the host that a user allows, as HOST or HOST:PORT.

    Raises:
        UsageError: it is neither.

    >>> allowed_host("img.example:8080"), allowed_host("::1"), allowed_host("[::1]:80").port
    (AllowedHost(name='img.example', port=8080), AllowedHost(name='::1', port=None), 80)
    """
    bare = text.strip().removeprefix("*.")
    host = f"[{bare}]" if bare.count(":") > 1 and not bare.startswith("[") else bare
    name, colon, port = host.rpartition(":") if not host.endswith("]") else (host, "", "")
    try:
        if "/" in host or "@" in host or (colon and not port.isdecimal()):
            raise RefusedError
        target = parse(f"http://{host}/")
    except RefusedError:
        raise UsageError(
            "--allow-host: {host} is no host; write a name, such as img.example", host=repr(text)
        ) from None
    return AllowedHost(target.host, target.port if colon and name else None)


def _network(text: str) -> Network:
    try:
        return ip_network(text.strip(), strict=False)
    except ValueError:
        raise UsageError(
            "--allow-private: {network} is no network; write one, such as 192.168.1.0/24", network=repr(text)
        ) from None


def _literal(host: str) -> Address | None:
    """Return the address of the network that a host is written as; None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _within(host: str, domain: str) -> bool:
    return host == domain or (bool(domain) and host.endswith(f".{domain}"))


def site_of(host: str) -> str:
    """Return the domain of a page's site, whose names below it may have its pictures; "" for what is no domain.

    >>> site_of("www.press.example"), site_of("m.press.example"), site_of("localhost"), site_of("www.com")
    ('press.example', 'press.example', '', '')
    """
    bare = host.removeprefix("www.").removeprefix("m.")
    return bare if "." in bare and not bare.endswith(".") and _literal(bare) is None else ""
