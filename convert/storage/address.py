"""Addresses of services: `s3://BUCKET/NAME`, `gs://BUCKET/NAME`, `az://CONTAINER/NAME`.

A name is what the service calls the object, without percent-encoding, as `aws s3` and `gsutil` have it.
"""

import os
import re
from typing import NamedTuple

from convert.errors import UsageError
from convert.late import late_pattern

_ADDRESSES = ("s3://", "gs://", "az://")
_BUCKET = late_pattern(r"[\w.-]+", re.ASCII)
_LIST = b'{"list":'
"""Beginning of a list."""
_CONTROL = late_pattern("[\\x00-\\x1f\\x7f\\ud800-\\udfff]")


class Address(NamedTuple):
    """Parts of an address."""

    scheme: str
    bucket: str
    name: str
    """Name of an object or of a folder; that of a folder has no slash at its end."""


def is_address(text: str) -> bool:
    """Return whether a source or a target is the address of a service, and no path.

    >>> is_address("s3://news/mirror.tar"), is_address("news/mirror.tar")
    (True, False)
    """
    return text[:5].lower() in _ADDRESSES


def names_objects(source: str) -> bool:
    """Return whether a source is an address, or a list of objects as `convert list` makes it."""
    if is_address(source):
        return True
    try:
        if not os.path.isfile(source):
            return False
        with open(source, "rb") as file:
            return file.read(len(_LIST)) == _LIST
    except (OSError, ValueError):
        return False


def parsed(address: str) -> Address:
    """Return the parts of an address.

    Raises:
        UsageError: it names no bucket, has a part that is no name, or holds credentials; they are not repeated.
    """
    scheme, _, rest = address.partition("://")
    bucket, _, name = rest.partition("/")
    if "@" in bucket or "?" in address or "#" in address:
        raise UsageError(
            "an address holds no password, no query and no fragment, because it is written to manifests and messages; "
            "give {scheme}://BUCKET/NAME, and credentials in the environment",
            scheme=scheme.lower(),
        )
    if not _BUCKET.fullmatch(bucket):
        raise UsageError("the address {address} names no bucket; give {scheme}://BUCKET/NAME", **_said(address))
    parts = name.removesuffix("/").split("/") if name else []
    if any(part in ("", ".", "..") for part in parts) or _CONTROL.search(name):
        raise UsageError(
            "the address {address} has a part that is empty, '.' or '..'; give {scheme}://BUCKET/NAME", **_said(address)
        )
    return Address(scheme.lower(), bucket, "/".join(parts))


def split(address: str) -> tuple[str, str]:
    """Return the address of the folder that an object is in, and the object's name in it, "" for a whole bucket.

    >>> split("s3://news/2023/mirror.tar"), split("s3://news")
    (('s3://news/2023/', 'mirror.tar'), ('s3://news/', ''))
    """
    scheme, bucket, name = parsed(address)
    folder, _, last = name.rpartition("/")
    return f"{scheme}://{bucket}/{folder}{'/' * bool(folder)}", last


def checked(name: str) -> str:
    """Return a name relative to a storage.

    Raises:
        ValueError: it is empty, or has a part that is empty, `.` or `..`.
    """
    if any(part in ("", ".", "..") for part in name.split("/")):
        raise ValueError(f"not a name inside a storage: {name!r}")
    return name


def _said(address: str) -> dict[str, str]:
    return {"address": repr(address), "scheme": address.partition("://")[0].lower()}
