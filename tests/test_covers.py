"""Covers of an EPUB: drawn as SVG or PNG, or a picture of the user's."""

import io
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from helpers.data import SEEDS
from helpers.epub import epubcheck
from helpers.pictures import drawn, exif
from helpers.program import run
from PIL import Image

from convert import api
from convert.errors import MissingExtraError
from convert.model import Entry, Section, Volume
from convert.pictures.png import encoded
from convert.printing.fonts import chain
from convert.writers.book import cover

SVG = "{http://www.w3.org/2000/svg}"
ARTICLE = SEEDS / "pages" / "nf9000001" / "n90000002.md"
APPLE, THUMBNAIL = 4_000_000, 120
"""Most pixels of a picture inside a book for Apple; width of a thumbnail on a phone's shelf."""


def volume(title: str = "造纸与印刷") -> Volume:
    return Volume(title, "zh-Hans", (Section("s", "s", (Entry("a.md", "a", "甲", "", "2023-09-01"),)),))


def book(path: Path, cover: str | Path, *more: str | Path) -> dict[str, bytes]:
    done = run("--to", "epub", "-q", ARTICLE, "-o", path, "--cover", cover, *more)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(path) as made:
        return {name.removeprefix("EPUB/"): made.read(name) for name in made.namelist()}


def shown(inside: dict[str, bytes]) -> tuple[str, str]:
    """File and media type of the cover, as package and page of the cover agree on it."""
    package = inside["content.opf"].decode()
    (item,) = re.findall(r'<item [^>]*properties="cover-image"[^>]*/>', package)
    name, kind, key = (re.search(f'{each}="([^"]*)"', item) for each in ("href", "media-type", "id"))
    assert name
    assert kind
    assert key
    assert f'<meta name="cover" content="{key[1]}"' in package
    assert f'<img src="{name[1]}"' in inside["cover.xhtml"].decode()
    assert 'class="bleed"' in inside["cover.xhtml"].decode()
    return name[1], kind[1]


@pytest.mark.parametrize("title", ["纸", "造纸与印刷等13个栏目", "长" * 120, "The history of paper", "x" * 130])
def test_the_title_can_be_read_on_a_thumbnail(title: str) -> None:
    tree = ElementTree.fromstring(cover.svg(volume(title)))
    sizes = [int(each.get("font-size", "")) for each in tree.iter(f"{SVG}text") if each.get("font-weight")]
    assert 1 <= len(sizes) <= 9
    assert min(sizes) * THUMBNAIL / cover.WIDTH >= 9.6
    last = max(int(each.get("y", "")) for each in tree.iter(f"{SVG}text") if each.get("font-weight"))
    assert last < min(int(each.get("y", "")) for each in tree.iter(f"{SVG}text") if not each.get("font-weight")) - 200


def test_png_has_the_words_of_svg_in_the_same_places() -> None:
    made = cover.png(volume())
    assert made == cover.png(volume())
    picture = Image.open(io.BytesIO(made))
    assert (picture.format, picture.mode, picture.size) == ("PNG", "P", (cover.WIDTH, cover.HEIGHT))
    assert picture.width * picture.height <= APPLE
    letters = picture.point([255 * (0 < value < cover.SHADES) for value in range(256)], "L")
    for line in cover.lines(volume()):
        box = letters.crop((0, line.y - line.size, cover.WIDTH, line.y + line.size // 5)).getbbox()
        assert box
        assert box[0] >= cover.LEFT - 10
        assert cover._width(line.text) * line.size * 0.8 <= box[2] - box[0] <= cover.ACROSS + 20
    assert picture.convert("RGB").getpixel((5, 5)) == tuple(bytes.fromhex(cover.colours("造纸与印刷")[0][1:]))


def test_a_character_that_no_font_has_is_a_mark_and_no_box(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr("PIL.ImageDraw.ImageDraw.text", lambda _, place, text, **how: seen.append(text))
    cover.png(volume("纸\U000e0fff墨"))
    assert seen[0] == "纸〓墨"


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_a_drawn_cover_is_in_the_book(kind: str, tmp_path: Path) -> None:
    name, media_type = shown(book(tmp_path / "a.epub", kind))
    assert (name, media_type) == (f"cover.{kind}", {"svg": "image/svg+xml", "png": "image/png"}[kind])


def test_a_picture_of_the_user_is_stripped_and_made_small_enough(tmp_path: Path) -> None:
    own = tmp_path / "own.jpg"
    own.write_bytes(drawn("jpeg", 1800, 2700, exif=exif(Artist="somebody")))
    inside = book(tmp_path / "a.epub", own)
    assert shown(inside) == ("cover.jpg", "image/jpeg")
    made = Image.open(io.BytesIO(inside["cover.jpg"]))
    assert b"somebody" not in inside["cover.jpg"]
    assert made.size == (1333, 2000)
    assert b"background" not in inside["cover.xhtml"]


@pytest.mark.slow
def test_epubcheck_finds_nothing_in_covers(tmp_path: Path) -> None:
    (tmp_path / "own.png").write_bytes(drawn("png", 300, 400))
    for name in ("png", str(tmp_path / "own.png")):
        book(tmp_path / "a.epub", name)
        assert epubcheck(tmp_path / "a.epub") == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "no such file or directory; name a picture, or take svg, png or lead"),
        (b"words", "no picture of a known kind: it begins with"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG; take a JPEG or a PNG"),
        (drawn("gif"), "gif; take a JPEG or a PNG"),
        (drawn("jpeg")[:300], "it is broken"),
    ],
)
def test_what_cannot_be_a_cover_is_refused(content: bytes | None, words: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "own.jpg").write_bytes(content)
    done = run("--to", "epub", "-q", ARTICLE, "-o", tmp_path / "a.epub", "--cover", tmp_path / "own.jpg")
    assert done.returncode == 2
    assert words in done.stderr.decode()
    assert not (tmp_path / "a.epub").exists()


def test_without_the_fonts_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    chain.packaged.cache_clear()
    monkeypatch.setattr(chain, "EXTRA", ("no_such_package",))
    with pytest.raises(MissingExtraError, match=r"pip install 'archive-convert\[fonts\]', or take --cover svg"):
        api.convert(ARTICLE, tmp_path / "a.epub", "epub", cover="png")
    chain.packaged.cache_clear()
    assert MissingExtraError("x").exit_code == 2


def test_a_new_picture_makes_the_book_anew_and_the_same_does_not(tmp_path: Path) -> None:
    (tmp_path / "settings").mkdir()
    own, settings = tmp_path / "settings" / "own.png", tmp_path / "settings" / "s.toml"
    settings.write_text('[conversion]\nto = "epub"\ncover = "own.png"\nupdate = true\n')
    states = []
    for colour in ("red", "red", "blue"):
        own.write_bytes(encoded(Image.new("RGB", (400, 600), colour)))
        done = run("--config", settings, ARTICLE, "-o", tmp_path / "books" / "a.epub")
        assert done.returncode == 0, done.stderr
        states.append("left as they are" in done.stderr.decode())
    assert states == [False, True, False]
