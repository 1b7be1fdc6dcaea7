"""Drawings in the markup of a page: pictures of the article, or icons."""

from base64 import b64decode
from xml.etree import ElementTree

import pytest

from convert.document import read_and_clean
from convert.model import Image, walk
from convert.sources import Source

PAGE = """<!DOCTYPE html><html lang=en><head><title>Reams of the year</title></head><body><article>
<h1>Reams of the year</h1>
<p>Paper is sold by the ream, and the mill counts its reams, day by day, in a book that the chart is drawn from.</p>
{}
<p>Nobody knows what became of the first drawing, but the second was found again, in the winter, in an attic.</p>
</article></body></html>"""


def pictures(markup: str) -> tuple[list[Image], list[str]]:
    cleaned = read_and_clean(Source("", "a.html", PAGE.format(markup).encode()))
    assert cleaned.article is not None
    found = [node for node in walk(cleaned.article.body) if isinstance(node, Image)]
    return found, [each.code for each in cleaned.findings if each.code.startswith("IMG")]


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<svg width=300 height=120><title>Reams</title><circle r=30 /></svg>", "Reams"),
        ("<svg width=300px height=120px aria-label='A mill'><title>Reams</title><path d='M0 0'/></svg>", "A mill"),
        ("<svg viewBox='0 0 640 480'><text x=1>a&nbsp;b</text><style>text{fill:teal}</style></svg>", "a b"),
        ("<figure><svg viewBox='0 0 24 24'><path d='M0 0'/></svg><figcaption>Reams</figcaption></figure>", ""),
        ("<p>Here <svg width=300 height=120 sketch:type=x><rect width=9 height=9 /></svg> is one.</p>", ""),
        ("<svg width=300 height=120 onload='a()'><script>a()</script><rect width=9 onclick='b()'/></svg>", ""),
    ],
)
def test_a_drawing_is_a_picture(markup: str, words: str) -> None:
    [picture], findings = pictures(markup)
    assert findings == []
    start, _, data = picture.address.partition(",")
    assert start == "data:image/svg+xml;base64"
    drawing = ElementTree.fromstring(b64decode(data))
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
    assert b"onload" not in b64decode(data)
    assert b"<script" not in b64decode(data)
    assert picture.alt.split() == words.split()


IMAGE = "<image width=300 height=120 xlink:href='https://paper.example/a.png'/>"


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        (f"<svg width='100%' height='100%' viewBox='0 0 300 120'><title>Reams</title>{IMAGE}</svg>", ["png"]),
        (
            f"<svg><defs><clipPath id=c><rect width=9 /></clipPath></defs><g clip-path='url(#c)'>{IMAGE}</g></svg>",
            ["png"],
        ),
        (f"<svg width=300 height=120><title>Reams</title>{IMAGE}<path d='M0 0'/></svg>", ["svg", "png"]),
        ("<svg width=300 height=120><image xlink:href='data:image/png;base64,AA=='/></svg>", ["svg"]),
        ("<svg width=40 height=40><image width=40 xlink:href='https://paper.example/face.png'/></svg>", []),
    ],
)
def test_a_picture_in_a_drawing_is_one(markup: str, shown: list[str]) -> None:
    found, _ = pictures(markup)
    assert ["svg" if each.address.startswith("data:image/svg") else each.address[-3:] for each in found] == shown
    assert all(each.address in ("https://paper.example/a.png", found[0].address) for each in found)


@pytest.mark.parametrize(
    "markup",
    [
        "<svg width=16 height=16><path d='M0 0'/></svg>",
        "<svg viewBox='0 0 24 24'><path d='M0 0'/></svg>",
        "<svg><path d='M0 0'/></svg>",
        "<p><a href='https://paper.example/'>Mill <svg width=300 height=120><path d='M0 0'/></svg></a></p>",
        "<button><svg width=300 height=120><path d='M0 0'/></svg></button>",
        "<svg width=300 height=120 aria-hidden=true><path d='M0 0'/></svg>",
    ],
)
def test_an_icon_is_none(markup: str) -> None:
    assert pictures(markup) == ([], [])


def test_a_drawing_that_draws_nothing_is_reported() -> None:
    assert pictures("<svg width=300 height=120></svg>")[1] == ["IMG004"]
