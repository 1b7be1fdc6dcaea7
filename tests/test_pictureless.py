"""Markdown and JSON by --images link and none: nothing in them loads, and nothing that could be read is gone."""

import re
from pathlib import Path
from typing import Any

import pytest
from helpers.data import SEEDS
from helpers.live import rendered
from helpers.program import run
from msgspec.structs import replace

from convert.api import read
from convert.model import SCHEMA_VERSION, Article, Break, Figure, Image, Link, Paragraph, Provenance, Text, texts, walk
from convert.writers.pictureless import pictureless

ADDRESS, LARGE = "https://a.example/a.jpg", "https://a.example/a-large.jpg"
CAPTION = (Text("一张纸"),)
LABEL = Text("〔图片〕")


def article(*body: Any, lead: Figure | None = None) -> Article:
    source = Provenance("https://a.example/1")
    return Article(
        schema_version=SCHEMA_VERSION, id="n1", title="a", language="zh-Hans", source=source, lead=lead, body=body
    )


@pytest.mark.parametrize(
    ("figure", "linked", "bare"),
    [
        (Figure((Image(ADDRESS),)), (Link(ADDRESS, (LABEL,)),), (LABEL,)),
        (Figure((Image(ADDRESS, "纸"),)), (Link(ADDRESS, (Text("〔图片〕纸"),)),), (Text("〔图片〕纸"),)),
        (
            Figure((Image(ADDRESS, "纸", full_size=LARGE),)),
            (Link(LARGE, (Text("〔图片〕纸"),)),),
            (Text("〔图片〕纸"),),
        ),
        (Figure((Image(ADDRESS, "纸"),), CAPTION), (Link(ADDRESS, (LABEL,)), Break(), *CAPTION), CAPTION),
        (
            Figure((Image(ADDRESS), Image(LARGE)), CAPTION),
            (Link(ADDRESS, (LABEL,)), Break(), Link(LARGE, (LABEL,)), Break(), *CAPTION),
            CAPTION,
        ),
        (Figure((Image("", "纸"),)), (Text("〔图片〕纸"),), (Text("〔图片〕纸"),)),
    ],
)
def test_a_figure_becomes_a_paragraph(figure: Figure, linked: tuple[Any, ...], bare: tuple[Any, ...]) -> None:
    for images, expected in (("link", linked), ("none", bare)):
        for made in (article(figure), article(lead=figure)):
            assert pictureless(made, images) == article(Paragraph(expected))


def test_english_words_for_a_picture_have_a_space_behind_them() -> None:
    made = replace(article(Figure((Image(ADDRESS, "Paper"),))), language="en")
    assert pictureless(made, "none").body == (Paragraph((Text("[Picture] Paper"),)),)


def test_a_picture_inside_a_link_is_its_text() -> None:
    linked = Paragraph((Link("https://a.example/", (Image(ADDRESS, "纸"), Text("墨"))),))
    expected = Paragraph((Link("https://a.example/", (Text("〔图片〕纸"), Text("墨"))),))
    assert pictureless(article(linked), "link") == article(expected)


def test_a_picture_inside_the_article_loads_nothing() -> None:
    figure = Figure((Image("data:image/gif;base64,R0lGODlhAQABAAAAACw=", "点"),))
    assert pictureless(article(lead=figure), "link") == article(lead=figure)
    assert pictureless(article(figure), "none") == article(Paragraph((Text("〔图片〕点"),)))


@pytest.mark.parametrize("images", ["link", "none"])
def test_no_text_of_the_seeds_is_lost(images: str) -> None:
    for each in (document.article for document in read(SEEDS) if document.article):
        without = pictureless(each, images)
        assert not [
            node for node in walk((without,)) if isinstance(node, Image) and not node.address.startswith("data:")
        ]
        rest = iter(texts((without,)))
        assert all(text in rest for text in texts((each,))), each.id


@pytest.mark.slow
@pytest.mark.parametrize("images", ["link", "none"])
def test_nothing_of_the_seeds_loads(images: str, tmp_path: Path) -> None:
    for to in ("markdown", "json"):
        assert run("--to", to, "--images", images, SEEDS, "-o", tmp_path / to, "--quiet").returncode == 0
    for path in (tmp_path / "markdown").rglob("*.md"):
        for html, program in rendered(path.read_text("utf-8")):
            assert "<img" not in html.replace('<img src="data:', ""), (path, program)
    for path in (tmp_path / "json").rglob("*.json"):
        for picture in re.findall(rb'"type": "image",\s+"address": "([^"]*)', path.read_bytes()):
            assert images == "link"
            assert picture.startswith(b"data:")
