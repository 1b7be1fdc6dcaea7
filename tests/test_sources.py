"""Sources: every form of one tree gives the same documents, and nothing hostile gets through."""

import gzip
import io
import os
import pickle
import random
import re
import struct
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.soak import examples
from hypothesis import given, strategies as st

from convert import sources
from convert.errors import DocumentError, SourceError, UsageError
from convert.sources import Reader, Ref, Refusal, archives, gzipped, printable, walk

Tree = dict[str, bytes]


def make_folder(root: Path, tree: Tree) -> Path:
    for name, data in tree.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    root.mkdir(exist_ok=True)
    return root


def make_zip(root: Path, tree: Tree) -> Path:
    with zipfile.ZipFile(root, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in tree.items():
            archive.writestr(name, data)
    return root


def make_tar(root: Path, tree: Tree) -> Path:
    with tarfile.open(root, "w:gz" if root.suffix in (".gz", ".tgz") else "w") as archive:
        for name, data in tree.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return root


MAKERS: dict[str, Callable[[Path, Tree], Path]] = {
    "tree": make_folder,
    "tree.zip": make_zip,
    "tree.tar": make_tar,
    "tree.tar.gz": make_tar,
}


def read_all(root: Path) -> list[tuple[str, bytes]]:
    with Reader() as reader:
        found = []
        for ref in walk([str(root)]):
            assert isinstance(ref, Ref), ref
            source = reader.read(ref)
            assert (source.path, source.root, len(source.data)) == (ref.path, str(root), ref.size)
            found.append((source.path, source.data))
        return found


def refusals(root: Path) -> dict[str, str]:
    return {item.path: item.code for item in walk([str(root)]) if isinstance(item, Refusal)}


def paths(*roots: Path | str) -> list[str]:
    return [item.path for item in walk([str(root) for root in roots])]


# --- laws ------------------------------------------------------------------------------------------------------------

names = st.text(st.sampled_from("aB1-_ é纸,!~�𠀀 "), min_size=1, max_size=6).filter(lambda n: n.strip() == n)
trees = st.dictionaries(
    st.lists(names.map("d".__add__), max_size=2).flatmap(
        lambda folders: names.map(lambda name: "/".join([*folders, f"f{name}"]))
    ),
    st.binary(max_size=200),
    max_size=8,
)


@examples(60)
@given(trees, st.randoms())
def test_tree_is_read_alike_from_folder_and_archives(tree: Tree, chance: random.Random) -> None:
    items = list(tree.items())
    chance.shuffle(items)
    expected = sorted(tree.items(), key=lambda item: item[0].split("/"))
    with tempfile.TemporaryDirectory() as folder:
        for name, make in MAKERS.items():
            assert read_all(make(Path(folder, name), dict(items))) == expected


@examples(40)
@given(st.lists(st.binary(max_size=3000), min_size=1, max_size=4), st.lists(st.integers(0, 12), max_size=8))
def test_gzip_gives_any_block_in_any_order(parts: list[bytes], wanted: list[int]) -> None:
    data = b"".join(parts)
    whole = b"".join(map(gzip.compress, parts)) + bytes(5)
    size, gzipped.BLOCK = gzipped.BLOCK, 1000
    try:
        unpacked = gzipped.Gzipped(io.BytesIO(whole))
        for number in wanted:
            assert unpacked.block(number) == data[number * 1000 :][:1000]
    finally:
        gzipped.BLOCK = size


def test_any_order_and_any_process(tmp_path: Path) -> None:
    chance = random.Random(1)
    tree = {f"{i % 7}/{i}.md": chance.randbytes(chance.randrange(60_000)) for i in range(150)}
    for name, make in MAKERS.items():
        refs = [ref for ref in walk([str(make(tmp_path / name, tree))]) if isinstance(ref, Ref)]
        chance.shuffle(refs)
        with Reader() as reader:
            for ref in pickle.loads(pickle.dumps(refs)):
                assert reader.read(ref).data == tree[ref.path]


def test_many_archives_do_not_use_up_the_open_files(tmp_path: Path) -> None:
    roots = [str(make_zip(tmp_path / f"{i}.zip", {"a.md": b"%d" % i})) for i in range(sources.MAX_OPEN + 5)]
    with Reader() as reader:
        data = [reader.read(ref).data for ref in walk(roots * 2) if isinstance(ref, Ref)]
        assert len(reader._open) <= sources.MAX_OPEN
    assert data == [b"%d" % i for i in range(len(roots))] * 2


def test_sha256(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    with Reader() as reader:
        ref = next(walk([str(tmp_path)]))
        assert isinstance(ref, Ref)
        assert reader.read(ref).sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


# --- names and order -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", MAKERS)
def test_hidden_is_left_out_and_the_rest_handed_on(tmp_path: Path, form: str) -> None:
    tree = dict.fromkeys([".git/config", "a/.hidden.md", "a/b.md", "a/..c/d", "a-b", "README", "x.png"], b"")
    assert paths(MAKERS[form](tmp_path / form, tree)) == ["README", "a/b.md", "a-b", "x.png"]


def test_roots_keep_their_order(tmp_path: Path) -> None:
    one, two = make_folder(tmp_path / "1", {"b": b"", "a": b""}), make_zip(tmp_path / "2", {"z": b""})
    assert paths(two, one) == ["z", "a", "b"]


def test_a_lone_file_keeps_its_typed_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_folder(tmp_path, {"pages/ch/n1.md": b"x"})
    monkeypatch.chdir(tmp_path / "pages")
    assert paths("ch/n1.md", "./ch/n1.md", "../pages/ch/n1.md", tmp_path / "pages/ch/n1.md") == [
        "ch/n1.md", "ch/n1.md", "n1.md", "n1.md",
    ]  # fmt: skip


def test_standard_input_is_read_once_and_carried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("纸".encode())))
    (ref,) = walk(["-"])
    assert isinstance(ref, Ref)
    with Reader() as reader:
        assert [reader.read(ref).data, reader.read(ref).data] == ["纸".encode()] * 2
    assert (ref.path, ref.size) == ("stdin", 3)
    with pytest.raises(UsageError, match="only once"):
        paths("-", "-")


@pytest.mark.skipif(os.name != "posix", reason="other systems do not take such names")
def test_odd_names_are_read_and_shown_on_one_line(tmp_path: Path) -> None:
    odd = [b"line\nend", b"latin-\xe9", "\u202egnp.md".encode(), b"back\\slash", b"\xff/in"]
    try:
        for name in odd:
            file = os.path.join(os.fsencode(tmp_path), name)
            os.makedirs(os.path.dirname(file), exist_ok=True)
            with open(file, "wb") as out:
                out.write(name)
    except OSError:
        pytest.skip("this file system does not take names that are not UTF-8")
    shown = ["\\u202egnp.md", "\\xff/in", "back\\slash", "latin-\\xe9", "line\\nend"]
    assert [path for path, _ in read_all(tmp_path)] == shown
    assert {data for _, data in read_all(tmp_path)} == set(odd)
    lone = os.fsdecode(os.path.join(os.fsencode(tmp_path), b"latin-\xe9"))
    assert paths(lone) == ["latin-\\xe9"]
    with pytest.raises(UsageError, match=r"gone\\\\xe9"):
        paths("gone\udce9")


@given(st.text())
def test_printable_is_one_line_of_utf8(name: str) -> None:
    assert len((printable(name).encode().decode() + "x").splitlines()) == 1
    assert printable(printable(name)) == printable(name)


# --- files that cannot be read ---------------------------------------------------------------------------------------


def test_a_missing_root_is_named_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder: 'nowhere'"):
        next(walk([str(tmp_path), "nowhere"]))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "z.md").write_bytes(b"z")
    assert refusals(tmp_path) == refusals(tmp_path / "pipe") == {"pipe": "SRC001"}
    assert paths(tmp_path) == ["pipe", "z.md"]
    with Reader() as reader, pytest.raises(DocumentError, match="not a regular file"):
        reader.read(Ref("r", "pipe", str(tmp_path / "pipe"), 0))  # it took the file's place since


def test_vanished_and_forbidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_folder(tmp_path, {"a.md": b"a", "b/c.md": b"c"})
    ref = next(walk([str(tmp_path)]))
    assert isinstance(ref, Ref)
    (tmp_path / "a.md").unlink()
    with Reader() as reader, pytest.raises(DocumentError) as caught:
        reader.read(ref)
    assert (caught.value.code, str(caught.value.message)) == ("SRC001", "no such file or directory")
    (tmp_path / "z.md").write_bytes(b"z")
    scan = os.scandir

    def scandir(path: str) -> object:
        if path.endswith("b"):
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert refusals(tmp_path) == {"b": "SRC001"}
    assert paths(tmp_path) == ["b", "z.md"]


@pytest.mark.rule("SRC001")
def test_links_stay_inside(tmp_path: Path) -> None:
    root = make_folder(tmp_path / "root", {"a/b.md": b"b"})
    (tmp_path / "secret").write_bytes(b"s")
    (root / "in").symlink_to("a/b.md")
    (root / "out").symlink_to("../secret")
    (root / "away").symlink_to(tmp_path)
    (root / "a/loop").symlink_to("..")
    (root / "dangling").symlink_to("nothing")
    (root / "self").symlink_to("self")
    assert refusals(root) == {"out": "SRC003", "away": "SRC003", "dangling": "SRC001", "self": "SRC001"}
    assert [i.path for i in walk([str(root)]) if isinstance(i, Ref)] == ["a/b.md", "in"]
    link = tmp_path / "link"
    link.symlink_to(root)
    assert paths(link) == paths(root)


@pytest.mark.rule("SRC002")
@pytest.mark.parametrize("form", MAKERS)
def test_too_large_is_refused_alone(tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (sources.files, archives, sources):
        monkeypatch.setattr(module, "MAX_BYTES", 2 << 20)
    tree = {"big": random.Random(1).randbytes((2 << 20) + 1), "most": bytes(2 << 20), "z": b"z"}
    root = MAKERS[form](tmp_path / form, tree)
    assert refusals(root) == {"big": "SRC002"}
    assert len(paths(root)) == 3


def test_a_file_that_grew_since_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources.files, "MAX_BYTES", 100)
    (tmp_path / "a").write_bytes(bytes(101))
    with Reader() as reader, pytest.raises(DocumentError) as caught:
        reader.read(Ref("r", "a", str(tmp_path / "a"), 5))
    assert caught.value.code == "SRC002"


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="no /proc here")
def test_a_file_without_a_size_is_read_to_its_end() -> None:
    assert b"VmPeak" in sources.files.read("/proc/self/status")


# --- archives: what they are, and what they must not hold ------------------------------------------------------------


def test_content_decides_not_the_name(tmp_path: Path) -> None:
    for name in ("page.zip", "page.tar", "page.tgz"):
        (tmp_path / name).write_bytes(b"# an article")
    (tmp_path / "page.gz").write_bytes(gzip.compress(b"# an article"))
    assert paths(*(tmp_path / n for n in ("page.zip", "page.tar", "page.tgz", "page.gz"))) == [
        "page.zip", "page.tar", "page.tgz", "page.gz",
    ]  # fmt: skip
    for maker in ("tree.zip", "tree.tar", "tree.tar.gz"):
        plain = tmp_path / maker
        MAKERS[maker](plain, {"a": b"a"})
        assert paths(plain.rename(tmp_path / "noext")) == ["a"]


@pytest.mark.parametrize("form", ["tree.zip", "tree.tar", "tree.tar.gz"])
def test_archives_without_members(tmp_path: Path, form: str) -> None:
    assert paths(MAKERS[form](tmp_path / form, {})) == []


@pytest.mark.rule("SRC003")
@pytest.mark.parametrize("form", ["tree.zip", "tree.tar", "tree.tar.gz"])
@pytest.mark.parametrize("name", ["../up", "a/../../up", "/etc/passwd", "C:/x", "c:x", "a\\..\\..\\up"])
def test_unsafe_names_are_refused_alone(tmp_path: Path, form: str, name: str) -> None:
    root = MAKERS[form](tmp_path / form, {"a.md": b"a", name: b"x", "z.md": b"z"})
    assert list(refusals(root).values()) == ["SRC003"]
    assert [i.path for i in walk([str(root)]) if isinstance(i, Ref)] == ["a.md", "z.md"]


def test_zip_names_with_nul_are_refused(tmp_path: Path) -> None:
    root = make_zip(tmp_path / "a.zip", {"aXb": b"1", "z": b"2"})
    root.write_bytes(root.read_bytes().replace(b"aXb", b"a\0b"))
    assert refusals(root) == {"a\\x00b": "SRC003"}
    root.write_bytes(root.read_bytes().replace(b"a\0b", b"\0\0b"))
    assert refusals(root) == {"\\x00\\x00b": "SRC003"}


def test_unsafe_tar_names_that_are_not_utf8_are_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w", format=tarfile.GNU_FORMAT, encoding="latin-1") as archive:
        for name in ("../é", "é\\..\\..\\x", "z"):
            archive.addfile(tarfile.TarInfo(name))
    assert refusals(tmp_path / "a.tar") == {"../é": "SRC003", "é/../../x": "SRC003"}


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.GNUTYPE_SPARSE]
)
def test_tar_links_and_devices_are_refused_alone(tmp_path: Path, kind: bytes) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        odd = tarfile.TarInfo("odd")
        odd.type, odd.linkname = kind, "/etc/passwd"
        archive.addfile(odd)
        archive.addfile(tarfile.TarInfo("z"))
    assert refusals(tmp_path / "a.tar") == {"odd": "SRC003"}
    assert paths(tmp_path / "a.tar") == ["odd", "z"]


def test_zip_links_encrypted_and_rare_methods_are_refused_alone(tmp_path: Path) -> None:
    root = tmp_path / "a.zip"
    with zipfile.ZipFile(root, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("lzma", b"x" * 99, zipfile.ZIP_LZMA)
        archive.writestr("secret", b"x")
        archive.writestr("z", b"z")
    data = bytearray(root.read_bytes())
    at = data.rfind(b"secret") - 46 + 8  # its flags in the table of contents
    data[at] |= 1
    root.write_bytes(data)
    assert refusals(root) == {"link": "SRC003", "lzma": "SRC003", "secret": "SRC003"}
    assert paths(root)[-1] == "z"


@pytest.mark.parametrize("form", ["tree.tar", "tree.tar.gz"])
def test_of_two_members_with_one_name_the_last_counts(tmp_path: Path, form: str) -> None:
    root = tmp_path / form
    with tarfile.open(root, "w:gz" if form.endswith("gz") else "w") as tar:
        for name, data in (("a", b"1"), ("./a", b"22")):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    assert read_all(root) == [("a", b"22")]


@pytest.mark.parametrize("names", [("b/a", "b//a"), ("b/a", "b\\a"), ("b/a", "./b/a")])
def test_two_members_of_a_zip_with_one_name_are_told_where_they_differ(tmp_path: Path, names: tuple[str, str]) -> None:
    for number, contents in enumerate((("1", "22"), ("22", "22"))):
        root = tmp_path / f"{number}.zip"
        with zipfile.ZipFile(root, "w") as archive:
            for name, content in zip(names, contents, strict=True):
                info = zipfile.ZipInfo("x")
                info.filename = name  # which ZipInfo would change
                archive.writestr(info, content)
        read, *refused = walk([str(root)])
        assert isinstance(read, Ref)
        with Reader() as reader:
            assert (read.path, reader.read(read).data) == ("b/a", b"22")
        told = [(each.path, each.code, each.message.id) for each in refused if isinstance(each, Refusal)]
        assert told == ([] if number else [("b/a", "SRC003", "repeated-member")])


# --- archives: damage ------------------------------------------------------------------------------------------------

TREE = {f"{i}.md": random.Random(i).randbytes(900) for i in range(30)}


@pytest.mark.parametrize("form", ["tree.zip", "tree.tar", "tree.tar.gz"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
def test_an_archive_cut_short_is_refused(tmp_path: Path, form: str, part: float) -> None:
    root = MAKERS[form](tmp_path / form, TREE)
    data = root.read_bytes()
    end = data.rstrip(b"\0") if form == "tree.tar" else data  # only the padding of a tar may be missing
    root.write_bytes(data[: int(len(end) * part)])
    with pytest.raises(SourceError, match=r"damaged archive.*fetch it again") as caught:
        paths(root)
    assert re.search("：压缩包已损坏：[^A-Za-z]+；", caught.value.text_in("zh"))


def test_a_tar_damaged_in_the_middle_does_not_lose_the_rest_in_silence(tmp_path: Path) -> None:
    root = make_tar(tmp_path / "a.tar", TREE)
    data = bytearray(root.read_bytes())
    data[15 * 1536 + 150] ^= 1  # the checksum of a header
    root.write_bytes(data)
    with pytest.raises(SourceError, match="damaged in the middle"):
        paths(root)


@pytest.mark.parametrize("form", ["tree.tar", "tree.tar.gz"])
@pytest.mark.parametrize("begin", [0, 512, 1024])
def test_a_tar_whose_first_header_is_damaged_or_missing_is_no_document(tmp_path: Path, form: str, begin: int) -> None:
    data = bytearray(make_tar(tmp_path / "a.tar", TREE).read_bytes()[begin:])
    data[150] ^= not begin
    (tmp_path / form).write_bytes(gzip.compress(data) if form.endswith("gz") else data)
    with pytest.raises(SourceError, match="first header is damaged or missing"):
        paths(tmp_path / form)


@pytest.mark.parametrize("form", ["tree.zip", "tree.tar", "tree.tar.gz"])
def test_an_archive_on_standard_input_is_refused(tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = MAKERS[form](tmp_path / form, TREE).read_bytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    with pytest.raises(SourceError, match="save it as a file"):
        paths("-")


def test_gzip_checksum(tmp_path: Path) -> None:
    root = make_tar(tmp_path / "a.tgz", TREE)
    data = bytearray(root.read_bytes())
    data[-6] ^= 1
    root.write_bytes(data)
    with pytest.raises(SourceError, match="incorrect data check"):
        paths(root)


def test_a_damaged_zip_member_is_refused_alone(tmp_path: Path) -> None:
    root = make_zip(tmp_path / "a.zip", TREE)
    data = bytearray(root.read_bytes())
    data[data.find(TREE["7.md"]) + 5] ^= 1
    root.write_bytes(data)
    good = 0
    with Reader() as reader:
        for ref in walk([str(root)]):
            assert isinstance(ref, Ref)
            if ref.path == "7.md":
                with pytest.raises(DocumentError, match="damaged in its archive") as caught:
                    reader.read(ref)
                assert caught.value.code == "SRC001"
            else:
                good += reader.read(ref).data == TREE[ref.path]
    assert good == len(TREE) - 1


def test_an_archive_that_vanishes_or_shrinks(tmp_path: Path) -> None:
    for form in ("tree.zip", "tree.tar", "tree.tar.gz"):
        root = MAKERS[form](tmp_path / form, TREE)
        *_, ref = walk([str(root)])
        assert isinstance(ref, Ref)
        root.write_bytes(root.read_bytes()[:600])
        with Reader() as reader, pytest.raises(DocumentError, match="damaged"):
            reader.read(ref)
        root.unlink()
        with Reader() as reader, pytest.raises(DocumentError, match="no such file"):
            reader.read(ref)


@examples(150)
@given(
    st.sampled_from(["a.zip", "a.tar", "a.tgz"]),
    st.lists(st.tuples(st.integers(0), st.integers(0, 255)), max_size=6),
)
def test_damaged_archive_raises_only_our_errors(name: str, changes: list[tuple[int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        make = make_zip if name == "a.zip" else make_tar
        root = make(Path(folder, name), {"a": b"1" * 700, "b/纸": b"2", "c": b""})
        data = bytearray(root.read_bytes())
        for at, byte in changes:
            data[at % min(len(data), 6000)] = byte
        root.write_bytes(data)
        try:
            with Reader() as reader:
                for ref in walk([str(root)]):
                    try:
                        if isinstance(ref, Ref):
                            reader.read(ref)
                    except DocumentError:
                        pass
        except SourceError:
            pass


# --- archives: bombs -------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_bombs_by_ratio(tmp_path: Path) -> None:
    zeros = bytes(10 << 20)
    for form in ("tree.zip", "tree.tar.gz"):
        with pytest.raises(SourceError, match="times its size"):
            paths(MAKERS[form](tmp_path / form, {str(i): zeros for i in range(8)}))


def test_a_zip_that_lies_about_sizes_gives_no_more_than_it_said(tmp_path: Path) -> None:
    root = make_zip(tmp_path / "a.zip", {"a": bytes(10 << 20)})
    root.write_bytes(root.read_bytes().replace(struct.pack("<L", 10 << 20), struct.pack("<L", 100)))
    (ref,) = walk([str(root)])
    assert isinstance(ref, Ref)
    with Reader() as reader, pytest.raises(DocumentError, match="size or checksum"):
        reader.read(ref)


def test_a_zip_whose_members_overlap(tmp_path: Path) -> None:
    root = make_zip(tmp_path / "a.zip", {"a": b"12345", "b": b"12345"})
    data = bytearray(root.read_bytes())
    struct.pack_into("<L", data, data.rfind(b"PK\x01\x02") + 42, 0)  # b begins where a begins
    root.write_bytes(data)
    with pytest.raises(SourceError, match="overlap"):
        paths(root)


def test_too_many_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_MEMBERS", 29)
    for form in ("tree.zip", "tree.tar", "tree.tar.gz"):
        with pytest.raises(SourceError, match="more than 29 members"):
            paths(MAKERS[form](tmp_path / form, TREE))


def tar_header(name: bytes, size: bytes, kind: bytes = b"0") -> bytes:
    head = name.ljust(100, b"\0") + b"0000644\0" * 3 + size + b"0" * 11 + b"\0" + b" " * 8 + kind
    head = head.ljust(257, b"\0") + b"ustar\x0000"
    head = head.ljust(512, b"\0")
    return head.replace(b" " * 8, b"%06o\0 " % sum(head), 1)


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(tar_header(b"a", b"\xff" * 10 + b"\xfe\x00"), id="negative size"),
        pytest.param(tar_header(b"a", b"77777777777\0", b"L"), id="a name of 8 GB"),
        pytest.param(tar_header(b"a", b"\xff" * 11 + b"\0", b"x"), id="an extension of negative size"),
        pytest.param(tar_header(b"a", b"00000000001\0", b"L") + bytes(512), id="nothing behind the name"),
        pytest.param((tar_header(b"a", b"00000000001\0", b"L") + bytes(512)) * 2000, id="names without end"),
    ],
)
def test_forged_tar_headers(tmp_path: Path, headers: bytes) -> None:
    root = make_tar(tmp_path / "a.tar", {"first": b"1"})
    root.write_bytes(root.read_bytes()[:1024] + headers + bytes(1 << 15))
    with pytest.raises(SourceError, match="damaged archive"):
        paths(root)


# --- JSON Lines ------------------------------------------------------------------------------------------------------


def article_line(path: str, more: str = "") -> bytes:
    return f'{{"schema_version":"1","source":{{"path":"{path}"}}{more}}}'.encode()


def test_json_lines_are_read_line_by_line(tmp_path: Path) -> None:
    lines = [article_line("pages/b.md"), b"", article_line("../up"), article_line("pages/b.md"), article_line("a.md")]
    root = tmp_path / "all.jsonl"
    root.write_bytes(b"\n".join(lines))
    refs = [ref for ref in walk([str(root)]) if isinstance(ref, Ref)]
    assert [ref.path for ref in refs] == ["pages/b.md", "all/000003.json", "all/000004.json", "a.md"]
    assert [ref.line for ref in refs] == [1, 3, 4, 5]
    with Reader() as reader:
        for ref in reversed(refs):
            assert reader.read(pickle.loads(pickle.dumps(ref))).data == lines[ref.line - 1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_json_lines_on_standard_input_are_documents_too(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [article_line("pages/b.md").decode(), "{broken", article_line("a.md").decode()]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("\n".join(lines).encode(encoding))))
    first, broken, last = walk(["-"])
    assert isinstance(first, Ref)
    assert isinstance(broken, Refusal)
    assert isinstance(last, Ref)
    assert (first.path, broken.path, broken.line, last.path) == ("pages/b.md", "stdin/000002.json", 2, "a.md")
    with Reader() as reader:
        assert [reader.read(each).data.decode() for each in (first, last)] == [lines[0], lines[2]]


def test_a_broken_line_is_refused_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources.lines, "MAX_BYTES", 200)
    long = article_line("c.md", ',"title":"' + "x" * 900 + '"')
    root = tmp_path / "a.ndjson"
    root.write_bytes(b"\r\n".join([article_line("a.md"), b"garbage", long, b"[1]", article_line("b.md")[:-1]]))
    found = list(walk([str(root)]))
    assert [(type(item).__name__, item.path, item.line) for item in found] == [
        ("Ref", "a.md", 1),
        ("Refusal", "a/000002.json", 2),
        ("Refusal", "a/000003.json", 3),
        ("Ref", "a/000004.json", 4),
        ("Refusal", "a/000005.json", 5),
    ]
    assert [item.code for item in found if isinstance(item, Refusal)] == ["SRC007", "SRC002", "SRC007"]


def test_json_lines_are_told_by_content_or_by_name(tmp_path: Path) -> None:
    one, two = article_line("a.md"), article_line("b.md")
    for name, data, expected in [
        ("two", one + b"\n" + two, ["a.md", "b.md"]),
        ("one.json", one + b"\n", ["one.json"]),
        ("one.jsonl", one, ["a.md"]),
        ("laid-out.json", one.replace(b",", b",\n") + b"\n" + two, ["laid-out.json"]),
        ("other.json", b'{"a":1}\n{"b":2}\n', ["other.json"]),
        ("none.jsonl", b"", []),
    ]:
        (tmp_path / name).write_bytes(data)
        assert paths(tmp_path / name) == expected, name


def test_json_lines_have_the_limits_of_archives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "a.jsonl"
    root.write_bytes(b"\n".join(article_line(f"{number}.md") for number in range(30)))
    monkeypatch.setattr(sources.lines, "MAX_MEMBERS", 29)
    with pytest.raises(SourceError, match="more than 29 lines"):
        paths(root)
    monkeypatch.setattr(sources.lines, "MAX_TOTAL", 99)
    with pytest.raises(SourceError, match="split it"):
        paths(root)


def test_json_lines_that_vanish_or_shrink(tmp_path: Path) -> None:
    root = tmp_path / "a.jsonl"
    root.write_bytes(article_line("a.md") + b"\n" + article_line("b.md"))
    *_, ref = walk([str(root)])
    assert isinstance(ref, Ref)
    root.write_bytes(article_line("a.md"))
    with Reader() as reader, pytest.raises(DocumentError, match="cut short"):
        reader.read(ref)
    root.unlink()
    with Reader() as reader, pytest.raises(DocumentError, match="no such file"):
        reader.read(ref)
