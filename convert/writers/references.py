"""References from one file of a build to another, and identifiers of their targets."""

import hashlib
import re
from functools import lru_cache
from posixpath import relpath


def ascii_slug(name: str) -> str:
    """Return `name` in lower-case ASCII; a name that changed ends in a hash of the original, so that none collide."""
    slug = re.sub(r"[^a-z0-9_\-/]+", "-", name.lower()).strip("-/") or "page"
    return slug if slug == name else f"{slug[:80]}-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}"


def relative(target: str, start: str) -> str:
    """Return the reference from the file `start` to the file `target`; both POSIX paths from one root.

    >>> relative("b/two.xhtml", start="a/one.xhtml")
    '../b/two.xhtml'
    """
    folder, _, name = target.rpartition("/")
    return _way(folder, start.rpartition("/")[0]) + name


@lru_cache(maxsize=1024)  # folders are few
def _way(folder: str, start: str) -> str:
    way = relpath(folder or ".", start or ".")
    return "" if way == "." else way + "/"


def section_anchor(key: str) -> str:
    """Return the identifier of a section in a document of several."""
    return f"s-{ascii_slug(key).replace('/', '.')}" if key else "articles"
