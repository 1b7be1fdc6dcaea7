"""Workers of the program that die of one document, `…5.md`."""

import multiprocessing
import os
import signal

from convert.building import identify, render
from convert.cache.measured import Measured
from convert.checking.archive import CheckWorker
from convert.checking.document import Checked
from convert.checking.fix import FixedDocument, FixWorker
from convert.search import index
from convert.sharding.working import ShardWorker
from convert.sources import Ref, Refusal
from convert.sources.naming import display_path


def dies(ref: Ref | Refusal) -> None:
    if display_path(ref).endswith("5.md"):
        assert multiprocessing.parent_process(), "not in the process of the run"
        os.kill(os.getpid(), signal.SIGKILL)


class DyingCheck(CheckWorker):
    """Worker that checks, and dies of one document."""

    def __call__(self, ref: Ref | Refusal) -> Checked:
        dies(ref)
        return super().__call__(ref)


class DyingFix(FixWorker):
    """Worker that fixes, and dies of one document."""

    def __call__(self, ref: Ref | Refusal) -> FixedDocument:
        dies(ref)
        return super().__call__(ref)


class DyingRender(render.RenderWorker):
    """Worker that renders, and dies of one document."""

    def __call__(self, task: render.Task) -> render.Outcome:
        dies(task.ref)
        return super().__call__(task)


class DyingCredit(render.CreditWorker):
    """Worker that reads credits, and dies of one document."""

    def __call__(self, task: render.Task) -> render.Credit:
        dies(task.ref)
        return super().__call__(task)


class DyingMeasure(render.MeasureWorker):
    """Worker that measures, and dies of one document."""

    def __call__(self, task: render.Task) -> Measured:
        dies(task.ref)
        return super().__call__(task)


class DyingShards(ShardWorker):
    """Worker on shards, whose documents are those of `DyingRender`."""

    renders = DyingRender


class DyingIdentify(identify.IdentifyWorker):
    """Worker that identifies, and dies of one document."""

    def __call__(self, ref: Ref) -> identify.Identified:
        dies(ref)
        return super().__call__(ref)


class DyingGroup(index._GroupWorker):
    """Worker that makes shards, and dies of one group."""

    def __call__(self, group: index._Group) -> list[tuple[str, bytes]]:
        if group.number == 5:
            assert multiprocessing.parent_process(), "not in the process of the run"
            os.kill(os.getpid(), signal.SIGKILL)
        return super().__call__(group)
