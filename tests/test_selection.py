"""Selection of the articles of a build, and their order."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from helpers.data import SEEDS
from helpers.program import run
from helpers.strategies import DAYS, ENTRIES, entry
from hypothesis import given, strategies as st

from convert.bundle.index import Index
from convert.bundle.selection import Selection, Term, period, query
from convert.bundle.volumes import ORDERS, Gathering, gather
from convert.errors import UsageError
from convert.model import Entry
from convert.words import words
from convert.writers.book.lists import date_index, section_index


def chosen(entries: Sequence[Entry], selection: Selection, order: str = "oldest") -> list[str]:
    index = Index()
    index.channels = {"nf1": "造纸", "nf2": "印刷"}
    for each in entries:
        index.add(each)
    plan = gather(index, Gathering(selection=selection, order=order))
    return [each.id for each in plan.entries()]


# --- dates -----------------------------------------------------------------------------------------------------------

DATED = [
    entry(number, day)
    for number, day in enumerate(
        ["2022-08-31", "2022-09-01", "2022-09-12T23:00:00-05:00", "2022-09-30", "2022-10-01", "2023-01-01", ""]
    )
]


@pytest.mark.parametrize(
    ("since", "until", "ids"),
    [
        ("2022-09-12", "", ["n2", "n3", "n4", "n5"]),
        ("2022-09", "", ["n1", "n2", "n3", "n4", "n5"]),
        ("2023", "", ["n5"]),
        ("", "2022-09-12", ["n0", "n1", "n2"]),
        ("", "2022-09", ["n0", "n1", "n2", "n3"]),
        ("", "2022", ["n0", "n1", "n2", "n3", "n4"]),
        ("2022-09", "2022-09", ["n1", "n2", "n3"]),
        ("2022-10", "2022-09", []),
        ("", "", ["n0", "n1", "n2", "n3", "n4", "n5", "n6"]),
    ],
)
def test_days_months_and_years_are_whole(since: str, until: str, ids: list[str]) -> None:
    """Articles without a date are selected only if no date is asked for."""
    assert chosen(DATED, Selection(since=since, until=until)) == ids


@pytest.mark.parametrize("value", ["2023", "2023-02", "2024-02-29"])
def test_dates(value: str) -> None:
    assert period(value) == value


@pytest.mark.parametrize(
    "value",
    ["", "23", "2023-1", "2023-13", "2023-02-29", "2023-00", "0000", "2023-09-12T00", "2023/09", "２０２３", "x"],
)
def test_period_of_an_impossible_date_is_a_usage_error(value: str) -> None:
    with pytest.raises(UsageError, match="is no date; write a year, a month or a day"):
        period(value)


# --- channels and queries --------------------------------------------------------------------------------------------


def test_a_channel_is_named_by_its_folder_or_by_its_name() -> None:
    entries = [entry(1, section="nf1"), entry(2, section="nf2"), entry(3, section="nf3")]
    assert chosen(entries, Selection(channels=("nf1",))) == chosen(entries, Selection(channels=("造纸",))) == ["n1"]
    assert chosen(entries, Selection(channels=("印刷", "nf3"))) == ["n2", "n3"]
    assert chosen(entries, Selection(channels=("nf",))) == []


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", ()),
        ("纸", (Term("title", "纸"),)),
        ("纸 墨", (Term("title", "纸"), Term("title", "墨"))),
        ('"A Ream"', (Term("title", "a ream"),)),
        ("-PAPER", (Term("title", "paper", wanted=False),)),
        ('author:"Li Hua" -publisher:大纪元', (Term("author", "li hua"), Term("publisher", "大纪元", wanted=False))),
        ("title:10:30", (Term("title", "10:30"),)),
        ("-title:'a b'", (Term("title", "a b", wanted=False),)),
    ],
)
def test_queries(text: str, terms: tuple[Term, ...]) -> None:
    assert query(text) == terms


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("10:30", "asks for '10'; there are title, publisher, author"),
        ("autor:李", "asks for 'autor'"),
        ("author:", "names no text after 'author:'"),
        ("-", "names no text after '-'"),
        ("''", "names no text after ''"),
        ('"纸', "has a quotation mark that is not closed"),
        ("纸\\", r"or ends in a \\"),
    ],
)
def test_malformed_query_is_a_usage_error(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        query(text)


def test_the_title_must_have_every_text_whatever_its_case() -> None:
    entries = [entry(1, title="纸与墨"), entry(2, title="纸 Paper"), entry(3, title="STRASSE")]
    for text, ids in (
        ("纸", ["n1", "n2"]),
        ("纸 墨", ["n1"]),
        ("纸 -墨", ["n2"]),
        ("pAPER", ["n2"]),
        ("straße", ["n3"]),
    ):
        assert chosen(entries, Selection(terms=query(text))) == ids, text


def test_publisher_and_authors_are_those_that_the_articles_tell() -> None:
    def credited(text: str, publisher: str, *authors: str) -> bool:
        return Selection(terms=query(text)).credited(publisher, authors)

    assert credited("publisher:大纪元 author:李", "大纪元时报", "王华", "李明")
    assert not credited("author:李", "大纪元", "王华")
    assert not credited("author:李 author:王", "大纪元", "李明")
    assert credited("-author:李", "大纪元")
    assert not credited("-author:李", "", "王华", "李明")
    assert credited("纸", "")


# --- order -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("order", sorted(ORDERS))
@given(entries=ENTRIES)
def test_every_order_has_every_article_and_the_undated_last(order: str, entries: list[Entry]) -> None:
    ids = chosen(entries, Selection(), order)
    by_id = {each.id: each for each in entries}
    assert sorted(ids) == sorted(by_id)
    for section in {each.section for each in entries}:
        days = [by_id[name].published[:10] for name in ids if by_id[name].section == section]
        dated = [day for day in days if day]
        if order in ("oldest", "newest"):
            assert days == dated + [""] * (len(days) - len(dated))
            assert dated == sorted(dated, reverse=order == "newest")


@given(days=st.lists(DAYS, min_size=2, max_size=9))
def test_newest_first_is_oldest_first_backwards_where_the_mirror_lists_the_articles(days: list[str]) -> None:
    index = Index()
    for number, day in enumerate(days):
        index.add(entry(number, day or "2020-01-01"))
    rows = "".join(f"n{number},x\n" for number in range(len(days)))
    index.look_at("indexes/nf1.csv", rows.encode())
    oldest, newest = (
        [each.id for each in gather(index, Gathering(order=order)).entries()] for order in ("oldest", "newest")
    )
    assert oldest == newest[::-1]


def test_titles_and_paths_are_in_the_order_of_their_characters() -> None:
    entries = [entry(1, title="b"), entry(2, title="a"), entry(10, title="c")]
    assert chosen(entries, Selection(), "title") == ["n2", "n1", "n10"]
    assert chosen(entries, Selection(), "path") == ["n1", "n10", "n2"]


@pytest.mark.slow
@pytest.mark.parametrize("order", sorted(ORDERS))
@given(entries=ENTRIES.filter(lambda entries: len(entries) > 1))
def test_lists_are_in_the_order_of_the_book(order: str, entries: list[Entry]) -> None:
    index = Index()
    for each in entries:
        index.add(each)
    (volume,) = gather(index, Gathering(order=order)).volumes

    def listed(part: object) -> list[str]:
        items = [each.id for each in part.items]  # type: ignore[attr-defined]
        return items + [each for below in part.parts for each in listed(below)]  # type: ignore[attr-defined]

    for section in volume.sections:
        assert listed(section_index(section, volume).group) == [each.id for each in section.entries]
    dates = date_index(volume)
    assert (dates is None) == (order in ("oldest", "newest") and len(volume.sections) < 2)
    if dates:
        days = {each.id: each.published[:10] for each in entries}
        told = [days[name] for name in listed(dates.group)]
        assert sorted(told, key=lambda day: (not day, day)) == told
        assert len(told) == len(entries)
        assert dates.group.title == words(volume.language)["by_date"]


# --- the command line ------------------------------------------------------------------------------------------------


def test_selection_without_a_match_is_a_usage_error(tmp_path: Path) -> None:
    for options, said in (
        (
            ["--since", "2031"],
            b"no article is among those that --since, --until, --channel, --query and --articles ask for",
        ),
        (["--query", "author:nobody"], b"no article is among those"),
        (["--query", "autor:x"], b"there are title, publisher, author"),
        (["--until", "2023-02-30"], b"'2023-02-30' is no date"),
        (["--split", "day"], b"cannot split by 'day'"),
    ):
        done = run("--to", "epub", SEEDS, "-o", tmp_path / "book.epub", *options)
        assert done.returncode == 2, done.stderr
        assert said in done.stderr
        assert list(tmp_path.iterdir()) == []


def test_a_query_that_begins_with_a_dash_is_a_query(tmp_path: Path) -> None:
    done = run("--to", "jsonl", SEEDS, "-o", "-", "--query", "-author:方胶泥", "--query", "publisher:大纪元", "-q")
    assert done.returncode == 0, done.stderr
    assert 0 < done.stdout.count(b'"publisher":"\xe5\xa4\xa7\xe7\xba\xaa\xe5\x85\x83"') == done.stdout.count(b"\n")
    assert "方胶泥".encode() not in b"".join(line.partition(b'"body"')[0] for line in done.stdout.splitlines())
