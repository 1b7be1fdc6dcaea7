"""Books that keep to a size by reducing their pictures: `--fit`."""

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from zipfile import ZipFile

import pytest
from helpers.pictures import encoded, scene
from PIL import Image

import convert.api
from convert.errors import ConvertError, UsageError
from convert.pictures.fit import Candidate, Fit, ladder
from convert.pictures.model import Facts
from convert.pictures.profiles import PROFILES, Treatment
from convert.pictures.store import PictureStore

PROFILE = Treatment(800, 72)
PAGE = """---
title: Page {0}
date: 2024-01-{0:02}
source: https://a.example/{0}.htm
---

{1}

![One](https://a.example/{0}-0.jpg)

Between.

![Two](https://a.example/{0}-1.jpg)

Last.
"""


# --- the plan ---------------------------------------------------------------------------------------------------------


def guess(wanted: Sequence[tuple[str, Treatment]]) -> list[int]:
    """Return sizes as JPEG has them, roughly."""
    return [
        int(
            min(each.edge or 9999, 1000 + int(name)) ** 2
            * (each.quality or 95) ** 1.5
            * (0.7 if each.grey else 1)
            / 9e3
        )
        for name, each in wanted
    ]


def planned(count: int, share: float, profile: Treatment = PROFILE) -> tuple[Fit, list[Candidate], int]:
    names = [str(number) for number in range(count)]
    sizes = guess([(name, profile) for name in names])
    candidates = [
        Candidate(name, 1000 + int(name), 700, int(name) % 3 == 0, size)
        for name, size in zip(names, sizes, strict=True)
    ]
    return Fit(candidates, profile, guess), candidates, int(sum(sizes) * share)


@pytest.mark.parametrize("count", [1, 2, 7, 100])
@pytest.mark.parametrize("share", [0.99, 0.9, 0.7, 0.5, 0.3, 0.2, 0.15])
def test_a_plan_fills_the_room_and_no_more(count: int, share: float) -> None:
    fit, _, room = planned(count, share)
    plan = fit.plan(room, room // 200)
    assert room * 0.99 <= fit.cost(plan) <= room
    assert plan.left_out == 0


@pytest.mark.parametrize("share", [0.05, 0.03, 0.01])
def test_pictures_that_lead_no_article_are_left_out_first_and_the_last_ones_before(share: float) -> None:
    fit, candidates, room = planned(60, share)
    plan = fit.plan(room, room // 200)
    assert fit.cost(plan) <= room
    gone = [each for each in candidates if plan.treatments[each.sha256] is None]
    assert len(gone) == plan.left_out > 0
    order = [each for each in reversed(candidates) if not each.leads] + [
        each for each in reversed(candidates) if each.leads
    ]
    assert {each.sha256 for each in gone} == {each.sha256 for each in order[: len(gone)]}


def test_pictures_in_front_are_a_rung_higher() -> None:
    fit, candidates, room = planned(50, 0.6)
    plan = fit.plan(room, room // 200)
    rungs = ladder(PROFILE)
    places = [rungs.index(each) for each in plan.treatments.values() if each in rungs]
    assert max(places) - min(places) == 1
    assert plan.treatments[candidates[-1].sha256] == plan.rung


@pytest.mark.parametrize("name", [name for name, treatment in PROFILES.items() if treatment])
def test_a_ladder_leads_down_to_320_pixels_and_quality_45(name: str) -> None:
    profile = PROFILES[name]
    assert profile
    rungs = ladder(profile)
    assert rungs[0] == profile and rungs[-1] == Treatment(320, 45, grey=True)
    assert all(one.edge >= other.edge and one.quality >= other.quality for one, other in pairwise(rungs[1:]))


# --- books ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    (folder / "pages").mkdir()
    with PictureStore(str(folder / "store")) as store:
        for number in range(1, 6):
            (folder / "pages" / f"{number}.md").write_text(PAGE.format(number, f"Words {number}. " * 40))
            for place in (0, 1):
                image = scene(480, 320).transpose(Image.Transpose(place)).crop((0, 0, 480 - number, 320))
                data = encoded(image, quality=88)
                store.put(f"https://a.example/{number}-{place}.jpg", data, Facts("jpeg", *image.size))
    return folder


def book(archive: Path, out: Path, to: str = "epub", **options: object) -> int:
    convert.api.convert(
        archive / "pages",
        out,
        to,
        source_format="markdown",
        store=archive / "store",
        **options,  # type: ignore[arg-type]
    )
    return out.stat().st_size


def pictures(book: Path) -> list[str]:
    with ZipFile(book) as file:
        return [name for name in file.namelist() if "/pictures/" in name]


@pytest.mark.slow
@pytest.mark.parametrize("to", ["epub", "html"])
def test_a_book_keeps_to_its_size(to: str, archive: Path, tmp_path: Path) -> None:
    whole = book(archive, tmp_path / f"whole.{to}", to)
    for share in (0.8, 0.45):
        limit = int(whole * share)
        assert limit * 0.99 < book(archive, tmp_path / f"a.{to}", to, fit=str(limit)) <= limit


def test_a_book_that_is_small_enough_stays_as_it_is(archive: Path, tmp_path: Path) -> None:
    whole = book(archive, tmp_path / "whole.epub")
    assert book(archive, tmp_path / "a.epub", fit=str(whole)) == whole
    assert (tmp_path / "a.epub").read_bytes() == (tmp_path / "whole.epub").read_bytes()


@pytest.mark.slow
def test_what_was_reduced_is_in_the_book_and_in_the_manifest(archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.epub"
    assert book(archive, out, fit="30kB", manifest=True) <= 30_000
    manifest = json.loads((tmp_path / "a.epub.manifest.json").read_text())
    assert manifest["options"]["fit"] == 30_000
    figures = manifest["outputs"][0]["fitted"]
    left_out = figures["left_out"]
    assert figures["limit"] == 30_000 and figures["pictures"] == 10 and 0 < left_out < 10
    assert len(pictures(out)) == 10 - left_out
    with ZipFile(out) as file:
        about = file.read("EPUB/about.xhtml").decode()
    assert "no more than 30,000 bytes" in about and f"{left_out} of 10 pictures were left out" in about
    first = out.read_bytes()
    result = convert.api.convert(
        archive / "pages", out, "epub", source_format="markdown", store=archive / "store", fit="30kB", update=True
    )
    assert result.unchanged == 1
    book(archive, tmp_path / "b.epub", fit="30kB", workers=4)
    assert (tmp_path / "b.epub").read_bytes() == first


def test_what_fit_cannot_do_is_said(archive: Path, tmp_path: Path) -> None:
    with pytest.raises(ConvertError, match=r"alone takes [0-9,]+ bytes, [0-9,]+ more than --fit allows"):
        book(archive, tmp_path / "a.epub", fit="2kB")
    with pytest.raises(UsageError, match="known only when it is drawn"):
        book(archive, tmp_path / "a.pdf", "pdf", fit="2MB")
    with pytest.raises(UsageError, match="name one with --store"):
        book(archive, tmp_path / "a.epub", fit="2MB", images="link")
    with pytest.raises(UsageError, match="a size such as 45MB"):
        book(archive, tmp_path / "a.epub", fit="little")
    assert not list(tmp_path.iterdir())
