"""Pictures drawn for tests."""

import io
from functools import cache
from typing import Any

from PIL import Image

FORMATS = {"jpeg": "JPEG", "png": "PNG", "gif": "GIF", "webp": "WEBP", "avif": "AVIF"}


@cache
def scene(width: int, height: int) -> Image.Image:
    """Return a picture with edges, slopes and noise, as a photograph has them; the same each time."""
    slope = Image.linear_gradient("L").resize((width, height))
    round_slope = Image.radial_gradient("L").resize((width, height))
    grain = Image.frombytes("L", (64, 64), bytes((x * x * 7 + x * 31) % 251 for x in range(4096)))
    return Image.merge("RGB", (slope, round_slope, grain.resize((width, height), Image.Resampling.BILINEAR)))


def encoded(image: Image.Image, kind: str = "jpeg", **options: Any) -> bytes:
    """Return the bytes of a picture."""
    out = io.BytesIO()
    image.save(out, FORMATS[kind], **options)
    return out.getvalue()


def drawn(kind: str = "jpeg", width: int = 60, height: int = 40, **options: Any) -> bytes:
    """Return the bytes of a scene."""
    return encoded(scene(width, height), kind, **options)


def exif(**tags: int | str) -> Image.Exif:
    """Return EXIF data with some tags of `PIL.ExifTags.Base`."""
    from PIL.ExifTags import Base

    data = Image.Exif()
    for name, value in tags.items():
        data[Base[name]] = value
    return data
