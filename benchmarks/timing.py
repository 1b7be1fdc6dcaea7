"""Timing so that what else the machine does falls out.

Everything that is compared runs turn by turn in small parts, round after round; of each part the shortest time counts,
since noise only ever adds; and what is compared is the ratio of sums of such times, out of the same rounds.

Time is that of the processor, in this process and in programs that it started and waited for: on a wall clock, a long
turn loses time to every other process of the machine and a short one to none, and their ratio says nothing.  Only work
spread over several processes is timed by the wall clock, in turns of the same length as what it is compared with.
"""

import gc
import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from benchmarks.documents import Sample

Run = Callable[[Sample, Path], object]
"""What is measured: takes documents, and an empty folder to write to."""


def processor() -> float:
    """Seconds that processors have worked for this process and the children that it waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


class Pace(Struct, frozen=True):
    """How long to measure."""

    seconds: float
    """For each case; no round begins later."""
    rounds: int
    """At least; the first warms up, which the shortest time forgets."""
    quick: bool = False
    """Slow cases take fewer documents; those that need many are left out."""


class Contender:
    """One thing that takes part in a comparison, and its shortest time for each part of the documents."""

    def __init__(self, run: Run, sample: Sample, size: int, *, wall: bool = False) -> None:
        self.run = run
        self.clock = time.perf_counter if wall else processor
        self.documents = len(sample)
        self.parts = sample.parts(size)
        self.best = [float("inf")] * len(self.parts)

    def turn(self, number: int, scratch: Path) -> None:
        """Run one part and keep its time if it is the shortest yet."""
        out = Path(tempfile.mkdtemp(dir=scratch))
        gc.collect()
        started = self.clock()
        self.run(self.parts[number], out)
        took = self.clock() - started
        self.best[number] = min(self.best[number], took)
        shutil.rmtree(out)

    @property
    def seconds(self) -> float:
        """For one document."""
        return sum(self.best) / self.documents


def compete(contenders: list[Contender], pace: Pace, scratch: Path) -> int:
    """Let the contenders run in turn; tell how many rounds there were."""
    gc.collect()
    gc.freeze()  # the samples of this program would make each collection longer than in `convert`
    ends = time.perf_counter() + pace.seconds
    rounds = 0
    while rounds < pace.rounds or time.perf_counter() < ends:
        order = contenders if rounds % 2 else contenders[::-1]
        for number in range(max(len(each.parts) for each in contenders)):
            for contender in order:
                if number < len(contender.parts):
                    contender.turn(number, scratch)
        rounds += 1
    gc.unfreeze()
    return rounds
