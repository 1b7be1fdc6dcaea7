"""Files that are shipped: the wheel, the console scripts, the Makefile and the shell scripts."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import distribution, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from helpers import program
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import convert
from convert import manifest
from convert.cli import settings
from convert.codec import article_json, row
from convert.printing.weasy import engine
from convert.readers.mirror.own import file as dialect
from convert.rules import RULES
from convert.sharding import finishing, listing, receipts
from convert.writers import WRITERS, assets

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
SCHEMAS = (article_json, assets, dialect, finishing, listing, manifest, receipts, row, settings)
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
SETUP = (ROOT / "scripts" / "setup").read_text("utf-8")
SCHEMA = ROOT / "schemas" / article_json.SCHEMA_NAME
SCRIPTS = ("convert", "archive-convert")

needs_make = pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")


def run(*command: str | Path, cwd: Path = ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
    env = {"PYTHONUTF8": "1", **os.environ, **variables}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, encoding="utf-8")


def variable(name: str, source: str) -> list[str]:
    """The words of the variable `name`, as make or sh sets it."""
    found = re.search(rf'^{name} *:?= *"?([^"#\n]*)', source, re.MULTILINE)
    assert found, name
    return found[1].split()


# --- the wheel --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not find_spec("hatchling"):
        pytest.skip("hatchling, which builds the wheel, is not installed (pip install hatchling)")
    folder = tmp_path_factory.mktemp("wheel")
    done = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = folder.iterdir()
    return made


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_every_file_of_the_package_and_the_schema(wheel: Path) -> None:
    package = {
        file.relative_to(ROOT).as_posix()
        for file in (ROOT / "convert").rglob("*")
        if file.is_file() and not {part for part in file.parts if part == "__pycache__" or part.endswith("_cache")}
    }
    data = {
        "convert/writers/book/book.css",
        "convert/printing/weasy/print.css",
        "convert/rules/pages/zh/IMG001.md",
        "convert/rules/pages/en/IMG001.md",
        "convert/py.typed",
    }
    assert data <= package
    packed = {name for name in names(wheel) if ".dist-info/" not in name}
    assert packed == package | {f"convert/schemas/{each.SCHEMA_NAME}" for each in SCHEMAS}


def test_there_is_one_version() -> None:
    assert convert.__version__ == PROJECT["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == PROJECT["version"]


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    info = f"archive_convert-{PROJECT['version']}.dist-info"
    assert wheel.name == f"archive_convert-{PROJECT['version']}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        metadata = archive.read(f"{info}/METADATA").decode()
        scripts = archive.read(f"{info}/entry_points.txt").decode()
        archive.getinfo(f"{info}/licenses/LICENSE")
    assert f"\nRequires-Python: {PROJECT['requires-python']}\n" in metadata
    assert all(f"\nProvides-Extra: {extra}\n" in metadata for extra in PROJECT["optional-dependencies"])
    assert all(f"\n{name} = convert.__main__:start" in scripts for name in SCRIPTS)


def test_a_package_that_is_not_editable_finds_its_own_files(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    code = (
        "import json, sys; from importlib.resources import files; import convert;"
        "from convert.codec import article_json;"
        "from convert.rules import RULES;"
        "css = [(files('convert') / name).is_file() for name in ('writers/book/book.css', 'printing/weasy/print.css')];"
        "pages = {code: rule.page_in('zh') for code, rule in RULES.items()};"
        "json.dump([convert.__file__, article_json.schema(), css, pages], sys.stdout)"
    )
    unmeasured = {"COVERAGE_PROCESS_START": "", "COVERAGE_PROCESS_CONFIG": ""}  # this copy goes away
    done = run(sys.executable, "-c", code, cwd=tmp_path, PYTHONPATH=str(tmp_path), **unmeasured)
    assert done.returncode == 0, done.stderr
    where, schema, css, pages = json.loads(done.stdout)
    assert Path(where).is_relative_to(tmp_path)
    assert schema == json.loads(SCHEMA.read_text("utf-8"))
    assert css == [True, True]
    assert pages == {code: rule.page_in("zh") for code, rule in RULES.items()}


def installed_without_extras() -> dict[str, int]:
    """The packages that the project brings without extras, and the bytes of their files."""
    sizes: dict[str, int] = {}
    waiting = [Requirement(each) for each in PROJECT["dependencies"]]
    seen: set[str] = set()
    while waiting:
        need = waiting.pop()
        package = distribution(need.name)
        files = [Path(str(package.locate_file(file))) for file in package.files or ()]
        sizes[canonicalize_name(need.name)] = sum(file.stat().st_size for file in files if file.is_file())
        for each in map(Requirement, package.requires or ()):
            wanted = each.marker is None or any(each.marker.evaluate({"extra": name}) for name in ("", *need.extras))
            if wanted and str(each) not in seen:
                seen.add(str(each))
                waiting.append(each)
    return sizes


def test_what_is_installed_without_extras_takes_at_most_135_megabytes() -> None:
    sizes = installed_without_extras()
    assert {"lxml", "fonttools", "pillow", "brotli"} <= sizes.keys()  # also what dependencies need, by their extras
    assert "typst" not in sizes
    assert sum(sizes.values()) < 135e6, sorted(sizes.items(), key=lambda each: -each[1])


# --- this installation ------------------------------------------------------------------------------------------------


def test_an_editable_installation_finds_the_schema_of_the_checkout() -> None:
    assert Path(convert.__file__).is_relative_to(ROOT)
    assert article_json.schema() == json.loads(SCHEMA.read_text("utf-8"))


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_console_scripts_tell_the_version(name: str) -> None:
    (entry,) = entry_points(group="console_scripts", name=name)
    assert entry.value == "convert.__main__:start"
    script = Path(sys.executable).parent / name
    if not script.is_file():
        pytest.skip(f"the project is not installed beside {sys.executable}")
    done = run(script, "--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split()[-1] == PROJECT["version"]


# --- Makefile and scripts ---------------------------------------------------------------------------------------------


@needs_make
@pytest.mark.parametrize("command", [["make"], ["make", "help"]])
def test_make_lists_every_target_with_a_word_about_it(command: list[str]) -> None:
    done = run(*command, "--no-print-directory", MAKEFLAGS="", MAKELEVEL="")
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.split(maxsplit=2) for line in done.stdout.splitlines()]
    assert [words for words in lines if len(words) != 3 or words[0] != "make"] == []
    assert [words[1] for words in lines] == variable(".PHONY", MAKEFILE.replace(".PHONY:", ".PHONY ="))


def test_make_demo_makes_every_format() -> None:
    folders, books = variable("folders", MAKEFILE), variable("books", MAKEFILE)
    assert sorted(folders + books) == sorted(WRITERS)
    assert [name for name in folders if WRITERS[name].bind] == []
    assert [name for name in books if not WRITERS[name].bind or WRITERS[name].suffix != f".{name}"] == []


@pytest.mark.parametrize(("script", "shell"), [("scripts/setup", "sh"), (".ci/run", "bash")])
def test_shell_scripts_are_shell(script: str, shell: str) -> None:
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    assert run(shell, "-n", script).stderr == ""
    assert os.access(ROOT / script, os.X_OK)


def test_setup_installs_the_packages_that_the_program_names() -> None:
    assert " ".join(variable("libraries", SETUP)) == engine.PACKAGES


@pytest.mark.parametrize("arguments", [(), ("everything",), ("run", "test")])
def test_setup_without_a_known_goal_shows_its_usage(arguments: tuple[str, ...]) -> None:
    done = run(ROOT / "scripts" / "setup", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: ")


@pytest.mark.parametrize(("answer", "told"), [("echo 310", "is 3.10;"), ("exit 127", "no python3 was found")])
def test_setup_asks_for_a_newer_python(tmp_path: Path, answer: str, told: str) -> None:
    python = tmp_path / "python3"
    python.write_text(f"#!/bin/sh\n{answer}\n")
    python.chmod(0o755)
    done = run(ROOT / "scripts" / "setup", "run", PYTHON=str(python))
    assert (done.returncode, done.stdout) == (1, "")
    assert "Python 3.11 or newer is needed" in done.stderr
    assert told in done.stderr


def test_setup_refuses_to_empty_an_environment_behind_a_link(tmp_path: Path) -> None:
    script = tmp_path / "checkout" / "scripts" / "setup"
    script.parent.mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "setup", script)
    shutil.copy(ROOT / "pyproject.toml", tmp_path / "checkout")
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "pyvenv.cfg").touch()
    (tmp_path / "checkout" / ".venv").symlink_to(tmp_path / "theirs")
    done = run(script, "run", PYTHON=sys.executable)
    assert (done.returncode, done.stdout) == (1, "")
    assert f".venv is a link to {tmp_path / 'theirs'}, which would be emptied" in done.stderr
    assert (tmp_path / "theirs" / "pyvenv.cfg").exists()


def test_without_docstrings_everything_works(tmp_path: Path) -> None:
    """`python -OO` takes docstrings and assertions out; nothing may rest on them."""
    commands = (
        ("explain", "IMG001"),
        ("validate", "--report", "json", "seeds"),
        ("--to", "markdown", "seeds", "-o", str(tmp_path / "markdown")),
        ("--to", "epub", "seeds", "-o", str(tmp_path / "seeds.epub")),
        ("--to", "pdf", "seeds/pages/nf9000001/n90000002.md", "-o", str(tmp_path / "one.pdf")),
    )
    for command in commands:
        plain = program.run(*command, cwd=ROOT)
        bare = subprocess.run([sys.executable, "-OO", "-m", "convert", *command], cwd=ROOT, capture_output=True)
        assert (bare.returncode, bare.stdout) == (plain.returncode, plain.stdout), bare.stderr.decode()
        assert b"Traceback" not in bare.stderr
        assert bare.returncode == 0
