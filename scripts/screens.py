#!/usr/bin/env python3
"""Draws pages of books as a phone, an e-reader and a desktop show them, before and after a change of the books.

    python scripts/screens.py BEFORE        BEFORE is a checkout of the code before the change

writes docs/images/books-phone.png, books-reader.png and books-desktop.png: at the left what the code of BEFORE makes of
the seeds, at the right what the code here makes. It needs Chromium and the extra `fonts`. Fonts and browsers differ
between machines, so nothing compares the pictures; draw them again when the looks of books change.
"""

import io
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from PIL import Image

ROOT = Path(__file__).parent.parent
ARTICLE = "pages/nf9000001/n90000003"
DARK, LIGHT = "0", "1"
COLOURS = 24
GAP = 12
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<dir>/usr/share/fonts</dir><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>"""


class Screen(NamedTuple):
    """Page of a book in a window."""

    page: str
    """`top` (all seeds) or `article` as HTML, or a file of the EPUB."""
    width: int
    height: int
    scheme: str


PICTURES = {
    "books-phone": (
        0.55,
        (Screen("top", 360, 620, LIGHT), Screen("article", 360, 620, LIGHT), Screen("article", 360, 620, DARK)),
    ),
    "books-reader": (0.75, (Screen(f"EPUB/text/{ARTICLE.removeprefix('pages/')}.xhtml", 480, 640, LIGHT),)),
    "books-desktop": (0.5, (Screen("top", 1000, 700, DARK),)),
}


def convert(code: Path, folder: Path) -> None:
    """Write the seeds and an article of them as HTML, and the files of an EPUB, with the code of a checkout."""
    for source, file in (("seeds", "top.html"), (f"seeds/{ARTICLE}.md", "article.html"), ("seeds", "book.epub")):
        given = ("--to", file.rpartition(".")[2], "--quiet", source, "-o", str(folder / file))
        command = [sys.executable, "-m", "convert", *given]
        subprocess.run(command, cwd=code, env={**os.environ, "PYTHONPATH": str(code)}, check=True, capture_output=True)
    with zipfile.ZipFile(folder / "book.epub") as book:
        book.extractall(folder)


def shot(screen: Screen, folder: Path, browser: str, fonts: Path) -> Image.Image:
    """Return a page as the browser draws it."""
    out, name = folder / "shot.png", screen.page
    file = folder / (name if name.startswith("EPUB") else f"{name}.html")
    command = [
        *(browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--screenshot={out}"),
        *(f"--blink-settings=preferredColorScheme={screen.scheme}", f"--user-data-dir={folder / 'profile'}"),
        *(f"--window-size={screen.width},{screen.height}", file.as_uri()),
    ]
    subprocess.run(command, env={**os.environ, "FONTCONFIG_FILE": str(fonts)}, check=True, capture_output=True)
    with Image.open(out) as image:
        made = image.convert("RGB")
    return made.convert("L").convert("RGB") if name.startswith("EPUB") else made


def strip(images: list[Image.Image], scale: float, gap: int = GAP, colours: int = COLOURS) -> bytes:
    """Return images side by side, made smaller, as a PNG of few colours."""
    width = sum(image.width for image in images) + gap * (len(images) - 1)
    whole = Image.new("RGB", (width, max(image.height for image in images)), "#8c959f")
    at = 0
    for image in images:
        whole.paste(image, (at, 0))
        at += image.width + gap
    small = whole.resize((int(whole.width * scale), int(whole.height * scale)), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.quantize(colours, Image.Quantize.MAXCOVERAGE).save(out, "png", optimize=True)
    return out.getvalue()


def browser_and_fonts() -> tuple[str, Path]:
    """Return the path of Chromium and the folder of the fonts that all pictures have."""
    browser, spec = shutil.which("chromium") or shutil.which("google-chrome"), find_spec("pylopdf_fonts_zh_cn")
    if browser is None or spec is None or spec.origin is None:
        raise SystemExit("needs Chromium, and pip install 'archive-convert[fonts]'")
    return browser, Path(spec.origin).parent


def main(before: str) -> None:
    """Draw all pictures."""
    browser, family = browser_and_fonts()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fonts = folder / "fonts.conf"
        fonts.write_text(FONTS.format(fonts=family, cache=folder / "cache"), "utf-8")
        codes = {each: folder / each for each in ("before", "after")}
        for each, code in (("before", Path(before).resolve()), ("after", ROOT)):
            codes[each].mkdir()
            convert(code, codes[each])
        for picture, (scale, screens) in PICTURES.items():
            images = [shot(screen, each, browser, fonts) for each in codes.values() for screen in screens]
            (ROOT / "docs" / "images" / f"{picture}.png").write_bytes(strip(images, scale))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(sys.argv[1])
