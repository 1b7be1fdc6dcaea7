"""WACZ: pages are read in their places, with the titles of the list of pages; index and hashes show what is missing."""

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from helpers.program import run
from helpers.warc import CAPTURED, answer, page, record, response, wacz

from convert.sources import Reader, Ref, Refusal, Source, walk

NAMES = ("pulp", "mould", "felt", "loft", "size")
WARCS = {
    "rec-0.warc.gz": [
        record("", b"software: crawler\r\n", kind="warcinfo", mime="application/warc-fields"),
        response("pulp"),
        record("urn:pageinfo:https://press.example/pulp.html", b"{}", kind="resource", mime="application/json"),
        record("urn:text:https://press.example/pulp.html", b"pulp", kind="resource", mime="text/plain"),
        response("mould"),
        record("urn:thumbnail:https://press.example/pulp.html", b"\x89PNG", kind="resource", mime="image/png"),
        response("felt"),
    ],
    "rec-1.warc.gz": [response("loft"), response("size")],
}


def read(root: Path) -> tuple[list[Source], list[Refusal]]:
    """Return what can be read of an archive, and what is said of the rest."""
    found: list[Source] = []
    refused: list[Refusal] = []
    with Reader() as reader:
        for each in walk([str(root)]):
            if isinstance(each, Ref):
                found.append(reader.read(each))
            else:
                refused.append(each)
    return found, refused


def names(root: Path) -> list[str]:
    return [source.path.removeprefix("press.example/").removesuffix(".html") for source in read(root)[0]]


def said(root: Path) -> list[tuple[str, str, str]]:
    """Return path, code and message of each refusal."""
    return [(each.path.removeprefix(str(root)), each.code, str(each.message)) for each in read(root)[1]]


def rewritten(root: Path, name: str, data: bytes) -> Path:
    """Write an archive again, with another content of a member and the old hashes."""
    with zipfile.ZipFile(root) as old:
        members = {each.filename: old.read(each) for each in old.infolist()}
    with zipfile.ZipFile(root, "w") as new:
        for each, content in {**members, name: data}.items():
            new.writestr(each, content)
    return root


def test_pages_are_read_in_the_order_of_their_files(tmp_path: Path) -> None:
    found, refused = read(wacz(tmp_path / "press.wacz", WARCS))
    assert refused == []
    assert [(source.address, source.envelope.captured, source.data.decode()) for source in found] == [
        (f"https://press.example/{name}.html", CAPTURED, page(name)) for name in NAMES
    ]


def test_title_of_the_list_counts_where_the_page_has_none(tmp_path: Path) -> None:
    untitled = page("pulp").replace("<title>pulp</title>", "").replace("<h1>pulp</h1>", "")
    url = "https://press.example/pulp.html"
    warcs = {"a.warc.gz": [record(url, answer(untitled.encode())), response("loft")]}
    wacz(tmp_path / "press.wacz", warcs, {url: "How pulp is made", "https://press.example/loft.html": "no"})
    done = run("--to", "json", "-q", "press.wacz", "-o", "out", cwd=tmp_path)
    assert done.returncode == 0
    made = {file.stem: file.read_text() for file in (tmp_path / "out").rglob("*.json")}
    assert '"title": "How pulp is made"' in made["pulp"]
    assert '"title": "loft"' in made["loft"]


def test_archive_without_an_index_is_read_and_says_so(tmp_path: Path) -> None:
    root = wacz(tmp_path / "press.wacz", WARCS, without="indexes/index.cdx")
    assert names(root) == list(NAMES)
    assert said(root) == [
        ("", "SRC004", "the archive has no index, which would show whether records are missing"),
        ("indexes/index.cdx.gz", "SRC001", "the archive lacks this file, which its list of hashes has"),
    ]


def test_archive_without_hashes_is_read_and_says_so(tmp_path: Path) -> None:
    root = rewritten(wacz(tmp_path / "press.wacz", WARCS), "datapackage.json", b"[]")
    assert names(root) == list(NAMES)
    ((path, code, why),) = said(root)
    assert (path, code) == ("datapackage.json", "SRC001")
    assert why.startswith("the list of hashes cannot be read")


@pytest.mark.parametrize("data", [b"", b"\x1f\x8b", b"press {]\n", b'press {"offset": "x"}\n'])
def test_damaged_index_is_reported(tmp_path: Path, data: bytes) -> None:
    root = wacz(tmp_path / "press.wacz", WARCS)
    name = "indexes/index.cdx.gz" if data[:1] == b"\x1f" or not data else "indexes/index.cdx"
    rewritten(root, name, data)
    assert names(root) == list(NAMES)
    paths = [path for path, code, _ in said(root) if code == "SRC001"]
    assert name in paths


def test_warc_that_ends_between_records_lacks_what_the_index_lists(tmp_path: Path) -> None:
    root = wacz(tmp_path / "press.wacz", WARCS)
    with zipfile.ZipFile(wacz(tmp_path / "short.wacz", {"rec-0.warc.gz": WARCS["rec-0.warc.gz"][:3]})) as short:
        rewritten(root, "archive/rec-0.warc.gz", short.read("archive/rec-0.warc.gz"))
    assert names(root) == ["pulp", "loft", "size"]
    assert said(root) == [
        ("rec-0.warc.gz", "SRC001", "4 record(s) that the index lists are not there; get another copy of the archive"),
        (
            "archive/rec-0.warc.gz",
            "SRC001",
            "the file does not have the hash that the archive gives; it was changed or damaged, and is read as far as "
            "it is whole",
        ),
    ]


def test_archive_that_is_cut_off_is_read_up_to_there(tmp_path: Path) -> None:
    whole = wacz(tmp_path / "press.wacz", WARCS).read_bytes()
    first = whole.index(b"archive/rec-1")
    for end, expected in ((len(whole) - 30, NAMES), (whole.index(b"indexes/"), NAMES), (first - 40, NAMES[:2])):
        root = tmp_path / "short.wacz"
        root.write_bytes(whole[:end])
        assert names(root) == list(expected), end
        reasons = said(root)
        assert reasons[0][1:] == (
            "SRC001",
            "the list of its members, at its end, is missing, so that it was cut short; the pages that are there are "
            "read",
        )
        assert len(reasons) == 1 + (expected != NAMES)


def test_member_that_cannot_be_read_in_its_place_is_reported(tmp_path: Path) -> None:
    root = wacz(tmp_path / "press.wacz", WARCS, method=zipfile.ZIP_DEFLATED)
    assert names(root) == []
    assert [(path, code) for path, code, _ in said(root)][:2] == [
        ("archive/rec-0.warc.gz", "SRC001"),
        ("archive/rec-1.warc.gz", "SRC001"),
    ]


def test_encrypted_member_is_reported(tmp_path: Path) -> None:
    root = wacz(tmp_path / "press.wacz", WARCS)
    data = bytearray(root.read_bytes())
    at = data.index(b"PK\x01\x02", data.index(b"datapackage.json"))
    data[at + 8] |= 1  # general purpose bit 0 in the list of members
    root.write_bytes(data)
    assert names(root) == ["loft", "size"]
    assert ("archive/rec-0.warc.gz", "encrypted") in [(path, why[:9]) for path, _, why in said(root)]


class _Download(io.BytesIO):
    """Data that is written from its beginning to its end."""

    def tell(self) -> int:
        raise OSError


def by_browsertrix(root: Path) -> Path:
    """Write an archive with all that Browsertrix has in one, and in its way: sizes come behind the members."""
    with zipfile.ZipFile(wacz(root, WARCS, {"https://press.example/pulp.html": "Pulp, by its list"})) as old:
        members = {each: old.read(each) for each in old.namelist()}
    extra: list[dict[str, object]] = [{"format": "json-pages-1.0", "id": "extra-pages", "title": "Extra Pages"}]
    extra.append({"id": "2", "url": "https://press.example/loft.html", "ts": CAPTURED, "title": "Loft", "depth": 1})
    added = {
        "pages/extraPages.jsonl": b"".join(json.dumps(each).encode() + b"\n" for each in extra),
        "logs/crawl.log": b'{"logLevel": "info"}\n',
        "fuzzy.json": b"{}",
    }
    package = json.loads(members["datapackage.json"])
    package |= {"created": CAPTURED, "software": "Browsertrix-Crawler 1.5.0 (with warcio.js 2.4.2)", "title": "Press"}
    for name, data in added.items():
        value = f"sha256:{hashlib.sha256(data).hexdigest()}"
        package["resources"].append({"name": name.rpartition("/")[2], "path": name, "hash": value, "bytes": len(data)})
    members |= added
    members["datapackage.json"] = json.dumps(package).encode()
    digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(members['datapackage.json']).hexdigest()}"}
    members["datapackage-digest.json"] = json.dumps(digest).encode()
    with zipfile.ZipFile(out := _Download(), "w") as new:
        for name, data in members.items():
            new.writestr(zipfile.ZipInfo(name), data)
    root.write_bytes(out.getvalue())
    return root


def test_archive_in_the_form_of_browsertrix_is_read(tmp_path: Path) -> None:
    root = by_browsertrix(tmp_path / "crawl.wacz")
    assert root.read_bytes()[6] & 8  # general purpose bit 3: the sizes come behind
    found, refused = read(root)
    assert refused == []
    assert [source.path for source in found] == [f"press.example/{name}.html" for name in NAMES]
    assert [found[0].envelope.title, found[3].envelope.title] == ["Pulp, by its list", "Loft"]
    whole = root.read_bytes()
    for end in (len(whole) - 100, whole.index(b"indexes/")):
        root.write_bytes(whole[:end])
        assert names(root) == list(NAMES)


def nested(folder: Path, **damage: bytes) -> Path:
    """Write a WACZ that has two in it, as Browsertrix packs a crawl in several files; `damage` replaces one."""
    titled = page("pulp").replace("<title>pulp</title>", "").replace("<h1>pulp</h1>", "")
    url = "https://press.example/pulp.html"
    wacz(folder / "one.wacz", {"a.warc.gz": [record(url, answer(titled.encode())), response("mould")]}, {url: "Pulp"})
    wacz(folder / "two.wacz", {"a.warc.gz": [response("felt"), response("loft")]})
    resources = [{"name": f"{each}.wacz", "path": f"{each}.wacz", "crawlId": "x"} for each in ("one", "two")]
    with zipfile.ZipFile(folder / "crawl.wacz", "w") as out:
        out.writestr("datapackage.json", json.dumps({"profile": "multi-wacz-package", "resources": resources}))
        for each in ("one", "two"):
            out.writestr(f"{each}.wacz", damage.get(each) or (folder / f"{each}.wacz").read_bytes())
    return folder / "crawl.wacz"


def test_archives_in_an_archive_are_read(tmp_path: Path) -> None:
    found, refused = read(nested(tmp_path))
    assert [source.path for source in found] == [f"press.example/{each}.html" for each in NAMES[:4]]
    assert refused == []
    assert found[0].envelope.title == "Pulp"
    assert found[3].data.decode() == page("loft")


def test_damage_of_an_archive_in_an_archive_is_reported(tmp_path: Path) -> None:
    nested(tmp_path)
    whole = (tmp_path / "two.wacz").read_bytes()
    root = nested(tmp_path, two=whole[: whole.index(b"indexes/")])
    assert names(root) == list(NAMES[:4])
    assert said(root)[0][:2] == ("two.wacz", "SRC001")
    short = wacz(tmp_path / "x.wacz", {"a.warc.gz": [response("felt")]}).read_bytes()
    at = short.rindex(b"datapackage.json")
    root = nested(tmp_path, two=short[:at] + b"datapackagf" + short[at + 11 :])
    assert ("two.wacz/datapackage.json", "SRC001") in [(path, code) for path, code, _ in said(root)]


@pytest.mark.slow
def test_archive_goes_through_the_commands_like_a_folder(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    wacz(tmp_path / "site" / "press.wacz", WARCS, {"https://press.example/pulp.html": "pulp"})
    for source in ("site/press.wacz", "site"):
        checked = run("validate", source, cwd=tmp_path)
        assert checked.stdout.startswith(b"5 article(s), 0 other file(s): 0 error(s), 0 warning(s)")
    for _ in range(2):
        done = run("--to", "epub", "--update", "site/press.wacz", "-o", "press.epub", cwd=tmp_path)
    assert b"1 file(s) left as they are" in done.stderr
    first, second = (run("validate", "--cache", "cache", "site", cwd=tmp_path).stdout for _ in range(2))
    assert first == second == checked.stdout
