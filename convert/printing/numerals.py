"""Numbers of lists, for engines that count only 1, 2, 3 …"""

from xml.etree.ElementTree import Element

_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


def numeral(number: int, numbering: str) -> str:
    """Return a number as a list shows it (CSS Counter Styles, 6 and 7).

    >>> numeral(28, "a"), numeral(14, "I"), numeral(-3, "1"), numeral(0, "i")
    ('ab', 'XIV', '-3', '0')
    """
    made = ""
    if numbering in "iI" and 0 < number < 4000:
        for value, sign in _ROMAN:
            made += sign * (number // value)
            number %= value
    elif numbering in "aA" and number > 0:
        while number:
            number, rest = divmod(number - 1, 26)
            made = chr(ord("a") + rest) + made
    else:
        return str(number)
    return made.upper() if numbering in "AI" else made


def labels_of(element: Element) -> list[str]:
    """Return the labels of a numbered list's items; empty if they count up from the first one in decimal numbers."""
    numbering, numbers = element.get("type", "1"), numbers_of(element)
    if numbering == "1" and numbers and numbers[0] >= 0 and numbers == [numbers[0] + at for at in range(len(numbers))]:
        return []
    return [f"{numeral(number, numbering)}." for number in numbers]


def numbers_of(element: Element) -> list[int]:
    """Return the number of each item of a numbered list."""
    number, step = _integer(element.get("start"), 1), -1 if element.get("reversed") else 1
    numbers = []
    for item in element:
        number = _integer(item.get("value"), number)
        numbers.append(number)
        number += step
    return numbers


def _integer(value: str | None, otherwise: int) -> int:
    return int(value) if value and value.removeprefix("-").isdecimal() else otherwise
