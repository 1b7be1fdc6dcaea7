"""The chain of fonts: which font draws which character, the same for every engine, computed once a process.

The Chinese font for the book's language comes first: the one of the system that fontconfig prefers, if its character
map (OpenType, `cmap`) covers both Chinese scripts; else that of the `fonts` extra.  All other families of the system
and the extra follow, in an order that does not depend on the location of their files.  Engines get only the fonts that
a text needs.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property
from importlib import import_module, util
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from convert.errors import MissingError
from convert.printing.fonts import system
from convert.printing.fonts.glyphs import needs_no_glyph
from convert.printing.fonts.system import Face

STYLES = ("serif", "sans", "mono")
"""Styles for running text, for headings, and for code."""
SAMPLE = "纸张历史发现问题，紙張歷史發現問題。「」（）—…〔〕"
"""Characters of any font for both Chinese scripts; the last two are the brackets of `glyphs.written`."""
ASCII = "".join(map(chr, range(0x21, 0x7F)))

PACKAGES = (
    "pylopdf_fonts_zh_cn",
    "pylopdf_fonts_zh_tw",
    "pylopdf_fonts_ko",
    "pylopdf_fonts_jp",
    "pylopdf_fonts_ar",
    "pylopdf_fonts_he",
    "pylopdf_fonts_hi",
    "pylopdf_fonts_th",
    "manimgx_fonts",
)
"""Python packages with fonts: those of the `fonts` extra, and others that are used if they are installed."""

EXTRA = ("pylopdf_fonts_zh_cn", "pylopdf_fonts_ko", "manimgx_fonts")
"""The packages of the `fonts` extra."""

SIMPLIFIED = ("zh-cn", "Noto {} CJK SC", "Source Han {} SC", "Noto {} SC", "Noto {} TC")
TRADITIONAL = ("zh-tw", "Noto {} CJK TC", "Source Han {} TC", "Noto {} TC", "Noto {} SC")
"""The language in fontconfig, and the families made for it, the first choice first."""

USUAL = "\t\n -~\u2014\u2018\u2019\u201c\u201d\u2026\u3001-\u3011\u4e00-\u9fa5\uff01-\uff5e"
"""Character class (of regular expressions) that covers nearly all of a Chinese text."""

LAST = ("Math", "Mono", "Narrow", "Condensed", "Display", "UI", "Unifont", "Symbola", "LastResort", "Last Resort")
"""Words in the names of families for other purposes or of poor quality, which come last."""


class Faces(NamedTuple):
    """Faces that a text needs, for each style the first choice first."""

    serif: tuple[Face, ...]
    sans: tuple[Face, ...]
    mono: tuple[Face, ...]

    def all(self) -> list[Face]:
        """Return each face once, in a fixed order."""
        return sorted({face for faces in self for face in faces})


class Chain:
    """Available fonts, for each style in the order of preference; every style has the same faces."""

    def __init__(self, faces: Mapping[str, tuple[Face, ...]]) -> None:
        self.faces = faces
        self._face_of: dict[str, dict[str, Face]] = {style: {} for style in STYLES}
        self._covered: set[str] = set()
        self._lacking: set[str] = set()

    def missing(self, text: str) -> set[str]:
        """Return the characters of `text` that need a glyph and that no font has.

        Text whose unusual characters were all looked up before takes 5 µs for 1,000 characters.
        """
        new = set(self._unusual(text)) - self._covered
        if not new:
            return new
        missing = self._none_has(new - self._lacking) | new & self._lacking
        self._covered |= new - missing
        return missing

    @cached_property
    def _unusual(self) -> Callable[[str], Iterable[str]]:
        """Return a function that finds the characters of a text that may be missing."""
        usual = re.findall(f"[{USUAL}]", "".join(map(chr, range(0x10000))))
        whole = not self._none_has(set(usual))
        return re.compile(f"[^{USUAL}]").findall if whole else set

    def _none_has(self, characters: set[str]) -> set[str]:
        """Return the characters that need a glyph which no font has."""
        asked = {char for char in characters if not needs_no_glyph(char)}
        lacking = asked - self._find("serif", asked).keys()
        self._lacking |= lacking
        return lacking

    def needed(self, characters: Iterable[str]) -> Faces:
        """Return the faces that draw `characters`.

        These are, in each style, the first face, which decides the height of lines, and each face that is the first to
        have one of the characters.
        """
        asked = {char for char in characters if not needs_no_glyph(char)} - self._lacking
        chosen = []
        for style in STYLES:
            face_of = self._find(style, asked)
            used = {face_of[char] for char in asked if char in face_of}
            order = self.faces[style]
            chosen.append(tuple(face for number, face in enumerate(order) if number == 0 or face in used))
        return Faces(*chosen)

    def _find(self, style: str, asked: set[str]) -> dict[str, Face]:
        """Return a mapping from characters to the faces that draw them, with those `asked` for if any face has them."""
        face_of = self._face_of[style]
        rest = asked - face_of.keys()
        for face in self.faces[style] if rest else ():
            table = characters(face.path, face.number)
            covered = {char for char in rest if ord(char) in table}
            face_of.update(dict.fromkeys(covered, face))
            rest -= covered
            if not rest:
                break
        return face_of


@cache
def chain(language: str) -> Chain:
    """Return the fonts for a book in a language (BCP 47); traditional Chinese gets its own forms of characters.

    Raises:
        MissingError: no font has Chinese characters.
    """
    parts = language.lower().replace("_", "-").split("-")
    tag, *families = TRADITIONAL if {"hant", "tw", "hk", "mo"} & set(parts) else SIMPLIFIED
    others = (*system.installed(), *bundled())
    serif, sans = (_chinese(style, tag, families, others) for style in ("serif", "sans"))
    serif, sans = serif or sans, sans or serif
    if serif is None or sans is None:
        raise MissingError(
            "PDF needs a font with Chinese characters, and there is none; "
            'pip install "archive-convert[fonts]" or apt-get install fonts-noto-cjk'
        )
    mono = _monospaced(others)
    orders = {}
    for style, first in (("serif", (serif, sans)), ("sans", (sans, serif)), ("mono", (*mono, sans, serif))):
        rest = sorted(others, key=lambda face, style=style: _rank(face, style))  # type: ignore[misc]
        orders[style] = tuple(dict.fromkeys((*first, *rest)))
    return Chain(orders)


@cache
def identity(language: str) -> str:
    """Return a cache key of the fonts for a book in a language: the family and file size of each."""
    faces = dict.fromkeys(face for style in STYLES for face in chain(language).faces[style])
    return " ".join(f"{face.family}/{face.number}:{os.path.getsize(face.path)}" for face in faces)


@cache
def packaged() -> tuple[Face, ...]:
    """Return the faces of the `fonts` extra, whatever the system has, Chinese first; nothing without the extra."""
    if any(util.find_spec(package) is None for package in EXTRA):
        return ()
    faces = [face for package in EXTRA for face in _faces_in(package)]
    return tuple(sorted(faces, key=lambda face: (face.family != "Noto Sans SC", _rank(face, "sans"))))


def _faces_in(package: str) -> Iterator[Face]:
    """Yield the upright faces of a package, none if it is not installed."""
    spec = util.find_spec(package)
    for folder in spec.submodule_search_locations or () if spec else ():
        for path in sorted(Path(folder).iterdir()):
            if path.suffix in system.SUFFIXES and "Italic" not in path.name:
                yield Face(_name(path), str(path), 0, bundled=True)


@cache
def bundled() -> tuple[Face, ...]:
    """Return one face of each family that is in the packages but not in the system."""
    faces = {face.family: face for face in system.installed()}
    every = (face for package in PACKAGES for face in _faces_in(package))
    return tuple(face for face in every if faces.setdefault(face.family, face) is face)


@cache
def characters(path: str, number: int) -> frozenset[int]:
    """Return the code points that a font has a glyph for; none if it cannot be read."""
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with Path(path).open("rb") as file, TTFont(file, fontNumber=number, lazy=True) as font:
            # Names of glyphs are not needed, and reading them would take four fifths of the time.
            font.setGlyphOrder(_numbers())
            return frozenset(code for code, glyph in (font.getBestCmap() or {}).items() if glyph != "0")
    except (OSError, TTLibError):
        return frozenset()


# --- for the engines --------------------------------------------------------------------------------------------------


def font_faces(faces: Faces) -> tuple[str, dict[str, Path]]:
    """Return WeasyPrint's style sheet that declares the packages' fonts, and their files by the addresses in it."""
    css, files = [], {}
    for face in (face for face in faces.all() if face.bundled):
        # The address of a font never changes, so that a later text in this process does not declare it again.
        address = f"font:{face.family.replace(' ', '-')}"
        css.append(f'@font-face {{ font-family: {_quoted(face)}; src: url("{address}") }}\n')
        files[address] = Path(face.path)
    return "".join(css), files


def family_list(faces: Iterable[Face]) -> str:
    r"""Return the value of `font-family` for WeasyPrint.

    If a list names a font for emoji, Pango draws digits as emoji too.  So the list leaves out the system's, which Pango
    finds anyway, and renames that of the packages.

    >>> song, colours = Face("Song", "/a.otf", 0), Face("Noto Color Emoji", "/b.ttf", 0)
    >>> family_list([song, colours, Face("Noto Emoji", "/c.ttf", 0, bundled=True)])
    '"Song", "Noto Pictographs"'
    """
    return ", ".join(_quoted(face) for face in faces if face.bundled or "emoji" not in face.family.lower())


def _quoted(face: Face) -> str:
    """Return a family as a string of CSS (Fonts 4, section 2.1)."""
    escaped = face.family.replace("\\", "\\\\").replace('"', '\\"').replace("Emoji", "Pictographs")
    return f'"{escaped}"'


def for_typst(faces: Faces) -> tuple[Any, dict[str, tuple[str, ...]]]:
    """Return typst's `Fonts`, with its own and those in the folders of `faces`, and its family names for each style."""
    fonts = _typst_fonts(tuple(sorted({str(Path(face.path).parent) for face in faces.all()})))
    names = {(font.path, font.index): font.family for font in fonts.fonts()}
    return fonts, {
        style: tuple(dict.fromkeys(names[key] for face in used if (key := (face.path, face.number)) in names))
        for style, used in zip(STYLES, faces, strict=True)
    }


@cache
def _typst_fonts(folders: tuple[str, ...]) -> Any:
    typst = import_module("typst")
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=list(folders))


# --- choosing ---------------------------------------------------------------------------------------------------------


def _chinese(style: str, language: str, families: Iterable[str], others: tuple[Face, ...]) -> Face | None:
    """Return the font of Chinese text, None if there is none."""
    generic = {"serif": "serif", "sans": "sans-serif"}[style]
    preferred = system.preferred(generic, language)
    names = [family.format(style.capitalize()) for family in families]
    made = [face for name in names for face in others if face.family == name]
    # Without a configured preference fontconfig answers with the first file that it found: its answer comes second.
    candidates = [face for face in made if not face.bundled]
    candidates += [face for face in others if (face.path, face.number) == preferred]
    candidates += made
    candidates += sorted(others, key=lambda face: _rank(face, style))
    return next((face for face in candidates if _covers((face.path, face.number), SAMPLE)), None)


def _monospaced(others: tuple[Face, ...]) -> tuple[Face, ...]:
    """Return the font of code, or nothing: code then has the font of headings."""
    preferred = system.preferred("monospace", "en")
    candidates = [face for face in others if (face.path, face.number) == preferred or "Mono" in face.family.split()]
    candidates.sort(key=lambda face: ((face.path, face.number) != preferred, face.family))
    fit = (face for face in candidates if _covers((face.path, face.number), ASCII))
    return tuple(islice(fit, 1))


def _covers(font: tuple[str, int], text: str) -> bool:
    return {ord(char) for char in text} <= characters(*font)


def _rank(face: Face, style: str) -> tuple[object, ...]:
    """Return the sort key of a face that is not the first choice.

    Noto's emoji come first, those in colour before the others, then its other families, each made for one script, then
    the rest by name; faces that look like the style come before others.
    """
    family = face.family
    looks = "serif" if "Serif" in family or "Times" in family else "sans"
    return (
        "Emoji" not in family,
        "Color" not in family,
        any(word in family.split() for word in LAST),
        not family.startswith("Noto "),
        looks != (style if style == "serif" else "sans"),
        not family.startswith(("Noto Sans", "Noto Serif")),
        family,
        face.path,
        face.number,
    )


def _name(path: Path) -> str:
    from fontTools.ttLib import TTFont

    with TTFont(path, lazy=True) as font:
        return str(font["name"].getBestFamilyName())


@cache
def _numbers() -> list[str]:
    """Return names for as many glyphs as a font can have (OpenType, `maxp`)."""
    return [str(number) for number in range(0x10000)]
