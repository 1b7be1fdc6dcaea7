"""Pictures as files beside the outputs, in a folder that the user names."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from convert.errors import UsageError
from convert.pictures.model import Ready
from convert.text import printable
from convert.writers.files import reference
from convert.writers.options import Page
from convert.writers.part import RenderedArticle

SCHEMA_NAME = "pictures.schema.json"
SCHEMA_ID = "urn:archive-convert:schema:pictures:1"
INDEXED = frozenset({"json", "jsonl"})
"""Formats that do not say themselves which file has which address."""
INDEX = "pictures.json"
"""Name of the file in the folder of pictures that says which picture has which address."""


def folder_of(assets: str, output: str) -> str:
    """Return the folder of pictures as a POSIX path relative to the folder of the output.

    Raises:
        UsageError: it is not inside.
    """
    try:
        inside = os.path.relpath(os.path.realpath(assets), os.path.realpath(output)).replace(os.sep, "/")
    except ValueError:  # another drive
        inside = ".."
    if inside == "." or inside.partition("/")[0] == "..":
        raise UsageError(
            "--assets: {path} is not a folder inside the output's; name one, such as {name}",
            path=repr(printable(assets)),
            name=repr(printable(os.path.join(output, "pictures"))),
        )
    return inside


def beside(page: Page, address: str) -> str:
    """Return the relative reference of the file of a picture, "" if none is written."""
    folder = page.options.assets
    if not folder or page.pictures is None or not address or address.startswith("data:") or " " in address:
        return ""
    found = page.pictures.of(address)
    return reference(f"{'../' * _depth(page)}{folder}/{found.name}") if isinstance(found, Ready) else ""


def _depth(page: Page) -> int:
    """Return the number of folders between the folder of the output and the file of a page."""
    files = page.files
    return 0 if files is None or page.options.lone else files.name(page.entry.path).count("/") + files.several


class IndexedPicture(Struct, frozen=True, kw_only=True):
    """A picture of the articles beside which its file lies."""

    address: Annotated[
        str,
        Meta(title="Address", description="Its address in articles.", examples=["https://example.org/press.jpg"]),
    ]
    file: Annotated[
        str,
        Meta(
            title="File",
            description="Its file in the folder of this index, named by the SHA-256 of its bytes.",
            pattern=r"^[0-9a-f]{64}\.[a-z]+$",
            examples=["9f86d081" * 8 + ".jpg"],
        ),
    ]
    media_type: Annotated[str, Meta(title="Media type", description="Its type.", examples=["image/jpeg"])]
    width: Annotated[int, Meta(title="Width", description="Width in pixels.", ge=1, examples=[600])]
    height: Annotated[int, Meta(title="Height", description="Height in pixels.", ge=1, examples=[400])]
    bytes: Annotated[int, Meta(title="Bytes", description="Size of the file in bytes.", ge=1, examples=[61440])]


def make_schema() -> dict[str, Any]:
    """Return the JSON Schema 2020-12 of an index."""
    (items,), definitions = msgspec.json.schema_components([IndexedPicture], ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "Index of pictures",
        "description": "Pictures of a store as files beside articles in JSON, sorted by address.",
        "type": "array",
        "items": items,
        "$defs": definitions,
    }


class Assets:
    """Pictures that the articles of a build show, as files in a folder of its output."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.shown: dict[str, list[str]] = {}
        """Paths of the articles that show each picture, by the path of its file."""
        self._indexed: dict[str, IndexedPicture] = {}

    def add(self, path: str, part: RenderedArticle) -> Iterator[tuple[str, Ready]]:
        """Note the pictures of an article, and yield those that are new, each with the path of its file."""
        for picture in part.pictures:
            name = f"{self.folder}/{picture.name}"
            if name not in self.shown:
                yield name, picture
            self.shown.setdefault(name, []).append(path)
        pictures = {picture.name: picture for picture in part.pictures}
        for address, name in part.addresses:
            found = pictures[name]
            self._indexed[address] = IndexedPicture(
                address=address,
                file=name,
                media_type=found.media_type,
                width=found.width,
                height=found.height,
                bytes=found.size,
            )

    def of_index(self, index: bytes) -> dict[str, list[IndexedPicture]]:
        """Return the pictures of the last build's index by the paths of their files, none if it cannot be read."""
        known: dict[str, list[IndexedPicture]] = {}
        with suppress(msgspec.MsgspecError):
            for each in msgspec.json.decode(index, type=list[IndexedPicture]):
                known.setdefault(f"{self.folder}/{each.file}", []).append(each)
        return known

    def keep(self, name: str, paths: list[str], known: Mapping[str, list[IndexedPicture]]) -> None:
        """Note that articles that were not made anew show a picture; `known` is the last build's index."""
        self.shown.setdefault(name, []).extend(paths)
        for each in known.get(name, ()):
            self._indexed.setdefault(each.address, each)

    def index(self) -> bytes:
        """Return the index of the folder: a JSON array, sorted by address, a line each."""
        lines: list[Any] = [self._indexed[address] for address in sorted(self._indexed)]
        inside = b",\n".join(map(msgspec.json.encode, lines))
        return b"[\n" + inside + b"\n]\n"
