"""The store: whole or nothing, names that every disk takes, and a reason with a next step for every failure."""

import os
import subprocess
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from convert.errors import StoreError
from convert.store import MAX_NAME, Store, safe_name


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


# --- writing ---------------------------------------------------------------------------------------------------------


def test_files_appear_under_their_names(tmp_path: Path) -> None:
    with Store(tmp_path / "new/out") as store:
        store.write("a/b.md", "纸".encode())
        store.write("c.md", b"")
    assert files(tmp_path) == ["new/out/a/b.md", "new/out/c.md"]
    assert (tmp_path / "new/out/a/b.md").read_text("utf-8") == "纸"


def test_an_existing_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old and longer")
    with Store(tmp_path) as store:
        store.write("a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"


def test_links_are_followed_and_stay(tmp_path: Path) -> None:
    out, other = tmp_path / "out", tmp_path / "other"
    out.mkdir()
    other.mkdir()
    (other / "real").write_bytes(b"old and longer")
    (out / "link").symlink_to("second")
    (out / "second").symlink_to("../other/real")
    (out / "dangling").symlink_to("../other/new")
    with Store(out) as store:
        store.write("link", b"mine")
        with store.open("dangling") as file:
            file.write(b"too")
    assert all((out / name).is_symlink() for name in ("link", "second", "dangling"))
    assert [(other / name).read_bytes() for name in ("real", "new")] == [b"mine", b"too"]
    assert files(tmp_path) == ["other/new", "other/real", "out/dangling", "out/link", "out/second"]


@pytest.mark.parametrize("names", [("link", "file"), ("file", "link"), ("link", "other")])
def test_two_names_of_one_file_are_not_written_over_one_another(names: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "other").symlink_to("file")
    with Store(tmp_path) as store:
        store.write(names[0], b"first")
        with pytest.raises(StoreError, match="two documents would be written to"):
            store.write(names[1], b"second")
    assert (tmp_path / "file").read_bytes() == b"first"


def test_a_link_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("a")
    with Store(tmp_path) as store, pytest.raises(StoreError, match="leads in a circle; remove it"):
        store.write("a", b"")
    assert (tmp_path / "a").is_symlink()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_mode_is_that_of_any_new_file(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        with Store(tmp_path) as store:
            store.write("a", b"")
            with store.open("b"):
                pass
    finally:
        os.umask(before)
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in "ab"] == [0o640, 0o640]


def test_a_book_is_streamed_and_sought_in(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        with store.open("book.epub") as book, zipfile.ZipFile(book, "w") as archive:
            archive.writestr("a", b"a" * 3_000_000)
            store.write("beside.md", b"x")
            assert not (tmp_path / "book.epub").exists()
        assert zipfile.ZipFile(tmp_path / "book.epub").testzip() is None
    assert files(tmp_path) == ["beside.md", "book.epub"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError, OSError])
def test_what_breaks_off_leaves_the_old_file_and_nothing_else(tmp_path: Path, error: type[BaseException]) -> None:
    (tmp_path / "book").write_bytes(b"old")
    with pytest.raises(error) as caught, Store(tmp_path) as store, store.open("book") as book:
        book.write(b"x" * 3_000_000)
        raise error("mine")
    assert type(caught.value) is error
    assert files(tmp_path) == ["book"]
    assert (tmp_path / "book").read_bytes() == b"old"


def test_an_interrupt_while_writing_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with Store(tmp_path) as store:
        for function in ("write", "replace"):
            with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
                patch.setattr(os, function, interrupted)
                store.write(function, b"x")
    assert files(tmp_path) == []


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["/etc/x", "../x", "a/../../x", "", ".", "a/.."])
def test_names_that_lead_out_are_a_mistake_of_ours(tmp_path: Path, name: str) -> None:
    with Store(tmp_path) as store:
        with pytest.raises(ValueError, match="not a relative path"):
            store.write(name, b"")
        with pytest.raises(ValueError, match="not a relative path"), store.open(name):
            pass
    if name not in ("", "."):
        with pytest.raises(ValueError, match="not a relative path"):
            safe_name(name)


@pytest.mark.parametrize(
    ("one", "two"),
    [("a.md", "a.md"), ("a.md", "A.md"), ("A/é", "a/é"), ("é", "É"), ("a/b", "a//b")],
)
def test_two_documents_for_one_name(tmp_path: Path, one: str, two: str) -> None:
    with Store(tmp_path) as store:
        store.write(one, b"1", source="pages/1.md")
        with pytest.raises(StoreError, match=r"for 'pages/1\.md' and for 'pages/2\.md'; rename"):
            store.write(two, b"2", source="pages/2.md")
    (written,) = files(tmp_path)
    assert (tmp_path / written).read_bytes() == b"1"


@pytest.mark.parametrize("name", ["a.md", "pages/纸/n1.md", "a b", "nulls.md", "com10", "a.b.c", "x" * MAX_NAME, "-a"])
def test_names_that_are_safe_stay(name: str) -> None:
    assert safe_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "a?.md",
        "a:b",
        "back\\slash",
        "NUL",
        "nul.md",
        "Com1.tar.gz",
        "lpt¹",
        "con .x",
        "a.",
        "a ",
        "...",
        "line\nend",
        "\udcff.md",
        "纸" * 100 + ".md",
        "x" * 300,
        "a." + "y" * 300,
    ],
)
def test_names_that_are_not_safe_change_and_keep_their_suffix(name: str) -> None:
    safe = safe_name(name)
    assert safe != name
    assert safe == safe_name(safe)
    if name.endswith(".md"):
        assert safe.endswith(".md")


@given(st.text(min_size=1, max_size=400).filter(lambda name: name.strip("/").strip(".") and ".." not in name))
@example("con.")
@example(" ")
@example("." * 1 + "x" * 400 + ".md")
def test_safe_names_are_safe_settled_and_writable(name: str) -> None:
    safe = safe_name(name.strip("/"))
    assert safe_name(safe) == safe
    for part in safe.split("/"):
        assert 0 < len(part.encode()) <= MAX_NAME
        assert not set(part) & set('<>:"|?*\\')
        assert part[-1] not in ". "
        assert all(unicodedata.category(character) not in ("Cc", "Cs") for character in part)


@given(st.sets(st.text("ab?*:. ", min_size=1, max_size=4).filter(lambda name: name not in (".", "..")), min_size=2))
def test_two_names_never_become_one(names: set[str]) -> None:
    assert len({safe_name(name) for name in names}) == len(names)


# --- what can go wrong with a disk -----------------------------------------------------------------------------------


def test_a_file_stands_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"mine")
    for folder in ("out", "out/deeper"):
        with pytest.raises(StoreError, match=r"cannot write '.*out.*a file stands where a folder is needed"):
            Store(tmp_path / folder).__enter__()
    with Store(tmp_path) as store, pytest.raises(StoreError, match="a file stands"):
        store.write("out/a.md", b"")
    assert (tmp_path / "out").read_bytes() == b"mine"


def test_a_folder_stands_where_the_file_should_be(tmp_path: Path) -> None:
    (tmp_path / "a.md").mkdir()
    with Store(tmp_path) as store:
        with pytest.raises(StoreError, match=r"a\.md': a folder has this name; move it"):
            store.write("a.md", b"")
        with pytest.raises(StoreError, match="a folder has this name"), store.open("b"):
            (tmp_path / "b").mkdir()
    assert files(tmp_path) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_devices_and_pipes_are_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "null")
    (tmp_path / "link").symlink_to("null")
    for name in ("null", "link"):
        with Store(tmp_path) as store, pytest.raises(StoreError, match=r"a device, a pipe .*'-' for standard output"):
            store.write(name, b"")
    with pytest.raises(StoreError, match="a device, a pipe"), Store(tmp_path / "null"):
        pass
    assert (tmp_path / "null").is_fifo()
    assert (tmp_path / "link").is_symlink()


@pytest.mark.skipif(not os.path.exists("/proc/self/fd"), reason="no /proc here")
def test_a_link_to_standard_output_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "stdout").symlink_to("/proc/self/fd/1")  # as /dev/stdout is one
    with Store(tmp_path) as store, pytest.raises(StoreError, match="'-' for standard output"):
        store.write("stdout", b"")
    assert (tmp_path / "stdout").is_symlink()


def test_forbidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", forbidden)
    with Store(tmp_path) as store, pytest.raises(StoreError, match="a': permission denied; write to a folder that is"):
        store.write("a", b"")


def test_a_path_too_long_for_the_system(tmp_path: Path) -> None:
    with Store(tmp_path) as store, pytest.raises(StoreError, match="too long; write to a folder with a shorter path"):
        store.write("/".join(["x" * 200] * 30), b"")


def check_full(folder: Path, reason: str) -> None:
    """Both ways of writing fail, say so, and leave nothing but what was there."""
    with Store(folder) as store:
        store.write("small", b"x")
        with pytest.raises(StoreError, match=rf"cannot write '.*/large': {reason}; .*"):
            store.write("large", bytes(1 << 20))
        with pytest.raises(StoreError, match=rf"cannot write '.*/book': {reason}; .*"), store.open("book") as book:
            for _ in range(40):
                book.write(bytes(100_000))
        with pytest.raises(StoreError, match=rf"cannot write '.*/tail': {reason}; .*"), store.open("tail") as book:
            book.write(bytes(500_000))  # stays in the buffer to the end
    assert files(folder) == ["small"]


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    folder.mkdir()
    try:
        command = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError as error:
        pytest.skip(f"a full disk needs mount: {error}")
    if done.returncode:
        pytest.skip(f"a full disk needs the right to mount one: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_full_disk(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk"):
        check_full(tmp_path / "disk", "no space left on device")


def test_a_limit_on_file_size(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="limits are POSIX")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        check_full(tmp_path, "file too large")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
