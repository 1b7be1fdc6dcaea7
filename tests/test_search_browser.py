"""Search in real browsers: from a disk and from a server, by keys alone, without asking the network for anything."""

import json
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from helpers.data import CHROMIUM, FIREFOX, SEEDS
from helpers.program import run
from helpers.search import NODE, Scan, address, article, made_up, write_site
from test_reading import JUDGES, Quiet, ask
from test_search import HOSTILE

BROWSERS = {
    "chrome": (
        CHROMIUM,
        ["--headless", "--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
    ),
    "firefox": (FIREFOX, ["--headless"]),
}
PREFIX = "some/prefix/"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="needs chromium (apt-get install chromium)"),
    pytest.mark.skipif(
        not NODE or not (JUDGES / "node_modules" / ".package-lock.json").is_file(),
        reason="needs Node.js and what tests/reading/package.json names (scripts/setup test)",
    ),
]


def browse(folder: Path, sites: list[str], queries: list[str], name: str = "chrome", **more: Any) -> dict[str, Any]:
    """Return what a browser shows of queries (tests/reading/search_page.mjs)."""
    path, flags = BROWSERS[name]
    plan = {"name": name, "path": path, "flags": flags, "sites": sites, "queries": queries}
    others = {"slower": 4 if name == "chrome" else 1, "width": 360, "pictures": "", "page": "", "word": ""}
    (folder / "plan.json").write_text(json.dumps(plan | others | more), "utf-8")
    seen: dict[str, Any] = ask("search_page.mjs", folder / "plan.json", folder)
    return seen


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A site of seeds: its address on the disk, and on a server below a path."""
    folder = tmp_path_factory.mktemp("served")
    site = folder / PREFIX
    site.parent.mkdir(parents=True)
    assert run("--to", "site", SEEDS, "-o", site).returncode == 0
    (folder / "favicon.ico").write_bytes(b"")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        Thread(target=server.serve_forever).start()
        yield [f"{site.as_uri()}/", f"http://127.0.0.1:{server.server_port}/{PREFIX}"]
        server.shutdown()


@pytest.mark.parametrize(
    "name",
    [
        "chrome",
        pytest.param("firefox", marks=[pytest.mark.soak, pytest.mark.skipif(not FIREFOX, reason="needs firefox")]),
    ],
)
def test_reader_searches_by_keys_from_a_disk_and_from_a_server(name: str, served: list[str], tmp_path: Path) -> None:
    page = "text/nf9000001/n90000002.html"
    seen = browse(tmp_path, served, ["造紙", "“造纸术”", "zzz"], name, page=page, word="活字")
    for site, answer in zip(served, seen["answers"], strict=True):
        several, one, none = (each["cold"] for each in answer["queries"])
        assert several["links"] == [
            each.replace(served[0], site) for each in seen["answers"][0]["queries"][0]["cold"]["links"]
        ]
        assert len(several["links"]) == 5
        assert set(several["marks"]) == {"造纸"}
        assert one["status"] == f"找到{len(one['links'])}篇文章"
        assert set(one["marks"]) == {"造纸术"}
        assert none["links"] == []
        assert none["status"]
        assert all(each["warm"]["links"] == each["cold"]["links"] for each in answer["queries"])
        assert all(each["warm"]["loads"] == [] for each in answer["queries"]), "a second search loads nothing"
        steps = answer["journey"]
        results, empty = f"{site}search.html#q=%E6%B4%BB%E5%AD%97", f"{site}search.html"
        assert (steps["slash"], steps["up"]) == ("input", "input")
        assert steps["typed"] == {"address": site + page, "value": "活字", "links": 5}
        assert steps["entered"] == steps["back"] == {"address": results, "value": "活字", "links": 5}
        assert steps["opened"][0] == steps["down"]
        assert steps["opened"][1].startswith(f"{site}text/")
        assert steps["escaped"] == {"address": empty, "value": "", "links": 0}
    assert [each for each in seen["logged"] if "favicon" not in each] == []
    inside = (*served, served[1].replace(PREFIX, "favicon.ico"))
    assert [each for each in seen["asked"] if not each.startswith(inside)] == []


def test_hostile_texts_are_never_markup_and_lacking_files_are_reported(tmp_path: Path) -> None:
    site, broken = write_site(tmp_path / "hostile", HOSTILE), write_site(tmp_path / "broken", HOSTILE)
    for each in broken.glob("search/index/*.js"):
        each.unlink()
    queries = ["script", "引号", "שלום", "𠮷野家", "粗"]
    seen = browse(tmp_path, [f"{each.as_uri()}/" for each in (site, broken)], queries)
    found, lacking = ([each["cold"] for each in answer["queries"]] for answer in seen["answers"])
    titles = {address(each): each.title for each in HOSTILE}
    for each in found:
        assert set(each["elements"]) <= {"a", "li", "mark", "ol", "p"}
        assert each["titles"] == [titles[link.partition("/hostile/")[2]] for link in each["links"]]
        assert each["links"]
    assert found[3]["marks"][0] == "𠮷野家"
    assert found[4]["excerpts"] == ["العربية نص\n&lt;b&gt;<b>粗</b>"]
    assert [(each["status"], each["links"]) for each in lacking] == [("failed", [])] * len(queries)
    assert all("ERR_FILE_NOT_FOUND" in each for each in seen["logged"]), "nothing was run, and nothing refused"


@pytest.mark.soak
def test_words_apart_are_dropped_and_more_results_follow(tmp_path: Path) -> None:
    together = [article(at, "其他", f"第{at}篇写造纸术。", published=f"2020-01-{at + 1:02}") for at in range(15)]
    apart = [article(at, "其他", "造纸，纸术。", published=f"2021-01-{at - 19:02}") for at in range(20, 45)]
    site = write_site(tmp_path / "site", [*together, *apart, *made_up(100, length=200)])
    seen = browse(tmp_path, [f"{site.as_uri()}/"], ["造纸术", "造纸"])
    several, all_of_them = (each["cold"] for each in seen["answers"][0]["queries"])
    found = [each.partition("/site/")[2] for each in several["links"]]
    assert found == [f"a/n{at}.html" for at in range(14, 4, -1)]
    assert set(found) <= Scan([*together, *apart]).find("造纸术")
    assert all_of_them["status"] == "40 found"
    assert len(all_of_them["links"]) == 10
