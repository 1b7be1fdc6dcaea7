"""Names of documents: the path that findings show, and the URL that links are relative to."""

import os
from functools import cache

from convert.sources.ref import STDIN, Ref, Refusal
from convert.sources.remote import remote_base
from convert.text import printable


@cache
def _remote(root: str) -> str:
    return remote_base(root)


def base_of(ref: Ref, base_url: str) -> str:
    """Return the URL that the document's path is relative to, or "" if it is unknown."""
    return base_url or (_remote(ref.root) if isinstance(ref.member, str) else "")


def display_path(ref: Ref | Refusal) -> str:
    """Return the path by which findings name a document, so that an editor can open it: root and path.

    A document in JSON Lines has the path of that file, and the finding's line says where it is.
    """
    if ref.line:
        return printable(ref.root)
    if ref.root == STDIN or ref.path == ref.root or (isinstance(ref, Ref) and ref.member == ref.root):
        return printable(ref.root) if ref.root != STDIN else ref.path
    return os.path.normpath(f"{printable(ref.root)}/{ref.path}")
