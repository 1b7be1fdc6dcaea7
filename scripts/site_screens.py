#!/usr/bin/env python3
"""Draws pages of a site and of a catalogue, made of the seeds, as a phone and a desktop show them.

    python scripts/site_screens.py

writes docs/images/site-phone.png, site-desktop.png and catalog.png. It needs Chromium and the extras `fonts` and
`pictures`. Fonts and browsers differ between machines, so nothing compares the pictures; draw them again when the looks
of sites change.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from PIL import Image
from screens import DARK, FONTS, GAP, LIGHT, ROOT, Screen, browser_and_fonts, strip

FRONT, ARTICLE = "site/index.html", "site/text/nf9000001/n90000003.html"
SEARCH, BOOKS = f"site/search.html?q={quote('活字')}", "books/index.html"
COLOURS = 96
SHARPNESS = 2
"""Pixels of the browser for a pixel of a window, so that small type stays readable when a picture is made smaller."""
PHONE, DESKTOP = (390, 760), (820, 640)
PICTURES = {
    "site-phone": (
        0.62,
        [*(Screen(page, *PHONE, LIGHT) for page in (FRONT, ARTICLE, SEARCH)), Screen(ARTICLE, *PHONE, DARK)],
    ),
    "site-desktop": (
        0.47,
        [*(Screen(page, *DESKTOP, LIGHT) for page in (FRONT, ARTICLE)), Screen(SEARCH, *DESKTOP, DARK)],
    ),
    "catalog": (0.62, [Screen(BOOKS, *PHONE, LIGHT), Screen(BOOKS, DESKTOP[0], PHONE[1], LIGHT)]),
}


def make(folder: Path) -> None:
    """Write a site and books with a catalogue, with pictures that are drawn for the seeds."""
    commands = (
        ("scripts/draw_pictures.py", "seeds", str(folder / "store")),
        ("-m", "convert", "--to", "site", "-q", "--store", str(folder / "store"), "seeds", "-o", str(folder / "site")),
        ("-m", "convert", "--to", "epub", "-q", "--split", "channel,year", "--catalog", "seeds", "-o",
         str(folder / "books")),
    )  # fmt: skip
    for command in commands:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, check=True, capture_output=True)


def shot(screen: Screen, folder: Path, browser: str) -> Image.Image:
    """Return a page as the browser draws it."""
    page, mark, query = screen.page.partition("?")
    out = folder / "shot.png"
    command = [
        *(browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--screenshot={out}"),
        *(f"--blink-settings=preferredColorScheme={screen.scheme}", f"--user-data-dir={folder / 'profile'}"),
        *(f"--force-device-scale-factor={SHARPNESS}", "--virtual-time-budget=5000"),
        *(f"--window-size={screen.width},{screen.height}", (folder / page).as_uri() + mark + query),
    ]
    environment = {**os.environ, "FONTCONFIG_FILE": str(folder / "fonts.conf")}
    subprocess.run(command, env=environment, check=True, capture_output=True)
    with Image.open(out) as image:
        return image.convert("RGB")


def main() -> None:
    """Draw all pictures."""
    browser, fonts = browser_and_fonts()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "fonts.conf").write_text(FONTS.format(fonts=fonts, cache=folder / "cache"), "utf-8")
        make(folder)
        for picture, (scale, screens) in PICTURES.items():
            images = [shot(screen, folder, browser) for screen in screens]
            drawn = strip(images, scale / SHARPNESS, GAP * SHARPNESS, COLOURS)
            (ROOT / "docs" / "images" / f"{picture}.png").write_bytes(drawn)


if __name__ == "__main__":
    main()
