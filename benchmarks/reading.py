"""How soon a reader sees the first page of a large book: python -m benchmarks.reading [ARTICLES]

A mirror of so many articles (20,000) is made up and converted, and foliate-js opens the book in Chromium: milliseconds
to the first page, then to the list of a year by its entry in the contents, then to a month by a link on that page.
With --book FILE, a book that is there already; with --pictures FOLDER, what the screen shows.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import which
from threading import Thread
from typing import Any

from lxml import html

from benchmarks import mirror

JUDGES = Path(__file__).resolve().parent.parent / "tests" / "reading"
MOST = 3000
"""Most milliseconds to the first page."""
ROUNDS = 3
FLAGS = ("--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def steps(book: Path) -> tuple[int, str]:
    """Return the number of an entry of the contents, and the link on its page that leads to the list of a month."""
    with zipfile.ZipFile(book) as inside:
        contents: Any = html.fromstring(inside.read("EPUB/nav.xhtml"))
        places = [each.get("href") for each in contents.xpath("//nav[@id='contents']//a")]
        for number, place in reversed(list(enumerate(places))):
            page: Any = html.fromstring(inside.read(f"EPUB/{place.partition('#')[0]}"))
            months = [each.get("href") for each in page.xpath("//ol//a") if "-" in each.get("href").rpartition("/")[2]]
            if months and "index/" not in place:
                return number, months[-1]
    return 0, ""


@contextmanager
def served(book: Path, folder: Path) -> Iterator[str]:
    """Serve a book and the reading system on loopback; yield the address of the reading system with the book."""
    (folder / "foliate").symlink_to(JUDGES / "node_modules" / "foliate-js")
    (folder / "book.epub").symlink_to(book.resolve())
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        Thread(target=server.serve_forever).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/foliate/reader.html?url=/book.epub"
        finally:
            server.shutdown()


def opened(book: Path, width: int = 360, pictures: str = "") -> dict[str, Any]:
    """Return the milliseconds of each step, by their names, and the number of lines of the contents."""
    entry, link = steps(book)
    with tempfile.TemporaryDirectory() as folder, served(book, Path(folder)) as reader:
        plan = {"reader": reader, "flags": FLAGS, "width": width, "entry": entry, "link": link, "pictures": pictures}
        file = Path(folder) / "plan.json"
        file.write_text(json.dumps(plan), "utf-8")
        settings = {**os.environ, "PUPPETEER_EXECUTABLE_PATH": which("chromium") or ""}
        done = subprocess.run(
            [which("node") or "node", JUDGES / "first_page.mjs", file], env=settings, capture_output=True, check=True
        )
    return dict(json.loads(done.stdout))


def made(articles: int, folder: Path) -> Path:
    """Return a book of so many articles of a mirror that is made up."""
    mirror.write(folder / "mirror", articles)
    book = folder / "book.epub"
    command = (sys.executable, "-m", "convert", "--to", "epub", "--quiet", folder / "mirror", "-o", book)
    subprocess.run(command, check=True, capture_output=True)
    return book


def main() -> int:
    """Measure, print a line for each round, and return 1 if the first page takes too long."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading", description=__doc__)
    parser.add_argument("articles", nargs="?", type=int, default=20_000)
    parser.add_argument("--book", type=Path)
    parser.add_argument("--width", type=int, default=360)
    parser.add_argument("--pictures", default="")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="convert-benchmark-") as folder:
        book = chosen.book or made(chosen.articles, Path(folder))
        rounds = [opened(book, chosen.width, chosen.pictures) for _ in range(ROUNDS)]
    for each in rounds:
        print(", ".join(f"{name} {value}" for name, value in each.items()))
    best = min(each["first"] for each in rounds)
    print(f"first page in {best:,} ms; {'reached' if best < MOST else 'NOT reached'}: {MOST:,} ms on an idle machine")
    return int(best >= MOST)


if __name__ == "__main__":
    sys.exit(main())
