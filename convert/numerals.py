"""Numbers in Chinese datelines: 二〇二一, 二十三, 廿三."""

_DIGITS = {
    digit: value
    for digits in ("〇一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖", "○弌貳叄肆伍陸柒捌玖", "Ｏ１２３４５６７８９")
    for value, digit in enumerate(digits)
} | {"两": 2, "兩": 2, "０": 0, "◯": 0, "叁": 3, "參": 3, "O": 0, "o": 0, "元": 1}  # fmt: skip
_TENS = {"十": 1, "拾": 1, "廿": 2, "卄": 2, "念": 2, "卅": 3}

SIGNS = "0-9" + "".join(sorted({*_DIGITS, *_TENS}))
"""All signs of such numbers, as the inside of a character class."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""Beginnings of the English names of months."""

YEAR = f"[{SIGNS}]{{4}}"
SHORT = f"[{SIGNS}]{{1,3}}"
"""Patterns of a year, and of a month or a day; `number` decides whether they are one."""


def month_of(text: str) -> int:
    """Return the number of a month, whose name may be English, or -1 if it is none.

    >>> month_of("十二"), month_of("9"), month_of("Sept"), month_of("never")
    (12, 9, 9, -1)
    """
    named = text[:3].lower()
    return MONTHS.index(named) + 1 if named in MONTHS else number(text)


def number(text: str) -> int:
    """Return the number that a text spells, or -1 if it spells none.

    >>> [number(each) for each in ("二零二一", "十二", "二十三", "廿三", "卅", "07", "十十")]
    [2021, 12, 23, 23, 30, 7, -1]
    """
    if text.isascii() and text.isdigit():
        return int(text)
    tens, ones = 0, text
    for at, sign in enumerate(text):
        if sign in _TENS:
            before = _digits(text[:at]) if at else 1
            if at > 1 or before < 1 or (at and _TENS[sign] > 1):
                return -1
            tens, ones = _TENS[sign] * before * 10, text[at + 1 :]
            if len(ones) > 1:
                return -1
            break
    rest = _digits(ones) if ones else 0 if tens else -1
    return tens + rest if rest >= 0 else -1


def _digits(text: str) -> int:
    value = 0
    for sign in text:
        digit = int(sign) if sign in "0123456789" else _DIGITS.get(sign, -1)
        if digit < 0:
            return -1
        value = value * 10 + digit
    return value
