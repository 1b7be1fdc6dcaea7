"""A real browser opens what we make, shows it, and asks the network for nothing."""

import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from helpers.data import CHROMIUM, SEEDS
from helpers.program import run

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM, reason="needs chromium (apt-get install chromium)")]

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-default-apps"),
    "--disable-extensions",
)


def open_in_browser(page: Path, folder: Path) -> tuple[str, set[str]]:
    """The page as the browser has it, and every address that the browser asked for."""
    log = folder / "net.json"
    assert CHROMIUM
    done = subprocess.run(
        [
            CHROMIUM,
            *FLAGS,
            f"--user-data-dir={folder / 'profile'}",
            f"--log-net-log={log}",
            "--virtual-time-budget=3000",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        check=True,
        timeout=120,
    )
    asked = set(re.findall(r'"url":"(https?://[^"]+)"', log.read_text("utf-8", "replace")))
    return done.stdout.decode(), asked


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("html") / "seeds.html"
    assert run("--to", "html", SEEDS, "-o", out).returncode == 0
    return out


@pytest.fixture(scope="module")
def epub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("epub")
    assert run("--to", "epub", SEEDS, "-o", folder / "seeds.epub").returncode == 0
    with zipfile.ZipFile(folder / "seeds.epub") as book:
        book.extractall(folder / "book")
    return folder / "book"


def hosts(*files: Path) -> set[str]:
    return {host for file in files for host in re.findall(r"https?://([\w.-]+)", file.read_text("utf-8"))}


def test_html(html: Path, tmp_path: Path) -> None:
    dom, asked = open_in_browser(html, tmp_path)
    pages = [*SEEDS.glob("pages/*/*.md"), *SEEDS.glob("*.txt")]
    assert dom.count("<article") == len(pages) - 1 > 35, "one of them is a copy"
    assert not [address for address in asked if any(host in address for host in hosts(html))], asked


def test_pages_of_an_epub(epub: Path, tmp_path: Path) -> None:
    pages = sorted(epub.rglob("*.xhtml"))
    assert len(pages) >= 36
    for page in (pages[0], pages[len(pages) // 2], pages[-1], next(epub.rglob("nav.xhtml"))):
        dom, asked = open_in_browser(page, tmp_path)
        assert "parsererror" not in dom, page
        assert "<title>" in dom
        assert not [address for address in asked if any(host in address for host in hosts(page))], asked
