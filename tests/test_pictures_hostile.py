"""Hostile pictures: each is made ready without its baggage or refused with a reason, and none ends the run."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import process_time

import pytest
from helpers.hostile_pictures import PICTURES, SECRET

from convert.pictures.gallery import Gallery, Profile
from convert.pictures.judge import Judge
from convert.pictures.model import REASONS, Facts, Missing, Ready
from convert.pictures.profiles import Treatment
from convert.pictures.store import PictureStore
from convert.sandbox.process import ExceededError

SHOWN = {
    "png with 5,000 chunks", "png of 1 × 65,535", "png of 65,535 × 1", "png of 1 × 1", "jpeg of a thousand scans",
    "png that has fewer lines than it says", "png that has more lines than it says", "jpeg and zip", "png and zip",
    "gif and zip", "webp and zip", "mpo", "jpeg with a zip in its comments", "jpeg with a zip in its pixels",
    "jpeg with gps", "jpeg with a thumbnail", "jpeg with xmp", "jpeg with iptc", "jpeg with every kind of segment",
    "jpeg with a profile", "png with all texts", "gif with comments", "webp with exif and xmp",
    "avif with exif and xmp", "exif that follows itself", "exif of 4,000,000,000 values",
    "exif with an orientation that is none", "exif of noise", "jpeg with half a profile", "gif that moves",
    "webp that moves", "png that moves", "avif that moves", "jpeg of ink", "png of 16 bits", "png with alpha",
}  # fmt: skip
"""Pictures that browsers show too; all others are refused."""
TREATMENTS = (Treatment(), Treatment(40, 60, grey=True))
JPEG_SEGMENTS = frozenset({0xD8, 0xE0, 0xDB, 0xC0, 0xC4, 0xDA})
PNG_CHUNKS = [b"IHDR", b"PLTE", b"IDAT", b"IEND"]


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    judge = Judge()
    yield judge
    judge.close()


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    folder = str(tmp_path_factory.mktemp("store"))
    PictureStore(folder).close()
    gallery = Gallery(Profile(folder))
    yield gallery
    gallery.close()


def made(gallery: Gallery, data: bytes) -> list[Ready | Missing]:
    """Return a picture after each treatment, stored as if nobody had judged it."""
    with PictureStore(gallery.profile.store) as store:
        picture = store.put("https://a.example/a", data, Facts("jpeg", 1, 1))
    return [gallery.made(picture, treatment) for treatment in TREATMENTS]


def is_bare(data: bytes) -> bool:
    """Return whether a JPEG or PNG has nothing beside its pixels and what decodes them."""
    if data.startswith(b"\x89PNG"):
        at, kinds = 8, []
        while at < len(data):
            kinds.append(data[at + 4 : at + 8])
            at += 12 + int.from_bytes(data[at : at + 4], "big")
        return kinds == [kind for kind in PNG_CHUNKS if kind in kinds] and at == len(data)
    at = 2
    while data[at + 1] != 0xDA:
        if data[at] != 0xFF or data[at + 1] not in JPEG_SEGMENTS:
            return False
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return data.index(b"\xff\xd9", at) == len(data) - 2 and b"JFIF" in data[:20]


def test_there_are_hostile_pictures_enough() -> None:
    assert len(PICTURES) >= 40
    assert PICTURES.keys() >= SHOWN


@pytest.mark.parametrize("name", PICTURES)
def test_a_hostile_picture_is_bared_or_refused(name: str, judge: Judge, gallery: Gallery) -> None:
    data = PICTURES[name]()
    began = process_time()
    found = judge.judge(data)
    results = made(gallery, data)
    assert process_time() - began < 2  # of this process, which reads none of it
    if name not in SHOWN and not (name.endswith("noise") and isinstance(found, Facts)):
        for each in (found, *results):
            assert isinstance(each, Missing) and each.reason in REASONS and str(each.message), each
        return
    assert isinstance(found, Facts), found
    for ready in results:
        assert isinstance(ready, Ready), ready
        content = Path(ready.path).read_bytes()
        assert is_bare(content)
        assert SECRET not in content and b"PK\3\4" not in content and b"Exif" not in content


@pytest.mark.slow
def test_exiftool_finds_no_metadata(gallery: Gallery) -> None:
    if shutil.which("exiftool") is None:
        pytest.skip("exiftool is not installed")
    paths = [ready.path for name in SHOWN for ready in made(gallery, PICTURES[name]()) if isinstance(ready, Ready)]
    run = subprocess.run(["exiftool", "-j", "-G", "-a", "-s", *paths], check=True, capture_output=True)
    for each in json.loads(run.stdout):
        groups = {name.split(":")[0] for name in each}
        assert groups <= {"SourceFile", "ExifTool", "File", "JFIF", "PNG", "Composite"}
        assert "File:Comment" not in each


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_process_that_dies_costs_no_more_than_its_picture(number: int, gallery: Gallery) -> None:
    assert all(isinstance(each, Ready) for each in made(gallery, PICTURES["jpeg with gps"]() + bytes([number])))
    os.kill(gallery._maker._process._process.pid, number)
    first, *others = made(gallery, PICTURES["jpeg with xmp"]() + bytes([number]))
    assert isinstance(
        first, Ready if number == signal.SIGKILL else Missing
    )  # others kill for memory: it is asked again
    assert all(isinstance(each, Ready) for each in others)


def test_a_picture_that_takes_too_long_is_refused(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(request: bytes, seconds: int) -> bytes:
        raise ExceededError(-signal.SIGXCPU)

    monkeypatch.setattr(gallery._maker._process, "ask", ask)
    first, *_ = made(gallery, PICTURES["jpeg with gps"]() + b"slow")
    assert first == Missing("too-large", "reading it takes more than 10 seconds or 1024 MB")
