"""Draw a picture for each address of a picture in the articles of some sources, and put them into a store.

    .venv/bin/python scripts/draw_pictures.py seeds out/pictures

The seeds have addresses of pictures that exist nowhere.  What is drawn is a sheet of paper with lines of type, in
colours and sizes that follow from the address, so that it is the same on any machine; an address that ends in a size,
like `-600x400.jpg`, gets that size.  One address in nine stays without a picture, as its server would not have it.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator
from hashlib import sha256

from PIL import Image, ImageDraw

from convert import api
from convert.model import Image as Picture, walk
from convert.pictures.model import Facts, Missing
from convert.pictures.store import PictureStore

SHAPES = ((600, 400), (600, 400), (480, 640), (900, 300), (300, 225), (720, 720))
"""Sizes in pixels of pictures whose addresses do not say one."""
SMALL = (24, 24)
"""Size of a picture that is an emoji."""
LACKING = 9
"""One address in so many is left without a picture."""
_SIZE = re.compile(r"-(\d{2,4})x(\d{2,4})\.\w+\Z")


def wanted(sources: list[str]) -> Iterator[Picture]:
    """Yield the pictures of the articles of some sources, each address once."""
    seen: set[str] = set()
    for article, _ in api.read(sources):
        nodes = (*([article.lead] if article.lead else []), *article.body) if article else ()
        for node in walk(nodes):
            if isinstance(node, Picture) and node.address.startswith("http") and node.address not in seen:
                seen.add(node.address)
                yield node


def draw(address: str, size: tuple[int, int]) -> bytes:
    """Return a sheet of paper with lines of type, as JPEG."""
    dice = sha256(address.encode()).digest()
    width, height = size
    hue = dice[0] * 360 // 256
    image = Image.new("RGB", size, f"hsl({hue}, 30%, 82%)")
    pen = ImageDraw.Draw(image)
    edge, line = min(size) // 10, max(min(size) // 24, 2)
    pen.rectangle((edge, edge, width - edge - 1, height - edge - 1), f"hsl({hue}, 25%, 95%)", f"hsl({hue}, 30%, 45%)")
    for number, top in enumerate(range(2 * edge, height - 2 * edge, 2 * line)):
        reach = (width - 4 * edge) * (55 + dice[number % 31 + 1] % 46) // 100
        pen.rectangle((2 * edge, top, 2 * edge + reach, top + line - 1), f"hsl({hue}, 20%, 55%)")
    seal = (width - 3 * edge, height - 3 * edge, width - 2 * edge, height - 2 * edge)
    pen.rectangle(seal, "hsl(5, 65%, 45%)")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=72)
    return out.getvalue()


def size_of(picture: Picture) -> tuple[int, int]:
    """Return the size in pixels of a picture."""
    if picture.alt and not re.search(r"\w", picture.alt):
        return SMALL
    if match := _SIZE.search(picture.address):
        return int(match[1]), int(match[2])
    return SHAPES[sha256(picture.address.encode()).digest()[-1] % len(SHAPES)]


def main() -> int:
    """Draw the pictures, and print how many."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sources", nargs="+")
    parser.add_argument("store")
    given = parser.parse_args()
    drawn = lacking = 0
    with PictureStore(given.store) as store:
        for picture in wanted(given.sources):
            if sha256(picture.address.encode()).digest()[-2] % LACKING:
                size = size_of(picture)
                store.put(picture.address, draw(picture.address, size), Facts("jpeg", *size))
                drawn += 1
            else:
                store.miss(picture.address, Missing("not-found"))
                lacking += 1
    print(f"{given.store}: {drawn} pictures, {lacking} that no server has")
    return 0


if __name__ == "__main__":
    sys.exit(main())
