"""Every real article, to every format: nothing lost, nothing left of the wrapper."""

import csv
import hashlib
import json
import re
import subprocess
import sys
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from pathlib import Path

import outloud  # type: ignore[import-untyped]
import pdfua
import pytest
from helpers.corpus import WRAPPER, cleaned, read
from helpers.data import ACCEPT, CORPUS, FIRST_SEED, ROOT, needs_corpus, real_articles
from helpers.epub import epubcheck
from helpers.pages import visible
from helpers.program import run
from helpers.soak import SOAK
from lxml import etree, html as lxml_html
from markdown_it import MarkdownIt
from msgspec import structs
from pypdfium2 import PdfDocument

from convert import fidelity, readers
from convert.building import pipeline
from convert.building.survey import survey
from convert.building.target import File, Folder
from convert.bundle.volumes import Gathering
from convert.checking.archive import check
from convert.codec import article_json
from convert.document import read_and_clean
from convert.fidelity.visible import visible as seen
from convert.model import Article, Aside, Finding, Image, Link, Reading, texts, walk
from convert.printing.engines import ENGINES
from convert.readers.mirror import cut
from convert.readers.mirror.dialect import Dialect
from convert.rules import RULES
from convert.rules.engine import clean
from convert.rules.rule import Context
from convert.settings import Settings
from convert.sources import Source
from convert.urls import article_key, resolve
from convert.writers import WRITERS
from convert.writers.options import Options

pytestmark = pytest.mark.slow

COMMONMARK = MarkdownIt("commonmark").enable("table")
DIALECTS = real_articles()
ARTICLES = list(DIALECTS)


def sample(every: int) -> list[str]:
    """Return one of so many articles of each dialect, and at least one."""
    of_dialect = defaultdict(list)
    for path, dialect in DIALECTS.items():
        of_dialect[dialect].append(path)
    return sorted(path for paths in of_dialect.values() for path in paths[::every])


def copied(paths: Iterable[str], folder: Path) -> Path:
    """Copy articles to a folder and return it."""
    for path in paths:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((CORPUS / path).read_bytes())
    return folder


def rows(name: str) -> list[dict[str, str]]:
    with (CORPUS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def pictures(node: object) -> Iterator[Image]:
    return (each for each in walk((node,)) if isinstance(each, Image))


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """All of them in every format, as the command line does it; in PDF, which takes longest, some of each dialect."""
    if not ARTICLES:
        pytest.skip(f"the corpus of real articles is not at {CORPUS}")
    out = tmp_path_factory.mktemp("out")
    chosen = dict.fromkeys(WRITERS, ARTICLES) | {"pdf": ARTICLES if SOAK else sample(16)}
    made = {}
    for name, writer in WRITERS.items():
        source = copied(chosen[name], tmp_path_factory.mktemp("source"))
        where = out / (name if writer.bind is None else "book" + writer.suffix)
        findings: list[Finding] = []
        settings = Settings(gathering=Gathering(once=False), options=Options(nav=writer.nav))  # copies may differ
        seen = survey([str(source)])
        with File(str(where)) if writer.bind else Folder(str(where)) as target_:
            summary = pipeline.convert(seen, name, target_, settings, findings.append)
        assert (summary.articles, summary.left_out) == (len(chosen[name]), 0), name
        made[name] = where
    return made


def contents_of(made: dict[str, Path]) -> Iterator[tuple[str, str]]:
    """Every text of every output, whatever it is packed in."""
    for name, where in made.items():
        if where.is_dir():
            for file in sorted(where.rglob("*.*")):
                yield f"{name}:{file.name}", file.read_text("utf-8")
        elif name == "epub":
            with zipfile.ZipFile(where) as book:
                for member in book.namelist():
                    yield f"{name}:{member}", book.read(member).decode("utf-8")
        elif name == "parquet":
            from pyarrow import parquet

            yield name, str(parquet.read_table(where).to_pylist())
        elif name == "zim":
            from libzim.reader import Archive

            book = Archive(where)
            for number in range(book.entry_count):
                entry = book._get_entry_by_id(number)
                yield f"{name}:{entry.path}", "" if entry.is_redirect else bytes(entry.get_item().content).decode()
        elif name != "pdf":
            yield name, where.read_text("utf-8")


@needs_corpus
def test_each_is_told_by_its_dialect() -> None:
    assert len(ARTICLES) == 384
    for path, dialect in DIALECTS.items():
        assert read(path).article.source.dialect == dialect


@needs_corpus
def test_peek_takes_articles_and_refuses_other_documents() -> None:
    for row in rows("MANIFEST.tsv"):
        if not (CORPUS / row["path"]).is_file():
            continue  # a program or a picture that was left out of the sample
        data = (CORPUS / row["path"]).read_bytes()
        if row["dialect"].startswith("nonarticle/"):
            assert readers.peek(data, row["path"]) is None, row["path"]
        elif row["path"] in DIALECTS:
            assert readers.peek(data, row["path"]) is not None, row["path"]


REPAIRED = {"TXT004", "TXT005", "HTM007", "HTM008", "IMG005"}
"""Repairs after which a page says something else than before."""


@needs_corpus
@pytest.mark.parametrize("path", ARTICLES)
def test_every_visible_character_is_read(path: str) -> None:
    """Against lxml, another parser, which sees the page before any repair."""
    text = readers.decode((CORPUS / path).read_bytes())
    dialect = cut.recognise(text)
    assert dialect
    reading = read(path)
    if {note.code for note in reading.notes} & REPAIRED or "data-lbox" in text:
        return  # the fidelity meter looks at these
    content = re.sub(r"(?m)^ ?#{1,6} .*$|^---$(?=\n+ ?#)", "", cut.split_page(text, dialect).content)
    tree = lxml_html.fragment_fromstring(re.sub("[\x00-\x08\x0e-\x1f]", "", content), create_parent="div")
    etree.strip_elements(tree, "script", "style", with_tail=False)
    for hidden in tree.xpath(".//*[contains(@style, 'display:none') or contains(@style, 'display: none')]"):
        if hidden.get("id") != "popupMenu":
            hidden.drop_tree()
    article = reading.article
    body = tuple(block for block in article.body if not (isinstance(block, Aside) and block.kind == "promotion"))
    said = "".join(texts(((article.lead,) if article.lead else ()) + body))
    assert seen(said) == seen(tree.text_content())


METERED = frozenset(sample(4))


@needs_corpus
@pytest.mark.parametrize(
    "path", [pytest.param(each, marks=() if each in METERED else pytest.mark.soak) for each in ARTICLES]
)
def test_the_meter_finds_nothing_missing(path: str) -> None:
    reading = read(path)
    article, taken = clean(reading, Context(reading.article.source.address, reading.home), path)
    formats = [to for to in fidelity.OUTPUTS if to != "pdf"]  # which takes longer than all else: below, in parallel
    assert [str(each) for each in fidelity.findings(reading, article, taken, path, formats)] == []


@needs_corpus
@pytest.mark.parametrize("path", ARTICLES)
def test_cleaned_article_has_nothing_of_the_wrapper(path: str) -> None:
    article, _ = cleaned(path)
    said = "\n".join(texts(((article.lead,) if article.lead else ()) + article.body))
    assert WRAPPER.search(said) is None
    assert not [block for block in article.body if isinstance(block, Aside)]


@needs_corpus
def test_json_comes_back_equal(converted: dict[str, Path]) -> None:
    for path in ARTICLES:
        written = (converted["json"] / path).with_suffix(".json").read_bytes()
        article = structs.replace(cleaned(path)[0], nav=())  # which depends on what is known of the mirror's address
        assert structs.replace(readers.read(written, "a.json", "").article, nav=()) == as_converted(article, path)


def as_converted(article: Article, path: str) -> Article:
    digest = hashlib.sha256((CORPUS / path).read_bytes()).hexdigest()
    return structs.replace(article, source=structs.replace(article.source, sha256=digest))


# What a plain search of a page finds, its markup and white space taken out; judged without any of our readers.
TOLD = {
    "dateline": r"【(?:大[纪紀]元|新唐人|希望之[声聲]|看中[国國])(?:北京[时時][间間])?\d{4}年\d+月\d+日[讯訊电電]?】",
    "editor": r"(?:责任编辑|責任編輯|责编)[：:]",
    "authors": r"【[^】]*\d{4}年\d+月\d+日[^】]{0,3}】（[^（）：]{0,10}[记記]者[^（）／]{2,20}[报報][导導道]）",
}
EXCEPTIONS = {
    ("epic/pages/ncid1349361/n13706005.md", "editor"),  # the whole site stands below the article's own last line
    ("bn2/pages/prog1695/a102593323.md", "dateline"),  # below a long introduction
}


@needs_corpus
@pytest.mark.parametrize("field", TOLD)
def test_metadata_is_read_wherever_a_plain_search_finds_it(field: str) -> None:
    missed = set()
    for path in ARTICLES:
        page = re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", (CORPUS / path).read_text("utf-8")))
        if re.search(TOLD[field], page) and not getattr(cleaned(path)[0], field):
            missed.add((path, field))
    assert missed <= EXCEPTIONS


@needs_corpus
def test_every_article_has_a_date_a_publisher_and_an_identifier() -> None:
    for path in ARTICLES:
        article, _ = cleaned(path)
        assert article.published, path
        assert article.publisher, path
        assert path.endswith(f"/{article.id}.md") or "reuters" in DIALECTS[path], path


@needs_corpus
def test_article_in_two_mirrors_is_read_alike() -> None:
    ratios = []
    for row in rows("pairs.tsv"):
        if row["kind"] != "same-id":
            continue
        one, other = cleaned(row["path_a"])[0], cleaned(row["path_b"])[0]
        assert (one.title, one.published, one.id) == (other.title, other.published, other.id)
        assert article_key(one.source.address) == article_key(other.source.address)
        shown = [visible("".join(texts(article.body))) for article in (one, other)]
        ratios.append(SequenceMatcher(None, shown[0], shown[1], autojunk=False).ratio())
    assert len(ratios) >= 9
    assert sum(ratios) / len(ratios) >= 0.99


@needs_corpus
def test_outputs_contain_no_tracker(converted: dict[str, Path]) -> None:
    trackers = {src for row in rows("pixels.tsv") for src in re.split(r"[\s|]+", row["tracker_srcs"]) if "//" in src}
    assert trackers
    for name, text in contents_of(converted):
        assert "gfw-breaker.win" not in text, name
        assert "<ok" not in text, name
        for tracker in trackers:
            assert tracker not in text, name


@needs_corpus
@pytest.mark.law
def test_pdf_contains_no_tracker(converted: dict[str, Path]) -> None:
    from pypdf import PdfReader

    with PdfDocument(converted["pdf"]) as document:
        for page in document:
            assert "gfw-breaker.win" not in page.get_textpage().get_text_range()
    for page in PdfReader(converted["pdf"]).pages:
        for annotation in page.get("/Annots") or ():
            action = annotation.get_object().get("/A") or {}
            assert "gfw-breaker.win" not in str(action.get("/URI", ""))


@needs_corpus
@pytest.mark.law
def test_fidelity_of_real_articles_in_pdf_has_no_errors() -> None:
    """Some of them: what each says in print is in test_printed_text.py."""
    found: list[Finding] = []
    some = [str(CORPUS / path) for path in (ARTICLES[::6] if SOAK else sample(100))]
    summary = check(some, Settings(fidelity=("pdf",)), found.append)
    assert summary.articles == len(some)
    assert [str(each) for each in found if each.level == "error" and not each.fixed] == []


HIDDEN = {"https://img3.secretchina.com/pic/2020/7-29/p2742721a263579567.jpg"}
"""In one page it stands in a pop-up that is never shown, a pay wall."""


@needs_corpus
def test_every_picture_of_an_article_is_kept(converted: dict[str, Path]) -> None:
    wanted: dict[str, list[str]] = {path: [] for path in ARTICLES}
    for row in rows("images.tsv"):
        if row["path"] in wanted and row["kind"] in ("content", "lead"):
            wanted[row["path"]].append(row["src"])
    assert sum(map(len, wanted.values())) > 200
    for path, sources in wanted.items():
        reading = read(path)
        article, _ = clean(reading, Context(reading.article.source.address), path)
        kept = [picture.address for picture in pictures(article)]
        as_json = article_json.decode((converted["json"] / path).with_suffix(".json").read_bytes())
        assert [picture.address for picture in pictures(as_json)] == kept
        markdown = (converted["markdown"] / path).read_text("utf-8")
        for source in sources:
            if source in HIDDEN:
                continue
            source = source.replace("&amp;", "&").replace("https:https:", "https:").strip()
            address = resolve(source, article.source.address)
            assert {source, address} & {*kept}, (path, source)
            assert source.startswith("data:") or any(
                each.replace("&", "\\&") in markdown or each in markdown for each in (source, address)
            ), (path, source)


@needs_corpus
def test_every_link_of_an_article_is_kept(converted: dict[str, Path]) -> None:
    for path in ARTICLES:
        article = article_json.decode((converted["json"] / path).with_suffix(".json").read_bytes())
        text = (converted["markdown"] / path).read_text("utf-8").split("\n---\n", 1)[1]
        tree = lxml_html.fragment_fromstring(COMMONMARK.render(text), create_parent="div")
        # A link to another article of the folder leads to its file, and its title is the address.
        written = {anchor.get(name) for anchor in tree.xpath(".//a[@href]") for name in ("href", "title")}
        for link in (node for node in walk(article.body) if isinstance(node, Link)):
            if link.target.isascii() and link.target and "\\" not in link.target and " " not in link.target:
                assert link.target.replace("&amp;", "&") in written, (path, link.target)


@needs_corpus
def test_the_text_of_each_is_in_the_epub(converted: dict[str, Path]) -> None:
    with zipfile.ZipFile(converted["epub"]) as book:
        pages = {
            name: visible(str(lxml_html.document_fromstring(book.read(name)).xpath("string()")))
            for name in book.namelist()
            if name.endswith(".xhtml")
        }
    whole = "\n".join(pages.values())
    for path in ARTICLES:
        article = article_json.decode((converted["json"] / path).with_suffix(".json").read_bytes())
        for paragraph in (block for block in article.body if not isinstance(block, Aside)):
            for words in texts((paragraph,)):  # between them a book says that a picture is not there
                assert visible(words)[:200] in whole, path


@needs_corpus
def test_json_lines_are_the_articles(converted: dict[str, Path]) -> None:
    lines = converted["jsonl"].read_bytes().splitlines()
    assert len(lines) == len(ARTICLES)
    by_path = {article.source.path: article for article in map(article_json.decode, lines)}
    for path in ARTICLES:
        assert article_json.decode((converted["json"] / path).with_suffix(".json").read_bytes()) == by_path[path]


@needs_corpus
@pytest.mark.law
def test_the_book_is_valid_and_has_each_article_once(tmp_path: Path) -> None:
    book = tmp_path / "corpus.epub"
    assert run("--to", "epub", "-q", CORPUS, "-o", book).returncode == 0
    with zipfile.ZipFile(book) as archive:
        chapters = [name for name in archive.namelist() if name.startswith(("EPUB/text/", "EPUB/texts/"))]
    assert len(chapters) == len({Path(path).stem for path in ARTICLES})
    if not SOAK:
        book = tmp_path / "sample.epub"
        assert run("--to", "epub", "-q", copied(sample(6), tmp_path / "sample"), "-o", book).returncode == 0
    assert epubcheck(book) == []


@needs_corpus
@pytest.mark.soak
@pytest.mark.parametrize("options", [("--cover", "lead"), ("--script", "hant", "--cover", "png"), ("--split", "month")])
def test_books_with_pictures_in_another_script_and_of_months_are_valid(
    options: tuple[str, ...], tmp_path: Path
) -> None:
    script, store = ROOT / "scripts" / "draw_pictures.py", tmp_path / "store"
    subprocess.run([sys.executable, script, CORPUS, store], check=True, capture_output=True)
    out = tmp_path / ("out" if "--split" in options else "out.epub")
    assert run("--to", "epub", "-q", CORPUS, "--store", store, *options, "-o", out).returncode == 0
    books = sorted(out.glob("*.epub"))[::8] if out.is_dir() else [out]
    assert books
    assert [(book.name, told) for book in books for told in epubcheck(book)] == []


MISTAKEN = {"PAG-001", "TBL-004", "TXT-003"}
"""Wrong rules: PAG-001 takes lines with which three of 1,400 pages end for running feet, TBL-004 is explained in
test_printed_books.py, and TXT-003 does not see the text that typst writes beside glyphs of Thai (/ActualText)."""


@needs_corpus
@pytest.mark.soak
@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_books_of_real_articles_conform_to_pdf_ua(engine: str, tmp_path: Path) -> None:
    book = tmp_path / "book.pdf"
    done = run("--to", "pdf", "-q", CORPUS, "--pdf-engine", engine, "-o", book, timeout=1800)
    assert done.returncode == 0, done.stderr.decode()
    assert [found for outcome in pdfua.validate(str(book)).outcomes for found in outcome.findings] == []
    told = outloud.check(str(book), layers=["conformance"], skip=MISTAKEN)
    told.findings += outloud.check(str(book), only={"NOTE-003"}).findings
    assert (told.error, [(each.rule, each.message) for each in told.findings]) == (None, [])


@pytest.mark.skipif(not FIRST_SEED.is_file(), reason=f"the document that the project began from is not at {FIRST_SEED}")
class TestTheFirstSeed:
    """The document that the project began from, as its users asked for it."""

    def made(self, tmp_path: Path, *, path: str = "000.txt", base: str = "") -> tuple[str, dict[str, object]]:
        source, out = tmp_path / "source", tmp_path / "out"
        (source / path).parent.mkdir(parents=True)
        (source / path).write_bytes(FIRST_SEED.read_bytes())
        for to in ("markdown", "json"):
            with Folder(str(out)) as target:
                pipeline.convert(survey([str(source)]), to, target, Settings(base_url=base), lambda _: None)
        text = (out / path).with_suffix(".md").read_text("utf-8")
        return text, json.loads((out / path).with_suffix(".json").read_bytes())

    def test_everything_of_the_article_is_there(self, tmp_path: Path) -> None:
        text, _ = self.made(tmp_path)
        for unwanted in ("gfw-breaker.win", "?n14072129", "<ok", "../"):
            assert unwanted not in text
        tree = lxml_html.fragment_fromstring(COMMONMARK.render(text.split("\n---\n", 1)[1]), create_parent="div")
        article = read_first().article
        source = lxml_html.fragment_fromstring(
            cut.split_page(FIRST_SEED.read_text("utf-8"), first_dialect()).content, create_parent="div"
        )
        body = source.xpath(".//*[@id='artbody']")[0]
        assert visible(body.text_content()) in visible(tree.text_content())
        assert len([block for block in article.body if type(block).__name__ == "Paragraph"]) == 34
        assert len(tree.xpath(".//h2")) == 8
        targets = [link.get("href") for link in source.xpath(".//ok[@href]")]
        assert len(targets) >= 6
        written = [link.get("href") for link in tree.xpath(".//a")]
        assert [target for target in written if target in targets] == targets
        (picture,) = tree.xpath(".//img")
        assert picture.get("src").endswith("id14072130-GettyImages-1659536684-600x400.jpg")
        assert "2023年9月12日，俄罗斯总统普京在东方经济论坛主持会议。" in picture.getparent().text_content()

    def test_its_navigation_leads_home(self, tmp_path: Path) -> None:
        text, data = self.made(
            tmp_path,
            path="pages/nf1412576/n14072129.md",
            base="https://github.com/epic-marker/epoch-news/blob/master/",
        )
        nav = {str(link["label"]): str(link["target"]) for link in data["nav"]}  # type: ignore[attr-defined]
        assert nav == {
            "首页": "https://github.com/epic-marker/epoch-news",
            "评论": "https://github.com/epic-marker/epoch-comment",
            "专题": "https://github.com/epic-marker/epoch-special",
            "禁闻": "https://github.com/epic-marker/epoch-news",
            "禁书": "https://github.com/epic-marker/books",
            "翻墙": "https://github.com/gfw-breaker/nogfw/blob/master/README.md",
        }
        last = text.rstrip("\n").splitlines()[-1]
        assert all(f"[{label}]({target})" in last for label, target in nav.items())


def read_first() -> Reading:
    return readers.read(FIRST_SEED.read_bytes(), "000.txt", "")


def first_dialect() -> Dialect:
    dialect = cut.recognise(FIRST_SEED.read_text("utf-8"))
    assert dialect
    return dialect


COUNTS = Path(__file__).parent / "corpus_findings.json"


@needs_corpus
def test_findings_of_each_rule_are_as_many_as_accepted() -> None:
    """A false alarm shows as a difference here; `ACCEPT=1` writes the counts of today."""
    counts: Counter[str] = Counter()
    documents: Counter[str] = Counter()
    for path in ARTICLES:
        source = Source("", path, (CORPUS / path).read_bytes())
        found = [each.code for each in read_and_clean(source, thorough=True)[1]]
        counts.update(found)
        documents.update(set(found))
    today = {code: {"findings": counts[code], "documents": documents[code]} for code in sorted(counts)}
    if ACCEPT:
        COUNTS.write_text(json.dumps(today, indent=2) + "\n", "utf-8")
    assert json.loads(COUNTS.read_text("utf-8")) == today
    assert {code for code in today if RULES[code].level == "error"} <= {"ART001", "TXT001", "TXT004"}
