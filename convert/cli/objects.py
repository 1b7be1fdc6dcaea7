"""Sources of commands by address, or in a list: copies on this machine, while the command runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import click

from convert.cli.progress import progress
from convert.errors import UsageError
from convert.sharding.sources import opened


@contextmanager
def brought(context: click.Context) -> Iterator[None]:
    """Let a command read copies of the objects that its sources name.

    Raises:
        UsageError: it is to change them, or an address is wrong.
        SourceError, StoreError: an object cannot be fetched.
    """
    given = context.params
    if given.get("fix") or given.get("diff"):
        raise UsageError(
            "--fix changes files of this machine; copy the objects to a folder, fix that, and send it back"
        )
    watch = partial(progress, quiet=given.get("quiet", False), lines=given.get("lines", False))
    with opened(given["sources"], watch) as sources:
        given["sources"] = sources
        yield
