"""Names in zip and tar archives, in whatever encoding and with whatever separator they were written."""

import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Literal

import pytest
from helpers.soak import examples
from hypothesis import given, strategies as st

from convert.sources import Reader, Ref, Refusal, walk, zipnames

NUMBER = count()


class Raw(zipfile.ZipInfo):
    """Member whose name is written as the given bytes."""

    def __init__(self, name: bytes, *, extra: bytes = b"", flag: bool = False) -> None:
        super().__init__(f"x{next(NUMBER)}")  # zipfile warns of names that it sees twice
        self.name, self.flag, self.extra = name, flag, extra

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 -- the name in zipfile
        return self.name, 0x800 if self.flag else 0


def make(root: Path, members: Sequence[Raw]) -> Path:
    with zipfile.ZipFile(root, "w") as archive:
        for member in members:
            archive.writestr(member, member.name)
    return root


def found(root: Path) -> list[str]:
    """Return the paths of the documents of an archive, each of which is read."""
    refs = [ref for ref in walk([str(root)]) if isinstance(ref, Ref)]
    with Reader() as reader:
        assert all(reader.read(ref).data for ref in refs)
    return [ref.path for ref in refs]


def unicode_path(name: str, of: bytes, version: int = 1) -> bytes:
    """Return the field 0x7075 with a name in UTF-8, for the name `of` in the header."""
    data = struct.pack("<BI", version, zlib.crc32(of)) + name.encode()
    return struct.pack("<HH", 0x7075, len(data)) + data


# Encoding in which all names of an archive were written, and the names.
ARCHIVES = [
    ("ascii", ["pages/nf1/n1.md"]),
    ("cp437", ["über.md"]),
    ("cp437", ["Größe/café.md", "résumé.md", "Ångström.md", "El Niño.md"]),
    ("cp437", ["10° C.md", "x² + ½.md"]),
    ("utf-8", ["über.md"]),
    ("utf-8", ["café.md", "El Niño.md", "Größe.md", "10° Å.md"]),
    ("utf-8", ["Привет, мир.md", "Καλημέρα.md", "שלום.md", "مرحبا.md"]),
    ("utf-8", ["纸.md", "频道/一张纸.md"]),
    ("utf-8", ["新聞/書法.md", "café – 纸.md", "𠀀.md", "かな.md"]),
    ("gbk", ["纸.md"]),
    ("gbk", ["一纸.md"]),  # which is valid UTF-8 too, as Cyrillic and Hebrew
    ("gbk", ["一.md"]),
    ("gbk", ["联通.md"]),
    ("gbk", ["频道/一张纸.md", "频道/一纸.md", "美.md", "没.md"]),
    ("gbk", ["造纸与印刷/活字.md", "中国/新闻/2023年9月.md", "“引号”——《书》.md", "pages/nf1/n1.md"]),
    ("gbk", ["頻道/書法.md", "造紙與印刷.md", "個人.md"]),
    ("gb18030", ["频道/一张纸.md", "㐀㐁.md", "𠀀.md"]),
    ("cp950", ["頻道/書法.md", "造紙與印刷.md", "中國新聞.md"]),
    ("cp950", ["功能.md", "許蓋.md"]),  # whose second bytes are backslashes
]


@pytest.mark.parametrize(("encoding", "expected"), ARCHIVES)
def test_names_are_read_in_the_encoding_of_their_archive(encoding: str, expected: list[str], tmp_path: Path) -> None:
    root = make(tmp_path / "a.zip", [Raw(name.encode(encoding)) for name in expected])
    assert sorted(found(root)) == sorted(expected)


@pytest.mark.parametrize(
    ("encoding", "names", "expected"),
    [
        ("gbk", ["频道/一张纸.md", "a.md"], ["a.md", "频道/一张纸.md"]),
        ("cp950", ["頻道/書法.md", "造紙與印刷.md"], ["造紙與印刷.md", "頻道/書法.md"]),
        ("latin-1", ["caf\u00e9.md"], ["caf\u00e9.md"]),
        ("utf-8", ["频道/纸.md", "频道\\水.md"], ["频道/水.md", "频道/纸.md"]),
    ],
)
@pytest.mark.parametrize("mode", ["w:", "w:gz"])
def test_names_in_a_tar_are_read_in_the_encoding_of_all(
    mode: Literal["w:", "w:gz"], encoding: str, names: list[str], expected: list[str], tmp_path: Path
) -> None:
    """GNU tar and others write the bytes that the file system has."""
    root = tmp_path / "a.tar"
    with tarfile.open(root, mode, format=tarfile.GNU_FORMAT, encoding="utf-8", errors="surrogateescape") as archive:
        for each in names:
            member = tarfile.TarInfo(each.encode(encoding).decode("utf-8", "surrogateescape"))
            member.size = len(each)
            archive.addfile(member, io.BytesIO(each.encode("ascii", "replace")))
    assert sorted(found(root)) == sorted(expected)


MIXED = [
    ([Raw("纸.md".encode("gbk")), Raw("频道.md".encode(), flag=True)], ["纸.md", "频道.md"]),
    ([Raw("一张纸.md".encode("gbk")), Raw("频道.md".encode())], ["一张纸.md", "频道.md"]),
    ([Raw(b"\x81ber.md"), Raw("频道.md".encode())], ["über.md", "频道.md"]),
    ([Raw("é.md".encode(), flag=True), Raw("é1.md".encode("cp437"))], ["é.md", "é1.md"]),
    ([Raw(b"?.md", extra=unicode_path("纸.md", b"?.md"))], ["纸.md"]),
    ([Raw("纸.md".encode("gbk"), extra=unicode_path("纸/1.md", "纸.md".encode("gbk")))], ["纸/1.md"]),
    ([Raw(b"new.md", extra=unicode_path("纸.md", b"old.md"))], ["new.md"]),  # renamed by a program that left the field
    ([Raw(b"a.md", extra=unicode_path("纸.md", b"a.md", version=2))], ["a.md"]),
    ([Raw(b"a.md", extra=unicode_path("", b"a.md"))], ["a.md"]),
    ([Raw(b"a.md", extra=b"\x55\x54\x01\x00x" + unicode_path("纸.md", b"a.md"))], ["纸.md"]),
    ([Raw("一.md".encode(), flag=True, extra=unicode_path("纸.md", "一.md".encode()))], ["一.md"]),
    ([Raw(b"pages\\nf1\\n1.md"), Raw(b"pages\\nf1\\")], ["pages/nf1/n1.md"]),
    ([Raw(b"pages/nf1\\n1.md"), Raw(b"pages/nf1/n2.md")], ["pages/nf1/n1.md", "pages/nf1/n2.md"]),
    ([Raw(b".\\pages\\\\n1.md"), Raw("频道\\纸.md".encode("gbk"))], ["pages/n1.md", "频道/纸.md"]),
    ([Raw(b"a.md", extra=unicode_path("频道\\纸.md", b"a.md"))], ["频道/纸.md"]),
    ([Raw(b"a\\b.md"), Raw(b"a/b.md")], ["a/b.md"]),
    ([Raw(b".git\\config.md"), Raw(b"a\\.b.md"), Raw(b"c.md")], ["c.md"]),
]


@pytest.mark.parametrize(("members", "expected"), MIXED)
def test_each_name_is_read_as_it_was_written(members: list[Raw], expected: list[str], tmp_path: Path) -> None:
    assert found(make(tmp_path / "a.zip", members)) == sorted(expected)


@pytest.mark.rule("SRC003")
@pytest.mark.parametrize(
    "name", ["..\\up.md", "a\\..\\..\\up.md", "C:\\x.md", "\\x.md", "\\\\server\\share\\x.md", "a/..\\..\\x.md"]
)
def test_names_that_lead_elsewhere_are_refused(name: str, tmp_path: Path) -> None:
    members = [Raw(name.encode()), Raw(b"b.md", extra=unicode_path(name, b"b.md")), Raw(b"c.md")]
    root = make(tmp_path / "a.zip", members)
    assert found(root) == ["c.md"]
    assert {ref.code for ref in walk([str(root)]) if isinstance(ref, Refusal)} == {"SRC003"}


FREQUENT = "".join(bytes((lead, trail)).decode("gbk") for lead in range(0xB0, 0xD7) for trail in range(0xA1, 0xFF))
"""The 3,666 most frequent characters of GB 2312 but for the last rows."""
words = st.text(st.sampled_from(FREQUENT), min_size=3, max_size=12)


@pytest.mark.slow
@examples(150)
@given(st.lists(words, min_size=2, max_size=6, unique=True), st.booleans())
def test_chinese_names_are_told_in_any_encoding(names: list[str], ascii_too: bool) -> None:
    for encoding in ("gbk", "gb18030", "utf-8"):
        infos = []
        for name in [*names, *(["indexes/nf1/1.md"] if ascii_too else [])]:
            info = zipfile.ZipInfo("x")
            info.orig_filename = f"{name}.md".encode(encoding).decode("cp437")
            infos.append(info)
        assert zipnames.names(infos)[: len(names)] == [f"{name}.md" for name in names]


@examples(200)
@given(st.lists(st.binary(max_size=12), max_size=6), st.sampled_from([0, 0x800]), st.binary(max_size=20))
def test_any_bytes_have_a_name(raw: list[bytes], flag: int, extra: bytes) -> None:
    infos = []
    for name in raw:
        info = zipfile.ZipInfo("x")
        info.flag_bits, info.extra = flag, extra
        info.orig_filename = name.decode("utf-8", "ignore") if flag else name.decode("cp437")
        infos.append(info)
    found = zipnames.names(infos)
    assert [bool(name) for name in found] == [bool(info.orig_filename) for info in infos]
    assert not any("\\" in name for name in found)
