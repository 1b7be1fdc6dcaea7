"""The programs of the search, which a site gets as they are here, the engine with what it must know of the index."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from convert.search.shards import is_shard

NAMES = ENGINE, PROGRAM = "engine.js", "search.js"
"""Files of the programs, which are beside this one."""


@cache
def programs() -> Mapping[str, bytes]:
    """Return the programs by the names of their files."""
    here = files("convert.search")
    return MappingProxyType({name: here.joinpath(name).read_bytes() for name in NAMES})


def engine(about: bytes) -> bytes:
    """Return the program that searches with the shard about its index behind it, so that both are one file."""
    return programs()[ENGINE] + about


def is_own(script: bytes) -> bool:
    """Return True if a script is a program of this version, byte for byte, or a shard of an index, whatever its name.

    The engine may have a shard behind it.

    >>> is_own(programs()["search.js"]), is_own(programs()["search.js"] + b" "), is_own(b"")
    (True, False, False)
    >>> is_own(engine(b'archiveSearch("about","");\\n')), is_own(engine(b"fetch('/')"))
    (True, False)
    """
    return script in programs().values() or is_shard(script.removeprefix(programs()[ENGINE]))
