"""An archive of each kind that is read record by record, of the same pages, whole and damaged."""

import hashlib
import json
import quopri
import random
import shutil
import zipfile
from base64 import b32encode
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from helpers.warc import answer, in_zstd, packed, page, record, wacz

NAMES = ("pulp", "mould", "felt", "loft")


class Kind(NamedTuple):
    """Kind of archive."""

    file: str
    """Name of its file, or of its folder."""
    make: Callable[[Path, Sequence[str]], None]
    """Function that writes an archive of the pages with these names."""
    has_checksums: bool = True
    """True if each change of a page can be noticed."""
    needs: str = ""
    """Package without which it cannot be read."""


def response(name: str) -> bytes:
    """Return the record of a page, with the digest of its block."""
    block = answer(page(name).encode())
    digest = b32encode(hashlib.sha1(block).digest()).decode()
    return record(f"https://press.example/{name}.html", block, f"WARC-Block-Digest: sha1:{digest}")


def _mhtml(name: str) -> bytes:
    place = f"https://press.example/{name}.html"
    head = (
        "From: <Saved by Blink>",
        f"Snapshot-Content-Location: {place}",
        "MIME-Version: 1.0",
        'Content-Type: multipart/related; type="text/html"; boundary="=_b"',
        "",
        "--=_b",
        "Content-Type: text/html; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        f"Content-Location: {place}",
    )
    return "\r\n".join((*head, "", "")).encode() + quopri.encodestring(page(name).encode()) + b"\r\n--=_b--\r\n"


def _folder(root: Path, names: Sequence[str]) -> None:
    root.mkdir(exist_ok=True)
    for file in root.iterdir():
        file.unlink()
    for name in names:
        (root / f"{name}.mhtml").write_bytes(_mhtml(name))


def _zipped(root: Path, members: Mapping[str, str]) -> None:
    with zipfile.ZipFile(root, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), text, kind)


def _epub(root: Path, names: Sequence[str]) -> None:
    kind = 'media-type="application/xhtml+xml"'
    items = "".join(f'<item id="{name}" href="{name}.xhtml" {kind}/>' for name in names)
    spine = "".join(f'<itemref idref="{name}"/>' for name in names)
    chapters = {f"OPS/{name}.xhtml": page(name).replace("<!doctype html>", "") for name in names}
    container = '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>'
    book = f"<package><metadata/><manifest>{items}</manifest><spine>{spine}</spine></package>"
    members = {"mimetype": "application/epub+zip", "META-INF/container.xml": container, "OPS/book.opf": book}
    _zipped(root, {**members, **chapters})


def _export(root: Path, names: Sequence[str]) -> None:
    entries = [{"id": each, "slug": each, "title": each, "url": f"https://press.example/{each}.html"} for each in names]
    texts = {f"content/{name}.html": page(name) for name in names}
    _zipped(root, {f"metadata_0_to_{len(names)}.json": json.dumps(entries), **texts})


def _unpacked(root: Path, names: Sequence[str]) -> None:
    if root.exists():
        shutil.rmtree(root)
    _export(packed_file := root.with_suffix(".tmp"), names)
    with zipfile.ZipFile(packed_file) as archive:
        archive.extractall(root)
    packed_file.unlink()


def _zim(root: Path, names: Sequence[str]) -> None:
    from libzim.writer import Creator, Item, StringProvider

    class Entry(Item):  # type: ignore[misc]
        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

        def get_path(self) -> str:
            return f"press.example/{self.name}.html"

        def get_title(self) -> str:
            return self.name

        def get_mimetype(self) -> str:
            return "text/html"

        def get_contentprovider(self) -> Any:
            return StringProvider(page(self.name))

        def get_hints(self) -> dict[Any, int]:
            return {}

    root.unlink(missing_ok=True)
    with Creator(root).config_indexing(False, "eng") as creator:
        for name in names:
            creator.add_item(Entry(name))
        for name, value in {"Language": "eng", "Date": "2024-03-05", "Scraper": "zimit"}.items():
            creator.add_metadata(name, value)


def _parquet(root: Path, names: Sequence[str]) -> None:
    import pyarrow
    from pyarrow import parquet

    columns = {"url": [f"https://press.example/{name}.html" for name in names], "html": [page(name) for name in names]}
    parquet.write_table(pyarrow.table(columns), root, row_group_size=3, write_page_checksum=True)


KINDS = {
    "warc": Kind("press.warc", lambda root, names: _write(root, b"".join(map(response, names)))),
    "warc.gz": Kind("press.warc.gz", lambda root, names: _write(root, packed(map(response, names)))),
    "warc.zst": Kind("press.warc.zst", lambda root, names: _write(root, in_zstd(map(response, names)))),
    "wacz": Kind("press.wacz", lambda root, names: _wacz(root, names)),
    "mhtml": Kind("press", _folder, has_checksums=False),
    "epub": Kind("press.epub", _epub),
    "export": Kind("press.zip", _export),
    "unpacked export": Kind("press", _unpacked, has_checksums=False),
    "zim": Kind("press.zim", _zim, needs="libzim"),
    "parquet": Kind("press.parquet", _parquet, has_checksums=False, needs="pyarrow"),
}
"""Kinds by their names."""
FILES = [name for name, kind in KINDS.items() if "." in kind.file and kind.has_checksums]
"""Kinds that are one file, of which each change can be noticed."""


def _write(root: Path, data: bytes) -> None:
    root.write_bytes(data)


def _wacz(root: Path, names: Sequence[str]) -> None:
    half = len(names) // 2
    wacz(root, {"a.warc.gz": [*map(response, names[:half])], "b.warc.gz": [*map(response, names[half:])]})


def made(kind: str, folder: Path, names: Sequence[str] = NAMES) -> Path:
    """Return an archive of a kind, in a folder; skip the test if it cannot be read here."""
    row = KINDS[kind]
    if row.needs and not find_spec(row.needs):
        pytest.skip(f"{row.needs} is not installed")
    row.make(folder / row.file, names)
    return folder / row.file


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Return data with one damage: a bit, a cut, zeros, or bytes more, fewer or twice."""
    at, some = chance.randrange(len(data)), chance.randrange(1, 60)
    match chance.choice(("bit", "bit", "bit", "cut", "zeros", "more", "fewer", "twice")):
        case "bit":
            return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]
        case "cut":
            return data[:at]
        case "zeros":
            return data[:at] + bytes(len(data[at : at + some])) + data[at + some :]
        case "more":
            return data[:at] + chance.randbytes(some) + data[at:]
        case "fewer":
            return data[:at] + data[at + some :]
        case _:
            return data[: at + some] + data[at:]
