"""The JSON-LD of a web page (schema.org), also where it is wrapped or slightly broken."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from turbohtml import Document, Element

from convert.bounds import check_json_depth
from convert.errors import DocumentError

_WRAPPING = re.compile(
    r"\A(?:\s|;|<!--|-->|(?://|/\*)?\s*<!\[CDATA\[\s*(?:\*/)?|<script[^<>]*>)+"
    r"|(?:\s|;|<!--|-->|(?://|/\*)?\s*\]\]>\s*(?:\*/)?|//|</script>)+\Z",
    re.I,
)
_SURPLUS_COMMA = re.compile(r'("(?:[^"\\]|\\.)*+")|,(?=\s*[\]}])', re.DOTALL)
_ARTICLE = re.compile(r"(?:Article|Posting|Report)$")


class LinkedData(NamedTuple):
    """Objects that the JSON-LD of a page describes."""

    article: dict[str, Any]
    """The first article, else the first object with a title and a `pubDate`, as search engines in China have it."""
    by_id: dict[str, dict[str, Any]]
    """Objects by their `@id`."""
    broken: tuple[Element, ...]
    """Elements whose JSON cannot be parsed."""


def read(document: Document) -> LinkedData:
    """Return the JSON-LD of a page."""
    values, broken = [], []
    for script in document.select('script[type*="ld+json" i]'):
        try:
            values.append(decode(script.text))
        except ValueError:
            broken.append(script)
    nodes = list(_nodes(values))
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    article = next((node for node in nodes if _is_article(node)), {})
    article = article or next((node for node in nodes if "pubDate" in node and "title" in node), {})
    return LinkedData(article, by_id, tuple(broken))


def decode(text: str) -> Any:
    """Return the value of a block of JSON-LD; None if there is nothing in it.

    Comments and CDATA sections around it are ignored, and so are line breaks in texts and commas before brackets.

    Raises:
        ValueError: it cannot be parsed, or is nested too deeply.

    >>> decode('//<![CDATA[\\n{"headline": "Paper\\nand ink",}\\n//]]>'), decode("<!-- -->")
    ({'headline': 'Paper\\nand ink'}, None)
    """
    try:
        check_json_depth(text)
        return json.loads(text)
    except DocumentError as deep:
        raise ValueError(str(deep)) from None
    except ValueError:
        inner = _WRAPPING.sub("", text)
        return json.loads(_SURPLUS_COMMA.sub(lambda match: match[1] or "", inner), strict=False) if inner else None


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects that JSON-LD describes, outermost first."""
    if isinstance(value, list):
        for each in value:
            yield from _nodes(each)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "publisher", "author"):
            yield from _nodes(value.get(key))


def _is_article(node: dict[str, Any]) -> bool:
    kinds = node.get("@type")
    return any(
        isinstance(kind, str) and _ARTICLE.search(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])
    )
