"""Books as PDF: whole runs as processes, with the time and the memory of all that they start."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from benchmarks.documents import BASE, Sample
from benchmarks.peers import problem
from convert.building.render import Task
from convert.printing.fonts.chain import chain, font_faces
from convert.printing.model import Chunk, Design, PrintSection
from convert.printing.tree import characters, read
from convert.printing.weasy.engine import css, make_html
from convert.writers.book.names import anchor

PROC = Path("/proc")
EVERY = 0.02
"""Seconds between two looks at the processes."""

Command = Callable[[Sample, Path], list[str]]
"""What is run: for documents, and an empty folder to write to."""


class Print(NamedTuple):
    """One program that makes a book of many articles."""

    name: str
    what: str
    command: Command
    documents: int
    rival: str = ""
    """The run of ours that it is compared with, in the same rounds."""
    needs: str = ""
    large: bool = False
    """Only with --large."""


class Printed(Struct, frozen=True):
    """What a run took; the least of all rounds."""

    name: str
    what: str
    documents: int
    seconds: float = 0.0
    """By the clock on the wall."""
    processor: float = 0.0
    """Seconds of all processes."""
    together: int = 0
    """The most memory of all processes at once, in bytes; what they share counts for each."""
    largest: int = 0
    """The most of one of them."""
    rival: str = ""
    rival_seconds: float = 0.0
    missing: str = ""
    """Why it was not measured."""


def ours(engine: str, sample: Sample, out: Path) -> list[str]:
    """`convert --to pdf`."""
    return [
        sys.executable, "-m", "convert", "--to", "pdf", "--pdf-engine", engine, "--duplicates", "keep", "--quiet",
        "--base-url", BASE, str(sample.folder), "-o", str(out / "book.pdf"),
    ]  # fmt: skip


def weasyprint(sample: Sample, out: Path) -> list[str]:
    """WeasyPrint's own command, one tagged document."""
    options = ["--presentational-hints", "--pdf-tags", "--pdf-variant", "pdf/ua-1", "--quiet"]
    return [sys.executable, "-m", "weasyprint", *options, str(page(sample)), str(out / "book.pdf")]


def chromium(sample: Sample, out: Path) -> list[str]:
    """Chromium without a window; its PDFs are tagged too."""
    options = [
        "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--no-pdf-header-footer",
        f"--user-data-dir={out / 'profile'}", f"--print-to-pdf={out / 'book.pdf'}",
    ]  # fmt: skip
    return ["chromium", *options, page(sample).as_uri()]


def page(sample: Sample) -> Path:
    """The HTML of the articles as our own run makes it, with its style sheet and the same fonts, as one document."""
    file = sample.folder.with_name(f"{sample.folder.name}.html")
    if not file.exists():
        parts = (sample.worker("pdf")(Task(ref, entry)).part for ref, entry in sample.tasks)
        leaves = tuple(
            PrintSection("article", anchor(entry.path), part.data, entry.title, label=entry.path)
            for (_, entry), part in zip(sample.tasks, parts, strict=True)
            if part
        )
        chunk = Chunk(leaves, "Benchmark", sample.volume.language, Design())
        sheets = [read(leaf, chunk) for leaf in leaves]
        faces = chain(chunk.language).needed(characters(sheets))
        declared, held = font_faces(faces)
        for address, font in held.items():
            declared = declared.replace(f'"{address}"', f'"{font.as_uri()}"')
        style = f'<meta charset="utf-8"><style>{declared}{css(chunk.design.page, faces)}</style></head>'
        file.write_text(make_html(sheets, chunk).replace("</head>", style, 1), encoding="utf-8")
    return file


PRINTS = (
    Print("print-weasyprint", "convert --to pdf, all cores", lambda *given: ours("weasyprint", *given), 200),
    Print("weasyprint", "the same HTML, one document", weasyprint, 200, "print-weasyprint", "weasyprint"),
    Print("chromium", "the same HTML, one document", chromium, 200, "print-weasyprint", "chromium"),
    Print("print-typst", "convert --to pdf --pdf-engine typst, all cores", lambda *given: ours("typst", *given), 1000),
    Print("print-weasyprint-large", "…", lambda *given: ours("weasyprint", *given), 5000, large=True),
    Print("print-typst-large", "…", lambda *given: ours("typst", *given), 5000, large=True),
)
"""What is compared runs turn by turn."""


def measure(each: Print, sample: Sample, rounds: int, folder: Path) -> Printed:
    """One program over documents, beside its rival if it has one."""
    reason = problem(each.needs) if each.needs else "" if PROC.is_dir() else "this system has no /proc"
    if reason:
        return Printed(each.name, each.what, len(sample), missing=reason)
    rival = next((other for other in PRINTS if other.name == each.rival), None)
    taken: list[Taken] = []
    against: list[Taken] = []
    for number in range(rounds):
        for program, took in ((each, taken), (rival, against)):
            if program:
                out = folder / f"{each.name}-{number}-{program.name}"
                out.mkdir()
                took.append(run(program.command(sample, out)))
                if not (out / "book.pdf").exists():
                    return Printed(each.name, each.what, len(sample), missing=f"{program.name} wrote nothing")
    best = Taken(*map(min, zip(*taken, strict=True)))
    return Printed(
        each.name, each.what, len(sample), *best, each.rival, min((other.seconds for other in against), default=0.0)
    )


class Taken(NamedTuple):
    """What one run took."""

    seconds: float
    processor: float
    together: int
    largest: int


def run(command: list[str]) -> Taken:
    """Run a command to its end, and look at all processes of its session meanwhile.

    The kernel's account of a finished child leaves out what the child did not wait for itself, such as processes of a
    fork server; so each process counts as it was seen last.
    """
    started = time.perf_counter()
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, start_new_session=True, stdin=quiet, stdout=quiet, stderr=quiet)
    worked: dict[str, float] = {}
    together = largest = 0
    while process.poll() is None:
        memory = []
        for number, seconds, size in processes(process.pid):
            worked[number] = seconds
            memory.append(size)
        together = max(together, sum(memory))
        largest = max(largest, *memory, 0)
        time.sleep(EVERY)
    return Taken(time.perf_counter() - started, sum(worked.values()), together, largest)


def processes(session: int) -> list[tuple[str, float, int]]:
    """The processes of a session: number, seconds of processor time, bytes of memory (proc_pid_stat(5))."""
    found = []
    for each in PROC.iterdir():
        if each.name.isdigit():
            try:
                fields = (each / "stat").read_text().rpartition(") ")[2].split()
            except OSError:
                continue  # it is gone
            if int(fields[3]) == session:
                worked = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
                found.append((each.name, worked, int(fields[21]) * os.sysconf("SC_PAGE_SIZE")))
    return found
