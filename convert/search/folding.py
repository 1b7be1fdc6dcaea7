"""Folding of text, so that a word is found in each of its spellings.

The program in the browser folds queries and excerpts in the same way, character by character; a test compares both.
"""

import re
import unicodedata

from convert.simplified import characters

LONGEST = 64
"""Characters of a word that count; what follows in longer ones is no word that anybody types."""

CJK = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese and Khmer, which put no space between words either
    "\u3005-\u3007\u3041-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua48f\uac00-\ud7a3"
    "\U00020000-\U0003ffff"
)
"""Characters of scripts that are searched by pairs, as a class of a regular expression."""

_DROPPED = re.compile("[\u0300-\u036f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Accents, and selectors of variants of a character."""

SEPARATOR = " "


class _Folding(dict[int, str]):
    """Table for `str.translate`, which looks each character up when it first occurs."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _folded(chr(code))
        return folded


def _folded(char: str) -> str:
    """Return what is left of a character: letters and digits, "" if it is invisible, a space if it is a separator."""
    if unicodedata.category(char) == "Cf":
        return ""
    plain = _DROPPED.sub("", unicodedata.normalize("NFKD", char).lower())
    simple = unicodedata.normalize("NFC", plain).translate(characters()).replace("ς", "σ")
    return "".join(each if unicodedata.category(each)[0] in "LNM" else SEPARATOR for each in simple)


_TABLE = _Folding()


def fold(text: str) -> str:
    """Return a text in the form in which it is searched: lower case, without accents, simplified, spaces between words.

    >>> fold("《紙的歷史》，Ｃafé №７"), fold("紙\u200b張")
    (' 纸的历史  cafe no7', '纸张')
    """
    return text.translate(_TABLE)


def pairs() -> str:
    """Return traditional characters, each with its simplified form behind it, for the program in the browser."""
    return "".join(chr(code) + simple for code, simple in sorted(characters().items()))
