"""An archive as a whole: index pages and tables against pages, links against articles (SET003 to SET010)."""

import shutil
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.data import CORPUS, SEEDS, needs_corpus

from convert.bundle.archive import Archive, Facts, Index, listed
from convert.bundle.copies import copy_of
from convert.bundle.listings import faults, plain, rows
from convert.checking.archive import check
from convert.control import Control
from convert.model import Finding
from convert.rules import RULES
from convert.settings import Settings
from convert.text import hash64

CHANNELS = ("nf9000001", "nf9000002", "nf9000003")
WHOLE = frozenset(code for code in RULES if code.startswith("SET") and code > "SET002")


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    """The seeds of one mirror: three channels with index pages and tables, in which nothing is wrong but one title."""
    for channel in CHANNELS:
        shutil.copytree(SEEDS / "pages" / channel, tmp_path / "pages" / channel)
        shutil.copytree(SEEDS / "indexes" / channel, tmp_path / "indexes" / channel)
        shutil.copy(SEEDS / "indexes" / f"{channel}.csv", tmp_path / "indexes")
    return tmp_path


def found(*roots: Path, workers: int = 1, codes: frozenset[str] = WHOLE) -> list[Finding]:
    out: list[Finding] = []
    check([str(root) for root in roots], Settings(workers=workers, control=Control(codes)), out.append)
    return out


def told(root: Path, code: str) -> list[tuple[str, int, int, str]]:
    here = f"{root}/"
    return [
        (each.path.removeprefix(here), each.line, each.column, str(each.message).replace(here, ""))
        for each in found(root)
        if each.code == code
    ]


def replace(path: Path, before: str, after: str) -> None:
    text = path.read_bytes().decode()
    assert before in text
    path.write_bytes(text.replace(before, after, 1).encode())


def test_the_seeds_are_whole() -> None:
    """Two links to an article that nobody has, and a comma in a title: as seeds/README.md says."""
    assert [(each.code, Path(each.path).name, each.line) for each in found(SEEDS)] == [  # a-page-alone.txt is n90000022
        ("SET007", "nf9000002.csv", 3),
        ("SET009", "n90000012.md", 138),
        ("SET009", "n90000021.md", 61),
    ]


@pytest.mark.parametrize("workers", [1, 2])
def test_the_order_is_that_of_the_documents(mirror: Path, workers: int) -> None:
    (mirror / "pages" / "nf9000001" / "n90000003.md").unlink()
    replace(mirror / "indexes" / "nf9000003.csv", "n90000016", "n90000099")
    codes = [(each.code, Path(each.path).relative_to(mirror).as_posix()) for each in found(mirror, workers=workers)]
    assert codes == [
        ("SET007", "indexes/nf9000002.csv"),
        ("SET003", "indexes/nf9000001/1.md"),
        ("SET003", "indexes/nf9000001.csv"),
        ("SET003", "indexes/nf9000003.csv"),
        ("SET009", "pages/nf9000001/n90000002.md"),
        ("SET009", "pages/nf9000002/n90000012.md"),
        ("SET009", "pages/nf9000003/n90000017.md"),
        ("SET009", "pages/nf9000003/n90000018.md"),
        ("SET009", "pages/nf9000003/n90000021.md"),
    ]


@pytest.mark.rule("SET003")
def test_a_page_that_is_listed_and_not_there_is_told(mirror: Path) -> None:
    """SET003, at each row that lists it."""
    (mirror / "pages" / "nf9000001" / "n90000003.md").unlink()
    message = "there is no page pages/nf9000001/n90000003.md: 雕版、活字与石印 三种印法比一比"
    line = (mirror / "indexes" / "nf9000001" / "1.md").read_text("utf-8").split("\n").index
    page = line("#### [雕版、活字与石印 三种印法比一比](../../pages/nf9000001/n90000003.md) ") + 1
    assert told(mirror, "SET003") == [
        ("indexes/nf9000001/1.md", page, 7, message),
        ("indexes/nf9000001.csv", 3, 1, message),
    ]


def test_a_file_that_is_no_article_is_there_all_the_same(mirror: Path) -> None:
    (mirror / "pages" / "nf9000001" / "n90000003.md").write_text("", "utf-8")
    assert told(mirror, "SET003") == []
    assert told(mirror, "SET004") == []


@pytest.mark.rule("SET004")
def test_a_page_that_no_index_lists_is_told(mirror: Path) -> None:
    """SET004."""
    shutil.copy(mirror / "pages" / "nf9000001" / "n90000003.md", mirror / "pages" / "nf9000001" / "n90000033.md")
    message = "the index of pages/nf9000001 does not list this page"
    assert told(mirror, "SET004") == [("pages/nf9000001/n90000033.md", 1, 1, message)]


def test_an_index_that_lists_only_the_newest_lists_no_strays(mirror: Path) -> None:
    (mirror / "indexes" / "nf9000001.csv").unlink()
    shutil.rmtree(mirror / "indexes" / "nf9000001")
    (mirror / "indexes" / "nf9000001.md").write_text(
        "#### [刻工（外一首）](../pages/nf9000001/n90000006.md)\n", "utf-8"
    )
    assert [each for each in found(mirror) if each.code == "SET004"] == []


@pytest.mark.rule("SET005")
def test_another_title_in_an_index_is_told(mirror: Path) -> None:
    """SET005, with the place of the title; white space and references are no difference."""
    replace(
        mirror / "indexes" / "nf9000003" / "2.md",
        "五号字有多大：号与点的对照",
        "五号字&#26377;多 大：号与点的对照\u200b",
    )
    replace(mirror / "indexes" / "nf9000003" / "README.md", "五号字有多大", "六号字有多大")
    replace(mirror / "indexes" / "nf9000003.csv", "给网页留一个底：五条建议", '"给网页留一个底：六条建议"')
    message = "the page is called {}：{}, not {}：{}".format
    assert told(mirror, "SET005") == [
        ("indexes/nf9000003/README.md", 4, 7, message("五号字有多大", "号与点的对照", "六号字有多大", "号与点的对照")),
        ("indexes/nf9000003.csv", 5, 11, message("给网页留一个底", "五条建议", "给网页留一个底", "六条建议")),
    ]


TABLE = """n1,一
n2,一, 二
n1,又一
n3
,三
n4,
n5,"一, 二"
n6,"一", 二
n7,一“二”"三"

n8,𠀀\u2028,二"""


@pytest.mark.rule("SET006", "SET007", "SET008")
def test_faults_of_a_table_are_told_with_line_and_column(tmp_path: Path) -> None:
    """SET006, SET007, SET008: what RFC 4180 quotes is no fault, and a line separator ends no row."""
    (tmp_path / "indexes").mkdir()
    data = TABLE.replace("\n", "\r\n").encode() + b"\nn9,\xe4\xb8\x80\xff\nn\xfe,\xe4\xba\x8c\n"
    (tmp_path / "indexes" / "c.csv").write_bytes(data)
    assert [(each.code, each.line, each.column, str(each.message)) for each in found(tmp_path)] == [
        ("SET007", 2, 5, "3 columns instead of 2, because the title holds a comma: 一, 二"),
        ("SET006", 3, 1, "n1 stands in line 1 already"),
        ("SET008", 4, 1, "1 column instead of 2: n3"),
        ("SET008", 5, 1, "an empty field: ,三"),
        ("SET008", 6, 4, "an empty field: n4,"),
        ("SET008", 8, 4, 'quotation marks that do not close the field: "一", 二'),
        ("SET007", 11, 6, "3 columns instead of 2, because the title holds a comma: 𠀀 ,二"),
        ("SET008", 12, 5, "byte 0xff is not UTF-8"),
        ("SET008", 13, 2, "byte 0xfe is not UTF-8"),
    ]


def test_names_of_channels_are_a_table_too() -> None:
    assert [note.code for note in faults("a/indexes/names.csv", b"p1,S\xe7\xba\xb8\np1,x\n")] == ["SET006"]
    assert list(rows("a/indexes/names.csv", "p1,S纸\n")) == []
    assert faults("a/other/c.csv", b"1,2,3\n") == []


def test_links_beside_others_are_found_with_their_titles() -> None:
    line = (
        "#### [一 [二]](../pages/c/n1.md?t=1) | [x](https://e.org/) [三](../pages/d/n2.md)字[四](../../pages/c/n3.md)"
    )
    assert [(row.page, row.title, row.place.line, row.place.column) for row in rows("m/indexes/c.md", f"\n{line}")] == [
        ("m/pages/c/n1.md", "一 [二]", 2, 7),
        ("m/pages/d/n2.md", "三", 2, line.index("三") + 1),
        ("m/pages/c/n3.md", "四", 2, line.index("四") + 1),
    ]


@pytest.mark.rule("SET009")
def test_a_link_to_an_article_that_is_not_there_is_told(mirror: Path) -> None:
    """SET009, once for each article, at the address, with or without its scheme."""
    page = mirror / "pages" / "nf9000001" / "n90000002.md"
    (mirror / "pages" / "nf9000001" / "n90000003.md").unlink()
    text = page.read_text("utf-8").split("\n")
    line = next(number for number, each in enumerate(text, start=1) if "n90000003.htm" in each)
    address = "https://www.epochtimes.com/gb/23/3/27/n90000003.htm"
    expected = (f"pages/nf9000001/{page.name}", line, text[line - 1].index(address) + 1)
    assert [each[:3] for each in told(mirror, "SET009") if each[0].endswith(page.name)] == [expected]
    other = (mirror / "pages" / "nf9000003" / "n90000018.md").read_text("utf-8").split("\n")
    line = other.index('  <ok href="//www.epochtimes.com/gb/23/3/27/n90000003.htm">') + 1
    assert ("pages/nf9000003/n90000018.md", line, 13) in [each[:3] for each in told(mirror, "SET009")]
    assert told(mirror, "SET009")[0][3] == f"no article of the archive has the address {address}"


def test_a_link_to_a_publisher_that_is_not_mirrored_is_nothing(mirror: Path) -> None:
    page = mirror / "pages" / "nf9000002" / "n90000012.md"
    replace(page, "www.epochtimes.com/gb/23/12/24/n90000099.htm", "www.ntdtv.com/gb/2023/12/24/a90000099.html")
    assert not any("ntdtv" in message for *_, message in told(mirror, "SET009"))


@pytest.mark.rule("SET010")
def test_a_picture_without_its_page_is_told(mirror: Path) -> None:
    """SET010."""
    folder = mirror / "pages" / "nf9000001"
    for name in ("n90000001", "n90000009"):
        (folder / f"{name}.md.png").write_bytes(b"\x89PNG")
    message = "there is no page pages/nf9000001/n90000009.md"
    assert told(mirror, "SET010") == [("pages/nf9000001/n90000009.md.png", 0, 0, message)]


# --- what is no whole ------------------------------------------------------------------------------------------------


def test_check_of_part_of_an_archive_reports_nothing_missing(mirror: Path) -> None:
    """A sample of the pages, pages alone, indexes alone, one file."""
    for page in sorted((mirror / "pages" / "nf9000001").iterdir())[3:]:
        page.unlink()
    codes = WHOLE - {"SET007"}
    assert [each for each in found(mirror, codes=codes) if "nf9000001" in each.path] == []
    assert found(mirror / "pages", codes=codes) == []
    assert found(mirror / "indexes", codes=codes) == []
    assert found(mirror / "indexes" / "nf9000001.csv", codes=codes) == []
    assert found(mirror / "pages" / "nf9000001", mirror / "indexes" / "nf9000003", codes=codes) == []


def test_single_files_are_no_whole(mirror: Path) -> None:
    """As pre-commit names them, however many: of pages and indexes, or beside the folder of the others."""
    pages, index = mirror / "pages" / "nf9000001", mirror / "indexes" / "nf9000001" / "1.md"
    codes = frozenset({"SET003", "SET004", "SET009", "SET010"})
    assert found(index, *sorted(pages.glob("n9000000[123].md")), codes=codes) == []
    shutil.copy(pages / "n90000003.md", pages / "n90000033.md")
    assert found(index, pages.parent, codes=codes) == []
    (pages / "n90000009.md.png").write_bytes(b"\x89PNG")
    assert found(mirror / "indexes", *sorted(pages.iterdir()), codes=codes) == []
    (mirror / "README.md").write_text("# 镜像\n", "utf-8")
    beside = {each.code for each in found(mirror / "README.md", mirror / "pages", mirror / "indexes", codes=codes)}
    assert beside == {"SET004", "SET009", "SET010"}


def test_a_link_out_of_a_channel_that_is_alone_is_nothing(mirror: Path) -> None:
    """A sparse checkout: nobody knows what the other channels hold."""
    for channel in CHANNELS[1:]:
        shutil.rmtree(mirror / "pages" / channel)
        shutil.rmtree(mirror / "indexes" / channel)
        (mirror / "indexes" / f"{channel}.csv").unlink()
    page = mirror / "pages" / "nf9000001" / "n90000002.md"
    replace(page, "n90000003.htm", "n90000099.htm")
    assert found(mirror) == []


def test_a_channel_that_is_gone_is_missed_in_a_mirror_that_is_there(mirror: Path) -> None:
    for place in range(25):
        name = f"n9100{place:04}"
        shutil.copy(mirror / "pages" / "nf9000003" / "n90000016.md", mirror / "pages" / "nf9000003" / f"{name}.md")
        with (mirror / "indexes" / "nf9000003.csv").open("a", encoding="utf-8") as table:
            table.write(f"{name},PDF为什么到哪里都一个样\n")
    (mirror / "indexes" / "gone.csv").write_text("n1,一\nn2,二\n", "utf-8")
    assert [each[0] for each in told(mirror, "SET003")] == ["indexes/gone.csv"] * 2


def test_folders_of_one_mirror_may_be_named_apart(mirror: Path) -> None:
    (mirror / "pages" / "nf9000001" / "n90000003.md").unlink()
    assert [each.code for each in found(mirror / "pages", mirror / "indexes")].count("SET003") == 2


def test_two_mirrors_are_two(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    both = tmp_path_factory.mktemp("both")
    shutil.copytree(mirror, both / "a")
    shutil.copytree(mirror, both / "b")
    (both / "b" / "pages" / "nf9000001" / "n90000003.md").unlink()
    assert {each.path.split("/")[-2] for each in found(both) if each.code == "SET003"} == {"nf9000001", "indexes"}
    assert all(f"{both}/b/" in each.path for each in found(both) if each.code == "SET003")


def test_an_index_page_may_ask_not_to_be_told(mirror: Path) -> None:
    (mirror / "pages" / "nf9000001" / "n90000003.md").unlink()
    with (mirror / "indexes" / "nf9000001" / "1.md").open("a", encoding="utf-8") as page:
        page.write("\n<!-- convert: ignore SET003 -->\n")
    assert [each[0] for each in told(mirror, "SET003")] == ["indexes/nf9000001.csv"]


def test_an_archive_and_its_folder_are_told_the_same(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    (mirror / "pages" / "nf9000001" / "n90000003.md").unlink()
    made = shutil.make_archive(str(tmp_path_factory.mktemp("zip") / "mirror"), "zip", mirror)
    inside = [str(each).replace(f"{made}/", "") for each in found(Path(made))]
    assert inside == [str(each).replace(f"{mirror}/", "") for each in found(mirror)]


@pytest.mark.slow
@needs_corpus
def test_the_sample_is_no_whole_archive() -> None:
    """The sample holds at most a fifth of the pages that any index lists."""
    codes = {each.code for each in found(CORPUS, codes=WHOLE)}
    assert codes <= {"SET005", "SET006", "SET007"}


# --- memory ----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_memory_is_a_few_bytes_a_document() -> None:
    """100,000 articles, listed twice, in 30 MB: some 300 bytes each."""
    count = 5000

    def pages() -> Iterator[tuple[str, Facts]]:
        for place in range(count):
            path = f"mirror/pages/nf{place % 10}/n{place:08}.md"
            address = f"https://www.epochtimes.com/gb/23/1/1/n{place:08}.htm"
            title = f"{place}，一个不长也不短的标题，二十来个字"
            yield path, Facts(copy_of(address, [title]), hash64(path), title, hash64(plain(title)), "epochtimes")

    tracemalloc.start()
    archive = Archive()
    for path, facts in pages():
        archive.add(path, facts)
    for channel in range(10):
        names = [f"n{place:08},{place}，一个不长也不短的标题，二十来个字" for place in range(channel, count, 10)]
        for page in range(2):
            path = f"mirror/indexes/nf{channel}{page * '/'}{page * '1.md' or '.csv'}"
            text = (
                "\n".join(names)
                if not page
                else "\n".join(
                    f"#### [{title}](../../pages/nf{channel}/{name}.md)"
                    for name, _, title in (each.partition(",") for each in names)
                )
            )
            archive.index(Index(path, str, listed(path, text)))
            del text
    assert list(archive.notes()) == []
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak / count < 400
