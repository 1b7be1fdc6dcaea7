"""Options of the commands about a store of pictures, and what they share."""

from convert.cli.common import debug_option, language_option
from convert.cli.help import option, options
from convert.cli.progress import progress_option
from convert.messages import message
from convert.pictures.store import PictureStore

store_option = option(
    "--store",
    group="common",
    metavar="DIR",
    required=True,
    about=message("Name the store of pictures, a folder."),
)
common_options = options(
    option("-q", "--quiet", group="common", is_flag=True, about=message("Print nothing; only set the exit status.")),
    progress_option,
    language_option,
    debug_option,
)


def existing(folder: str, *, write: bool = False, alone: bool = False) -> PictureStore:
    """Return a store that is there already.

    Raises:
        UsageError: there is none.
        StoreError: it cannot be used.
    """
    if write:
        PictureStore(folder, write=False).close()  # asks whether it is one
    return PictureStore(folder, write=write, alone=alone)


def size_of(size: int) -> str:
    """Return a number of bytes as people read it.

    >>> size_of(999), size_of(68_000), size_of(4_100_000_000)
    ('999 B', '68 kB', '4.1 GB')
    """
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            value = size / factor
            return f"{value:.0f} {unit}" if value >= 10 else f"{value:.1f} {unit}"
    return f"{size} B"
