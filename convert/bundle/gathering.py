"""The choice of articles and their division into volumes, read from options."""

from collections.abc import Iterable

from convert.bundle import split as splitting
from convert.bundle.selection import Selection, period, query
from convert.bundle.volumes import ORDERS, Gathering
from convert.errors import UsageError


def gathering(
    *,
    title: str = "",
    split: str = "none",
    since: str = "",
    until: str = "",
    channels: Iterable[str] = (),
    queries: Iterable[str] = (),
    order: str = "oldest",
    duplicates: str | None = None,
) -> Gathering:
    """Return the choices that the options of the same names express.

    Raises:
        UsageError: an option has an invalid value.
    """
    if order not in ORDERS:
        raise UsageError("unknown order '{order}'; choose one of: {known}", order=order, known=", ".join(ORDERS))
    if duplicates not in (None, "once", "keep"):
        raise UsageError("duplicates can be 'once' or 'keep', not '{value}'", value=duplicates)
    return Gathering(
        title=title,
        selection=Selection(
            since=period(since) if since else "",
            until=period(until) if until else "",
            channels=tuple(channels),
            terms=tuple(term for each in queries for term in query(each)),
        ),
        order=order,
        split=splitting.parse(split),
        once=None if duplicates is None else duplicates == "once",
    )
