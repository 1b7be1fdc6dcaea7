"""Characters without a glyph: which need one, their names, packages with a font for them, and how books show them.

A character without a glyph would be an empty box, which readers and search could not identify; PDF/UA-1 (ISO 14289-1,
7.21.8) and PDF/A forbid it.
"""

import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection
from typing import NamedTuple

from convert.late import late_pattern
from convert.messages import Message, message

IGNORABLE = (
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x17B4, 0x17B5), (0x180B, 0x180E), (0x200B, 0x200F),
    (0x2029, 0x202E), (0x2060, 0x206F), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFF0, 0xFFF8), (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)  # fmt: skip
"""Ranges of invisible characters (Unicode, DerivedCoreProperties, Default_Ignorable_Code_Point), and U+2029;
without the few for which Pango requires a glyph."""
PRIVATE = late_pattern("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")
"""Characters for private use, which have a meaning only in one font (Unicode, section 23.5)."""
_STARTS = [start for start, _ in IGNORABLE]


DEBIAN: tuple[tuple[str, str], ...] = (
    (
        "Emoticons|Miscellaneous Symbols and Pictographs|Supplemental Symbols and Pictographs|"
        "Symbols and Pictographs Extended-A|Transport and Map Symbols",
        "fonts-noto-color-emoji",
    ),
    (
        "CJK Unified Ideographs Extension B|CJK Unified Ideographs Extension C|CJK Unified Ideographs Extension D|"
        "CJK Unified Ideographs Extension E|CJK Unified Ideographs Extension F|CJK Unified Ideographs Extension G|"
        "CJK Unified Ideographs Extension H|CJK Compatibility Ideographs Supplement",
        "fonts-babelstone-han",
    ),
    ("Hani|Hang|Hira|Kana|Bopo", "fonts-noto-cjk"),
    (
        "Adlm|Arab|Armn|Bali|Beng|Bugi|Cans|Cari|Cham|Cher|Copt|Cprt|Cyrl|Deva|Dsrt|Egyp|Ethi|Geor|Glag|Goth|Grek|"
        "Gujr|Guru|Hebr|Ital|Java|Khmr|Knda|Laoo|Latn|Lisu|Mlym|Mong|Mymr|Nkoo|Ogam|Olck|Orkh|Orya|Phag|Phnx|Runr|"
        "Samr|Sinh|Sund|Sylo|Syrc|Tale|Talu|Taml|Tavt|Telu|Tfng|Tglg|Thaa|Thai|Tibt|Ugar|Vaii|Xpeo|Xsux|Yiii|"
        "Zinh|Zyyy",
        "fonts-noto-core",
    ),
)
"""Blocks or scripts of Unicode (ISO 15924), each with the package of Debian and Ubuntu that has a font for it."""


class Gap(NamedTuple):
    """Character of a text that is shown as its code point."""

    character: str
    times: int
    """Number of its occurrences."""

    @property
    def name(self) -> str:
        """Return the character, if it can be shown, its code point, and its name in Unicode, if it has one.

        >>> Gap("ག", 2).name, Gap("\ue000", 1).name
        ('ག U+0F42 TIBETAN LETTER GA', 'U+E000')
        """
        alone = self.character.isprintable() and not unicodedata.category(self.character).startswith("M")
        char = self.character if alone else ""
        return f"{char} U+{ord(self.character):04X} {unicodedata.name(self.character, '')}".strip()

    @property
    def package(self) -> str:
        """Return the package of Debian and Ubuntu that has a font for its script, "" if unknown.

        >>> Gap("ག", 2).package, Gap("🧿", 1).package, Gap("\ue000", 1).package
        ('fonts-noto-core', 'fonts-noto-color-emoji', '')
        """
        from fontTools import unicodedata as tables

        if unicodedata.category(self.character) in ("Co", "Cn"):
            return ""
        kinds_of = {tables.block(self.character), tables.script(self.character)}
        return next((package for kinds, package in DEBIAN if kinds_of & set(kinds.split("|"))), "")


def needs_no_glyph(char: str) -> bool:
    """Return True if a character needs no glyph: controls, joiners, selectors, and spaces.

    HarfBuzz draws any space as U+0020.

    >>> [needs_no_glyph(char) for char in "\\n\\u200d\\ufe0f\\u2003"], needs_no_glyph("a")
    ([True, True, True, True], False)
    """
    code = ord(char)
    index = bisect_right(_STARTS, code) - 1
    if index >= 0 and code <= IGNORABLE[index][1]:
        return True
    return char != "\u1680" and unicodedata.category(char) in ("Cc", "Zs")


def written(char: str) -> str:
    """Return the text that replaces a character that no font has.

    >>> written("🧿")
    '〔U+1F9FF〕'
    """
    return f"〔U+{ord(char):04X}〕"


def replace(text: str, missing: Collection[str]) -> str:
    """Return `text` with each of the `missing` characters as its code point."""
    return text.translate({ord(char): written(char) for char in missing}) if missing else text


def gaps(text: str, missing: Collection[str]) -> list[Gap]:
    """Return the `missing` characters that `text` has, in the order of their code points."""
    counts = Counter(text)
    return [Gap(char, counts[char]) for char in sorted(missing) if counts[char]]


def gap_message(gap: Gap) -> Message:
    """Return the message of PDF001 about a character."""
    char, drawn, package = gap.name, written(gap.character), gap.package
    if PRIVATE.match(gap.character):
        return message("private-glyph", char=char, times=gap.times, drawn=drawn)
    if package:
        return message("missing-glyph-package", char=char, times=gap.times, drawn=drawn, package=package)
    return message("missing-glyph", char=char, times=gap.times, drawn=drawn)
