"""Articles that stand in an archive more than once."""

import hashlib
from collections.abc import Iterable

from msgspec import Struct

from convert.urls import article_key


class Copy(Struct, frozen=True, gc=False):
    """What tells an article from its other copies."""

    key: str
    """That of its original address."""
    text: bytes
    """A hash of its text."""


def copy_of(address: str, texts: Iterable[str]) -> Copy:
    """What tells the article at `address` from its copies; white space does not."""
    text = "".join("".join(texts).split()).encode("utf-8", "replace")
    return Copy(article_key(address), hashlib.blake2b(text, digest_size=8).digest())


class Copies:
    """The first copy of every article: some 200 bytes each."""

    def __init__(self) -> None:
        self._first: dict[str, tuple[str, bytes]] = {}

    def before(self, copy: Copy, path: str) -> tuple[str, bool] | None:
        """The path of the first copy of the article, and whether it has the same text; None if this is the first."""
        first, text = self._first.setdefault(copy.key, (path, copy.text))
        return None if first == path else (first, text == copy.text)
