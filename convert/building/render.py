"""The work of worker processes: one document's bytes → article → part of a book, or a file."""

from collections import Counter
from collections.abc import Collection, Mapping

from msgspec import Struct
from msgspec.structs import replace

from convert.building import shown
from convert.building.shown import Shown
from convert.bundle.copies import copy_of
from convert.bundle.deduplicate import Version
from convert.bundle.links import LinkRecorder, Links, PageLinks, UnplacedLinks
from convert.cache.measured import Measured
from convert.document import Cleaned, crash_finding, lost_findings, lost_link_finding, offset_into_jsonl, read_document
from convert.late import late_pattern
from convert.messages import Message
from convert.model import LEVELS, Article, Entry, Finding, Kind, Level, Place, texts
from convert.pictures.gallery import Gallery, PagePictures, Profile, Ready, Treated
from convert.pictures.profiles import Treatment
from convert.readers import posts
from convert.readers.options import DETECTED, ReadOptions
from convert.sources import Reader, Ref
from convert.sources.beside import Beside
from convert.sources.naming import display_path
from convert.writers import WRITERS, make_part
from convert.writers.files import Files
from convert.writers.options import Omission, Options, Page
from convert.writers.part import RenderedArticle
from convert.writers.script import article_in
from convert.writers.settling import settled


class RenderContext(Struct, frozen=True):
    """Data that the rendering of all documents of an output shares."""

    to: str
    """A key of `WRITERS`."""
    links: Links
    language: str
    options: Options
    base_url: str = ""
    how: ReadOptions = DETECTED
    files: Files | None = None
    channels: Mapping[str, str] = {}
    """Names of channels."""
    pictures: Profile | None = None
    """Store and treatment of pictures; None without a store."""
    told: Level = "info"
    """Lowest level of the findings that an outcome holds one by one."""


class Task(Struct, frozen=True, gc=False):
    """Document to render: its location, its entry, and the title of its section in the book."""

    ref: Ref
    entry: Entry
    section: str = ""
    name: str = ""
    """Identifier of its row, if the output is a table."""
    treatments: Mapping[str, Treatment | None] = {}
    """Treatments of pictures that differ from the profile's, by their SHA-256; None for one that is left out."""


class Outcome(Struct, frozen=True):
    """Result of rendering one document."""

    part: RenderedArticle | None
    findings: list[Finding]
    left_out: bool = False
    """True if its article could not be converted; the part, if there is one, is a placeholder."""
    counted: Mapping[Kind, int] = {}
    """Number of its other findings, which are not reported one by one."""
    followed: Collection[str] = ()
    """Links that affect its page, as `LinkRecorder.followed`; empty for a placeholder."""
    pictures: Mapping[str, Shown] = {}
    """Pictures that its page shows or lacks, by their addresses; empty without a store."""
    beside: Mapping[str, str] = {}
    """References of the document to files beside it that decide the addresses of pictures, as `Beside.references`."""

    @property
    def removed(self) -> Counter[str]:
        """The number of removals by each rule."""
        removed = Counter(each.code for each in self.findings if each.removed)
        removed.update({kind.code: number for kind, number in self.counted.items() if kind.removed})
        return removed


def is_unfixed_error(finding: Finding) -> bool:
    """Return True if a finding can be the reason that its document is left out."""
    return finding.level == "error" and not finding.fixed


# --- workers ---------------------------------------------------------------------------------------------------------


class DocumentWorker:
    """Reader and renderer of documents for one output, in one process."""

    def __init__(self, context: RenderContext) -> None:
        self.context = context
        self.writer = WRITERS[context.to]
        self.reader = Reader()
        self.gallery = Gallery(context.pictures) if context.pictures else None
        self.beside = Beside() if context.pictures else None

    def read(self, ref: Ref) -> Cleaned:
        """Return a document, read and cleaned."""
        return read_document(ref, self.reader, self.context.base_url, self.context.how, self.beside)

    def work(self, task: Task, links: PageLinks) -> Outcome:
        """Return the outcome of a document, with its links resolved by `links`."""
        ref = task.ref
        cleaned = self.read(ref)
        article, findings = cleaned.article, cleaned.findings
        channel = self.context.channels.get(article.section, "") if article else ""
        page = self._page(task, links, cleaned.home, channel)
        if article is not None:
            try:
                article = self._settled(article, page, ref, findings)
                beside = self.writer.attach(article, page) if self.writer.attach else b""
                article = article_in(article, self.context.options.script)
                rendered = self.writer.render(article, page)
                part = make_part(self.writer, rendered, article, beside)
                part = _with_pictures(part, article, page.pictures)
                return self._asked(Outcome(part, findings), page, task, cleaned.pictures)
            except MemoryError:
                raise
            except Exception as error:  # a bug of this program must not lose the other documents
                findings += offset_into_jsonl(ref, [crash_finding(error, display_path(ref))])
        return self._stand_in(task, page, findings)

    def _asked(self, outcome: Outcome, page: Page, task: Task, places: Mapping[str, Place]) -> Outcome:
        """Return an outcome with the pictures that its page shows or lacks, each lack of which becomes a finding."""
        if not (self.gallery and self.beside and page.pictures):
            return outcome
        asked, ref = page.pictures.asked, task.ref
        pictures = shown.record(asked, self.gallery)
        reduced = {each for each, found in pictures.items() if task.treatments.get(found.source)}
        lacks = shown.findings(asked, places, display_path(ref), reduced)
        outcome.findings.extend(offset_into_jsonl(ref, [*lacks]))
        return replace(outcome, pictures=pictures, beside=self.beside.references)

    def _settled(self, article: Article, page: Page, ref: Ref, findings: list[Finding]) -> Article:
        """Return a post or chapter without links to those that the build lacks, each of which becomes a finding."""
        if article.source.dialect not in (posts.DIALECT, "epub"):
            return article
        several = self.writer.bind is not None or page.files is not None
        article, lost = settled(article, page, relative=self.writer.relative and several)
        findings += offset_into_jsonl(ref, [lost_link_finding(name, display_path(ref)) for name in lost])
        return article

    def without(self, task: Task, links: PageLinks, why: Message) -> Outcome:
        """Return the outcome of a document that was given up: a placeholder, made without reading it."""
        return self._stand_in(task, self._page(task, links), lost_findings(task.ref, why))

    def close(self) -> None:
        """Close the archives that were read from, and the store of pictures."""
        self.reader.close()
        if self.beside:
            self.beside.close()
        if self.gallery:
            self.gallery.close()

    def _page(self, task: Task, links: PageLinks, home: str = "", channel: str = "") -> Page:
        context, pictures = self.context, _pictures(self.gallery, task)
        return Page(task.entry, links, context.options, home, task.section, channel, task.name, context.files, pictures)

    def _stand_in(self, task: Task, page: Page, findings: list[Finding]) -> Outcome:
        language = self.context.language
        error = next(filter(is_unfixed_error, findings), findings[-1])
        reason = error.message.text_in("zh" if language.startswith("zh") else "en")
        stand_in = (
            self.writer.stand_in(task.entry, Omission(error.code, reason), page, language)
            if self.writer.stand_in
            else None
        )
        return Outcome(None if stand_in is None else make_part(self.writer, stand_in), findings, left_out=True)


def _pictures(gallery: Gallery | None, task: Task) -> PagePictures | None:
    return PagePictures(Treated(gallery, task.treatments)) if gallery else None


def _with_pictures(part: RenderedArticle, article: Article, pictures: PagePictures | None) -> RenderedArticle:
    """Return a part with the pictures that it shows."""
    if pictures is None or not pictures.used:
        return part
    lead = pictures.asked.get(article.lead.images[0].address) if article.lead and article.lead.images else None
    name = lead.name if isinstance(lead, Ready) else ""
    used = tuple(pictures.used.values())
    return replace(part, pictures=used, wordless=pictures.wordless, lead=name, addresses=pictures.addresses())


class RenderWorker(DocumentWorker):
    """Worker that renders documents."""

    def __call__(self, task: Task) -> Outcome:
        """Return a document's part of the output, with the links that it follows."""
        links = self._recorder()
        outcome = self.work(task, links)
        if outcome.left_out:
            return outcome
        told, counted = self._divided(outcome.findings)
        return replace(outcome, followed=links.followed, findings=told, counted=counted)

    def _divided(self, findings: list[Finding]) -> tuple[list[Finding], Counter[Kind]]:
        """Return the findings to report, and the numbers of the others, which take a tenth of the time to pass on."""
        least = LEVELS[self.context.told]
        told = [each for each in findings if LEVELS[each.level] <= least]
        counted = Counter([each.kind for each in findings if LEVELS[each.level] > least])
        return told, counted

    def lost(self, task: Task, why: Message) -> Outcome:
        """Return the placeholder of a document that was given up."""
        return self.without(task, self._recorder(), why)

    def _recorder(self) -> LinkRecorder:
        return LinkRecorder(self.context.links, files=self.context.files is not None)


class MeasureWorker(DocumentWorker):
    """Worker that measures documents' parts of a book before the targets of their links are known."""

    def __call__(self, task: Task) -> Measured:
        """Return the size of a document's part of the output."""
        links = UnplacedLinks()
        return _measured(self.work(task, links), links, packed=self.writer.packed)

    def lost(self, task: Task, why: Message) -> Measured:
        """Return the size of a placeholder, which the next run measures again."""
        links = UnplacedLinks()
        return replace(_measured(self.without(task, links, why), links, packed=self.writer.packed), transient=True)


def _measured(outcome: Outcome, links: UnplacedLinks, *, packed: bool) -> Measured:
    part = outcome.part or RenderedArticle(b"")
    lookups = tuple(links.articles), tuple(links.pages)
    size = len(part.data) + part.room + (part.weight if packed else 0)
    briefs = part.summary, part.minutes
    return Measured(size, *lookups, part.publisher, part.authors, dict(outcome.removed), *briefs, outcome.left_out)


class Credit(Struct, frozen=True, gc=False):
    """Publisher and authors of an article."""

    publisher: str = ""
    authors: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    """Findings about a document that was given up and so is left out."""


class CreditWorker(DocumentWorker):
    """Worker that reads publisher and authors of documents."""

    def __call__(self, task: Task) -> Credit:
        """Return publisher and authors of a document, empty if it cannot be read."""
        article = self.read(task.ref).article
        return Credit(article.publisher, article.authors) if article else Credit()

    def lost(self, task: Task, why: Message) -> Credit:
        """Return the finding about a document that was given up, which is not rendered later."""
        return Credit(findings=tuple(lost_findings(task.ref, why)))


class TrialWorker(DocumentWorker):
    """Worker that tries whether documents can be read."""

    def __call__(self, task: Task) -> bool:
        """Return True if a document has an article."""
        return self.read(task.ref).article is not None

    def lost(self, task: Task, why: Message) -> bool:
        """Return False for a document that was given up."""
        return False


class DateWorker(DocumentWorker):
    """Worker that reads the versions of documents' texts."""

    def __call__(self, task: Task) -> Version:
        """Return the version of a document's text."""
        return _version(self.read(task.ref).article)

    def lost(self, task: Task, why: Message) -> Version:
        """Return the oldest version, as for a document that cannot be read."""
        return Version()


_DAY = late_pattern(r"(?P<year>[12][0-9]{3})年(?P<month>[0-9]{1,2})月(?P<day>[0-9]{1,2})日")


def _version(article: Article | None) -> Version:
    if article is None:
        return Version()
    day = _DAY.search(article.dateline)
    dateline = f"{day['year']}-{day['month']:0>2}-{day['day']:0>2}" if day else ""
    dated = max(article.modified[:10], dateline, article.published[:10])
    text = "".join(texts(article.body))
    return Version(dated, len(text), copy_of(article.source.address, (text,)).text)
