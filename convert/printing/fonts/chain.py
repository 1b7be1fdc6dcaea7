"""The chain of fonts: which font draws which character, the same for every engine, found once a process.

First the Chinese font, for the language of the book: the system's, as fontconfig prefers it, if its own table of
characters (OpenType, `cmap`) has both Chinese scripts; else the one of the `fonts` extra.  Then every other family of
the system and of the extra, in an order that does not depend on where their files lie.  An engine is told only the few
that the text in hand needs.
"""

import os
import re
from collections.abc import Callable, Iterable, Mapping
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
"""Of reading, of what leads, of code."""
SAMPLE = "纸张历史发现问题，紙張歷史發現問題。「」（）—…〔〕"
"""Characters that a font for both Chinese scripts has; the last two are those of `glyphs.written`."""
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
"""Python packages that hold fonts: those of the `fonts` extra, and others that are taken where they are."""

SIMPLIFIED = ("zh-cn", "Noto {} CJK SC", "Source Han {} SC", "Noto {} SC", "Noto {} TC")
TRADITIONAL = ("zh-tw", "Noto {} CJK TC", "Source Han {} TC", "Noto {} TC", "Noto {} SC")
"""What fontconfig calls the language, and the families that are made for it, the first choice first."""

USUAL = "\t\n -~\u2014\u2018\u2019\u201c\u201d\u2026\u3001-\u3011\u4e00-\u9fa5\uff01-\uff5e"
"""Nearly all characters of a Chinese text, as a class of regular expressions."""

LAST = ("Math", "Mono", "Narrow", "Condensed", "Display", "UI", "Unifont", "Symbola", "LastResort", "Last Resort")
"""Words in the names of families that are made for something else, or that draw everything poorly."""


class Faces(NamedTuple):
    """The faces that a text needs, for each style the first choice first."""

    serif: tuple[Face, ...]
    sans: tuple[Face, ...]
    mono: tuple[Face, ...]

    def all(self) -> list[Face]:
        """Each once, in a fixed order."""
        return sorted({face for faces in self for face in faces})


class Chain:
    """The fonts that there are, in the order in which they are asked; the faces of all styles are the same."""

    def __init__(self, faces: Mapping[str, tuple[Face, ...]]) -> None:
        self.faces = faces
        self._found: dict[str, dict[str, Face]] = {style: {} for style in STYLES}
        self._known: set[str] = set()
        self._lacking: set[str] = set()

    def missing(self, text: str) -> set[str]:
        """The characters of `text` that need a glyph and that no font has.

        Usual text, and text whose unusual characters have all been asked about before, takes 5 µs for 1,000 characters.
        """
        new = set(self._unusual(text)) - self._known
        if not new:
            return new
        missing = self._none_has(new - self._lacking) | new & self._lacking
        self._known |= new - missing
        return missing

    @cached_property
    def _unusual(self) -> Callable[[str], Iterable[str]]:
        """What finds the characters of a text that may be missing."""
        usual = re.findall(f"[{USUAL}]", "".join(map(chr, range(0x10000))))
        whole = not self._none_has(set(usual))
        return re.compile(f"[^{USUAL}]").findall if whole else set

    def _none_has(self, characters: set[str]) -> set[str]:
        """Which of the characters need a glyph that no font has."""
        asked = {char for char in characters if not needs_no_glyph(char)}
        lacking = asked - self._find("serif", asked).keys()
        self._lacking |= lacking
        return lacking

    def needed(self, characters: Iterable[str]) -> Faces:
        """The faces that draw `characters`: in each style the first, which gives lines their height, and every other
        one that is the first to have one of them."""
        asked = {char for char in characters if not needs_no_glyph(char)} - self._lacking
        chosen = []
        for style in STYLES:
            found = self._find(style, asked)
            used = {found[char] for char in asked if char in found}
            order = self.faces[style]
            chosen.append(tuple(face for number, face in enumerate(order) if number == 0 or face in used))
        return Faces(*chosen)

    def _find(self, style: str, asked: set[str]) -> dict[str, Face]:
        """The face that draws each character, where one does; at least those `asked` about are in it."""
        found = self._found[style]
        rest = asked - found.keys()
        for face in self.faces[style] if rest else ():
            table = characters(face.path, face.number)
            here = {char for char in rest if ord(char) in table}
            found.update(dict.fromkeys(here, face))
            rest -= here
            if not rest:
                break
        return found


@cache
def chain(language: str) -> Chain:
    """The fonts for a book in a language (BCP 47): Chinese in traditional characters gets their forms where there is a
    choice.

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
    """Words that differ where other fonts would draw a book in a language: of each its family, and the size of its
    file."""
    faces = dict.fromkeys(face for style in STYLES for face in chain(language).faces[style])
    return " ".join(f"{face.family}/{face.number}:{os.path.getsize(face.path)}" for face in faces)


@cache
def bundled() -> tuple[Face, ...]:
    """One face of each family that the packages hold and the system has not."""
    found = {face.family: face for face in system.installed()}
    own = []
    for package in PACKAGES:
        spec = util.find_spec(package)
        for folder in spec.submodule_search_locations or () if spec else ():
            for path in sorted(Path(folder).iterdir()):
                if path.suffix in system.SUFFIXES and "Italic" not in path.name:
                    face = Face(_name(path), str(path), 0, bundled=True)
                    if found.setdefault(face.family, face) is face:
                        own.append(face)
    return tuple(own)


@cache
def characters(path: str, number: int) -> frozenset[int]:
    """The characters that a font has a glyph for; none where it cannot be read."""
    from fontTools.ttLib import TTFont, TTLibError  # type: ignore[import-untyped]

    try:
        with Path(path).open("rb") as file, TTFont(file, fontNumber=number, lazy=True) as font:
            # The names of glyphs are not wanted: finding them takes four fifths of the time.
            font.setGlyphOrder(_numbers())
            return frozenset(code for code, glyph in (font.getBestCmap() or {}).items() if glyph != "0")
    except (OSError, TTLibError):
        return frozenset()


# --- for the engines --------------------------------------------------------------------------------------------------


def font_faces(faces: Faces) -> tuple[str, dict[str, Path]]:
    """For WeasyPrint: the style sheet that declares the packages' fonts, and the files that it names by address."""
    css, files = [], {}
    for face in (face for face in faces.all() if face.bundled):
        # Always the same for a font, so that another text in this process does not declare it once more.
        address = f"font:{face.family.replace(' ', '-')}"
        css.append(f'@font-face {{ font-family: {_quoted(face)}; src: url("{address}") }}\n')
        files[address] = Path(face.path)
    return "".join(css), files


def family_list(faces: Iterable[Face]) -> str:
    r"""For WeasyPrint: the value of `font-family`.

    Pango has a rule of its own for lists that name a font for emoji: then digits are emoji too.  It finds the system's
    without being told, and the packages' has another name here.

    >>> song, colours = Face("Song", "/a.otf", 0), Face("Noto Color Emoji", "/b.ttf", 0)
    >>> family_list([song, colours, Face("Noto Emoji", "/c.ttf", 0, bundled=True)])
    '"Song", "Noto Pictographs"'
    """
    return ", ".join(_quoted(face) for face in faces if face.bundled or "emoji" not in face.family.lower())


def _quoted(face: Face) -> str:
    """A family as a string of CSS (Fonts 4, section 2.1)."""
    escaped = face.family.replace("\\", "\\\\").replace('"', '\\"').replace("Emoji", "Pictographs")
    return f'"{escaped}"'


def for_typst(faces: Faces) -> tuple[Any, dict[str, tuple[str, ...]]]:
    """For typst: its `Fonts`, which hold what lies in the folders of `faces` and its own, and the families of each
    style as it calls them."""
    fonts = _typst_fonts(tuple(sorted({str(Path(face.path).parent) for face in faces.all()})))
    names = {(font.path, font.index): font.family for font in fonts.fonts()}
    return fonts, {
        style: tuple(dict.fromkeys(names[key] for face in each if (key := (face.path, face.number)) in names))
        for style, each in zip(STYLES, faces, strict=True)
    }


@cache
def _typst_fonts(folders: tuple[str, ...]) -> Any:
    typst = import_module("typst")
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=list(folders))


# --- choosing ---------------------------------------------------------------------------------------------------------


def _chinese(style: str, language: str, families: Iterable[str], others: tuple[Face, ...]) -> Face | None:
    """The font of Chinese text, if there is one."""
    generic = {"serif": "serif", "sans": "sans-serif"}[style]
    wanted = system.preferred(generic, language)
    names = [family.format(style.capitalize()) for family in families]
    made = [face for name in names for face in others if face.family == name]
    # Where nobody told fontconfig what to prefer, it takes whichever file it came upon first: it is asked second.
    candidates = [face for face in made if not face.bundled]
    candidates += [face for face in others if (face.path, face.number) == wanted]
    candidates += made
    candidates += sorted(others, key=lambda face: _rank(face, style))
    return next((face for face in candidates if _covers((face.path, face.number), SAMPLE)), None)


def _monospaced(others: tuple[Face, ...]) -> tuple[Face, ...]:
    """The font of code, if there is one; without it, code is set like headings."""
    wanted = system.preferred("monospace", "en")
    known = [face for face in others if (face.path, face.number) == wanted or "Mono" in face.family.split()]
    known.sort(key=lambda face: ((face.path, face.number) != wanted, face.family))
    fit = (face for face in known if _covers((face.path, face.number), ASCII))
    return tuple(islice(fit, 1))


def _covers(font: tuple[str, int], text: str) -> bool:
    return {ord(char) for char in text} <= characters(*font)


def _rank(face: Face, style: str) -> tuple[object, ...]:
    """Emoji first, those with colours before the others; then Noto, whose families are made for one script each; then
    the rest by their names, those that look like the style before the others."""
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
    """Names for as many glyphs as a font can have (OpenType, `maxp`)."""
    return [str(number) for number in range(0x10000)]
