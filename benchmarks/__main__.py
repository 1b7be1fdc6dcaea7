"""`python -m benchmarks`: measure, print one table, write benchmarks/results.json."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

from msgspec import json

from benchmarks import documents, memory, ours, peers, printing, shaped, table
from benchmarks.cases import CASES, FLOOR, MEMORY, Case
from benchmarks.documents import Sample
from benchmarks.results import Result, Results
from benchmarks.timing import Contender, Pace, compete

RESULTS = Path(__file__).with_name("results.json")
VERSIONS = ("turbohtml", "msgspec", "ebooklib", "weasyprint", "typst", "pikepdf")
MEMORY_NAMES = tuple(memory.Peak(to, workers, 0, 0).name for to, workers in MEMORY)


def main() -> None:
    """Run what the command line asks for."""
    chosen = arguments()
    wanted = [case for case in CASES if matches(case.name, chosen.only)]
    wanted_memory = [kind for kind, name in zip(MEMORY, MEMORY_NAMES, strict=True) if matches(name, chosen.only)]
    wanted_prints = [
        each for each in printing.PRINTS if matches(each.name, chosen.only) and (chosen.large or not each.large)
    ]
    if not wanted and not wanted_memory and not wanted_prints:
        every = [*(case.name for case in CASES), *MEMORY_NAMES, *(each.name for each in printing.PRINTS)]
        sys.exit(f"no case is named {', '.join(chosen.only)}; there are {', '.join(every)}; some only with --large")
    number = chosen.documents or (200 if chosen.quick else 2000)
    pace = Pace(0.2, 2, quick=True) if chosen.quick else Pace(3.0, 2)
    needed = {case.needs for case in wanted} | {each.needs for each in wanted_prints}
    used = [*VERSIONS, *sorted(needed - {"", *VERSIONS})]
    versions = {name: peers.version_of(name) for name in used if not peers.problem(name)}
    results = Results(number, [], [], [], [], versions)

    with tempfile.TemporaryDirectory(prefix="convert-benchmark-") as temporary:
        folder = Path(temporary)
        if wanted:
            for name, make in sets(results):
                sample = Sample.of(make(folder / name, number))
                if lost := ours.left_out(sample):
                    results.notes.append(f"{name}: {lost} of {len(sample)} documents are left out for their errors")
                results.results += measure_all(name, wanted, sample, pace, folder)
        for size in (200, 2000) if chosen.quick else (1000, 20000, *([100_000] if chosen.large else [])):
            if wanted_memory:
                copies = documents.copies(folder / f"memory-{size}", size)
                for to, workers in wanted_memory:
                    if workers or not chosen.quick:
                        say(f"memory of {to} at {size:,}")
                        results.memory.append(memory.measure(to, workers, copies, size))
        for each in wanted_prints:
            size = each.documents // 10 if chosen.quick else each.documents
            sample = Sample.of(documents.copies(folder / f"print-{size}", size))
            say(f"{each.name} at {size:,}")
            rounds = 1 if chosen.quick or each.large else 3
            results.printed.append(printing.measure(each, sample, rounds, folder))
    say("")
    print("\n".join(table.show(results)))
    RESULTS.write_bytes(json.format(json.encode(results), indent=1) + b"\n")


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few documents and rounds: under a minute, and rough")
    parser.add_argument("--documents", type=int, default=0, metavar="N", help="documents of each set (2,000)")
    parser.add_argument(
        "--large",
        action="store_true",
        help="also books of 5,000 articles as PDF, memory at 100,000 documents: a quarter of an hour more",
    )
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="a case, or a pattern (run-*)")
    return parser.parse_args()


def matches(name: str, patterns: list[str]) -> bool:
    """Whether a case was asked for."""
    return not patterns or any(fnmatch(name, pattern) for pattern in patterns)


def sets(results: Results) -> Iterator[tuple[str, Callable[[Path, int], Path]]]:
    """The sets of documents that there are; what is missing is noted."""
    yield "seeds", documents.copies
    yield "shaped", shaped.write
    for name in documents.SETS:
        if paths := documents.corpus_paths(name):
            results.notes.append(f"{name}: {len(paths)} articles of {documents.CORPUS}, each as often as it takes")
            yield name, partial(documents.corpus, name)
        else:
            results.notes.append(
                f"{name} was not measured: no article in {documents.CORPUS}; name its folder in CONVERT_CORPUS"
            )


def measure_all(name: str, cases: list[Case], sample: Sample, pace: Pace, folder: Path) -> Iterator[Result]:
    """The floor, then each case beside the floor and, of a peer, beside ours."""
    yield measure(name, FLOOR, sample, pace, folder)
    for case in cases:
        yield measure(name, case, sample, pace, folder)


def measure(name: str, case: Case, whole: Sample, pace: Pace, folder: Path) -> Result:
    """One case over one set."""
    if case.needs and (problem := peers.problem(case.needs)):
        return Result(name, case.name, case.what, missing=problem)
    if pace.quick and case.wall:
        return Result(name, case.name, case.what, missing="not with --quick: so few documents tell nothing")
    say(f"{name}: {case.name}")
    sample = whole.spread(case.limit // 4 if pace.quick else case.limit)
    floor = Contender(FLOOR.run, sample, 0 if case.wall else FLOOR.part, wall=case.wall)
    own = floor if case is FLOOR else Contender(case.run, sample, case.part, wall=case.wall)
    against = [Contender(each.run, sample, each.part, wall=case.wall) for each in CASES if each.name == case.rival]
    contenders = list(dict.fromkeys((floor, own, *against)))
    with tempfile.TemporaryDirectory(prefix="out-", dir=folder) as scratch:
        rounds = compete(contenders, pace, Path(scratch))
    rival = against[0].seconds if against else 0.0
    return Result(name, case.name, case.what, len(sample), rounds, own.seconds, floor.seconds, case.rival, rival)


def say(text: str) -> None:
    """Tell a person who waits what is going on."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
