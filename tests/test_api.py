"""The Python interface does what the command line does, and imports nothing heavy before it is needed."""

import inspect
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
from convert.api import BuildOptions, MissingExtraError, PageOptions, SourceError, StoreError, UsageError

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


@pytest.mark.parametrize("to", ["html", "json", "jsonl", "markdown"])
def test_write_gives_the_bytes_of_the_command_line(to: str, tmp_path: Path) -> None:
    assert run("--to", to, PAGE, "-o", tmp_path / f"x.{to if to != 'markdown' else 'md'}").returncode == 0
    (made,) = tmp_path.iterdir()
    assert convert.api.write(article(), to) == made.read_bytes()


@pytest.mark.parametrize(("to", "magic"), [("epub", b"PK"), ("pdf", b"%PDF-")])
def test_write_makes_a_book_of_one_article(to: str, magic: bytes) -> None:
    assert convert.api.write(article(), to).startswith(magic)


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
        *inspect.signature(convert.api._options).parameters,
    } - {"sources", "output", "to", "look"}
    assert set(typing.get_type_hints(BuildOptions)) == taken
    assert set(typing.get_type_hints(PageOptions)) == {*inspect.signature(convert.api._options).parameters} - {"to"}
