"""Articles that stand in an archive more than once (SET001, SET002)."""

from pathlib import Path

import pytest
from conftest import CORPUS, SEEDS, needs_corpus

from convert.bundle.copies import Copies, copy_of
from convert.checking.archive import check
from convert.model import Finding
from convert.settings import Settings

PAGE = (SEEDS / "pages" / "nf9000001" / "n90000002.md").read_text("utf-8")


def told(*roots: Path, workers: int = 1) -> list[tuple[str, str, str]]:
    found: list[Finding] = []
    check([str(root) for root in roots], Settings(workers=workers), found.append)
    return [(Path(each.path).parent.name, each.code, each.message) for each in found if each.code.startswith("SET")]


def archive(folder: Path, **pages: str) -> Path:
    for channel, text in pages.items():
        (folder / "pages" / channel).mkdir(parents=True)
        (folder / "pages" / channel / "n90000002.md").write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("workers", [1, 2])
def test_the_same_article_in_two_channels_is_told_once(workers: int, tmp_path: Path) -> None:
    """SET001: white space and the mirror's own lines make no other text."""
    archive(tmp_path, a=PAGE, b=PAGE.replace("?n90000002", "?n1"), c=PAGE.replace("木头的字", "铁的字"))
    first = tmp_path / "pages" / "a" / "n90000002.md"
    assert told(tmp_path, workers=workers) == [
        ("b", "SET001", f"the same article as {first}"),
        ("c", "SET002", f"the same article as {first}, with another text"),
    ]


def test_another_text_is_another_matter(tmp_path: Path) -> None:
    """SET002: told at the copy that differs, wherever its address is written in another way."""
    archive(tmp_path, a=PAGE, b=PAGE.replace("木头的字", "铁的字").replace("https://www.epoch", "http://www.epoch"))
    assert [code for _, code, _ in told(tmp_path)] == ["SET002"]


def test_a_document_may_ask_not_to_be_told(tmp_path: Path) -> None:
    archive(tmp_path, a=PAGE, b=PAGE.replace("<h4>", "<!-- convert: ignore SET001 --><h4>", 1))
    assert told(tmp_path) == []


def test_one_document_named_twice_is_no_copy(tmp_path: Path) -> None:
    archive(tmp_path, a=PAGE)
    assert told(tmp_path, tmp_path) == []


def test_the_first_copy_stands_for_all() -> None:
    copies = Copies()
    one, other = copy_of("https://example.org/a", ["纸 ", "墨"]), copy_of("http://example.org/a/", ["笔"])
    assert copies.add(one, "1") is None
    assert copies.add(other, "2") == ("1", False)
    assert copies.add(copy_of("https://example.org/a", ["纸墨"]), "3") == ("1", True)


@needs_corpus
def test_real_copies_are_found() -> None:
    codes = [code for _, code, _ in told(CORPUS / "epic", CORPUS / "bn1", CORPUS / "bn2")]
    assert codes.count("SET001") > 10
    assert codes.count("SET002") > 5
