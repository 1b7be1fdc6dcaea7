"""Chunks that cannot be drawn in one piece, tested with a child that draws nothing."""

import errno
from importlib.util import find_spec
from typing import Any

import pytest
from helpers.pdf import volume
from msgspec.structs import replace

from convert.errors import ConvertError
from convert.messages import Message
from convert.pictures.model import Ready
from convert.printing.engines import ENGINES
from convert.printing.model import Chunk, Design, Drawn, PrintSection
from convert.printing.process.pool import ChunkResult, DrawingProcess, FailedError, Limits, draw_or_replace
from convert.sandbox.process import ExceededError, KilledError, SandboxError
from convert.writers import pdf
from convert.writers.options import Options
from convert.writers.part import RenderedArticle, Tally


class Child:
    """Draws so many bytes at once, and nothing that holds `stop`."""

    def __init__(self, most: int, stop: bytes = b"?") -> None:
        self.most, self.stop = most, stop
        self.asked: list[int] = []

    def draw(self, chunk: Chunk) -> Drawn:
        """Draw the sections, unless one of them holds `stop`."""
        htmls = [leaf.html for leaf in chunk.sections]
        self.asked.append(len(htmls))
        for leaf in chunk.sections:
            if self.stop in leaf.html:
                raise FailedError(Message("no"))
        if sum(map(len, htmls)) > self.most:
            raise FailedError(Message("too much"))
        return Drawn(b"+".join(htmls), len(htmls))


def chunk(*htmls: bytes) -> Chunk:
    leaves = (PrintSection("article", f"a{number}", html, label=f"{number}.md") for number, html in enumerate(htmls))
    return Chunk(tuple(leaves), "Book", "en", Design())


def stand_in(leaf: PrintSection, reason: Message) -> PrintSection:
    return replace(leaf, html=b"!")


def proof(child: Any, given: Chunk) -> tuple[list[bytes], list[tuple[str, str]]]:
    made: ChunkResult = draw_or_replace(child, given, stand_in)
    return [drawn.pdf for drawn in made.drawn], [(leaf.label, str(reason)) for leaf, reason in made.failures]


def test_drawable_chunk_is_drawn_at_once() -> None:
    child = Child(10)
    assert proof(child, chunk(b"aa", b"bb")) == ([b"aa+bb"], [])
    assert child.asked == [2]


def test_undrawable_leaf_is_replaced_and_the_others_are_drawn() -> None:
    assert proof(Child(10), chunk(b"aa", b"?", b"cc")) == ([b"aa+!+cc"], [("1.md", "no")])


def test_leaves_that_are_too_much_together_are_drawn_in_halves() -> None:
    child = Child(4)
    assert proof(child, chunk(b"aa", b"bb", b"cc", b"d", b"e")) == ([b"aa+bb", b"cc+d+e"], [])
    assert child.asked[0] == 5
    assert child.asked.count(5) == 1


def test_halves_beside_one_that_cannot_be_drawn() -> None:
    assert proof(Child(4), chunk(b"aa", b"?", b"cc", b"d")) == ([b"aa+!", b"cc+d"], [("1.md", "no")])


def test_undrawable_stand_in_is_an_error() -> None:
    with pytest.raises(ConvertError, match=r"0\.md .*: no"):
        proof(Child(10, stop=b""), chunk(b"aa"))


def test_time_grows_with_the_articles_but_for_none_above_the_longest() -> None:
    limits = Limits(seconds=30, bytes_a_second=10, longest=120)
    assert limits.time(chunk(b"a" * 100)) == 40
    assert limits.time(chunk(b"a" * 100, b"a" * 200)) == 60
    assert limits.time(chunk(b"a" * 5000)) == 120
    assert limits.time(chunk(b"a" * 5000, b"a" * 100)) == 130


@pytest.mark.parametrize(
    ("error", "times", "reason"),
    [
        (KilledError(), 2, "it takes more than 30 s of processor time or 1024 MiB of memory"),
        (ExceededError(), 1, "it takes more than 30 s of processor time or 1024 MiB of memory"),
        (SandboxError(-11), 1, r"drawing it ended unexpectedly \(-11\)"),
    ],
)
def test_drawing_process_without_answer_fails(
    error: SandboxError, times: int, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    process, asked = DrawingProcess(Limits()), []

    def no_answer(request: object) -> None:
        asked.append(request)
        raise error

    monkeypatch.setattr(process, "_ask", no_answer)
    with pytest.raises(FailedError, match=reason):
        process.draw(chunk(b"aa"))
    assert len(asked) == times, "only one that was killed is asked again"


def test_drawing_process_that_cannot_start_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    process = DrawingProcess(Limits())

    def full() -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(process._process, "_start", full)
    with pytest.raises(ConvertError, match="cannot start: too many open files"):
        process.draw(chunk(b"aa"))


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_modules_of_an_engine_exist(engine: str) -> None:
    """A fork server ignores a module that it cannot preload."""
    assert find_spec(ENGINES[engine].module)
    assert find_spec(ENGINES[engine].preloaded)


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_chunks_are_bounded_in_articles_and_in_bytes(engine: str) -> None:
    most, size = ENGINES[engine].most, ENGINES[engine].size
    book = volume(4 * most)
    printer = pdf._Printer(book, list(book.entries()), Options(design=Design(engine=engine)), Tally(), 1)

    def together(*lengths: int) -> list[int]:
        leaves = (
            (PrintSection("article", f"a{number}", b"x" * length), length) for number, length in enumerate(lengths)
        )
        return [len(each.sections) for each in printer._chunks(leaves)]

    assert together(*[10] * (most + 3)) == [most, 3]
    assert together(size - 5, 5, 5) == [2, 1]
    assert together(size + 1, 5, size, 1) == [1, 1, 1, 1]


def test_pictures_count_a_tenth_for_the_size_of_a_chunk() -> None:
    picture = Ready("a.jpg", "image/jpeg", "", 30_000, 9, 9)
    assert pdf._share(RenderedArticle(b"x" * 45_000, pictures=(picture,))) == 5_000 + 4_000
    assert pdf._share(RenderedArticle(b"x" * 45_000)) == 45_000
    assert pdf._share(RenderedArticle(b"x" * 9, pictures=(picture,))) == 9, "it is shown without"
