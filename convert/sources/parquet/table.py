"""A table as a container: its rows are decoded in a sealed process, because Arrow is not made for hostile files."""

import os
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec

from msgspec import msgpack

from convert.errors import DocumentError, MissingExtraError, SourceError
from convert.late import late
from convert.messages import Message, message
from convert.sandbox.process import ClosedError, ExceededError, KilledError, SandboxError, SealedProcess
from convert.sources.containers import Record
from convert.sources.exports.entries import Names, outside_of
from convert.sources.limits import limit_of, too_much
from convert.sources.parquet.protocol import About, Answer, Request, Row
from convert.sources.ref import MAX_MEMBERS, Ref, Refusal, too_large
from convert.text import one_line, printable

MEMORY = 2 << 30
"""Most bytes of data of the process that reads a table."""
SECONDS = 60
"""Most seconds of processor time for a row group."""
MOST_LOST = 3
"""Row groups that cannot be read, after which the others are not tried."""
_MOST_NAMES = 100
_answer = late("convert.sources.parquet.decoding:answer")
_decode = msgpack.Decoder(Answer).decode


def members(root: str) -> Iterator[Ref | Refusal]:
    """Yield the rows that have a text, in order.

    Raises:
        MissingExtraError: pyarrow is not installed.
        SourceError: nothing of the table can be read, or it exceeds the limits.
    """
    with closing(_Table(root)) as table:
        try:
            facts = table.ask("facts")
        except DocumentError as error:
            raise SourceError(
                "{path}: this table in Parquet cannot be read: {reason}; write or fetch it again",
                path=printable(root),
                reason=error.message,
            ) from error
        if facts.columns:
            yield _about(root, "SRC004", message("table-without-texts", columns=_listed(facts.columns)))
            return
        count = 0
        for each in _rows(root, table, facts.groups):
            count += 1
            if count > MAX_MEMBERS:
                raise SourceError(
                    "{path}: more than {limit:,} entries; split it", path=printable(root), limit=MAX_MEMBERS
                )
            yield each
    if not count:
        yield _about(root, "SRC004", message("table-without-rows"))
    elif facts.ignored:
        yield outside_of(root, facts.ignored)


def _rows(root: str, table: "_Table", groups: int) -> Iterator[Ref | Refusal]:
    names, number, lost, unpacked, limit = Names(), 0, 0, 0, limit_of(os.path.getsize(root))
    for group in range(groups):
        begin = 0
        try:
            while rows := table.ask("next", group, begin).rows:
                for at, row in enumerate(rows, begin):
                    number += 1
                    if (unpacked := unpacked + row.unpacked) > limit:
                        raise too_much(root)
                    name = names.name({"id": row.name, "url": row.url}, number)
                    yield _member(root, name, (group, at, 0), row)
                begin += len(rows)
        except DocumentError as error:
            lost += 1
            why = message("table-group-lost", number=group + 1, row=begin + 1, why=error.message)
            yield _about(root, "SRC001", why)
            if lost == MOST_LOST and group + 1 < groups:
                yield _about(root, "SRC001", message("table-groups-left", number=group + 2, last=groups))
                return


def _member(root: str, name: str, place: tuple[int, int, int], row: Row) -> Ref | Refusal:
    if not row.code:
        return Ref(root, name, place, row.size)
    said = message("bookmark-without-text", fields=row.said) if row.code == "SRC004" else too_large(row.size)
    return Refusal(root, name, row.code, said)


def _about(root: str, code: str, said: Message) -> Refusal:
    return Refusal(root, root, code, said)


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join((*names[:_MOST_NAMES], *(["…"] if len(names) > _MOST_NAMES else [])))
    return printable(one_line(shown))


def answer(request: bytes) -> bytes:
    """Answer a request in the sealed process, where alone Arrow is imported."""
    said: bytes = _answer(request)
    return said


class _Table:
    """Table that a sealed process has open."""

    def __init__(self, root: str) -> None:
        if not find_spec("pyarrow"):
            raise MissingExtraError(
                "{path}: reading Parquet needs a package that is not installed; install it: pip install "
                "'archive-convert[parquet]'",
                path=printable(root),
            )
        self._path = os.path.abspath(root)
        self._process = SealedProcess(answer, MEMORY)
        self.close = self._process.close

    def ask(self, about: About, group: int = 0, row: int = 0) -> Answer:
        """Return the answer to a request.

        Raises:
            DocumentError: SRC001 if the table is damaged there, or cannot be read within the limits.
        """
        request = msgpack.encode(Request(self._path, about, group, row))
        try:
            try:
                found = _decode(self._process.ask(request, SECONDS))
            except KilledError:
                found = _decode(self._process.ask(request, SECONDS))
        except ClosedError:
            raise
        except ExceededError as error:
            limits = message("table-exceeds", seconds=SECONDS, memory=MEMORY >> 20)
            raise DocumentError("SRC001", limits) from error
        except SandboxError as error:
            raise DocumentError("SRC001", message("table-crashes")) from error
        if found.problem:
            raise DocumentError("SRC001", message("table-damaged", reason=found.problem))
        return found


class Archive:
    """Open table from which rows are read; those around the last one are kept."""

    def __init__(self, root: str) -> None:
        try:
            self._table = _Table(root)
        except MissingExtraError as error:
            raise DocumentError("SRC001", error.message) from error
        self.close = self._table.close
        self._group, self._around = -1, Answer()
        self._lost: dict[int, DocumentError] = {}
        """Errors of row groups, by number: to try one again would take as long as before."""

    def read(self, place: tuple[int, ...], size: int) -> Record:
        """Return the document of the row at `place`: the numbers of its row group and of the row in that.

        Raises:
            DocumentError: SRC001 if it is damaged or no longer there.
        """
        group, number, _ = place
        begin = self._around.begin
        if group != self._group or not begin <= number < begin + len(self._around.rows):
            self._group, self._around = group, self._ask(group, number)
            begin = self._around.begin
        if not begin <= number < begin + len(self._around.rows) or self._around.rows[number - begin].code:
            raise DocumentError("SRC001", message("cut-short-while-read"))
        row = self._around.rows[number - begin]
        return Record(row.data, row.address, row.envelope)

    def _ask(self, group: int, number: int) -> Answer:
        if group in self._lost:
            raise self._lost[group]
        try:
            return self._table.ask("around", group, number)
        except DocumentError as error:
            self._lost[group] = error
            raise
