"""PDF001 missing-glyph

## What it finds
A character for which no font of this machine has a glyph.  Looked for before a PDF is drawn.  `--pdf-variant pdf/a-2a`
and `pdf/a-3a` want a meaning for each character, so with them also one for private use, whatever font has it.

## Why it matters
A font draws such a character as an empty box, from which nobody can tell what stood there; PDF/UA and PDF/A forbid it.
In its place the PDF has the character's code point, such as 〔U+1F9FF〕.

## What to do
Install a font that has it, and make the PDF again.  The message names a package of Debian and Ubuntu if we know one.
On any system `pip install "archive-convert[fonts]"` brings Chinese, Korean, Arabic, Hebrew, Thai and the scripts of
India, symbols, and emoji without colours.  A character for private use (U+E000–U+F8FF) means something only in the font
that it was written for: put another in its place.
"""

from convert.rules.rule import Rule

RULE = Rule("PDF001", "missing-glyph", "warning", __doc__)
