"""How well and how fast the main text of real pages is found, beside others: python -m benchmarks.real_pages

The pages are those of `CONVERT_PAGES`, else of ../shared/pages beside the checkout: html/NAME.html, and truth.jsonl
with a line for each page: its name, the set that it is of, its address, its encoding and the text that is right.
Precision and recall are of runs of four words, in Chinese of four characters; each page has the same weight.  Time is
that of the processor, for each page the shortest of some rounds in which all take turns.  `main text` does what the
peers do, from bytes to text; `article` reads the metadata too, checks and cleans.
"""

import json
import logging
import os
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from turbohtml import parse

from benchmarks.peers import problem, version_of
from convert.document import read_and_clean
from convert.model import Break, Figure, Image, Inline, Text, texts
from convert.readers.html.handlers import Builder
from convert.readers.saved.encoding import decode
from convert.readers.saved.main import find, take_out, tidy
from convert.readers.saved.page import MARKUP
from convert.sources import Source

CHECKOUT = Path(__file__).resolve().parent.parent
PAGES = Path(os.environ.get("CONVERT_PAGES") or CHECKOUT.parent / "shared" / "pages")
ROUNDS = 3
TARGET = 4
"""How many times as fast as each peer it is to be."""


class Page(NamedTuple):
    """A page and what is right."""

    name: str
    kind: str
    address: str
    encoding: str
    text: str

    @property
    def data(self) -> bytes:
        return (PAGES / "html" / f"{self.name}.html").read_bytes()


class Score(NamedTuple):
    """The parts of all runs of words of a page that are right, too many, and missing."""

    right: float
    false: float
    missed: float


def pages() -> Iterator[Page]:
    """The pages with the text that is right; none where they are not there."""
    file = PAGES / "truth.jsonl"
    for line in file.read_text("utf-8").splitlines() if file.is_file() else ():
        row = json.loads(line)
        yield Page(row["name"], row["set"], row["url"], row["encoding"], row["body"])


def score(page: Page, found: str) -> Score:
    """Compare what was found with what is right."""
    wanted, got = _runs(page.text, page.kind), _runs(found, page.kind)
    right = (wanted & got).total()
    false, missed = got.total() - right, wanted.total() - right
    every = right + false + missed
    return Score(right / every, false / every, missed / every) if every else Score(1, 0, 0)


def f1(*scores: Score) -> float:
    """F1 of some pages together."""
    right, false, missed = map(sum, zip(*scores, strict=True))
    return 2 * right / (2 * right + false + missed) if right else 0.0


def _runs(text: str, kind: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w" if kind == "chinese" else r"\w+", text.lower())
    return Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3)))


def ours(page: Page, data: bytes) -> str:
    """From bytes to the checked and cleaned article."""
    article, *_ = read_and_clean(Source("", f"{page.name}.html", data))
    return "".join(_lines(article.body)) if article else ""


def main_text(page: Page, data: bytes) -> str:
    """From bytes to the text alone, as the peers do it: without metadata and checks."""
    document = parse(decode(data))
    choice = find(document)
    region = choice.region if choice else document.select_one("body")
    if region is None:
        return ""
    builder = Builder(MARKUP)
    if choice:
        take_out(builder, choice)
    tidy(builder, region, "")
    builder.adopt(region)
    return "".join(_lines(builder.footnotes(builder.blocks(region))))


def _lines(nodes: tuple[object, ...]) -> Iterator[str]:
    """The text of blocks, with line ends between them, as the peers give it."""
    for node in nodes:
        if isinstance(node, tuple):
            yield from _lines(node)
        elif isinstance(node, Image):
            continue
        elif isinstance(node, Inline):
            yield "\n" if isinstance(node, Break) else "".join(texts((node,)))
        else:
            yield "\n"
            yield getattr(node, "text", "") if not isinstance(node, Text | Figure) else ""
            for name in ("children", "items", "rows", "caption"):
                yield from _lines(getattr(node, name, ()))
            yield "\n"


def trafilatura(page: Page, data: bytes) -> str:
    from trafilatura import extract

    found: str | None = extract(data.decode(page.encoding, "replace"), url=page.address, include_comments=False)
    return found or ""


def readability(page: Page, data: bytes) -> str:
    from lxml import html

    document = import_module("readability").Document(data.decode(page.encoding, "replace"), url=page.address)
    made: str = document.summary(html_partial=True)
    tree = html.fromstring(made or "<p>")
    for each in tree.iter("p", "div", "br", "h1", "h2", "h3", "h4", "li", "tr", "td", "blockquote", "pre"):
        each.tail = "\n" + (each.tail or "")
    return "".join(map(str, tree.itertext()))


WAYS: dict[str, tuple[str, str, Callable[[Page, bytes], str]]] = {
    "main text": ("", "", main_text),
    "article": ("", "", ours),
    "trafilatura": ("trafilatura", "trafilatura", trafilatura),
    "readability-lxml": ("readability", "readability-lxml", readability),
}
"""The module and the package that each needs."""


def main() -> None:
    """Prints a table for each set of pages, and how many times as fast we are."""
    logging.disable(logging.CRITICAL)
    ways = {name: way for name, (module, _, way) in WAYS.items() if not module or not problem(module)}
    scores: defaultdict[tuple[str, str], list[Score]] = defaultdict(list)
    spent: Counter[str] = Counter()
    count = 0
    for page in pages():
        count += 1
        data = page.data
        best = dict.fromkeys(ways, float("inf"))
        for number in range(ROUNDS):
            for name in ways if number % 2 else reversed(ways):
                started = time.process_time()
                found = ways[name](page, data)
                best[name] = min(best[name], time.process_time() - started)
                if not number:
                    scores[page.kind, name].append(score(page, found))
        spent.update(best)
    if not count:
        print(f"no pages at {PAGES}; set CONVERT_PAGES to their folder")
        return
    for (kind, name), told in sorted(scores.items()):
        low = sum(f1(each) < 0.5 for each in told)
        print(f"{kind:10} {name:18} pages {len(told):4}  F1 {f1(*told):.3f}  below one half {low}")
    for name, seconds in spent.items():
        package, times = WAYS[name][1], seconds / spent["main text"]
        line = f"{name:18} {version_of(package) if package else 'ours':8} {seconds / count * 1000:6.1f} ms"
        if package:
            line += f"  {times:.1f} of our time, target {TARGET} {'reached' if times >= TARGET else 'NOT reached'}"
        print(line)


if __name__ == "__main__":
    main()
