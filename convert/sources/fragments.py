"""Division of a content document at the elements that its book's contents name, where it holds several chapters."""

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence

_TAG = re.compile(r"""<!--.*?-->|<(/?)([A-Za-z][\w:.-]*)((?:[^<>"']|"[^"]*"|'[^']*')*?)(/?)>""", re.S)
_ID = re.compile(r"""\s(?:id|name|xml:id)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.I)
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "wbr")
)
_MOST_OPEN = 200
"""Most elements that are opened again in a part, or are looked through for the one that ends."""

Opened = list[tuple[str, str, int]]
"""Name, tag and place of each open element inside the body."""


class Division:
    """The parts of a page: 0 before the first of the named elements, and one from each of them to the next."""

    def __init__(self, page: str, names: Collection[str]) -> None:
        self._page = page
        self._body = 0
        self._starts: list[int] = []
        """Places at which parts begin, except the first."""
        self._tags: list[Sequence[str]] = []
        """Tags that are open there."""
        self._ids: dict[str, int] = {}
        """Places of elements by their identifiers."""
        opened: Opened = []
        last = shown = 0  # the ends of the last tag, and of the last text or picture
        for match in _TAG.finditer(page):
            if page[last : match.start()].strip():
                shown = match.start()
            last = match.end()
            name = (match[2] or "").lower()
            if name == "body" and not match[1]:
                self._body = shown = match.end()
            elif name and self._body and match[1]:
                _close(opened, name)
            elif name and self._body:
                identifier = next((found[1] or found[2] or "" for found in _ID.finditer(match[3])), "")
                is_first = bool(identifier) and self._ids.setdefault(identifier, match.start()) == match.start()
                if is_first and identifier in names:
                    self._begin(match.start(), opened, shown)
                if name == "img":
                    shown = match.end()
                if name not in _VOID and not match[4]:
                    opened.append((name, match[0], match.start()))

    def _begin(self, at: int, opened: Opened, shown: int) -> None:
        """Begin a part at an element, or at the outermost one around it before which nothing is shown."""
        start = next((place for _, _, place in opened if place >= shown), at)
        if not self._starts or self._starts[-1] < start:
            self._starts.append(start)
            self._tags.append([tag for _, tag, place in opened if place < start][-_MOST_OPEN:])

    def number(self, identifier: str) -> int:
        """Return the number of the part in which an element is, 0 if there is none."""
        return bisect_right(self._starts, self._ids.get(identifier, -1))

    def numbers(self) -> dict[str, int]:
        """Return the numbers of the parts in which elements are, by their identifiers."""
        return {each: self.number(each) for each in self._ids}

    @property
    def count(self) -> int:
        """Return the number of parts."""
        return len(self._starts) + 1

    def part(self, number: int) -> str:
        """Return a part as a page of its own, on the lines on which it was."""
        start = self._starts[number - 1] if number else self._body
        end = self._starts[number] if number < len(self._starts) else len(self._page)
        lines = "\n" * self._page.count("\n", self._body, start)
        again = "".join(_ID.sub("", tag).replace("\n", " ") for tag in (self._tags[number - 1] if number else ()))
        return self._page[: self._body] + lines + again + self._page[start:end]


def _close(opened: Opened, name: str) -> None:
    """Close an element and those that are open inside it; an end without a beginning closes nothing."""
    for at in range(len(opened) - 1, max(len(opened) - _MOST_OPEN, 0) - 1, -1):
        if opened[at][0] == name:
            del opened[at:]
            return
