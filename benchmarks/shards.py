"""The cost of a job of many shards for the process that drives it: notes, hashes, answers, receipts, and no articles.

python -m benchmarks.shards write FOLDER SHARDS ARTICLES HASHED    write a job whose shards are done
python -m benchmarks.shards drive FOLDER                           do the rest of it, under /usr/bin/time -v

Each shard has ARTICLES; HASHED of them have the hashes of a job that leaves copies out.
"""

import random
import sys
import time
from array import array
from hashlib import sha256
from pathlib import Path

import msgspec

from convert.bundle.volumes import Gathering
from convert.model import Entry
from convert.settings import Settings
from convert.sharding import hashes, receipts
from convert.sharding.driving import Running, bind_all, exchange, receipts as all_receipts, survey_all
from convert.sharding.finishing import finish
from convert.sharding.job import Job, job
from convert.sharding.listing import VERSION, Head, Object, ShardList, lines
from convert.sharding.surveying import Saved, SavedRef, encode
from convert.storage import storage_at

SHARED = 1000
"""Articles of the second shard that are copies of some of the first."""


def opened(folder: Path) -> tuple[Job, ShardList]:
    """Return the job in a folder, one that leaves copies out and writes rows."""
    return job(str(folder / "list.jsonl"), str(folder / "out"), "parquet", Settings(gathering=Gathering(once=True)))


def write(folder: Path, shards: int, articles: int, hashed: int) -> None:
    """Write list, notes, hashes and receipts."""
    folder.mkdir()
    objects = (Object(shard=n, name=f"part-{n:05}.tar", length=1 << 26, hash=f"etag:{n:032x}") for n in range(shards))
    with (folder / "list.jsonl").open("wb") as file:
        file.writelines(lines(Head(version=VERSION, root="/nowhere/archive"), objects))
    found, _ = opened(folder)
    for each in (receipts.PARTS, receipts.FINDINGS, receipts.RECEIPTS, receipts.NOTES):
        (folder / "out" / each).mkdir(parents=True)
    seed = random.Random(0)
    copied = [seed.getrandbits(64) for _ in range(SHARED)]
    for shard in range(shards):
        columns = _columns(seed, articles, copied if shard < 2 else []) if shard < hashed else None
        _write_shard(found, folder / "out", shard, articles, columns)


def _columns(seed: random.Random, articles: int, copied: list[int]) -> dict[str, hashes.Column]:
    columns = {}
    for name in ("key", "text", "id"):
        values = array("Q")
        values.frombytes(seed.randbytes(8 * (articles - len(copied))))
        pairs = sorted((value, number) for number, value in enumerate([*copied, *values]))
        columns[name] = hashes.Column(array("Q", (a for a, _ in pairs)), array("I", (b for _, b in pairs)))
    return columns


def _write_shard(found: Job, out: Path, shard: int, articles: int, columns: dict[str, hashes.Column] | None) -> None:
    def put(where: str, suffix: str, data: bytes) -> receipts.File:
        digest = sha256(data).hexdigest()
        file = receipts.File(path=f"{where}/{receipts.stem(shard, digest)}{suffix}", sha256=digest, bytes=len(data))
        (out / file.path).write_bytes(data)
        return file

    entries = [
        Entry(f"pages/{n}.md", f"n{n}", "A headline of the usual length", f"https://press.example/{n}.htm", text=7)
        for n in range(articles if shard < 2 and columns else 0)
    ]
    refs = [SavedRef("part.tar", entry.path, (0,), 4000) for entry in entries]
    saved = Saved(entries, refs, [], {}, [], articles, 0)
    note = receipts.Note(
        key=found.key,
        shard=shard,
        channels={},
        articles=articles,
        entries=put(receipts.WORK, ".survey", encode(saved)),
        hashes=put(receipts.WORK, ".hashes", hashes.encode(columns)) if columns else None,
    )
    (out / receipts.note_name(found, shard)).write_bytes(receipts.encode(note))
    counts = receipts.Counts(documents=articles, articles=articles, levels={"info": 9}, codes={"IMG001": articles})
    receipt = receipts.Receipt(
        key=found.key,
        shard=shard,
        part=put(receipts.PARTS, ".parquet", b"part of %d" % shard),
        findings=put(receipts.FINDINGS, ".jsonl", b"{}\n"),
        counts=counts,
    )
    (out / receipts.receipt_name(found, shard, "")).write_bytes(receipts.encode(receipt))


def drive(folder: Path) -> None:
    """Do what is left of a job, and print what each step took."""
    found, listed = opened(folder)
    storage, running = storage_at(found.target), Running("serial")
    began = time.process_time()

    def took(step: str) -> None:
        nonlocal began
        print(f"{step}: {time.process_time() - began:.1f} s")
        began = time.process_time()

    listed.check()
    survey_all(found, len(listed), running)
    took("notes and receipts of shards that are done")
    answers = exchange(found, listed, storage, running)
    took("exchange")
    print(sum(map(bool, answers.answers)), "shard(s) have answers")
    unanswered = msgspec.structs.replace(answers, answers=("",) * len(listed))  # bodies are not there
    bind_all(found, unanswered, running)
    took("receipts")
    counts = finish(found, listed, storage, all_receipts(found, storage, unanswered))
    took("manifest")
    print(f"{counts.articles:,} articles")


def main(arguments: list[str]) -> None:
    """Do what the arguments say."""
    command, folder, *numbers = arguments
    if command == "write":
        write(Path(folder), *map(int, numbers))
    else:
        drive(Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
