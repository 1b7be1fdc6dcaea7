"""The audit of Markdown, JSON, texts, pictures and saved pages."""

import json
import struct
from base64 import b64encode
from io import BytesIO

import pytest
from helpers.audit import ADDRESS, SPECIAL, example, found
from PIL import Image, PngImagePlugin

from convert.audit.vector import Vector, vectors

TABLE = vectors()


def named(data: bytes, kind: str) -> list[str]:
    return [each.vector for each in found(data, kind)]


def severe(data: bytes, kind: str) -> list[str]:
    return [name for name in named(data, kind) if TABLE[name].code[3] != "4"]


def rows(kind: str) -> list[Vector]:
    return [each for each in TABLE.values() if each.kind == kind]


# --- Markdown ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", rows("markdown"), ids=lambda each: each.name)
def test_a_vector_of_markdown_is_found_on_its_line(vector: Vector) -> None:
    text = vector.example.replace("{u}", ADDRESS).replace("⏎", "\n")
    before = "" if text.startswith("---") else "a\n\n"
    there = [each for each in found(f"{before}{text}\n\nb\n".encode(), "markdown") if each.vector == vector.name]
    assert there
    assert there[0].line in range(2, 7)


@pytest.mark.parametrize("place", ["{}", "> {}", "- {}", "a {} b", "| a |\n| - |\n| {} |", "# {}", "[{}](#a)", "*{}*"])
def test_a_picture_is_found_in_every_block(place: str) -> None:
    assert "md-image" in named(place.format(f"![a]({ADDRESS})").encode(), "markdown")
    assert "md-image" in named((place.format("![a][r]") + f"\n\n[r]: {ADDRESS}\n").encode(), "markdown")


@pytest.mark.parametrize(
    ("text", "vector"),
    [
        ("<img src=http://a.example/x>", "img-src"),
        ("a <b onclick=x()>b</b>", "event-handler"),
        ("<script>x</script>", "script-inline"),
        ("[a](javascript:x)", "script-link"),
        ("[a](java&#115;cript:x)", "script-link"),
        ("[a](data:text/html,a)", "data-link"),
        ("[a](file:///C:/a)", "local-link"),
        ("![a](\\\\\\\\a.example\\x)", "md-image"),
        ("---\ntitle: <img src=http://a.example/x>\n---\n\na", "img-src"),
        ("<style>@import '//a.example/x';</style>", "css-import"),
        ("a\n\n<div\nonclick=x>a</div>", "event-handler"),
    ],
)
def test_markup_and_links_of_markdown_are_judged(text: str, vector: str) -> None:
    assert vector in named(text.encode(), "markdown")


@pytest.mark.parametrize(
    "text",
    [
        "`<img src=http://a.example/x>`",
        "```html\n<script>x</script>\n```",
        "    ![a](http://a.example/x)",
        "\\![a]\\(javascript:x\\) text",
        "http://a.example/x",
        "![a](pictures/a.png)",
        "JavaScript: a language",
        "---\ntitle: a\nsource: http://a.example/x\n---\n\na",
        "| a | b |\n| - | - |\n| 1 | 2 |",
        "&lt;img src=http://a.example/x&gt;",
    ],
)
def test_look_alikes_in_markdown_are_silent(text: str) -> None:
    assert severe(text.encode(), "markdown") == []


# --- JSON and texts ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", rows("json"), ids=lambda each: each.name)
def test_a_vector_of_json_is_found_on_its_line(vector: Vector) -> None:
    text = vector.example.replace("{u}", ADDRESS)
    there = [each for each in found(f"\n\n{text}\n".encode(), "json") if each.vector == vector.name]
    assert there
    assert there[0].line == 3 or "number" not in vector.name
    assert vector.name in named(f'{{"b": 1}}\n{text}\n'.encode(), "json")


def test_markup_in_json_is_judged_where_programs_show_it() -> None:
    item = {"items": [{"content_html": f"<img src={ADDRESS}>", "text": f"<img src={ADDRESS}>"}]}
    assert named(json.dumps(item).encode(), "json") == ["img-src"]


@pytest.mark.parametrize(
    "value",
    [
        {"source": ADDRESS, "text": "<script>x</script>", "a": 2**53},
        {"icon": ADDRESS, "title": "no feed"},
        {"$ref": "#/definitions/a", "$schema": "schema.json"},
        {"type": "link", "address": ADDRESS},
        {"type": "image", "address": "pictures/a.png"},
        [[[[{"a": [1, 1.5, None, True]}]]]],
    ],
)
def test_look_alikes_in_json_are_silent(value: object) -> None:
    assert named(json.dumps(value).encode(), "json") == []


def test_json_that_is_none_is_not_judged() -> None:
    assert named(b'{"a": ', "json") == ["broken-document"]
    assert named(b"[" * 100_000, "json")[0] in ("broken-document", "over-limits")


@pytest.mark.parametrize("kind", ["text", "markdown", "json"])
@pytest.mark.parametrize("vector", rows("text"), ids=lambda each: each.name)
def test_a_sign_in_a_text_is_found(vector: Vector, kind: str) -> None:
    sign = vector.example.encode().decode("unicode_escape")
    data = json.dumps({"a": sign}, ensure_ascii=False) if kind == "json" else sign
    if kind == "json" and vector.name == "text-terminal":
        data = data.replace("\\u001b", "\x9b")
    assert vector.name in named(data.encode(), kind)


@pytest.mark.parametrize(
    "text", ["纸\u200b的历史", "\ufeffa", "a\tb\r\n", "family \U0001f468\u200d\U0001f469", "می\u200cخواهم"]
)
def test_ordinary_signs_are_silent(text: str) -> None:
    assert named(text.encode(), "text") == []


# --- pictures ---------------------------------------------------------------------------------------------------------


def picture(form: str, **options: object) -> bytes:
    out = BytesIO()
    Image.new("RGB", (4, 4)).save(out, form, **options)
    return out.getvalue()


TAGS = {"picture-place": 0x8825, "picture-serial": 0xA431, "picture-owner": 0x013B, "picture-camera": 0x0110}


@pytest.mark.parametrize("form", ["jpeg", "png", "webp"])
@pytest.mark.parametrize("name", TAGS)
def test_exif_of_a_picture_is_found(name: str, form: str) -> None:
    exif = Image.Exif()
    tag = TAGS[name]
    if tag == 0x8825:
        exif.get_ifd(tag)[1] = "N"
        exif[0x0112] = 1
    elif tag == 0xA431:
        exif[0x0112] = 1
        exif.get_ifd(0x8769)[tag] = "1234567"
    else:
        exif[tag] = "a camera"
    assert name in named(picture(form, exif=exif), "picture")


def jpeg_with(marker: int, part: bytes) -> bytes:
    made = picture("jpeg")
    return made[:2] + struct.pack(">2BH", 0xFF, marker, len(part) + 2) + part + made[2:]


EXIF = b"Exif\0\0MM\0*\0\0\0\x08\0\1"
MADE = {
    "picture-maker-note": jpeg_with(0xE1, EXIF + struct.pack(">HHLL", 0x927C, 7, 4, 0) + bytes(4)),
    "picture-thumbnail": jpeg_with(0xE1, EXIF + struct.pack(">HHLL", 0x0201, 4, 1, 9) + bytes(4)),
    "picture-xmp": jpeg_with(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>"),
    "picture-iptc": jpeg_with(0xED, b"Photoshop 3.0\0"),
    "picture-provenance": jpeg_with(0xEB, b"JP\0\1"),
    "picture-comment": jpeg_with(0xFE, b"made by a"),
    "picture-trailing": picture("jpeg") + b"PK\x03\x04" + bytes(40),
}


@pytest.mark.parametrize("name", MADE)
def test_other_parts_of_a_picture_are_found(name: str) -> None:
    assert name in named(MADE[name], "picture")


def test_every_vector_of_pictures_is_made_here() -> None:
    assert {each.name for each in rows("picture")} == {*TAGS, *MADE}


def test_texts_and_ends_of_other_forms_are_found() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "made by a")
    assert named(picture("png", pnginfo=info), "picture") == ["picture-comment"]
    assert named(picture("png") + bytes(40), "picture") == ["picture-trailing"]
    assert named(picture("gif", comment=b"made by a"), "picture") == ["picture-comment"]
    assert named(picture("gif") + bytes(40), "picture") == ["picture-trailing"]
    assert named(picture("webp") + bytes(40), "picture") == ["picture-trailing"]


@pytest.mark.parametrize("form", ["jpeg", "png", "gif", "webp", "bmp"])
def test_a_plain_picture_is_silent(form: str) -> None:
    assert named(picture(form), "picture") == []


# --- saved pages ------------------------------------------------------------------------------------------------------


def saved(page: str, address: str = "http://a.example/p") -> bytes:
    head = 'MIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n'
    parts = (
        f"--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Location: {address}\r\n\r\n{page}\r\n"
        "--b\r\nContent-Type: image/gif\r\nContent-Location: http://a.example/a.gif\r\nContent-ID: <c@a>\r\n"
        f"Content-Transfer-Encoding: base64\r\n\r\n{b64encode(picture('gif')).decode()}\r\n"
        "--b\r\nContent-Type: text/css\r\nContent-Location: http://a.example/a.css\r\n\r\np { color: red }\r\n--b--\r\n"
    )
    return (head + parts).encode()


@pytest.mark.parametrize("page", ["<p>a", "<img src=http://a.example/a.gif>", "<img src=cid:c@a>"])
def test_what_a_saved_page_holds_stays_inside(page: str) -> None:
    assert named(saved(page), "mhtml") == []


@pytest.mark.parametrize(
    ("page", "vector"),
    [
        ("<img src=http://a.example/b.gif>", "img-src"),
        ("<img src=cid:d@a>", "img-src"),
        ("<script>x</script>", "script-inline"),
        ("<style>p{background:url(http://b.example/x)}</style>", "css-background"),
    ],
)
def test_what_a_saved_page_does_not_hold_is_found_in_its_part(page: str, vector: str) -> None:
    assert (vector, "1") in [(each.vector, each.entry) for each in found(saved(page), "mhtml")]


# --- pages inside other files -----------------------------------------------------------------------------------------


def pages() -> list[tuple[str, str]]:
    """The example of each vector of pages that stands in the body, with its name."""
    return [
        (each.name, example(each))
        for each in TABLE.values()
        if each.kind in ("html", "svg") and each.name not in SPECIAL and not example(each).startswith(HEADS)
    ]


HEADS = ("<!DOCTYPE", "<?", "<html", "<frameset", "<xi:", "<base", "<g xmlns", "<svg")
ELSEWHERE = {"a-href", "saved-from", "editor-properties", "comment-conditional", "unjudged-file"}
"""Vectors that other files have under another name, or have no use for."""


def test_vectors_of_pages_are_found_in_markdown() -> None:
    wrong = []
    for name, text in pages():
        shown = text if TABLE[name].kind == "html" else f"<svg>{text}</svg>"
        if name not in named(f"a\n\n<div>\n{shown}\n</div>\n".encode(), "markdown"):
            wrong.append(name)
    assert wrong == []


def test_vectors_of_pages_are_found_in_json() -> None:
    wrong = []
    for name, text in pages():
        shown = text if TABLE[name].kind == "html" else f"<svg>{text}</svg>"
        if name not in named(json.dumps({"content_html": shown}).encode(), "json") and not name.startswith("unknown-"):
            wrong.append(name)
    assert wrong == []


def test_vectors_of_pages_are_found_in_saved_pages() -> None:
    wrong = []
    for name, text in pages():
        shown = text if TABLE[name].kind == "html" else f"<svg>{text}</svg>"
        if name not in ELSEWHERE and name not in named(saved(f"<title>a</title>{shown}"), "mhtml"):
            wrong.append(name)
    assert wrong == []


NESTED = "> " * 30
OTHERS = {
    "deep in quotations": ("markdown", f"{NESTED}![a](http://a.example/)", "md-image"),
    "deeper than is read": ("markdown", "> " * 60 + "![a](http://a.example/)", "nested-too-deep"),
    "in a note": ("markdown", "a[^1]\n\n[^1]: <img src=x onerror=x()>", "event-handler"),
    "with a size": ("markdown", "![a](http://a.example/x =10x20)", "md-image"),
    "an address alone": ("markdown", "see www.a.example/?utm_source=b", "tracking-link"),
    "markup for pandoc": ("markdown", "```{=html}\n<script>x()</script>\n```", "script-inline"),
    "a cell that runs": ("markdown", "```{python}\nx()\n```", "md-template"),
    "attributes": ("markdown", "# a {onclick=x()}", "md-template"),
    "a diagram between colons": ("markdown", ":::mermaid\na\n:::", "md-diagram"),
    "a diagram by its start": ("markdown", "@startuml\na\n@enduml", "md-diagram"),
    "a file by a snippet": ("markdown", '--8<-- "a.md"', "md-embed"),
    "a page by its title": ("markdown", "[a](b.md ':include')", "md-embed"),
    "a formula with an option": ("markdown", "$\\includegraphics[width=1cm]{a}$", "md-math"),
    "front matter of TOML": ("markdown", '+++\ncss = "a.css"\n+++\n', "md-front-matter"),
    "front matter of JSON": ("markdown", '{"css": "a.css"}\n\na', "md-front-matter"),
    "front matter further down": ("markdown", "# a\n\n---\nheader-includes: a\n...\n", "md-front-matter"),
    "a cover": ("markdown", "---\ncover: https://a.example/b.png\n---\n", "md-front-matter"),
    "an object of a language": ("markdown", "---\na: !!python/object:b\n---\n", "md-front-matter"),
    "a body": ("json", '{"body": "<script>x()</script>"}', "script-inline"),
    "a reference by another name": ("json", '{"$dynamicRef": "http://a.example/"}', "json-reference"),
    "a hub": (
        "json",
        '{"version": "https://jsonfeed.org/version/1", "hubs": [{"type": "a", "url": "http://a.example/"}]}',
        "json-feed-picture",
    ),
    "an icon of an application": ("json", '{"icons": [{"src": "http://a.example/"}]}', "json-picture"),
    "a maker of objects": ("json", '{"constructor": {"prototype": {"a": 1}}}', "json-prototype"),
    "no number": ("json", '{"a": NaN}', "json-number"),
    "a number without end": ("json", '{"a": 1e400}', "json-number"),
    "a sign for terminals, escaped": ("json", '{"a": "\\u001b[31m"}', "text-terminal"),
    "a text in tags": ("text", "a\U000e0068\U000e0069 b", "text-zero-width"),
    "a text in variants": ("text", "a\U000e0101\U000e0102 b", "text-zero-width"),
    "operators that nobody sees": ("text", "a\u2061b\u2062c\u2063d", "text-zero-width"),
    "a part by two types": (
        "mhtml",
        "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/plain\n"
        "Content-Type: text/html\n\na\n--b--\n",
        "broken-document",
    ),
    "a part by its name": (
        "mhtml",
        "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\n"
        "Content-Type: application/octet-stream\nContent-Location: http://a.example/b.html\n\n<script>x()</script>\n--b--\n",
        "script-inline",
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_other_programs_know_is_found(name: str) -> None:
    kind, text, vector = OTHERS[name]
    assert vector in [each.vector for each in found(text.encode(), kind)]


@pytest.mark.parametrize("form", ["AVIF", "WEBP", "JPEG"])
def test_a_place_is_found_in_each_form_and_an_archive_after_it(form: str) -> None:
    out, exif = BytesIO(), Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x010E] = "a"
    Image.new("RGB", (4, 4)).save(out, form, exif=exif)
    end = b"PK\x03\x04" + bytes(60) + b"PK\x05\x06" + bytes(18)
    there = {each.vector for each in found(out.getvalue() + end, "picture")}
    assert {"picture-place", "picture-comment", "picture-trailing"} <= there


@pytest.mark.parametrize("form", ["BMP", "TIFF", "AVIF", "PNG"])
def test_a_picture_as_it_should_be_is_silent(form: str) -> None:
    out = BytesIO()
    Image.new("RGB", (4, 4)).save(out, form)
    assert found(out.getvalue(), "picture") == []
    if form == "PNG":
        assert [each.vector for each in found(out.getvalue()[:40], "picture")] == ["broken-document"]


@pytest.mark.parametrize("text", ["\U0001f3f4\U000e0067\U000e0062\U000e007f a", "葛\U000e0100城", "a :: b {c} --- d"])
def test_flags_and_forms_of_signs_are_no_hidden_text(text: str) -> None:
    assert found(text.encode(), "markdown") == []
