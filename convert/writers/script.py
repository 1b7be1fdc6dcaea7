"""Conversion of articles and volumes between simplified and traditional Chinese characters, by OpenCC (an extra).

Text that is in the script already or in another language stays: traditional text that is converted once more is spoilt
(干預 becomes 幹預).  Addresses, identifiers, code and formulas are no text.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.util import find_spec
from typing import Any

from msgspec.structs import replace

from convert.bundle.volumes import Plan
from convert.errors import MissingExtraError, UsageError
from convert.languages import is_traditional, marks
from convert.late import late_pattern
from convert.model import CHILDREN, Article, Elsewhere, Entry, Image, Section, Text, Volume

SCRIPTS: Mapping[str, str] = {"hans": "Hans", "hant": "Hant"}
"""Values of `--script`, with their codes (ISO 15924)."""

_CONFIGURATIONS = {"hans": "tw2s", "hant": "s2tw"}
"""Configurations of OpenCC: the characters of Taiwan, and the words of the text."""

_HAN = late_pattern("[\u3400-\u9fff]")
_OTHER = late_pattern("[\u3041-\u30fa\u1100-\u11ff\uac00-\ud7a3]")
"""Letters of Japanese and Korean."""
_PIECES = late_pattern("([\\s、。，；：！？（）()《》〈〉「」『』“”‘’]+)")
_CHINESE = late_pattern("(?:zh|cmn|yue)(?=-|$)")

_SURNAMES = {
    **{each: each for each in "于余范姜岳云谷郁游涂后曲干丑卜秋松征里向沈朱胡种仇系冲占咸周千舍斗党升折"},
    "钟": "鍾", "万": "萬", "叶": "葉", "丰": "豐",
}  # fmt: skip
"""Traditional forms of surnames, where a word with the same simplified character has another."""


def check(script: str) -> None:
    """Check that there is a script of this name.

    Raises:
        UsageError: there is none.
    """
    if script not in SCRIPTS:
        raise UsageError("unknown script '{name}'; choose one of: {known}", name=script, known=", ".join(SCRIPTS))


def require_converter(script: str) -> None:
    """Check that articles can be converted to a script.

    Raises:
        MissingExtraError: the extra that it needs is not installed.
    """
    if find_spec("opencc") is None:
        raise MissingExtraError(
            "{format} needs a package that is not installed; install it: pip install 'archive-convert[{extra}]'",
            format=f"--script {script}",
            extra="script",
        )


def tag_of(tag: str, script: str) -> str:
    """Return the BCP 47 tag of a language after conversion.

    >>> tag_of("zh-Hans", "hant"), tag_of("zh-CN", "hant"), tag_of("zh-TW", "hant"), tag_of("ja", "hant")
    ('zh-Hant', 'zh-Hant-CN', 'zh-TW', 'ja')
    """
    if not _CHINESE.match(tag) or (len(tag) > 2 and is_traditional(tag) == (script == "hant")):
        return tag
    primary, *others = tag.split("-")
    return "-".join([primary, SCRIPTS[script], *(each for each in others if each not in SCRIPTS.values())])


def article_in(article: Article, script: str) -> Article:
    """Return an article in a script, "" for its own; one that is not in Chinese is returned as it is."""
    if not script or not _CHINESE.match(article.language):
        return article
    traditional = is_traditional(article.language)
    converter = _Converter(script, traditional, (*article.authors, article.editor))
    of, name = converter.text, converter.name
    return replace(
        article,
        language=tag_of(article.language, script),
        title=of(article.title),
        authors=tuple(map(name, article.authors)),
        editor=name(article.editor),
        **{field: of(getattr(article, field)) for field in _TEXTS},
        **{field: tuple(map(of, getattr(article, field))) for field in ("media", "keywords")},
        lead=converter.node(article.lead) if article.lead else None,
        nav=tuple(replace(link, label=of(link.label)) for link in article.nav),
        body=converter.node(article.body),
    )


_TEXTS = ("publisher", "report_type", "agency", "dateline", "section_name", "series", "description")


def plan_in(plan: Plan, script: str) -> Plan:
    """Return a plan whose volumes are in a script, "" for their own."""
    return replace(plan, volumes=tuple(volume_in(each, script) for each in plan.volumes)) if script else plan


def volume_in(volume: Volume, script: str) -> Volume:
    """Return a volume with its titles in a script, "" for their own; the names of its files stay."""
    if not script or not _CHINESE.match(volume.language):
        return volume
    of = _Converter(script, None).text

    def entry_in(entry: Entry) -> Entry:
        return replace(entry, title=of(entry.title), section_name=of(entry.section_name))

    sections = (
        Section(
            section.key,
            of(section.title),
            tuple(map(entry_in, section.entries)),
            tuple(Elsewhere(entry_in(each.entry), of(each.volume)) for each in section.elsewhere),
        )
        for section in volume.sections
    )
    return replace(volume, title=of(volume.title), language=tag_of(volume.language, script), sections=tuple(sections))


class _Converter:
    """Converter of texts to a script; `traditional` says in which the article is, None if that is unknown.

    The article's own `names` are converted as names in its text too.
    """

    def __init__(self, script: str, traditional: bool | None, names: tuple[str, ...] = ()) -> None:
        self._to_traditional = script == "hant"
        self._traditional = traditional
        self._convert = _opencc(_CONFIGURATIONS[script])
        found = sorted(filter(self._is_name, names))
        self._names = re.compile("|".join(map(re.escape, found))) if found else None

    def _is_name(self, name: str) -> bool:
        return self._to_traditional and 2 <= len(name) <= 4 and name[0] in _SURNAMES

    def name(self, name: str) -> str:
        """Return the name of a person, whose surname is no other word."""
        return self._named(name) if self._is_name(name) and self._is_wanted(name) else self.text(name)

    def _named(self, name: str) -> str:
        return _SURNAMES[name[0]] + self._convert(name[1:])

    def text(self, text: str) -> str:
        """Return a text, without changing passages of it that are Japanese or Korean."""
        if not _HAN.search(text):
            return text
        if others := len(_OTHER.findall(text)):
            if others * 3 >= len(_HAN.findall(text)):  # most of it is in the other language
                return text
            pieces = _PIECES.split(text)
            return "".join(each if _OTHER.search(each) else self._chinese(each) for each in pieces)
        return self._chinese(text)

    def _chinese(self, text: str) -> str:
        if not self._is_wanted(text):
            return text
        if self._names is None:
            return self._convert(text)
        found, done = [], 0
        for match in self._names.finditer(text):
            found += [self._convert(text[done : match.start()]), self._named(match[0])]
            done = match.end()
        return "".join([*found, self._convert(text[done:])])

    def _is_wanted(self, text: str) -> bool:
        """Return True if a text is to be converted: it is not in the script already."""
        if self._traditional is self._to_traditional:  # an article in the script, with quotations in the other
            simplified, traditional = marks(text)
            return simplified > traditional if self._to_traditional else traditional > simplified
        if not self._to_traditional:
            return True
        return _changes(text, _opencc("tw2s")(text)) <= _changes(text, self._convert(text))

    def node(self, node: Any) -> Any:
        """Return a node, or a tuple of nodes, with its texts converted."""
        kind = type(node)
        if kind is tuple:
            return tuple(map(self.node, node))
        if kind is Text:
            return Text(self.text(node.text))
        if kind is Image:
            return replace(node, alt=self.text(node.alt), title=self.text(node.title))
        if kind in CHILDREN:
            return replace(node, **{field: self.node(getattr(node, field)) for field in CHILDREN[kind]})
        return node


def _changes(before: str, after: str) -> int:
    """Return the number of characters that differ, at the same places."""
    return sum(map(str.__ne__, before, after))


@cache
def _opencc(configuration: str) -> Callable[[str], str]:
    import opencc  # an extra

    convert: Callable[[str], str] = opencc.OpenCC(configuration).convert
    return convert
