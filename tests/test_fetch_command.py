"""`convert fetch`, from articles to a store."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from helpers.data import SEEDS
from helpers.faulty import Server, server
from helpers.pictures import drawn
from helpers.warc import answer, record

from convert.cli import cli, fetch as command
from convert.errors import MissingExtraError, UsageError
from convert.pictures.model import Stored
from convert.pictures.store import FILES, PictureStore
from convert.sources.pictures import content_address

LOOPBACK = ("--allow-private", "127.0.0.0/8", "--delay", "0")


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with server() as each:
        yield each


@pytest.fixture
def faulty(running: Server) -> Server:
    running.asked.clear()
    running.robots, running.pause = None, 0.0
    return running


def article(folder: Path, day: int, *addresses: str) -> None:
    folder.mkdir(exist_ok=True)
    pictures = "\n\n".join(f"![A picture]({each})" for each in addresses)
    text = f"---\ntitle: Day {day}\ndate: 2023-01-{day:02}\n---\n\nThe text of day {day}.\n\n{pictures}\n"
    (folder / f"2023-01-{day:02}.md").write_text(text, "utf-8")


@pytest.fixture
def news(faulty: Server, tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    article(folder, 1, faulty.address("/real/61.png"), faulty.address("/real/99.png"))
    article(folder, 2, faulty.address("/real/62.png"), faulty.address("/nowhere"))
    article(folder, 3, faulty.address("/real/63.png"), faulty.address("/real/99.png"))
    return folder


def fetch(*arguments: str | Path, status: int = 0) -> str:
    done = CliRunner().invoke(cli, ["fetch", *map(str, arguments), "--isolated"], catch_exceptions=False)
    assert done.exit_code == status, done.output
    return done.stdout


@pytest.mark.slow
def test_pictures_of_the_newest_article_come_first_and_each_once(news: Path, faulty: Server, tmp_path: Path) -> None:
    store = tmp_path / "store"
    said = fetch(news, "--store", store, *LOOPBACK)
    assert [each.path for each in faulty.asked] == [
        "/robots.txt", "/real/63.png", "/real/99.png", "/real/62.png", "/nowhere", "/real/61.png"
    ]  # fmt: skip
    assert "127.0.0.1: 4 fetched, " in said
    assert "1 gone" in said
    assert "5 picture(s); 4 fetched" in said
    faulty.asked.clear()
    said = fetch(news, "--store", store, *LOOPBACK)
    assert faulty.asked == []
    assert "4 in the store from before; 1 missing" in said
    fetch(news, "--store", store, *LOOPBACK, "--strict", status=3)
    fetch(news, "--store", store, *LOOPBACK, "--again")
    assert faulty.paths() == ["/nowhere"]


def test_a_dry_run_asks_nobody_and_writes_nothing(news: Path, faulty: Server, tmp_path: Path) -> None:
    store = tmp_path / "store"
    said = fetch(news, "--store", store, *LOOPBACK, "--dry-run")
    assert "127.0.0.1: 5 to fetch, about 350 kB in 0:0" in said
    assert "nobody was asked" in said
    assert not store.exists()
    fetch(news, "--store", store, *LOOPBACK)
    faulty.asked.clear()
    said = fetch(news, "--store", store, *LOOPBACK, "--dry-run", "--again")
    assert "1 to fetch" in said
    assert "4 in the store" in said
    assert faulty.asked == []


def test_what_reports_that_a_page_is_read_is_not_asked_for(tmp_path: Path) -> None:
    pages = [each.read_text("utf-8") for each in (SEEDS / "pages").rglob("*.md")]
    assert any("gfw-breaker.win/" in each for each in pages)
    said = fetch(SEEDS, "--store", tmp_path / "store", "--dry-run", "-v", "--allow-host", "gfw-breaker.win")
    assert "i.epochtimes.com: " in said
    assert "gfw-breaker" not in said


def test_the_choice_of_articles_is_that_of_a_conversion(news: Path, faulty: Server, tmp_path: Path) -> None:
    excluded = tmp_path / "excluded.txt"
    excluded.write_text("2023-01-03.md\n")
    fetch(news, "--store", tmp_path / "store", *LOOPBACK, "--since", "2023-01-02", "--exclude", excluded)
    assert faulty.paths() == ["/real/62.png", "/nowhere"]


def test_the_settings_choose_articles(news: Path, faulty: Server, tmp_path: Path) -> None:
    settings = tmp_path / "convert.toml"
    settings.write_text('[conversion]\nto = "epub"\nsince = "2023-01-03"\nsplit = "channel"\n')
    arguments = ["fetch", str(news), "--store", str(tmp_path / "store"), *LOOPBACK, "--config", str(settings)]
    assert CliRunner().invoke(cli, arguments, catch_exceptions=False).exit_code == 0
    assert faulty.paths() == ["/real/63.png", "/real/99.png"]


def test_a_host_that_is_none_of_the_publishers_is_not_asked(news: Path, faulty: Server, tmp_path: Path) -> None:
    article(news, 4, "https://pictures.elsewhere.example/a.jpg")
    store = tmp_path / "store"
    said = fetch(news, "--store", store)
    assert faulty.asked == []
    assert "127.0.0.1: 5 at addresses that may not be asked" in said
    assert "name them: --allow-host pictures.elsewhere.example" in said
    with PictureStore(str(store), write=False) as kept:
        assert "none of the hosts" in str(kept.of("https://pictures.elsewhere.example/a.jpg"))
    fetch(news, "--store", store, *LOOPBACK, "--until", "2023-01-03")  # what was refused may be allowed later
    assert len(faulty.paths()) == 5


def test_a_host_that_a_redirect_leads_to_can_be_allowed(faulty: Server, tmp_path: Path) -> None:
    article(tmp_path / "news", 1, faulty.address("/redirect?http://cdn.elsewhere.example/a.jpg"))
    for _ in range(2):
        said = fetch(tmp_path / "news", "--store", tmp_path / "store", *LOOPBACK)
        assert "name them: --allow-host cdn.elsewhere.example" in said
    assert len(faulty.paths()) == 1
    allowed = ("--dry-run", "--allow-host", "elsewhere.example")
    said = fetch(tmp_path / "news", "--store", tmp_path / "store", *LOOPBACK, *allowed)
    assert "1 to fetch" in said


def test_pictures_of_the_site_of_an_article_are_asked_for(tmp_path: Path) -> None:
    page, address = tmp_path / "page.html", "https://img.press.example/a.jpg"
    text = f"<h1>A page</h1><p>The text of it, which is long enough.</p><img src='{address}'>"
    page.write_text(f"<html><head><title>A page</title></head><body><article>{text}</article></body></html>")
    options = ("--store", tmp_path / "store", "--dry-run", "--address")
    said = fetch(page, *options, "https://www.press.example/page.html")
    assert "img.press.example: 1 to fetch" in said
    said = fetch(page, *options, "https://www.paper.example/page.html")
    assert "img.press.example: 1 at addresses that may not be asked" in said


def test_a_passing_fault_ends_with_status_3(news: Path, faulty: Server, tmp_path: Path) -> None:
    article(news, 5, faulty.address("/long-429"))
    said = fetch(news, "--store", tmp_path / "store", *LOOPBACK, "-v", status=3)
    assert f"{faulty.address('/long-429')}: its server had a fault: HTTP 429" in said
    assert "5 not asked for, the host failed too often" in said


def test_what_was_fetched_is_in_the_book(news: Path, tmp_path: Path) -> None:
    fetch(news, "--store", tmp_path / "store", *LOOPBACK)
    out = tmp_path / "book.html"
    arguments = ["--to", "html", str(news), "-o", str(out), "--store", str(tmp_path / "store"), "--isolated"]
    assert CliRunner().invoke(cli, arguments, catch_exceptions=False).exit_code == 0
    assert out.read_text("utf-8").count('src="data:image/') == 5


def test_nobody_is_asked_for_what_is_at_hand(news: Path, faulty: Server, tmp_path: Path) -> None:
    stored = record(faulty.address("/real/62.png"), answer(drawn("png"), mime="image/png"))
    (tmp_path / "pictures.warc").write_bytes(stored)
    article(news, 4, "beside.png")
    (news / "beside.png").write_bytes(drawn("png", 9, 9))
    said = fetch(news, tmp_path / "pictures.warc", "--store", tmp_path / "store", *LOOPBACK)
    assert "/real/62.png" not in faulty.paths()
    assert "/real/61.png" in faulty.paths()
    assert "1 in the store from before" in said
    with PictureStore(str(tmp_path / "store"), write=False) as kept:
        assert isinstance(kept.of(content_address(drawn("png", 9, 9))), Stored)


def test_the_report_in_chinese(news: Path, tmp_path: Path) -> None:
    said = fetch(news, "--store", tmp_path / "store", *LOOPBACK, "--lang", "zh")
    assert "取回 4 张" in said
    assert "1 张已不存在" in said


@pytest.mark.parametrize(
    "arguments",
    [
        ("--delay", "-1"),
        ("--delay", "nan"),
        ("--timeout", "0"),
        ("--per-host", "0"),
        ("--largest", "1GB"),
        ("--refresh", "soon"),
        ("--allow-host", "https://a.example/"),
        ("--allow-private", "home"),
        ("--proxy", "socks4://127.0.0.1:9050"),
        ("--proxy", "127.0.0.1:9050"),
        ("--proxy", "socks5h://127.0.0.1"),
    ],
)
def test_an_option_that_cannot_be_followed_is_refused(arguments: tuple[str, str], tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        fetch(tmp_path, "--store", tmp_path / "store", *arguments)
    assert not (tmp_path / "store").exists()


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "PACKAGES", ("no_such_package",))
    with pytest.raises(MissingExtraError, match=r"pip install 'archive-convert\[pictures\]'"):
        fetch(tmp_path, "--store", tmp_path / "store")


# --- runs that are ended ----------------------------------------------------------------------------------------------


def started(news: Path, store: Path) -> "subprocess.Popen[bytes]":
    arguments = [sys.executable, "-m", "convert", "fetch", str(news), "--store", str(store), *LOOPBACK, "--isolated"]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def wait_for(faulty: Server, count: int) -> None:
    ends = time.monotonic() + 60
    while len(faulty.paths()) < count and time.monotonic() < ends:
        time.sleep(0.005)


def whole(store: Path) -> set[str]:
    """Return the paths of the pictures that the store has, each of which must be whole; nothing else may be there."""
    with PictureStore(str(store)) as kept:
        found = {record.address: record.found for record in kept.index.records()}
        assert all(isinstance(each, Stored) and kept.read(each) for each in found.values())
        return {"/real/" + address.rpartition("/")[2] for address in found}


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_keeps_what_it_has(number: signal.Signals, faulty: Server, tmp_path: Path) -> None:
    news, store = tmp_path / "news", tmp_path / "store"
    article(news, 1, *(faulty.address(f"/real/{width}.png") for width in range(60, 80)))
    faulty.pause = 0.05
    process = started(news, store)
    wait_for(faulty, 6)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert said.strip() == b"interrupted; what was fetched is in the store, and the same command goes on from here"
    kept = whole(store)
    assert len(kept) >= 4
    faulty.asked.clear()
    faulty.pause = 0
    fetch(news, "--store", store, *LOOPBACK)
    assert len(faulty.paths()) == 20 - len(kept)
    assert not kept & set(faulty.paths())
    assert len(whole(store)) == 20


@pytest.mark.soak
def test_fifty_runs_that_are_killed_lose_nothing(faulty: Server, tmp_path: Path) -> None:
    news, store = tmp_path / "news", tmp_path / "store"
    article(news, 1, *(faulty.address(f"/real/{width}.png") for width in range(60, 360)))
    faulty.pause = 0.02
    chance = random.Random(17)
    kept: set[str] = set()
    for _ in range(50):
        begun = len(faulty.paths())
        process = started(news, store)
        if len(kept) < 300:
            wait_for(faulty, begun + 1)
        time.sleep(chance.random() * 0.5)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        time.sleep(0.1)  # what was on its way arrives
        before, kept = kept, whole(store)
        assert before <= kept
        assert not before & set(faulty.paths()[begun:])
    faulty.asked.clear()
    faulty.pause = 0
    fetch(news, "--store", store, *LOOPBACK)
    assert set(faulty.paths()) == {f"/real/{width}.png" for width in range(60, 360)} - kept
    assert len(whole(store)) == 300
    assert not list((store / FILES).rglob("*.part"))
