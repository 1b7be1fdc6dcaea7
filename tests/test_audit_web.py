"""The audit of web archives: WARC, WACZ and ZIM."""

from pathlib import Path

import pytest
from helpers.archives import made
from helpers.warc import answer, page, record, wacz

from convert.audit.found import Found
from convert.audit.judging import judged

ADDRESS = "http://a.example/p"


def found(path: Path) -> list[Found]:
    return judged(str(path), "", None).found


def names(path: Path) -> list[tuple[str, str]]:
    return [(each.vector, each.entry) for each in found(path)]


def warc(folder: Path, body: str, *others: bytes) -> Path:
    path = folder / "a.warc"
    path.write_bytes(record(ADDRESS, answer(body.encode())) + b"".join(others))
    return path


def test_a_page_without_anything_is_sealed(tmp_path: Path) -> None:
    assert names(warc(tmp_path, page("pulp"))) == []


def test_a_picture_that_the_archive_holds_stays_inside(tmp_path: Path) -> None:
    body = page("pulp", '<img src="http://a.example/a.css">')
    held = record("http://a.example/a.css", answer(b"p { color: red }", mime="text/css"))
    assert names(warc(tmp_path, body)) == [("img-src", ADDRESS)]
    assert names(warc(tmp_path, body, held)) == []


def test_scripts_and_styles_of_an_archive_are_found(tmp_path: Path) -> None:
    style = record("http://a.example/a.css", answer(b"@import '//b.example/x';", mime="text/css"))
    there = names(warc(tmp_path, page("pulp", "<script>x</script>"), style))
    assert there == [("script-inline", ADDRESS), ("css-import", "http://a.example/a.css")]


def test_a_wacz_is_judged_by_its_records(tmp_path: Path) -> None:
    block = answer(page("pulp", "<p onclick=x>a").encode())
    path = wacz(tmp_path / "a.wacz", {"a.warc.gz": [record(ADDRESS, block)]})
    assert ("event-handler", ADDRESS) in names(path)


@pytest.mark.parametrize("kind", ["warc", "zim"])
def test_archives_of_pages_are_judged(kind: str, tmp_path: Path) -> None:
    path = made(kind, tmp_path)
    answer = judged(str(path), "", None)
    assert answer.kind == kind
    assert [each for each in answer.found if each.vector.startswith(("web-", "broken", "unknown"))] == []


def test_a_damaged_archive_is_not_judged(tmp_path: Path) -> None:
    path = tmp_path / "a.zim"
    path.write_bytes(b"ZIM\x04" + bytes(200))
    assert [name for name, _ in names(path)] == ["web-damaged"]
