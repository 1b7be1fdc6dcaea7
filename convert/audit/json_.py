"""JSON: names under which programs load something, markup in texts, and values that programs read differently."""

import json
from collections.abc import Iterator
from math import isfinite
from typing import Any

from convert.audit.found import Found, Scope
from convert.audit.target import Kind, target
from convert.audit.text import Lines, decoded, signs
from convert.audit.vector import places

_KEYS = {at: name for at, name in places("json").items() if ":" not in at and name != "json-picture"}
_SHOWN = frozenset({"image", "picture", "figure", "video", "audio", "embed", "img"})
_HTML = frozenset(
    {
        "content_html",
        "html",
        "contenthtml",
        "body_html",
        "bodyhtml",
        "rendered",
        "content",
        "summary",
        "description",
        "body",
        "excerpt",
    }
)
_SAFE_NUMBER = 1 << 53


def judge(data: bytes, scope: Scope) -> Iterator[Found]:
    """Yield what is found in JSON, or in each line of JSON Lines."""
    text = decoded(data)
    lines = Lines(text)
    yield from signs(text, lines, scope)
    try:
        values = [_parsed(text)]
    except (ValueError, RecursionError):
        try:
            values = [_parsed(line) for line in text.splitlines() if line.strip()]
        except RecursionError:
            yield Found("over-limits", "depth", entry=scope.entry)
            return
        except ValueError as error:
            yield Found("broken-document", "JSON", *lines.place(getattr(error, "pos", 0)), entry=scope.entry)
            return
    for value in values:
        for vector, quote in _value(value, "", scope):
            at = text.find(json.dumps(quote, ensure_ascii=False)[1:-1])
            line, column = lines.place(max(at, 0))
            yield Found(vector, quote, line, column, scope.entry)


class _Twice(dict[str, Any]):
    """Object with a name that is there twice."""

    name = ""


def _parsed(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_object)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = _Twice(pairs)
    if len(value) < len(pairs):
        names = [name for name, _ in pairs]
        value.name = next(name for name in names if names.count(name) > 1)
    return value


def _value(value: Any, key: str, scope: Scope) -> Iterator[tuple[str, str]]:
    """Yield vector and text of what is found in a value, without recursion: values may be deep."""
    ahead: list[tuple[Any, str, bool]] = [(value, key, _is_feed(value))]
    while ahead:
        value, key, feed = ahead.pop()
        if isinstance(value, _Twice):
            if value.name:
                yield "json-key-twice", value.name
            shown = str(value.get("type", "")).lower() in _SHOWN or str(value.get("@type", "")) == "ImageObject"
            shown = shown or key in ("icons", "screenshots")  # of an application
            for name, inner in value.items():
                if name == "__proto__" or (name == "constructor" and isinstance(inner, dict) and "prototype" in inner):
                    yield "json-prototype", name
                if feed and key == "hubs" and name == "url" and _leads_out(inner, scope):
                    yield "json-feed-picture", inner
                if shown and name in ("address", "src", "url", "full_size") and _leads_out(inner, scope):
                    yield "json-picture", inner
                ahead.append((inner, name, feed))
        elif isinstance(value, list):
            ahead += [(each, key, feed) for each in value]
        elif isinstance(value, str):
            yield from _text(value, key, scope, feed=feed)
        elif isinstance(value, int | float) and _differs(value):
            yield "json-number", str(value)


def _differs(value: float) -> bool:
    return abs(value) > _SAFE_NUMBER if isinstance(value, int) else not isfinite(value)


def _text(value: str, key: str, scope: Scope, *, feed: bool) -> Iterator[tuple[str, str]]:
    if not value.isprintable():
        for found in signs(value, Lines(""), scope):
            if found.vector != "text-zero-width":
                yield found.vector, found.quote
    vector = _KEYS.get(key, "")
    if vector == "json-feed-picture" and not feed:
        vector = ""
    if vector and _leads_out(value, scope):
        yield vector, value
    elif key.lower() in _HTML and "<" in value:
        for found in scope.nested(value.encode("utf-8", "surrogatepass"), "text/html"):
            if not found.vector.startswith("unknown-"):
                yield found.vector, found.quote


def _is_feed(value: Any) -> bool:
    return isinstance(value, dict) and "jsonfeed.org/version" in str(value.get("version", ""))


def _leads_out(value: Any, scope: Scope) -> bool:
    return isinstance(value, str) and target(value, scope).kind in (Kind.OUTSIDE, Kind.LOCAL, Kind.SCRIPT)
