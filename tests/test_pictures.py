"""The store of pictures, and pictures in outputs."""

import sqlite3
from base64 import b64encode
from pathlib import Path
from zipfile import ZipFile

import pytest
from helpers.pictures import encoded, exif, scene
from helpers.program import run

from convert.errors import StoreError, UsageError
from convert.pictures.index import NAME
from convert.pictures.model import Facts, Missing, Stored
from convert.pictures.store import PictureStore

FACTS = Facts("jpeg", 3, 2)
HERE = "https://a.example/a.jpg"


def test_a_picture_comes_back(tmp_path: Path) -> None:
    with PictureStore(str(tmp_path)) as store:
        picture = store.put(HERE, b"abc", FACTS)
        assert store.of(HERE) == picture  # before it is written
    reading = PictureStore(str(tmp_path), write=False)
    assert reading.of(HERE) == picture
    assert reading.of(f"sha256:{picture.sha256}") == picture
    assert reading.read(picture) == b"abc"
    assert reading.of("https://a.example/b.jpg") == Missing("not-stored")
    reading.close()


def test_a_picture_of_two_addresses_is_stored_once(tmp_path: Path) -> None:
    with PictureStore(str(tmp_path)) as store:
        assert store.put(HERE, b"abc", FACTS) == store.put("https://b.example/b.jpg", b"abc", FACTS)
    assert len(list((tmp_path / "files").rglob("*.jpg"))) == 1


def test_a_failure_does_not_hide_a_picture_that_is_there(tmp_path: Path) -> None:
    with PictureStore(str(tmp_path)) as store:
        store.put(HERE, b"abc", FACTS)
        store.miss(HERE, Missing("not-found"))
        assert isinstance(store.of(HERE), Stored)


def test_a_damaged_file_is_noticed(tmp_path: Path) -> None:
    with PictureStore(str(tmp_path)) as store:
        picture = store.put(HERE, b"abc", FACTS)
        Path(store.path(picture)).write_bytes(b"abd")
        assert store.read(picture) is None


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    with PictureStore(str(tmp_path)) as one, PictureStore(str(tmp_path)) as other:
        one.put(HERE, b"abc", FACTS)
        other.put("https://b.example/b.jpg", b"abd", FACTS)
        one.index.write()
        other.index.write()
        assert [record.address for record in one.index.records()] == [HERE, "https://b.example/b.jpg"]


def test_a_folder_that_is_no_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no store of pictures"):
        PictureStore(str(tmp_path), write=False)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"no database", None])
def test_another_file_with_the_name_of_the_index_is_not_touched(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / NAME
    if content is None:
        with sqlite3.connect(path) as database:
            database.execute("CREATE TABLE other (x)")
        database.close()
        content = b"SQLite format 3"
    else:
        path.write_bytes(content)
    for write in (True, False):
        with pytest.raises(StoreError, match="cannot be used"):
            PictureStore(str(tmp_path), write=write)
    assert path.read_bytes().startswith(content)


@pytest.mark.slow
def test_a_picture_inside_a_page_is_treated_if_the_store_has_it(tmp_path: Path) -> None:
    data = encoded(scene(60, 40), "jpeg", exif=exif(Artist="a secret"))
    address = f"data:image/jpeg;base64,{b64encode(data).decode()}"
    text = "<p>纸放进水里会散开，放进书里能留一千年。" * 20
    page = f"<!DOCTYPE html><title>纸</title><article><h1>纸</h1>{text}<p><img src='{address}' alt='水车'>{text}"
    (tmp_path / "a.html").write_text(page, "utf-8")
    with PictureStore(str(tmp_path / "empty")):
        pass
    assert run("images", "import", "a.html", "--store", "store", cwd=tmp_path).returncode == 0
    for store, count in (("empty", 0), ("store", 1)):
        assert run("--to", "epub", "a.html", "-o", f"{store}.epub", "--store", store, cwd=tmp_path).returncode == 0
        with ZipFile(tmp_path / f"{store}.epub") as book:
            files = {name: book.read(name) for name in book.namelist()}
        assert sum(name.startswith("EPUB/pictures/") for name in files) == count
        page = next(value for name, value in files.items() if "/texts/" in name).decode()
        assert ("data:image" in page) != bool(count)
    assert not any(b"a secret" in value for value in files.values())


def test_words_of_a_reason() -> None:
    assert str(Missing("not-allowed", "localhost").message) == "its address may not be asked: localhost"
    assert str(Missing("robots").message).endswith("(robots.txt)")
