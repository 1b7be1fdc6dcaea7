"""Articles of several channels: written once, listed in each channel, and reported."""

from pathlib import Path

import pytest
from helpers.data import CORPUS, SEEDS, needs_corpus
from helpers.mirror import WRAPPER
from helpers.program import run
from helpers.strategies import entry
from helpers.volumes import Sized
from hypothesis import given, strategies as st
from msgspec import json
from msgspec.structs import replace

from convert.bundle.copies import Copies, Places, copy_of
from convert.bundle.deduplicate import Version, deduplicate, differing
from convert.bundle.index import Index
from convert.bundle.links import Inside, Links, Other
from convert.bundle.split import parse
from convert.bundle.volumes import Gathering, Plan, TooLargeError, gather
from convert.checking.archive import check
from convert.model import Entry, Finding, Volume
from convert.settings import Settings

ADDRESS = "https://www.epochtimes.com/gb/23/9/12/n{}.htm"
WRITINGS = [
    "https://www.epochtimes.com/gb/23/9/12/n7.htm",
    "http://www.epochtimes.com/b5/23/9/12/n7.htm",
    "https://epochtimes.com/gb/23/9/13/n7p.htm",
    "https://www.epochtimes.com/gb/23/9/12/n7_3.htm?from=x#top",
]
VERSIONS = {0: Version("2023-09-12", 10, 1), 1: Version("2023-09-13", 5, 2), 2: Version("2023-09-13", 7, 3)}


def copy(number: int, section: str, article: int, text: int = 0, published: str = "2023-09-12") -> Entry:
    """A document of an article; the number of its text, if that is known."""
    made = entry(number, published, section)
    return replace(made, address=ADDRESS.format(article), text=text)


def planned(
    *entries: Entry, split: str = "none", version: dict[str, Version] | None = None, order: str = "oldest"
) -> Plan:
    index = Index()
    for each in entries:
        index.add(each)
    told = version or {}
    versions = {each.path: told[each.id] for each in entries if each.id in told}
    return gather(index, Gathering(split=parse(split), once=True, order=order), versions)


# --- what is a copy --------------------------------------------------------------------------------------------------


def test_an_address_is_the_same_however_it_is_written() -> None:
    entries = [replace(entry(number), address=address) for number, address in enumerate(WRITINGS)]
    kept, copies = deduplicate(entries, {})
    assert kept == entries[:1]
    assert [each.entry for each in copies] == entries[1:]


def test_the_same_title_and_text_under_another_address_is_the_same_article() -> None:
    kept, copies = deduplicate([copy(1, "a", 1, text=5), copy(2, "b", 2, text=5), copy(3, "c", 3, text=6)], {})
    assert [each.id for each in kept] == ["n1", "n3"]
    assert [(each.entry.id, each.same) for each in copies] == [("n2", True)]


def test_entries_without_address_and_text_are_no_copies() -> None:
    entries = [replace(entry(number), address="", text=0) for number in range(3)]
    assert deduplicate(entries, {}) == (entries, [])


def test_a_copy_of_a_copy_is_a_copy() -> None:
    """The third has the address of the first and the text of the second, wherever it comes."""
    one, two, three = copy(1, "a", 1, text=5), copy(2, "b", 2, text=6), copy(3, "c", 1, text=6)
    for order in ([one, two, three], [two, one, three], [three, one, two]):
        kept, copies = deduplicate(order, {})
        assert (len(kept), len(copies)) == (1, 2)


@given(
    told=st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 3), st.sampled_from("abc"), st.integers(0, 2)), max_size=12
    )
)
def test_every_article_is_there_once_and_every_other_document_is_a_copy(told: list[tuple[int, int, str, int]]) -> None:
    entries = [copy(number, section, article, text) for number, (article, text, section, _) in enumerate(told)]
    dated = {f"n{number}": VERSIONS[of] for number, (*_, of) in enumerate(told)}
    kept, copies = deduplicate(entries, {each.path: dated[each.id] for each in entries})
    assert sorted(each.id for each in [*kept, *(each.entry for each in copies)]) == sorted(each.id for each in entries)
    assert len({each.address for each in kept}) == len(kept)
    assert len({each.text for each in kept if each.text}) == sum(1 for each in kept if each.text)
    assert {each.retained for each in copies} <= set(kept)


# --- which copy is kept ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("versions", "best"),
    [
        ([Version("2023-09-12", 99, 1), Version("2023-09-13", 5, 2), Version("2023-09-11", 5, 3)], "n1"),
        ([Version("2023-09-12", 5, 1), Version("2023-09-12", 9, 2), Version("", 100, 3)], "n1"),
        ([Version("2023-09-12", 9, 1), Version("2023-09-12", 9, 2), Version("2023-09-12", 9, 3)], "n0"),
        ([Version(), Version("", 1, 2), Version("", 1, 3)], "n1"),
    ],
    ids=["latest", "longest", "first", "readable"],
)
def test_of_differing_texts_the_newest_is_kept(versions: list[Version], best: str) -> None:
    entries = [copy(number, section, 7, text=number + 1) for number, section in enumerate("abc")]
    kept, copies = deduplicate(entries, {each.path: versions[int(each.id[1:])] for each in entries})
    (only,) = kept
    assert (only.id, only.section) == (best, "a"), "it stands where the first of them stood"
    assert not any(each.same for each in copies)


def test_texts_are_compared_only_where_they_may_differ() -> None:
    entries = [copy(1, "a", 7, text=5), copy(2, "b", 7, text=5), copy(3, "c", 8, text=6)]
    assert differing(entries) == []
    assert differing([*entries, copy(4, "d", 8, text=7)]) == [entries[2], copy(4, "d", 8, text=7)]
    kept, _ = deduplicate(entries, {})
    assert [each.id for each in kept] == ["n1", "n3"]


def test_whether_the_text_is_the_same_is_that_of_the_kept_one() -> None:
    entries = [copy(1, "a", 7, text=1), copy(2, "b", 7, text=2), copy(3, "c", 7, text=3)]
    told = {"n1": Version("", 5, 1), "n2": Version("", 9, 2), "n3": Version("", 9, 2)}
    _, copies = deduplicate(entries, {each.path: told[each.id] for each in entries})
    assert [(each.entry.id, each.retained.id, each.same) for each in copies] == [
        ("n1", "n2", False),
        ("n3", "n2", True),
    ]


# --- where it is listed ----------------------------------------------------------------------------------------------


def listed(plan: Plan) -> dict[str, list[tuple[str, str, str]]]:
    """By volume: section, article, and the volume that it is said to be in."""
    return {
        volume.name: [
            (section.key, each.entry.id, each.volume) for section in volume.sections for each in section.elsewhere
        ]
        for volume in plan.volumes
    }


def test_the_other_channel_lists_it() -> None:
    plan = planned(copy(1, "a", 7, text=5), copy(2, "b", 7, text=5), copy(3, "b", 8, text=6))
    assert [[each.id for each in section.entries] for section in plan.volumes[0].sections] == [["n1"], ["n3"]]
    assert listed(plan) == {"": [("b", "n1", "")]}


def test_a_channel_that_has_no_article_of_its_own_lists_it_too() -> None:
    plan = planned(copy(1, "a", 7, text=5), copy(2, "b", 7, text=5))
    assert listed(plan) == {"": [("b", "n1", "")]}
    assert [section.key for section in plan.volumes[0].sections] == ["a", "b"]


def test_the_channel_that_the_newest_copy_is_from_lists_it() -> None:
    told = {"n1": Version("2023-09-12", 5, 1), "n2": Version("2023-09-13", 5, 2)}
    plan = planned(copy(1, "a", 7, text=5), copy(2, "b", 7, text=6), copy(3, "b", 8, text=7), version=told)
    assert [[each.id for each in section.entries] for section in plan.volumes[0].sections] == [["n2"], ["n3"]]
    assert listed(plan) == {"": [("b", "n2", "")]}


def test_copies_in_one_channel_are_listed_once() -> None:
    plan = planned(copy(1, "a", 7, text=5), copy(2, "a", 7, text=5), copy(3, "b", 7, text=5), copy(4, "b", 7, text=5))
    assert listed(plan) == {"": [("b", "n1", "")]}


def test_the_volume_of_the_other_channel_names_the_volume_that_has_it() -> None:
    plan = planned(copy(1, "a", 7, text=5), copy(2, "b", 7, text=5), copy(3, "b", 8, text=6), split="channel")
    assert listed(plan) == {"a": [], "b": [("b", "n1", "a")]}


def test_of_several_volumes_of_a_channel_that_of_its_time_lists_it() -> None:
    plan = planned(
        copy(1, "a", 7, text=5, published="2023-02-05"),
        copy(2, "b", 7, text=5, published="2023-02-05"),
        *(copy(10 + month, "b", 10 + month, published=f"2023-0{month}-01") for month in (1, 2, 3)),
        split="channel,month",
    )
    assert {name for name, found in listed(plan).items() if found} == {"b-2023-02"}


@pytest.mark.parametrize(
    ("order", "split", "expected"),
    [
        ("oldest", "channel,count=2", "b-003"),
        ("newest", "channel,count=2", "b-001"),
        ("title", "channel,count=2", "b-002"),
        ("path", "channel,count=2", "b-001"),
        ("title", "channel,month", "b-2023-05"),
    ],
)
def test_of_several_volumes_of_a_channel_that_where_it_would_stand_lists_it(
    order: str, split: str, expected: str
) -> None:
    """To a channel of six articles, of which one has no date, comes one of May: by its title it would be the fourth, by
    its path the first."""
    own = [copy(10 + number, "b", 10 + number, published=f"2023-0{number}-01") for number in range(1, 6)]
    own = [replace(each, title=title) for each, title in zip(own, "ebadf", strict=True)]
    listed_too = replace(copy(2, "b", 8, text=6, published="2023-05-02"), title="dd", path="pages/b/n00.md")
    first = replace(copy(1, "a", 8, text=6, published="2023-05-02"), title="dd", path="pages/a/n00.md")
    undated = replace(copy(20, "b", 20, published=""), title="g")
    plan = planned(first, listed_too, *own, undated, split=split, order=order)
    assert {name for name, found in listed(plan).items() if found} == {expected}


def test_undated_copy_is_listed_among_the_undated() -> None:
    own = [copy(10 + number, "b", 10 + number, published=f"2023-0{number}-01") for number in range(1, 4)]
    undated = [copy(20, "b", 20, published="")]
    copies = [copy(1, "a", 8, text=6, published=""), copy(2, "b", 8, text=6, published="")]
    plan = planned(*copies, *own, *undated, split="channel,month")
    assert {name for name, found in listed(plan).items() if found} == {"b-other"}


def test_an_article_that_fits_only_without_room_for_lists_is_taken_alone() -> None:
    """A channel has an article of 590 bytes, the other one many small articles, of which some are listed in both."""
    own = [copy(n, "a", n, text=n + 1) for n in range(60)]
    copies = [copy(1000 + n, "b", n, text=n + 1) for n in range(60)]
    more = [copy(2000 + n, "b", 2000 + n) for n in range(60)]
    large = copy(3000, "c", 3000)
    index = Index()
    for each in [*own, *copies, *more, large]:
        index.add(each)

    def size(volume: Volume) -> int:
        own = sum(540 if entry.path == large.path else 10 for entry in volume.entries())
        return 50 + own + sum(3 * len(section.elsewhere) for section in volume.sections)

    plan = gather(index, Gathering(split=parse("size=600"), once=True), sizes=Sized(size))
    assert max(map(size, plan.volumes)) <= 600
    assert large in plan.volumes[-1].entries()


def test_lists_that_are_too_large_alone_are_an_error() -> None:
    entries = [copy(1, "a", 1, text=1), *(copy(n, f"b{n}", 1, text=1) for n in range(2, 60))]
    index = Index()
    for each in entries:
        index.add(each)

    def size(volume: Volume) -> int:
        return 10 + sum(10 + 20 * len(section.elsewhere) for section in volume.sections)

    with pytest.raises(TooLargeError, match=r"pages/a/n1\.md takes 1,7\d\d bytes"):
        gather(index, Gathering(split=parse("size=600"), once=True), sizes=Sized(size))


def test_sizes_leave_room_for_what_is_listed_besides() -> None:
    """A hundred articles in one channel, and in the other their copies and as many of its own."""
    own = [copy(n, "a", n, text=n + 1) for n in range(100)]
    copies = [copy(1000 + n, "b", n, text=n + 1) for n in range(100)]
    more = [copy(2000 + n, "b", 2000 + n) for n in range(100)]
    index = Index()
    for each in [*own, *copies, *more]:
        index.add(each)

    def size(volume: object) -> int:
        sections = volume.sections  # type: ignore[attr-defined]
        return 50 + sum(10 * len(section.entries) + 3 * len(section.elsewhere) for section in sections)

    plan = gather(index, Gathering(split=parse("size=600"), once=True), sizes=Sized(size))
    assert max(map(size, plan.volumes)) <= 600
    assert sum(len(section.elsewhere) for volume in plan.volumes for section in volume.sections) == 100


# --- links -----------------------------------------------------------------------------------------------------------


def test_link_to_a_copy_leads_to_the_kept_article() -> None:
    plan = planned(copy(1, "a", 7, text=5), copy(2, "b", 9, text=5), copy(3, "b", 8, text=6), split="channel")
    links, (kept, other) = Links(*plan.volumes, copies=plan.copies), plan.entries()
    assert links.article(ADDRESS.format(9), kept) == Inside("article", kept.path)
    assert links.article(ADDRESS.format(9), other) == Other(kept.path, "a", "a")
    home = "https://github.com/OWNER/mirror/blob/master/"
    assert links.navigation(home + "pages/b/n2.md", kept, home + kept.path) == Inside("article", kept.path)


def test_a_copy_without_an_address_leads_nowhere() -> None:
    plan = planned(copy(1, "a", 7, text=5), replace(copy(2, "b", 8, text=5), address=""))
    links, (kept,) = Links(*plan.volumes, copies=plan.copies), plan.entries()
    assert links.article("", kept) is None
    assert links.article("/", kept) is None


def test_link_with_copies_kept_leads_to_the_copy_in_its_volume() -> None:
    index = Index()
    for each in (copy(1, "a", 7), copy(2, "b", 7), copy(3, "b", 8)):
        index.add(each)
    volumes = gather(index, Gathering(split=parse("channel"), once=False)).volumes
    links = Links(*volumes)
    assert links.article(ADDRESS.format(7), volumes[1].sections[0].entries[1]) == Inside("article", "pages/b/n2.md")
    assert links.article(ADDRESS.format(8), volumes[0].sections[0].entries[0]) == Other("pages/b/n3.md", "b", "b")


# --- the ledger ------------------------------------------------------------------------------------------------------


def page(title: str, text: str, number: int, day: str = "2023年9月12日") -> str:
    made = WRAPPER.format(
        title=title, body=f"<p>【大纪元{day}讯】{text}</p><p>{'水里的纤维慢慢沉下来。' * 30}</p><p>责任编辑：方正</p>"
    )
    return made.replace("/n1.htm", f"/n{number}.htm")


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    """In `b` a copy of the article of `a`, another with other words of a later day, and one of its own."""
    pages = {
        "a/n1": page("一", "抄纸。", 1),
        "a/n2": page("二", "旧的。很长很长很长。", 2),
        "b/n1": page("一", "抄纸。", 1),
        "b/n2": page("二", "新的。", 2, "2023年9月14日"),
        "b/n3": page("三", "压纸。", 3),
    }
    for path, text in pages.items():
        file = tmp_path / "mirror" / "pages" / f"{path}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return tmp_path / "mirror"


def test_the_ledger_says_which_copies_were_left_out(mirror: Path, tmp_path: Path) -> None:
    done = run("--to", "html", mirror, "-o", tmp_path / "book.html", "--ledger", tmp_path / "ledger.jsonl")
    assert done.returncode == 0, done.stderr
    told = [json.decode(line) for line in (tmp_path / "ledger.jsonl").read_bytes().splitlines()]
    assert [
        (
            Path(each["path"]).relative_to(mirror).as_posix(),
            each["code"],
            each["message"],
            each["removed"],
            each["line"],
        )
        for each in told
        if each["code"].startswith("SET")
    ] == [
        ("pages/b/n1.md", "SET001", f"the same article as {mirror}/pages/a/n1.md", "一", 1),
        ("pages/a/n2.md", "SET002", f"the same article as {mirror}/pages/b/n2.md, with another text", "二", 1),
    ]
    book = (tmp_path / "book.html").read_text("utf-8")
    assert ("新的。" in book, "旧的。" in book, book.count("抄纸。")) == (True, False, 1)
    assert run("--to", "html", mirror, "-o", tmp_path / "strict.html", "--strict").returncode == 0


@pytest.mark.parametrize(("to", "count"), [("jsonl", 5), ("html", 3)])
def test_files_keep_every_copy_and_books_do_not_unless_asked(to: str, count: int, mirror: Path, tmp_path: Path) -> None:
    for choice, expected in (([], count), (["--duplicates", "keep"], 5), (["--duplicates", "once"], 3)):
        done = run("--to", to, mirror, "-o", tmp_path / f"out.{to}", *choice)
        assert f"{expected} article(s)".encode() in done.stderr


# --- what validate says of copies -------------------------------------------------------------------------------------

PAGE = (SEEDS / "pages" / "nf9000001" / "n90000002.md").read_text("utf-8")


def told(*roots: Path, workers: int = 1) -> list[tuple[str, str, str]]:
    found: list[Finding] = []
    check([str(root) for root in roots], Settings(workers=workers), found.append)
    return [
        (Path(each.path).parent.name, each.code, str(each.message)) for each in found if each.code.startswith("SET")
    ]


def archive(folder: Path, **pages: str) -> Path:
    for channel, text in pages.items():
        (folder / "pages" / channel).mkdir(parents=True)
        (folder / "pages" / channel / "n90000002.md").write_text(text, "utf-8")
    return folder


@pytest.mark.rule("SET001")
@pytest.mark.parametrize("workers", [1, 2])
def test_the_same_article_in_two_channels_is_told_once(workers: int, tmp_path: Path) -> None:
    """SET001 ignores white space and the mirror's own lines."""
    archive(tmp_path, a=PAGE, b=PAGE.replace("?n90000002", "?n1"), c=PAGE.replace("木头的字", "铁的字"))
    first = tmp_path / "pages" / "a" / "n90000002.md"
    assert told(tmp_path, workers=workers) == [
        ("b", "SET001", f"the same article as {first}"),
        ("c", "SET002", f"the same article as {first}, with another text"),
    ]


@pytest.mark.rule("SET002")
def test_another_text_is_another_matter(tmp_path: Path) -> None:
    """SET002 is reported at the copy that differs, also if its address is written in another way."""
    archive(tmp_path, a=PAGE, b=PAGE.replace("木头的字", "铁的字").replace("https://www.epoch", "http://www.epoch"))
    assert [code for _, code, _ in told(tmp_path)] == ["SET002"]


def test_a_document_may_ask_not_to_be_told(tmp_path: Path) -> None:
    archive(tmp_path, a=PAGE, b=PAGE.replace("<h4>", "<!-- convert: ignore SET001 --><h4>", 1))
    assert told(tmp_path) == []


def test_document_given_twice_is_no_copy(tmp_path: Path) -> None:
    archive(tmp_path, a=PAGE)
    assert told(tmp_path, tmp_path) == []


def test_the_first_copy_stands_for_all() -> None:
    copies = Copies()
    one, other = copy_of("https://example.org/a", ["纸 ", "墨"]), copy_of("http://example.org/a/", ["笔"])
    assert copies.add(one, "1") is None
    assert copies.add(other, "2") == ("1", False)
    assert copies.add(copy_of("https://example.org/a", ["纸墨"]), "3") == ("1", True)


@pytest.mark.slow
@needs_corpus
def test_real_copies_are_found() -> None:
    codes = [code for _, code, _ in told(CORPUS / "epic", CORPUS / "bn1", CORPUS / "bn2")]
    assert codes.count("SET001") > 10
    assert codes.count("SET002") > 5


@given(st.lists(st.tuples(st.sampled_from([0, 1, 1024, 2048, 2**64 - 1]) | st.integers(0, 2**64 - 1), st.booleans())))
def test_places_are_found_as_in_a_dictionary(steps: list[tuple[int, bool]]) -> None:
    places, expected = Places(), dict[int, int]()
    for number, (key, replaces) in enumerate(steps):
        if replaces:
            places[key] = expected[key] = number
        assert places.setdefault(key, number) == expected.setdefault(key, number)
        assert key in places
    assert (3 in places) == (3 in expected)


def test_places_grow() -> None:
    places = Places()
    for key in range(0, 5000 * 1024, 1024):  # all of them in one slot
        places[key] = key
    assert [places.setdefault(key, 7) for key in (0, 1024 * 4999, 1)] == [0, 1024 * 4999, 7]
