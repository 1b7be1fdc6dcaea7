"""The work on a shard, from its objects to its part, which any machine can do."""

from collections.abc import Iterator
from functools import cached_property, partial

from msgspec import Struct
from msgspec.structs import replace

from convert import runner
from convert.building.render import Outcome, RenderContext, RenderWorker
from convert.building.survey import Survey
from convert.building.tasks import context_of, tasks_of
from convert.bundle.volumes import Plan, gather
from convert.errors import ConvertError
from convert.messages import Message
from convert.model import Finding
from convert.report.base import Summary, as_record, dump
from convert.runner.base import CHUNK, chunks
from convert.sharding import hashes
from convert.sharding.answers import Answers, read_answers
from convert.sharding.fetching import Workplace, workplace
from convert.sharding.job import Job
from convert.sharding.linking import INDEX, AskingWorker, ShardLinks
from convert.sharding.listing import Object, ShardList
from convert.sharding.parts import write_part
from convert.sharding.receipts import (
    FINDINGS,
    WORK,
    Counts,
    Note,
    Receipt,
    encode,
    note_name,
    put,
    read_note,
    read_receipt,
    receipt_name,
)
from convert.sharding.surveying import Saved, decode, encode as encode_survey, restored, surveyed
from convert.sources.naming import display_path
from convert.storage import Storage, storage_at
from convert.text import hash64
from convert.writers.files import CONTENTS
from convert.writers.part import RenderedArticle
from convert.writers.script import plan_in


class Item(Struct, frozen=True):
    """Work on a shard."""

    shard: int
    careful: bool = False
    """True if each document gets a process, because a process has died of the shard."""
    answers: str | None = None
    """Name of the file of answers of other shards, "" for none; None before they are known."""


class Done(Struct, frozen=True):
    """Result of a shard: its note, and its receipt once its part is written; or why there is neither."""

    shard: int
    note: Note | None = None
    receipt: Receipt | None = None
    lost: Message | None = None


class ShardWorker:
    """Worker on the shards of a job; the documents inside are watched one by one."""

    watches_itself = True
    renders: type[RenderWorker] = AskingWorker
    """Worker on each document."""

    def __init__(self, job: Job) -> None:
        self.job = job

    @cached_property
    def _list(self) -> ShardList:
        return ShardList(self.job.path)

    @cached_property
    def _source(self) -> Storage:
        return storage_at(self._list.head.root)

    @cached_property
    def _target(self) -> Storage:
        return storage_at(self.job.target)

    def __call__(self, item: Item) -> Done:
        """Do what is still to be done for a shard, and return its note and its receipt."""
        job, target = self.job, self._target
        note = read_note(target, job, item.shard)
        if item.answers is None and note:
            receipt = read_receipt(target, job, item.shard, "")
            if receipt or note.waits:
                return Done(item.shard, note, receipt)
        answers = read_answers(target, item.answers or "")
        if item.answers is not None and (receipt := read_receipt(target, job, item.shard, answers.sha256)):
            return Done(item.shard, note, receipt)
        objects = self._list.objects(item.shard)
        with workplace(self._source, objects) as place:
            return self._work(item, note, answers, objects, place)

    def lost(self, item: Item, why: Message) -> Done:
        """Return a shard of which its process died."""
        return Done(item.shard, lost=why)

    def close(self) -> None:
        """Do nothing: no file is open."""

    def _work(self, item: Item, note: Note | None, answers: Answers, objects: list[Object], place: Workplace) -> Done:
        job = self.job
        if note and note.entries:
            saved = decode(self._target.read(note.entries.path))
            _check_unchanged(saved, place)
        else:
            several = self._list.end.roots > 1
            saved = surveyed(job, objects, place.refused, self._source, several=several, careful=item.careful)
        if note is None and not job.has_links:
            note = self._note(item.shard, saved)
            if item.answers is None and note.waits:
                self._target.put(note_name(job, item.shard), encode(note))
                return Done(item.shard, note)
        shard = _Shard(self, place.folder, restored(saved), answers, careful=item.careful)
        receipt = shard.written(self._target, item.shard, self._list.head.root)
        note = note or self._note(item.shard, saved, shard)
        self._target.put(receipt_name(job, item.shard, answers.sha256), encode(receipt))
        self._target.put(note_name(job, item.shard), encode(note))
        return Done(item.shard, note, receipt)

    def _note(self, shard: int, saved: Saved, rendered: "_Shard | None" = None) -> Note:
        """Write what others need of a shard; of one that is `rendered`, also what its links ask for."""
        job, target = self.job, self._target
        sections = sorted({entry.section for entry in saved.entries if entry.section})
        asked = rendered.asked if rendered else set[str]()
        found = hashes.of_survey(job, saved, {hash64(each) for each in asked if not each.startswith(INDEX)})
        asks = {each.removeprefix(INDEX) for each in asked if each.startswith(INDEX)}
        unnamed = any(section not in saved.channels for section in sections)
        return Note(
            key=job.key,
            shard=shard,
            channels=saved.channels,
            sections=tuple(sections),
            articles=len(saved.entries),
            asks=tuple(sorted(asks.difference(sections))),
            language=rendered.language if rendered else "",
            listed=len(saved.places),
            entries=put(target, WORK, shard, ".survey", encode_survey(saved)),
            hashes=put(target, WORK, shard, ".hashes", found) if found else None,
            waits=not job.has_links and bool(saved.entries) and (unnamed or bool(found)),
        )


def _check_unchanged(saved: Saved, place: Workplace) -> None:
    """Check that the objects of a shard are those of its survey.

    Raises:
        ConvertError: one has changed since.
    """
    gone = {each.path for each in place.refused}
    if changed := next((ref for ref in saved.refs if gone & {ref.root, ref.path}), None):
        raise ConvertError(
            "{path} has changed while the job was under way; make the list again, and start anew",
            path=repr(display_path(changed)),
        )


class _Shard:
    """Survey of a shard on its way to a part."""

    def __init__(self, worker: ShardWorker, folder: str, seen: Survey, answers: Answers, *, careful: bool) -> None:
        self._worker, self._job = worker, worker.job
        self._folder, self._seen, self._answers = folder, seen, answers
        self._careful = careful
        self._summary: Summary = seen.summary
        self._lines: list[bytes] = []
        self._root = ""
        self.asked: set[str] = set()
        """Keys of addresses, paths and lists of sections that links ask for."""
        self.language = ""

    def written(self, target: Storage, shard: int, root: str) -> Receipt:
        """Write part and findings, and return the receipt."""
        self._root = root
        for finding in self._seen.findings:
            self._summary.left_out += finding.level == "error"
            self._report(finding)
        plan = self._plan()
        part = None
        if plan.volumes:
            part = write_part(self._job, plan.volumes[0], partial(self._rendered, plan), target, shard, self._folder)
        summary = self._summary
        return Receipt(
            key=self._job.key,
            answers=self._answers.sha256,
            shard=shard,
            part=part,
            findings=put(target, FINDINGS, shard, ".jsonl", b"".join(self._lines)) if self._lines else None,
            counts=Counts(
                documents=summary.documents,
                articles=summary.articles,
                not_articles=summary.not_articles,
                left_out=summary.left_out,
                levels=dict(sorted(summary.levels.items())),
                unfixed=dict(sorted(summary.unfixed.items())),
                codes=dict(sorted(summary.codes.items())),
            ),
        )

    def _plan(self) -> Plan:
        """Return the one volume of the shard, without the copies of which another one stays."""
        index, answers = self._seen.index, self._answers
        for finding in answers.left_out(self._seen):
            self._report(finding)
        index.entries = answers.remaining(index.entries)
        index.channels = {**index.channels, **answers.channels}
        chosen = replace(self._job.settings.gathering, once=False)
        return plan_in(gather(index, chosen), self._job.settings.options.script)

    def _rendered(self, plan: Plan) -> Iterator[tuple[str, RenderedArticle]]:
        """Yield path and part of each article."""
        context = self._context(plan)
        tasks = tasks_of(plan.volumes, self._seen, taken=self._answers.ids)
        name = "processes" if self._careful else "serial"
        batches = runner.run(partial(self._worker.renders, context), chunks(tasks, CHUNK), workers=1, name=name)
        outcomes = (outcome for results in batches for outcome in results)
        for entry, outcome in zip(plan.entries(), outcomes, strict=True):
            self._count(outcome)
            if outcome.part is not None:
                yield context.files.name(entry.path) if context.files else "", outcome.part

    def _context(self, plan: Plan) -> RenderContext:
        """Return the context of the documents, with the answers of other shards."""
        job, answers = self._job, self._answers
        context = context_of(self._seen, plan, job.to, job.settings)
        self.language = context.language
        if not (job.has_links and context.files):
            return context
        contents = CONTENTS + context.files.suffix if answers.contents is None else answers.contents
        return replace(
            context,
            links=ShardLinks(plan.volumes[0], dict(answers.links), answers.sections),
            files=replace(context.files, contents=contents, others={**context.files.others, **answers.files}),
            language=answers.language or context.language,
        )

    def _count(self, outcome: Outcome) -> None:
        for finding in outcome.findings:
            self._report(finding)
        self.asked.update(outcome.followed if self._job.has_links else ())
        self._summary.left_out += outcome.left_out
        self._summary.articles += not outcome.left_out

    def _report(self, finding: Finding) -> None:
        self._summary.count(finding)
        root = self._root.rstrip("/")
        self._lines.append(dump(as_record(replace(finding, path=f"{root}/{finding.path}"))).encode() + b"\n")
