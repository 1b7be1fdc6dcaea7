"""Names of documents: the path that findings show, and the URL that links are relative to."""

import os
from functools import cache

from convert.errors import UsageError
from convert.sources.ref import STDIN, Ref, Refusal
from convert.sources.remote import remote_base
from convert.text import printable


@cache
def _remote(root: str, here: str) -> str:
    """Return the URL of a root, which is relative to the folder `here`."""
    return remote_base(root)


def folder_url(url: str) -> str:
    """Return the address of a source root with a slash at its end, as `base_of` takes it; "" if there is none.

    Raises:
        UsageError: it is no absolute address.
    """
    if url and not url.startswith(("http://", "https://")):
        raise UsageError("--base-url: give an absolute http or https address")
    return url.rstrip("/") + "/" if url else ""


def base_of(ref: Ref, base_url: str) -> str:
    """Return the URL that the document's path is relative to, or "" if it is unknown."""
    if base_url or not isinstance(ref.member, str):
        return base_url
    return _remote(ref.root, "" if os.path.isabs(ref.root) else os.getcwd())  # which a program may change


def display_path(ref: Ref | Refusal) -> str:
    """Return the path by which findings name a document, so that an editor can open it: root and path.

    A document in JSON Lines has the path of that file, and the finding's line says where it is.
    """
    if ref.line:
        return printable(ref.root)
    if ref.root == STDIN or ref.path == ref.root or (isinstance(ref, Ref) and ref.member == ref.root):
        return printable(ref.root) if ref.root != STDIN else ref.path
    return os.path.normpath(f"{printable(ref.root)}/{ref.path}")
