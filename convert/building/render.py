"""One document's share of an output: bytes → article → part of a book, or a file.  What worker processes do."""

import re
from collections import Counter
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from convert.bundle.copies import copy_of
from convert.bundle.deduplicate import Version
from convert.bundle.links import LinkRecorder, Links, PageLinks, UnplacedLinks
from convert.cache.measured import Measured
from convert.document import Cleaned, crash_finding, offset_into_jsonl, read_document
from convert.model import Article, Entry, Finding, texts
from convert.sources import Reader, Ref
from convert.sources.naming import display_path
from convert.writers import WRITERS, make_part
from convert.writers.files import Files
from convert.writers.options import Options, Page
from convert.writers.part import RenderedArticle


class Order(Struct, frozen=True):
    """What all documents of an output have in common."""

    to: str
    """A key of `WRITERS`."""
    links: Links
    language: str
    options: Options
    base_url: str = ""
    source_format: str = ""
    files: Files | None = None


class Task(Struct, frozen=True, gc=False):
    """One document: where it is read from, the entry that it has, what the book calls its section."""

    ref: Ref
    entry: Entry
    section: str = ""


class Outcome(Struct, frozen=True):
    """What became of one document."""

    part: RenderedArticle | None
    findings: list[Finding]
    left_out: bool = False
    """Whether its article is not in the output; the part, if there is one, stands in for it."""
    followed: Mapping[str, str] = {}
    """The links that decide what its page is, as `LinkRecorder.followed`; none of a page that stands in for it."""


class Worker:
    """One process's share: it renders the documents that it is given for one output."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.writer = WRITERS[order.to]
        self.reader = Reader()

    def render(self, task: Task) -> Outcome:
        """Return what becomes of a document in the output, with the links that it follows."""
        links = LinkRecorder(self.order.links, files=self.order.files is not None)
        outcome = self.work(task, links)
        return outcome if outcome.left_out else replace(outcome, followed=links.followed)

    def work(self, task: Task, links: PageLinks) -> Outcome:
        """Return what becomes of a document in the output, whose links lead where `links` says."""
        order, ref = self.order, task.ref
        cleaned = self._read(ref)
        article, findings, home = cleaned.article, cleaned.findings, cleaned.home
        page = Page(task.entry, links, order.options, home, task.section, order.files)
        if article is not None:
            try:
                rendered = self.writer.render(article, page)
                beside = self.writer.attach(article, page) if self.writer.attach else b""
                part = make_part(self.writer, rendered, article.publisher, article.authors, beside)
                return Outcome(part, findings)
            except Exception as error:  # a fault of ours must not take the other documents with it
                findings += offset_into_jsonl(ref, [crash_finding(error, display_path(ref))])
        wrong = next(filter(unmended, findings))
        reason = wrong.message.text_in("zh" if order.language.startswith("zh") else "en")
        stand_in = self.writer.stand_in(task.entry, reason, page, order.language) if self.writer.stand_in else None
        return Outcome(None if stand_in is None else make_part(self.writer, stand_in), findings, left_out=True)

    def _read(self, ref: Ref) -> Cleaned:
        return read_document(ref, self.reader, self.order.base_url, self.order.source_format)


def unmended(each: Finding) -> bool:
    """Whether because of a finding its document is not in the output, or what stands in for it."""
    return each.level == "error" and not each.fixed


# --- what pools of processes call ------------------------------------------------------------------------------------

_worker: Worker


def start(order: Order) -> None:
    """Prepares a process."""
    global _worker
    _worker = Worker(order)


def render(tasks: list[Task]) -> list[Outcome]:
    """What becomes of some documents."""
    return [_worker.render(task) for task in tasks]


def measure(tasks: list[Task]) -> list[Measured]:
    """Return how much of a book some documents take, before anyone knows where their links lead."""
    return [_measured(task) for task in tasks]


def _measured(task: Task) -> Measured:
    links = UnplacedLinks()
    outcome = _worker.work(task, links)
    part = outcome.part or RenderedArticle(b"")
    removed = Counter(each.code for each in outcome.findings if each.removed)
    return Measured(
        len(part.data),
        tuple(links.articles),
        tuple(links.pages),
        part.publisher,
        part.authors,
        dict(removed),
        outcome.left_out,
    )


# --- one document alone ----------------------------------------------------------------------------------------------

_DAY = re.compile(r"(?P<year>[12][0-9]{3})年(?P<month>[0-9]{1,2})月(?P<day>[0-9]{1,2})日")


def date(tasks: list[Task]) -> list[Version]:
    """Return the versions of the texts of some documents."""
    return [_version(_worker._read(task.ref).article) for task in tasks]


def _version(article: Article | None) -> Version:
    if article is None:
        return Version()
    day = _DAY.search(article.dateline)
    dateline = f"{day['year']}-{day['month']:0>2}-{day['day']:0>2}" if day else ""
    dated = max(article.modified[:10], dateline, article.published[:10])
    text = "".join(texts(article.body))
    return Version(dated, len(text), copy_of(article.source.address, (text,)).text)


def credit(tasks: list[Task]) -> list[tuple[str, tuple[str, ...]]]:
    """Return publisher and authors of some documents."""
    read = (_worker._read(task.ref).article for task in tasks)
    return [(article.publisher, article.authors) if article else ("", ()) for article in read]
