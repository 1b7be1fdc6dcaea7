"""Volumes of a limited size: what is kept of the sizes, and that no volume is larger than it was thought to be."""

import random
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from helpers.mirror import WRAPPER
from helpers.program import run
from hypothesis import HealthCheck, given, settings as configured, strategies as st

from convert.building import render
from convert.building.pipeline import convert
from convert.building.render import Task
from convert.building.sizes import VolumeSizes
from convert.building.survey import survey
from convert.building.target import manifest_of, target
from convert.bundle.split import parse
from convert.bundle.volumes import Gathering
from convert.cache.database import NAME
from convert.cache.measured import Measured
from convert.errors import ConvertError
from convert.manifest import read
from convert.model import Volume
from convert.settings import Settings
from convert.writers.options import Options

BASE = "https://github.com/example/mirror/blob/master/"
ADDRESS = "https://www.epochtimes.com/gb/23/9/12/n{}.htm"


def page(folder: Path, channel: str, number: int, text: str = "", links: Sequence[int] = (), title: str = "") -> Path:
    path = folder / f"pages/{channel}/n{number}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    body = f"<p>第{number}篇的文字。{text}</p>"
    body += "".join(f'<p>参见<ok href="{ADDRESS.format(link)}">第{link}篇</ok>。</p>' for link in links)
    source = WRAPPER.format(title=title or f"第{number}篇", body=body).replace(
        "&nbsp;|&nbsp; [评论]", f"| [本栏](../../indexes/{channel}.md) | [评论]"
    )
    path.write_text(source.replace(ADDRESS.format(1), ADDRESS.format(number)), "utf-8")
    return path


def build(
    archive: Path, out: Path, split: str, to: str = "epub", cache: str = "", options: Options | None = None
) -> dict[str, bytes]:
    """The volumes of a build, by the names of their files; with a cache it is an update."""
    chosen = Gathering(split=parse(split))
    with target(to, f"{out}/", (str(archive),), 2, volumes=True) as written:
        settings = Settings(BASE, 1, chosen, options or Options(), manifest=manifest_of(written))
        if cache:
            settings = Settings(BASE, 1, chosen, settings.options, manifest=settings.manifest, cache=cache, update=True)
        convert(survey([str(archive)], cache=cache), to, written, settings, lambda finding: None)
    return {path.name: path.read_bytes() for path in sorted(out.glob(f"*.{to}"))}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    for number in range(1, 31):
        page(folder, f"nf{number % 3}", number, "字" * number, [number + 1, number * 7 % 31])
    return folder


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The articles that are measured, by their paths."""
    found: list[str] = []
    really = render.MeasureWorker.__call__

    def measure(self: render.MeasureWorker, task: Task) -> Measured:
        found.append(task.entry.path)
        return really(self, task)

    monkeypatch.setattr(render.MeasureWorker, "__call__", measure)
    yield found


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, ...], int]:
    """The expected sizes of volumes, by the paths of their articles."""
    sizes: dict[tuple[str, ...], int] = {}
    really = VolumeSizes.of

    def of(self: VolumeSizes, volume: Volume) -> int:
        size = really(self, volume)
        sizes[tuple(entry.path for entry in volume.entries())] = size
        return size

    monkeypatch.setattr(VolumeSizes, "of", of)
    return sizes


# --- an update makes what a whole build makes -------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("to", "split"), [("epub", "size=14kB"), ("html", "size=22kB"), ("epub", "channel,size=11kB")])
def test_an_update_is_the_whole_build_whatever_happened(
    to: str, split: str, archive: Path, tmp_path: Path, measured: list[str]
) -> None:
    """Articles are changed, added, removed and renamed; what is measured are those that changed."""
    at_random = random.Random(8)
    limit = parse(split).size
    cache, out = str(tmp_path / "cache"), tmp_path / "out"
    build(archive, out, split, to, cache)
    assert len(set(measured)) == 30
    for turn in range(8):
        paths = sorted(archive.rglob("*.md"))
        chosen = at_random.choice(paths)
        expected = {chosen.relative_to(archive).as_posix()}
        if turn % 4 == 0:
            chosen.write_text(
                chosen.read_text("utf-8").replace("的文字", "的文字，改过了" * at_random.randrange(1, 40)), "utf-8"
            )
        elif turn % 4 == 1:
            added = page(archive, f"nf{turn % 3}", 40 + turn, "新" * 9, [3, 5, 20])
            expected = {added.relative_to(archive).as_posix()}
        elif turn % 4 == 2:
            chosen.unlink()
            expected = set()
        else:
            expected = {chosen.rename(chosen.with_name(f"n{900 + turn}.md")).relative_to(archive).as_posix()}
        measured.clear()
        made = build(archive, out, split, to, cache)
        assert set(measured) == expected
        shutil.rmtree(tmp_path / "anew", ignore_errors=True)
        assert made == build(archive, tmp_path / "anew", split, to)
        assert 2 < len(made) < 30
        assert max(map(len, made.values())) <= limit


def test_other_options_measure_again_and_another_limit_does_not(
    archive: Path, tmp_path: Path, measured: list[str]
) -> None:
    cache, out = str(tmp_path / "cache"), tmp_path / "out"
    build(archive, out, "size=14kB", cache=cache)
    measured.clear()
    assert build(archive, out, "size=12kB", cache=cache) == build(archive, tmp_path / "anew", "size=12kB")
    assert len(measured) == 30  # those of the build that has no cache
    measured.clear()
    build(archive, out, "size=12kB", cache=cache, options=Options(nav="drop"))
    assert len(measured) == 30


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["bit", "shorter", "empty", "others"])
def test_a_damaged_file_of_sizes_counts_as_none(
    damage: str, archive: Path, tmp_path: Path, measured: list[str]
) -> None:
    cache, out = tmp_path / "cache", tmp_path / "out"
    before = build(archive, out, "size=14kB", cache=str(cache))
    file = cache / NAME
    whole = file.read_bytes()
    middle = len(whole) // 2
    file.write_bytes({
        "bit": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        "shorter": whole[:-1],
        "empty": b"",
        "others": b"others" * 1000,
    }[damage])  # fmt: skip
    measured.clear()
    assert build(archive, out, "size=14kB", cache=str(cache)) == before
    assert len(measured) in ({"bit": range(2), "shorter": range(31)}.get(damage, [30]))
    measured.clear()
    assert build(archive, out, "size=14kB", cache=str(cache)) == before
    assert not measured


# --- no volume is larger than it was thought to be --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("to", "nav", "size"), [("epub", "drop", "16kB"), ("html", "drop", "26kB"), ("jsonl", "keep", "14kB")]
)
def test_without_links_a_volume_is_as_large_as_it_was_thought_to_be(
    to: str, nav: str, size: str, tmp_path: Path, told: dict[tuple[str, ...], int]
) -> None:
    """The book's own pages are known: what was removed, who wrote, that one article could not be converted.

    No volume has one article alone, for whose metadata there is only a bound.
    """
    archive, out = tmp_path / "archive", tmp_path / "out"
    for number in range(1, 30):
        text = '<img src="https://example.org/x.gif" width="1" height="1"/>' * (number % 3) + "字" * number
        page(archive, f"nf{number % 2}", number, f"</p><p>（记者方{chr(0x4E00 + number)}报导）</p><p>{text}")
    path = page(archive, "nf1", 30)
    path.write_text(path.read_text("utf-8").replace("第30篇的文字", "\ufffd"), "utf-8")
    page(archive, "nf1", 31).write_bytes(page(archive, "nf1", 31).read_bytes().replace(b"31", b"\xff"))
    made = build(archive, out, f"size={size}", to, options=Options(nav=nav))
    assert len(made) > 1
    assert {len(data) for data in made.values()} <= set(told.values())


TITLES = st.text("纸墨印a&é \"'", min_size=1, max_size=60)
NAMES = st.text("abcxyz0189-_/", min_size=1, max_size=50).map(lambda name: name.strip("/-").replace("//", "/") or "x")


LEAST = {"epub": "14kB", "html": "20kB"}
"""A small size that holds the style of a format and any page of the test."""


@pytest.mark.slow
@configured(
    max_examples=30,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,  # of few examples, one that is too large is many
    ],
)
@given(
    channels=st.lists(NAMES, min_size=1, max_size=5, unique=True),
    title=st.just("") | TITLES,
    links=st.lists(st.lists(st.integers(1, 24), max_size=8), min_size=24, max_size=24),
    seed=st.randoms(use_true_random=False),
    to=st.sampled_from(["epub", "html"]),
    by=st.sampled_from(["", "month,", "channel,"]),
)
def test_links_to_whatever_volume_never_make_one_larger(
    channels: list[str],
    title: str,
    links: list[list[int]],
    seed: random.Random,
    to: str,
    by: str,
    tmp_path_factory: pytest.TempPathFactory,
    told: dict[tuple[str, ...], int],
) -> None:
    """Short pages full of links, whose bytes compress as badly as may be; titles and paths of any length."""
    folder = tmp_path_factory.mktemp("volumes")
    for number, linked in enumerate(links, 1):
        text = "".join(chr(seed.randrange(0x4E00, 0x9FA5)) for _ in range(seed.randrange(200)))
        page(folder / "archive", seed.choice(channels), number, text, linked)
    told.clear()
    chosen = Gathering(title=title, split=parse(f"{by}size={LEAST[to]}"))
    with target(to, f"{folder}/out/", (), 2, volumes=True) as out:
        settings = Settings(BASE, 1, chosen, manifest=manifest_of(out))
        convert(survey([str(folder / "archive")]), to, out, settings, lambda finding: None)
        made = {output.articles: output.bytes for output in read(settings.manifest).outputs}
    assert made.keys() <= told.keys()
    assert all(size <= told[articles] for articles, size in made.items())
    assert max(made.values()) <= parse(f"size={LEAST[to]}").size


# --- what does not fit ------------------------------------------------------------------------------------------------


def test_an_article_that_is_too_large_alone_is_named_and_leaves_nothing(archive: Path, tmp_path: Path) -> None:
    page(archive, "nf1", 99, "".join(chr(0x4E00 + number) for number in range(9000)))
    done = run("--to", "epub", "-q", archive, "-o", tmp_path / "new" / "out", "--split", "size=14kB")
    assert done.returncode == ConvertError.exit_code
    said = done.stderr.decode()
    assert f"--split size=14000 is too little for {archive}/pages/nf1/n99.md, which takes " in said
    assert not (tmp_path / "new").exists()


def test_a_limit_for_no_article_is_an_error(archive: Path, tmp_path: Path) -> None:
    done = run("--to", "epub", archive, "-o", f"{tmp_path}/out/", "--split", "size=14kB", "--since", "2031")
    assert done.stderr.startswith(b"convert: no article is among those that --since")
    assert not (tmp_path / "out").exists()
