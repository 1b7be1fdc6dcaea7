"""Browsers judge the audit: they must load nothing of a page that the audit calls sealed."""

import json
import os
import random
import re
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest
from helpers.audit import SPECIAL, carriers, found
from helpers.data import CHROMIUM, FIREFOX
from hypothesis import HealthCheck, given, settings, strategies as st
from test_browser import FLAGS

from convert.audit.vector import vectors

pytestmark = pytest.mark.slow

TABLE = vectors()
BATCH = 60
"""Pages in one page, as frames."""
LOADED = 15
"""Pages of the table that a browser loads something for, at least: fewer would mean that nothing is measured."""
QUIET = {
    "app.update.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.region.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "media.gmp-manager.updateEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.type": 0,
    "services.settings.server": "http://127.0.0.1:9",
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}
"""Settings of Firefox by which it asks for nothing of its own."""


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(
            "chromium", marks=pytest.mark.skipif(not CHROMIUM, reason="needs chromium (apt-get install chromium)")
        ),
        pytest.param(
            "firefox",
            marks=[
                pytest.mark.soak,
                pytest.mark.skipif(not FIREFOX, reason="needs firefox (apt-get install firefox-esr)"),
            ],
        ),
    ],
)
def browser(request: pytest.FixtureRequest) -> str:
    """The name of the browser; Firefox judges where time is no matter."""
    return str(request.param)


def command(browser: str, profile: Path) -> list[str]:
    """What starts a browser without a window, with nothing in its profile."""
    profile.mkdir(exist_ok=True)
    if browser == "chromium":
        return [str(CHROMIUM), *FLAGS, f"--user-data-dir={profile}", "--remote-debugging-port=0"]
    settings = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in QUIET.items())
    (profile / "user.js").write_text("".join(settings), "utf-8")
    return [str(FIREFOX), "--headless", "--no-remote", "--profile", str(profile)]


class Counter(ThreadingHTTPServer):
    """Server on loopback that notes every path that a browser asks it for."""

    def __init__(self, browser: str) -> None:
        self.browser = browser
        self.asked: set[str] = set()
        self.done = threading.Event()
        super().__init__(("127.0.0.1", 0), _Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Counter

    def do_GET(self) -> None:
        self.server.asked.add(self.path)
        if self.path == "/done":
            self.server.done.set()
        self.send_response(404)
        self.end_headers()

    do_POST = do_HEAD = do_OPTIONS = do_GET  # noqa: N815 # the names that the server asks for

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def counter(browser: str) -> Iterator[Counter]:
    server = Counter(browser)
    yield server
    server.shutdown()
    server.server_close()


def is_sealed(page: str) -> bool:
    return not any(TABLE[each.vector].level == "error" for each in found(page.encode("utf-8", "surrogatepass"), "html"))


def run_browser(page: Path, folder: Path, counter: Counter, *, apart: bool) -> None:
    """Open a page until it says that it is done, or for some seconds where nothing can say so."""
    counter.done.clear()
    started = [*command(counter.browser, folder / "profile"), page.as_uri()]
    with subprocess.Popen(
        started, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as browser:
        try:
            assert counter.done.wait(5 if apart else 90) or apart, "the browser asked for nothing"
        finally:
            os.killpg(browser.pid, signal.SIGKILL)


def loaded(pages: Sequence[str], counter: Counter, folder: Path, *, apart: bool = False) -> set[int]:
    """The numbers of the pages for which the browser asks the server; `{n}` in them is their number.

    They are frames of one page, or with `apart` each is opened by itself.
    """
    counter.asked.clear()
    files = []
    for number, page in enumerate(pages):
        file = folder / f"{number}.html"
        file.write_bytes(page.replace("{n}", str(number)).encode("utf-8", "surrogatepass"))
        files.append(file)
    for start in range(0, len(files), 1 if apart else BATCH):
        frames = "".join(
            f'<iframe src="{quote(file.name)}" width="200" height="200"></iframe>'
            for file in files[start : start + BATCH]
        )
        script = f"let say = () => {{ new Image().src = '{counter.address}/done' }}; setTimeout(say, 8000)"
        index = folder / "index.html"
        index.write_text(
            f"<!DOCTYPE html><script>{script}; onload = () => setTimeout(say, 1500)</script>{frames}", "utf-8"
        )
        run_browser(files[start] if apart else index, folder, counter, apart=apart)
    return {int(match[1]) for path in counter.asked if (match := re.match(r"/v(\d+)", path))}


@cache
def table_pages(address: str) -> list[str]:
    """A page for each vector, in each of its places that is a page."""
    return [
        carrier.data.decode()
        for vector in TABLE.values()
        if vector.kind in ("html", "svg", "css") and vector.name not in SPECIAL
        for carrier in carriers(vector, f"{address}/v{{n}}")
        if carrier.kind == "html" and carrier.place not in ("utf-16", "data in base64", "object")
    ]


def test_a_browser_loads_nothing_of_a_sealed_page_of_the_table(counter: Counter, tmp_path: Path) -> None:
    pages = table_pages(counter.address)
    told = [is_sealed(page) for page in pages]
    sealed = [page for page, good in zip(pages, told, strict=True) if good][::4]
    others = [page for page, good in zip(pages, told, strict=True) if not good][::6]
    assert len(sealed) > 50
    assert [sealed[number] for number in loaded(sealed, counter, tmp_path)] == []
    assert len(loaded(others, counter, tmp_path)) >= LOADED


@pytest.mark.soak
def test_a_browser_loads_nothing_of_a_sealed_page_by_itself(counter: Counter, tmp_path: Path) -> None:
    sealed = [page for page in table_pages(counter.address) if is_sealed(page)]
    assert [sealed[number] for number in loaded(sealed, counter, tmp_path, apart=True)] == []


# --- mutations --------------------------------------------------------------------------------------------------------

SIGNS = ["\t", "\n", "\r", "\0", "\f", "\x0b", "\x1f", "\x7f", "\xa0", "\ufeff", *"/\\\"'><`=&;#"]
PIECES = [
    *("<!--", "-->", "<![CDATA[", "]]>", "</style>", "<svg>", "<math>", "<template>", "<noscript>", "</p>"),
    *("/*", "*/", "@", "url("),
]


def mutation(page: str, chance: random.Random) -> str:
    """A page with some characters written in another way, inserted, or left out."""
    for _ in range(chance.randint(1, 4)):
        at = chance.randint(min(60, len(page) - 1), len(page) - 1)
        old = page[at]
        new = {
            "entity": f"&#{ord(old)};",
            "css": f"\\{ord(old):x} ",
            "case": old.swapcase(),
            "sign": old + chance.choice(SIGNS),
            "piece": chance.choice(PIECES) + old,
            "drop": "",
            "twice": old * 2,
            "quote": chance.choice(["'", '"', "", " "]),
            "percent": f"%{ord(old):02x}" if ord(old) < 256 else old,
        }[chance.choice(["entity", "css", "case", "sign", "piece", "drop", "twice", "quote", "percent"])]
        page = page[:at] + new + page[at + 1 :]
    return page


def mutated(seed: int, address: str, count: int) -> list[str]:
    chance, pages = random.Random(seed), table_pages(address)
    return [mutation(chance.choice(pages), chance) for _ in range(count)]


def test_a_browser_loads_nothing_of_a_sealed_mutation(counter: Counter, tmp_path: Path) -> None:
    judge(mutated(7, counter.address, 150), counter, tmp_path)


@pytest.mark.soak
@pytest.mark.timeout(7200)
@settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_a_browser_loads_nothing_of_many_sealed_mutations(
    counter: Counter, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    judge(mutated(seed, counter.address, 800), counter, tmp_path_factory.mktemp("pages"))


def judge(pages: list[str], counter: Counter, folder: Path) -> None:
    sealed = [page for page in pages if is_sealed(page)]
    assert sealed
    assert [sealed[number] for number in loaded(sealed, counter, folder)] == []
