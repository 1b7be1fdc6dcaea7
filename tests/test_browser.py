"""A real browser opens what we make, shows it, and asks the network for nothing."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from helpers.data import CHROMIUM, ROOT, SEEDS
from helpers.program import run
from PIL import Image

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


# --- with pictures ---------------------------------------------------------------------------------------------------

ILLUSTRATED = SEEDS / "pages" / "nf9000001"
SEAL = (189, 45, 39)
"""Colour of the seal on each picture that is drawn for the seeds, hsl(5, 65%, 45%)."""


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a picture for most addresses of the seeds."""
    store = tmp_path_factory.mktemp("pictures") / "store"
    script = ROOT / "scripts" / "draw_pictures.py"
    subprocess.run([sys.executable, script, ILLUSTRATED, store], check=True, capture_output=True, timeout=120)
    return store


def seals(page: Path, folder: Path, width: int) -> tuple[int, int]:
    """Return the number of pixels in the colour of the seal, and the width of the page, in a window of a width."""
    assert CHROMIUM
    shot = folder / f"{width}.png"
    given = (*FLAGS, f"--user-data-dir={folder / 'profile'}", f"--window-size={width},6000", "--hide-scrollbars")
    subprocess.run([CHROMIUM, *given, f"--screenshot={shot}", page.as_uri()], check=True, timeout=120)
    with Image.open(shot) as image:
        rows = image.convert("RGB")
        colours = rows.getcolors(rows.width * rows.height) or []
        return sum(number for number, colour in colours if _near(colour)), rows.width


def _near(colour: object) -> bool:
    return isinstance(colour, tuple) and all(abs(one - other) < 20 for one, other in zip(colour, SEAL, strict=True))


@pytest.mark.parametrize("to", ["html", "epub"])
def test_pictures_are_seen_and_nothing_is_asked_for(to: str, pictures: Path, tmp_path: Path) -> None:
    made = tmp_path / f"book.{to}"
    assert run("--to", to, ILLUSTRATED, "--store", pictures, "-o", made).returncode == 0
    page = made
    if to == "epub":
        with zipfile.ZipFile(made) as book:
            book.extractall(tmp_path / "book")
        page = next((tmp_path / "book").rglob("n90000001.xhtml"))
    dom, asked = open_in_browser(page, tmp_path)
    assert "parsererror" not in dom
    assert dom.count("<img ") >= 2
    assert not [address for address in asked if any(host in address for host in hosts(page))], asked
    for width in (360, 768, 1280) if to == "html" else (768,):
        seen, whole = seals(page, tmp_path, width)
        assert whole == width
        assert seen > 200, "their seals are red"
