"""The table of what is measured: a new case is one row, and one small function in ours.py or peers.py."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from benchmarks import ours, peers
from benchmarks.documents import Sample
from benchmarks.timing import Run

PART, SOME = 10, 200
"""Documents that a step runs over between two turns of what it is compared with, and in all: rounds still noise, more
documents do not."""


class Case(NamedTuple):
    """One thing to measure."""

    name: str
    what: str
    run: Run
    part: int = 0
    """Documents in a turn; 0: all at once, which a run as a whole needs."""
    limit: int = 0
    """Documents at most, for what is slow; 0: all."""
    rival: str = ""
    """The case of ours that it is compared with, over the same documents in the same rounds."""
    needs: str = ""
    """Of a peer: its program or module."""
    wall: bool = False
    """Several processes: the wall clock counts, and few documents tell only how long it takes to start those."""


FLOOR = Case("floor", "read the file, decode, parse with turbohtml; nothing else", ours.floor, PART, SOME)

STEPS = (
    Case("read", "bytes → article", ours.read, PART, SOME),
    Case("clean", "read, check, clean", ours.clean, PART, SOME),
    Case("markdown", "read, check, clean, Markdown", partial(ours.render, "markdown"), PART, SOME),
    Case("json", "read, check, clean, JSON", partial(ours.render, "json"), PART, SOME),
    Case("epub-chapter", "read, check, clean, XHTML of an EPUB, deflated", partial(ours.render, "epub"), PART, SOME),
    Case("deflate", "deflate the XHTML of an EPUB, nothing else", ours.deflate, PART, SOME, "epub-chapter"),
)
"""In memory, on one core."""

SLOW = 20
"""Documents for what takes tens of milliseconds for each."""

COMMANDS: tuple[tuple[str, str, Callable[[int, Sample, Path], None], int], ...] = (
    ("validate", "convert validate", ours.validate, 0),
    ("markdown", "convert --to markdown", partial(ours.convert, "markdown"), 0),
    ("json", "convert --to json", partial(ours.convert, "json"), 0),
    ("epub", "convert --to epub", partial(ours.convert, "epub"), 0),
    ("pdf", "convert --to pdf", partial(ours.convert, "pdf"), SLOW),
)

RUNS = (
    *(
        Case(f"run-{name}-1", f"{command}, one core", partial(run, 1), limit=limit)
        for name, command, run, limit in COMMANDS
    ),
    Case("run-epub-volumes", "… in a hundred volumes, with a manifest", ours.volumes, rival="run-epub-1"),
    Case("run-epub-update", "… --update, one article changed", ours.update, rival="run-epub-volumes"),
    Case("run-validate-again", "… --cache, nothing changed", ours.validate_again, rival="run-validate-1"),
    Case("run-audit", "convert audit, of the documents", ours.audit, rival="run-validate-1"),
    *(
        Case(f"run-{name}-all", f"{command}, all cores", partial(run, 0), 0, limit, f"run-{name}-1", wall=True)
        for name, command, run, limit in COMMANDS
    ),
)
"""From a folder to files on the disk, with the first look at everything."""

PEERS = (
    Case("html2text", "→ Markdown", peers.html2text, limit=100, rival="markdown", needs="html2text"),
    Case("markdownify", "→ Markdown", peers.markdownify, limit=100, rival="markdown", needs="markdownify"),
    Case("trafilatura", "→ Markdown", peers.trafilatura, limit=100, rival="markdown", needs="trafilatura"),
    Case("pandoc-markdown", "→ CommonMark", peers.pandoc_markdown, limit=SLOW, rival="markdown", needs="pandoc"),
    Case("ebooklib", "→ EPUB, plain script", peers.ebooklib, limit=400, rival="run-epub-1", needs="ebooklib"),
    Case("pandoc-epub", "→ EPUB", peers.pandoc_epub, limit=100, rival="run-epub-1", needs="pandoc"),
)

CASES = (*STEPS, *RUNS, *PEERS)

MEMORY = (("markdown", 1), ("epub", 1), ("epub", 0))
"""Format and workers whose peak memory is measured; 0: one worker for each processor."""
