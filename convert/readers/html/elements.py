"""The names of elements by meaning, for the walk over a page and the handlers."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import get_args

from convert.model import AsideKind, Emphasis, Strong, Subscript, Superscript, Underline
from convert.readers.flow import Maker

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
MARKS: Mapping[str, Maker] = {
    "b": Strong, "strong": Strong,
    "cite": Emphasis, "dfn": Emphasis, "em": Emphasis, "i": Emphasis,
    "ins": Underline, "u": Underline,
    "sub": Subscript, "sup": Superscript,
}  # fmt: skip
CODE = ("code", "samp", "kbd", "tt")
MEDIA = ("audio", "video", "iframe", "embed", "object")
CONTAINERS = frozenset({
    "address", "article", "aside", "body", "center", "cetner", "dd", "details", "dialog", "div", "dl", "dt",
    "fieldset", "figcaption", "footer", "form", "header", "hgroup", "legend", "li", "main", "menu", "nav", "p",
    "section", "summary",
})  # fmt: skip
UNSEEN = frozenset({
    "col", "colgroup", "datalist", "head", "link", "meta", "param", "script", "source", "style", "template", "title",
    "track",
})  # fmt: skip
WRAPPED: Mapping[str, AsideKind] = MappingProxyType({f"mirror-{kind}": kind for kind in get_args(AsideKind)})
"""Elements that a reader put around content that does not belong to the article."""
