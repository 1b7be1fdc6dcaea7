"""Names in the lines of a page that say who wrote it: "By Ann Vatman", 作者：方胶泥, （本报记者 方胶泥）."""

import re
from collections.abc import Iterable

from convert.readers.mirror import byline
from convert.readers.saved import people

SHORT = 40
"""Most characters of a line that names reporters without brackets."""

_LABELLED = re.compile(
    r"(?:^|[\s　|｜])(?:作者|撰文|撰稿|文|(?:本[報报刊网網台])?(?:记者|記者)|采写|编译|編譯|執筆"
    r"|取材・文|文・取材|聞き手|著者)\s*[：:／/|｜]\s*"
    r"(?P<han>[^\s　|｜：:（(]{2,24})"
)
_UNMARKED = re.compile(r"(?:^|[\s　|｜])作者(?P<han>[\u3400-\u9fff]{2,4})(?=[\s　|｜]|$)")
_ROLE = re.compile(r"(?:(?:实习|實習|见习|見習|特约|特約|首席)?(?:记者|記者)|通[讯訊]员|通訊員)(?!站)")
_IN_BRACKETS = re.compile(r"[（(【]([^（）()【】]{0,30}(?:记者|記者)[^（）()【】]{2,50})[）)】]")
_NO_REPORTER = re.compile(r"发自|發自|责编|責編|责任|編輯|编辑|摄影|攝影|来源|來源|\d")
_BY = re.compile(rf"(?:{people.VERB}\s+)?(?:by|par|por|von|di)[\s:]+\S", re.I)
_CREDIT = re.compile(
    rf"(?:^|[\s|•·–—-])(?:{people.VERB}\s+(?:by|par|por|von|di|door)\s*:?\s+|(?:author|autor(?:in|a)?|auteure?|autore|автор|text|"
    r"texte|texto|testo|words)\s?:\s*|(?<=\d{4} )(?:by|par|por|von)\s+)(?P<name>\S.*)",
    re.I,
)
_SOURCE = re.compile(r"来源|來源|\bsource\b", re.I)
_BAR = re.compile(r"\s[|•·–—-]\s")
_KOREAN = re.compile(r"(?:^|\s)(?P<name>[\uac00-\ud7af]{2,4})\s*기자(?=\s|$)")


def names(text: str, strings: Iterable[str]) -> tuple[str, ...]:
    """Return the names in a line of text, whose parts are `strings`.

    >>> names("来源：例报 作者：方胶泥/宋活版", ()), names("（记者 方胶泥 实习记者 宋活版）", ())
    (('方胶泥', '宋活版'), ('方胶泥', '宋活版'))
    >>> names("14.03.2023 - Publicado por: Ana Cuba - Papel", ()), names("By hand it takes three days.", ())
    (('Ana Cuba',), ())
    """
    if match := _LABELLED.search(text):
        return people.in_byline(re.split(r"[/／]", match["han"]), trusted=True)
    if match := _UNMARKED.search(text) or _KOREAN.search(text):
        return people.in_byline([match[1]])
    if _ROLE.search(text) and (found := _reporters(text)):
        return found
    if _BY.match(text) and (found := people.in_byline(strings)):
        return found
    match = _CREDIT.search(text)
    return people.in_byline([_BAR.split(match["name"])[0]]) if match else ()


def names_source(text: str) -> bool:
    """Return True if a line of text says who wrote the article or where it is from, whether that is a person or not.

    >>> names_source("2023-03-14 作者：造纸协会"), names_source("发布时间：2023-03-14 浏览：33")
    (True, False)
    """
    patterns = (_LABELLED, _UNMARKED, _KOREAN, _ROLE, _BY, _CREDIT, _SOURCE)
    return any(pattern.search(text) for pattern in patterns)


def _reporters(text: str) -> tuple[str, ...]:
    """Return the names of reporters in brackets, or in a short line."""
    inside = _IN_BRACKETS.search(text)
    line = inside[1] if inside else text if len(text) <= SHORT else ""
    line = _NO_REPORTER.split(line)[0].strip("【】（）() ")
    starts = [match.start() for match in _ROLE.finditer(line)]
    pieces = [line[at:end] for at, end in zip([0, *starts[1:]], [*starts[1:], None], strict=True)] if starts else []
    return people.in_byline([name for piece in pieces for name in byline.parse(piece.strip()).authors])
