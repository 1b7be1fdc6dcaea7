"""The store: whole or nothing, names that every disk takes, and a reason with a next step for every failure."""

import os
import signal
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest
from helpers.program import untraced
from hypothesis import example, given, strategies as st

from convert.errors import StoreError
from convert.store import MAX_NAME, Store, overwrite, parts, safe_name
from convert.store.digest import Digest, digest_file


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
def test_interrupted_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, error: type[BaseException]) -> None:
    (tmp_path / "book").write_bytes(b"old")
    with pytest.raises(error) as caught, Store(tmp_path) as store, store.open("book") as book:
        book.write(b"x" * 3_000_000)
        raise error("mine")
    assert type(caught.value) is error
    assert files(tmp_path) == ["book"]
    assert (tmp_path / "book").read_bytes() == b"old"


def test_folders_that_were_made_for_nothing_go(tmp_path: Path) -> None:
    (tmp_path / "before").mkdir()
    for folder in ("new/out", "before", "before/out"):
        with pytest.raises(ZeroDivisionError), Store(tmp_path / folder):
            raise ZeroDivisionError
    assert [path.name for path in tmp_path.iterdir()] == ["before"]
    assert not any((tmp_path / "before").iterdir())
    with pytest.raises(ZeroDivisionError), Store(tmp_path / "new" / "out") as store:
        store.write("a", b"a")
        raise ZeroDivisionError
    assert (tmp_path / "new" / "out" / "a").read_bytes() == b"a"


def test_an_interrupt_while_writing_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with Store(tmp_path) as store:
        for function in ("write", "replace"):
            with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
                patch.setattr(os, function, interrupted)
                store.write(function, b"x")
    assert files(tmp_path) == []


# --- runs that were killed --------------------------------------------------------------------------------------------

needs_locks = pytest.mark.skipif(sys.platform == "win32", reason="no flock(2) here")

WRITERS = {
    "open": "with Store('out') as store, store.open('deep/book') as file:\n    file.write(b'new'); wait()",
    "write": "os.replace = wait\nwith Store('out') as store:\n    store.write('deep/book', b'new')",
    "overwrite": "parts.os.fsync = wait\noverwrite('out/deep/book', b'new', b'old')",
}


@contextmanager
def writing(folder: Path, how: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that is in the middle of writing `out/deep/book`, and goes on when it is told to."""
    code = f"""
import os, sys
from convert.store import Store, overwrite, parts
replace = os.replace
def wait(*names):
    print("ready", flush=True)
    sys.stdin.readline()
    if len(names) == 2: replace(*names)
{WRITERS[how]}
"""
    command = [sys.executable, "-c", code]
    with subprocess.Popen(
        command, cwd=folder, env=untraced(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        yield process
        process.kill()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out" / "deep").mkdir(parents=True)
    (tmp_path / "out" / "deep" / "book").write_bytes(b"old")
    return tmp_path / "out"


@needs_locks
@pytest.mark.parametrize("how", WRITERS)
def test_temporary_file_of_a_killed_run_is_removed_by_the_next(out: Path, how: str) -> None:
    with writing(out.parent, how) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    book, temporary = sorted(files(out), reverse=True)
    assert (book, temporary[:14], temporary[-5:]) == ("deep/book", "deep/.convert-", ".part")
    assert (out / "deep" / "book").read_bytes() == b"old"
    with Store(out) as store:
        store.write("deep/other", b"")
    assert files(out) == ["deep/book", "deep/other"]


@needs_locks
@pytest.mark.parametrize("how", WRITERS)
def test_temporary_file_of_a_running_writer_is_left_alone(out: Path, how: str) -> None:
    with writing(out.parent, how) as process:
        with Store(out) as store:
            store.write("deep/other", b"")
        assert len(files(out)) == 3
        process.communicate(b"\n", timeout=60)
        assert process.returncode == 0
    assert files(out) == ["deep/book", "deep/other"]
    assert (out / "deep" / "book").read_bytes() == b"new"


@needs_locks
def test_temporary_file_beside_a_link_target_is_removed(out: Path) -> None:
    with writing(out.parent, "open"):
        pass
    (out / "link").symlink_to("deep/book")
    with Store(out) as store:
        store.write("link", b"new")
    assert files(out) == ["deep/book", "link"]


@needs_locks
def test_only_temporary_files_are_swept(tmp_path: Path) -> None:
    kept = [".convert-0123abcd-1.part.md", ".convert-x-1.part", "convert-0123abcd-1.part", ".convert-0123abcd-2.part"]
    for name in (*kept[:3], "mine", ".convert-0123abcd-1.part"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / kept[3]).symlink_to("mine")
    (tmp_path / ".convert-0123abcd-3.part").mkdir()
    os.mkfifo(tmp_path / ".convert-0123abcd-4.part")
    with Store(tmp_path):
        pass
    assert files(tmp_path) == sorted([*kept, "mine", ".convert-0123abcd-4.part"])
    assert (tmp_path / ".convert-0123abcd-3.part").is_dir()


@needs_locks
def test_a_file_that_is_swept_before_it_is_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    def late(descriptor: int, operation: int, flock=fcntl.flock) -> None:  # type: ignore[no-untyped-def]
        monkeypatch.setattr(fcntl, "flock", flock)
        parts.sweep(str(tmp_path))
        assert files(tmp_path) == []
        flock(descriptor, operation)

    with Store(tmp_path) as store:
        for name in ("a", "b"):
            monkeypatch.setattr(fcntl, "flock", late)
            if name == "a":
                store.write(name, b"whole")
            else:
                with store.open(name) as file:
                    file.write(b"whole")
            assert (tmp_path / name).read_bytes() == b"whole"
            (tmp_path / name).unlink()


@needs_locks
def test_a_disk_without_locks_takes_files_and_nothing_is_swept_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr("fcntl.flock", none)
    (tmp_path / ".convert-0123abcd-1.part").write_bytes(b"x")
    with Store(tmp_path) as store:
        store.write("a", b"1")
        with store.open("b") as file:
            file.write(b"2")
    assert files(tmp_path) == [".convert-0123abcd-1.part", "a", "b"]


def test_store_leaves_no_descriptor_open(tmp_path: Path) -> None:
    if not os.path.exists("/proc/self/fd"):
        pytest.skip("no /proc here")

    def count() -> int:
        return len(os.listdir("/proc/self/fd"))

    before = count()
    (tmp_path / ".convert-0123abcd-1.part").write_bytes(b"x")
    with Store(tmp_path) as store:
        store.write("a", b"")
        with store.open("b"):
            pass
        with pytest.raises(ValueError, match="mine"), store.open("c"):
            raise ValueError("mine")
        assert store.remove("a", Digest(0, sha256().hexdigest())) is False
        overwrite(str(tmp_path / "a"), b"x", b"")
        assert count() == before


# --- what a build does not make any more ------------------------------------------------------------------------------


def test_a_file_that_an_earlier_run_made_is_removed_with_its_folders(tmp_path: Path) -> None:
    with Store(tmp_path / "out") as store:
        for name in ("a/b/c", "a/d", "e/f"):
            store.write(name, b"x")
    was = digest_file(str(tmp_path / "out" / "a" / "d"))
    assert was == (1, sha256(b"x").hexdigest())
    with Store(tmp_path / "out") as store:
        assert store.remove("a/b/c", was)
        assert store.remove("e/f", was)
        assert store.remove("e/f", was)
        assert store.remove("never/there", was)
    assert sorted(path.name for path in (tmp_path / "out").rglob("*")) == ["a", "d"]
    with Store(tmp_path / "out") as store:
        assert store.remove("a/d", was)
    assert os.listdir(tmp_path / "out") == []


def test_remove_leaves_files_that_differ_from_their_digest(tmp_path: Path) -> None:
    (tmp_path / "longer").write_bytes(b"xy")
    (tmp_path / "other").write_bytes(b"y")
    (tmp_path / "folder").mkdir()
    with Store(tmp_path) as store:
        for name in ("longer", "other", "folder"):
            assert not store.remove(name, Digest(1, sha256(b"x").hexdigest()))
        for name in ("../x", "/x", ""):
            with pytest.raises(ValueError, match="not a relative path"):
                store.remove(name, Digest(1, sha256(b"x").hexdigest()))
    assert sorted(os.listdir(tmp_path)) == ["folder", "longer", "other"]


def test_remove_leaves_files_that_this_run_wrote(tmp_path: Path) -> None:
    (tmp_path / "folder").symlink_to(".")
    (tmp_path / "link").symlink_to("a")
    with Store(tmp_path) as store:
        store.write("a", b"x")
        for name in ("a", "A", "folder/a", "link"):
            assert store.remove(name, Digest(1, sha256(b"x").hexdigest())) is not os.path.exists(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == b"x"


def test_of_a_link_only_the_link_is_removed(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "mine").write_bytes(b"x")
    (tmp_path / "out" / "link").symlink_to("../mine")
    with Store(tmp_path / "out") as store:
        assert store.remove("link", Digest(1, sha256(b"x").hexdigest()))
    assert files(tmp_path) == ["mine"]


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
        with pytest.raises(StoreError, match=r"cannot write '.*out.*a file has the name of a folder that is needed"):
            Store(tmp_path / folder).__enter__()
    with Store(tmp_path) as store, pytest.raises(StoreError, match="a file has the name of a folder"):
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


# --- the lock of a run ------------------------------------------------------------------------------------------------


@needs_locks
def test_a_run_holds_few_locks_at_a_time_and_none_afterwards(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        for number in range(80):
            store.write(f"{number % 20}/{number}", b"x")
        assert len([each for each in files(tmp_path) if each.endswith(".lock")]) == 16
    assert len(files(tmp_path)) == 80


@needs_locks
def test_the_lock_of_a_run_protects_its_files(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.write("a", b"x")
        store.write("b", b"x")
        (lock,) = (each for each in files(tmp_path) if each.endswith(".lock"))
        (tmp_path / lock.replace(".lock", "-9.part")).write_bytes(b"half")
        parts.sweep(str(tmp_path))
        assert len(files(tmp_path)) == 4
    parts.sweep(str(tmp_path))
    assert files(tmp_path) == ["a", "b"]


@needs_locks
def test_the_next_run_removes_the_lock_and_the_files_of_one_that_was_killed(tmp_path: Path) -> None:
    code = """
import os
from convert.store import Store
with Store("out") as store:
    store.write("a", b"x")
    store.write("b", b"x")
    os.replace = lambda *_: os._exit(3)
    store.write("c", b"x")
"""
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=untraced(), check=False)
    assert [each.rpartition(".")[2] for each in files(tmp_path / "out")] == ["part", "lock", "a", "b"]
    with Store(tmp_path / "out"):
        pass
    assert files(tmp_path / "out") == ["a", "b"]


def test_a_folder_that_the_run_made_is_no_file(tmp_path: Path) -> None:
    with Store(tmp_path / "out") as store:
        store.write("a/b", b"x")
        with pytest.raises(StoreError, match="a folder has this name"):
            store.write("a", b"x")
