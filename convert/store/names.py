"""File names that every disk accepts."""

import hashlib
import re
from unicodedata import normalize

from convert.late import late_pattern

MAX_NAME = 200
"""Longest name, in bytes of UTF-8.  File systems accept 255, eCryptfs 143 to 255, and `.gz` and the like add some."""

_MAX_SUFFIX = 16

# Characters that Windows rejects in names ("Naming Files, Paths, and Namespaces", learn.microsoft.com) or that break
# lines or encodings, and a dot or a space at the end; then names of devices, with any suffix.
_UNSAFE = late_pattern('[<>:"|?*\\\\\\x00-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]|[. ]+$')
_RESERVED = late_pattern(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)", re.IGNORECASE)

_SAFE_PART = r"(?!con|prn|aux|nul|com|lpt)[a-z0-9_-][a-z0-9_.-]*(?<!\.)"
_SAFE = late_pattern(f"(?:{_SAFE_PART}/)*{_SAFE_PART}", re.IGNORECASE | re.ASCII)
"""Most paths, of which no part is changed."""


def safe_name(path: str) -> str:
    """Return the relative POSIX path `path` in a form that every file system accepts; it depends only on `path`.

    Each changed part gets the beginning of its own SHA-256, so that different paths stay different.

    Raises:
        ValueError: `path` is absolute, empty or has `..`.

    >>> safe_name("纸/一.md"), safe_name("a/why?.md"), safe_name("nul.md")
    ('纸/一.md', 'a/why_-f9681056.md', '_nul-0b15013a.md')
    """
    if len(path) <= MAX_NAME and _SAFE.fullmatch(path):
        return path
    return "/".join(map(_safe_part, parts_of(path)))


def parts_of(name: str) -> tuple[str, ...]:
    """Return the components of a relative POSIX path.

    Raises:
        ValueError: the path is empty or leads out of its folder.
    """
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if name.startswith("/") or ".." in parts or not parts:
        raise ValueError(f"not a relative path inside the folder: {name!r}")
    return parts


def key_of(name: str) -> str:
    """Return a key that is equal for names that some file system treats as equal.

    This is the canonical caseless match (Unicode 3.13, D145).
    """
    return name.lower() if name.isascii() else normalize("NFD", normalize("NFD", name).casefold())


def _safe_part(part: str) -> str:
    stem = _UNSAFE.sub("_", part)
    if _RESERVED.match(stem):
        stem = f"_{stem}"
    if stem == part and len(part.encode()) <= MAX_NAME:
        return part
    digest = hashlib.sha256(part.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    dot = stem.rfind(".", 1)
    suffix = stem[dot:] if dot > 0 and len(stem[dot:].encode()) <= _MAX_SUFFIX else ""
    stem = stem.removesuffix(suffix)
    room = MAX_NAME - len(f"-{digest}{suffix}".encode())
    return f"{stem.encode()[:room].decode('utf-8', 'ignore')}-{digest}{suffix}"
