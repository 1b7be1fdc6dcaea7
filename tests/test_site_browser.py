"""A site in real browsers: from a disk and from a server, with and without scripts, and judged by axe-core."""

import json
import re
from collections.abc import Iterator
from functools import partial
from html import escape
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

import pytest
from helpers.data import FIREFOX
from helpers.program import run
from helpers.soak import SOAK
from test_reading import Quiet, ask
from test_search_browser import BROWSERS, PREFIX, pytestmark as pytestmark
from test_site_judges import posts

in_browsers = pytest.mark.parametrize(
    "name",
    [
        "chrome",
        pytest.param("firefox", marks=[pytest.mark.soak, pytest.mark.skipif(not FIREFOX, reason="needs firefox")]),
    ],
)


class Served(NamedTuple):
    """A site on the disk, and on a server below a path; another server, and what that was asked for."""

    folder: Path
    disk: str
    web: str
    other: str
    asked: list[str]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder, asked = tmp_path_factory.mktemp("served"), list[str]()
    made = folder / "web" / PREFIX
    made.parent.mkdir(parents=True)
    assert run("--to", "site", "-q", *posts(folder), "-o", made).returncode == 0
    (folder / "web" / "favicon.ico").write_bytes(b"")

    class Noting(Quiet):
        def send_head(self) -> Any:
            asked.append(self.path)
            return super().send_head()

    with (
        ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder / "web"))) as server,
        ThreadingHTTPServer(("127.0.0.1", 0), Noting) as other,
    ):
        for each in (server, other):
            Thread(target=each.serve_forever).start()
        here, there = (f"http://127.0.0.1:{each.server_port}/" for each in (server, other))
        yield Served(made, f"{made.as_uri()}/", f"{here}{PREFIX}", there, asked)
        for each in (server, other):
            each.shutdown()


def kinds(site: Path) -> list[str]:
    """Return pages of several kinds, in `make soak` of each: first ones of folders, and articles with special parts."""
    pages = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    first = {name.partition("/")[0] if "/" in name else name: name for name in reversed(pages)}
    special = [
        next(name for name in pages if "text" in name and mark in (site / name).read_text("utf-8"))
        for mark in ("<table", "<img ", 'role="doc-endnotes"', "<blockquote")
        if any(mark in (site / name).read_text("utf-8") for name in pages if "text" in name)
    ]
    every = sorted({*first.values(), *special})
    return every if SOAK else sorted({"index.html", "search.html", *special[:2], *every[::4]})


def opened(folder: Path, pages: list[str], name: str, **more: Any) -> Any:
    """Return what a browser shows of pages, and asks for (tests/reading/site_pages.mjs)."""
    path, flags = BROWSERS[name]
    log = folder / "net.json"
    flags = [*flags, "--disable-quic", f"--log-net-log={log}"] if name == "chrome" else flags
    plan = {"name": name, "path": path, "flags": flags, "pages": pages, "scripts": True, "judged": False}
    (folder / "plan.json").write_text(json.dumps(plan | {"also": "", "wait": 0} | more), "utf-8")
    seen = ask("site_pages.mjs", folder / "plan.json", folder)
    if log.exists():  # the browser's own requests, and the pages that were opened, are of no origin
        events = [event.get("params", {}) for event in json.loads(log.read_text("utf-8"))["events"]]
        seen["asked"] += [each["url"] for each in events if each.get("initiator", "not an origin") != "not an origin"]
    return seen


@in_browsers
@pytest.mark.parametrize("scripts", [True, False])
def test_pages_work_and_load_only_what_is_theirs(scripts: bool, name: str, served: Served, tmp_path: Path) -> None:
    pages = kinds(served.folder)
    for start in (served.disk, served.web):
        seen = opened(tmp_path, [f"{start}{page}" for page in pages], name, scripts=scripts)
        assert [each for each in seen["logged"] if "favicon" not in each] == []
        outside = (start, served.web.replace(PREFIX, "favicon.ico"), "data:")
        assert [each for each in seen["asked"] if not each.startswith(outside)] == []
        for each in seen["seen"]:
            assert each["refused"] == [], each
            assert each["heading"], each
            assert each["styled"], each
            assert each["search"] is scripts, each
            assert all(each["pictures"]), each
            assert not each["sideways"], each
            assert all(re.match("https?:", link) or link.startswith(start) for link in each["links"])
        assert any(each["pictures"] for each in seen["seen"])


@in_browsers
def test_policy_lets_nothing_else_in(name: str, served: Served, tmp_path: Path) -> None:
    also = "".join(
        f'<div class="planted">{each.format(u=served.other)}</div>'
        for each in (
            '<img src="{u}img">', '<script src="{u}script"></script>', '<iframe src="{u}frame"></iframe>',
            '<script>new Image().src = "{u}inline"; fetch("{u}fetch")</script>', '<embed src="{u}embed">',
            '<link rel="stylesheet" href="{u}sheet">', '<video src="{u}video" autoplay></video>',
            '<p style="background: url({u}style)">a</p>', '<object data="{u}object"></object>',
            '<style>@import "{u}import";</style>', '<svg><image href="{u}image"/></svg>',
        )
    )  # fmt: skip
    for start in (served.disk, served.web):
        seen = opened(tmp_path, [f"{start}index.html"], name, also=also, wait=1500)
        assert served.asked == []
        assert len(seen["seen"][0]["refused"]) >= 8


@in_browsers
def test_search_is_led_nowhere_by_an_element_that_takes_the_place_of_its_address(
    name: str, served: Served, tmp_path: Path
) -> None:
    page = (served.folder / "search.html").read_text("utf-8").replace('"search.html"', '"search-led.html"')
    page = re.sub('<meta http-equiv="Content-Security-Policy".*|<script.*', "", page)
    frame = escape(f"<a id='src' href='{served.other}evil/'></a>")
    led = served.folder / "search-led.html"
    led.write_text(page.replace("<main", f'<iframe name="currentScript" srcdoc="{frame}"></iframe><main'), "utf-8")
    also = '<div class="planted"><script src="search/search.js"></script></div>'  # when the frame is there
    opened(tmp_path, [f"{served.web}{led.name}?q=%E7%BA%B8"], name, also=also, wait=1500)
    led.unlink()
    assert served.asked == []


def test_axe_finds_nothing_on_pages_of_each_kind(served: Served, tmp_path: Path) -> None:
    pages = [f"{served.disk}{page}" for page in kinds(served.folder)]
    assert opened(tmp_path, pages, "chrome", judged=True)["broken"] == []
