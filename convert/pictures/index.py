"""The index of a store: one SQLite file with a row for each address and one for each picture.

Several processes use it at once.  Addresses are added a few hundred at a time, after their files are in place, so that
a run that is killed leaves files without a row at worst, which `convert images prune` removes.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, NamedTuple

from convert.errors import StoreError
from convert.pictures.model import Facts, Missing, Stored
from convert.sources.files import STORE
from convert.text import printable

NAME = STORE
VERSION = 1
BUSY_TIMEOUT = 60.0
"""Seconds that a run waits for another one that is writing."""
ROWS, SECONDS = 500, 1.0
"""Number of waiting rows, and age of the oldest in seconds, at which they are written."""

_TABLES = """
CREATE TABLE address (
  address TEXT PRIMARY KEY,
  sha256 BLOB,
  reason TEXT NOT NULL,
  detail TEXT NOT NULL,
  asked INTEGER NOT NULL,
  etag TEXT NOT NULL,
  modified TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE picture (
  sha256 BLOB PRIMARY KEY,
  size INTEGER NOT NULL,
  kind TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX address_of ON address (sha256);
"""
_PUT_ADDRESS = "INSERT OR REPLACE INTO address VALUES (?, ?, ?, ?, ?, ?, ?)"
_PUT_PICTURE = "INSERT OR REPLACE INTO picture VALUES (?, ?, ?, ?, ?)"
_FIND = (
    "SELECT a.reason, a.detail, p.sha256, p.size, p.kind, p.width, p.height, a.asked, a.etag, a.modified "
    "FROM address a LEFT JOIN picture p ON p.sha256 = a.sha256"
)


class Record(NamedTuple):
    """Row of an address in the index."""

    address: str
    found: Stored | Missing
    asked: int = 0
    """Moment when it was asked for or put there, in seconds since 1970."""
    etag: str = ""
    """Validators of the answer (RFC 9110, section 8.8), for conditional requests."""
    modified: str = ""


class Index:
    """Index in the folder of a store; `write` as False for one that is only read, perhaps on a disk that takes nothing.

    Raises:
        StoreError: the file cannot be opened, is of another version, or is no index.
    """

    def __init__(self, folder: str, *, write: bool = True) -> None:
        self.path = os.path.join(folder, NAME)
        self._records: dict[str, Record] = {}
        self._pictures: dict[str, Stored] = {}
        self._written = monotonic()
        self._connection = self._opened(write=write)

    def _opened(self, *, write: bool) -> sqlite3.Connection:
        with self._failing():
            if write:
                connection = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT, isolation_level=None)
            else:
                path = os.path.abspath(self.path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
                frozen = "" if os.access(os.path.dirname(path) or ".", os.W_OK) else "&immutable=1"
                connection = sqlite3.connect(
                    f"file:{path}?mode=ro{frozen}", timeout=BUSY_TIMEOUT, isolation_level=None, uri=True
                )
            try:
                connection.execute("PRAGMA trusted_schema = OFF")
                if write:
                    connection.execute("PRAGMA journal_mode = WAL")
                    connection.execute("PRAGMA synchronous = NORMAL")
                version = connection.execute("PRAGMA user_version").fetchone()[0]
                if write and not version:
                    version = _create(connection)
                if version != VERSION:
                    raise sqlite3.DatabaseError(f"version {version} where {VERSION} is known")
            except BaseException:
                connection.close()
                raise
            return connection

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                "the store's index {path} cannot be used: {reason}; name another folder with --store",
                path=repr(printable(self.path)),
                reason=str(error).lower(),
            ) from error

    def close(self) -> None:
        """Write the waiting rows, and close the file.

        Raises:
            StoreError: they cannot be written.
        """
        try:
            self.write()
        finally:
            self._connection.close()

    # --- reading ------------------------------------------------------------------------------------------------------

    def find(self, address: str) -> Record | None:
        """Return what is known of an address, None if it is not in the index."""
        if waiting := self._records.get(address):
            return waiting
        with self._failing():
            row = self._connection.execute(f"{_FIND} WHERE a.address = ?", (address,)).fetchone()
        return _record(address, *row) if row else None

    def records(self) -> Iterator[Record]:
        """Yield what is known of each address, in the order of the addresses."""
        self.write()
        with self._failing():
            yield from (
                _record(*row) for row in self._connection.execute(f"SELECT a.address, {_FIND[7:]} ORDER BY a.address")
            )

    def picture(self, sha256: str) -> Stored | None:
        """Return the picture with a hash, None if the store lacks it."""
        if waiting := self._pictures.get(sha256):
            return waiting
        with self._failing():
            row = self._connection.execute(
                "SELECT sha256, size, kind, width, height FROM picture WHERE sha256 = ?", (bytes.fromhex(sha256),)
            ).fetchone()
        return _stored(*row) if row else None

    def pictures(self) -> Iterator[Stored]:
        """Yield each picture, in the order of their hashes."""
        self.write()
        with self._failing():
            for row in self._connection.execute("SELECT sha256, size, kind, width, height FROM picture ORDER BY 1"):
                yield _stored(*row)

    # --- writing ------------------------------------------------------------------------------------------------------

    def put(self, record: Record) -> None:
        """Add or replace what is known of an address; it is written with the following ones."""
        self._records[record.address] = record
        if isinstance(record.found, Stored):
            self.add(record.found)
        if len(self._records) >= ROWS or monotonic() - self._written > SECONDS:
            self.write()

    def add(self, picture: Stored) -> None:
        """Add a picture; it is written with the following addresses."""
        self._pictures[picture.sha256] = picture

    def write(self) -> None:
        """Write the rows that are waiting.

        Raises:
            StoreError: they cannot be written.
        """
        self._written = monotonic()
        records, self._records = self._records, {}
        pictures, self._pictures = self._pictures, {}
        if records or pictures:
            with self._changing() as connection:
                connection.executemany(_PUT_PICTURE, map(_row_of_picture, pictures.values()))
                connection.executemany(_PUT_ADDRESS, map(_row_of_address, records.values()))

    def forget(self, addresses: Iterable[str], pictures: Iterable[str]) -> None:
        """Remove addresses, and pictures by their hashes with all their addresses.

        Raises:
            StoreError: the file cannot be written.
        """
        self.write()
        with self._changing() as connection:
            connection.executemany("DELETE FROM address WHERE address = ?", ((each,) for each in addresses))
            for each in pictures:
                digest = (bytes.fromhex(each),)
                connection.execute("DELETE FROM address WHERE sha256 = ?", digest)
                connection.execute("DELETE FROM picture WHERE sha256 = ?", digest)

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with self._failing():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")


def _create(connection: sqlite3.Connection) -> int:
    """Make the tables, unless another run has just done it, and return the version."""
    connection.execute("BEGIN IMMEDIATE")
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if not version:
        if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            connection.execute("ROLLBACK")
            raise sqlite3.DatabaseError("it is another database")
        for statement in filter(str.strip, _TABLES.split(";")):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        version = VERSION
    connection.execute("COMMIT")
    return version


def _stored(digest: bytes, size: int, kind: str, width: int, height: int) -> Stored:
    return Stored(digest.hex(), size, Facts(kind, width, height))


def _record(address: str, reason: str, detail: str, digest: bytes | None, *rest: Any) -> Record:
    *picture, asked, etag, modified = rest
    found = Missing(reason or "not-stored", detail) if digest is None else _stored(digest, *picture)
    return Record(address, found, asked, etag, modified)


def _row_of_picture(picture: Stored) -> tuple[object, ...]:
    facts = picture.facts
    return bytes.fromhex(picture.sha256), picture.size, facts.kind, facts.width, facts.height


def _row_of_address(record: Record) -> tuple[object, ...]:
    found, rest = record.found, (record.asked, record.etag, record.modified)
    if isinstance(found, Stored):
        return record.address, bytes.fromhex(found.sha256), "", "", *rest
    return record.address, None, found.reason, found.detail, *rest
