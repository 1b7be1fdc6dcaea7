"""Drawings inside pages: whatever a program could load or run for them goes, and what draws stays."""

from base64 import b64decode, b64encode
from pathlib import Path
from urllib.parse import quote

import pytest
from helpers.pictures import drawn, exif
from helpers.soak import some
from test_trackers import page

from convert.audit.judging import judged
from convert.audit.vector import vectors
from convert.document import read_and_clean
from convert.inert import inert
from convert.model import Article, Finding, Image, walk
from convert.sources import Source
from convert.writers.alone import file_of
from convert.writers.options import Options

SPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
U = "http://a.example/x"
ACTIVE = f"""
<image href="{U}"/>
<image xlink:href="{U}"/>
<image href="file:///etc/passwd"/>
<use href="{U}#a"/>
<use href="data:image/svg+xml,{quote('<svg xmlns="http://www.w3.org/2000/svg" id="a"/>')}#a"/>
<style>@import url({U});</style>
<style>@import "{U}";</style>
<style>@font-face {{ font-family: a; src: url({U}) }}</style>
<style>rect {{ fill: url({U}#a) }}</style>
<style>rect {{ fill: u\\72l({U}#a) }}</style>
<rect style="fill:url({U}#a)" width="9"/>
<rect fill="url({U}#a)" width="9"/>
<rect filter="url( '{U}#a' )" width="9"/>
<foreignObject><img xmlns="http://www.w3.org/1999/xhtml" src="{U}"/></foreignObject>
<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="{U}"/></foreignObject>
<image><set attributeName="href" to="{U}"/></image>
<image><animate attributeName="xlink:href" values="{U}"/></image>
<feImage href="{U}"/>
<a href="{U}"><rect/></a>
<a href="javascript&#58;alert(1)"><rect/></a>
<?xml-stylesheet href="{U}"?>
<handler>a</handler>
<metadata>Anna</metadata>
<!-- Anna -->
<font-face-src><font-face-uri xlink:href="{U}"/></font-face-src>
<x:script xmlns:x="http://www.w3.org/2000/svg" href="{U}"/>
<rect xml:base="{U}"/>
<g xmlns:i="http://www.inkscape.org/namespaces/inkscape" i:export-filename="/home/Anna/a.png"/>
<i:view xmlns:i="http://www.inkscape.org/namespaces/inkscape">Anna</i:view>
""".strip().splitlines()
PLAIN = """
<g id="a" class="b" transform="scale(2)"><use href="#c"/><use xlink:href="#c"/></g>
<defs><linearGradient id="c"><stop offset="1"/></linearGradient></defs><rect fill="url(#c)" style="stroke:url('#c')"/>
<style>rect { fill: teal } @media (width > 9px) { rect { fill: url(#c) } } @keyframes a { to { opacity: 0 } }</style>
<text x="1" y="2" xml:space="preserve">url(http://a.example/x) <tspan>a</tspan></text>
<circle r="9"><animate attributeName="r" to="3" dur="1s"/></circle>
<title>A mill</title><desc>at a river</desc><switch><g/></switch>
""".strip().splitlines()


def svg(inside: str) -> bytes:
    return f'<svg {SPACES} viewBox="0 0 300 200">{inside}<rect width="300" height="200"/></svg>'.encode()


def read(data: bytes) -> tuple[Article, list[Image], list[Finding]]:
    address = f"data:image/svg+xml;base64,{b64encode(data).decode()}"
    cleaned = read_and_clean(Source("", "a.html", page([f'<img src="{address}" alt="A mill">']).encode()))
    assert cleaned.article
    pictures = [node for node in walk(cleaned.article.body) if isinstance(node, Image)]
    return cleaned.article, pictures, [each for each in cleaned.findings if each.code[:3] == "IMG"]


@pytest.mark.parametrize("inside", some(ACTIVE, 5))
def test_a_drawing_loads_nothing_in_any_output(inside: str, tmp_path: Path) -> None:
    made, (picture,), found = read(svg(inside))
    assert [each.code for each in found] == ["IMG010"]
    assert b"<rect" in b64decode(picture.address.partition(",")[2])
    for to, name in (("html", "a.html"), ("markdown", "a.md")):
        (tmp_path / name).write_bytes(file_of(made, to, Options()))
        codes = [vectors()[each.vector].code for each in judged(str(tmp_path / name), "", None).found]
        assert not [code for code in codes if code[3] in "12356"]


@pytest.mark.parametrize("inside", PLAIN)
def test_a_drawing_that_only_draws_keeps_its_bytes(inside: str) -> None:
    _, (picture,), found = read(svg(inside))
    assert found == []
    assert b64decode(picture.address.partition(",")[2]) == svg(inside)


@pytest.mark.parametrize("inside", ACTIVE)
def test_a_cleaned_drawing_is_settled(inside: str) -> None:
    once = inert(svg(inside))
    assert once is not None
    assert inert(once) == once
    assert b"Anna" not in once
    assert b"a.example" not in once


def test_the_words_of_a_page_inside_a_drawing_become_its_text() -> None:
    label = '<foreignObject x="3" y="4"><p xmlns="http://www.w3.org/1999/xhtml">A <b>mill</b></p></foreignObject>'
    assert b'<text x="3" y="4" dy="1em">A mill</text>' in (inert(svg(label)) or b"")


def test_rules_around_what_goes_stay() -> None:
    sheet = f"<style>a{{b:c}}/* Anna */@import url({U});@media print{{a{{b:url({U})}}}}</style>"
    assert b"<style>a{b:c}@media print{a{b:none}}</style>" in (inert(svg(sheet)) or b"")


def test_a_photograph_inside_a_drawing_is_bare() -> None:
    photo = drawn("jpeg", exif=exif(Artist="Anna"))
    made = inert(svg(f'<image href="data:image/jpeg;base64,{b64encode(photo).decode()}"/>'))
    assert made is not None
    inside = b64decode(made.partition(b"base64,")[2].partition(b'"')[0])
    assert inside.startswith(b"\xff\xd8")
    assert b"Anna" not in inside


@pytest.mark.parametrize("data", [b"<svg><rect/>", b'<svg xmlns="http://www.w3.org/2000/svg"><rect a:b="c"/></svg>'])
def test_a_drawing_that_is_no_xml_is_broken(data: bytes) -> None:
    _, (picture,), found = read(data)
    assert picture.address == ""
    assert [each.code for each in found] == ["IMG004"]
