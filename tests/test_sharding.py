"""A conversion in shards: its parts are what one machine would write, whoever writes them, in whatever order."""

import gzip
import json
import random
import shutil
import tarfile
import zipfile
from collections.abc import Sequence
from contextlib import nullcontext
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from helpers.data import SEEDS
from helpers.dying import DyingShards
from helpers.program import run

import convert.api
from benchmarks.mirror import write
from convert.building.build import Request, build
from convert.bundle.gathering import gathering
from convert.cache.identity import versions
from convert.errors import ConvertError, UsageError
from convert.runner.base import Cluster
from convert.settings import Settings
from convert.sharding import making
from convert.sharding.cleaning import left
from convert.sharding.driving import Running, bind_all, exchange, receipts, survey_all
from convert.sharding.finishing import MANIFEST, Manifest, finish, read
from convert.sharding.job import Job, job
from convert.sharding.listing import ShardList
from convert.sharding.working import Item, ShardWorker
from convert.storage import storage_at
from convert.writers.options import Options

PAGES = 300
SHARDS = 5
Given = dict[str, Any]
SERIAL = Running("serial")
WAYS: list[Given] = [
    {},
    {"duplicates": "once"},
    {"flat": True},
    {"flat": True, "duplicates": "once"},
    {"to": "parquet"},
    {"flat": True, "duplicates": "once", "since": "2021-05-19"},
]


def settings_of(given: Given) -> Settings:
    return Settings(
        workers=1,
        gathering=gathering(duplicates=given.get("duplicates"), since=given.get("since", "")),
        options=Options(flat=given.get("flat", False)),
    )


def packed(mirror: Path, folder: Path) -> Path:
    """Write the pages of a mirror into archives, at random, so that lists and copies lie in others than their pages."""
    folder.mkdir()
    files = sorted(path for path in mirror.rglob("*") if path.is_file())
    random.Random(7).shuffle(files)
    for number in range(SHARDS):
        with tarfile.open(folder / f"part-{number}.tar", "w") as archive:
            for path in files[number::SHARDS]:
                archive.add(path, path.relative_to(mirror).as_posix())
    return folder


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mirror") / "m"
    write(folder, PAGES)
    return folder


@pytest.fixture(scope="module")
def archives(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packed(mirror, tmp_path_factory.mktemp("archives") / "tars")


def listed(source: Path, folder: Path, size: int = 20_000) -> Path:
    path = folder / "list.jsonl"
    path.write_bytes(b"".join(making.make(str(source), size)))
    return path


def started(listing: Path, out: Path, given: Given) -> tuple[Job, ShardList]:
    return job(str(listing), str(out), given.get("to", "jsonl"), settings_of(given))


def done(listing: Path, out: Path, given: Given, running: Running = SERIAL) -> Manifest:
    """Do a whole job, and return its manifest."""
    found, listing_ = started(listing, out, given)
    survey_all(found, len(listing_), running)
    return bound(found, listing_, running)


def bound(found: Job, listing: ShardList, running: Running = SERIAL) -> Manifest:
    storage = storage_at(found.target)
    told = exchange(found, listing, storage, running)
    bind_all(found, told, running)
    finish(found, listing, storage, receipts(found, storage, told), told.contents)
    manifest = read(storage.read(MANIFEST))
    assert manifest
    return manifest


def cluster_of(name: str, request: pytest.FixtureRequest) -> Cluster | None:
    """Return the cluster for a runner, if it needs one."""
    return Cluster(request.getfixturevalue("dask_cluster").address, versions) if name == "dask" else None


def digests(out: Path) -> dict[str, str]:
    """Return the hashes of all that a job leaves for its user."""
    files = (path for path in sorted(out.rglob("*")) if path.is_file() and "work" not in path.relative_to(out).parts)
    return {path.relative_to(out).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}


def lines(files: Sequence[Path]) -> list[str]:
    """Return the sorted lines, or rows, of files."""
    if files and files[0].suffix == ".parquet":
        parquet = pytest.importorskip("pyarrow.parquet")
        return sorted(json.dumps(row, default=str) for path in files for row in parquet.read_table(path).to_pylist())
    return sorted(line for path in files for line in path.read_text("utf-8").splitlines())


def whole(sources: Sequence[Path], folder: Path, given: Given) -> list[str]:
    """Return the sorted lines of the ordinary conversion."""
    to = given.get("to", "jsonl")
    out = folder / f"whole.{to}"
    request = Request(tuple(map(str, sources)), to, str(out), settings_of(given))
    build(request, lambda finding: None, lambda name, count: nullcontext(lambda count: None))
    return lines([out])


def parts(out: Path, manifest: Manifest) -> list[Path]:
    return [out / part.part.path for part in manifest.parts if part.part]


# --- the law: parts are what one machine would write ------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("given", WAYS, ids=str)
def test_lines_of_all_parts_are_those_of_the_ordinary_conversion(given: Given, archives: Path, tmp_path: Path) -> None:
    if given.get("to") == "parquet":
        pytest.importorskip("pyarrow")
    manifest = done(listed(archives, tmp_path), tmp_path / "out", given)
    assert lines(parts(tmp_path / "out", manifest)) == whole(sorted(archives.iterdir()), tmp_path, given)
    assert len(manifest.parts) == SHARDS


def unpacked(out: Path, manifest: Manifest) -> dict[str, str]:
    """Return the hashes of all files in the parts, by their names."""
    assert manifest.contents
    found: dict[str, str] = {}
    for path in (*parts(out, manifest), out / manifest.contents.path):
        with tarfile.open(path) as archive:
            for member in archive:
                assert member.name not in found
                assert (member.mtime, member.uid, member.gid, member.mode) == (0, 0, 0, 0o644)
                file = archive.extractfile(member)
                assert file
                found[member.name] = sha256(file.read()).hexdigest()
    return found


def folder_of(sources: Sequence[Path], folder: Path, given: Given) -> dict[str, str]:
    """Return the hashes of the files of the ordinary conversion, by their names."""
    out = folder / "whole"
    request = Request(tuple(map(str, sources)), given["to"], str(out), settings_of(given))
    build(request, lambda finding: None, lambda name, count: nullcontext(lambda count: None))
    return digests(out)


@pytest.mark.slow
@pytest.mark.parametrize("given", [{"to": "markdown"}, {"to": "markdown", "duplicates": "once"}], ids=str)
def test_files_of_all_parts_are_those_of_the_ordinary_folder(given: Given, archives: Path, tmp_path: Path) -> None:
    manifest = done(listed(archives, tmp_path), tmp_path / "out", given)
    assert unpacked(tmp_path / "out", manifest) == folder_of(sorted(archives.iterdir()), tmp_path, given)


@pytest.mark.slow
@pytest.mark.parametrize("given", [{"to": "markdown"}, {"to": "markdown", "duplicates": "once"}], ids=str)
def test_links_and_names_that_depend_on_other_shards_are_those_of_the_ordinary_folder(
    given: Given, tmp_path: Path
) -> None:
    source = tmp_path / "seeds"
    shutil.copytree(SEEDS, source)
    page = source / "pages" / "nf9000001" / "n90000002.md"
    (cleaned,) = convert.api.read(page)
    assert cleaned.article
    page.with_suffix(".json").write_bytes(convert.api.write(cleaned.article, "json"))  # one name for two files
    text = page.read_text("utf-8").replace("../../../../../epoch-comment", "../../indexes/nf9000003/1.md")
    page.write_text(text, "utf-8")  # a link to the list of a channel that no other article of its shard has
    manifest = done(listed(source, tmp_path, 1), tmp_path / "out", given)
    assert unpacked(tmp_path / "out", manifest) == folder_of([source], tmp_path, given)
    answers = [json.loads(path.read_bytes()) for path in (tmp_path / "out" / "work").glob("*.answers")]
    needed = {"links", "sections", "dropped" if given.get("duplicates") else "files"}
    assert {name for each in answers for name, value in each.items() if value} >= needed


@pytest.mark.slow
@pytest.mark.parametrize("given", [{}, {"flat": True, "duplicates": "once"}], ids=str)
def test_small_files_are_gathered_in_shards(given: Given, mirror: Path, tmp_path: Path) -> None:
    manifest = done(listed(mirror, tmp_path, 200_000), tmp_path / "out", given)
    assert len(manifest.parts) > 3
    assert lines(parts(tmp_path / "out", manifest)) == whole([mirror], tmp_path, given)


@pytest.mark.slow
def test_long_json_lines_are_divided(mirror: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    everything = whole([mirror], tmp_path, {})
    (source / "all.jsonl").write_text("".join(f"{line}\n" for line in [*everything, "{broken"]), "utf-8")
    manifest = done(listed(source, tmp_path, 100_000), tmp_path / "out", {})
    assert len(manifest.parts) > 3
    assert lines(parts(tmp_path / "out", manifest)) == whole([source / "all.jsonl"], tmp_path, {})
    last = manifest.parts[-1].findings
    assert last
    finding = json.loads((tmp_path / "out" / last.path).read_text("utf-8").splitlines()[-1])
    assert (finding["code"], finding["line"]) == ("SRC007", len(everything) + 1)


@pytest.mark.slow
def test_findings_of_all_shards_are_those_of_a_ledger(archives: Path, tmp_path: Path) -> None:
    manifest = done(listed(archives, tmp_path), tmp_path / "out", {"duplicates": "once"})
    files = [tmp_path / "out" / part.findings.path for part in manifest.parts if part.findings]
    ledger = tmp_path / "ledger.jsonl"
    options = (
        "--to",
        "jsonl",
        "--duplicates",
        "once",
        "--workers",
        "1",
        "--ledger",
        ledger,
        "-o",
        tmp_path / "all.jsonl",
    )
    assert run(*options, *sorted(archives.iterdir())).returncode in (0, 3)
    assert lines(files) == lines([ledger])


# --- the same bytes ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def expected(archives: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A list, and what a job of it leaves."""
    folder = tmp_path_factory.mktemp("expected")
    listing = listed(archives, folder)
    done(listing, folder / "out", {"flat": True, "duplicates": "once"})
    return listing, digests(folder / "out")


GIVEN: Given = {"flat": True, "duplicates": "once"}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "workers"), [("processes", 1), ("processes", 2), ("processes", 8), ("dask", 1)])
def test_processes_write_the_same_bytes(
    name: str,
    workers: int,
    expected: tuple[Path, dict[str, str]],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    done(expected[0], tmp_path / "out", GIVEN, Running(name, workers, cluster=cluster_of(name, request)))
    assert digests(tmp_path / "out") == expected[1]


@pytest.mark.slow
def test_shards_in_any_order_and_again_write_the_same_bytes(
    expected: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    found, listing = started(expected[0], tmp_path / "out", GIVEN)
    for shard in (3, 0, 4, 3, 1, 2, 0):
        ShardWorker(found)(Item(shard))
    bound(found, listing)
    assert digests(tmp_path / "out") == expected[1]


class Interrupted(KeyboardInterrupt):
    """Interruption in the middle of a job."""


class Counting(ShardWorker):
    """Worker that is interrupted when it has done a number of shards."""

    rest = 0

    def __call__(self, item: Item) -> Any:
        if not type(self).rest:
            raise Interrupted
        type(self).rest -= 1
        return super().__call__(item)


@pytest.mark.slow
def test_interrupted_jobs_go_on_and_write_the_same_bytes(expected: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    running = Running("serial", worker=Counting)
    interruptions = 0
    for rest in (1, 2, 3, 1, 4, 2, 5, 3, 9, 99):
        Counting.rest = rest
        try:
            done(expected[0], tmp_path / "out", GIVEN, running)
        except Interrupted:
            interruptions += 1
            assert not (tmp_path / "out" / MANIFEST).exists()
        else:
            break
    assert interruptions > 3
    assert digests(tmp_path / "out") == expected[1]


# --- what is wrong with a shard ---------------------------------------------------------------------------------------


def findings(out: Path, manifest: Manifest, shard: int) -> list[tuple[str, str]]:
    """Return code and path of the errors of a shard."""
    file = manifest.parts[shard].findings
    every = [json.loads(line) for line in (out / file.path).read_text("utf-8").splitlines()] if file else []
    return [(each["code"], each["path"]) for each in every if each["level"] == "error"]


@pytest.mark.slow
def test_damaged_shards_are_findings_and_all_others_are_written(mirror: Path, tmp_path: Path) -> None:
    source = packed(mirror, tmp_path / "source")
    cut = source / "part-0.tar"
    cut.write_bytes(cut.read_bytes()[:5000])
    with zipfile.ZipFile(source / "x.zip", "w") as archive:
        archive.writestr("a.md", "### a")
    (source / "x.zip").write_bytes((source / "x.zip").read_bytes()[:-30])
    (source / "y.warc.gz").write_bytes(
        gzip.compress(b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 900\r\n\r\ncut")
    )
    listing = listed(source, tmp_path)
    (source / "part-1.tar").unlink()
    with (source / "part-2.tar").open("ab") as file:
        file.write(b"more")
    manifest = done(listing, tmp_path / "out", {})
    wrong = {shard: findings(tmp_path / "out", manifest, shard) for shard in range(7)}
    assert [wrong[shard] for shard in (0, 1, 2)] == [[("SRC001", f"{source}/part-{n}.tar")] for n in range(3)]
    assert wrong[5] == [("SRC001", f"{source}/x.zip")]
    assert {path for _, path in wrong[6]} == {f"{source}/y.warc.gz"}
    assert [part.part is not None for part in manifest.parts] == [False, False, False, True, True, False, False]


def test_links_out_of_the_folder_are_refused(mirror: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    page = next((mirror / "pages").rglob("*.md"))
    (source / "inside.md").write_bytes(page.read_bytes())
    (source / "linked.md").symlink_to("inside.md")
    (source / "outside.md").symlink_to(page)
    with tarfile.open(tmp_path / "x.tar", "w") as archive:
        archive.add(page, "a.md")
    (source / "outside.tar").symlink_to(tmp_path / "x.tar")
    manifest = done(listed(source, tmp_path, 10**6), tmp_path / "out", {})
    assert [findings(tmp_path / "out", manifest, shard) for shard in (0, 1)] == [
        [("SRC003", f"{source}/outside.md")],
        [("SRC003", f"{source}/outside.tar")],
    ]
    assert manifest.counts.articles == 2


@pytest.mark.slow
@pytest.mark.parametrize(("runner", "size"), [("processes", 100_000), ("processes", 10_000_000), ("dask", 100_000)])
def test_page_that_kills_its_process_is_named_and_all_others_are_written(
    runner: str, size: int, mirror: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    source = tmp_path / "m"
    for path in sorted((mirror / "pages").rglob("*.md"))[:60]:
        (source / path.parent.name).mkdir(parents=True, exist_ok=True)
        name = path.name.replace("5.md", "6-.md")
        (source / path.parent.name / name).write_bytes(path.read_bytes())
    poison = source / path.parent.name / "5.md"
    poison.write_bytes(path.read_bytes())
    running = Running(runner, 2, cluster=cluster_of(runner, request), worker=DyingShards)
    manifest = done(listed(source, tmp_path, size), tmp_path / "out", {}, running)
    errors = [each for shard in range(len(manifest.parts)) for each in findings(tmp_path / "out", manifest, shard)]
    assert ("SRC009", str(poison)) in errors
    assert manifest.counts.articles == 61 - manifest.counts.left_out
    assert manifest.counts.left_out <= 3


def test_shard_that_is_not_done_is_named_and_no_manifest_written(archives: Path, tmp_path: Path) -> None:
    found, listing = started(listed(archives, tmp_path), tmp_path / "out", {})
    ShardWorker(found)(Item(0))
    with pytest.raises(ConvertError, match="shard 1 is not done"):
        exchange(found, listing, storage_at(found.target), SERIAL)
    assert not (tmp_path / "out" / MANIFEST).exists()


@pytest.mark.slow
def test_receipts_of_other_options_do_not_count(archives: Path, tmp_path: Path) -> None:
    listing = listed(archives, tmp_path)
    first = done(listing, tmp_path / "out", {})
    second = done(listing, tmp_path / "out", {"flat": True})
    assert first.key != second.key
    assert not {each.part for each in first.parts} & {each.part for each in second.parts}
    assert lines(parts(tmp_path / "out", second)) == whole(sorted(archives.iterdir()), tmp_path, {"flat": True})
    names = {stored.name for stored in left(storage_at(str(tmp_path / "out")))}
    assert {each.part.path for each in first.parts if each.part} <= names
    assert not {each.part.path for each in second.parts if each.part} & names


@pytest.mark.slow
def test_object_that_changes_while_a_job_is_under_way_ends_it(mirror: Path, tmp_path: Path) -> None:
    source = packed(mirror, tmp_path / "source")
    found, listing = started(listed(source, tmp_path), tmp_path / "out", GIVEN)
    survey_all(found, len(listing), SERIAL)
    with (source / "part-2.tar").open("r+b") as file:
        file.write(b"other")
    with pytest.raises(ConvertError, match=r"part-2\.tar.* has changed while the job was under way"):
        bound(found, listing)
    assert not (tmp_path / "out" / MANIFEST).exists()


# --- lists ------------------------------------------------------------------------------------------------------------


def test_empty_folder_is_a_list_of_no_shards(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    manifest = done(listed(tmp_path / "empty", tmp_path), tmp_path / "out", {})
    assert (manifest.parts, manifest.counts.documents) == ((), 0)


def test_list_of_one_document_is_one_part(mirror: Path, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    page = next((mirror / "pages").rglob("*.md"))
    (tmp_path / "one" / page.name).write_bytes(page.read_bytes())
    manifest = done(listed(tmp_path / "one", tmp_path), tmp_path / "out", {"flat": True})
    assert lines(parts(tmp_path / "out", manifest)) == whole([tmp_path / "one"], tmp_path, {"flat": True})


HEAD = {"list": "1", "root": "x"}
OBJECT = {"shard": 0, "name": "a.tar", "length": 3, "hash": "etag:x"}
END = {"shards": 1, "objects": 1, "bytes": 3, "roots": 1}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{**HEAD, "list": "2"}, OBJECT, END], "version 2"),
        ([{"a": 1}], "is no list"),
        ([HEAD, OBJECT], "its last line is missing"),
        ([HEAD, {**OBJECT, "name": "../x"}, END], "leads out of the root"),
        ([HEAD, {**OBJECT, "name": "/x"}, END], "leads out of the root"),
        ([HEAD, {**OBJECT, "at": "a/../../x"}, END], "leads out of the root"),
        ([HEAD, {**OBJECT, "shard": 1}, END], "not in its order"),
        ([HEAD, {**OBJECT, "hash": "md5:1"}, END], "cannot be read"),
        ([HEAD, END, END], "cannot be read"),
        ([HEAD, OBJECT, {**END, "objects": 2}], "lines are missing"),
        ([], "is no list"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_list_that_is_damaged_is_refused(rows: list[dict[str, object]], said: str, tmp_path: Path) -> None:
    path = tmp_path / "list.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    with pytest.raises(UsageError, match=said):
        ShardList(str(path)).check()


def test_shard_out_of_range_is_refused(archives: Path, tmp_path: Path) -> None:
    listing = ShardList(str(listed(archives, tmp_path)))
    for number in (-1, SHARDS, 10**9):
        with pytest.raises(UsageError, match=f"from 0 to {SHARDS - 1}"):
            listing.objects(number)
    assert [[each.name for each in listing.objects(number)] for number in range(SHARDS)] == [
        [f"part-{number}.tar"] for number in range(SHARDS)
    ]


@pytest.mark.parametrize("size", [1, 1000, 50_000, 10**9])
def test_each_object_is_in_one_shard(size: int, mirror: Path, tmp_path: Path) -> None:
    listing = ShardList(str(listed(mirror, tmp_path, size)))
    listing.check()
    found = [each for shard in range(len(listing)) for each in listing.objects(shard)]
    assert [each.name for each in found] == sorted(
        path.relative_to(mirror).as_posix() for path in mirror.rglob("*") if path.is_file()
    )
    shards = [[each.length for each in listing.objects(shard)] for shard in range(len(listing))]
    assert all(sum(lengths) <= size or len(lengths) == 1 for lengths in shards)


# --- the commands -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_commands_do_a_job_together_or_each_a_part(archives: Path, tmp_path: Path) -> None:
    listing = tmp_path / "list.jsonl"
    assert run("list", archives, "-o", listing).returncode == 0
    options = ("--to", "jsonl", "--flat", "-q")
    assert run(listing, *options, "-o", tmp_path / "all", "--runner", "serial").returncode in (0, 3)
    for shard in (4, 2, 0, 1, 3):
        assert run("run-shard", listing, str(shard), *options, "-o", tmp_path / "each").returncode in (0, 3)
    assert run("finish", listing, "--exchange-only", *options, "-o", tmp_path / "each").returncode == 0
    assert run("run-shard", listing, "1", "3", *options, "-o", tmp_path / "each").returncode in (0, 3)
    assert run("finish", listing, *options, "-o", tmp_path / "each", "--workers", "1").returncode in (0, 3)
    assert digests(tmp_path / "all") == digests(tmp_path / "each")
    assert run("clean", tmp_path / "each", "--delete").returncode == 0
    assert not [path for path in (tmp_path / "each" / "work").rglob("*") if path.is_file()]
    assert run(listing, *options, "-o", tmp_path / "each", "--runner", "serial").returncode in (0, 3)
    assert not [path for path in (tmp_path / "each" / "work").rglob("*") if path.is_file()]  # nothing was left to do
    assert run("verify", tmp_path / "each" / MANIFEST).returncode == 0
    part = next((tmp_path / "each" / "parts").iterdir())
    part.write_bytes(part.read_bytes()[:-1])
    ended = run("verify", tmp_path / "each" / MANIFEST)
    assert (ended.returncode, part.name.encode() in ended.stdout) == (3, True)
    assert run(listing, *options, "-o", tmp_path / "each", "--runner", "serial").returncode in (0, 3)
    assert digests(tmp_path / "all") == digests(tmp_path / "each")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--to", "epub", "LIST", "-o", "OUT", "--runner", "serial"), b"epub is not written in shards"),
        (("--to", "jsonl", "SOURCE", "-o", "OUT", "--runner", "serial"), b"works on a list"),
        (("--to", "jsonl", "LIST", "-o", "-", "--runner", "serial"), b"name a folder"),
        (("--to", "jsonl", "LIST", "-o", "OUT", "--runner", "serial", "--store", "s"), b"--store does not work"),
        (("--to", "jsonl", "LIST", "-o", "OUT", "--runner", "serial", "--ledger", "l"), b"--ledger does not work"),
        (("--to", "jsonl", "LIST", "-o", "SOURCE", "--runner", "serial"), b"OUT lies in what the list names"),
        (("run-shard", "LIST", "5", "--to", "jsonl", "-o", "OUT"), b"from 0 to 4"),
        (("run-shard", "SOURCE", "0", "--to", "jsonl", "-o", "OUT"), b"works on a list"),
        (("finish", "LIST", "--to", "jsonl", "-o", "NEW"), b"shard 0 is not done"),
        (("list", "SOURCE", "-o", "SOURCE/list.jsonl"), b"would lie in the folder"),
        (("list", "SOURCE", "-o", "NEW", "--shard-size", "much"), b"--shard-size takes a size"),
        (("list", "NOTHING", "-o", "NEW"), b"no such folder"),
    ],
    ids=str,
)
def test_command_that_cannot_work_says_why(
    arguments: tuple[str, ...], said: bytes, archives: Path, tmp_path: Path
) -> None:
    names = {"LIST": listed(archives, tmp_path), "SOURCE": archives, "OUT": tmp_path / "out", "NEW": tmp_path / "new"}
    given = [str(names[each]) if each in names else each.replace("SOURCE", str(archives)) for each in arguments]
    before = digests(archives)
    ended = run(*given)
    assert said in ended.stderr, ended.stderr
    assert ended.returncode in (2, 4)
    assert b"Traceback" not in ended.stderr
    assert digests(archives) == before
    assert not (tmp_path / "out" / MANIFEST).exists()
