"""Recognition of passages in another language than their article (WCAG 2.2, success criterion 3.1.2).

Screen readers, line breaking and the choice of fonts need to know it.
"""

import re
from collections.abc import Iterator

from convert.languages import language as language_of
from convert.late import late_pattern
from convert.writers.book.escapes import text
from convert.writers.book.latin import LANGUAGES, MIN_WORDS, latin

RIGHT_TO_LEFT = frozenset({
    *("apc", "ar", "arc", "ary", "arz", "azb", "bal", "bqi", "ckb", "dv", "fa", "glk", "he", "iw", "ji", "ks", "lrc"),
    *("mzn", "nqo", "pnb", "prs", "ps", "sd", "sdh", "skr", "syr", "ug", "ur", "yi"),
})  # fmt: skip
"""Languages that are written from right to left unless their tag names a script (CLDR 48, likely subtags)."""
_RIGHT_TO_LEFT_SCRIPTS = frozenset({"Adlm", "Arab", "Aran", "Hebr", "Nkoo", "Rohg", "Syrc", "Thaa"})
_FROM_RIGHT = late_pattern("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
SAMPLE = 160
"""Characters at the start of a passage by which its language is recognised."""

_SHARED = "[\\x00-\u036f\u2000-\u2e7f\uff00-\uff60]*"
_CHINESE = f"{_SHARED}[\u3000-\u303f\u4e00-\u9fff]"
usual = late_pattern(
    f"[\u3000-\u303f\u4e00-\u9fff\uff00-\uff60]{{8}}|(?:{_CHINESE}){{8}}|(?:{_CHINESE}){{1,7}}{_SHARED}\\Z"
).match
"""Fast test for text that begins as Chinese, as nearly every paragraph of a Chinese article does."""

_HAN = late_pattern("[\u3400-\u4dbf\u4e00-\u9fff]")
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

_ALSO = {
    "ru": "ab av az ba be bg bxr ce cu cv kbd kk kum kv ky lez mk mn myv os rue sah sr tg tk tt tyv udm uk uz",
    "ar": "apc ary arz az azb bal bqi ckb fa glk kk ks ku ky lrc ms mzn pa pnb prs ps sd sdh skr tk ug ur uz",
    "he": "iw ji lad yi",
    "hi": "awa bho brx doi kok ks mai mr ne new sa sat sd",
    "bo": "dz",
}
"""Other languages that each script is written in (CLDR 48, languageData): in their articles it implies nothing."""
_FAMILIES = {tag: frozenset((tag, *others.split())) for tag, others in _ALSO.items()}

_LETTERS = {tag: re.compile(f"[{letters}]") for tag, letters in _SCRIPTS.items()}
_OTHER = late_pattern(f"[{''.join(_SCRIPTS.values())}]")
_UNLIKE_LATIN = frozenset({
    *(*RIGHT_TO_LEFT, *_SCRIPTS, "am", "be", "bg", "bn", "dz", "el", "gu", "hy", "ka", "kk", "km", "kn", "ky", "lo"),
    *("mk", "ml", "mn", "mr", "my", "ne", "pa", "si", "ta", "te", "tg", "ti", "uk", "zh"),
})  # fmt: skip
"""Languages in whose articles any passage in Latin letters is in another language."""
_COMPARABLE = LANGUAGES | _UNLIKE_LATIN | {"und"}
"""Languages in whose articles a passage in Latin letters has a clear language.  In others, such as Czech, their own
text would be taken for that of a relative, such as Polish."""

_RUN = late_pattern("[A-Za-z\u00c0-\u024f\u1e00-\u1eff][^\u0370-\u1dff\u2e80-\ua71f\ua800-\U0010ffff]*")
"""Run of text from a Latin letter on, without letters of other scripts and without Chinese punctuation."""

_ENDS = ".!?…%)]"
"""Punctuation that a passage may end with."""

_PAIRS = {")": "(", "]": "["}


def foreign(value: str, language: str) -> str:
    """Return the BCP 47 tag of the language that `value` is clearly in, "" if that is the article's or is not clear.

    Two letters in three must be of that language: a Chinese sentence about an English name is Chinese.

    >>> foreign("The history of paper", "zh-Hans"), foreign("BBC News", "zh-Hans"), foreign("紙の歴史", "zh-Hans")
    ('en', '', '')
    >>> foreign("纸的历史", "en"), foreign("Cai Lun (蔡伦)", "en"), foreign("История бумаги", "en")
    ('zh-Hans', '', 'ru')
    """
    chinese = language.startswith("zh")
    if not value or (chinese and usual(value)):
        return ""
    sample, base = value[:SAMPLE], language.partition("-")[0]
    if value.isascii() or (_HAN.search(value) is None and _OTHER.search(sample) is None):
        tag = latin(value, guess=base in _UNLIKE_LATIN) if base in _COMPARABLE else ""
    elif chinese and _OTHER.search(sample) is None:
        return ""
    else:
        tag = _by_letters(sample)
    return "" if tag.partition("-")[0] == base or base in _FAMILIES.get(tag, ()) else tag


def runs(value: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and tag of each passage with Latin letters inside a text of another script.

    Marks that enclose the whole passage belong to the sentence around it.

    >>> value = "他写道：“Paper is made of rags.”又说BBC News报道过。"
    >>> [(value[start:end], tag) for start, end, tag in runs(value)]
    [('Paper is made of rags.', 'en')]
    """
    if value.count(" ") < MIN_WORDS - 1:
        return
    for match in _RUN.finditer(value):
        run, start = match[0], match.start()
        if run.count(" ") >= MIN_WORDS - 1 and (tag := latin(run, guess=True)):
            yield start, start + _end(run), tag


def marked(value: str) -> str:
    """Return a text as HTML, with each of its `runs` in a `<span>`."""
    out, done = [], 0
    for start, end, tag in runs(value):
        out += [text(value[done:start]), f"<span{attributes(tag)}>{text(value[start:end])}</span>"]
        done = end
    return "".join([*out, text(value[done:])])


def _end(run: str) -> int:
    """Return the length of a run without the marks at its end that belong to the sentence around it."""
    end = len(run)
    while not (run[end - 1].isalnum() or run[end - 1] in _ENDS):
        end -= 1
    last = run[end - 1]
    if last in _PAIRS and run.count(_PAIRS[last]) < run.count(last):
        return _end(run[: end - 1]) if run.count(last) == 1 else end
    return end


def _by_letters(value: str) -> str:
    """Return the language of a text that has letters of other scripts than Latin, "" if none is clear."""
    letters, han = sum(map(str.isalpha, value)), len(_HAN.findall(value))
    if (first := _OTHER.search(value)) is None:
        return language_of([value]) if han > 1 and han * 3 >= letters * 2 else ""
    tag = next(tag for tag, pattern in _LETTERS.items() if pattern.match(first[0]))
    count = len(_LETTERS[tag].findall(value))
    if tag == "ja" and count * 5 >= letters * 2:  # Japanese mixes kana and Han, about as many of each
        count += han
    return tag if count > 1 and count * 3 >= letters * 2 else ""


def has_han(value: str) -> bool:
    """Return True if there is a Han character."""
    return _HAN.search(value) is not None


def direction(language: str) -> str:
    """Return the direction in which a language is written.

    >>> direction("ar"), direction("zh-Hans"), direction("ug"), direction("ug-Latn"), direction("az-Arab")
    ('rtl', 'ltr', 'rtl', 'ltr', 'rtl')
    """
    base, *others = language.split("-")
    script = next((each for each in others[:2] if len(each) == 4 and each.isalpha()), "")
    right = script in _RIGHT_TO_LEFT_SCRIPTS if script else base in RIGHT_TO_LEFT
    return "rtl" if right else "ltr"


def isolated(beside: str) -> str:
    """Return an attribute for a date beside a text: behind letters from right to left, its parts would change places.

    >>> isolated("Paper"), isolated("ورق")
    ('', ' dir="ltr"')
    """
    return "" if beside.isascii() or _FROM_RIGHT.search(beside) is None else ' dir="ltr"'


def attributes(tag: str, around: str = "") -> str:
    """Return attributes with an element's language for HTML and XML, and its direction if that of `around` differs.

    >>> attributes("ar")
    ' lang="ar" xml:lang="ar" dir="rtl"'
    """
    if not tag:
        return ""
    own = direction(tag)
    written = f' dir="{own}"' if own != direction(around) else ""
    return f' lang="{tag}" xml:lang="{tag}"{written}'
