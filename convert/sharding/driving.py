"""A whole job from one process: the shards, their answers to each other, the shards that wait, and the manifest."""

import tempfile
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from convert import runner
from convert.bundle.deduplicate import Version
from convert.errors import ConvertError
from convert.runner.base import Cluster, R, T, Worker, available
from convert.sandbox.temporary import folder as temporary_folder
from convert.settings import Step
from convert.sharding.answers import Answers, encode as encode_answers
from convert.sharding.contents import Listed, listed as list_articles
from convert.sharding.deciding import Decisions
from convert.sharding.grouping import GroupWorker, buckets, member
from convert.sharding.job import Job
from convert.sharding.listing import ShardList
from convert.sharding.receipts import WORK, File, Note, Receipt, put, read_note, read_receipt
from convert.sharding.surveying import Saved, decode
from convert.sharding.versions import VersionItem, VersionWorker
from convert.sharding.working import Done, Item, ShardWorker
from convert.storage import Storage
from convert.writers import WRITERS
from convert.writers.files import CONTENTS

Log = Callable[[Receipt], None]
"""Function that gets each receipt as it comes."""


class Running(NamedTuple):
    """Runner of a job, and who hears of its progress."""

    name: str = ""
    """A key of `RUNNERS`, "" for what pays off."""
    workers: int = 0
    step: Step = lambda number: None
    log: Log = lambda receipt: None
    cluster: Cluster | None = None
    worker: type[ShardWorker] = ShardWorker

    def run(self, make: Callable[[], Worker[T, R]], items: Iterable[T]) -> Iterator[R]:
        """Yield the results of workers for items, in order."""
        workers = self.workers or available()
        batches = ([item] for item in items)
        for results in runner.run(make, batches, workers=workers, name=self.name, cluster=self.cluster):
            yield from results


class Exchange(Struct, frozen=True):
    """Answers for the shards of a job: the name of a file for each, "" for none."""

    key: str
    answers: tuple[str, ...]
    contents: File | None = None
    """Archive with the file that lists all articles, in Markdown."""


def exchange_name(job: Job) -> str:
    """Return the name of the file that names the answers for each shard."""
    return f"{WORK}/exchange-{job.short}.json"


def read_exchange(storage: Storage, job: Job) -> Exchange | None:
    """Return the answers for the shards of a job, None if they are not known yet."""
    name = exchange_name(job)
    if storage.stat(name) is None:
        return None
    try:
        found = msgspec.json.decode(storage.read(name), type=Exchange)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return found if found.key == job.key else None


def survey_all(job: Job, shards: int, running: Running) -> None:
    """Do the first pass: survey each shard, and write the part of one that need not wait for others.

    Raises:
        ConvertError: a shard cannot be done.
    """
    _work(job, (Item(shard) for shard in range(shards)), running)


def bind_all(job: Job, exchange: Exchange, running: Running) -> None:
    """Write the parts of all shards that are not written yet as they must be.

    Raises:
        ConvertError: a shard cannot be done.
    """
    _work(job, (Item(shard, answers=name) for shard, name in enumerate(exchange.answers)), running)


def _work(job: Job, items: Iterable[Item], running: Running) -> None:
    """Work on shards, and once more, document by document, on those of which a process died."""
    lost: dict[int, Item] = {}
    given: dict[int, Item] = {}

    def noted() -> Iterator[Item]:
        for item in items:
            given[item.shard] = item
            yield item

    for done in running.run(partial(running.worker, job), noted()):
        item = given.pop(done.shard)
        if done.lost:
            lost[done.shard] = Item(item.shard, careful=True, answers=item.answers)
            continue
        _note(done, running)
    for done in running.run(partial(running.worker, job), lost.values()) if lost else ():
        if done.lost:
            raise ConvertError(
                "shard {shard} cannot be done: {why}; what is done stays; run again",
                shard=done.shard,
                why=done.lost,
            )
        _note(done, running)


def _note(done: Done, running: Running) -> None:
    running.step(1)
    if done.receipt:
        running.log(done.receipt)


def exchange(job: Job, found: ShardList, storage: Storage, running: Running) -> Exchange:
    """Find out what shards must know of each other, and write it.

    Raises:
        ConvertError: a shard has not been surveyed, or a bucket cannot be done.
    """
    if known := read_exchange(storage, job):
        return known
    names: dict[str, str] = {}
    articles = 0
    hashes: list[tuple[int, str]] = []
    listed: list[int] = []
    for shard in range(len(found)):
        note = _note_of(storage, job, shard)
        for section, name in note.channels.items():
            names.setdefault(section, name)
        articles += note.articles
        if note.hashes:
            hashes.append((shard, note.hashes.path))
        if note.listed:
            listed.append(shard)
    surveys = _Surveys(storage, job)
    with ExitStack() as stack:
        decisions, contents = None, None
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir=temporary_folder()))
        if hashes:
            files = _grouped(job, storage, hashes, articles, running)
            decisions = stack.enter_context(Decisions(job, found.head.root, folder))
            decisions.decide(storage, files, surveys, listed, partial(_versions, job, running))
        notes = _Notes(storage, job, len(found))
        if job.has_links and articles:
            versions = decisions.versions() if decisions else {}
            contents = list_articles(job, storage, notes, surveys, names, versions, folder)
        sections = frozenset(section for note in notes for section in note.sections) if contents else frozenset[str]()
        answers = tuple(_answer(storage, note, names, decisions, contents, sections) for note in notes)
    answered = Exchange(job.key, answers, contents.file if contents else None)
    storage.put(exchange_name(job), msgspec.json.encode(answered))
    return answered


class _Notes(Sequence[Note]):
    """Notes of all shards, each read when it is asked for."""

    def __init__(self, storage: Storage, job: Job, count: int) -> None:
        self._storage, self._job, self._count = storage, job, count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, shard: Any) -> Any:
        if not 0 <= shard < self._count:
            raise IndexError(shard)
        return _note_of(self._storage, self._job, shard)


def _note_of(storage: Storage, job: Job, shard: int) -> Note:
    note = read_note(storage, job, shard)
    if note is None:
        raise missing(shard)
    return note


def missing(shard: int) -> ConvertError:
    """Return the error for a shard that is not done."""
    return ConvertError(
        "shard {shard} is not done with this list, these options and this version; run `convert run-shard` for it",
        shard=shard,
    )


def _grouped(
    job: Job, storage: Storage, hashes: Sequence[tuple[int, str]], articles: int, running: Running
) -> list[File]:
    index = put(storage, WORK, 0, ".index", msgspec.json.encode(hashes))
    files = []
    for done in running.run(partial(GroupWorker, job, index.path), buckets(articles)):
        if done.lost:
            raise ConvertError("copies cannot be found: {why}; run again with more memory", why=done.lost)
        if done.groups:
            files.append(done.groups)
    return files


def _versions(job: Job, running: Running, wanted: Mapping[int, Sequence[int]]) -> Iterator[tuple[int, Version]]:
    items = [VersionItem(shard, tuple(numbers)) for shard, numbers in sorted(wanted.items())]
    for found in running.run(partial(VersionWorker, job), items):
        for shard, number, dated, length, text in found:
            yield member(shard, number), Version(dated, length, text)


class _Surveys:
    """Surveys of shards, of which the last is in memory."""

    def __init__(self, storage: Storage, job: Job) -> None:
        self._storage, self._job = storage, job

    def __call__(self, shard: int) -> Saved:
        """Return the survey of a shard."""
        entries = _note_of(self._storage, self._job, shard).entries
        assert entries
        return decode(self._storage.read(entries.path))


def _answer(
    storage: Storage,
    note: Note,
    names: Mapping[str, str],
    decisions: Decisions | None,
    contents: Listed | None,
    sections: Container[str],
) -> str:
    """Write the answers for a shard, and return the name of the file; "" if there is nothing that it does not know."""
    answers = Answers()
    if decisions:
        shard = note.shard
        answers = Answers(
            dropped=decisions.dropped(shard),
            ids=decisions.ids(shard),
            links=decisions.links(shard),
            files=decisions.files(shard),
        )
    unknown = {
        section: names[section]
        for section in note.sections
        if section in names and names[section] != note.channels.get(section)
    }
    if not contents:
        answers = replace(answers, channels=unknown)
    elif note.articles:
        usual = contents.name == CONTENTS + WRITERS["markdown"].suffix
        answers = replace(
            answers,
            sections=tuple(each for each in note.asks if each in sections),
            contents=None if usual else contents.name,
            language=None if contents.language == note.language else contents.language,
        )
    data = encode_answers(answers)
    return put(storage, WORK, note.shard, ".answers", data).path if data else ""


def receipts(job: Job, storage: Storage, answered: Exchange) -> Iterator[Receipt]:
    """Yield the receipt of each shard.

    Raises:
        ConvertError: a shard is not done, or its part is not there.
    """
    for shard, name in enumerate(answered.answers):
        receipt = read_receipt(storage, job, shard, _digest_in(storage, name))
        if receipt is None:
            raise missing(shard)
        yield receipt


def _digest_in(storage: Storage, name: str) -> str:
    return sha256(storage.read(name)).hexdigest() if name else ""
