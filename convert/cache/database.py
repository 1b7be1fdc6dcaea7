"""The cache's database: one SQLite file in a folder, with a row for each entry.

SQLite preserves its integrity if a run is killed, and lets several runs use it at once.  Rows are written a few hundred
at a time, so an interrupted run saves most of its work.  A row whose checksum does not agree is ignored.  A file that
SQLite cannot read is replaced.
"""

import logging
import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from time import monotonic
from typing import NamedTuple

from convert.errors import StoreError
from convert.text import printable

NAME = ".cache.sqlite3"
"""Name of the file, hidden so that no walk over an archive reads it as a document."""

VERSION = 1
"""Version of the table."""

ROWS, SECONDS = 5000, 1.0
"""Number of new rows, and age of the oldest in seconds, at which they are written: each time costs many pages."""

BUSY_TIMEOUT = 60.0
"""Seconds that a run waits for another one that is writing."""

AHEAD = 200
"""Rows that are read at once, because documents mostly come in the order of the last run."""

_TABLE = """
CREATE TABLE entry (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  key BLOB NOT NULL UNIQUE,
  identity BLOB NOT NULL,
  began INTEGER NOT NULL,
  status BLOB NOT NULL,
  digest BLOB NOT NULL,
  file BLOB NOT NULL,
  value BLOB NOT NULL,
  crc INTEGER NOT NULL
)"""

_COLUMNS = "kind, key, identity, began, status, digest, file, value, crc"
_PUT = f"""
INSERT INTO entry ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET began = excluded.began, status = excluded.status, digest = excluded.digest,
  file = excluded.file, value = excluded.value, crc = excluded.crc
"""  # noqa: S608 -- made of constants

_DAMAGED = frozenset(
    {0, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CONSTRAINT}
)
"""SQLite's error codes for a file with other content; 0 marks errors that this module raises."""

_log = logging.getLogger(__name__)


class Row(NamedTuple):
    """Entry to write."""

    kind: str
    """Kind of the entry: check, survey, or sizes of a format."""
    key: bytes
    """Hash of all that identifies the entry, including its identity and the document's path."""
    identity: bytes
    """Hash of program and settings."""
    began: int
    """Start of the run that read the document, in nanoseconds."""
    status: bytes
    """Size, times, inode and device of the document's file at that time."""
    digest: bytes
    """Hash of the document's bytes."""
    file: bytes
    """Path of the document's file."""
    value: bytes
    """Encoded value."""


class Entry(NamedTuple):
    """Entry that was read; the fields are those of `Row`."""

    number: int
    began: int
    status: bytes
    digest: bytes
    value: bytes


class Database:
    """Database in a writable folder."""

    def __init__(self, folder: str) -> None:
        self._path = os.path.join(folder, NAME)
        self._was_empty = False
        """True if no earlier run has written anything, so that nothing need be looked for."""
        self._connection = self._opened()
        self._rows: dict[bytes, tuple[object, ...]] = {}
        self._written = monotonic()
        self._ahead: dict[bytes, Entry] = {}

    # --- the file -----------------------------------------------------------------------------------------------------

    def _opened(self) -> sqlite3.Connection:
        try:
            with self._failing():
                return self._connected()
        except sqlite3.DatabaseError:
            return self._replaced()

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=BUSY_TIMEOUT, isolation_level=None)
        try:
            connection.execute("PRAGMA page_size = 16384")  # for a new file; wastes less space than 4096
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA cache_size = -16000")
            if connection.execute("PRAGMA user_version").fetchone()[0] != VERSION:
                connection.execute("BEGIN IMMEDIATE")
                if connection.execute("PRAGMA user_version").fetchone()[0] != VERSION:  # unless another run did it
                    if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                        raise sqlite3.DatabaseError("of another version")
                    connection.execute(_TABLE)
                    connection.execute(f"PRAGMA user_version = {VERSION}")
                connection.execute("COMMIT")
            query = f"SELECT id, {_COLUMNS} FROM entry LIMIT 1"  # noqa: S608 -- constants
            self._was_empty = connection.execute(query).fetchone() is None
            return connection
        except BaseException:
            connection.close()
            raise

    def _replaced(self) -> sqlite3.Connection:
        """Return a new, empty database in place of one that cannot be read."""
        _log.error("convert: the cache %s was damaged; it is made anew", printable(self._path))
        with self._failing():
            for path in (self._path, f"{self._path}-journal"):
                with suppress(FileNotFoundError):
                    os.unlink(path)
            return self._connected()

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """Convert errors of the disk into StoreError; pass on errors of a damaged file."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            if isinstance(error, sqlite3.DatabaseError) and getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
                raise
            raise StoreError(
                "cannot write the cache '{path}': {reason}; name another folder with --cache",
                path=printable(self._path),
                reason=str(error).lower(),
            ) from error

    def _anew(self) -> None:
        with suppress(sqlite3.Error):
            self._connection.close()
        self._ahead = {}
        self._connection = self._replaced()

    def close(self) -> None:
        """Write the waiting entries, and close the file.

        Raises:
            StoreError: they cannot be written.
        """
        try:
            self.write()
        finally:
            self._connection.close()

    # --- reading ------------------------------------------------------------------------------------------------------

    def find(self, key: bytes) -> Entry | None:
        """Return the entry with a key, None if there is none."""
        if (entry := self._ahead.pop(key, None)) is not None:
            return entry
        if self._was_empty:
            return None
        try:
            with self._failing():
                row = self._connection.execute("SELECT id FROM entry WHERE key = ?", (key,)).fetchone()
                if row is None:
                    return None
                self._ahead = {key: entry for key, _, entry in self._select("id >= ? LIMIT ?", row[0], AHEAD)}
        except sqlite3.DatabaseError:
            self._anew()
        return self._ahead.pop(key, None)

    def entries(self, kind: str, identity: bytes) -> list[tuple[bytes, Entry]]:
        """Return file and entry of all entries of a kind."""
        try:
            with self._failing():
                return [(file, entry) for _, file, entry in self._select("kind = ? AND identity = ?", kind, identity)]
        except sqlite3.DatabaseError:
            self._anew()
            return []

    def _select(self, where: str, *values: object) -> list[tuple[bytes, bytes, Entry]]:
        """Return key, file and entry of the rows whose checksum agrees."""
        query = f"SELECT key, file, crc, id, began, status, digest, value FROM entry WHERE {where}"  # noqa: S608 -- all of it is ours
        try:
            return [
                (key, file, Entry(*entry))
                for key, file, crc, *entry in self._connection.execute(query, values).fetchall()
                if _crc(key, file, *entry[1:]) == crc
            ]
        except TypeError:  # a value has an unexpected type
            raise sqlite3.DatabaseError from None

    def count(self, kind: str) -> int:
        """Return the number of entries of a kind."""
        self.write()
        try:
            with self._failing():
                row = self._connection.execute("SELECT count(*) FROM entry WHERE kind = ?", (kind,)).fetchone()
            return int(row[0])
        except sqlite3.DatabaseError:
            self._anew()
            return 0

    def others(self, kind: str, identity: bytes, began: int) -> list[tuple[int, str | None]]:
        """Return number and file of each entry of a kind that another run wrote.

        The file is None for an entry with another identity, which no run with this program and settings looks up.
        """
        query = "SELECT id, identity = ?, file FROM entry WHERE kind = ? AND began <> ?"
        try:
            with self._failing():
                rows = self._connection.execute(query, (identity, kind, began)).fetchall()
            return [(number, bytes(file).decode("utf-8", "replace") if same else None) for number, same, file in rows]
        except (sqlite3.DatabaseError, TypeError):
            self._anew()
            return []

    # --- writing ------------------------------------------------------------------------------------------------------

    def put(self, row: Row) -> None:
        """Add or replace an entry; it is written with the following ones."""
        self._rows[row.key] = (*row, _crc(row.key, row.file, row.began, row.status, row.digest, row.value))
        if len(self._rows) >= ROWS or monotonic() - self._written > SECONDS:
            self.write()

    def write(self) -> None:
        """Write the entries that are waiting.

        Raises:
            StoreError: they cannot be written.
        """
        if rows := list(self._rows.values()):
            self._rows = {}
            self._change(_PUT, rows)
        self._written = monotonic()

    def remove(self, numbers: Iterable[int]) -> None:
        """Remove entries by their numbers.

        Raises:
            StoreError: the file cannot be written.
        """
        if rows := [(number,) for number in numbers]:
            self._change("DELETE FROM entry WHERE id = ?", rows)

    def forget(self, keys: Iterable[bytes], files: Iterable[bytes]) -> None:
        """Remove entries by key and by file, and overwrite the space that they took.

        Raises:
            StoreError: the file cannot be written.
        """
        gone = set(keys)
        self._rows = {key: row for key, row in self._rows.items() if key not in gone}
        self._ahead = {}
        try:
            with self._failing():
                self._connection.execute("PRAGMA secure_delete = ON")
                self._connection.execute("PRAGMA temp_store = MEMORY")
                self._connection.execute("CREATE TEMP TABLE gone (name BLOB PRIMARY KEY)")
                self._connection.executemany("INSERT OR IGNORE INTO gone VALUES (?)", [(file,) for file in files])
        except sqlite3.DatabaseError:
            self._anew()
            return
        self._change("DELETE FROM entry WHERE key = ?", [(key,) for key in gone])
        self._change("DELETE FROM entry WHERE file IN (SELECT name FROM gone)", [()])

    def _change(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        try:
            with self._failing():
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    self._connection.executemany(statement, rows)
                    self._connection.execute("COMMIT")
                except BaseException:
                    with suppress(sqlite3.Error):
                        self._connection.execute("ROLLBACK")
                    raise
        except sqlite3.DatabaseError:
            self._anew()


def _crc(key: bytes, file: bytes, began: int, status: bytes, digest: bytes, value: bytes) -> int:
    return zlib.crc32(value, zlib.crc32(key + file + status + digest, began & 0xFFFFFFFF))
