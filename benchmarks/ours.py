"""What `convert` itself is measured at: single steps of the way, and whole runs as a user starts them."""

from pathlib import Path

from msgspec.structs import replace
from turbohtml import parse_fragment

from benchmarks.documents import BASE, Sample, settings
from convert import readers
from convert.audit.audit import audit as judge
from convert.building import pipeline
from convert.building.render import Task
from convert.building.survey import survey
from convert.building.target import manifest_of, target
from convert.bundle.split import Split
from convert.bundle.volumes import Gathering
from convert.checking.archive import check
from convert.document import read_and_clean
from convert.model import Finding
from convert.sources import Reader
from convert.writers import WRITERS
from convert.writers.packed import pack


def floor(sample: Sample, out: Path) -> None:
    """Read the file, decode it, let the HTML parser's C code parse it: what no reader in Python can do without."""
    reader = Reader()
    for ref, _ in sample.tasks:
        parse_fragment(reader.read(ref).data.decode("utf-8", "replace"))


def read(sample: Sample, out: Path) -> None:
    """Bytes → article."""
    reader = Reader()
    for ref, _ in sample.tasks:
        source = reader.read(ref)
        readers.read(source.data, source.path, source.sha256)


def clean(sample: Sample, out: Path) -> None:
    """Bytes → article, checked and cleaned."""
    reader = Reader()
    for ref, _ in sample.tasks:
        read_and_clean(reader.read(ref), BASE)


def render(to: str, sample: Sample, out: Path) -> None:
    """Bytes → part of the output, as a worker process does it."""
    worker = sample.worker(to)
    for ref, entry in sample.tasks:
        worker(Task(ref, entry))


def left_out(sample: Sample) -> int:
    """How many documents become nothing: their time would be no measure of the work."""
    worker = sample.worker("markdown")
    return sum(worker(Task(ref, entry)).part is None for ref, entry in sample.tasks)


def nothing(_: Finding) -> None:
    """Findings are counted and told to nobody."""


def deflate(sample: Sample, out: Path) -> None:
    """Deflate the chapters of a book, which are there already: what no writer of EPUB can do without."""
    for chapter in sample.chapters:
        pack(chapter)


def update(sample: Sample, out: Path) -> None:
    """`convert --to epub --split count=N --update FOLDER -o OUT` in a hundred volumes, after one article changed; the
    first round makes them all."""
    ref, _ = sample.tasks[len(sample) // 2]
    page = sample.folder / ref.path
    page.write_bytes(page.read_bytes().replace(_END, b"<p>\xe6\x96\xb0</p>" + _END, 1))
    volumes(sample, sample.folder.with_name(f"{sample.folder.name}-volumes"), update=True)


_END = b"<!-- article content end -->"


def volumes(sample: Sample, out: Path, *, update: bool = False) -> None:
    """`convert --to epub --split count=N FOLDER -o OUT`, in a hundred volumes, with their manifest."""
    gathering = Gathering(split=Split(count=max(1, len(sample) // 100)), once=False)
    chosen = replace(settings("epub", 1), gathering=gathering, update=update)
    seen = survey([str(sample.folder)], chosen, cache=str(out / ".convert-cache") if update else "")
    with target("epub", f"{out}/", (str(sample.folder),), len(seen.index.entries), volumes=True) as output:
        pipeline.convert(seen, "epub", output, replace(chosen, manifest=manifest_of(output)), nothing)


def validate(workers: int, sample: Sample, out: Path) -> None:
    """`convert validate FOLDER`."""
    check([str(sample.folder)], settings("", workers), nothing)


def validate_again(sample: Sample, out: Path) -> None:
    """`convert validate --cache CACHE FOLDER` of what did not change; the first round fills the cache."""
    cache = sample.folder.with_name(f"{sample.folder.name}-cache")
    check([str(sample.folder)], replace(settings("", 1), cache=str(cache)), nothing)


def audit(sample: Sample, out: Path) -> None:
    """`convert audit FOLDER`: judge each document as a finished file."""
    for _ in judge(str(sample.folder)):
        pass


def convert(to: str, workers: int, sample: Sample, out: Path) -> None:
    """`convert --to FORMAT FOLDER -o OUT`: look at everything, convert everything, write everything."""
    convert_folder(str(sample.folder), to, workers, out)


def convert_folder(folder: str, to: str, workers: int, out: Path) -> None:
    """The same by the folder's name."""
    chosen = settings(to, workers)
    seen = survey([folder], chosen)
    where = str(out / f"book{WRITERS[to].suffix}") if WRITERS[to].bind else f"{out}/"
    with target(to, where, (folder,), len(seen.index.entries)) as output:
        pipeline.convert(seen, to, output, chosen, nothing)
