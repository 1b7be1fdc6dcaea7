"""Judging bytes as pictures: by their content, in a sealed process."""

from collections.abc import Iterator

import pytest
from helpers.pictures import FORMATS, drawn, exif

from convert.pictures.judge import Judge
from convert.pictures.model import Facts, Missing


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    judge = Judge()
    yield judge
    judge.close()


@pytest.mark.parametrize("kind", FORMATS)
def test_kind_and_size_are_read_from_the_bytes(kind: str, judge: Judge) -> None:
    assert judge.judge(drawn(kind)) == Facts(kind, 60, 40)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_picture_that_was_cut_off_is_broken(kind: str, judge: Judge) -> None:
    data = drawn(kind)
    for length in (len(data) * 2 // 3, 30):
        found = judge.judge(data[:length])
        assert isinstance(found, Missing) and found.reason == "broken", length


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_a_turned_picture_has_the_size_that_is_seen(orientation: int, judge: Judge) -> None:
    for kind in ("jpeg", "png", "webp"):
        assert judge.judge(drawn(kind, exif=exif(Orientation=orientation))) == Facts(kind, 40, 60)
    assert judge.judge(drawn(exif=exif(Orientation=3))) == Facts("jpeg", 60, 40)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "nothing"),
        (b"\n<!DOCTYPE html><p>Not found", "HTML"),
        (b'<?xml version="1.0"?><!-- a --><svg xmlns="x"/>', "SVG"),
        (b"%PDF-1.7", "PDF"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "PostScript"),
        (b"II*\0\x08\0\0\0", "TIFF"),
        (b"8BPS\0\1", "a Photoshop file"),
        (b"SIMPLE  =                    T", "FITS"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIF, or a video"),
        (b'{"error": 404}', "JSON"),
        (b"PK\3\4", "an archive"),
        (b"abc", "it begins with 61 62 63"),
    ],
)
def test_what_is_no_picture_is_named(data: bytes, name: str, judge: Judge) -> None:
    assert judge.judge(data) == Missing("no-picture", name)
