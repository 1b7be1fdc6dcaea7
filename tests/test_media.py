"""Pictures, players and frames: their addresses and sizes."""

import pytest
from helpers.markup import blocks_of, written

from convert.model import Embed, Image, walk
from convert.readers.html.lazy import largest

LATER = [
    ("<img srcset='a.jpg 300w, b.jpg 1200w'>", "b.jpg"),
    ("<img src='blank.gif' data-srcset='a.jpg 2x'>", "a.jpg"),
    ("<img src='data:image/gif;base64,R0lG' data-src='a.jpg'>", "a.jpg"),
    ("<img src='about:blank' data-original='a.jpg'>", "a.jpg"),
    ("<picture><source srcset='a.webp'><img></picture>", "a.webp"),
    ("<picture><source media='(max-width:9px)' srcset='s.jpg'><source data-srcset='l.jpg 1w, k.jpg 9w'><img></picture>",
     "k.jpg"),
    ("<img src='real.jpg' data-src='a.jpg' srcset='b.jpg 9w'>", "real.jpg"),
    ("<iframe src='about:blank' data-src='https://example.org/embed/1'></iframe>", "https://example.org/embed/1"),
    ("<iframe data-lazy-src='https://example.org/embed/1'></iframe>", "https://example.org/embed/1"),
    ("<amp-img src='a.jpg' width=600 height=400><noscript><img src='a.jpg'></noscript></amp-img>", "a.jpg"),
    ("<img class=lazyload src='small.jpg' data-src='a.jpg'>", "a.jpg"),
    ("<img class='lazy loaded' src='small.jpg' data-srcset='a.jpg 9w, b.jpg 20w'>", "b.jpg"),
    ("<img class=lazyloaded src='a.jpg' data-src='b.jpg'>", "a.jpg"),
    ("<picture><source type=image/avif srcset=a.avif><source type=image/jpeg srcset=a.jpg><img></picture>", "a.jpg"),
    ("<picture><source media='(max-width:9px)' srcset=s.jpg><source media='(width>9px)' srcset=l.jpg><img></picture>",
     "l.jpg"),
    ("<img zoomfile='a.jpg' src='none.gif?loading'>", "none.gif?loading"),
    ("<svg><image xlink:href='a.png'></svg>", "a.png"),
    ("<object data='a.svg' type='image/svg+xml'><img src=b.png></object>", "a.svg"),
    ("<object><param name=movie value='https://example.org/a.swf'></object>", "https://example.org/a.swf"),
    ("<object><embed src='https://example.org/a.swf'></object>", "https://example.org/a.swf"),
    ("<object><img src='a.png'></object>", "a.png"),
    ("<amp-video src='https://example.org/a.mp4'></amp-video>", "https://example.org/a.mp4"),
    ("<amp-iframe src='https://example.org/f'></amp-iframe>", "https://example.org/f"),
    ("<amp-twitter data-tweetid=12></amp-twitter>", "https://twitter.com/i/status/12"),
    # a picture for a script, and again for browsers without scripts
    ("<img data-src='a.jpg'><noscript><img src='a.jpg'></noscript>", "a.jpg"),
    ("<noscript><img src='a.jpg'></noscript> <img data-src='a.jpg'>", "a.jpg"),
    ("<img src='blank.gif'><noscript><img src='a.jpg'></noscript>", "a.jpg"),
    ("<div><img src='blank.gif'></div><noscript><img src='a.jpg'></noscript>", "a.jpg"),
    ("<img data-src='a-300x200.jpg'><noscript><img src='a.jpg'></noscript>", "a-300x200.jpg"),
    ("<lite-youtube videoid=abc_1-2></lite-youtube>", "https://www.youtube.com/watch?v=abc_1-2"),
    ("<video data-src='https://example.org/a.mp4'></video>", "https://example.org/a.mp4"),
    ("<video><source data-src='https://example.org/a.mp4'></video>", "https://example.org/a.mp4"),
]  # fmt: skip


@pytest.mark.parametrize(("html", "address"), LATER, ids=[html[:60] for html, _ in LATER])
def test_address_that_waits_for_a_script_is_used(html: str, address: str) -> None:
    _, article = blocks_of(html)
    assert [node.address for node in walk(article.body) if isinstance(node, Image | Embed)] == [address]


SRCSETS = [
    ("a.jpg 1x, b.jpg 1.5x", "b.jpg"), ("a.jpg 100w 50h,b.jpg 200w 90h", "b.jpg"), (" , a.jpg , ", "a.jpg"),
    ("a,b.jpg 2x, c.jpg", "a,b.jpg"), ("a.jpg 1q, b.jpg 1x", "b.jpg"), ("a.jpg 1w 2x, b.jpg", "b.jpg"),
    ("a.jpg (x, 9w), b.jpg", "b.jpg"), ("a.jpg -1x", ""), ("data:image/gif;base64,R0 9w, a.jpg 1w", "a.jpg"),
    ("https://example.org/w_200,h_3/a.jpg 200w,https://example.org/w_900/a.jpg 900w", "https://example.org/w_900/a.jpg"),
]  # fmt: skip


@pytest.mark.parametrize(("srcset", "address"), SRCSETS, ids=[srcset for srcset, _ in SRCSETS])
def test_largest_candidate_is_that_of_the_standard(srcset: str, address: str) -> None:
    assert largest(srcset) == address


SIZES = [
    ("style='width:1px;height:1px'", (1, 1)), ("style='width: 0; height: 0'", (0, 0)),
    ("style='HEIGHT:1PX;display:block;WIDTH:1px!important'", (1, 1)), ("style='width:.5px;height:.5px'", (0, 0)),
    ("style='max-width:1px;max-height:1px'", (1, 1)), ("width=600 style='width:1px;height:0.02em'", (1, 0)),
    ("width=1 height=1 style='border:0'", (1, 1)), ("style='width:100%;height:auto'", (None, None)),
    ("style='max-width:600px'", (None, None)), ("style='border-width:1px;line-height:1px'", (None, None)),
    ("style='width:0;height:0;min-width:100%;min-height:100%'", (None, None)),
    ("style='width:1px;min-width:9px;height:9px'", (None, 9)), ("style='width:1px;min-width:0;height:1px'", (1, 1)),
    ("style='width:0%;height:0%'", (0, 0)), ("style='width:calc(2px - 1px);height:min(1px,2em)'", (1, 1)),
    ("style='width:clamp(0px,1px,9px);height:max(0px,1px)'", (1, 1)),
    ("style='inline-size:1px;block-size:1px'", (1, 1)),
    ("style='width:calc(100% - 9px);height:50vh'", (None, None)), ("style='width:.1em;height:0rem'", (1, 0)),
    ("width=600 height=400", (600, 400)), ("style='width:2in;height:3pt'", (192, 4)),
]  # fmt: skip


@pytest.mark.parametrize(("attributes", "size"), SIZES, ids=[attributes for attributes, _ in SIZES])
def test_size_of_a_picture_is_that_of_its_style(attributes: str, size: tuple[int | None, int | None]) -> None:
    _, article = blocks_of(f"<img src='https://example.org/a.png' {attributes}>")
    assert [(node.width, node.height) for node in walk(article.body) if isinstance(node, Image)] == [size]


PLAYERS = [
    ("<video poster='https://example.org/p.jpg' src='https://example.org/v.mp4'></video>",
     "> ![](https://example.org/p.jpg)\n>\n> [视频](https://example.org/v.mp4)"),
    ("<video poster='https://example.org/p.jpg'></video>",
     "> ![](https://example.org/p.jpg)\n>\n> 〔视频：镜像没有保留〕"),
    ("<video poster='blank.gif'></video>", "> 〔视频：镜像没有保留〕"),
    ("<iframe srcdoc='&lt;p&gt;一&lt;b&gt;二&lt;/b&gt;&lt;p hidden&gt;藏'></iframe>", "> 一**二**"),
    ("<img src=a.jpg><noscript><img src=b.jpg></noscript>", "![](a.jpg)\\\n![](b.jpg)"),
]  # fmt: skip


@pytest.mark.parametrize(("html", "expected"), PLAYERS)
def test_player_has_its_picture_and_a_frame_its_page(html: str, expected: str) -> None:
    assert written(blocks_of(html)[1]) == expected


def test_picture_that_is_there_twice_is_listed() -> None:
    builder, _ = blocks_of("<img src='a-300x200.jpg'><noscript><img src='a.jpg'></noscript>")
    assert [(note.code, note.removed) for note in builder.notes] == [("IMG005", "<a.jpg>")]
