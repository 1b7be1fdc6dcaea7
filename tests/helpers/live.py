"""Judges of Markdown: what several programs that show it would load or run."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options
from markdown_it import MarkdownIt

_OF_MODEL = frozenset(
    {
        "a",
        "blockquote",
        "br",
        "code",
        "dd",
        "del",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "img",
        "ins",
        "input",
        "li",
        "math",
        "ol",
        "p",
        "pre",
        "rp",
        "rt",
        "ruby",
        "s",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
        "caption",
        "span",
    }
)
"""Elements that Markdown of an article has."""
_ATTRIBUTES = frozenset(
    {
        "align",
        "alt",
        "checked",
        "class",
        "colspan",
        "disabled",
        "href",
        "id",
        "lang",
        "open",
        "reversed",
        "rowspan",
        "src",
        "start",
        "style",
        "title",
        "type",
        "value",
    }
)
_SAFE = re.compile(r"(?:https?|ftp|mailto|tel|magnet|geo|xmpp):|(?![a-z][a-z0-9+.\-]*:)", re.I)
_STYLE = re.compile(r"text-align:\s*\w+;?\Z")
_IGNORED = re.compile(r"[\t\n\r]|\A[\x00-\x20]+")


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    handle_startendtag = handle_starttag


def rendered(markdown: str) -> Iterator[tuple[str, str]]:
    """Yield the HTML of Markdown and the name of the program: CommonMark, GitHub's, with and without front matter."""
    for text, kind in ((markdown, "as text"), (re.sub(r"\A---\n.*?\n---\n", "", markdown, flags=re.S), "front matter")):
        yield MarkdownIt("commonmark").render(text), f"CommonMark, {kind}"
        yield MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(text), f"markdown-it, {kind}"
        extensions = ["table", "strikethrough", "autolink", "tasklist"]
        yield (
            cmarkgfm.markdown_to_html_with_extensions(
                text, Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES, extensions
            ),
            f"cmark-gfm, {kind}",
        )


def live(html: str, pictures: frozenset[str]) -> list[str]:
    """Return what is live in HTML: elements and attributes that no article has, pictures that are not among its own."""
    elements = _Elements()
    elements.feed(html)
    elements.close()
    out = []
    for tag, attributes in elements.found:
        if tag not in _OF_MODEL:
            out.append(f"<{tag}>")
        for name, value in attributes.items():
            if name not in _ATTRIBUTES or (name == "style" and not _STYLE.match(value)):
                out.append(f"<{tag} {name}={value!r}>")
            elif name == "href" and not _SAFE.match(_IGNORED.sub("", value)):
                out.append(f"<{tag} href={value!r}>")
            elif name == "src" and value not in pictures:
                out.append(f"<{tag} src={value!r}>")
    return out
