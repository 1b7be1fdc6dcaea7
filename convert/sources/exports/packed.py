"""Exports of many files, those of Omnivore and of Readeck: in a zip or tar archive, or unpacked in a folder."""

import html
import io
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple, cast
from urllib.parse import unquote

from msgspec.structs import replace

from convert.errors import DocumentError
from convert.late import late_pattern
from convert.messages import message
from convert.sources import archive_kinds, archives, files, unpacked
from convert.sources.containers import Record
from convert.sources.exports import objects
from convert.sources.exports.entries import (
    TEXTS,
    Fields,
    Names,
    decoded,
    found,
    normal,
    outside_of,
    record,
    shows_entry,
    text_of,
)
from convert.sources.pictures import content_address
from convert.sources.ref import Ref, Refusal
from convert.sources.unpacked import LIST, OMNIVORE, READECK
from convert.text import utf8

_SRC = late_pattern(r"""(<img\s[^<>]{0,2000}?(?<=[\s"'])src\s*=\s*["'])([^"'<>:]{1,1000})(?=["'])""", re.I)


def is_export(names: frozenset[str]) -> bool:
    """Return True if a zip archive with these names is an export."""
    return any(unpacked.parts(names))


def _in_folder(root: str) -> Iterator[Ref | Refusal]:
    """Yield the files of an export that was unpacked, without what else is in its folder."""
    own = unpacked.parts_in(root, os.listdir(root))
    for name in sorted(own.files):
        each = files.lone(os.path.join(root, name))
        yield replace(each, root=root, path=name)
    for name in own.folders:
        if os.path.isdir(below := os.path.join(root, name.rstrip("/"))):
            yield from (
                replace(each, root=root, path=f"{name}{each.path}") for each in files.folder(below, opens=False)
            )


class Entry(NamedTuple):
    """Entry of an export, and the names of its files."""

    fields: Fields
    text: str
    notes: str = ""
    """Highlights and notes of the reader."""


class Packed:
    """Open export: a zip or tar archive, or a folder."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._archive: archives.Zip | archives.Tar | None = None
        if os.path.isdir(root):
            table = list(_in_folder(root))
        else:
            kind = archive_kinds.kind_of(root) or "zip"
            table = archives.members(root, kind)
            self._archive = archives.Tar(root) if kind == "tar" else archives.Zip(root)
        own = unpacked.parts(each.path for each in table)
        found = [each for each in table if isinstance(each, Ref)]
        self._files: Mapping[str, Ref] = {each.path: each for each in found if own.has(each.path)}
        self._others = [each for each in found if not own.has(each.path)]
        self._refused = [each for each in table if isinstance(each, Refusal)]
        self._last: tuple[str, bytes] = ("", b"")
        lists = ((int(match[2]), match[0], match[1]) for match in map(OMNIVORE.fullmatch, self._files) if match)
        self._lists = [(name, folder) for _, name, folder in sorted(lists)]
        self._books = sorted((match[1], match[2]) for match in map(READECK.fullmatch, self._files) if match)

    def close(self) -> None:
        """Close its files."""
        if self._archive:
            self._archive.close()

    def _bytes(self, ref: Ref) -> bytes:
        if isinstance(ref.member, tuple) and self._archive:
            return self._archive.read(ref.member, ref.size)
        return files.read(cast("str", ref.member))

    def _data(self, name: str) -> bytes:
        """Return a file of the archive as UTF-8; the last one is kept, because lists are read again and again.

        Raises:
            DocumentError: SRC001 if it is damaged, or missing.
        """
        if self._last[0] != name:
            if (ref := self._files.get(name)) is None:
                raise DocumentError("SRC001", message("export-file-missing", name=name))
            self._last = name, utf8(self._bytes(ref))
        return self._last[1]

    def members(self) -> Iterator[Ref | Refusal]:
        """Yield the documents, in the order of the export."""
        yield from self._refused
        names, used = Names(), {name for name, _ in self._lists}
        number = 0
        for place, raw in (*self._listed(), *self._booked()):
            if isinstance(raw, Refusal):
                yield raw
                continue
            number += 1
            name = names.name(raw.fields, number)
            text = self._files.get(raw.text)
            used.update((raw.text, raw.notes))
            if text or text_of(raw.fields)[0]:
                yield Ref(self._root, name, place, text.size if text else place[2])
            else:
                yield from found(self._root, place, 0, raw.fields, name)
        yield from self._beside(used)
        yield from self._others

    def _beside(self, used: set[str]) -> Iterator[Refusal]:
        """Yield what the archive has beside its entries: texts that no entry names, and keys of Readeck's list."""
        texts = [name for name in self._files if name.endswith((".html", ".md", ".txt")) and name not in used]
        lists = {folder for folder, _ in self._books}
        keys: list[str] = []
        for folder in sorted(lists):
            with suppress(DocumentError):
                listed = decoded(self._data(f"{folder}{LIST}")).items()
                keys += [f"{key} ({len(value)})" if isinstance(value, list) else key for key, value in listed]
        for names in (texts, [key for key in keys if not key.startswith("Bookmarks ")]):
            if names:
                yield outside_of(self._root, names)

    def read(self, place: tuple[int, ...], size: int) -> Record:
        """Return the document of the entry at `place`: number of its list, offset and size; or number of its book.

        Raises:
            DocumentError: SRC001 if it is damaged.
        """
        number, offset, length = place
        if self._lists:
            name, folder = self._lists[number]
            entry = self._of_list(self._data(name)[offset : offset + length], folder, every=True)
        else:
            entry = self._of_book(*self._books[number], every=True)
        fields = dict(entry.fields)
        if entry.text in self._files:
            fields = {key: value for key, value in fields.items() if normal(key) not in TEXTS}
            page = self._data(entry.text).decode("utf-8", "surrogateescape")
            fields["content"] = _SRC.sub(partial(self._addressed, entry.text.rpartition("/")[0]), page)
        if entry.notes in self._files:
            fields["highlights"] = self._data(entry.notes).decode("utf-8", "replace")
        return record(fields)

    def _addressed(self, folder: str, match: re.Match[str]) -> str:
        """Return the reference of a picture, with an address that names its bytes if it lies in the archive."""
        ref = self._files.get(f"{folder}/{unquote(html.unescape(match[2])).removeprefix('./')}")
        if ref is None:
            return match[0]
        try:
            picture = self._bytes(ref)
        except DocumentError:
            return match[0]
        return match[1] + content_address(picture)

    def _listed(self) -> Iterator[tuple[tuple[int, int, int], Entry | Refusal]]:
        """Yield the entries of Omnivore's lists, or what of them is damaged."""
        for number, (name, folder) in enumerate(self._lists):
            nowhere = (number, 0, 0)
            try:
                data = self._data(name)
            except DocumentError as error:
                yield nowhere, Refusal(self._root, name, error.code, error.message)
                continue
            if (offset := objects.opening(data, shows_entry)) < 0:
                yield nowhere, Refusal(self._root, name, "SRC007", message("export-no-list"))
                continue
            for piece in objects.pieces(io.BytesIO(data), offset):
                try:
                    if piece.problem:
                        raise DocumentError("SRC007", piece.problem)
                    yield (number, piece.offset, piece.size), self._of_list(piece.raw, folder)
                except DocumentError as error:
                    yield nowhere, Refusal(self._root, name, error.code, error.message)

    def _of_list(self, raw: bytes, folder: str, *, every: bool = False) -> Entry:
        fields = decoded(raw, every=every)
        slug = str(fields.get("slug") or "")
        return Entry(fields, f"{folder}content/{slug}.html", f"{folder}highlights/{slug}.md")

    def _booked(self) -> Iterator[tuple[tuple[int, int, int], Entry | Refusal]]:
        """Yield the entries of Readeck, in the order of its list, or what of them is damaged."""
        numbers = {book: number for number, book in enumerate(self._books)}
        order: list[tuple[str, str]] = []
        for folder in dict.fromkeys(folder for folder, _ in self._books):
            with suppress(DocumentError, AttributeError, TypeError):
                listed: Any = decoded(self._data(f"{folder}{LIST}")).get("Bookmarks")
                order += [each for row in listed or () if (each := (folder, str(row.get("UID")))) in numbers]
        for book in dict.fromkeys((*order, *numbers)):
            try:
                yield (numbers[book], 0, 0), self._of_book(*book)
            except DocumentError as error:
                yield (numbers[book], 0, 0), Refusal(self._root, f"bookmarks/{book[1]}", error.code, error.message)

    def _of_book(self, folder: str, book: str, *, every: bool = False) -> Entry:
        fields = decoded(self._data(f"{folder}bookmarks/{book}/info.json"), every=every)
        files = next((value for key, value in fields.items() if normal(key) == "files"), None)
        article = files.get("article") if isinstance(files, dict) else None
        names = article.items() if isinstance(article, dict) else ()
        name = next((str(value) for key, value in names if normal(key) == "name"), "index.html")
        return Entry(fields, f"{folder}bookmarks/{book}/container/{name}")
