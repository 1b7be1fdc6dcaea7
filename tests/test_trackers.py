"""Tracking pictures are taken out of every input, and no picture that only looks like one."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.mirror import WRAPPER
from msgspec.structs import replace

from convert.document import read_and_clean, read_document
from convert.model import SCHEMA_VERSION, Article, Figure, Image, Paragraph, Provenance, Text, walk
from convert.readers.options import DETECTED
from convert.sources import Reader, Ref, Source, walk_once
from convert.writers.alone import file_of
from convert.writers.options import Options

REAL = "https://img.paper.example/NUMBER.jpg"
BIG = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAADElEQVR42mNg+A+EAAYAAf+tLDclAAAAAElFTkSuQmCC"
)
DOT = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"

LOOK_ALIKES = f"""
<img src="{REAL}" width="600" height="1">
<img src="{REAL}" width="1" height="400">
<img src="{REAL}" width="100%" height="1">
<img src="{REAL}" width="1%" height="1%">
<img src="{REAL}" width="1%" height="auto">
<img src="{REAL}" width="1em" height="1em">
<img src="{REAL}" style="width:1em;height:1em">
<img src="{REAL}" style="width:1rem;height:1.5ex">
<img src="{REAL}" style="width:1%;height:1%">
<img src="{REAL}" style="width:1vw;height:1vh">
<img src="{REAL}" style="width:1in;height:1in">
<img src="{REAL}" style="width:1cm;height:1cm">
<img src="{REAL}" width="1">
<img src="{REAL}" height="1">
<img src="{REAL}" width="0">
<img src="{REAL}" style="height:1px">
<img src="{REAL}" style="max-width:1px">
<img src="{REAL}" width="1" height="auto">
<img src="{REAL}" width="" height="">
<img src="{REAL}" width="1" height="1" style="width:600px;height:400px">
<img src="{REAL}" width="1" height="1" style="width:100%;height:auto">
<img src="{REAL}" width="1" height="1" style="width:auto!important;height:auto">
<img src="{REAL}" width="1" height="1" style="max-width:100%;height:auto;width:100%">
<img src="{REAL}" style="width:0;min-width:100%;height:auto">
<img src="{REAL}" style="width:0;height:0;min-width:300px;min-height:200px">
<img src="{REAL}" style="max-height:1px" width="600" height="400">
<img src="{REAL}" style="border:1px solid;width:300px">
<img src="{REAL}" style="border-width:1px;border-height:1px">
<img src="{REAL}" style="line-height:1px;font-size:1px">
<img src="{REAL}" style="background-size:1px 1px">
<img src="{REAL}" border="1" hspace="1" vspace="1">
<img src="{REAL}" width="16" height="16" alt="an avatar">
<img src="{REAL}" width="2" height="2">
<img src="{REAL}" width="24" height="24" class="emoji" alt="\U0001f4dc">
<img src="{REAL}" width="11" height="1">
<img src="{REAL}" width="1" height="10">
<img src="{REAL}" width="1.5e3" height="1e2">
<img src="{REAL}" width="-1" height="-1">
<img src="{REAL}" width="\u0661" height="\u0661">
<img src="{REAL}" width="{"9" * 5000}" height="1">
<img src="{REAL}" style="width:{"9" * 5000}px;height:1px">
<img src="{REAL}" style="width:1e999px;height:1px">
<img src="{REAL}" style="width:calc(1e999px - 1e999px);height:1px">
<img src="{REAL}" style="width:calc(100% - 1px);height:calc(1px + 2vw)">
<img src="{REAL}" style="width:max(1px,40em);height:1px">
<img src="{REAL}" style="width:clamp(1px,50%,300px);height:1px">
<img src="{REAL}" style="aspect-ratio:1/1;width:300px">
<img src="{REAL}" style="object-fit:cover;object-position:1px 1px">
<img src="{REAL}" data-width="1" data-height="1">
<img src="{REAL}" sizes="1px" srcset="{REAL} 600w">
<img src="{REAL}" alt="1x1" title="tracking pixel">
<img src="{REAL}" class="pixel tracking beacon" width="60" height="40">
<img src="{REAL}?width=1&amp;height=1">
<img src="{DOT}" data-src="{REAL}" width="600" height="400">
<img src="{DOT}" data-src="{REAL}">
<img src="{DOT}" srcset="{REAL} 600w">
<img src="{BIG}" alt="NUMBER.jpg">
<img src="{BIG}" alt="NUMBER.jpg" width="2" height="2">
<picture><source srcset="{REAL}"><img src="{REAL}"></picture>
<figure><img src="{REAL}" width="600" height="1"><figcaption>A rule</figcaption></figure>
<a href="https://paper.example/b"><img src="{REAL}" width="1" height="60"></a>
<amp-img src="{REAL}" width="1" height="1" layout="responsive"></amp-img>
<amp-img src="{REAL}" width="600" height="400"></amp-img>
<img src="https://pixel.wp.example/NUMBER.jpg?v=1" alt="A mill">
<img src="https://www.facebook.com/tr/NUMBER.jpg" width="600" height="400">
<img src="https://counter.example/pixel/NUMBER.jpg" width="60" height="1">
<noscript><img src="{REAL}" width="600" height="400"></noscript>
""".strip().splitlines()

TRACKER = "https://t.counter.example/c.gif?u=NUMBER"
TRACKERS = f"""
<img src="{TRACKER}" width="1" height="1">
<img src="{TRACKER}" width="0" height="0">
<img src="{TRACKER}" width="1" height="0">
<img src="{TRACKER}" width='0px' height='0px'/>
<img src="{TRACKER}" width=" 1 " height="1px ">
<img src="{TRACKER}" width="1.0" height="1.0">
<img src="{TRACKER}" width="01" height="1">
<IMG SRC="{TRACKER}" WIDTH=1 HEIGHT=1>
<img src="{TRACKER}" style="width:1px;height:1px">
<img src="{TRACKER}" style="WIDTH : 1PX ! important; height:0">
<img src="{TRACKER}" style="width:0;height:0;border:0">
<img src="{TRACKER}" style="width:.5px;height:.5px">
<img src="{TRACKER}" style="w\\69 dth:1px;height:1px">
<img src="{TRACKER}" style="width:/**/1px;height:1px">
<img src="{TRACKER}" style="inline-size:1px;block-size:1px">
<img src="{TRACKER}" style="max-width:1px;max-height:1px" width="600" height="400">
<img src="{TRACKER}" style="width:calc(2px - 1px);height:min(1px,2em)">
<img src="{TRACKER}" width="1" style="height:1px">
<img src="{TRACKER}" height="1" style="width:1px">
<img src="{TRACKER}" width="600" height="400" style="width:1px;height:1px">
<img src="{TRACKER}" width="1" height="1" alt="A mill">
<img src="{TRACKER}" width="1" height="1" style="display:none">
<img src="{TRACKER}" width="1" height="1" style="position:absolute;left:-9999px">
<img src="{TRACKER}" width="1" height="1" loading="lazy" referrerpolicy="unsafe-url">
<img src="{DOT}" data-src="{TRACKER}" width="1" height="1">
<img srcset="{TRACKER} 1x" width="1" height="1">
<a href="https://paper.example/b"><img src="{TRACKER}" width="1" height="1"></a>
<figure><img src="{TRACKER}" width="1" height="1"></figure>
<picture><source srcset="{TRACKER}"><img src="{TRACKER}" width="1" height="1"></picture>
<noscript><img src="{TRACKER}" width="1" height="1"></noscript>
<amp-img src="{TRACKER}" width="1" height="1" layout="fixed"></amp-img>
<amp-pixel src="{TRACKER}"></amp-pixel>
""".strip().splitlines()
HIDDEN = f"""
<img src="{TRACKER}" hidden>
<img src="{TRACKER}" style="display:none">
<img src="{TRACKER}" style="visibility:hidden">
<div style="display:none"><img src="{TRACKER}"></div>
""".strip().splitlines()

BEFORE = "Paper is sold by the ream, and the mill counts its reams, day by day, in a book that the chart is drawn from."
AFTER = "Nobody knows what became of the first drawing, but the second was found again, in the winter, in an attic."
PLACE = Paragraph((Text("Paper, place."),))
ADDRESS = "https://paper.example/2023/03/14/reams"


def numbered(lines: list[str]) -> list[str]:
    """Lines whose pictures have numbers as their names."""
    return [line.replace("NUMBER", f"{number:03}") for number, line in enumerate(lines)]


def block(markup: str) -> str:
    return markup if markup.startswith(("<fig", "<div", "<amp")) else f"<p>{markup}</p>"


def paragraphs(lines: list[str]) -> str:
    return (
        "".join(f"<p>{number}. {BEFORE}</p>\n{block(line)}\n" for number, line in enumerate(lines)) + f"<p>{AFTER}</p>"
    )


def page(lines: list[str]) -> str:
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>Reams</title><link rel="canonical" href="{ADDRESS}"></head>'
        f"<body><article><h1>Reams</h1>{paragraphs(lines)}</article></body></html>"
    )


def own(lines: list[str], to: str) -> str:
    text = paragraphs(lines) if to == "html" else "\n\n".join(lines)
    made = Article(
        schema_version=SCHEMA_VERSION,
        id="n1",
        title="Reams",
        language="en",
        source=Provenance(ADDRESS),
        body=(PLACE,) * 3,
    )
    markup = file_of(made, to, Options()).decode()
    return markup.replace("<p>Paper, place.</p>" if to == "html" else "Paper, place.", text, 1)


READERS: dict[str, tuple[str, Callable[[list[str]], str]]] = {
    "mirror": ("pages/nf1/n1.md", lambda lines: WRAPPER.format(title="纸", body=paragraphs(lines))),
    "saved page": ("a.html", page),
    "post": (
        "_posts/2023-03-14-a.md",
        lambda lines: f"---\ntitle: Reams\n---\n\n{BEFORE}\n\n" + "\n\n".join(lines) + f"\n\n{AFTER}\n",
    ),
    "our Markdown": ("a.md", lambda lines: own(lines, "markdown")),
    "our HTML": ("a.html", lambda lines: own(lines, "html")),
    "feed": (
        "a.json",
        lambda lines: json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": "Mill",
                "items": [{"id": ADDRESS, "url": ADDRESS, "title": "Reams", "content_html": paragraphs(lines)}],
            }
        ),
    ),
}


def pictures(reader: str, lines: list[str], folder: Path) -> str:
    path, made = READERS[reader]
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(made(lines), "utf-8")
    (ref,) = walk_once([str(folder / path if reader == "feed" else folder)])
    assert isinstance(ref, Ref)
    with Reader() as source:
        cleaned = read_document(ref, source, "", DETECTED)
    assert cleaned.article, cleaned.findings
    found = [node for node in walk((cleaned.article,)) if isinstance(node, Image)]
    return "\n".join(f"{node.address} {node.alt}" for node in found)


@pytest.mark.parametrize("reader", READERS)
def test_a_picture_that_looks_like_a_tracker_stays(reader: str, tmp_path: Path) -> None:
    assert len(LOOK_ALIKES) >= 40
    found = pictures(reader, numbered(LOOK_ALIKES), tmp_path)
    assert [line[:200] for number, line in enumerate(LOOK_ALIKES) if f"{number:03}.jpg" not in found] == []


@pytest.mark.parametrize("reader", READERS)
def test_a_tracker_goes(reader: str, tmp_path: Path) -> None:
    lines = TRACKERS if reader == "our HTML" else TRACKERS + HIDDEN  # the HTML writer hides nothing
    found = pictures(reader, numbered(lines), tmp_path)
    assert [line for number, line in enumerate(lines) if f"u={number:03}" in found] == []


def test_sizes_of_json_decide_as_those_of_pages() -> None:
    sizes = {
        (1, 1): 0,
        (0, 0): 0,
        (1, 0): 0,
        (600, 1): 1,
        (1, 600): 1,
        (None, 1): 1,
        (1, None): 1,
        (None, None): 1,
        (2, 2): 1,
    }
    for (width, height), left in sizes.items():
        made = Article(
            schema_version=SCHEMA_VERSION,
            id="n1",
            title="Reams",
            language="en",
            source=Provenance(ADDRESS),
            body=(PLACE,) * 3,
        )
        made = replace(made, body=(PLACE, Figure((Image(REAL, width=width, height=height),)), PLACE))
        again = read_and_clean(Source("", "a.json", file_of(made, "json", Options()))).article
        assert again
        assert sum(isinstance(node, Image) for node in walk(again.body)) == left
