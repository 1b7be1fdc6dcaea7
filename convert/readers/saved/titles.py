"""The title of a web page: what its head says, compared with its headings and without the name of the site."""

import re
from collections.abc import Sequence
from typing import NamedTuple

_MARKS = "|｜_»·•–—:-"
_STRONG = re.compile(r"\s*[|｜_»·•]|\s+[–—-]\s")
_ANY = re.compile(rf"\s*[{_MARKS}]")
_BEFORE = re.compile(rf"[{_MARKS}：]\s*\Z")
_LAST = re.compile(r"(?P<left>.*\S)(?:\s*(?P<bar>[|｜_»])\s*|\s+[–—-]\s+)(?P<right>[^|｜_»]+)\Z", re.S)
_HAN_SITE = re.compile(
    r"(?P<left>.{4,}?[^-–—\s])\s*[-–—]+\s*"
    r"(?P<right>[^-–—\s]{1,10}(?:网|網|网站|網站|报|報|在线|在線|传媒|傳媒|频道|頻道|论坛|博客|门户))\Z",
    re.S,
)
_TAGS = re.compile(r"</?(?:b|br|em|i|mark|small|span|strong|sub|sup|u)(?:\s[^<>]*)?/?>", re.I)
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORDS_OF_SITE, _WORDS_OF_TITLE, _HAN_OF_TITLE = 4, 4, 5
"""Most words of a site's name, fewest words and Chinese characters of a title before it, if no heading shows it."""


class Titles(NamedTuple):
    """Titles that a page has in its different places."""

    declared: Sequence[str]
    """Titles in its metadata, the most reliable first."""
    page: str
    """Text of `<title>`."""
    headings: Sequence[tuple[str, str]]
    """Tag and text of elements that may hold the title."""
    site: str
    """The name of the site or the publisher."""


def title(titles: Titles) -> str:
    """Return the headline, without the name of the site that many pages append.

    >>> title(Titles([], "How paper is made today – My Press", [], ""))
    'How paper is made today'
    >>> title(Titles(["The "], 'The "way" of paper - Press', [("h1", 'The "way" of paper')], ""))
    'The "way" of paper'
    """
    declared = _TAGS.sub("", next((each for each in titles.declared if each != titles.site), ""))
    base = declared or titles.page or next((text for _, text in titles.headings), "")
    if heading := _outvoted(base, titles) or _whole(base, titles):
        return heading
    if (heading := _confirmed(base, titles, declared)) or (heading := _without_site(base, titles.site)):
        return heading
    return base if declared else _without_last_part(base, titles)


def _outvoted(base: str, titles: Titles) -> str:
    """Return the first heading if it is the beginning of `<title>`, and the metadata say something else altogether."""
    heading = next((text for tag, text in titles.headings if tag == "h1"), "")
    if not heading or heading == titles.site or not titles.page.startswith(heading) or len(heading) < len(base) / 2:
        return ""
    rest = titles.page[len(heading) :]
    return "" if (rest and not _STRONG.match(rest)) or _alike(heading, base) else heading


def _alike(one: str, other: str) -> bool:
    """Return True if two titles may be forms of one: half of the words, or Chinese characters, of the shorter agree."""
    words, others = (set(re.findall(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+", text.casefold())) for text in (one, other))
    return 2 * len(words & others) >= min(len(words), len(others))


def _whole(base: str, titles: Titles) -> str:
    """Return the heading whose beginning is the title, if the title was cut off: at a quotation mark, or for length.

    It is empty for other titles.
    """
    cut = base.rstrip(" .…")
    if len(cut) < 2 or base == titles.page:
        return ""
    for tag, heading in titles.headings:
        if tag == "h1" and len(heading) > len(cut) and heading.startswith(cut) and titles.page.startswith(heading):
            return heading
        if tag == "h1" and base.endswith(("…", "...")) and len(heading) > len(cut) and heading.startswith(cut):
            return heading
    return ""


def _confirmed(base: str, titles: Titles, declared: str) -> str:
    """Return the heading that is the title without the rest of it, "" if there is none.

    A declared title is cut only where `<title>` ends in the same words or is the heading, because the rest may be part
    of the headline.
    """
    for tag, heading in titles.headings:
        if declared and tag == "h1" and base.endswith(heading) and titles.page.startswith(heading):
            return heading if _BEFORE.search(base[: -len(heading)]) else ""
        if (
            tag == "h1"
            and titles.site
            and base.endswith(heading)
            and base[: -len(heading)].strip(f"{_MARKS} ") == titles.site
        ):
            return heading
        rest = base[len(heading) :]
        # Bold text may be the first part of a compound, or the part of the title before a colon.
        ends = (_ANY if tag == "h1" else _STRONG).match(rest)
        named = tag == "h1" and titles.site and titles.site in rest
        if not ends or not base.startswith(heading) or (2 * len(heading) < len(base) and not named):
            continue
        site = rest.strip(f"{_MARKS} ")
        if not declared or (tag == "h1" and (titles.page in ("", heading) or titles.page.endswith(site))):
            return heading
    return ""


def _without_site(base: str, site: str) -> str:
    """Return the title without the site's name at its end, "" if it does not end so."""
    if not site or not base.endswith(site):
        return ""
    before = base[: -len(site)].rstrip()
    cut = before.rstrip(_MARKS).rstrip()
    return cut if cut != before else ""


def _without_last_part(base: str, titles: Titles) -> str:
    """Return the text of `<title>` without its last part, if that looks like the name of a site."""
    if match := _HAN_SITE.match(base):
        return match["left"]
    match = _LAST.match(base)
    if match is None or any(heading == base for _, heading in titles.headings):
        return base
    left, right = match["left"], match["right"]
    words = len(right.split())
    long_enough = len(_HAN.findall(left)) >= _HAN_OF_TITLE or len(left.split()) >= _WORDS_OF_TITLE
    named = words <= _WORDS_OF_SITE and (right[0].isupper() or _HAN.match(right)) and len(right) < len(left)
    if not long_enough or not (named or (match["bar"] and len(right) < len(left) / 2)):
        return base
    several = match["bar"] and _HAN.match(right) and _LAST.match(left)  # which of them are the site's, no heading shows
    return base if several else left
