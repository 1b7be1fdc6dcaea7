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
    r"(?im)(?:^|[{,])[ \t]*[\"']?(?:css|stylesheets?|style|scripts?|js|javascript|header-includes|"
    r"include-before|include-after|"
    r"include-in-header|template|bibliography|csl|filters?|layout_url|extra_css|extra_javascript)[\"']?[ \t]*[:=].*"
    r"|^[ \t]*[\"']?(?:cover|image|images|thumbnail|banner|logo|icon|avatar|og_image)[\"']?[ \t]*[:=]"
    r"[ \t\"']*(?:https?:)?//.*"
    r"|!!?(?:python|ruby)/.*"
)
_EMBED = re.compile(
    r"!\[\[([^\]\n]*)\]\]|^[ \t]*(?:!include|\{\{#include|<<\[|-+8<-+)[^\n]*|\]\([^()\n]*:include[^()\n]*\)", re.M
)
_BLOCK = re.compile(r"(?m)^---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*$", re.S)
_DRAWN = re.compile(
    rf"(?im)^[ \t]*(?::{{3,}}[ \t]*(?:{'|'.join(sorted(_DIAGRAMS))})\b|@start(?:uml|json|yaml|mindmap|wbs))[^\n]*"
)
_NOTE = re.compile(r"(?m)^([ \t]*)\[\^[^\]\n]+\]:")
_SIZED = re.compile(r"!\[[^\[\]\n]*\]\(\s*<?([^\s()<>]+)>?\s+=\d*x\d*")
_BARE = re.compile(r"(?:https?://|(?<![\w/.])www\.)[^\s<>\"')}\]]+")
NESTED = 50
"""Most blocks inside each other that are read."""
_TEMPLATE = re.compile(
    r"\{%.*?%\}|\{\{[^{}\n]*\}\}|<%.*?%>|\{::[^{}\n]*\}|`\{=\w+\}|\{[^{}\n]*\s?\b(?:on[a-z]+|style|src)=[^{}\n]*\}",
    re.S,
)
_MATH = re.compile(
    r"\\(?:href|require|url|includegraphics|unicode|class|cssId|style|htmlData|input)\s*(?:\[[^\]\n]*\]\s*)?\{[^\n]*|\\input\s+[^\n]*"
)


def judge(data: bytes, scope: Scope) -> Iterator[Found]:
    """Yield what is found in a document, with its front matter and as a program reads it that knows none."""
    from markdown_it import MarkdownIt

    text = decoded(data)
    lines = Lines(text)
    yield from signs(text, lines, scope)
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": NESTED}).enable("table")
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    front = re.match(r"(?:---|\+\+\+)[ \t]*\n(.*?)\n(?:---|\.\.\.|\+\+\+)[ \t]*(?:\n|\Z)", text.replace("\r", ""), re.S)
    for block in filter(None, (front, re.match(r"(\{.*?\n?\})[ \t]*(?:\n\n|\Z)", text, re.S), *_BLOCK.finditer(text))):
        for match in _INSERTING.finditer(block[1]):
            line, column = lines.place(block.start(1) + match.start())
            yield Found("md-front-matter", match[0].strip(), line, column, scope.entry)
    bodies = [(text, 0)]
    if front:
        bodies.append((text.replace("\r", "")[front.end() :], front[0].count("\n")))
    if _NOTE.search(text):  # where notes are known; elsewhere they are addresses of references
        bodies.append((_NOTE.sub(r"\1", text), 0))
    seen = set()
    for body, above in bodies:
        for found in _body(parser, body, above, scope):
            if (found.vector, found.quote) not in seen:
                seen.add((found.vector, found.quote))
                yield found
    for vector, pattern in (
        ("md-diagram", _DRAWN),
        ("md-embed", _EMBED),
        ("md-template", _TEMPLATE),
        ("md-math", _MATH),
    ):
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
    elif token.type == "fence":
        yield from _fence(token, scope)
    elif token.type == "inline":
        for match in _SIZED.finditer(token.content):
            yield from page.address("md-image", "img", match[1], scope)
    elif token.type == "text":
        for match in _BARE.finditer(token.content):
            yield from page.address("md-link", "a", match[0] if match[0][0] == "h" else f"http://{match[0]}", scope)
    if token.level >= NESTED - 1:
        yield Found("nested-too-deep", token.type)


def _fence(token: Any, scope: Scope) -> Iterator[Found]:
    info = token.info.strip()
    language = (info.lower().lstrip("{. ").replace("}", " ").split() or [""])[0]
    if language in _DIAGRAMS:
        yield Found("md-diagram", info)
    elif re.match(r"\{[\w=]", info) or language in ("dataview", "dataviewjs"):
        yield Found("md-template", info)
        if info.lower().replace(" ", "").startswith(("{=html", "{raw}html")):
            yield from page.judge(html_tags(token.content), scope)
