"""Recognition of passages in another language than their article (WCAG 2.2, success criterion 3.1.2).

Screen readers, line breaking and the choice of fonts need to know it.
"""

import re

from convert.languages import language as language_of

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "yi"})
MIN_WORDS = 4
"""Fewest words of an English passage; fewer are mostly a name, and a name has no language."""

SAMPLE = 160
"""Characters at the start of a passage by which its language is recognised."""

_SHARED = "[\\x00-\u036f\u2000-\u2e7f\uff00-\uff60]*"
_CHINESE = f"{_SHARED}[\u3000-\u303f\u4e00-\u9fff]"
usual = re.compile(
    f"[\u3000-\u303f\u4e00-\u9fff\uff00-\uff60]{{8}}|(?:{_CHINESE}){{8}}|(?:{_CHINESE}){{1,7}}{_SHARED}\\Z"
).match
"""Fast test for text that begins as Chinese, as nearly every paragraph of a Chinese article does."""

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_SCRIPTS = {
    "ja": "\u3041-\u3096\u30a1-\u30fa\u30fc",
    "ko": "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3",
    "ru": "\u0400-\u04ff",
    "ar": "\u0620-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc",
    "he": "\u05d0-\u05ea",
    "hi": "\u0900-\u097f",
    "th": "\u0e01-\u0e5b",
    "bo": "\u0f00-\u0fff",
}
"""Letters and their marks by language tag: each script implies the language that is most often written in it."""

_LETTERS = {tag: re.compile(f"[{letters}]") for tag, letters in _SCRIPTS.items()}
_OTHER = re.compile(f"[{''.join(_SCRIPTS.values())}]")
_ENGLISH = frozenset({"and", "are", "by", "from", "of", "that", "the", "this", "to", "with"})
"""Words that are common in English and rare in other languages with Latin letters."""


def foreign(text: str, language: str) -> str:
    """Return the BCP 47 tag of the language that `text` is clearly in, "" if that is the article's or is not clear.

    Two letters in three must be of that language: a Chinese sentence about an English name is Chinese.

    >>> foreign("The history of paper", "zh-Hans"), foreign("BBC News", "zh-Hans"), foreign("紙の歴史", "zh-Hans")
    ('en', '', '')
    >>> foreign("纸的历史", "en"), foreign("Cai Lun (蔡伦)", "en"), foreign("История бумаги", "en")
    ('zh-Hans', '', 'ru')
    """
    chinese = language.startswith("zh")
    if not text or (chinese and usual(text)):
        return ""
    text = text[:SAMPLE]
    if text.isascii() or (_HAN.search(text) is None and _OTHER.search(text) is None):
        tag = _english(text)
    elif chinese and _OTHER.search(text) is None:
        return ""
    else:
        tag = _by_letters(text)
    return "" if tag.partition("-")[0] == language.partition("-")[0] else tag


def _by_letters(text: str) -> str:
    """Return the language of a text that has letters of other scripts than Latin, "" if none is clear."""
    letters, han = sum(map(str.isalpha, text)), len(_HAN.findall(text))
    if (first := _OTHER.search(text)) is None:
        return language_of([text]) if han > 1 and han * 3 >= letters * 2 else ""
    tag = next(tag for tag, pattern in _LETTERS.items() if pattern.match(first[0]))
    count = len(_LETTERS[tag].findall(text))
    if tag == "ja" and count * 5 >= letters * 2:  # Japanese mixes kana and Han, about as many of each
        count += han
    return tag if count > 1 and count * 3 >= letters * 2 else ""


def _english(text: str) -> str:
    """Return "en" if one word in twelve is among the commonest of English, as in most sentences, else ""."""
    if text.count(" ") < MIN_WORDS - 1:  # a web address can hold English words
        return ""
    words = [word for word in text.lower().split() if word[0].isalpha()]
    return "en" if len(words) >= MIN_WORDS and sum(map(_ENGLISH.__contains__, words)) * 12 >= len(words) else ""


def has_han(text: str) -> bool:
    """Return True if there is a Han character."""
    return _HAN.search(text) is not None


def attributes(tag: str, around: str = "") -> str:
    """Return attributes with an element's language for HTML and XML, and its direction if that of `around` differs.

    >>> attributes("ar")
    ' lang="ar" xml:lang="ar" dir="rtl"'
    """
    if not tag:
        return ""
    leftward = tag.partition("-")[0] in RIGHT_TO_LEFT
    changes = leftward != (around.partition("-")[0] in RIGHT_TO_LEFT)
    direction = f' dir="{"rtl" if leftward else "ltr"}"' if changes else ""
    return f' lang="{tag}" xml:lang="{tag}"{direction}'
