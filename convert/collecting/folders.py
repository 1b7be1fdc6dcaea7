"""Folders of pictures that the user names: by the last part of the address, or by a table of addresses and files."""

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import unquote

from convert.collecting.offers import Offer
from convert.errors import UsageError, reason
from convert.messages import Message, message
from convert.sources.trees import Folder
from convert.text import printable

MAX_TABLE = 256 << 20
"""Bytes of the largest table."""


class Named:
    """Pictures in folders by their names."""

    def __init__(self, folders: Sequence[str]) -> None:
        self._files: dict[str, list[tuple[Folder, str]]] = {}
        for top in folders:
            if not os.path.isdir(top):
                raise UsageError("--by-name: {path} is no folder; name one", path=repr(printable(top)))
            tree = Folder(top)
            for path in tree.pictures():
                self._files.setdefault(_key(path.rpartition("/")[2]), []).append((tree, path))

    def offers(self, addresses: Iterable[str], problems: list[Message]) -> Iterator[Offer]:
        """Yield the pictures at addresses.

        A name that several addresses have, or several files with another content each, is ambiguous, and a problem.
        """
        by_name: dict[str, list[str]] = {}
        for address in addresses:
            name = name_of(address)
            if name and name in self._files:
                by_name.setdefault(name, []).append(address)
        for name, found in by_name.items():
            contents = {data for tree, path in self._files[name] if (data := tree.read(path)) is not None}
            if len(found) > 1 or len(contents) > 1:
                problems.append(
                    message(
                        "--by-name: {name} could be several pictures; give the address of each with --by-address",
                        name=repr(printable(name)),
                    )
                )
            else:
                yield from (Offer(found[0], data) for data in contents)


def name_of(address: str) -> str:
    """Return the name of a picture's file by its address, "" if that has none.

    >>> name_of("https://img.example/2024/A%20b.JPG?w=600"), name_of("https://img.example/")
    ('a b.jpg', '')
    """
    return _key(unquote(re.split("[?#]", address, maxsplit=1)[0].rpartition("/")[2])) if "://" in address else ""


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def listed(option: str, file: str) -> Iterator[Offer]:
    """Yield the pictures of a table of addresses and files; the files are relative to the table's folder.

    Raises:
        UsageError: it cannot be read, or a line has no address and file, or the file is not there.
    """
    folder = os.path.dirname(file) or "."
    try:
        with open(file, "rb") as stream:
            data = stream.read(MAX_TABLE)
    except OSError as error:
        raise UsageError(
            "{option}: {file} cannot be read: {reason}; name a table",
            option=option, file=printable(file), reason=reason(error),
        ) from None  # fmt: skip
    for number, line in enumerate(data.decode("utf-8-sig", "replace").splitlines(), 1):
        row = line.strip()
        if not row or row.startswith("#"):
            continue
        address, tab, path = row.partition("\t")
        path = path.strip()
        if not tab or not path or not re.match(r"https?://", address):
            raise UsageError(
                "{option}: {file}:{line}: write an address, a tab and a file",
                option=option, file=printable(file), line=number,
            )  # fmt: skip
        top, name = (os.path.split(path)) if os.path.isabs(path) else (folder, path)
        found = Folder(top).read(os.path.normpath(name).replace(os.sep, "/"))
        if found is None:
            raise UsageError(
                "{option}: {file}:{line}: no such file in the folder of the table: {path}",
                option=option, file=printable(file), line=number, path=repr(printable(path)),
            )  # fmt: skip
        yield Offer(address.strip(), found)
