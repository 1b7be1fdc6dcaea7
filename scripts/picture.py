#!/usr/bin/env python3
"""Draws a mirror's page beside the page that `convert` makes of it, as docs/images/before-after.png.

At the left is the source, with what is removed or replaced in red; at the right the first page of its PDF. Fonts
differ between machines, so pixels are not compared: the picture carries a hash of the source and of the HTML made from
it, and `make check` fails where one of them has changed since. `make docs` draws it again.
"""

import hashlib
import io
import re
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path
from typing import cast

import pypdfium2
import weasyprint
from PIL import Image
from PIL.PngImagePlugin import PngInfo

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "images" / "before-after.png"
SEED = "seeds/pages/nf9000001/n90000002.md"

SHOWN = ((1, 29), (166, None))
"""Ranges of the source's lines, each from its first line to the one before its end."""
REMOVED = re.compile(r"\.\./[./\w-]*\?n\d+|(?<=README\.md)\?n\d+|&lt;/?ok\b|&lt;img src='http://gfw-breaker.*?/&gt;")
"""Pattern of the parts of the source that `convert` removes or changes, in a line that is escaped for HTML."""
LEFT = """<style>
@page {{ size: 420pt 595pt; margin: 22pt 18pt; background: #f6f8fa }}
pre {{ font: 7.2pt/1.45 "DejaVu Sans Mono", "Noto Sans SC", monospace; white-space: pre-wrap; word-break: break-all;
  margin: 0; color: #57606a }}
b {{ color: #cf222e; background: #ffebe9; font-weight: normal }}
</style><pre>{}</pre>"""
SCALE = 1.25  # pixels for each point of paper
GAP = 16


def convert(to: str, out: str, *options: str) -> bytes:
    """Return the output of `convert --to` for the seed."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / out
        command = [sys.executable, "-m", "convert", "--to", to, "--quiet", *options, SEED, "-o", str(file)]
        subprocess.run(command, cwd=ROOT, check=True, timeout=120)
        return file.read_bytes()


def digest() -> str:
    """Return the hash of both documents that the picture shows."""
    return hashlib.sha256((ROOT / SEED).read_bytes() + convert("html", "page.html")).hexdigest()


def source() -> str:
    """Return the shown lines of the source as HTML, with a line of dots for those between."""
    lines = (ROOT / SEED).read_text("utf-8").split("\n")
    parts = ("\n".join(lines[first - 1 : None if last is None else last - 1]) for first, last in SHOWN)
    text = "\n\n          ⋮\n\n".join(part.strip("\n") for part in parts)
    return REMOVED.sub(lambda match: f"<b>{match[0]}</b>", escape(text, quote=False))


def page(pdf: bytes) -> Image.Image:
    """Return the first page of a PDF."""
    return cast(Image.Image, pypdfium2.PdfDocument(pdf)[0].render(scale=SCALE).to_pil().convert("RGB"))


def draw() -> bytes:
    """Return the picture as a PNG."""
    before = page(weasyprint.HTML(string=LEFT.format(source())).write_pdf())
    after = page(convert("pdf", "page.pdf", "--page", "a5")).resize(before.size)
    both = Image.new("RGB", (2 * before.width + GAP, before.height), "#d0d7de")
    both.paste(before, (0, 0))
    both.paste(after, (before.width + GAP, 0))
    about = PngInfo()
    about.add_text("Documents", digest())
    out = io.BytesIO()
    both.quantize(32).save(out, "png", optimize=True, pnginfo=about)
    return out.getvalue()


def is_stale() -> bool:
    """Return whether the documents that the picture shows have changed since it was drawn."""
    if not PICTURE.exists():
        return True
    with Image.open(PICTURE) as image:
        return image.info.get("Documents") != digest()
