"""Archives of every kind: they go through the commands as a folder does, and damage is read around and reported."""

import json
import random
import re
import warnings
import zipfile
from pathlib import Path

import pytest
from helpers.archives import FILES, KINDS, NAMES, damaged, made
from helpers.program import run
from helpers.soak import SOAK, some

from convert.document import read_document
from convert.errors import SourceError
from convert.model import texts
from convert.readers.options import DETECTED
from convert.sources import Reader, Refusal, walk

# --- commands ---------------------------------------------------------------------------------------------------------

FORMATS = {"epub": "out.epub", "markdown": "out", "jsonl": "out.jsonl"}


def contents(path: Path) -> dict[str, bytes]:
    """Return the files of an output by their names."""
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    return {str(each.relative_to(path.parent)): each.read_bytes() for each in files}


@pytest.mark.slow
@pytest.mark.parametrize("kind", some(KINDS, 3))
def test_archive_is_validated_like_a_folder(tmp_path: Path, kind: str) -> None:
    source = made(kind, tmp_path).name
    checked = run("validate", source, cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.startswith(b"4 article(s), 0 other file(s): 0 error(s), ")
    for _ in range(2):
        assert run("validate", "--cache", "cache", source, cwd=tmp_path).stdout == checked.stdout
    log = json.loads(run("validate", "--report", "sarif", "--level", "info", source, cwd=tmp_path).stdout)
    assert log["runs"][0]["results"] or b" 0 info(s)" in checked.stdout
    strict = ("validate", "--strict", "--baseline", "baseline.json", source)
    run("validate", "--write-baseline", "baseline.json", source, cwd=tmp_path)
    assert run(*strict, cwd=tmp_path).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "form"), some([(kind, form) for form in FORMATS for kind in KINDS], len(FORMATS) + 2))
def test_archive_is_converted_with_the_same_bytes_by_any_number_of_workers(
    tmp_path: Path, kind: str, form: str
) -> None:
    source = made(kind, tmp_path).name
    outputs = []
    for workers in ("1", "2"):
        (folder := tmp_path / workers).mkdir()
        target = folder / FORMATS[form]
        done = run("--to", form, "--workers", workers, source, "-o", target, cwd=tmp_path)
        assert (done.returncode, done.stderr[:13]) == (0, b"4 article(s) ")
        outputs.append(contents(target))
    assert outputs[0] == outputs[1]


@pytest.mark.slow
@pytest.mark.parametrize("kind", some(["zim", *KINDS], 3))
def test_archive_is_updated_like_a_folder(tmp_path: Path, kind: str) -> None:
    def update(*names: str) -> tuple[int, int]:
        """Return the number of articles, and of outputs that stay."""
        source = made(kind, tmp_path, names).name
        done = run("--to", "markdown", "--update", source, "-o", "out", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert run("verify", "out/convert-manifest.json", cwd=tmp_path).returncode == 0
        said = done.stderr.decode()
        stay = said.partition("; ")[2].partition(" ")[0]
        return int(said.partition(" ")[0]), int(stay or 0)

    assert update(*NAMES) == (4, 0)
    assert update(*NAMES) == (4, 4)
    assert update(*NAMES, "vat") == (5, 4)
    assert update(*NAMES) == (4, 4)
    assert not [*(tmp_path / "out").rglob("*vat*")]


# --- damage -----------------------------------------------------------------------------------------------------------

Found = tuple[dict[str, str], set[str]]
"""Texts of documents by their paths, and what is reported."""


def read(root: Path) -> Found:
    """Return what is read of an archive, and what is said of the rest."""
    documents: dict[str, str] = {}
    said: set[str] = set()
    try:
        with Reader() as reader:
            for each in walk([str(root)]):
                if isinstance(each, Refusal):
                    said.add(str(each.message))
                    continue
                result = read_document(each, reader, "", DETECTED)
                said |= {str(finding.message) for finding in result.findings}
                assert "SRC009" not in {finding.code for finding in result.findings}
                if result.article is not None:
                    documents[each.path] = "".join(texts(result.article.body))
    except SourceError as error:
        said.add(str(error))
    return documents, said


BETWEEN = {
    "warc": rb"(?=(?:\r\n\r\n)?(?:WARC/1\.|\Z))",
    "warc.gz": rb"(?=\x1f\x8b\x08)",
    "warc.zst": rb"(?=\x28\xb5\x2f\xfd)",
}
"""Places between records: what ends there is a whole archive of fewer records, and nothing shows that it had more."""
STATUSES = {0, 3, 4}
"""Exit statuses of a conversion of a damaged archive: all is well, some was left out, nothing could be converted."""


@pytest.mark.slow
@pytest.mark.parametrize("kind", FILES)
def test_archive_with_any_one_damage_is_read_whole_or_it_is_reported(tmp_path: Path, kind: str) -> None:
    root = made(kind, tmp_path)
    data, (documents, usual) = root.read_bytes(), read(root)
    assert len(documents) == len(NAMES)
    for seed in range(3000 if SOAK else 40):
        root.write_bytes(damaged(data, random.Random(seed)))
        found, said = read(root)
        is_whole = sorted(found.values()) == sorted(documents.values())
        assert is_whole or said - usual or is_shorter(kind, data, root.read_bytes()), f"{kind} {seed}"
        if not seed % (100 if SOAK else 10):
            done = run("--to", "jsonl", root.name, "-o", "-", cwd=tmp_path)
            assert done.returncode in STATUSES, f"{kind} {seed}: {done.stderr.decode()}"
            assert b"Traceback" not in done.stderr


def is_shorter(kind: str, data: bytes, other: bytes) -> bool:
    """Return True if the archive `other` is `data` up to a place between records."""
    ends = re.finditer(BETWEEN[kind], data) if kind in BETWEEN else ()
    return data.startswith(other) and len(other) in {match.start() for match in ends}


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_warc_whose_last_line_ends_are_cut_off_is_reported(tmp_path: Path, cut: int) -> None:
    root = made("warc", tmp_path)
    root.write_bytes(root.read_bytes()[:-cut])
    found, said = read(root)
    assert len(found) == len(NAMES)
    assert any("cut" in each for each in said)


WHOLE_BUT = {  # name: kind, part that is damaged, what is in its place, documents that are read
    "first byte of a WARC": ("warc", (0, 1), b"\0", 3),
    "first byte of a WARC in gzip": ("warc.gz", (0, 1), b"\0", 3),
    "first byte of a WACZ": ("wacz", (0, 1), b"\0", 4),
    "first byte of a book": ("epub", (1, 2), b"\0", 4),
    "numbers of the members of a WACZ": ("wacz", (-14, -2), bytes(12), 4),
    "place of the members of a WACZ": ("wacz", (-6, -5), b"\xff", 4),
    "numbers of the members of a book": ("epub", (-14, -2), bytes(12), 4),
}


@pytest.mark.parametrize("name", WHOLE_BUT)
def test_whole_pages_of_an_archive_with_a_damaged_index_are_read(tmp_path: Path, name: str) -> None:
    kind, (start, end), bad, count = WHOLE_BUT[name]
    root = made(kind, tmp_path)
    data, (documents, usual) = root.read_bytes(), read(root)
    start, end = start % len(data), end % len(data)
    root.write_bytes(data[:start] + bad + data[end:])
    found, said = read(root)
    assert len(found) == count
    assert set(found.values()) <= set(documents.values())
    assert said - usual or len(found) == len(documents)


def test_package_of_a_wacz_may_be_missing_from_its_list(tmp_path: Path) -> None:
    root = made("wacz", tmp_path)
    data = root.read_bytes()
    at = data.rindex(b"datapackage.json")
    root.write_bytes(data[:at] + b"datapackagf" + data[at + 11 :])
    assert len(read(root)[0]) == len(NAMES)


def test_chapters_that_a_damaged_spine_does_not_name_are_read(tmp_path: Path) -> None:
    root = tmp_path / "press.epub"
    made("epub", tmp_path)
    data = root.read_bytes()
    with zipfile.ZipFile(root) as archive:
        members = {each: archive.read(each) for each in archive.namelist()}
    members["OPS/book.opf"] = members["OPS/book.opf"].replace(b'idref="mould"', b'idref="mou,d"')
    with zipfile.ZipFile(root, "w") as archive:
        for each, content in members.items():
            archive.writestr(each, content)
    assert root.read_bytes() != data
    found, said = read(root)
    assert [path.partition("-")[2] for path in found] == [f"{name}.xhtml" for name in ("pulp", "felt", "loft", "mould")]
    assert any("spine names 1 chapter(s)" in each for each in said)


def test_list_without_members_is_no_empty_archive(tmp_path: Path) -> None:
    root = tmp_path / "press.zip"
    with zipfile.ZipFile(root, "w") as archive:
        archive.writestr("a.html", "<p>a</p>")
    root.write_bytes(root.read_bytes()[:-14] + bytes(14))
    with pytest.raises(SourceError, match="the list of its members, at its end, is missing"):
        [*walk([str(root)])]


# --- lists that lie ---------------------------------------------------------------------------------------------------


def again(root: Path, method: int | None = None, twice: str = "") -> None:
    """Write a zip archive again, by another method for its documents, or with members twice whose names end so."""
    with zipfile.ZipFile(root) as old:
        members = [(each.filename, old.read(each), each.compress_type) for each in old.infolist()]
    members += [(name, data + b" ", kind) for name, data, kind in members if twice and name.endswith(twice)]
    with zipfile.ZipFile(root, "w") as new, warnings.catch_warnings(action="ignore"):
        for name, data, kind in members:
            is_document = name.endswith((".xhtml", ".html"))
            new.writestr(zipfile.ZipInfo(name), data, method if method and is_document else kind)


def encrypted(data: bytes) -> bytes:
    """Return a zip archive all of whose members say that they are encrypted."""
    changed = bytearray(data)
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            changed[at + place] |= 1
    return bytes(changed)


@pytest.mark.parametrize(("kind", "twice"), [("epub", "felt.xhtml"), ("wacz", "b.warc.gz"), ("export", "felt.html")])
def test_name_that_is_there_twice_is_reported_and_its_last_member_read(tmp_path: Path, kind: str, twice: str) -> None:
    root = made(kind, tmp_path)
    again(root, twice=twice)
    found, said = read(root)
    assert len(found) == len(NAMES)
    assert any("has the same name" in each for each in said)


@pytest.mark.parametrize("kind", ["epub", "wacz", "export"])
def test_encrypted_archive_says_so(tmp_path: Path, kind: str) -> None:
    root = made(kind, tmp_path)
    root.write_bytes(encrypted(root.read_bytes()))
    found, said = read(root)
    assert found == {}
    assert any("encrypted" in each for each in said)


def test_book_in_an_unknown_compression_says_so(tmp_path: Path) -> None:
    root = made("epub", tmp_path)
    again(root, zipfile.ZIP_LZMA)
    with pytest.raises(SourceError, match="packed by method 14"):
        [*walk([str(root)])]


LIES = {  # name: kind, place in the last entry of the list of members, difference, documents
    "packed size": ("epub", 20, 7, 3),
    "size": ("epub", 24, 7, 3),
    "checksum": ("epub", 16, 1, 3),
    "place": ("epub", 42, 1, 3),
}


@pytest.mark.parametrize("name", LIES)
def test_wrong_size_costs_only_its_member(tmp_path: Path, name: str) -> None:
    kind, place, more, count = LIES[name]
    root = made(kind, tmp_path)
    data = bytearray(root.read_bytes())
    at = data.rindex(b"PK\x01\x02") + place
    data[at : at + 4] = (int.from_bytes(data[at : at + 4], "little") + more).to_bytes(4, "little")
    usual = read(root)[1]
    root.write_bytes(data)
    found, said = read(root)
    assert len(found) >= count
    assert len(found) == len(NAMES) or said - usual


@pytest.mark.parametrize("kind", FILES)
def test_empty_file_and_zeros_are_named(tmp_path: Path, kind: str) -> None:
    root = made(kind, tmp_path)
    for size, words in ((0, "the file is empty"), (3000, "nothing but zeros")):
        root.write_bytes(bytes(size))
        found, said = read(root)
        assert found == {}
        assert any(words in each for each in said)


NESTED = {"warc": "web (WARC)", "warc.gz": "web (WARC)", "warc.zst": "web (WARC)", "zim": "ZIM", "epub": "EPUB"}


@pytest.mark.parametrize("kind", NESTED)
def test_archive_in_an_archive_is_named(tmp_path: Path, kind: str) -> None:
    root = made(kind, tmp_path)
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as outer:
        outer.write(root, root.name)
    found, said = read(tmp_path / "outer.zip")
    assert found == {}
    (why,) = said
    assert NESTED[kind] in why
    assert "as SOURCE" in why


def test_saved_page_that_is_cut_off_anywhere_is_reported(tmp_path: Path) -> None:
    root = made("mhtml", tmp_path, NAMES[:1]) / f"{NAMES[0]}.mhtml"
    data, (documents, usual) = root.read_bytes(), read(root)
    for end in range(0, len(data) - 10, 97 if not SOAK else 7):
        root.write_bytes(data[:end])
        found, said = read(root)
        assert found == documents or said - usual, end
