"""The documentation says what is so: pages made from the code, links that lead somewhere, examples that run."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import lxml.etree
import picture
import pytest
import recording
from helpers.docs import FENCED, blocks, text
from helpers.program import folder_for_scripts

import convert.api

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "scripts" / "docs.py"
OTHER_PAGES = [ROOT / folder / "README.md" for folder in ("benchmarks", "seeds", "tests/commands", "tests/rules")]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *OTHER_PAGES])
HAND_MADE = [page for page in PAGES if not page.is_relative_to(ROOT / "docs" / "rules")]

CODE = re.compile(r"`[^`\n]+`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
PATH = re.compile(r"`((?:convert|tests|docs|scripts|schemas|seeds|\.ci)/[\w./-]*)`")


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def anchors(page: Path) -> set[str]:
    """The names that GitHub gives to the headings of a page."""
    heads = HEADING.findall(FENCED.sub("", text(page)))
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


# --- what is made from the code ---------------------------------------------------------------------------------------


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generator", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_generated_docs_are_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    status = generator().main(["--check"])
    assert (status, capsys.readouterr().out) == (0, "")


def test_the_pages_have_every_table() -> None:
    made = generator()
    pages = "".join(text(path) for path in (ROOT / "docs").glob("*.md"))
    assert {table for _, table, _ in made.TABLE.findall(pages)} == set(made.TABLES)


@pytest.mark.parametrize(
    ("spoil", "was"),
    [
        ("docs/formats.md", "| `epub` |"),
        ("docs/rules/README.md", "tracking-image"),
        ("docs/rules/IMG001.md", "tracking-image"),
        ("docs/rules/OLD001.md", None),
        ("docs/audit/html.md", "img-src"),
        ("docs/audit/old.md", None),
        ("docs/rules/zh/IMG001.md", "tracking-image"),
        ("docs/rules/zh/OLD001.md", None),
    ],
)
def test_docs_of_an_outdated_file_are_found(tmp_path: Path, spoil: str, was: str | None) -> None:
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    made = generator()
    assert made.stale(made.wanted(tmp_path)) == []
    file = tmp_path / spoil
    file.write_text(text(file).replace(was, "old") if was else "old\n", "utf-8")
    ((found, page),) = made.stale(made.wanted(tmp_path))
    assert found == file
    made.write(found, page)
    assert made.stale(made.wanted(tmp_path)) == []


def test_recordings_hold_text_alone() -> None:
    for name in recording.RECORDINGS:
        drawn = lxml.etree.parse(ROOT / name)
        assert {lxml.etree.QName(element).localname for element in drawn.iter()} == {
            "svg", "title", "style", "rect", "text",
        }  # fmt: skip
        assert not re.search(r"url\(|@import|href", text(ROOT / name))


def test_the_picture_is_of_the_documents_as_they_are() -> None:
    assert not picture.is_stale()


@pytest.mark.parametrize("name", [page.name for page in PAGES if page.parent == ROOT / "docs" / "rules"])
def test_pages_of_the_rules_lead_from_one_language_to_the_other(name: str) -> None:
    folder = ROOT / "docs" / "rules"
    assert f"[中文](zh/{name})\n" in text(folder / name)
    assert f"[English](../{name})\n" in text(folder / "zh" / name)


# --- links and paths --------------------------------------------------------------------------------------------------


def links() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for target in LINK.findall(CODE.sub("", FENCED.sub("", text(page)))):
            if not target.startswith(("https://", "mailto:")):
                yield name(page), target


def test_links_within_the_documentation_lead_somewhere() -> None:
    wrong = []
    for page, target in links():
        path, _, anchor = target.partition("#")
        file = (ROOT / page).parent / path if path else ROOT / page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            wrong.append(f"{page}: {target}")
    assert not wrong


def test_pages_of_the_site_lead_to_pages_of_the_site() -> None:
    settings = (ROOT / "docs" / "site" / "conf.py").read_text("utf-8")
    others = set(re.findall(r'^    "(\w[\w/]*\.md)",$', settings, re.MULTILINE))
    pages = {name(page) for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]} | others
    targets = [
        (page, ((ROOT / page).parent / target.partition("#")[0]).resolve().relative_to(ROOT).as_posix())
        for page, target in links()
        if page in pages
    ]
    assert others
    assert [(page, target) for page, target in targets if target.endswith(".md") and target not in pages] == []


def test_the_contents_lead_to_every_page() -> None:
    contents = (ROOT / "docs" / "README.md").read_text("utf-8")
    listed = {f"{each}.md" for each in re.findall(r"^- \[[^]]+\]\(([^)#]+)\.md\)", contents, re.MULTILINE)}
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert pages | {f"{page.parent.name}/README.md" for page in (ROOT / "docs").glob("*/README.md")} <= listed


@pytest.mark.parametrize("page", [page for page in HAND_MADE if page not in OTHER_PAGES], ids=name)
def test_files_that_are_named_are_there(page: Path) -> None:
    assert [path for path in PATH.findall(text(page)) if "CODE" not in path and not (ROOT / path).exists()] == []


# --- examples ---------------------------------------------------------------------------------------------------------


EXAMPLES = blocks(ROOT / "docs" / "python.md", "python")


def test_python_examples_run_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    scope: dict[str, object] = {}
    assert EXAMPLES
    for code in EXAMPLES:
        exec(compile(code, "python.md", "exec"), scope)
    printed = capsys.readouterr().out
    assert "纸的历史" in printed
    recent = [article for article, _ in convert.api.read("seeds") if article and article.published >= "2023"]
    assert len(recent) > 20
    assert f"{len(recent)} articles in articles/" in printed
    assert "'yesterday' is no date" in printed
    assert (tmp_path / "article.epub").is_file()


def test_python_examples_have_the_right_types(tmp_path: Path) -> None:
    if not importlib.util.find_spec("mypy"):
        pytest.skip("mypy is not installed")
    file = tmp_path / "examples.py"
    file.write_text("\n".join(EXAMPLES), "utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", "pyproject.toml", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def commands() -> list[tuple[str, str]]:
    found = []
    for page in HAND_MADE:
        if name(page) in ("docs/validation.md", "docs/publishing.md", "docs/pdf.md"):
            continue  # tests/test_commands.py plays them, with what they say
        for block in blocks(page, "console"):
            found += [(name(page), line[2:]) for line in block.splitlines() if line.startswith("$ convert ")]
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("page", "command"), commands())
def test_commands_run(page: str, command: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=tmp_path,
        env={**os.environ, "LC_ALL": "C.UTF-8", "PATH": os.pathsep.join([folder_for_scripts(), os.environ["PATH"]])},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_the_targets_of_make_that_are_named_are_there() -> None:
    makefile = text(ROOT / "Makefile")
    named = {target for page in HAND_MADE for target in re.findall(r"(?:`|\$ )make ([a-z]+)", text(page))}
    assert [target for target in sorted(named) if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


def defines(module: Path, name: str) -> bool:
    """Return True if a module, or any module of a package, has a function, class or table of this name."""
    files = [module.with_suffix(".py")] if module.with_suffix(".py").exists() else [*module.glob("*.py")]
    return any(re.search(rf"^\s*(?:def |class )?{name}\b\s*[(:=]", text(file), re.MULTILINE) for file in files)


STEPS = re.findall(r"^## \d+\. .*?: (.+)$", text(ROOT / "docs" / "tour.md"), re.MULTILINE)


@pytest.mark.parametrize("step", STEPS)
def test_the_tour_names_what_the_code_has(step: str) -> None:
    for named in re.findall(r"`([\w.]+)", step):
        *room, name = re.sub(r"^WRITERS$", "writers.WRITERS", named).split(".")
        places = [path.with_suffix("") for path in (ROOT / "convert").rglob("*") if path.stem == room[-1]]
        here = any(defines(place, name) or defines(place / name, name) for place in places)
        assert here or any((place / name).with_suffix(".py").exists() for place in places), named
