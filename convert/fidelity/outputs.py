"""The comparison of an article with each output: the output is read back by a parser that did not write it."""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from markdown_it import MarkdownIt
from msgspec.structs import replace

from convert.bundle.links import Links
from convert.codec import article_json
from convert.fidelity import printed
from convert.fidelity.visible import VisibleContent, of_article, of_html, unmatched
from convert.messages import Message, message
from convert.model import Article, Volume
from convert.pictures.gallery import PagePictures, Ready, Source as Pictures
from convert.text import squeeze
from convert.urls import UNKNOWN_SITE, linkable, resolve, scheme
from convert.writers import WRITERS, make_part
from convert.writers.alone import volume_of
from convert.writers.options import Options, Page
from convert.writers.part import RenderedArticle, Tally
from convert.writers.site.outline import Site
from convert.writers.site.pages import fill
from convert.writers.zim.pages import for_kiwix

SHOWN = 60
"""The number of missing characters that a message quotes."""


LISTED = 200
"""The number of characters of a picture's address that a message quotes: a `data:` address can have a million."""

_DRAWN_ON_PAPER = re.compile("data:image/(?:png|jpeg|gif|webp);base64,")
_DRAWN = re.compile("data:image/(?:png|jpeg|gif|webp|svg[+]xml);base64,")
"""Pictures in the page itself that books hold."""
_HELD = re.compile(r"data:image/(?:png|jpeg);base64,([A-Za-z0-9+/=]+)\Z")
_ELSEWHERE = "\0"
_LEFTWARD = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
"""Characters that are written from right to left: Hebrew, Arabic, Syriac and their presentation forms."""


class Loss(NamedTuple):
    """Content of the article that an output does not have."""

    code: str
    message: Message


class _PlainLinks(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802  # it would refuse SVG
        return True

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802  # it would show the address of a link decoded
        return link


@cache
def _commonmark() -> MarkdownIt:
    return _PlainLinks("commonmark").enable("table")


def _markdown(data: bytes, _: Volume) -> VisibleContent:
    return of_html(_commonmark().render(data.decode().split("\n---\n", 1)[1]))


def _json(data: bytes, _: Volume) -> VisibleContent:
    return of_article(article_json.decode(data))


def _xhtml(data: bytes, _: Volume) -> VisibleContent:
    return of_html(data.decode().partition("<body>")[2].partition("</body>")[0] or data.decode())


def _of_site(data: bytes, _: Volume) -> VisibleContent:
    page = data.decode()
    return of_html(page[page.index("<article") : page.rindex("</article>") + len("</article>")])


def _page(part: RenderedArticle, volume: Volume, options: Options) -> bytes:
    """Return the page of a site whose only article this is."""
    site = Site(volume, Tally(volume), options)
    site.note(part)
    return fill(part.data, site.slots(0))


def _entry(part: RenderedArticle, volume: Volume, options: Options) -> bytes:
    """Return the entry of a ZIM whose only article this is."""
    return for_kiwix(_page(part, volume, options))


class OutputReader(NamedTuple):
    """Way to read an output of one article back."""

    read: Callable[[bytes, Volume], VisibleContent]
    same: Callable[[str], str] = str
    """Function that replaces characters that the format does not distinguish by one of them."""
    visual: bool = False
    """True if text is read in the order in which it is drawn, which differs for text from right to left."""
    blocks: bool = True
    """True if the format marks where paragraphs, cells and items begin and end."""
    book: bool = False
    """True if the format shows a caption and a link for a picture, and only links that a reading system may follow."""
    epub: bool = False
    """True if links have only the schemes that EPUB takes."""
    finish: Callable[[RenderedArticle, Volume, Options], bytes] | None = None
    """Function that makes the file in the output of an article's part; None if that is in it as it is."""


OUTPUTS: Mapping[str, OutputReader] = MappingProxyType({
    "markdown": OutputReader(_markdown),
    "json": OutputReader(_json),
    "html": OutputReader(_xhtml, book=True),
    "epub": OutputReader(_xhtml, book=True, epub=True),
    "site": OutputReader(_of_site, book=True, finish=_page),
    "zim": OutputReader(_of_site, book=True, finish=_entry),
    "pdf": OutputReader(printed.read, printed.same, visual=True, blocks=False, book=True),
})  # fmt: skip
"""Ways to read outputs back, by format; JSON Lines are tested as JSON."""


def losses(article: Article, to: str, pictures: Pictures | None = None) -> Iterator[Loss]:
    """Yield the visible content of `article` that its output in the format `to` does not have.

    With `pictures`, those that a store has must be inside a book.
    """
    volume = volume_of(article)
    (entry,) = volume.entries()
    links = Links(volume)
    output = OUTPUTS[to]
    page = Page(entry, links, Options(tag_links=True))
    if pictures and output.book:
        page = replace(page, options=Options(tag_links=True, images="original"), pictures=PagePictures(pictures))
    written = WRITERS[to].render(article, page)
    if output.finish:
        written = output.finish(make_part(WRITERS[to], written, article), volume, page.options)
    seen = output.read(written, volume)
    wanted = of_article(article)
    yield from _characters(wanted, seen, to)
    if output.blocks:
        yield from _structure(wanted, seen, to)
    addresses = {*seen.pictures, *seen.links}
    drawn, inside_it = seen.drawn, _inside(seen)
    for address, count in wanted.pictures.items():
        ready = pictures.of(address) if pictures and page.pictures and not address.startswith("data:") else None
        if isinstance(ready, Ready):
            if count <= drawn:
                drawn -= count
            elif inside_it[ready.name.partition(".")[0]] < count:
                yield Loss("IMG006", message("picture-not-inside", address=squeeze(address, LISTED), output=to))
        elif address.startswith("data:") and count <= drawn:
            drawn -= count
        elif _leads(address, output) and not _among({address, wanted.sizes.get(address, address)}, addresses):
            yield Loss("IMG006", message("picture-missing", address=squeeze(address, LISTED), output=to))
    for target in wanted.links:
        inside = output.book and (not scheme(target) or links.article(target, entry) is not None)
        if _leads(target, output) and not inside and not _among({target}, addresses):
            yield Loss("LNK003", message("link-missing", target=target, output=to))


def _inside(seen: VisibleContent) -> Counter[str]:
    """Return the numbers of pictures that an output holds, by the SHA-256 of their bytes."""
    found: Counter[str] = Counter()
    for address, count in seen.pictures.items():
        if match := _HELD.match(address):
            found[hashlib.sha256(base64.b64decode(match[1])).hexdigest()] += count
        else:
            found[address.rpartition("/")[2].partition(".")[0]] += count
    return found


def _characters(wanted: VisibleContent, seen: VisibleContent, to: str) -> Iterator[Loss]:
    """Yield the runs of text that the output does not have in the order of the article."""
    output = OUTPUTS[to]
    whole, at = output.same(seen.text), 0
    for run in map(output.same, wanted.texts):
        if output.visual and _LEFTWARD.search(run):
            if Counter(run) - Counter(whole):
                yield Loss("TXT006", message("characters-missing", text=repr(squeeze(run, SHOWN)), output=to))
        elif (start := whole.find(run, at)) < 0 and output.visual and run in whole:
            whole = whole.replace(run, _ELSEWHERE * len(run), 1)  # notes are at the feet of pages
        elif start < 0:
            yield Loss("TXT006", message("text-missing", text=repr(squeeze(run, SHOWN)), output=to))
        else:
            at = start + len(run)


def _structure(wanted: VisibleContent, seen: VisibleContent, to: str) -> Iterator[Loss]:
    """Yield paragraphs that are joined or split in the output, and the number of missing cells and items."""
    for paragraph in unmatched(wanted.paragraphs, seen.paragraphs):
        yield Loss("HTM009", message("paragraph-missing", paragraph=repr(squeeze(paragraph, SHOWN)), output=to))
    cells, items = len(unmatched(wanted.cells, seen.cells)), len(unmatched(wanted.items, seen.items))
    if cells or items:
        yield Loss("HTM009", message("structure-missing", cells=cells, items=items, output=to))


def _leads(address: str, output: OutputReader) -> bool:
    """Return True if the format can hold the address."""
    if address.startswith("data:"):
        return not output.book or bool((_DRAWN_ON_PAPER if output.visual else _DRAWN).match(address))
    if address.startswith(f"{UNKNOWN_SITE}/") or (output.book and not linkable(resolve(address, ""), epub=output.epub)):
        return False
    return bool(address)


def _among(candidates: set[str], addresses: set[str]) -> bool:
    """Return True if one of the addresses is in the output, in any of the spellings that formats require."""
    forms = {form(each) for each in candidates for form in (str, _commonmark().normalizeLink, _resolved)}
    return not forms.isdisjoint(addresses)


def _resolved(address: str) -> str:
    return resolve(address, "") or address
