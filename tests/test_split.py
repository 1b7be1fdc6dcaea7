"""Volumes: what begins another one, what they are called, and how large they get."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from helpers.mirror import WRAPPER
from helpers.program import run
from helpers.strategies import ENTRIES, entry
from helpers.volumes import Sized
from hypothesis import given, strategies as st

from convert.bundle.index import Index
from convert.bundle.split import Split, divide, parse, week
from convert.bundle.volumes import Gathering, Plan, TooLargeError, gather
from convert.errors import UsageError
from convert.model import Entry, Volume

WAYS = [
    Split(),
    Split(("channel",)),
    Split(("year",)),
    Split(("month",)),
    Split(("week",)),
    Split(("channel", "month")),
    Split(("channel", "week"), count=2),
    Split(count=3),
]


def made(
    entries: Sequence[Entry],
    split: str,
    size: Callable[[Volume], int] = lambda volume: 0,
    title: str = "",
    part: Callable[[Entry], int] = lambda entry: 0,
) -> Plan:
    index = Index()
    index.channels = {"nf1": "造纸", "nf2": "印刷"}
    for each in entries:
        index.add(each)
    return gather(index, Gathering(title=title, split=parse(split)), sizes=Sized(size, part))


def letters(volume: Volume) -> int:
    """A size that articles of any size have: that of their titles, and a little for the book itself."""
    return 10 + sum(len(each.title) for each in volume.entries())


# --- what the user may say -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("none", Split()),
        ("month", Split(("month",))),
        ("month,channel", Split(("channel", "month"))),
        (" Channel , WEEK ", Split(("channel", "week"))),
        ("channel,channel", Split(("channel",))),
        ("count=500", Split(count=500)),
        ("year,count=2,size=1kB", Split(("year",), 2, 1000)),
        ("size=45MB", Split(size=45_000_000)),
        ("size=45 mb", Split(size=45_000_000)),
        ("size=1.5GiB", Split(size=3 << 29)),
        ("size=2Ki", Split(size=2048)),
        ("size=900", Split(size=900)),
    ],
)
def test_parse_reads_every_way_to_split(text: str, split: Split) -> None:
    assert parse(text) == split


@pytest.mark.parametrize(
    "text",
    ["", "day", "none,month", "count", "count=", "count=0", "count=-1", "count=٣", "count=1.5", "count=" + "9" * 5000,
     "size", "size=0", "size=0.1", "size=45XB", "size=45i", "size=-1", "size=x", "size=" + "9" * 400,
     "channel=nf1", "month,", "year,month", "month,week"],
)  # fmt: skip
def test_parse_of_another_word_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError) as told:
        parse(text)
    assert re.search(r"name one", str(told.value))


# --- who stands where ------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("split", WAYS, ids=str)
@given(entries=ENTRIES)
def test_every_article_stands_in_one_volume_in_its_order(split: Split, entries: list[Entry]) -> None:
    groups = list(divide(entries, split))
    place = {each.path: number for number, each in enumerate(entries)}
    assert sorted(each.path for _, group in groups for each in group) == sorted(place)
    for keys, group in groups:
        assert group
        assert [place[each.path] for each in group] == sorted(place[each.path] for each in group)
        assert not split.count or len(group) <= split.count
        assert {way: keys[way] for way in split.by} == keys if not split.count else keys["part"]
    assert len({tuple(keys.items()) for keys, _ in groups}) == len(groups)


@given(entries=ENTRIES)
def test_volumes_come_in_order_and_the_undated_last(entries: list[Entry]) -> None:
    for split in (Split(("month",)), Split(("week",)), Split(("year",))):
        told = [keys[split.by[0]] for keys, _ in divide(entries, split)]
        assert told == sorted(told, key=lambda key: (not key, key))


@given(day=st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_weeks_are_those_of_the_standard(day: date) -> None:
    """ISO 8601: the week belongs to the year that has its Thursday."""
    year, number, _ = day.isocalendar()
    assert week(entry(1, str(day))) == f"{year:04}-w{number:02}"


@pytest.mark.parametrize(
    ("day", "name"),
    [("2020-12-31", "2020-w53"), ("2021-01-03", "2020-w53"), ("2021-01-04", "2021-w01"), ("2018-12-31", "2019-w01"),
     ("2023-09-12T23:59:59-05:00", "2023-w37"), ("", ""), ("2023-02-30", ""), ("2023-09", "")],
)  # fmt: skip
def test_weeks_across_new_year(day: str, name: str) -> None:
    assert week(entry(1, day)) == name


# --- names and titles ------------------------------------------------------------------------------------------------

CHANNELS = (
    "nf1",
    "nf2",
    "NF1",
    "要闻",
    "头条",
    "",
    "other",
    "other-2",
    "a/b",
    "a b",
    "长" * 90,
    "x" * 300,
    "con",
    "a\ud800",
)


@pytest.mark.slow
@pytest.mark.parametrize(
    "split", ["channel", "channel,month", "channel,count=1", "week", "count=1", "size=30", "count=2,size=30"]
)
@given(entries=ENTRIES, channels=st.lists(st.sampled_from(CHANNELS), min_size=12, max_size=12))
def test_files_have_names_of_their_own_in_ascii(split: str, entries: list[Entry], channels: list[str]) -> None:
    entries = [
        entry(number, each.published, channel)
        for number, (each, channel) in enumerate(zip(entries, channels, strict=False))
    ]
    names = [volume.name for volume in made(entries, split, letters).volumes]
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert re.fullmatch(r"[a-z0-9_][a-z0-9_-]{0,119}", name), name


@pytest.mark.slow
@pytest.mark.parametrize(
    "split", ["channel", "month", "channel,month", "channel,week", "count=2", "size=50", "month,size=50"]
)
@given(entries=ENTRIES.filter(len))
def test_entry_added_at_the_end_leaves_earlier_volumes_as_they_are(split: str, entries: list[Entry]) -> None:
    before = made(entries, split, letters).volumes
    after = made([*entries, entry(99, "", "")], split, letters).volumes
    assert set(before[:-1]) <= set(after)
    assert len(after) - len(before) in (0, 1)


@pytest.mark.parametrize(
    ("text", "split", "titles", "names"),
    [
        ("纸", "channel", ["造纸", "印刷", "其他"], ["nf1", "nf2", "other"]),
        ("纸", "year", ["造纸、印刷 2022年", "造纸 2023年", "其他 日期不详"], ["2022", "2023", "other"]),
        ("紙", "month", ["造纸、印刷 2022年12月", "造纸 2023年1月", "其他 日期不詳"], ["2022-12", "2023-01", "other"]),
        ("纸", "week", ["造纸、印刷 2022年第52周", "其他 日期不详"], ["2022-w52", "other"]),
        ("紙", "channel,week", ["造纸 2022年第52週", "印刷 2022年第52週", "其他 日期不詳"],
     ["nf1-2022-w52", "nf2-2022-w52", "other-other"]),
        ("paper", "month", ["造纸, 印刷 December 2022", "造纸 January 2023", "Other Undated"],
     ["2022-12", "2023-01", "other"]),
        ("paper", "count=3", ["造纸, 印刷 Part 1", "Other Part 2"], ["001", "002"]),
        ("paper", "channel,count=1", ["造纸 Part 1", "造纸 Part 2", "印刷 Part 1", "Other Part 1"],
     ["nf1-001", "nf1-002", "nf2-001", "other-001"]),
    ],
)  # fmt: skip
def test_titles_and_names_tell_channel_and_period(text: str, split: str, titles: list[str], names: list[str]) -> None:
    language = {"纸": "这是一张纸", "紙": "這是一張紙", "paper": "A sheet of paper"}[text]
    entries = [
        entry(1, "2022-12-31", "nf1", language),
        entry(2, "2023-01-01", "nf1", language),
        entry(3, "2022-12-31", "nf2", language),
        entry(4, "", "", language),
    ]
    volumes = made(entries, split).volumes
    assert [volume.title for volume in volumes] == titles
    assert [volume.name for volume in volumes] == names


def test_a_title_of_the_users_begins_those_of_all_volumes() -> None:
    entries = [entry(1, "2022-12-31", "nf1"), entry(2, "2023-01-01", "nf2")]
    assert [volume.title for volume in made(entries, "year", title="纸").volumes] == ["纸 2022年", "纸 2023年"]
    assert [volume.title for volume in made(entries, "none", title="纸").volumes] == ["纸"]


# --- size ------------------------------------------------------------------------------------------------------------


@given(
    sizes=st.lists(st.integers(0, 200), min_size=1, max_size=60),
    limit=st.integers(210, 2000),
    channels=st.integers(1, 3),
    split=st.sampled_from(["", "channel,", "month,", "count=7,"]),
)
def test_volumes_fill_the_size_limit_without_exceeding_it(
    sizes: list[int], limit: int, channels: int, split: str
) -> None:
    entries = [entry(n, f"2023-09-{n % 28 + 1:02}", f"nf{n % channels}", "x" * size) for n, size in enumerate(sizes)]
    volumes = made(entries, f"{split}size={limit}", letters).volumes
    assert sorted(each.path for volume in volumes for each in volume.entries()) == sorted(each.path for each in entries)
    for volume, after in zip(volumes, [*volumes[1:], None], strict=True):
        assert letters(volume) <= limit
        count = sum(1 for _ in volume.entries())
        if after and not split and count:
            assert letters(volume) + len(next(after.entries()).title) > limit, "it could have taken the next"
        assert split != "count=7," or count <= 7


@given(sizes=st.lists(st.integers(1, 10**6), min_size=1, max_size=400), base=st.integers(0, 10**6))
def test_few_books_are_tried_before_the_right_one_is_found(sizes: list[int], base: int) -> None:
    entries = [entry(n, "2023-09-12", "nf1", "") for n in range(len(sizes))]
    of = dict(zip((each.path for each in entries), sizes, strict=True))
    asked = 0

    def size(volume: Volume) -> int:
        nonlocal asked
        asked += 1
        return base + sum(of[each.path] for each in volume.entries())

    split = f"size={base + 10**6}"
    volumes = made(entries, split, size).volumes
    assert asked <= 20 * len(volumes)
    asked = 0
    assert made(entries, split, size, part=lambda each: of[each.path]).volumes == volumes
    assert asked <= 5 * len(volumes)


def test_an_article_that_is_too_large_alone_is_an_error() -> None:
    entries = [entry(1, "2023-09-12", "nf1", "x"), entry(2, "2023-09-13", "nf1", "x" * 100)]
    with pytest.raises(TooLargeError, match=r"^pages/nf1/n2\.md takes 110 bytes with its book") as raised:
        made(entries, "size=50", letters)
    assert (raised.value.entry, raised.value.size) == (entries[1], 110)


@pytest.mark.slow
@pytest.mark.parametrize(("to", "limit"), [("epub", 150_000), ("html", 150_000), ("jsonl", 60_000)])
@pytest.mark.parametrize("title", ["", "纸&墨" * 40])
def test_the_names_of_other_volumes_beside_links_are_reckoned_with(
    to: str, limit: int, title: str, tmp_path: Path
) -> None:
    """Sixty articles of three channels with long names, each of which links to all others."""
    numbers = range(1, 61)
    links = "".join(f'<p><ok href="https://www.epochtimes.com/gb/23/9/12/n{n}.htm">第{n}篇</ok></p>' for n in numbers)
    for number in numbers:
        page = tmp_path / f"in/pages/nf{number % 3}/n{number}.md"
        page.parent.mkdir(parents=True, exist_ok=True)
        text = WRAPPER.format(title=f"第{number}篇", body=links + f"<p>{sha256(page.name.encode()).hexdigest()}</p>")
        page.write_text(text.rpartition("/n1.htm")[0] + f"/n{number}.htm", "utf-8")
    for number in range(3):
        index = tmp_path / f"in/indexes/nf{number}/README.md"
        index.parent.mkdir(parents=True)
        index.write_text(f"### {'造纸与印刷的历史' * 9}{number}\n\n---\n", "utf-8")
    done = run("--to", to, tmp_path / "in", "-o", tmp_path / "out", "--split", f"size={limit}", "--title", title, "-q")
    assert done.returncode == 0, done.stderr.decode()
    sizes = [path.stat().st_size for path in (tmp_path / "out").iterdir()]
    assert len(sizes) > 1
    assert max(sizes) <= limit
