"""Other programs on the same documents.  Each gets what it is for, already in memory and cut out where it needs that:
the HTML of the article, or the whole page for the one that finds articles in pages.
"""

import html
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.documents import Sample
from convert.printing.weasy.engine import collected_warnings

PROGRAMS = frozenset({"pandoc", "chromium"})
"""Peers that are no Python module."""


@cache
def problem(name: str) -> str:
    """Why a program or a module cannot be run; nothing where it can."""
    if name in PROGRAMS:
        return "" if shutil.which(name) else "not installed"
    if find_spec(name) is None:
        return "not installed"
    try:
        with collected_warnings():
            import_module(name)
    except (ImportError, OSError) as error:
        return f"installed, but cannot be imported: {str(error).partition(chr(10))[0]}"
    return ""


def version_of(name: str) -> str:
    """The version of a program or a module."""
    if name not in PROGRAMS:
        return version(name)
    told = subprocess.run([shutil.which(name) or name, "--version"], capture_output=True, text=True, check=True)
    return next(word for word in told.stdout.partition("\n")[0].split() if word[0].isdigit())


# --- → Markdown ------------------------------------------------------------------------------------------------------


def html2text(sample: Sample, out: Path) -> None:
    """One converter object for all; lines are not wrapped, as in `convert`."""
    converter: Any = import_module("html2text").HTML2Text(bodywidth=0)
    for region in sample.regions:
        converter.handle(region)


def markdownify(sample: Sample, out: Path) -> None:
    """As its README shows it."""
    convert: Any = import_module("markdownify").markdownify
    for region in sample.regions:
        convert(region)


def trafilatura(sample: Sample, out: Path) -> None:
    """With links, pictures and formatting, which `convert` keeps too."""
    extract: Any = import_module("trafilatura").extract
    for page in sample.pages:
        extract(page, output_format="markdown", include_links=True, include_images=True, include_formatting=True)


def pandoc_markdown(sample: Sample, out: Path) -> None:
    """A process for each document: files that are to be many cannot be made by one."""
    for region in sample.regions:
        _pandoc(["--to", "commonmark", "--wrap", "none"], region)


def _pandoc(arguments: list[str], text: str = "") -> None:
    """Run pandoc, which may read no file and no address that its command line does not name."""
    command = [shutil.which("pandoc") or "pandoc", "--from", "html", "--sandbox", "--quiet", *arguments]
    subprocess.run(command, input=text.encode(), stdout=subprocess.DEVNULL, check=True)


# --- → EPUB ----------------------------------------------------------------------------------------------------------


def ebooklib(sample: Sample, out: Path) -> None:
    """The script of EbookLib's README: an `EpubHtml` for each article, then `write_epub`."""
    epub: Any = import_module("ebooklib.epub")
    book = epub.EpubBook()
    book.set_identifier("benchmark")
    book.set_title("Benchmark")
    book.set_language("zh")
    items = []
    for number, (title, region) in enumerate(_articles(sample)):
        item = epub.EpubHtml(title=title, file_name=f"{number}.xhtml", lang="zh")
        item.content = f"<h1>{html.escape(title)}</h1>{region}"
        book.add_item(item)
        items.append(item)
    book.toc = tuple(items)
    book.add_item(epub.EpubNcx())
    book.add_item(epub.EpubNav())
    book.spine = ["nav", *items]
    epub.write_epub(str(out / "book.epub"), book)


def pandoc_epub(sample: Sample, out: Path) -> None:
    """One process for the book; pictures are not fetched."""
    source = out / "book.html"
    source.write_text(_one_page(sample), encoding="utf-8")
    _pandoc(["--to", "epub3", "--metadata", "title=Benchmark", "--output", str(out / "book.epub"), str(source)])


def _one_page(sample: Sample) -> str:
    body = "".join(f"<h1>{html.escape(title)}</h1>{region}\n" for title, region in _articles(sample))
    return f'<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"></head><body>{body}</body></html>'


def _articles(sample: Sample) -> Iterator[tuple[str, str]]:
    return ((entry.title, region) for (_, entry), region in zip(sample.tasks, sample.regions, strict=True))
