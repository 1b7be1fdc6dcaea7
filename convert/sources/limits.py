"""Limits of what an archive may unpack to, and the errors for archives that exceed them."""

from convert.errors import SourceError
from convert.sources.ref import FREE_BYTES, MAX_RATIO, MAX_TOTAL
from convert.text import printable


def limit_of(packed: int) -> int:
    """Return the largest number of unpacked bytes allowed for an archive of `packed` bytes."""
    return min(MAX_TOTAL, max(FREE_BYTES, MAX_RATIO * packed))


def too_many(root: str, limit: int) -> SourceError:
    """Return the error for an archive with too many members."""
    return SourceError(
        "{path}: more than {limit:,} members; unpack it and name its folders", path=printable(root), limit=limit
    )


def too_much(root: str) -> SourceError:
    """Return the error for an archive that unpacks to too much."""
    return SourceError(
        "{path}: unpacks to more than {ratio} times its size or {limit} GiB, as archives made to do harm do; if you "
        "trust it, unpack it and name the folder",
        path=printable(root),
        ratio=MAX_RATIO,
        limit=MAX_TOTAL >> 30,
    )
