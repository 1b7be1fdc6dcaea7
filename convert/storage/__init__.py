"""Places of files by name: a folder of this machine, or a bucket of a service by its address.

Everything else of the program reads and writes local files; this room brings objects to them and takes them back.  It
is the only one that imports the client of such services.  Credentials come from the environment alone, and are in no
address, message or file.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple, Protocol

from convert.errors import MissingExtraError
from convert.late import late
from convert.storage.address import is_address, split

__all__ = ["Storage", "Stored", "is_address", "split", "storage_at"]


class Stored(NamedTuple):
    """A file or an object of a storage."""

    name: str
    """Name relative to the address of the storage, with `/` between its parts."""
    size: int
    tag: str
    """Value that changes with the content (ETag, RFC 9110); "" if there is none."""


class Storage(Protocol):
    """Place of files by name; every file is there whole, or not at all.

    Each method raises `SourceError` if it cannot read, `StoreError` if it cannot write, and `ValueError` for a name
    that leads out of the place.
    """

    address: str
    """Folder or address as the user gave it, which holds no secret."""

    def list(self, prefix: str = "") -> Iterator[Stored]:
        """Yield what is below a prefix, which is a folder's name, sorted by the code points of the names."""

    def stat(self, name: str) -> Stored | None:
        """Return what is known of a file without reading it; None if there is none."""

    def read(self, name: str, start: int = 0, size: int | None = None) -> bytes:
        """Return `size` bytes of a file, or all of them, from `start`; fewer where it ends."""

    def fetch(self, name: str, path: str, tag: str = "") -> None:
        """Write a file to the local `path`, whole or not at all; with a `tag`, only if it still has that."""

    def put(self, name: str, data: bytes) -> None:
        """Write a file, whole or not at all; the same bytes twice are no error."""

    def put_file(self, name: str, path: str) -> None:
        """Write the content of a local file, whole or not at all."""

    def delete(self, name: str) -> None:
        """Remove a file, if there is one."""

    def unfinished(self) -> Iterator[str]:
        """Yield the uploads that were never finished, where the service lists them."""

    def abort(self, upload: str) -> None:
        """Remove what an upload left that `unfinished` yielded."""


KINDS: Mapping[str, Callable[[str], Storage]] = MappingProxyType(
    {
        "": late("convert.storage.folder:FolderStorage"),
        "s3": late("convert.storage.objects:ObjectStorage"),
        "gs": late("convert.storage.objects:ObjectStorage"),
        "az": late("convert.storage.objects:ObjectStorage"),
    }
)
"""Storages by the scheme of an address; a folder has none."""


def storage_at(where: str) -> Storage:
    """Return the storage at the path of a folder, which need not exist, or at an address.

    Raises:
        UsageError: the address is not complete or holds a secret, or the environment has no credentials for it.
        MissingExtraError: it is an address, and the extra `storage` is not installed.
    """
    scheme = where.partition("://")[0].lower() if is_address(where) else ""
    try:
        return KINDS[scheme](where)
    except ModuleNotFoundError as error:
        if error.name != "obstore":
            raise
        raise MissingExtraError(
            "addresses such as s3:// need the extra {extra}, which is not installed; install it with: pip install "
            "'archive-convert[{extra}]'",
            extra="storage",
        ) from error
