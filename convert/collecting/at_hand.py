"""Pictures that need no network: beside documents, inside them, in archives, and in folders that the user names.

Two passes go over the sources.  The first reads each document, says which pictures its article needs, and stores those
that lie beside it or in it; the second reads archives and folders of pictures, and stores those that an article needs.
If there is no article at all, as in a folder of pictures, everything is stored.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain

from msgspec import Struct, field
from msgspec.structs import replace

from convert import runner
from convert.building.survey import Survey
from convert.collecting.folders import Named
from convert.collecting.keeper import Keeper, Refused, Wanted
from convert.collecting.offers import Offer, in_archive, in_mhtml, in_page, is_archive
from convert.document import read_document
from convert.errors import DocumentError
from convert.messages import Message, message
from convert.model import Article, Image, walk
from convert.pictures.recognise import kind_of
from convert.readers.options import DETECTED, ReadOptions
from convert.rules.checks.img004_broken_data_image import decoded
from convert.runner.base import CHUNK, SERIAL, available, chunks
from convert.settings import Step
from convert.sources import Reader, Ref, Refusal, walk_once
from convert.sources.addresses import Addresses, folder_address
from convert.sources.beside import Beside
from convert.sources.choice import Choice
from convert.sources.naming import display_path
from convert.sources.pictures import content_address
from convert.sources.trees import ENDINGS

PAGES = ("html", "html/archive-convert")
"""Forms of pages that may have their pictures in them: saved ones, and our own."""


class Feed(Struct, frozen=True):
    """Choices for a run that stores what is at hand."""

    store: str
    """Folder of the store."""
    how: ReadOptions = DETECTED
    base_url: str = ""
    addresses: Addresses | None = None
    choice: Choice | None = None
    workers: int = 0
    only_missing: bool = False
    """True to leave pictures alone that the store has already."""
    wanted: frozenset[str] | None = None
    """Addresses to look for; None for those of all articles."""
    everything: bool = False
    """True to store also what no article needs."""
    asked: int = 0
    """Moment that the store notes for the pictures, in seconds since 1970."""


class Fed(Struct):
    """Result of such a run."""

    articles: int = 0
    needed: int = 0
    """Number of addresses that the articles need."""
    absent: list[str] = field(default_factory=list)
    """Addresses that were not at hand, and that the store lacks."""
    done: Counter[str] = field(default_factory=Counter)
    """Numbers of pictures that were `stored`, or `known` before."""
    refused: list[Refused] = field(default_factory=list)
    problems: list[Message] = field(default_factory=list)
    """Archives that could not be read to their end, and documents that were given up."""


class Seen(Struct, frozen=True):
    """Result of one document."""

    is_article: bool = False
    wanted: tuple[str, ...] = ()
    """Addresses of its pictures that are in an archive or on the web."""
    done: dict[str, int] = {}
    refused: tuple[Refused, ...] = ()
    problems: tuple[Message, ...] = ()
    """Reason why it was given up, if it was."""
    picture: str = ""
    """Its address, if it is a picture in a tree of folders as wget saves them."""


def feed(
    sources: Sequence[str],
    how: Feed,
    step: Step = lambda _: None,
    more: Iterable[Offer] = (),
    named: Named | None = None,
) -> Fed:
    """Store the pictures of sources that are at hand, and return what was done.

    `more` are pictures from elsewhere, `named` folders in which those are looked for that are nowhere else.

    Raises:
        UsageError, SourceError: as `convert.sources.walk`.
        StoreError: the store cannot be written.
    """
    how = how if how.asked else replace(how, asked=int(time.time()))
    fed, wanted = Fed(), Wanted()
    trees: list[tuple[str, Ref]] = []
    archives: dict[str, None] = {}
    for ref, seen in _all(sources, how, DocumentFeeder):
        if is_archive(ref):
            archives[ref.root] = None
        fed.articles += seen.is_article
        fed.done.update(seen.done)
        fed.refused += seen.refused
        fed.problems += seen.problems
        wanted.add(seen.wanted)
        if seen.picture and isinstance(ref, Ref):
            trees.append((seen.picture, ref))
        step(1)
    fed.needed = len(wanted)
    with Keeper(how.store, asked=how.asked, only_missing=how.only_missing) as keeper:
        offers = chain(_in_trees(trees), *(in_archive(root, fed.problems) for root in archives), more)
        everything = how.everything or not fed.articles
        for offer in offers:
            for address in wanted.of(offer, everything=everything):
                keeper.keep(address, offer)
        absent = [address for address in wanted if not keeper.has(address)]
        for offer in named.offers(absent, fed.problems) if named else ():
            keeper.keep(offer.address, offer)
        fed.done += keeper.done
        fed.refused += keeper.refused
        fed.absent = [address for address in absent if not keeper.has(address)]
    return fed


def may_be_at_hand(seen: Survey) -> bool:
    """Return True if the sources of a survey have files of pictures, archives, or a document that is named alone.

    Mirrors have none of them, so that their articles need not be read again.
    """
    if any(path.lower().endswith(ENDINGS) for path in seen.others):
        return True
    return any(
        is_archive(ref) or ref.member == ref.root or ref.path.lower().endswith((".mht", ".mhtml"))
        for ref in seen.refs.values()
    )


def needed(sources: Sequence[str], how: Feed, step: Step = lambda _: None) -> tuple[int, set[str]]:
    """Return the number of articles in sources, and the addresses that they have for their pictures.

    Raises:
        UsageError, SourceError: as `convert.sources.walk`.
    """
    articles, addresses = 0, set[str]()
    for _, seen in _all(sources, how, AddressReader):
        articles += seen.is_article
        addresses.update(seen.wanted)
        step(1)
    return articles, addresses


def _all(
    sources: Sequence[str], how: Feed, worker: Callable[[Feed], "AddressReader"]
) -> Iterator[tuple[Ref | Refusal, Seen]]:
    """Yield each document of the sources with its result."""
    refs = walk_once(sources, addresses=how.addresses, choice=how.choice)
    rest = chunks(refs, SERIAL)
    head = next(rest, [])
    workers = how.workers or (1 if len(head) < SERIAL else available())
    waiting: list[list[Ref | Refusal]] = []

    def batches() -> Iterator[list[Ref | Refusal]]:
        for part in chain((head,), rest):
            for batch in chunks(part, CHUNK):
                waiting.append(batch)
                yield batch

    for results in runner.run(partial(worker, how), batches(), workers=workers):
        yield from zip(waiting.pop(0), results, strict=True)


def _in_trees(trees: Iterable[tuple[str, Ref]]) -> Iterator[Offer]:
    """Yield the pictures in trees of folders as wget saves them."""
    with Reader() as reader:
        for address, ref in trees:
            try:
                yield Offer(address, reader.read(ref).data)
            except DocumentError:
                continue


class AddressReader:
    """Worker that reads documents, and says which pictures their articles need."""

    def __init__(self, how: Feed) -> None:
        self._how = how
        self._reader, self._beside = Reader(), Beside()

    def close(self) -> None:
        """Close the archives that were read from."""
        self._reader.close()
        self._beside.close()

    def lost(self, ref: Ref | Refusal, why: Message) -> Seen:
        """Return the result of a document that was given up, which says so."""
        return Seen(problems=(message("{path}: {fault}", path=display_path(ref), fault=why),))

    def __call__(self, ref: Ref | Refusal) -> Seen:
        """Return the pictures that a document needs."""
        if isinstance(ref, Refusal) or ref.path.lower().endswith(ENDINGS):
            return Seen()
        article = self._read(ref)
        return Seen(True, tuple(filter(None, map(of_content, addresses_of(article))))) if article else Seen()

    def _read(self, ref: Ref) -> Article | None:
        return read_document(ref, self._reader, self._how.base_url, self._how.how, self._beside).article


class DocumentFeeder(AddressReader):
    """Worker that reads documents, and stores the pictures beside and in them."""

    def __init__(self, how: Feed) -> None:
        super().__init__(how)
        self._keeper = Keeper(how.store, asked=how.asked, only_missing=how.only_missing)

    def close(self) -> None:
        """Close all files, and write the waiting rows of the store."""
        super().close()
        self._keeper.close()

    def __call__(self, ref: Ref | Refusal) -> Seen:
        """Return the pictures that a document needs, after those at hand were stored."""
        if isinstance(ref, Refusal):
            return Seen()
        if (address := folder_address(ref.root, ref.path)) and self._is_picture(ref):
            return Seen(picture=address)
        if ref.path.lower().endswith(ENDINGS) or (article := self._read(ref)) is None:
            return Seen()
        keeper = self._keeper
        keeper.begin()
        wanted = [each for each in addresses_of(article) if self._how.wanted is None or each in self._how.wanted]
        rest = [address for address in wanted if not self._keep_beside(ref, address, article.source.address)]
        if rest and article.source.dialect in PAGES:
            self._keep_parts(ref, rest)
        return Seen(True, tuple(filter(None, map(of_content, wanted))), dict(keeper.done), tuple(keeper.refused))

    def _is_picture(self, ref: Ref) -> bool:
        try:
            return bool(kind_of(self._reader.read(ref).data))
        except DocumentError:
            return False

    def _keep_beside(self, ref: Ref, address: str, own: str) -> bool:
        """Store a picture that lies beside a document, or in its address; return True if there is one."""
        if address.startswith("data:"):
            data = decoded(address)
            return not (data and kind_of(data)) or self._keeper.keep(content_address(data), Offer("", data))
        file = self._beside.files.get(address) or self._beside.find(ref, address, own)
        data = self._beside.read(file) if file else None
        return data is not None and self._keeper.keep(address, Offer(address, data))

    def _keep_parts(self, ref: Ref, addresses: Sequence[str]) -> None:
        """Store the pictures of a page that a browser saved as one file."""
        try:
            data = self._reader.read(ref).data
        except DocumentError:
            return
        wanted = Wanted()
        wanted.add(addresses)
        for offer in chain(in_mhtml(data), in_page(data.decode("utf-8", "replace")) if b"data-address" in data else ()):
            for address in wanted.of(offer):
                self._keeper.keep(address, offer)


def addresses_of(article: Article) -> list[str]:
    """Return the addresses of an article's pictures, each once, in order."""
    return list(dict.fromkeys(node.address for node in walk((article,)) if type(node) is Image and node.address))


def of_content(address: str) -> str:
    """Return the address in a store of a picture that an article has at an address; "" for what no store takes.

    That of a picture in a `data:` address is that of its content; drawings (SVG) stay in their articles.
    """
    if not address.startswith("data:"):
        return address
    data = decoded(address)
    return content_address(data) if data and kind_of(data) else ""
