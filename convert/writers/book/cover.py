"""The cover that is drawn for a book: its title, dates and number of articles, as SVG or as PNG.

Both have the same layout.  A reading system sets the text of SVG in a font of its own; the text of PNG is drawn with
the fonts of the `fonts` extra, so that machines with the same versions draw the same bytes.
"""

import hashlib
from collections.abc import Iterator, Sequence
from colorsys import hls_to_rgb
from functools import cache
from importlib import metadata
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from convert.errors import MissingExtraError
from convert.model import Volume
from convert.printing.fonts.chain import characters, packaged
from convert.printing.fonts.system import Face
from convert.text import is_unspaced, squeeze, visible
from convert.writers.book.escapes import text
from convert.writers.book.volume import cover_lines

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1500, 2400
"""Size of the cover in pixels: the proportions that shops ask for, and fewer than the 4 million that Apple takes."""
LEFT, ACROSS = 120, 1260
"""Left edge and width of the text."""
TOP = 330
"""Top edge of the title."""
SIZES = ((420, 1), (300, 1), (240, 1), (200, 4), (168, 5), (140, 7), (120, 9))
"""Font sizes for the title, the largest first, and the most lines of each; at the smallest, a thumbnail that is 120
pixels wide has letters of 10 pixels."""
THUMBNAIL = 5
"""Divisor of the size of a thumbnail, which is 300 pixels wide."""
LEADING = 1.3
LONGEST = 85
"""Most characters of a title on a cover; the title page has the whole title."""
SMALL = 96
"""Font size of the lines below."""
NARROW, CAPITAL = 0.56, 0.68
"""Widths of characters that are not as wide as high."""
GROUND, ACCENT = (38, 24), (45, 62)
"""Saturation and lightness of the colours, in percent; white on the ground has a contrast of 7 or more."""
SHADES = 250
"""Colours of a PNG from the ground to white, for the edges of letters."""
FONTS = ("manimgx-fonts", "pylopdf-fonts-ko", "pylopdf-fonts-zh-cn")
"""Packages of the `fonts` extra."""
ABSENT = "〓"
"""Character for one that no font has, as printers set it."""


class Line(NamedTuple):
    """Line of text on a cover; `y` is the base line."""

    text: str
    y: int
    size: int
    bold: bool


def lines(volume: Volume) -> list[Line]:
    """Return the lines of a cover: the title as large as it fits, then dates and number of articles."""
    size, title = _fitted(squeeze(visible(volume.title), LONGEST))
    leading = int(size * LEADING)
    placed = [Line(line, TOP + size + leading * number, size, bold=True) for number, line in enumerate(title)]
    below = list(cover_lines(volume))
    first = HEIGHT - 180 - (len(below) - 1) * 130
    return placed + [Line(line, first + 130 * number, SMALL, bold=False) for number, line in enumerate(below)]


def colours(title: str) -> tuple[str, str]:
    """Return ground and accent as `#rrggbb`; the hue is derived from the title."""
    hue = hashlib.sha256(title.encode("utf-8", "replace")).digest()[0] / 256
    ground, accent = (
        "".join(f"{round(255 * each):02x}" for each in hls_to_rgb(hue, light / 100, saturation / 100))
        for saturation, light in (GROUND, ACCENT)
    )
    return f"#{ground}", f"#{accent}"


def svg(volume: Volume) -> bytes:
    """Return the cover as SVG 1.1."""
    title = squeeze(visible(volume.title), LONGEST)
    ground, accent = colours(volume.title)
    weight = ' font-weight="bold"'
    elements = (
        f'<text x="{LEFT}" y="{line.y}" font-size="{line.size}"{weight if line.bold else ""}>{text(line.text)}</text>'
        for line in lines(volume)
    )
    rules = "".join(
        f'<rect x="{x}" y="{y}" width="{right - x}" height="{bottom - y}" fill="{accent}"/>\n'
        for x, y, right, bottom in _rules(volume)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" version="1.1" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img" xml:lang="{volume.language}">\n<title>{text(title)}</title>\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{ground}"/>\n{rules}'
        '<g fill="#fff" font-family="sans-serif">\n' + "\n".join(elements) + "\n</g>\n</svg>\n"
    ).encode()


def _rules(volume: Volume) -> Iterator[tuple[int, int, int, int]]:
    """Yield the bars of a cover: one across the top, one above the lines below the title."""
    first = next(line.y for line in lines(volume) if not line.bold)
    yield 0, 180, WIDTH, 204
    yield LEFT, first - SMALL - 70, LEFT + 450, first - SMALL - 60


# --- the title -------------------------------------------------------------------------------------------------------


def _fitted(title: str) -> tuple[int, list[str]]:
    """Return the largest font size at which a title fits, and its lines."""
    for size, most in SIZES:
        broken = _broken(title, ACROSS / size)
        if len(broken) <= most and all(_width(line) * size <= ACROSS for line in broken):
            return size, broken
    return size, broken[:most]


def _width(line: str) -> float:
    """Return the width of a line, as a multiple of its font size."""
    return sum(1 if is_unspaced(char) else CAPITAL if char.isupper() else NARROW for char in line)


def _broken(title: str, across: float) -> list[str]:
    """Return a title in lines, broken between words where possible; `across` is a multiple of the font size."""
    broken, line = [], ""
    for piece in _pieces(title):
        if line.strip() and _width((line + piece).strip()) > across:
            broken.append(line.strip())
            line = ""
        line += piece
    return [*broken, line.strip()] if line.strip() else broken


def _pieces(title: str) -> Iterator[str]:
    """Yield the pieces between which a title may break: words, spaces and single Han characters."""
    word = ""
    for char in title:
        if char == " " or is_unspaced(char) or len(word) >= 12:
            if word:
                yield word
            word = ""
            if char == " " or is_unspaced(char):
                yield char
                continue
        word += char
    if word:
        yield word


# --- PNG -------------------------------------------------------------------------------------------------------------


def png(volume: Volume) -> bytes:
    """Return the cover as PNG.

    Raises:
        MissingExtraError: the extra with the fonts is not installed.
    """
    from convert.pictures.png import encoded

    return encoded(_drawn(volume, fonts()))


def thumbnail(volume: Volume) -> bytes:
    """Return the cover as a small PNG, without words where the extra with the fonts is not installed."""
    from convert.pictures.png import encoded

    return encoded(_drawn(volume, packaged(), THUMBNAIL))


def thumbnail_of(picture: str) -> bytes:
    """Return a picture of the user's as a PNG of the width of a thumbnail."""
    from PIL import Image

    from convert.pictures.png import encoded

    with Image.open(picture) as image:
        width = WIDTH // THUMBNAIL
        size = width, max(1, round(image.height * width / image.width))
        return encoded(image.convert("RGB").resize(size, Image.Resampling.LANCZOS))


def _drawn(volume: Volume, faces: Sequence[Face], less: int = 1) -> "Image.Image":
    """Return the cover as a picture, so many times smaller; without fonts it has no words."""
    from PIL import Image, ImageDraw

    size = WIDTH // less, HEIGHT // less
    canvas, letters = Image.new("L", size), Image.new("L", size)
    pen = ImageDraw.Draw(letters)
    for line in lines(volume) if faces else ():
        _draw(pen, line._replace(y=line.y // less, size=line.size // less), LEFT / less, faces)
    canvas.paste(letters.point([value * (SHADES - 1) // 255 for value in range(256)]))
    pen = ImageDraw.Draw(canvas)
    for edges in _rules(volume):
        left, top, right, bottom = (edge // less for edge in edges)
        pen.rectangle((left, top, right - 1, max(top, bottom - 1)), fill=SHADES)
    ground, accent = (bytes.fromhex(colour[1:]) for colour in colours(volume.title))
    shades = (dark + (255 - dark) * step // (SHADES - 1) for step in range(SHADES) for dark in ground)
    canvas.putpalette([*shades, *accent])
    return canvas


def _draw(pen: "ImageDraw.ImageDraw", line: Line, left: float, faces: Sequence[Face]) -> None:
    """Draw a line, each run of characters with the first font that has them; none of the fonts has a bold cut."""
    stroke = line.size // 50 if line.bold else 0
    written = "".join(char if _face_of(char, faces) else ABSENT for char in line.text)
    for face, run in groupby(written, lambda char: _face_of(char, faces) or faces[0]):
        font = _font(face.path, line.size)
        pen.text((left, line.y), together := "".join(run), fill=255, font=font, anchor="ls", stroke_width=stroke)
        left += font.getlength(together)


@cache
def _font(path: str, size: int) -> "ImageFont.FreeTypeFont":
    """Return a font; those of all covers are few, and each takes milliseconds to open."""
    from PIL import ImageFont

    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


def _face_of(char: str, faces: Sequence[Face]) -> Face | None:
    return next((face for face in faces if ord(char) in characters(face.path, face.number)), None)


def identity() -> str:
    """Return a cache key of what draws a cover: Pillow, its FreeType, and the fonts."""
    from PIL import features

    versions = [metadata.version(name) for name in ("pillow", "deflate", *FONTS)]
    return " ".join([*versions, str(features.version("freetype2"))])


def packaged_identity() -> str:
    """Return a cache key of what draws a thumbnail."""
    return identity() if packaged() else ""


def fonts() -> tuple[Face, ...]:
    """Return the fonts of the extra, that for Chinese first.

    Raises:
        MissingExtraError: it is not installed.
    """
    if not (faces := packaged()):
        raise MissingExtraError(
            "--cover png draws with a font that is not installed; install it: "
            "pip install 'archive-convert[{extra}]', or take --cover svg",
            extra="fonts",
        )
    return faces
