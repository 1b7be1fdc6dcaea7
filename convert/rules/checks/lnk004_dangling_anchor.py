"""A link of a page to a place in the same article, `#…`, that is not there."""

import re
from collections.abc import Iterator

from convert.messages import Message, message
from convert.model import Anchor, Article, Footnote, Link, Place, Reading, texts, walk
from convert.rules.body import OWN
from convert.rules.rule import Rule
from convert.text import squeeze
from convert.urls import unquote


def check_document(reading: Reading, article: Article) -> Iterator[tuple[Message, Place]]:
    if reading.regular:
        return
    if not any(before.endswith(("'", '"', "=")) for before in reading.html.split("#")[:-1]):
        return
    nodes = walk(reading.article.body, OWN)
    named = {node.id for node in nodes if isinstance(node, Anchor | Footnote)}
    for node in nodes:
        if not isinstance(node, Link) or not node.target.startswith("#"):
            continue
        name = node.target[1:]
        if name and name.lower() != "top" and not {name, unquote(name)} & named and not _is_written(name, reading.text):
            words = squeeze("".join(texts((node,))), 30)
            yield message("dangling-anchor", text=words, target=node.target, name=name), reading.places.of(node)


def _is_written(name: str, text: str) -> bool:
    """Return True if an element of the source, which the reader may have left out, has that name."""
    return re.search(rf"(?:id|name)\s*=\s*[\"']?{re.escape(name)}[\"'\s>]", text) is not None


RULE = Rule("LNK004", "dangling-anchor", "warning", check_document=check_document)
