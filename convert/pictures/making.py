"""Pictures of a store made ready for outputs, in a sealed process; what was made is cached beside the store.

A cached picture is named by its own bytes, and found by those of its source, its treatment and the libraries that made
it.
"""

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from functools import cache, partial
from importlib import metadata

import msgspec
from msgspec import Struct, msgpack

from convert.pictures.judge import MEMORY, ask
from convert.pictures.model import KINDS, Missing, Ready, Stored
from convert.pictures.profiles import Treatment
from convert.pictures.recognise import unreadable
from convert.pictures.store import PictureStore, write_all, write_whole
from convert.sandbox.process import SealedProcess
from convert.sandbox.temporary import folder
from convert.store.errors import failing
from convert.store.parts import TempNames, remove

MADE = "made"
"""Folder inside a store of the pictures that were made of its pictures."""
VERSION = 1
"""Version of the ways in which pictures are made; a change of them that changes bytes raises it."""


class Made(Struct, frozen=True, array_like=True):
    """Picture after its treatment, or the reason why there is none."""

    kind: str = ""
    width: int = 0
    height: int = 0
    data: bytes = b""
    reason: str = ""
    detail: str = ""


class Record(Struct, frozen=True, array_like=True):
    """Record of a picture that was made: what is needed to find its file and check it."""

    sha256: str
    kind: str
    size: int
    width: int
    height: int


class Request(Struct, frozen=True, array_like=True):
    """Request to the sealed process: a picture, and each treatment of which the result is wanted."""

    data: bytes
    treatments: tuple[Treatment, ...]


def made_folder(store: str) -> str:
    """Return the folder for the pictures made of a store: inside it, or in the run's own if that takes nothing."""
    made = os.path.join(store, MADE)
    with suppress(OSError):
        os.makedirs(made, exist_ok=True)
        if os.access(made, os.W_OK):
            return made
    return os.path.join(folder(), MADE)


def forget(store: str, sha256: str) -> None:
    """Remove what was made of a picture of a store, by its hash."""
    made = os.path.join(store, MADE)
    for way in _names(made):
        folder = os.path.join(made, way, sha256[:2])
        for name in _names(folder):
            if name.startswith(f"{sha256}-"):
                path = os.path.join(folder, name)
                if record := _recorded(path):
                    remove(_file(made, record))
                remove(path)


def _names(folder: str) -> list[str]:
    with suppress(OSError):
        return os.listdir(folder)
    return []


class Maker:
    """Maker of the pictures of a store, with a sealed process that starts with the first one that is not cached."""

    def __init__(self, store: PictureStore, made: str) -> None:
        self._store, self._folder = store, made
        self._process = SealedProcess(_answer, MEMORY)
        self._names = TempNames()

    def close(self) -> None:
        """End the process."""
        self._process.close()

    def make(self, picture: Stored, treatment: Treatment) -> Ready | Missing:
        """Return a picture after its treatment, from the cache if possible, or why there is none.

        Raises:
            StoreError: it cannot be written.
        """
        key = os.path.join(self._folder, identity(), picture.sha256[:2], f"{picture.sha256}-{treatment.text}")
        if (record := _recorded(key)) and (ready := self._cached(record)):
            return ready
        result = self.results(picture, (treatment,))
        if isinstance(result, Missing):
            return result
        made = result[0]
        record = Record(hashlib.sha256(made.data).hexdigest(), made.kind, len(made.data), made.width, made.height)
        self._write(self._path(record), made.data)
        self._write(key, msgpack.encode(record))
        return _ready(record, self._path(record))

    def results(self, picture: Stored, treatments: Sequence[Treatment]) -> list[Made] | Missing:
        """Return a picture after each of some treatments, or why there is none; nothing is cached."""
        data = self._store.read(picture)
        if data is None:
            return Missing("broken", "its file in the store is gone or damaged")
        return _results(self._process, data, treatments)

    def _path(self, record: Record) -> str:
        return _file(self._folder, record)

    def _cached(self, record: Record) -> Ready | None:
        """Return a picture that was made before, None if its file is gone or damaged."""
        path = self._path(record)
        with suppress(OSError), open(path, "rb") as file:
            if hashlib.sha256(file.read(record.size + 1)).hexdigest() == record.sha256:
                return _ready(record, path)
        return None

    def _write(self, path: str, data: bytes) -> None:
        with failing(path):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            write_whole(path, self._names.beside(path), partial(write_all, data=data))


def treated(data: bytes, treatment: Treatment) -> Made | Missing:
    """Return bytes that are in no store as a picture after its treatment, or why they are none."""
    process = SealedProcess(_answer, MEMORY)
    try:
        results = _results(process, data, (treatment,))
    finally:
        process.close()
    return results if isinstance(results, Missing) else results[0]


def _results(process: SealedProcess, data: bytes, treatments: Sequence[Treatment]) -> list[Made] | Missing:
    if unread := unreadable(data):
        return unread
    answer = ask(process, msgpack.encode(Request(data, tuple(treatments))))
    if isinstance(answer, Missing):
        return answer
    results = msgpack.decode(answer, type=list[Made])
    failed = next((each for each in results if each.reason), None)
    return Missing(failed.reason, failed.detail) if failed else results


def _file(folder: str, record: Record) -> str:
    return os.path.join(folder, "files", record.sha256[:2], record.sha256 + KINDS[record.kind].suffix)


def _ready(record: Record, path: str) -> Ready:
    kind = KINDS[record.kind]
    return Ready(record.sha256 + kind.suffix, kind.media_type, path, record.size, record.width, record.height)


def _recorded(path: str) -> Record | None:
    with suppress(OSError, msgspec.DecodeError), open(path, "rb") as file:
        record = msgpack.decode(file.read(1000), type=Record)
        return record if record.kind in KINDS else None
    return None


@cache
def identity() -> str:
    """Return a hash of what decides the bytes that are made: this program's ways, Pillow, its codecs, libdeflate."""
    from PIL import features

    codecs = [features.version(name) for name in ("jpg", "zlib", "webp", "avif", "littlecms2")]
    turbo = features.version_feature("libjpeg_turbo")
    facts = (VERSION, metadata.version("pillow"), turbo, *codecs, metadata.version("deflate"))
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def _answer(data: bytes) -> bytes:
    from convert.pictures.decoding import PictureError  # only where there is a seal
    from convert.pictures.processing import made

    request = msgpack.decode(data, type=Request)
    try:
        results = [Made(*made(request.data, treatment)) for treatment in request.treatments]
    except PictureError as error:
        results = [Made(reason=error.reason, detail=error.detail)]
    return msgpack.encode(results)
