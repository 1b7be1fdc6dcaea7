"""The store of pictures, and pictures in outputs."""

import sqlite3
from pathlib import Path

import pytest

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


def test_words_of_a_reason() -> None:
    assert str(Missing("not-allowed", "localhost").message) == "its address may not be asked: localhost"
    assert str(Missing("robots").message).endswith("(robots.txt)")
