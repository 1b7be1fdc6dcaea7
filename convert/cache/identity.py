"""The cache identity: a hash of the program, its dependencies and the settings that affect an entry."""

import hashlib
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import MappingProxyType

from convert import __version__

_PACKAGE = Path(__file__).parents[1]


def identity_of(*settings: object) -> bytes:
    """Return the identity of entries that this program makes with these settings, compared by their `repr`."""
    digest = hashlib.blake2b(digest_size=16)
    digest.update(repr((settings, sys.version, sys.byteorder, program())).encode())
    return digest.digest()


@cache
def program() -> str:
    """Return the versions of this program and its dependencies, and a hash of its files."""
    return " ".join(f"{name} {version}" for name, version in versions().items())


@cache
def versions() -> Mapping[str, str]:
    """Return the versions of this program and its dependencies, and a hash of its files, which hold its rules."""
    files = hashlib.blake2b(digest_size=16)
    for path in sorted(_PACKAGE.rglob("*")):
        if path.suffix in (".py", ".json", ".css", ".md", ".typ") and path.is_file():
            files.update(f"{path.relative_to(_PACKAGE)}\0".encode() + path.read_bytes() + b"\0")
    from importlib import metadata  # with the parser of mail that it needs, a fortieth of the time to start

    found = {"archive-convert": __version__}
    for need in metadata.requires("archive-convert") or ():
        if "extra ==" not in need:
            name = need.split(";")[0].split("[")[0].rstrip("0123456789.,<>=!~ ")
            with suppress(metadata.PackageNotFoundError):
                found[name] = metadata.version(name)
    return MappingProxyType({**found, "files": files.hexdigest()})
