"""Markdown: pictures, links, markup, front matter and what some programs add to it (CommonMark, markdown-it-py)."""

import re
from collections.abc import Iterator
from typing import Any

from convert.audit import page
from convert.audit.found import Found, Scope
from convert.audit.markup import html_tags
from convert.audit.text import Lines, decoded, signs

_DIAGRAMS = frozenset(
    {"mermaid", "plantuml", "puml", "uml", "dot", "graphviz", "kroki", "ditaa", "vega", "vega-lite", "wavedrom"}
    | {"nomnoml", "bpmn", "d2", "c4plantuml", "svgbob"}
)
_INSERTING = re.compile(
    r"(?im)^[ \t]*[\"']?(?:css|stylesheets?|style|scripts?|js|javascript|header-includes|include-before|include-after|"
    r"include-in-header|template|bibliography|csl|filters?|layout_url|extra_css|extra_javascript)[\"']?[ \t]*:.*"
)
_EMBED = re.compile(r"!\[\[([^\]\n]*)\]\]|^[ \t]*(?:!include|\{\{#include|<<\[)[^\n]*", re.M)
_TEMPLATE = re.compile(r"\{%.*?%\}|\{\{[^{}\n]*\}\}|<%.*?%>", re.S)
_MATH = re.compile(r"\\(?:href|require|url|includegraphics|unicode|class|cssId|style|htmlData)\s*\{[^\n]*")


def judge(data: bytes, scope: Scope) -> Iterator[Found]:
    """Yield what is found in a document, with its front matter and as a program reads it that knows none."""
    from markdown_it import MarkdownIt

    text = decoded(data)
    lines = Lines(text)
    yield from signs(text, lines, scope)
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    front = re.match(r"(?:---|\+\+\+)[ \t]*\n(.*?)\n(?:---|\.\.\.|\+\+\+)[ \t]*(?:\n|\Z)", text.replace("\r", ""), re.S)
    if front:
        for match in _INSERTING.finditer(front[1]):
            line, column = lines.place(front.start(1) + match.start())
            yield Found("md-front-matter", match[0].strip(), line, column, scope.entry)
    bodies = [(text, 0)]
    if front:
        bodies.append((text.replace("\r", "")[front.end() :], front[0].count("\n")))
    seen = set()
    for body, above in bodies:
        for found in _body(parser, body, above, scope):
            if (found.vector, found.quote) not in seen:
                seen.add((found.vector, found.quote))
                yield found
    for vector, pattern in (("md-embed", _EMBED), ("md-template", _TEMPLATE), ("md-math", _MATH)):
        for match in pattern.finditer(text):
            line, column = lines.place(match.start())
            yield Found(vector, match[0].strip()[:100], line, column, scope.entry)


def _body(parser: Any, text: str, above: int, scope: Scope) -> Iterator[Found]:
    env: dict[str, Any] = {}
    line = above
    for token in parser.parse(text, env):
        line = token.map[0] + above if token.map else line
        inside = token.children or []
        for each in (token, *inside):
            for found in _token(each, scope):
                at = line + max(found.line, 1) + (_line_of(inside, each) if each is not token else 0)
                yield Found(found.vector, found.quote, at, found.column if each is token else 0, scope.entry)
    for twice in env.get("duplicate_refs", ()):
        quote, at = f"[{twice['label']}]: {twice['href']}", twice["map"][0] + above + 1
        yield Found("md-reference-twice", quote, at, 1, scope.entry)
    for found in page.judge(html_tags(parser.render(text)), scope):  # pieces of markup that are one when shown
        if found.vector in ("img-src", "a-href"):
            continue  # those of Markdown itself
        yield Found(found.vector, found.quote, 0, 0, scope.entry)


def _line_of(tokens: list[Any], token: Any) -> int:
    return sum(each.type in ("softbreak", "hardbreak") for each in tokens[: tokens.index(token)])


def _token(token: Any, scope: Scope) -> Iterator[Found]:
    if token.type in ("html_block", "html_inline"):
        yield from page.judge(html_tags(token.content), scope)
    elif token.type == "image":
        yield from page.address("md-image", "img", str(token.attrs.get("src", "")), scope)
    elif token.type == "link_open":
        yield from page.address("md-link", "a", str(token.attrs.get("href", "")), scope)
    elif token.type == "fence" and token.info.strip().lower().partition(" ")[0].strip("{}.") in _DIAGRAMS:
        yield Found("md-diagram", token.info.strip())
