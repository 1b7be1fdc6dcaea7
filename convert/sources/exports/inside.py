"""Exports inside of archives, and on standard input."""

import io
from collections.abc import Iterator
from contextlib import closing
from typing import cast

from msgspec.structs import replace

from convert.errors import DocumentError, SourceError
from convert.sources import archives, unpacked
from convert.sources.containers import EXPORTS_IN_FOLDERS, START, Record
from convert.sources.exports import forms
from convert.sources.ref import CONTAINER_PLACE, Ref, Refusal

_OUTER = -CONTAINER_PLACE - 1
"""Index in the place of an entry where the size of the file that has it is; the file's own place is before it."""


def in_archive(found: list[Ref | Refusal]) -> Iterator[Ref | Refusal]:
    """Yield the documents of an archive, with the entries of the exports in it in their places."""
    if any(unpacked.parts(each.path for each in found)):
        yield from forms.members(found[0].root)
        return
    for each in found:
        if isinstance(each, Ref) and each.path.lower().endswith(EXPORTS_IN_FOLDERS):
            yield from _in_member(each)
        else:
            yield each


def _in_member(ref: Ref) -> Iterator[Ref | Refusal]:
    place = cast("tuple[int, ...]", ref.member)
    try:
        with closing(archives.reopen(ref.root, place)) as archive:
            data = archive.read(place, ref.size)
        if not forms.detect(data[:START], frozenset()):
            yield ref
            return
        for each in forms.members_in(ref.root, io.BytesIO(data)):
            path = f"{ref.path}/{each.path}"
            if isinstance(each, Ref):
                inner = cast("tuple[int, ...]", each.member)
                yield replace(each, path=path, member=(*place, ref.size, *inner), site=ref.site)
            else:
                yield replace(each, path=path)
    except DocumentError:
        yield ref  # its reader says what is wrong
    except SourceError as error:
        yield Refusal(ref.root, ref.path, "SRC001", error.message)


def on_standard_input(whole: Ref) -> Iterator[Ref | Refusal]:
    """Yield the entries of an export that came on standard input, else the document itself."""
    data = whole.member
    if not isinstance(data, bytes) or not forms.detect(data[:START], frozenset()):
        yield whole
        return
    with closing(forms.Archive(whole.root, io.BytesIO(data))) as archive:
        for each in forms.members_in(whole.root, io.BytesIO(data)):
            path = f"{whole.path}/{each.path}"
            if isinstance(each, Refusal):
                yield replace(each, path=path)
                continue
            try:
                found = archive.read(cast("tuple[int, ...]", each.member), each.size)
            except DocumentError as error:
                yield Refusal(whole.root, path, error.code, error.message)
            else:
                yield replace(each, path=path, member=found.data, envelope=found.envelope)


class Inside:
    """Open archive from which entries of the exports in it are read; the last export is kept."""

    def __init__(self, root: str, place: tuple[int, ...]) -> None:
        self._root = root
        self._archive = archives.reopen(root, place[:_OUTER])
        self._outer: tuple[int, ...] = ()
        self._export: forms.Archive | None = None

    def close(self) -> None:
        """Close its files."""
        self._archive.close()

    def read(self, place: tuple[int, ...], size: int) -> Record:
        """Return the entry at `place`: the place of its export, the size of that, and the place in it.

        Raises:
            DocumentError: SRC001 if it is damaged or no longer there.
        """
        outer = place[: _OUTER + 1]
        if self._export is None or outer != self._outer:
            data = self._archive.read(outer[:-1], outer[-1])
            try:
                self._outer, self._export = outer, forms.Archive(self._root, io.BytesIO(data))
            except SourceError as error:
                raise DocumentError("SRC001", error.message) from error
        return self._export.read(place[-CONTAINER_PLACE:], size)
