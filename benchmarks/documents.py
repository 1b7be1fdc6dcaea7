"""The documents that are measured: varied copies of the seeds, and the real corpus where it is there."""

import os
import re
import shutil
from functools import cached_property
from pathlib import Path
from zlib import decompress

from convert.building.render import RenderContext, RenderWorker, Task
from convert.building.survey import survey
from convert.bundle.links import Links
from convert.bundle.volumes import Gathering, gather
from convert.model import Entry, Volume
from convert.readers import normal
from convert.readers.mirror import cut
from convert.runner.base import available, chunks
from convert.settings import Settings
from convert.sources import Reader, Ref
from convert.writers import WRITERS
from convert.writers.options import Options

CHECKOUT = Path(__file__).resolve().parent.parent
SEEDS = CHECKOUT / "seeds"
CORPUS = Path(os.environ.get("CONVERT_CORPUS") or CHECKOUT.parent / "shared" / "corpus")
SETS = {"epoch": ("epoch-news/",), "corpus": ("epoch-news/", "banned1/", "banned2/")}
"""What the dialects begin with that are measured together, in the manifest of the corpus."""

BASE = "https://github.com/example/epoch-news/blob/master/"
"""The address of the documents in a mirror of nobody's: so that no run asks git."""

_ID = re.compile(rb"\bn9000(\d{4})\b")
_STOP = "。\n".encode()


def settings(to: str, workers: int) -> Settings:
    """Those of the command line, with a base address, so that nobody asks git; 0 workers: one for each processor."""
    options = Options(nav=WRITERS[to].nav if to else "keep")
    every = Gathering(once=False)  # the documents of a sample come again and again
    return Settings(base_url=BASE, workers=workers or available(), gathering=every, options=options, told="warning")


class Sample:
    """Documents in a folder of their own, and what the measured functions ask of them, made before the clock runs."""

    def __init__(self, folder: Path, tasks: list[tuple[Ref, Entry]], volume: Volume) -> None:
        self.folder = folder
        self.tasks = tasks
        self.volume = volume
        self.workers: dict[str, RenderWorker] = {}

    def __len__(self) -> int:
        return len(self.tasks)

    @classmethod
    def of(cls, folder: Path) -> "Sample":
        """All articles of a folder."""
        seen = survey([str(folder)], Settings(workers=1))
        (volume,) = gather(seen.index).volumes
        return cls(folder, [(seen.refs[entry.path], entry) for entry in volume.entries()], volume)

    def parts(self, size: int) -> list["Sample"]:
        """The sample in parts of `size` documents, which stay in its folder; 0: undivided."""
        if not size:
            return [self]
        parts = [Sample(self.folder, tasks, self.volume) for tasks in chunks(self.tasks, size)]
        for part in parts:
            part.workers = self.workers
        return parts

    def spread(self, size: int) -> "Sample":
        """A sample of at most `size` documents, evenly taken from this one, in a new folder."""
        if not size or size >= len(self):
            return self
        folder = self.folder.with_name(f"{self.folder.name}-{size}")
        if not folder.is_dir():
            for number in range(size):
                ref, _ = self.tasks[number * len(self) // size]
                target = folder / ref.path
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(self.folder / ref.path, target)
        return Sample.of(folder)

    def worker(self, to: str) -> RenderWorker:
        """The worker of a format, as a process of the program has it."""
        if to not in self.workers:
            chosen = settings(to, 1)
            order = RenderContext(to, Links(self.volume), self.volume.language, chosen.options, chosen.base_url)
            self.workers[to] = RenderWorker(order)
        return self.workers[to]

    @cached_property
    def chapters(self) -> list[bytes]:
        """Each article as a chapter of an EPUB."""
        parts = (self.worker("epub")(Task(ref, entry)).part for ref, entry in self.tasks)
        return [decompress(part.data, -15) for part in parts if part]

    @cached_property
    def pages(self) -> list[str]:
        """The documents whole, as text, with links that every HTML parser knows."""
        with Reader() as reader:
            return [plain_links(normal(reader.read(ref).data.decode("utf-8", "replace"))) for ref, _ in self.tasks]

    @cached_property
    def regions(self) -> list[str]:
        """The HTML of each article, without what the mirror wrote around it."""
        return [region(page) for page in self.pages]


def plain_links(text: str) -> str:
    """`text` with the links that the mirror renamed named as in HTML."""
    return text.replace("<ok ", "<a ").replace("</ok>", "</a>")


def region(page: str) -> str:
    """The HTML of an article cut from its page."""
    dialect = cut.recognise(page)
    return cut.split_page(page, dialect).content if dialect else page


def copies(folder: Path, number: int) -> Path:
    """`number` articles made from the seeds of the epoch-news dialects.

    They have other identifiers and files, and titles and sentences a little longer.
    """
    seeds = [(path.relative_to(SEEDS), path.read_bytes()) for path in sorted(SEEDS.glob("pages/nf900000[123]/*.md"))]
    for place in range(number):
        turn, (path, data) = place // len(seeds), seeds[place % len(seeds)]
        target = folder / path.parent / renamed(path.name.encode(), turn).decode()
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(varied(data, turn))
    return folder


def varied(data: bytes, turn: int) -> bytes:
    """A seed with the identifiers of its turn; all links between seeds lead to the copies of the same turn."""
    title, line_end, rest = data.partition(b"\n")
    mark = f"（{turn}）".encode() if turn else b""
    rest = rest.replace(_STOP, mark + _STOP, 1 + turn % 3)
    return renamed(title + mark + line_end + rest, turn)


def renamed(data: bytes, turn: int) -> bytes:
    """`data` with the identifiers of its turn: `n90000002` is `n9000120002` in turn 12."""
    return _ID.sub(rb"n9%05d\1" % turn, data) if turn else data


def corpus_paths(name: str) -> list[str]:
    """The articles of the corpus that a set measures, from its manifest; none where it is not there."""
    manifest = CORPUS / "MANIFEST.tsv"
    if not manifest.is_file():
        return []
    rows = (line.split("\t") for line in manifest.read_text(encoding="utf-8").splitlines())
    return [row[0] for row in rows if len(row) > 1 and row[1].startswith(SETS[name])]


def corpus(name: str, folder: Path, number: int) -> Path:
    """`number` articles of a set of the corpus as they are, each as often as it takes."""
    paths = corpus_paths(name)
    for place in range(number):
        path = paths[place % len(paths)]
        target = folder / f"copy{place // len(paths):05d}" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(CORPUS / path, target)
    return folder
