"""The JSON-LD of a web page (schema.org), also where it is wrapped or slightly broken."""

import html
import json
import re
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from turbohtml import Document, Element

from convert.bounds import check_json_depth
from convert.errors import DocumentError
from convert.text import collapse

_WRAPPING = re.compile(
    r"\A(?:\s|\ufeff|;|<!--|-->|(?://|/\*)?\s*<!\[CDATA\[\s*(?:\*/)?|<script[^<>]*>)+"
    r"|(?:\s|;|<!--|-->|(?://|/\*)?\s*\]\]>\s*(?:\*/)?|//|</script>)+\Z",
    re.I,
)
_SURPLUS_COMMA = re.compile(r'("(?:[^"\\]|\\.)*+")|,(?=\s*[\]}])', re.DOTALL)
_NO_ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})|(\\)')
_BETWEEN = re.compile(r"[\s,;]*")
_ARTICLE = re.compile(r"(?:Article|Posting|Report)$")
_PAGE = re.compile(r"(?:Page|Review|Recipe|HowTo|CreativeWork)$")
"""Types that are said of the page itself; a book or a film of which it speaks has a day of its own."""


class LinkedData(NamedTuple):
    """Objects that the JSON-LD of a page describes."""

    article: dict[str, Any]
    """The article that the page is, else the first one, else the first object with a title and a `pubDate`, as search
    engines in China have it, else the first page with a day."""
    by_id: dict[str, dict[str, Any]]
    """Objects by their `@id`."""
    broken: tuple[Element, ...]
    """Elements whose JSON cannot be parsed."""


def read(document: Document, addresses: Collection[str], titles: Collection[str]) -> LinkedData:
    """Return the JSON-LD of a page; its `addresses` and `titles` show which of several articles it is."""
    values, broken = [], []
    for script in document.select('script[type*="ld+json" i]'):
        try:
            values.append(decode(script.text))
        except ValueError:
            broken.append(script)
    nodes = list(_nodes(values))
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    articles = [node for node in nodes if _is(node, _ARTICLE)]
    if len(articles) > 1:  # the others are those that the page leads to
        articles.sort(key=lambda node: -_likeness(node, addresses, titles))
    articles += [node for node in nodes if "pubDate" in node and "title" in node]
    articles += [node for node in nodes if "datePublished" in node and _is(node, _PAGE)]
    return LinkedData(next(iter(articles), {}), by_id, tuple(broken))


def _likeness(node: dict[str, Any], addresses: Collection[str], titles: Collection[str]) -> int:
    """Return 2 if an article has one of the addresses of the page, 1 if a title of the page shows its own, else 0."""
    page = node.get("mainEntityOfPage")
    own = (node.get("url"), node.get("@id"), page.get("@id") if isinstance(page, dict) else page)
    if any(isinstance(each, str) and each in addresses for each in own):
        return 2
    title = node.get("headline") or node.get("name")
    plain = collapse(html.unescape(title)).strip() if isinstance(title, str) else ""
    return int(bool(plain) and any(each.startswith(plain) or each.endswith(plain) for each in titles))


def decode(text: str) -> Any:
    """Return the value of a block of JSON-LD; None if there is nothing in it.

    Comments and CDATA sections around it are ignored, and so are line breaks in texts, backslashes that escape nothing
    and commas before brackets. Several values behind each other are a list.

    Raises:
        ValueError: it cannot be parsed, or is nested too deeply.

    >>> decode('//<![CDATA[\\n{"headline": "Paper\\nand ink",}\\n//]]>'), decode("<!-- -->")
    ({'headline': 'Paper\\nand ink'}, None)
    >>> decode('\\ufeff{"headline": "Ann\\\\\\'s ink"} {"@id": "#a"}'), decode("{&quot;@id&quot;: 1}")
    ([{'headline': "Ann's ink"}, {'@id': '#a'}], {'@id': 1})
    """
    try:
        check_json_depth(text)
        return json.loads(text)
    except DocumentError as deep:
        raise ValueError(str(deep)) from None
    except ValueError:
        inner = _WRAPPING.sub("", text)
    if inner[:8].count("&quot;") == 1 and '"' not in inner:
        inner = html.unescape(inner)
    inner = _SURPLUS_COMMA.sub(lambda match: match[1] or "", _NO_ESCAPE.sub(_without_backslash, inner))
    values, at, decoder = [], 0, json.JSONDecoder(strict=False)
    while at < len(inner):
        value, at = decoder.raw_decode(inner, at)
        values.append(value)
        at = _BETWEEN.match(inner, at).end()  # type: ignore[union-attr]  # it matches nothing, too
    return values if len(values) > 1 else next(iter(values), None)


def _without_backslash(match: re.Match[str]) -> str:
    return "" if match[1] else match[0]


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects that JSON-LD describes, outermost first."""
    if isinstance(value, list):
        for each in value:
            yield from _nodes(each)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "publisher", "author"):
            yield from _nodes(value.get(key))


def _is(node: dict[str, Any], of: re.Pattern[str]) -> bool:
    kinds = node.get("@type")
    return any(isinstance(kind, str) and of.search(kind) for kind in (kinds if isinstance(kinds, list) else [kinds]))
