"""What of an article reaches the formats that can be read back without a browser: Markdown, JSON, HTML and EPUB."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from markdown_it import MarkdownIt

from convert import codec
from convert.bundle.links import Links
from convert.fidelity.visible import Seen, of_article, of_html
from convert.model import Article, Entry, Section, Volume
from convert.text import squeeze
from convert.writers import WRITERS
from convert.writers.options import Options, Page

SHOWN = 60


class Loss(NamedTuple):
    """One thing that an output does not have."""

    code: str
    message: str


class _Reader(MarkdownIt):
    def normalizeLinkText(self, link: str) -> str:  # noqa: N802  # it would show the address of a link decoded
        return link


@cache
def _commonmark() -> MarkdownIt:
    return _Reader("commonmark").enable("table")


def _markdown(data: bytes) -> Seen:
    return of_html(_commonmark().render(data.decode().split("\n---\n", 1)[1]))


def _json(data: bytes) -> Seen:
    return of_article(codec.decode(data))


def _xhtml(data: bytes) -> Seen:
    return of_html(data.decode().partition("<body>")[2].partition("</body>")[0] or data.decode())


OUTPUTS: Mapping[str, Callable[[bytes], Seen]] = MappingProxyType(
    {"markdown": _markdown, "json": _json, "html": _xhtml, "epub": _xhtml}
)
"""How what a writer made of one article is read back."""


def losses(article: Article, to: str) -> Iterator[Loss]:
    """What the output of `article` in the format `to` does not have of its text, pictures and links."""
    source = article.source
    entry = Entry(source.path or article.id, article.id, article.title, source.address)
    volume = Volume(article.title, article.language, (Section("", "", (entry,)),))
    page = Page(entry, Links(volume), Options(tag_links=True))
    seen, wanted = OUTPUTS[to](WRITERS[to].render(article, page)), of_article(article)
    whole, at = seen.text, 0
    for run in wanted.texts:
        found = whole.find(run, at)
        if found < 0:
            yield Loss("TXT006", f"the text {squeeze(run, SHOWN)!r} is missing (in {to})")
        else:
            at = found + len(run)
    shown = {*seen.pictures, *seen.links}
    if to in ("markdown", "json"):  # books show a caption and a link instead, to what is best
        for address in wanted.pictures:
            if address and not _among(address, shown):
                yield Loss("IMG006", f"the picture {address} is missing (in {to})")
        for target in wanted.links:
            if not _among(target, shown):
                yield Loss("LNK003", f"the link to {target} is missing (in {to})")


def _among(address: str, shown: set[str]) -> bool:
    """Whether an address is there, as it is or with what Markdown's readers escape."""
    return address in shown or _commonmark().normalizeLink(address) in shown
