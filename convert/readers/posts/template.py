"""Template code in posts: Liquid, shortcodes of Hugo, tags of Hexo, wiki links of Obsidian, attributes of kramdown."""

import html
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

from convert.readers.posts.blocks import FENCE
from convert.sources.sites import NO_SITE, Site, named
from convert.urls import OF_NOTE, UNKNOWN_SITE, resolve, scheme

MOST_REPORTED = 20
"""Number of lines with unknown template code that are reported of a document."""
_LONGEST = 2000

_CODE = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)")
_MAYBE = re.compile(r"\{[%{:/#.\w]|\[\[|%%|==|\[\^|\]\(|\[(?:caption|embed|toc)\b", re.I)
_NOTE = re.compile(r" {0,3}\[\^([^\]\s]{1,80})\]:")
_REFERENCE = re.compile(r"(?<![\\!])\[\^([^\]\s]{1,80})\](?![:(\[])")
_UNKNOWN = re.compile(r"\{%-?\s*\w.{0,500}?%\}|\{\{[<%]?-?\s*[\w/\"'].{0,500}?\}\}")
_TAG = r"\{{%-?\s*{}\b\s*(.{{0,500}}?)\s*-?%\}}"
_SHORTCODE = r"\{{\{{[<%]\s*{}\b\s*(.{{0,500}}?)\s*/?[%>]\}}\}}"
_CALL = r"\{{\{{-?\s*{}\s*\(\s*(.{{0,500}}?)\s*\)\s*-?\}}\}}"
"""Shortcode of Zola."""
_NAMED = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))""")
_QUOTED = re.compile(r""""([^"]*)"|'([^']*)'|(\S+)""")
_VIDEO = {"youtube": "https://www.youtube.com/embed/{}", "vimeo": "https://player.vimeo.com/video/{}"}
_BILIBILI = "https://player.bilibili.com/player.html?bvid={}"


class Expanded(NamedTuple):
    """Lines without the template code that is known, and the numbers, from 0, and texts of what is left."""

    lines: list[str]
    unknown: tuple[tuple[int, str], ...]


def _named(arguments: str) -> dict[str, str]:
    return {name.lower(): double or single or bare for name, double, single, bare in _NAMED.findall(arguments)}


def _words(arguments: str) -> list[str]:
    return [double or single or bare for double, single, bare in _QUOTED.findall(arguments)]


def _figure(match: re.Match[str]) -> str:
    found = _named(match[1])
    source = next(filter(None, map(found.get, ("src", "path", "link", "url"))), "").rstrip(",")
    if not source:
        return match[0]
    alt = html.escape(found.get("alt", ""), quote=True)
    caption = " ".join(dict.fromkeys(filter(None, (found.get("title"), found.get("caption"), found.get("attr")))))
    picture = f'<img src="{html.escape(source, quote=True)}" alt="{alt}"/>'
    marked = html.escape(caption)
    for pattern, made in _INLINE:
        marked = pattern.sub(made, marked)
    below = f"<figcaption>{marked}</figcaption>" if caption else ""
    return f"<figure>{picture}{below}</figure>"


_INLINE = (
    (re.compile(r"\*\*([^*]+)\*\*|__([^_]+)__"), r"<strong>\1\2</strong>"),
    (re.compile(r"\*([^*]+)\*"), r"<em>\1</em>"),
    (re.compile(r"\[([^\[\]]+)\]\(([^()\s]+)\)"), r'<a href="\2">\1</a>'),
)
"""Markdown in captions."""


def _picture(match: re.Match[str]) -> str:
    words = _words(match[1])
    at = next((at for at, word in enumerate(words) if re.search(r"\.\w{2,5}(?:\?.*)?\Z|^https?:", word)), -1)
    if at < 0:
        return match[0]
    alt = " ".join(word for word in words[at + 1 :] if not word.isdigit())
    return f"![{alt}](<{words[at]}>)"


def _video(pattern: str) -> Callable[[re.Match[str]], str]:
    def made(match: re.Match[str]) -> str:
        found = _named(match[1])
        words = [word for word in _words(match[1]) if "=" not in word and not word.endswith(".html")]
        name = found.get("id") or found.get("video") or found.get("url") or next(iter(words), "")
        name = re.sub(r"^.*(?:v=|youtu\.be/|/embed/|/video/)([\w-]+).*$", r"\1", name)
        return f'<iframe src="{pattern.format(name)}"></iframe>' if re.fullmatch(r"[\w-]+", name) else match[0]

    return made


def _wiki_link(match: re.Match[str]) -> str:
    name, _, label = match[1].replace("\\|", "|").partition("|")
    name, _, place = name.partition("#")
    text = label or name or place
    return f"[{text}](<{named(name)}{OF_NOTE}>)" if name.strip() else text


def _wiki_picture(match: re.Match[str]) -> str:
    name, _, alt = match[1].partition("|")
    if not re.search(r"\.(?:png|jpe?g|gif|webp|svg|avif|bmp)\Z", name.strip(), re.I):
        return _wiki_link(match)
    return f"![{'' if re.fullmatch(r'[0-9x]*', alt) else alt}](<{name.strip()}>)"


def _web_page(form: str) -> Callable[[re.Match[str]], str]:
    """Return the function from template code to the address of the page that it shows a part of."""

    def made(match: re.Match[str]) -> str:
        found = _named(match[1])
        words = [word for word in _words(match[1]) if "=" not in word]
        name = "/".join(filter(None, [found.get("user", ""), found.get("id", "")])) or "/".join(words[:2])
        address = name if scheme(name) else form.format(name.replace("/", "/status/") if "x.com" in form else name)
        return f"<{address}>" if re.fullmatch(r"[\w:/.-]+", address) and name else match[0]

    return made


def _details(match: re.Match[str]) -> str:
    summary = _named(match[1]).get("summary") or " ".join(word for word in _words(match[1]) if "=" not in word)
    return f"<details><summary>{html.escape(summary)}</summary>"


_PAGES = {
    "gist": "https://gist.github.com/{}",
    "(?:x|tweet|twitter)": "https://x.com/{}",
    "instagram": "https://www.instagram.com/p/{}/",
}
"""Template code for a part of another page, and that page's address."""

_Rows = tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...]

_ROWS: _Rows = (
    (re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}"), ""),
    (re.compile(r"\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}"), ""),
    (
        re.compile(_TAG.format("(?:highlight|codeblock)") + r"\s*$"),
        lambda match: f"```{next(iter(_words(match[1])), '')}",
    ),
    (re.compile(_SHORTCODE.format("highlight") + r"\s*$"), lambda match: f"```{next(iter(_words(match[1])), '')}"),
    (re.compile(r"^\s*\{%-?\s*end(?:highlight|codeblock)\s*-?%\}\s*$"), "```"),
    (re.compile(r"^\s*\{\{[<%]\s*/\s*highlight\s*[%>]\}\}\s*$"), "```"),
    (re.compile(_SHORTCODE.format("figure")), _figure),
    (re.compile(_SHORTCODE.format("(?:img|image)")), _figure),
    (re.compile(_TAG.format("(?:asset_img|img|image)")), _picture),
    (re.compile(_CALL.format("(?:figure|image|img|resize_image)")), _figure),
    *(
        (re.compile(code.format(name)), _web_page(form))
        for name, form in _PAGES.items()
        for code in (_TAG, _SHORTCODE, _CALL)
    ),
    (re.compile(_TAG.format("include (?:figure|image|img)[\\w./-]*")), _figure),
    *(
        (re.compile(form.format(name)), _video(pattern))
        for name, pattern in (*_VIDEO.items(), ("bilibili", _BILIBILI))
        for form in (_TAG, _SHORTCODE, _CALL)
    ),
    (re.compile(_TAG.format("include [\\w./-]*youtube[\\w.-]*")), _video(_VIDEO["youtube"])),
    (re.compile(r"^\s*\{:\s*[^{}\n]{0,200}\}\s*$"), ""),
    (re.compile(r"(?<=\S)\{:\s*[^{}\n]{0,200}\}"), ""),
    (
        re.compile(
            r"(\]\([^()\s]{1,500}(?:\s+\"[^\"\n]{0,200}\")?\))"
            r"\{(?:(?:[#.][\w-]+|[\w-]+=(?:\"[^\"\n]*\"|[^\s{}\"]+))\s*){1,9}\}"
        ),
        r"\1",
    ),
    (re.compile(r"^( {0,3}#{1,6}\s.*?\S)\s*\{:?\s*[#.][^{}\n]{0,200}\}(\s*#*\s*)$"), r"\1\2"),
    (re.compile(r"^\s*\{/\*.*\*/\}\s*$"), ""),
    (re.compile(r"(?<![=A-Za-z0-9_)\]])==(?![=\s])([^=\n]{1,300})(?<!\s)==(?![=A-Za-z0-9_(])"), r"<mark>\1</mark>"),
    (re.compile(_SHORTCODE.format("details")), _details),
    (re.compile(r"\{\{[<%]\s*/\s*details\s*[%>]\}\}"), "</details>"),
    (re.compile(r"^\s*\[{1,2}_?toc_?\]{1,2}\s*$", re.I), ""),
    (re.compile(r"\[caption\b[^\[\]]{0,300}\](.*?)\[/caption\]"), r"\1"),
    (re.compile(r"\[embed\](\S+?)\[/embed\]"), r"<\1>"),
    (re.compile(r"!\[\[([^\[\]\n]{1,300})\]\]"), _wiki_picture),
    (re.compile(r"(?<![!\[])\[\[([^\[\]\n]{1,300})\]\](?!\()"), _wiki_link),
    (re.compile(r"(?<!\S)%%[^%\n]{1,500}%%(?!\S)"), ""),
)
"""Template code for what an article can have, and its replacement."""


_BASE = r"\{\{-?\s*(?:site|config)\.(?:base_?url|root)\s*(?:\|[^{}]{0,100})?-?\}\}"
_URL = r"\{\{-?\s*(?:site|config)\.(?:github\.)?url\s*-?\}\}"
_OF_POST = (
    r"\{%-?\s*(?:post_url|post_link|link)\s+[\"']?([^\s\"'%]+)[\"']?\s*([^%]{0,200}?)\s*-?%\}"
    r"|\{\{[<%]\s*(?:rel)?ref\s+[\"']([^\"'\n]{1,300})[\"']\s*[%>]\}\}"
)
_POST = re.compile(rf"(?:{_URL})?(?:{_BASE})?/?(?:{_OF_POST})(?:#[\w-]*)?")
_LINKED_POST = re.compile(rf"(?<=\]\()<?{_POST.pattern}>?")
_LINKED_FILE = re.compile(
    r"(?<=\]\()<?(?:[|{](?:filename|attach)[|}]|@/)?(?!\w+:|//|\{)([^()<>\s\"']{1,300}?\.(?:md|mdx|markdown|rst))(?:#[^()<>\s]*)?>?(?=[\s)])"
)
"""Link to the file of a post, as people, Zola (`@/`) and Pelican (`{filename}`) write it."""
_OTHER_FILE = re.compile(r"\.(?!md\b|mdx\b|markdown\b|html?\b)[A-Za-z]\w{1,4}$")
_STATIC = re.compile(r"(?<=\]\()<?[|{](?:static|attach|filename)[|}](/?)([^()<>\s\"']{1,300})>?")
_OF_PELICAN = re.compile(r"(?<=\]\()[|{]((?:tag|category|author|index)[|}][^()<>\s]{0,100})")
_FILTERED = re.compile(
    r"""\{\{-?\s*["']([^"'{}]*)["']\s*\|\s*(?:relative_url|absolute_url|url_for|prepend:[^{}]{0,100}|absURL|relURL)\s*-?\}\}"""
)


def _note_of(names: set[str]) -> Callable[[re.Match[str]], str]:
    """Return the function from the mark of a footnote to a link; only the first mark can be linked back."""
    marked: set[str] = set()

    def link(match: re.Match[str]) -> str:
        if match[1] not in names:
            return match[0]
        name = html.escape(match[1])
        place = "" if name in marked else f' id="fnref-{name}"'
        marked.add(name)
        return f'<a{place} href="#fn-{name}">[{name}]</a>'

    return link


@cache
def _of_site(site: Site) -> _Rows:
    """Return the rows for addresses of a site and for links between its posts."""

    def post(match: re.Match[str]) -> str:
        name = match[1] or match[3]
        return f"{site.address}/{name.lstrip('/')}" if _OTHER_FILE.search(name) else named(name)

    def named_post(match: re.Match[str]) -> str:
        label = " ".join(word for word in _words(match[2] or "") if word not in ("true", "false"))
        return f"[{label or (match[1] or match[3]).rpartition('/')[2]}]({post(match)})"

    def static(match: re.Match[str]) -> str:
        return f"{site.address}/{match[2]}" if match[1] and site.address else match[1] + match[2]

    def filtered(match: re.Match[str]) -> str:
        return match[1] if scheme(match[1]) else f"{site.address}/{match[1].lstrip('/')}"

    def base(match: re.Match[str]) -> str:
        return site.address

    return (
        (_LINKED_POST, post),
        (_POST, named_post),
        (_LINKED_FILE, lambda match: named(match[1])),
        (_STATIC, static),
        (_OF_PELICAN, lambda match: f"{UNKNOWN_SITE}/{re.sub('[|}]', '/', match[1])}"),
        (re.compile(f"(?:{_URL})?{_BASE}"), base),
        (re.compile(_URL), base),
        (_FILTERED, filtered),
    )


_RELATIVE = re.compile(r"(?<=\]\()<?(?![\w+.-]+:|#|//|<)([^()<>\s]{1,500})>?(?=[\s)])")


def expand(lines: Sequence[str], site: Site = NO_SITE, base: str = "") -> Expanded:
    """Return lines in which known template code is replaced; code between fences stays as it is.

    Relative addresses in Markdown are made absolute by `base`, the address of the post on its site, if there is one.
    """
    rows: _Rows = (*_of_site(site), *_ROWS)
    if base:
        rows += ((_RELATIVE, lambda match: resolve(match[1], base) or match[0]),)
    rows = (*rows, (_REFERENCE, _note_of({note[1] for line in lines if (note := _NOTE.match(line))})))
    out: list[str] = []
    unknown: list[tuple[int, str]] = []
    fence = ""
    for at, line in enumerate(lines):
        if match := FENCE.match(line):
            fence = "" if fence and match[1].startswith(fence) else fence or match[1]
        elif not fence and _MAYBE.search(line):
            made = _line(line, rows)
            if made.lstrip().startswith("```") and not line.lstrip().startswith("```"):
                fence = "" if fence else "```"
            unknown += [(at, match[0]) for match in _UNKNOWN.finditer(_CODE.sub("", made[:_LONGEST]))]
            line = made
        elif fence == "```" and re.match(r"\s*(?:\{%-?\s*end(?:highlight|codeblock)|\{\{[<%]\s*/\s*highlight)", line):
            line, fence = "```", ""
        out.append(line)
    return Expanded(out, tuple(unknown))


def _line(line: str, rows: _Rows) -> str:
    """Return a line with its template code replaced, but for that in code."""
    parts: list[str] = []
    end = 0
    for code in [*(_CODE.finditer(line) if "`" in line else ()), None]:
        part = line[end : code.start() if code else len(line)]
        if _MAYBE.search(part):
            for pattern, made in rows:
                part = pattern.sub(made, part)
        parts += (part, code[0] if code else "")
        end = code.end() if code else end
    return "".join(parts)


def is_code(text: str) -> bool:
    """Return True if a title is code, as in the models from which generators make new posts."""
    return re.match(r"\{\{.*\}\}$", text) is not None


def is_list_of_posts(text: str) -> bool:
    """Return True if the text is a template that lists other posts, and no article."""
    return re.search(r"\{%-?\s*for\s+\w+\s+in\s+(?:site|paginator|page)\.", text) is not None
