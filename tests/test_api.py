"""The Python interface does what the command line does, and imports nothing heavy before it is needed."""

import inspect
import io
import subprocess
import sys
import time
import typing
import zipfile
from pathlib import Path

import pytest
from helpers.data import SEEDS
from helpers.program import run
from msgspec.structs import replace

import convert.api
import convert.model
from convert.api import BuildOptions, ConvertError, MissingExtraError, PageOptions, SourceError, StoreError, UsageError
from convert.messages import message
from convert.writers import pdf
from convert.writers.part import Tally

PAGES = SEEDS / "pages" / "nf9000001"
PAGE = PAGES / "n90000002.md"
COMMIT = "-c user.name=x -c user.email=x@example.org commit -q -m x"
HEAVY = ("ebooklib", "fontTools", "jsonschema", "lxml", "pikepdf", "PIL", "pypdfium2", "typst", "weasyprint", "yaml")


def article(path: Path = PAGE) -> convert.api.Article:
    (document,) = convert.api.read(path)
    assert document.article is not None
    return document.article


# --- reading ----------------------------------------------------------------------------------------------------------


def test_read_gives_every_document_in_order() -> None:
    documents = list(convert.api.read(str(PAGES)))
    assert len(documents) == len(list(PAGES.iterdir()))
    read = [each.article.source.path for each in documents if each.article is not None]
    assert read == sorted(read)
    assert all(isinstance(findings, list) for _, findings in documents)


def test_read_takes_archives_and_several_sources(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(PAGE, "n90000002.md")
    titles = [each.title for each, _ in convert.api.read([tmp_path / "a.zip", PAGE]) if each]
    assert titles == [article().title] * 2


def test_read_says_why_there_is_no_article(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# No article\n")
    ((read, findings),) = convert.api.read(tmp_path)
    assert read is None
    assert [each.code for each in findings] == ["SRC004"]


def test_read_takes_a_file_named_like_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-").write_bytes(PAGE.read_bytes())
    ((read, _),) = convert.api.read("-")
    assert read is not None


@pytest.mark.parametrize("kind", [str, bytes])
def test_parse_reads_what_read_reads(kind: type) -> None:
    data = PAGE.read_bytes()
    parsed = convert.api.parse(data if kind is bytes else data.decode(), path=PAGE.name)
    (document,) = convert.api.read(PAGE)
    assert parsed.article == document.article
    assert [each.code for each in parsed.findings] == [each.code for each in document.findings]


def test_parse_reports_half_a_surrogate_pair() -> None:
    parsed = convert.api.parse("### 纸\n\n\ud800")
    assert parsed.article is None
    assert [each.code for each in parsed.findings] == ["SRC004"]


def test_parse_takes_foreign_markdown_where_it_is_asked_to() -> None:
    text = "---\nsource: https://example.org/1\n---\n\n# 纸\n\n一张*纸*。\n"
    assert convert.api.parse(text).article is None
    parsed = convert.api.parse(text, source_format="markdown")
    assert parsed.article is not None
    assert parsed.article.title == "纸"


# --- writing ----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("to", ["html", "json", "jsonl", "markdown"])
def test_write_gives_the_bytes_of_the_command_line(to: str, tmp_path: Path) -> None:
    assert run("--to", to, PAGE, "-o", tmp_path / f"x.{to if to != 'markdown' else 'md'}").returncode == 0
    (made,) = tmp_path.iterdir()
    named = (
        replace(article(), section_name="造纸与印刷") if to.startswith("json") else article()
    )  # by the mirror's lists
    assert convert.api.write(named, to) == made.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("to", ["epub", "pdf"])
def test_write_gives_the_book_of_the_command_line_if_it_has_the_findings(to: str, tmp_path: Path) -> None:
    assert run("--to", to, PAGE, "-o", tmp_path / "book").returncode == 0
    ((read, findings),) = convert.api.read(PAGE)
    assert read is not None
    assert convert.api.write(read, to, findings=findings) == (tmp_path / "book").read_bytes()


def test_write_says_nothing_of_removals_that_it_does_not_know() -> None:
    unknown = about(convert.api.write(article(), "epub"))
    assert "没有清除任何内容" in about(convert.api.write(article(), "epub", findings=[]))
    assert "清除" not in unknown
    assert "SHA-256" in unknown
    made = replace(article(), source=replace(article().source, sha256="?"))
    assert "SHA-256" not in about(convert.api.write(made, "epub"))


def about(book: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return archive.read("EPUB/about.xhtml").decode()


def test_write_raises_an_error_for_an_article_that_cannot_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    def undrawn(
        volume: convert.model.Volume, parts: object, out: object, options: object, tally: Tally, _: int
    ) -> None:
        tally.undrawn.append((next(volume.entries()), message("drawing-limit", seconds=30, memory=1024)))

    monkeypatch.setattr(pdf, "bind", undrawn)
    with pytest.raises(ConvertError, match="more than 30 s"):
        convert.api.write(article(), "pdf")


@pytest.mark.parametrize("to", ["json", "jsonl", "markdown"])
def test_write_refuses_half_a_surrogate_pair(to: str) -> None:
    with pytest.raises(ConvertError, match=r"surrogate pair, '.ud83d'"):
        convert.api.write(replace(article(), title="\ud83d"), to)


def test_write_heeds_options() -> None:
    assert len(convert.api.write(article(), nav="drop")) < len(convert.api.write(article(), nav="keep"))


def test_a_changed_article_comes_back_equal() -> None:
    changed = replace(article(), title="新的标题")
    assert convert.api.parse(convert.api.write(changed, "json")).article == changed


# --- archives ---------------------------------------------------------------------------------------------------------


def test_convert_gives_the_bytes_of_the_command_line(tmp_path: Path) -> None:
    options = ("--split", "channel,year", "--since", "2023", "--query", "-印刷", "--order", "newest", "--nav", "drop")
    done = run("--to", "epub", SEEDS, "-o", tmp_path / "a", *options, "--ledger", tmp_path / "ledger.jsonl")
    assert done.returncode in (0, 3), done.stderr
    result = convert.api.convert(
        SEEDS,
        tmp_path / "b",
        "epub",
        split="channel,year",
        since="2023",
        queries=["-印刷"],
        order="newest",
        nav="drop",
    )
    names = {each.name for each in (tmp_path / "a").iterdir()}
    assert {each.name for each in (tmp_path / "b").iterdir()} == names
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert len(result.findings) == len((tmp_path / "ledger.jsonl").read_bytes().splitlines())
    assert result.articles > 0
    assert f"{result.articles} article(s)".encode() in done.stderr


def test_convert_updates_what_is_there(tmp_path: Path) -> None:
    for unchanged in (0, 1):
        result = convert.api.convert(PAGES, tmp_path / "book.epub", "epub", update=True)
        assert result.unchanged == unchanged


def test_the_current_folder_may_change_between_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = PAGE.read_text("utf-8")
    title = page.partition("\n")[0]
    made = []
    for name in ("one", "two"):
        folder = tmp_path / name
        (folder / "pages" / "nf1").mkdir(parents=True)
        (folder / "pages" / "nf1" / "n1.md").write_text(page.replace(title, f"### {name}"), "utf-8")
        for words in ("init -q -b main", f"remote add origin https://example.org/{name}", "add .", COMMIT):
            subprocess.run(["git", *words.split()], cwd=folder, check=True)
    time.sleep(0.1)  # else the cache would not trust the files
    for name in ("one", "two"):
        monkeypatch.chdir(tmp_path / name)
        convert.api.convert("pages", "x.html", "html", cache=tmp_path / "cache")
        made.append((name, Path("x.html").read_text("utf-8")))
    for name, html in made:
        assert f"<title>{name}</title>" in html
        assert f"https://example.org/{name}" in html


def test_validate_gives_the_findings_of_the_command_line() -> None:
    done = run("validate", "--isolated", "--level", "info", "--report", "json", "--select", "NAV", PAGES)
    findings = convert.api.validate(PAGES, select=["NAV"])
    assert findings
    assert len(findings) == done.stdout.count(b'"code":')


def test_validate_takes_levels_and_a_profile() -> None:
    assert convert.api.validate(PAGES, levels={"NAV": "off"}) == convert.api.validate(PAGES, ignore=["NAV"])
    raised = convert.api.validate(PAGES, select=["NAV"], levels={"NAV": "error"}, profile="mirror")
    assert {each.level for each in raised} == {"error"}
    with pytest.raises(UsageError, match=r"unknown profile 'miror'.*mirror"):
        convert.api.validate(PAGES, profile="miror")
    with pytest.raises(UsageError, match="there is no rule 'LKN'"):
        convert.api.validate(PAGES, levels={"LKN": "off"})


def test_a_text_in_place_of_several_is_one_of_them(tmp_path: Path) -> None:
    assert convert.api.validate(PAGES, select="NAV") == convert.api.validate(PAGES, select=["NAV"]) != []
    assert convert.api.validate(PAGES, ignore="NAV") == convert.api.validate(PAGES, ignore=["NAV"])
    one, two = (
        convert.api.convert(SEEDS, tmp_path / "x.jsonl", "jsonl", queries=each, channels=channel).articles
        for each, channel in (("印", "nf9000001"), (["印"], ["nf9000001"]))
    )
    assert one == two > 0


def test_validate_measures_fidelity() -> None:
    assert convert.api.validate(PAGES, fidelity=["markdown"], ignore=["SET"]) == convert.api.validate(
        [PAGES], ignore=["SET"]
    )


# --- what cannot be ---------------------------------------------------------------------------------------------------


def test_wrong_arguments_raise_errors_that_say_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="no such file"):
        list(convert.api.read(tmp_path / "none"))
    with pytest.raises(UsageError, match="no source"):
        convert.api.validate([])
    with pytest.raises(UsageError, match=r"unknown source format 'word'.*markdown"):
        convert.api.read(PAGE, source_format="word")
    with pytest.raises(UsageError, match=r"unknown format 'word'.*epub"):
        convert.api.write(article(), "word")
    with pytest.raises(UsageError, match=r"unknown page 'a3'.*a4"):
        convert.api.write(article(), "pdf", page="a3")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"unknown order 'last'.*newest"):
        convert.api.convert(PAGE, tmp_path / "x.epub", "epub", order="last")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="duplicates"):
        convert.api.convert(PAGE, tmp_path / "x.epub", "epub", duplicates="all")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="nav"):
        convert.api.write(article(), nav="maybe")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="there is no rule 'IMG9'"):
        convert.api.validate(PAGE, select=["IMG9"])
    with pytest.raises(UsageError, match=r"unknown format 'word'"):
        convert.api.validate(PAGE, fidelity=["word"])
    with pytest.raises(UsageError, match="base-url"):
        convert.api.parse("", base_url="example.org")
    for workers in (-1, 257):
        with pytest.raises(UsageError, match="--workers"):
            convert.api.validate(PAGE, workers=workers)
        with pytest.raises(UsageError, match="--workers"):
            convert.api.convert(PAGE, tmp_path / "x.pdf", "pdf", workers=workers)
    with pytest.raises(UsageError, match="-o: name a file or a folder"):
        convert.api.convert(PAGE, "", "epub")
    with pytest.raises(UsageError, match="name a file or a folder"):
        convert.api.convert(PAGE, "-", "epub")
    with pytest.raises(TypeError, match="'pages'"):
        convert.api.write(article(), pages="a4")  # type: ignore[call-arg]
    with pytest.raises(StoreError):
        convert.api.convert(PAGE, PAGE / "x.epub", "epub")
    (tmp_path / "bad.zip").write_bytes(b"PK\3\4" + bytes(100))
    with pytest.raises(SourceError):
        list(convert.api.read(tmp_path / "bad.zip"))
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(MissingExtraError, match="archive-convert"):
        convert.api.write(article(), "pdf", pdf_engine="typst")


# --- the interface ----------------------------------------------------------------------------------------------------


def test_importing_it_imports_nothing_heavy() -> None:
    code = (
        "import sys, convert; assert not [each for each in sys.modules if each.startswith('convert.')]\n"
        f"import convert.api; sys.exit(' '.join(each for each in {HEAVY!r} if each in sys.modules) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr.strip()) == (0, "")


def test_every_public_name_is_there_and_documented() -> None:
    for module in (convert.api, convert.model):
        for name in module.__all__:
            value = getattr(module, name)
            assert not (inspect.isclass(value) or inspect.isfunction(value)) or inspect.getdoc(value), name


def test_options_are_those_that_the_functions_take() -> None:
    taken = {
        *inspect.signature(convert.api._request).parameters,
        *inspect.signature(convert.api._book_options).parameters,
        *inspect.signature(convert.api._options).parameters,
    } - {"sources", "output", "to", "look"}
    assert set(typing.get_type_hints(BuildOptions)) == taken
    assert set(typing.get_type_hints(PageOptions)) == {*inspect.signature(convert.api._options).parameters} - {"to"}
