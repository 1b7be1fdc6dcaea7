"""Judges from outside on sites: a crawler, the Nu HTML checker, RFC 4287, and our own audit."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from helpers.crawl import crawl
from helpers.data import CORPUS, SEEDS, needs_corpus
from helpers.feeds import faults
from helpers.pictures import drawn
from helpers.program import run
from lxml import etree
from test_reading import JUDGES

from benchmarks.mirror import write as write_mirror

NU = JUDGES / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
ARTICLES = 20_000

pytestmark = pytest.mark.slow


def posts(folder: Path) -> list[Path | str]:
    """Write two posts with a picture, and return what a conversion with their store is given."""
    posts = folder / "posts"
    posts.mkdir()
    for name in ("a", "b"):
        words = f"---\ntitle: {name}甲\ndate: 2023-05-01\n---\n一二三四五六七八九十。\n\n![灰色的纸](p.png)\n"
        (posts / f"{name}.md").write_text(words, "utf-8")
    (posts / "p.png").write_bytes(drawn("png", 90, 60))
    assert run("images", "import", posts, "--store", folder / "store").returncode == 0
    return [SEEDS, posts, "--store", folder / "store"]


@pytest.fixture(
    scope="module",
    params=[
        "seeds",
        pytest.param("corpus", marks=[pytest.mark.soak, needs_corpus]),
        pytest.param("mirror", marks=pytest.mark.soak),
    ],
)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of seeds with a picture, of real articles, or of 20,000 that are made up."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "mirror":
        write_mirror(folder / "mirror", ARTICLES)
    given = posts(folder) if request.param == "seeds" else [CORPUS if request.param == "corpus" else folder / "mirror"]
    done = run("--to", "site", "-q", *given, "-o", folder / "out", timeout=900)
    assert done.returncode in (0, 3), done.stderr.decode()
    return folder / "out"


def test_crawler_resolves_every_reference_and_reaches_every_file(site: Path) -> None:
    found = crawl(site)
    assert found.broken == []
    assert found.references > 10 * sum(name.endswith(".html") for name in found.files) // 2
    assert {name for name in found.files - found.reached if not name.startswith("search/")} == set()
    assert {"search.html", "search/search.js", "feed.xml", "assets/site.css"} <= found.reached


def test_crawler_would_find_a_fault(tmp_path: Path) -> None:
    pages = {
        "index.html": '<p id="a"><a href="b/c.html#d">x</a><a href="#e">x</a><img src="//a.example/x">',
        "b/c.html": '<a href="../index.html#a">x</a><a href="javascript:x()">x</a><link rel="stylesheet" href="s.css">',
        "b/s.css": "p { background: url(none.png) } @import 'http://a.example/';",
        "alone.html": "<p>x",
    }
    for name, page in pages.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(page, "utf-8")
    found = crawl(tmp_path)
    assert sorted(found.broken) == [
        ("b/c.html", "javascript:x()"),
        ("b/s.css", "http://a.example/"),
        ("b/s.css", "none.png"),
        ("index.html", "#e"),
        ("index.html", "//a.example/x"),
        ("index.html", "b/c.html#d"),
    ]
    assert found.files - found.reached == {"alone.html"}


def test_feed_is_valid(site: Path) -> None:
    assert faults(etree.parse(site / "feed.xml").getroot()) == []


def test_feed_with_a_fault_is_found(site: Path) -> None:
    feed = (site / "feed.xml").read_text("utf-8")
    for old, new in (
        ("<updated>20", "<updated>2"), ("<id>", "<id>a "), ("</feed>", "<title>a</title></feed>"), ("<author>", "<x>"),
        ('rel="alternate" type="text/html" href="text', 'rel="via" href="text'), ('rel="self"', 'rel="via"'),
    ):  # fmt: skip
        assert old in feed
        changed = feed.replace(old, new) if new != "<x>" else re.sub("<author>.*?</author>", "", feed, flags=re.S)
        assert faults(etree.fromstring(changed.encode())), old


def test_audit_says_that_a_site_loads_its_own_files_alone(site: Path) -> None:
    done = run("audit", "--strict", site, timeout=900)
    assert done.returncode == 0, done.stdout[-2000:].decode()
    loaded = re.search(rb"loads (\d+) file\(s\), all of them its own\n", done.stdout)
    assert loaded
    assert int(loaded[1]) == len([*site.glob("search/**/*.js"), *site.glob("assets/*"), *site.glob("pictures/*")])


@pytest.mark.skipif(not NU.is_file(), reason="needs what tests/reading/package.json names (scripts/setup test)")
@pytest.mark.skipif(not shutil.which("java"), reason="needs java (apt-get install default-jre-headless)")
def test_nu_finds_no_error(site: Path, tmp_path: Path) -> None:
    options = ("-Xss16m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", NU, "--skip-non-html", "--errors-only")
    (tmp_path / "planted.html").write_text("<!DOCTYPE html><title>a</title><p><p id=a><p id=a>", "utf-8")
    assert b"Duplicate ID" in subprocess.run(["java", *options, tmp_path], capture_output=True, check=False).stderr
    done = subprocess.run(["java", *options, site], capture_output=True, check=False, timeout=900)
    assert (done.returncode, done.stderr[-4000:].decode()) == (0, "")
