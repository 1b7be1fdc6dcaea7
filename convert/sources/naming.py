"""Names of documents in findings, and the address of a source that the user gives."""

import os
from functools import lru_cache

from convert.errors import UsageError
from convert.sources.ref import STDIN, Ref, Refusal
from convert.text import printable


def folder_url(url: str) -> str:
    """Return the address of a source root with a slash at its end; "" if there is none.

    Raises:
        UsageError: it is no absolute address, or holds a password, which would be in every output.
    """
    if url and not url.startswith(("http://", "https://")):
        raise UsageError("--base-url: give an absolute http or https address")
    if "@" in url.partition("://")[2].partition("/")[0]:
        raise UsageError("--base-url: leave out user name and password, which every output would have")
    return url.rstrip("/") + "/" if url else ""


def display_path(ref: Ref | Refusal) -> str:
    """Return the path by which findings name a document, so that an editor can open it: root and path.

    A document in JSON Lines has the path of that file, and the finding's line says where it is.
    """
    if ref.line:
        return printable(ref.root)
    if ref.root == STDIN or ref.path == ref.root or (isinstance(ref, Ref) and ref.member == ref.root):
        return printable(ref.root) if ref.root != STDIN else ref.path
    return _before(ref.root) + ref.path


@lru_cache(maxsize=64)
def _before(root: str) -> str:
    """Return what is before the path of a document in a root."""
    shown = printable(os.path.normpath(root))
    return "" if shown == "." else f"{shown.rstrip('/')}/"
