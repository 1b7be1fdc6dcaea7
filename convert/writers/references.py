"""References from one file of a build to another, and identifiers of their targets."""

import hashlib
import re
from functools import lru_cache
from posixpath import relpath

from convert.late import late_pattern

LONGEST = 200
"""Most characters of a name; file systems, on which reading systems unpack books, take 255 bytes."""

_DEVICE = late_pattern(r"(?:con|prn|aux|nul|(?:com|lpt)[0-9])\Z")
"""Names that Windows reserves, with any suffix."""

_HASHED = late_pattern(r"-[0-9a-f]{16}\Z")


@lru_cache(maxsize=1 << 12)  # pages ask for their neighbours, the lists of a volume for all, one after the other
def ascii_slug(name: str, *, folders: bool = True) -> str:
    """Return `name` in lower-case ASCII, with or without `folders`; different names stay different.

    A name that changed ends in 64 bits of its hash, and so does one that looks like that.

    >>> ascii_slug("nf1/n1"), ascii_slug("a//b"), ascii_slug("a/b", folders=False)
    ('nf1/n1', 'a/b-7a9acf331a5dc1e0', 'a-b-c14cddc033f64b9d')
    """
    kept = re.sub(r"[^a-z0-9_\-/]+" if folders else r"[^a-z0-9_\-]+", "-", name.lower())
    parts = [part for each in kept.split("/") if (part := each.strip("-"))]
    slug = "/".join(f"_{part}" if _DEVICE.match(part) else part for part in parts)
    if slug and slug == name and len(name) <= LONGEST and not _HASHED.search(name):
        return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{slug[:80].rstrip('-/') or 'page'}-{digest}"


def slug(path: str) -> str:
    """Return the name of an article's page: its path in ASCII, without `.md` and the mirror's `pages/`."""
    name = path.removesuffix(".md")
    return ascii_slug(name.removeprefix("pages/")) if name != path else ascii_slug(f"{name.removeprefix('pages/')}.")


def is_mirrored(path: str) -> bool:
    """Return True if a source is in the folder that mirrors use; other paths have a distinct prefix."""
    return path.startswith("pages/")


@lru_cache(maxsize=1 << 12)
def page_name(path: str) -> str:
    """Return the name of an article's page without its suffix; `path` is the path of its source.

    >>> page_name("pages/nf1412576/n14072129.md")
    'text/nf1412576/n14072129'
    """
    return f"{'text' if is_mirrored(path) else 'texts'}/{slug(path)}"


_NAME = late_pattern(r"(?!.*\.\.)[A-Za-z0-9_\-.]+")
_NOT_IN_NAME = late_pattern(r"[^A-Za-z0-9_\-]")


def xml_name(name: str) -> str:
    """Return an identifier as a part of an XML name (Namespaces in XML, section 4); different ones stay different.

    Each character that has no place there is `..`, its number and `.`; an identifier with `..` in it is written so too.

    >>> xml_name("_ftn1"), xml_name("注一"), xml_name("sec 1"), xml_name("sec:1")
    ('_ftn1', '..6ce8...4e00.', 'sec..20.1', 'sec..3a.1')
    """
    if _NAME.fullmatch(name):
        return name
    return _NOT_IN_NAME.sub(lambda match: f"..{ord(match[0]):x}.", name)


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
    return f"s-{ascii_slug(key, folders=False)}" if key else "articles"
