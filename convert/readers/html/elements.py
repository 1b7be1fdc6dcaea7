"""The names of elements by meaning, for the walk over a page and the handlers."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import get_args

from convert.model import AsideKind, Deleted, Emphasis, Inserted, Strong, Subscript, Superscript, Underline
from convert.readers.flow import Maker

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
MARKS: Mapping[str, Maker] = {
    "b": Strong, "strong": Strong,
    "cite": Emphasis, "dfn": Emphasis, "em": Emphasis, "i": Emphasis,
    "ins": Inserted, "u": Underline,
    "del": Deleted, "s": Deleted, "strike": Deleted,
    "sub": Subscript, "sup": Superscript,
}  # fmt: skip
CODE = ("code", "samp", "kbd", "tt")
PREFORMATTED = ("listing", "plaintext", "pre", "xmp")
FRAMES = ("amp-iframe", "embed", "iframe", "object")
SOUND = ("amp-audio", "audio")
MEDIA = (*FRAMES, *SOUND, "amp-video", "video")
PICTURES = ("amp-anim", "amp-img", "img")
CONTAINERS = frozenset({
    "address", "article", "aside", "body", "caption", "center", "cetner", "dd", "dialog", "div", "dt",
    "fieldset", "figcaption", "footer", "form", "header", "hgroup", "legend", "li", "main", "marquee", "nav",
    "optgroup", "option", "p", "search", "section", "summary", "tbody", "td", "tfoot", "th", "thead", "tr",
})  # fmt: skip
"""Elements that begin and end a line; parts of tables are here only where the table is no part of the region."""
UNSEEN = frozenset({
    "col", "colgroup", "datalist", "head", "link", "meta", "param", "script", "source", "style", "template", "title",
    "track",
})  # fmt: skip
WRAPPED: Mapping[str, AsideKind] = MappingProxyType({f"mirror-{kind}": kind for kind in get_args(AsideKind)})
"""Elements that a reader put around content that does not belong to the article."""
