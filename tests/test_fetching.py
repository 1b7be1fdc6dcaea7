"""Fetching of pictures, from a server on loopback that has every fault."""

import asyncio
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from helpers.faulty import Server, SimpleJudge, picture, server, serving, socks
from hypothesis import given, strategies as st
from hypothesis.strategies import ip_addresses

from convert.errors import StoreError, UsageError
from convert.pictures.fetching.faults import ProxyUnreachableError
from convert.pictures.fetching.fetcher import Fetcher, Result
from convert.pictures.fetching.limits import Limits
from convert.pictures.fetching.proxy import ENVIRONMENT, Proxy, proxy_of
from convert.pictures.guard import AddressGuard, RefusedError, parse
from convert.pictures.model import Facts, Missing, Stored
from convert.pictures.planning import Choice, Need, Plan, plan_of
from convert.pictures.store import FILES, PictureStore

QUICK = Limits(
    delay=0,
    timeout=0.5,
    connecting=0.5,
    silence=0.4,
    largest=1 << 20,
    attempts=3,
    backoff=0.01,
    patience=2,
    robots=False,
)

ALL = Choice()


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with server() as each:
        yield each


@pytest.fixture
def faulty(running: Server) -> Server:
    running.asked.clear()
    running.robots, running.most = None, 0
    return running


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PictureStore]:
    with PictureStore(str(tmp_path / "store")) as each:
        yield each


def fetch(
    store: PictureStore,
    addresses: list[str],
    limits: Limits = QUICK,
    *,
    guard: AddressGuard | None = None,
    choice: Choice = ALL,
    proxy: str = "",
    judge: SimpleJudge | None = None,
    **more: Any,
) -> dict[str, Result]:
    guard = guard or AddressGuard(networks=["127.0.0.0/8"])
    results: dict[str, Result] = {}
    plan = plan_of([Need(each) for each in addresses], store, guard, choice)

    def tell(result: Result) -> None:
        results[result.job.need.address] = result

    Fetcher(store, judge or SimpleJudge(), guard, limits, proxy_of(proxy), jitter=lambda: 0.5, **more).run(
        plan.jobs, tell
    )
    return results


class SlowJudge(SimpleJudge):
    """Judge that takes a while."""

    def judge(self, data: bytes) -> Facts | Missing:
        time.sleep(0.2)
        return super().judge(data)


def plan(store: PictureStore, addresses: list[str]) -> Plan:
    return plan_of([Need(each) for each in addresses], store, AddressGuard(networks=["127.0.0.0/8"]), Choice())


def files_in(store: PictureStore) -> list[Path]:
    return [each for each in (Path(store.folder) / FILES).rglob("*") if each.is_file()]


# --- faults -----------------------------------------------------------------------------------------------------------

GOOD = (
    "/ok/1.jpg", "/wrong-type", "/no-length", "/http-1.0", "/chunked", "/gzip", "/unpunctual", "/once-500", "/once-503",
    "/once-429", "/once-429-date", "/redirect?/ok/2.jpg", "/cut-and-resumed", "/conditional", "/sometimes/a",
)  # fmt: skip
BAD = {
    "/nowhere": "not-found",
    "/gone": "not-found",
    "/forbidden": "refused",
    "/teapot": "refused",
    "/no-content": "no-picture",
    "/always-500": "server",
    "/long-429": "server",
    "/html": "no-picture",
    "/html-as-jpeg": "no-picture",
    "/text": "no-picture",
    "/empty": "no-picture",
    "/brotli": "no-picture",
    "/no-length-cut": "server",
    "/chunked-garbage": "server",
    "/cut": "server",
    "/length-too-short": "server",
    "/length-too-large": "too-large",
    "/length-no-number": "server",
    "/no-http": "server",
    "/huge-head": "server",
    "/gzip-bomb": "too-large",
    "/gzip-garbage": "broken",
    "/slow": "too-slow",
    "/dripping": "too-slow",
    "/endless": "too-large",
    "/redirect_loop/a": "server",
    "/redirect_far/0": "server",
    "/redirect?http://10.0.0.1/a.jpg": "not-allowed",
    "/redirect?http://169.254.169.254/latest/meta-data": "not-allowed",
    "/redirect?file:///etc/passwd": "not-allowed",
    "/redirect?https://elsewhere.example/a.jpg": "not-allowed",
    "/redirect?http://": "not-allowed",
}


@pytest.mark.parametrize("path", GOOD)
def test_a_picture_behind_a_passing_fault_is_stored(path: str, faulty: Server, store: PictureStore) -> None:
    (result,) = fetch(store, [faulty.address(path)]).values()
    assert isinstance(result.found, Stored), result
    assert store.read(result.found)
    assert store.of(faulty.address(path)) == result.found


@pytest.mark.parametrize("path", BAD)
def test_a_fault_has_its_reason_and_leaves_nothing(path: str, faulty: Server, store: PictureStore) -> None:
    began = time.monotonic()
    (result,) = fetch(store, [faulty.address(path)]).values()
    assert isinstance(result.found, Missing)
    assert result.found.reason == BAD[path], result.found
    assert store.of(faulty.address(path)) == result.found
    assert files_in(store) == []
    assert time.monotonic() - began < 30


def test_what_a_server_sends_without_end_is_not_read(faulty: Server, store: PictureStore) -> None:
    began = time.monotonic()
    fetch(store, [faulty.address("/endless")], Limits(delay=0, largest=100_000, robots=False))
    assert time.monotonic() - began < 5


def test_the_rest_of_a_large_picture_is_asked_for(faulty: Server, store: PictureStore) -> None:
    (result,) = fetch(store, [faulty.address("/cut-and-resumed")]).values()
    assert isinstance(result.found, Stored)
    assert store.read(result.found) == picture(7, 600_000)
    assert [each.fields.get("range") for each in faulty.asked] == [None, "bytes=400000-"]


@pytest.mark.parametrize("path", ["always-500", "cut"])
def test_a_host_that_fails_again_and_again_is_left_alone(path: str, faulty: Server, store: PictureStore) -> None:
    addresses = [faulty.address(f"/{path}/{number}") for number in range(15)]
    results = fetch(store, addresses)
    assert len(faulty.asked) == 3 * 3 + 7  # three attempts at each of three, one at each further one, till ten failed
    assert [each.left_alone for each in results.values()] == [False] * 10 + [True] * 5
    assert store.of(addresses[-1]) == Missing("not-stored")


def test_a_host_that_says_nothing_is_left_alone(faulty: Server, store: PictureStore) -> None:
    limits = Limits(delay=0, timeout=0.05, robots=False, give_up=4)
    results = fetch(store, [faulty.address(f"/slow/{number}") for number in range(9)], limits)
    assert len(faulty.asked) == 4
    assert [each.left_alone for each in results.values()] == [False] * 4 + [True] * 5


def test_a_host_that_asks_for_a_day_is_left_alone(faulty: Server, store: PictureStore) -> None:
    results = fetch(store, [faulty.address(path) for path in ("/ok/1.jpg", "/long-429", "/ok/2.jpg")])
    assert faulty.paths() == ["/ok/1.jpg", "/long-429"]
    assert [each.left_alone for each in results.values()] == [False, False, True]


def test_one_request_at_a_time_and_a_delay_between_two(faulty: Server, store: PictureStore) -> None:
    addresses = [faulty.address(f"/ok/{number}.jpg") for number in range(5)]
    began = time.monotonic()
    fetch(store, addresses, Limits(delay=0.05, robots=False))
    assert time.monotonic() - began >= 0.2
    assert faulty.most == 1
    assert faulty.paths() == [f"/ok/{number}.jpg" for number in range(5)]


def test_a_request_says_nothing_about_its_user(faulty: Server, store: PictureStore) -> None:
    fetch(store, [faulty.address("/ok/1.jpg"), faulty.address("/ok/2.jpg")])
    for asked in faulty.asked:
        assert sorted(name for name in asked.fields if name) == ["accept", "accept-encoding", "host", "user-agent"]
        assert asked.fields["user-agent"] == "archive-convert"
        assert asked.fields["accept-encoding"] == "identity"


def test_pictures_that_failed_before_do_not_keep_a_run_from_the_others(faulty: Server, store: PictureStore) -> None:
    addresses = [faulty.address(f"/always-500/{number}") for number in range(10)] + [faulty.address("/ok/1.jpg")]
    fetch(store, addresses)
    assert store.of(addresses[-1]) == Missing("not-stored")
    faulty.asked.clear()
    fetch(store, addresses)
    assert faulty.paths()[0] == "/ok/1.jpg"


def test_a_name_without_an_address_is_unreachable(store: PictureStore) -> None:
    async def lookup(name: str, port: int) -> list[str]:
        return []

    here = "https://i.epochtimes.com/a.jpg"
    (result,) = fetch(store, [here], guard=AddressGuard(), lookup=lookup).values()
    assert result.found == Missing("unreachable", "its name has no address")


def test_a_store_that_cannot_be_written_ends_the_run(
    faulty: Server, store: PictureStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def put(*arguments: object, **options: object) -> None:
        raise StoreError("no room")

    monkeypatch.setattr(store, "put", put)
    with pytest.raises(StoreError, match="no room"):
        fetch(store, [faulty.address(f"/ok/{number}.jpg") for number in range(9)], Limits(per_host=3, robots=False))
    assert len(faulty.paths()) <= 3


# --- the second run ---------------------------------------------------------------------------------------------------


def test_a_second_run_asks_only_for_what_is_missing(faulty: Server, store: PictureStore) -> None:
    addresses = [faulty.address(path) for path in ("/ok/1.jpg", "/once-500", "/nowhere", "/always-500", "/html")]
    fetch(store, addresses, Limits(delay=0, attempts=1, robots=False))
    faulty.asked.clear()
    fetch(store, addresses, Limits(delay=0, attempts=1, robots=False))
    assert faulty.paths() == ["/once-500", "/always-500"]
    faulty.asked.clear()
    fetch(store, addresses, QUICK, choice=Choice(again=True))
    assert set(faulty.paths()) == {"/once-500", "/always-500", "/nowhere", "/html"}


def test_what_was_refused_on_the_way_is_asked_for_when_it_is_allowed(faulty: Server, store: PictureStore) -> None:
    addresses = [
        faulty.address(f"/redirect?{each}")
        for each in (
            "http://[::1]:1/a",
            "https://elsewhere.example/a",
            "http://nas.local/a",
            "file:///a",
            "http://10.0.0.1/",
        )
    ]
    fetch(store, addresses)
    faulty.asked.clear()
    assert fetch(store, addresses) == {}

    async def lookup(name: str, port: int) -> list[str]:
        return ["10.9.9.9"]

    def asked(*, hosts: tuple[str, ...] = (), networks: tuple[str, ...] = ()) -> list[str]:
        guard = AddressGuard(hosts, ["127.0.0.0/8", *networks])
        return [job.need.address for job in plan_of(map(Need, addresses), store, guard, Choice()).jobs]

    assert asked(networks=("::1/128",)) == addresses[:1]
    assert asked(hosts=("elsewhere.example",)) == addresses[1:2]
    assert asked(hosts=("nas.local",)) == addresses[2:3]
    assert asked(networks=("10.0.0.0/8",)) == addresses[4:]
    here = "http://i.epochtimes.com/a.jpg"
    fetch(store, [here], lookup=lookup)
    assert plan(store, [here]).jobs == []
    assert len(plan_of([Need(here)], store, AddressGuard(networks=["10.0.0.0/8"]), Choice()).jobs) == 1


def test_a_picture_whose_file_is_gone_is_asked_for_again(faulty: Server, store: PictureStore) -> None:
    addresses = [faulty.address("/ok/1.jpg")]
    fetch(store, addresses)
    files_in(store)[0].unlink()
    fetch(store, addresses)
    assert len(faulty.paths()) == 2
    assert len(files_in(store)) == 1


def test_an_old_picture_is_asked_for_if_it_changed(faulty: Server, store: PictureStore) -> None:
    address = faulty.address("/conditional")
    fetch(store, [address])
    first = store.index.find(address)
    assert first
    assert first.etag == '"a"'
    store.index.put(first._replace(asked=1000))
    results = fetch(store, [address], choice=Choice(before=2000))
    assert results[address].found == first.found
    assert faulty.asked[-1].fields["if-none-match"] == '"a"'
    assert faulty.asked[-1].fields["if-modified-since"] == "Wed, 21 Oct 2015 07:28:00 GMT"
    again = store.index.find(address)
    assert again
    assert again.asked >= first.asked
    assert fetch(store, [address], choice=Choice(before=2000)) == {}


def test_an_old_picture_stays_where_its_server_lost_it(faulty: Server, store: PictureStore) -> None:
    address = faulty.address("/nowhere")
    stored = store.put(address, picture(1), SimpleJudge().judge(picture(1)), asked=1000)  # type: ignore[arg-type]
    assert fetch(store, [address], choice=Choice(before=2000))[address].found == stored
    assert store.of(address) == stored


# --- robots.txt -------------------------------------------------------------------------------------------------------


def test_robots_txt_is_asked_for_once_and_heeded(faulty: Server, store: PictureStore) -> None:
    faulty.robots = b"User-agent: *\nDisallow: /ok/2\n\nUser-agent: other\nDisallow: /\n"
    addresses = [faulty.address(f"/ok/{number}.jpg") for number in range(1, 4)]
    results = fetch(store, addresses, Limits(delay=0))
    assert [each.path for each in faulty.asked] == ["/robots.txt", "/ok/1.jpg", "/ok/3.jpg"]
    assert results[addresses[1]].found == Missing("robots")
    assert [each.need.address for each in plan(store, addresses).jobs] == []
    fetch(store, addresses, QUICK, choice=Choice(robots=False))
    assert faulty.paths()[-1] == "/ok/2.jpg"


def test_the_beginning_of_a_large_robots_txt_counts(faulty: Server, store: PictureStore) -> None:
    faulty.robots = b"User-agent: *\nDisallow: /ok/1\n" + b"#" * (1 << 20)
    address = faulty.address("/ok/1.jpg")
    assert fetch(store, [address], Limits(delay=0))[address].found == Missing("robots")


def test_rules_for_this_program_alone_count(faulty: Server, store: PictureStore) -> None:
    faulty.robots = b"User-agent: archive-convert\nDisallow: /\n\nUser-agent: *\nAllow: /\n"
    address = faulty.address("/ok/1.jpg")
    assert fetch(store, [address], Limits(delay=0))[address].found == Missing("robots")


def test_the_delay_of_robots_txt_is_kept(faulty: Server, store: PictureStore) -> None:
    faulty.robots = b"User-agent: *\nCrawl-delay: 0.1\n"
    began = time.monotonic()
    fetch(store, [faulty.address(f"/ok/{number}.jpg") for number in range(3)], Limits(delay=0))
    assert time.monotonic() - began >= 0.2


# --- addresses --------------------------------------------------------------------------------------------------------

NEVER = (
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "127.0.0.1.",
    "%31%32%37.0.0.1", "１２７.0.0.1", "①②⑦.⓪.⓪.①", "127。0。0。1", "0", "0.0.0.0", "10.0.0.1", "172.16.0.1",
    "172.31.255.255", "192.168.1.1", "100.64.0.1", "169.254.169.254", "198.18.0.1", "192.0.2.1", "203.0.113.7",
    "192.88.99.1", "224.0.0.1", "255.255.255.255", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[::ffff:8.8.8.8]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[fe80::1]",
    "[fec0::1]", "[fc00::1]", "[fd12:3456::1]", "[ff02::1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[2001:db8::1]",
    "[100::1]", "[5f00::1]", "localhost", "LOCALHOST", "localhost.", "a.localhost", "nas.local", "router.lan",
    "intranet", "metadata.google.internal", "abc.onion", "1.0.0.127.in-addr.arpa", "user@i.epochtimes.com",
    "u:p@i.epochtimes.com", "i.epochtimes.com:22", "i.epochtimes.com@10.0.0.1", "i.epochtimes.com.evil.example",
    "evilepochtimes.com", "8.8.8.8",
)  # fmt: skip
"""Hosts that are never asked by default, in all notations."""


@pytest.mark.parametrize("host", NEVER)
def test_no_private_address_is_asked_in_any_notation(host: str, store: PictureStore) -> None:
    async def lookup(name: str, port: int) -> list[str]:
        raise AssertionError(f"asked for {name}")

    def opener(entry: Any) -> socket.socket:
        raise AssertionError(f"connected to {entry}")

    guard = AddressGuard()
    addresses = [f"http://{host}/a.jpg", f"https://{host}/a.jpg"]
    assert fetch(store, addresses, guard=guard, lookup=lookup, opener=opener) == {}
    refused = plan_of([Need(each) for each in addresses], store, guard, Choice()).refused
    assert [missing.reason for _, missing in refused] == ["not-allowed"] * 2


NOTATIONS: tuple[Callable[[IPv4Address], str], ...] = (
    str,
    lambda address: str(int(address)),
    lambda address: hex(int(address)),
    lambda address: f"0{int(address):o}",
    lambda address: ".".join(hex(byte) for byte in address.packed),
    lambda address: ".".join(f"0{byte:03o}" for byte in address.packed),
    lambda address: f"{address.packed[0]}.{int(address) & 0xFFFFFF}",
    lambda address: f"{address.packed[0]}.{address.packed[1]}.{int(address) & 0xFFFF}",
    lambda address: f"{address}.",
    lambda address: str(address).replace(".", "。"),
    lambda address: str(address).translate({ord("0") + each: ord("０") + each for each in range(10)}),
    lambda address: "".join(f"%{ord(each):02x}" for each in str(address)),
)
"""Notations of an address of IPv4 that the URL Standard reads as the same host."""

PRIVATE = (
    "127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "::ffff:127.0.0.1",
    "fe80::1%1", "fd00::1", "64:ff9b::a00:1", "2002:a00:1::", "ff02::1", "224.0.0.1",
)  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_to_a_private_address_is_refused(address: str, store: PictureStore) -> None:
    async def lookup(name: str, port: int) -> list[str]:
        return [address]

    def opener(entry: Any) -> socket.socket:
        raise AssertionError(f"connected to {entry}")

    here = "https://i.epochtimes.com/a.jpg"
    (result,) = fetch(store, [here], guard=AddressGuard(), lookup=lookup, opener=opener).values()
    assert isinstance(result.found, Missing)
    assert result.found.reason == "not-allowed"


def test_a_name_that_leads_elsewhere_later_is_refused(faulty: Server, store: PictureStore) -> None:
    """The name has a public address when it is judged, and that of this machine when it is asked for again."""
    answers = [["93.184.215.14"], ["127.0.0.1"]]
    opened: list[str] = []

    async def lookup(name: str, port: int) -> list[str]:
        return answers.pop(0)

    def opener(entry: Any) -> socket.socket:
        opened.append(entry[4][0])
        raise OSError("no connection is made in tests")

    guard, here = AddressGuard(hosts=["press.example"]), faulty.address("/ok/1.jpg", "press.example")
    limits = Limits(delay=0, attempts=1, robots=False)
    for reason in ("unreachable", "not-allowed"):
        (result,) = fetch(store, [here], limits, guard=guard, lookup=lookup, opener=opener).values()
        assert isinstance(result.found, Missing)
        assert result.found.reason == reason
    assert opened == ["93.184.215.14"]
    assert faulty.asked == []


def test_the_address_of_the_socket_is_judged_too(
    faulty: Server, store: PictureStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a resolver of aiohttp says, no socket is opened to this machine."""

    async def resolve(self: object, host: str, port: int = 0, family: int = 0) -> list[dict[str, Any]]:
        return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": socket.AF_INET, "proto": 0, "flags": 0}]

    monkeypatch.setattr("convert.pictures.fetching.network._GuardedResolver.resolve", resolve)
    guard = AddressGuard(hosts=["press.example"])
    (result,) = fetch(store, [faulty.address("/ok/1.jpg", "press.example")], guard=guard).values()
    assert result.found == Missing("not-allowed", "127.0.0.1 is no public address")
    assert faulty.asked == []


def test_an_opened_network_is_asked_and_no_other(faulty: Server, store: PictureStore) -> None:
    guard = AddressGuard(networks=["127.0.0.1/32"])
    addresses = [
        faulty.address("/ok/1.jpg", host) for host in ("127.0.0.1", "localhost", "127.0.0.2", "[::1]", "nas.local")
    ]
    results = fetch(store, addresses, guard=guard)
    assert [isinstance(each.found, Stored) for each in results.values()] == [True, True]
    named = AddressGuard(["nas.local"], ["127.0.0.1/32"])

    async def lookup(name: str, port: int) -> list[str]:
        assert name == "nas.local"
        return ["127.0.0.2", "127.0.0.1"]

    (result,) = fetch(store, addresses[-1:], guard=named, lookup=lookup).values()
    assert isinstance(result.found, Stored)


def test_names_are_looked_up_once_for_allowed_hosts_alone(faulty: Server, store: PictureStore) -> None:
    asked: list[str] = []

    async def lookup(name: str, port: int) -> list[str]:
        asked.append(name)
        return ["127.0.0.1"]

    guard = AddressGuard(["press.example"], ["127.0.0.1/32"])
    hosts = ("press.example", "elsewhere.example", "pictures.press.example")
    fetch(
        store, [faulty.address(f"/ok/{host}.jpg", host) for host in hosts for _ in range(2)], guard=guard, lookup=lookup
    )
    assert sorted(asked) == ["pictures.press.example", "press.example"]


@given(ip_addresses())
def test_no_address_is_asked_that_python_does_not_call_public(address: IPv4Address | IPv6Address) -> None:
    if not address.is_global or address.is_multicast:
        with pytest.raises(RefusedError):
            AddressGuard().check(address)


@given(ip_addresses(v=4), st.sampled_from(range(len(NOTATIONS))))
def test_a_notation_does_not_matter(address: IPv4Address, number: int) -> None:
    host = NOTATIONS[number](address)
    assert parse(f"http://{host}/").host == str(address)
    with pytest.raises(RefusedError):
        AddressGuard().judge(f"http://{host}/a.jpg")


@pytest.mark.skipif(not which("openssl"), reason="openssl is not installed")
def test_a_certificate_that_nobody_vouches_for_is_refused(store: PictureStore, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))

    with serving(serve, tls) as port:
        (result,) = fetch(store, [f"https://127.0.0.1:{port}/a.jpg"]).values()
    assert result.found == Missing("unreachable", "its certificate is not valid")
    assert asked == []


# --- proxies ----------------------------------------------------------------------------------------------------------


async def no_lookup(name: str, port: int) -> list[str]:
    raise AssertionError(f"asked for {name}")


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_a_socks_proxy_gets_names_and_no_name_server(
    scheme: str, faulty: Server, store: PictureStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def getaddrinfo(*arguments: object, **_: object) -> Any:
        raise AssertionError(f"asked for {arguments}")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)
    guard = AddressGuard(["press.example:81"], by_proxy=True)
    with socks(faulty.port) as (proxy, port):
        addresses = [
            "http://press.example:81/ok/1.jpg",
            "http://i.epochtimes.com/ok/2.jpg",
            "http://127.0.0.1/ok/3.jpg",
        ]
        results = fetch(
            store, addresses, Limits(delay=0), guard=guard, proxy=f"{scheme}://127.0.0.1:{port}", lookup=no_lookup
        )
    assert [isinstance(each.found, Stored) for each in results.values()] == [True, True]
    assert {(kind, host, port) for kind, host, port in proxy.asked} == {
        (3, "press.example", 81),
        (3, "i.epochtimes.com", 80),
    }


def test_a_socks_proxy_gets_name_and_password_and_onions(faulty: Server, store: PictureStore) -> None:
    guard = AddressGuard(["abcdef.onion"], by_proxy=True)
    with socks(faulty.port) as (proxy, port):
        (result,) = fetch(
            store, ["http://www.abcdef.onion/ok/1.jpg"], guard=guard, proxy=f"socks5h://a:b%40@127.0.0.1:{port}"
        ).values()
    assert isinstance(result.found, Stored)
    assert proxy.users == [(b"a", b"b@")]


def test_a_host_that_the_proxy_does_not_reach_is_unreachable(faulty: Server, store: PictureStore) -> None:
    with socks(faulty.port) as (proxy, port):
        proxy.reply = 4
        (result,) = fetch(
            store, ["http://i.epochtimes.com/ok/1.jpg"], guard=AddressGuard(), proxy=f"socks5h://127.0.0.1:{port}"
        ).values()
    assert isinstance(result.found, Missing)
    assert result.found.reason == "unreachable"


@pytest.mark.parametrize("scheme", ["socks5h", "http"])
def test_a_proxy_that_is_not_there_ends_the_run(scheme: str, store: PictureStore) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ProxyUnreachableError, match=f"the proxy 127.0.0.1:{port} cannot be used"):
        fetch(store, ["http://i.epochtimes.com/a.jpg"], guard=AddressGuard(), proxy=f"{scheme}://127.0.0.1:{port}")


def test_an_http_proxy_gets_names(faulty: Server, store: PictureStore, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # which is not asked

    async def lookup(name: str, port: int) -> list[str]:
        assert name == "proxy.example"
        return ["127.0.0.1"]

    (result,) = fetch(
        store,
        ["http://i.epochtimes.com/ok/1.jpg"],
        guard=AddressGuard(),
        proxy=f"http://proxy.example:{faulty.port}",
        lookup=lookup,
    ).values()
    assert isinstance(result.found, Stored)
    assert faulty.asked[0].fields["host"] == "i.epochtimes.com"


def test_an_http_proxy_gets_names_of_pictures_by_https(store: PictureStore) -> None:
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    here = "https://i.epochtimes.com/a.jpg"
    with serving(serve) as port:
        results = fetch(store, [here], guard=AddressGuard(), proxy=f"http://a:b@127.0.0.1:{port}")
    assert asked[0].startswith(b"CONNECT i.epochtimes.com:443 HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic YTpi\r\n" in asked[0]
    assert results[here].found == Missing("unreachable", "the proxy says HTTP 403")


def test_the_environment_names_a_proxy_only_if_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(UsageError, match="set ALL_PROXY"):
        proxy_of("env")
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128/")
    assert proxy_of("") is None
    assert proxy_of("env") == Proxy("http", "proxy.example", 3128)
    monkeypatch.setenv("ALL_PROXY", "socks5h://[::1]:9050")
    assert proxy_of("env") == Proxy("socks5h", "::1", 9050)


# --- large pictures ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_few_large_pictures_are_held_at_a_time(faulty: Server, store: PictureStore) -> None:
    """The wait for a turn is not the server's time: the last ones wait longer than an answer may take."""
    limits = Limits(delay=0, per_host=8, robots=False, timeout=0.9, silence=10)
    addresses = [faulty.address(f"/large/{number}") for number in range(8)]
    results = fetch(store, addresses, limits, judge=SlowJudge())
    assert all(isinstance(each.found, Stored) for each in results.values()), results
