"""Fonts: which draws which character, in both engines alike, and what becomes of a character that none has."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from xml.etree.ElementTree import XML, tostring

import pikepdf
import pytest
import typst
from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib.tables._g_l_y_f import Glyph
from hypothesis import given, strategies as st

from convert.errors import ConvertError
from convert.printing import drawing
from convert.printing.fonts import chain as fonts, glyphs, system
from convert.printing.fonts.system import Face
from convert.printing.weasy.engine import collected_warnings, engine, make_fetcher

HAN, KOREAN, THAI, EMOJI, TIBETAN = "天地玄黄", "한국어", "ภาษาไทย", "🧿🐼👏", "བོད"


@pytest.fixture
def only_packages(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine without fonts of its own."""
    monkeypatch.setattr(
        fonts, "system", SimpleNamespace(installed=tuple, preferred=lambda *_: None, SUFFIXES={".ttf", ".otf"})
    )
    forget()
    yield
    forget()


def forget() -> None:
    fonts.chain.cache_clear()
    fonts.bundled.cache_clear()


def families(faces: tuple[Face, ...]) -> list[str]:
    return [face.family for face in faces]


# --- the chain --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("only_packages")
def test_the_packages_are_enough() -> None:
    chain = fonts.chain("zh-Hans")
    assert chain.missing(HAN + KOREAN + THAI + EMOJI + "Ünïcödé Привет αβγ かなカナ עברית العربية हिन्दी ‧◇") == set()
    assert chain.missing(TIBETAN) == set(TIBETAN)
    assert families(chain.needed(HAN).serif) == ["Noto Serif SC"]
    needed = chain.needed(HAN + KOREAN + EMOJI)
    assert families(needed.serif) == ["Noto Serif SC", "Noto Emoji", "Noto Serif KR"]
    assert families(needed.sans) == ["Noto Sans SC", "Noto Emoji", "Noto Sans KR"]


def test_every_style_has_the_same_fonts() -> None:
    chain = fonts.chain("zh-Hans")
    assert {frozenset(chain.faces[style]) for style in fonts.STYLES} == {frozenset(chain.faces["serif"])}


def fake(monkeypatch: pytest.MonkeyPatch, held: dict[str, str], chosen: str = "") -> None:
    """A system with fonts that have these characters, of which fontconfig prefers one."""
    faces = tuple(Face(family, f"/fonts/{family}.ttf", 0) for family in sorted(held))
    monkeypatch.setattr(
        fonts,
        "system",
        SimpleNamespace(
            installed=lambda: faces,
            preferred=lambda *_: (f"/fonts/{chosen}.ttf", 0) if chosen else None,
            SUFFIXES=set(),
        ),
    )
    monkeypatch.setattr(fonts, "characters", lambda path, _: frozenset(map(ord, held[Path(path).stem])))
    forget()


ALL = fonts.SAMPLE + fonts.ASCII


@pytest.mark.usefixtures("only_packages")
@pytest.mark.parametrize(
    ("language", "first"),
    [
        ("zh-Hans", "Noto Serif CJK SC"),
        ("zh-Hant", "Noto Serif CJK TC"),
        ("zh-TW", "Noto Serif CJK TC"),
        ("en", "Noto Serif CJK SC"),
    ],
)
def test_the_language_chooses_among_chinese_fonts(monkeypatch: pytest.MonkeyPatch, language: str, first: str) -> None:
    fake(monkeypatch, {"Noto Serif CJK SC": ALL, "Noto Serif CJK TC": ALL, "Song": ALL}, chosen="Song")
    assert fonts.chain(language).faces["serif"][0].family == first


@pytest.mark.usefixtures("only_packages")
def test_the_font_that_fontconfig_prefers_counts_only_with_both_scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    fake(monkeypatch, {"Aaa": ALL, "Song": ALL}, chosen="Song")
    assert fonts.chain("zh-Hans").faces["sans"][0].family == "Song"
    fake(monkeypatch, {"Aaa": ALL, "Song": fonts.ASCII + "纸"}, chosen="Song")
    assert fonts.chain("zh-Hans").faces["sans"][0].family == "Aaa"


@pytest.mark.usefixtures("only_packages")
def test_fallback_fonts_that_draw_poorly_come_last(monkeypatch: pytest.MonkeyPatch) -> None:
    held = {
        "Song": ALL,
        "GNU Unifont": "ㄅ☃♞🧿",
        "Noto Sans Symbols2": "♞",
        "DejaVu Sans": "☃♞",
        "Noto Color Emoji": "🧿☃",
    }
    fake(monkeypatch, held, chosen="Song")
    chain = fonts.chain("zh-Hans")
    names = families(chain.needed("♞☃🧿ㄅ纸").sans)
    assert names == ["Song", "Noto Color Emoji", "Noto Sans Symbols2", "GNU Unifont"]


@pytest.mark.usefixtures("only_packages")
def test_code_has_a_font_of_its_own_if_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    fake(monkeypatch, {"Song": ALL, "Paper Mono": fonts.ASCII, "Bad Mono": "abc"})
    assert families(fonts.chain("zh-Hans").needed("a纸").mono) == ["Paper Mono", "Song"]
    fake(monkeypatch, {"Song": ALL, "Bad Mono": "abc"})
    assert families(fonts.chain("zh-Hans").needed("a纸").mono) == ["Song"]


@pytest.mark.usefixtures("only_packages")
def test_a_usual_character_is_missed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    fake(monkeypatch, {"Song": ALL})
    chain = fonts.chain("zh-Hans")
    assert chain.missing("纸a，\n墨") == {"墨"}
    assert chain.missing("墨纸") == {"墨"}


@pytest.mark.usefixtures("only_packages")
def test_chain_without_a_chinese_font_names_the_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    fake(monkeypatch, {"DejaVu Sans": fonts.ASCII, "DejaVu Serif": fonts.ASCII}, chosen="DejaVu Sans")
    monkeypatch.setattr(fonts, "PACKAGES", ())
    forget()
    with pytest.raises(ConvertError, match=r"archive-convert\[fonts\].*fonts-noto-cjk"):
        fonts.chain("zh-Hans")


def test_a_file_that_is_no_font_has_no_characters(tmp_path: Path) -> None:
    for name, data in (("a.ttf", b"\0\1\0\0"), ("b.ttf", b"no font"), ("c.ttf", b"")):
        (tmp_path / name).write_bytes(data)
        assert fonts.characters(str(tmp_path / name), 0) == frozenset()
    assert fonts.characters(str(tmp_path / "missing.ttf"), 0) == frozenset()


# --- what the system has ----------------------------------------------------------------------------------------------


def make_font(path: Path, family: str, style: str = "Regular", characters: str = "abc") -> None:
    names = [".notdef", *(f"g{ord(char)}" for char in characters)]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(char): f"g{ord(char)}" for char in characters})
    builder.setupGlyf({name: Glyph() for name in names})
    builder.setupHorizontalMetrics(dict.fromkeys(names, (500, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": style, "psName": f"{family}-{style}"})
    builder.setupOS2(usWeightClass=700 if style == "Bold" else 400, fsSelection=1 if style == "Italic" else 64)
    builder.setupPost(italicAngle=-10 if style == "Italic" else 0)
    builder.font["head"].macStyle = {"Bold": 1, "Italic": 2}.get(style, 0)
    builder.save(path)


LISTED = """
import json
from convert.model import Finding
from convert.printing import drawing
from convert.printing.fonts import chain as fonts, system
faces = [(face.family, face.path, face.number) for face in system.installed()]
order = [[face.family for face in fonts.chain("zh-Hans").faces[style]] for style in fonts.STYLES]
print(json.dumps([faces, system.preferred("serif", "zh-cn"), order]))
"""


def listed(folder: Path, seed: str = "0") -> tuple[list[tuple[str, str, int]], list[object], list[list[str]]]:
    """Return the fonts of a process that has no others than those in `folder` and in the packages."""
    config = folder / "chain.conf"
    config.write_text(f"<fontconfig><dir>{folder}</dir><cachedir>{folder}/cache</cachedir></fontconfig>", "utf-8")
    env = {**os.environ, "FONTCONFIG_FILE": str(config), "PYTHONHASHSEED": seed}
    faces, preferred, order = json.loads(subprocess.check_output([sys.executable, "-c", LISTED], env=env))
    return [tuple(face) for face in faces], preferred, order


@pytest.mark.skipif(system._library() is None, reason="needs the library fontconfig")
def test_the_system_has_one_face_of_each_family(tmp_path: Path) -> None:
    found: list[list[list[str]]] = []
    for names in (("Regular", "Bold", "Italic"), ("Italic", "Bold", "Regular")):
        folder = tmp_path / names[0] / "fonts"
        folder.mkdir(parents=True)
        for style in names:  # in either order of the directory
            make_font(folder / f"paper-{style}.ttf", "Paper", style)
        make_font(folder / "ink.ttf", "Ink", "Bold")
        faces, preferred, order = listed(folder, seed=str(len(found)))
        assert faces == [("Ink", str(folder / "ink.ttf"), 0), ("Paper", str(folder / "paper-Regular.ttf"), 0)]
        assert preferred, "fontconfig always names one"
        assert {"Paper", "Ink"} < set(order[0])
        found.append(order)
    assert found[0] == found[1]
    assert found[0][0][0] == "Noto Serif SC", "and what it names has no Chinese"


@pytest.mark.skipif(system._library() is None, reason="needs the library fontconfig")
def test_typst_says_what_there_is_where_fontconfig_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {face.path for face in system.installed()}
    try:
        monkeypatch.setattr(system, "LIBRARIES", ())
        system._library.cache_clear()
        system.installed.cache_clear()
        assert system.preferred("serif", "zh-cn") is None
        assert {face.path for face in system.installed()} <= known
    finally:
        monkeypatch.undo()
        system._library.cache_clear()
        system.installed.cache_clear()


# --- both engines -----------------------------------------------------------------------------------------------------


def by_typst(text: str, faces: fonts.Faces) -> bytes:
    held, names = fonts.for_typst(faces)
    family = ", ".join(json.dumps(name) for name in names["serif"])
    source = (
        f'#set document(title: "x")\n#set text(lang: "zh", font: ({family},))\n#{json.dumps(text, ensure_ascii=False)}'
    )
    made = typst.compile(source.encode(), font_paths=held, ignore_system_fonts=True, pdf_standards=["ua-1"])
    assert isinstance(made, bytes)
    return made


def by_weasyprint(text: str, faces: fonts.Faces) -> bytes:
    engine()
    css, files = fonts.font_faces(faces)
    configuration = import_module("weasyprint.text.fonts").FontConfiguration()
    css += f"html {{ font-family: {fonts.family_list(faces.serif)} }}"
    style = engine().CSS(string=css, url_fetcher=make_fetcher(files), font_config=configuration)
    html = f"<html lang=zh-Hans><title>x</title><p>{text}"
    out: bytes = engine().HTML(string=html).write_pdf(stylesheets=[style], font_config=configuration)
    return out


def drawn_with(pdf: bytes) -> set[str]:
    """The fonts in a PDF, by the letters of their names."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        found = {str(font.BaseFont) for font in document.pages[0].Resources.Font.values()}
    names = {name.rpartition("+")[2].removesuffix("-Identity-H").removesuffix("-Regular") for name in found}
    return {name.replace("-", "").lower() for name in names}


@pytest.mark.usefixtures("only_packages")
def test_both_engines_draw_with_the_fonts_of_the_chain() -> None:
    text = f"{HAN} {KOREAN} {THAI} हिन्दी"
    faces = fonts.chain("zh-Hans").needed(text)
    wanted = {face.family.replace(" ", "").lower() for face in faces.serif}
    assert len(wanted) == 4
    assert drawn_with(by_typst(text, faces)) == wanted
    assert drawn_with(by_weasyprint(text, faces)) == wanted


@pytest.mark.usefixtures("only_packages")
def test_a_font_of_a_package_has_the_same_address_whatever_stands_beside_it() -> None:
    chain = fonts.chain("zh-Hans")
    one, two = (fonts.font_faces(chain.needed(text))[1] for text in (HAN, HAN + EMOJI + KOREAN))
    assert one.items() < two.items()


def test_digits_beside_emoji_stay_digits() -> None:
    """Pango takes them for emoji if a family of the list is called so."""
    faces = fonts.chain("zh-Hans").needed("2023年🧿")
    assert any("Emoji" in face.family for face in faces.serif)
    assert drawn_with(by_weasyprint("2023年", faces)) == drawn_with(by_typst("2023年", faces))


def test_ignorable_characters_are_drawn_without_a_glyph(caplog: pytest.LogCaptureFixture) -> None:
    codes = [code for pair in glyphs.IGNORABLE for code in pair] + [0xA0, *range(0x2000, 0x200B), 0x202F, 0x3000]
    assert all(glyphs.needs_no_glyph(chr(code)) for code in codes)
    faces = fonts.chain("zh-Hans").needed("纸a")
    text = "".join(f"纸{chr(code)}a " for code in codes)
    assert by_typst(text.replace("\ufeff", ""), faces)  # which PDF/UA-1 forbids, and TXT002 takes out
    with collected_warnings():
        by_weasyprint(text, faces)
    assert "notdef" not in caplog.text


# --- characters that no font has --------------------------------------------------------------------------------------


@given(st.text(st.characters(codec="utf-8")))
def test_missing_characters_are_in_no_font(text: str) -> None:
    chain = fonts.chain("zh-Hans")
    held = [fonts.characters(face.path, face.number) for face in chain.faces["serif"]]
    missing = chain.missing(text)
    assert missing == {
        char for char in text if not glyphs.needs_no_glyph(char) and not any(ord(char) in it for it in held)
    }
    assert missing == chain.missing(text), "and the second time, when they are known"
    told = glyphs.replace(text, missing)
    assert chain.missing(told) == set()
    assert (told == text) == (not missing)


@pytest.mark.rule("PDF001")
@pytest.mark.usefixtures("only_packages")
def test_gap_message_names_character_count_and_package() -> None:
    text = f"纸{TIBETAN}བ\ue000"
    found = glyphs.gaps(text, fonts.chain("zh-Hans").missing(text))
    assert [(gap.character, gap.times) for gap in found] == [("ད", 1), ("བ", 2), ("ོ", 1), ("\ue000", 1)]
    assert [str(glyphs.gap_message(gap)) for gap in found[1:]] == [
        "no font has བ U+0F56 TIBETAN LETTER BA, which stands there 2 time(s) and is drawn as 〔U+0F56〕; "
        "fonts-noto-core of Debian or Ubuntu has one",
        "no font has U+0F7C TIBETAN VOWEL SIGN O, which stands there 1 time(s) and is drawn as 〔U+0F7C〕; "
        "fonts-noto-core of Debian or Ubuntu has one",
        "U+E000 is for private use, stands there 1 time(s) and is drawn as 〔U+E000〕",
    ]
    assert [glyphs.gap_message(gap).text_in("zh") for gap in found[2:]] == [
        "没有字体有 U+0F7C TIBETAN VOWEL SIGN O，文中出现 1 次，画成〔U+0F7C〕；"
        "Debian 或 Ubuntu 的 fonts-noto-core 里有",
        "U+E000 是私用字，文中出现 1 次，画成〔U+E000〕",
    ]


@pytest.mark.parametrize(
    ("char", "package"),
    [
        ("한", "fonts-noto-cjk"),
        ("𠮷", "fonts-babelstone-han"),
        ("🧿", "fonts-noto-color-emoji"),
        ("ก", "fonts-noto-core"),
        ("∑", "fonts-noto-core"),
        ("\U000e1234", ""),
        ("\U0010fffd", ""),
    ],
)
def test_the_package_that_has_a_font(char: str, package: str) -> None:
    assert glyphs.Gap(char, 1).package == package


def test_code_points_stand_in_the_text_and_nothing_else_changes() -> None:
    before = XML('<p title="ག">a<b class="x">ག</b>ག纸<img alt="ག"/></p>')
    drawing.spell_out(before, {"ག"})
    assert tostring(before, "unicode") == (
        '<p title="ག">a<b class="x">〔U+0F42〕</b>〔U+0F42〕纸<img alt="〔U+0F42〕" /></p>'
    )
    drawing.spell_out(before, set())
    assert "〔U+0F42〕纸" in tostring(before, "unicode")
