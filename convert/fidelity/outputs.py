"""What of an article reaches each format: what a writer made of it is read back, and compared."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from markdown_it import MarkdownIt

from convert.bundle.links import Links
from convert.codec import article_json
from convert.fidelity import printed
from convert.fidelity.visible import Seen, of_article, of_html, unmatched
from convert.messages import Message, message
from convert.model import Article, Volume
from convert.text import squeeze
from convert.urls import linkable, resolve, scheme
from convert.writers import WRITERS
from convert.writers.alone import volume_of
from convert.writers.options import Options, Page

SHOWN = 60
"""Of what is missing, this many characters stand in the message."""


LISTED = 200
"""Of a picture's address, this many: one in the page itself can have a million."""

_ELSEWHERE = "\0"
_LEFTWARD = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
"""What is written from right to left: Hebrew, Arabic, Syriac and their presentation forms."""


class Loss(NamedTuple):
    """One thing that an output does not have."""

    code: str
    message: Message


class _Reader(MarkdownIt):
    def normalizeLinkText(self, link: str) -> str:  # noqa: N802  # it would show the address of a link decoded
        return link


@cache
def _commonmark() -> MarkdownIt:
    return _Reader("commonmark").enable("table")


def _markdown(data: bytes, _: Volume) -> Seen:
    return of_html(_commonmark().render(data.decode().split("\n---\n", 1)[1]))


def _json(data: bytes, _: Volume) -> Seen:
    return of_article(article_json.decode(data))


def _xhtml(data: bytes, _: Volume) -> Seen:
    return of_html(data.decode().partition("<body>")[2].partition("</body>")[0] or data.decode())


class Output(NamedTuple):
    """How what a writer made of one article is read back."""

    read: Callable[[bytes, Volume], Seen]
    same: Callable[[str], str] = str
    """Text as it can be told apart there."""
    visual: bool = False
    """Whether text comes in the order in which it is drawn: what is written from right to left in another than ours."""
    blocks: bool = True
    """Whether it tells where paragraphs, cells and items begin and end."""
    book: bool = False
    """Whether it shows a caption and a link for a picture, and only links that a reading system may follow."""


OUTPUTS: Mapping[str, Output] = MappingProxyType({
    "markdown": Output(_markdown),
    "json": Output(_json),
    "html": Output(_xhtml, book=True),
    "epub": Output(_xhtml, book=True),
    "pdf": Output(printed.read, printed.same, visual=True, blocks=False, book=True),
})  # fmt: skip
"""JSON Lines are JSON."""


def losses(article: Article, to: str) -> Iterator[Loss]:
    """What the output of `article` in the format `to` does not have of what can be seen of it."""
    volume = volume_of(article)
    (entry,) = volume.entries()
    links = Links(volume)
    output = OUTPUTS[to]
    seen = output.read(WRITERS[to].render(article, Page(entry, links, Options(tag_links=True))), volume)
    wanted = of_article(article)
    yield from _characters(wanted, seen, to)
    if output.blocks:
        yield from _structure(wanted, seen, to)
    shown = {*seen.pictures, *seen.links}
    drawn = seen.drawn
    for address, count in wanted.pictures.items():
        if address.startswith("data:") and count <= drawn:
            drawn -= count
        elif _leads(address, output) and not _among({address, wanted.sizes.get(address, address)}, shown):
            yield Loss("IMG006", message("picture-missing", address=squeeze(address, LISTED), output=to))
    for target in wanted.links:
        inside = output.book and (not scheme(target) or links.article(target, entry) is not None)
        if _leads(target, output) and not inside and not _among({target}, shown):
            yield Loss("LNK003", message("link-missing", target=target, output=to))


def _characters(wanted: Seen, seen: Seen, to: str) -> Iterator[Loss]:
    """Runs of text that are not there, in the order of the article."""
    output = OUTPUTS[to]
    whole, at = output.same(seen.text), 0
    for run in map(output.same, wanted.texts):
        if output.visual and _LEFTWARD.search(run):
            if Counter(run) - Counter(whole):
                yield Loss("TXT006", message("characters-missing", text=repr(squeeze(run, SHOWN)), output=to))
        elif (found := whole.find(run, at)) < 0 and output.visual and run in whole:
            whole = whole.replace(run, _ELSEWHERE * len(run), 1)  # notes stand at the feet of pages
        elif found < 0:
            yield Loss("TXT006", message("text-missing", text=repr(squeeze(run, SHOWN)), output=to))
        else:
            at = found + len(run)


def _structure(wanted: Seen, seen: Seen, to: str) -> Iterator[Loss]:
    """Paragraphs that run together or fall apart; cells and items that are not there."""
    for paragraph in unmatched(wanted.paragraphs, seen.paragraphs):
        yield Loss("HTM009", message("paragraph-missing", paragraph=repr(squeeze(paragraph, SHOWN)), output=to))
    cells, items = len(unmatched(wanted.cells, seen.cells)), len(unmatched(wanted.items, seen.items))
    if cells or items:
        yield Loss("HTM009", message("structure-missing", cells=cells, items=items, output=to))


def _leads(address: str, output: Output) -> bool:
    """Whether the format can hold the address."""
    return bool(address) and (not output.book or linkable(resolve(address, "")) or address.startswith("data:"))


def _among(addresses: set[str], shown: set[str]) -> bool:
    """Whether one of the addresses is there, as it is, or as it must be written there."""
    forms = {form(each) for each in addresses for form in (str, _commonmark().normalizeLink, _resolved)}
    return not forms.isdisjoint(shown)


def _resolved(address: str) -> str:
    return resolve(address, "") or address
