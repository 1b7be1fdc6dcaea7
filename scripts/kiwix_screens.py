#!/usr/bin/env python3
"""Draws the pages of a ZIM as kiwix-serve shows them: the front page, an article, a search.

    python scripts/kiwix_screens.py

writes docs/images/kiwix.png. It needs Chromium, kiwix-serve and the extra `zim`. Fonts and versions differ between
machines, so nothing compares the picture; draw it again when the looks of a site change.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from PIL import Image
from screens import ROOT, strip

PAGES = ("book/", "book/A/text/nf9000001/n90000002.html", "search?content=book&pattern=%E6%B4%BB%E5%AD%97")
WIDTH, HEIGHT, SCALE = 640, 640, 0.5


def served(book: Path) -> tuple["subprocess.Popen[bytes]", str]:
    """Start a server of a ZIM, and return it with its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["kiwix-serve", "-i", "127.0.0.1", "-p", str(port), str(book)]
    process = subprocess.Popen(command, env={**os.environ, "XAPIAN_CJK_NGRAM": "1"}, stdout=subprocess.DEVNULL)
    for _ in range(50):
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        time.sleep(0.1)
    return process, f"http://127.0.0.1:{port}/"


def main() -> None:
    """Draw the picture."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None or shutil.which("kiwix-serve") is None:
        raise SystemExit("needs Chromium, and kiwix-serve (apt-get install kiwix-tools)")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        book, out = folder / "book.zim", folder / "shot.png"
        subprocess.run(
            [sys.executable, "-m", "convert", "--to", "zim", "-q", "seeds", "-o", book], cwd=ROOT, check=True
        )
        process, address = served(book)
        images = []
        for page in PAGES:
            command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                       f"--user-data-dir={folder / 'profile'}", f"--window-size={WIDTH},{HEIGHT}",
                       "--virtual-time-budget=5000", f"--screenshot={out}", address + page]  # fmt: skip
            subprocess.run(command, check=True, capture_output=True)
            with Image.open(out) as image:
                images.append(image.convert("RGB"))
        process.terminate()
        process.wait(20)
    (ROOT / "docs" / "images" / "kiwix.png").write_bytes(strip(images, SCALE))


if __name__ == "__main__":
    main()
