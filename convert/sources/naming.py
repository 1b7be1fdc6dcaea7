"""Names of documents: the path that findings call one by, and the URL that its links are relative to."""

import os
from functools import cache

from convert.sources.ref import STDIN, Ref, Refusal
from convert.sources.remote import remote_base
from convert.text import printable


@cache
def _remote(root: str) -> str:
    return remote_base(root)


def base_of(ref: Ref, base_url: str) -> str:
    """The address of the folder that a document's path is relative to, if it can be told."""
    return base_url or (_remote(ref.root) if isinstance(ref.member, str) else "")


def shown(ref: Ref | Refusal) -> str:
    """What findings call a document, so that an editor can open it: its root as given, and its path; of JSON Lines the
    root alone, and the line tells the rest."""
    if ref.line:
        return printable(ref.root)
    if ref.root == STDIN or ref.path == ref.root or (isinstance(ref, Ref) and ref.member == ref.root):
        return printable(ref.root) if ref.root != STDIN else ref.path
    return os.path.normpath(f"{printable(ref.root)}/{ref.path}")
