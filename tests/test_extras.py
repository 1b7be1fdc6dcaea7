"""Extras that are not installed: an option that needs one says what to install; no other bytes come out instead."""

import json
import shutil
import subprocess
import sys
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner
from helpers.data import SEEDS
from helpers.program import run

from convert.cli import cli
from convert.errors import MissingError
from convert.printing import engines
from convert.printing.engines import AUTO, ENGINES, Engine
from convert.printing.fonts import system

pytestmark = pytest.mark.slow

ADVICE = b"pip install 'archive-convert[typst]'"
PAGE = SEEDS / "pages" / "nf9000001" / "n90000002.md"

needs_typst = pytest.mark.skipif(not find_spec("typst"), reason="typst is not installed")


@pytest.fixture
def without_typst(tmp_path: Path) -> dict[str, str]:
    """An environment in which no process finds the module `typst`."""
    folder = tmp_path / "hidden"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text("import sys\n\nsys.modules['typst'] = None\n")
    return {"PYTHONPATH": f"{folder}:{SEEDS.parent}", "COVERAGE_PROCESS_START": ""}


def test_typst_asked_for_and_not_installed_stops_before_anything_is_read(
    without_typst: dict[str, str], tmp_path: Path
) -> None:
    out = tmp_path / "new" / "book.pdf"
    done = run("--to", "pdf", "--pdf-engine", "typst", tmp_path / "no such source", "-o", out, env=without_typst)
    assert done.returncode == 2
    assert ADVICE in done.stderr
    assert b"no such" not in done.stderr
    assert not out.parent.exists()


def test_auto_that_would_take_typst_stops_before_anything_is_written(
    without_typst: dict[str, str], tmp_path: Path
) -> None:
    text = PAGE.read_text("utf-8")
    folder = tmp_path / "mirror" / "pages" / "nf1"
    folder.mkdir(parents=True)
    for number in range(AUTO + 1):
        (folder / f"n{number}.md").write_text(text.replace("n90000002", f"n{number}"), "utf-8")
    out = tmp_path / "new" / "book.pdf"
    asked = ("--to", "pdf", "--pdf-engine", "auto", "--duplicates", "keep", tmp_path / "mirror", "-o", out)
    done = run(*asked, "--ledger", tmp_path / "ledger.jsonl", env=without_typst)
    assert done.returncode == 2
    assert ADVICE in done.stderr
    assert not out.parent.exists()
    assert not (tmp_path / "ledger.jsonl").exists()


def test_auto_decides_by_the_articles_of_each_volume(
    without_typst: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "AUTO", 2)
    monkeypatch.setitem(sys.modules, "typst", None)
    asked = ["--to", "pdf", "--pdf-engine", "auto", "--workers", "2"]
    source = tmp_path / "pages"
    (source / "nf9000001").mkdir(parents=True)
    for page in sorted((SEEDS / "pages" / "nf9000001").glob("*.md"))[:4]:
        shutil.copy(page, source / "nf9000001")
    done = CliRunner().invoke(cli, [*asked, str(source), "-o", str(tmp_path / "one.pdf")])
    assert "archive-convert[typst]" in str(done.exception)
    done = CliRunner().invoke(cli, [*asked, str(source), "-o", str(tmp_path / "volumes"), "--split", "count=2"])
    assert done.exit_code == 0, done.exception
    assert list((tmp_path / "volumes").glob("*.pdf"))


@needs_typst
def test_what_is_installed_decides_no_bytes(without_typst: dict[str, str], tmp_path: Path) -> None:
    asked = ("--to", "pdf", "--pdf-engine", "auto", "--manifest", PAGE)
    for name, environment in (("with", {}), ("without", without_typst)):
        (tmp_path / name).mkdir()
        done = run(*asked, "-o", tmp_path / name / "x.pdf", env=environment)
        assert done.returncode == 0, done.stderr
    for name in ("x.pdf", "x.pdf.manifest.json"):
        assert (tmp_path / "with" / name).read_bytes() == (tmp_path / "without" / name).read_bytes()


@needs_typst
@pytest.mark.parametrize(("engine", "made"), [("typst", True), ("weasyprint", False)])
def test_another_version_of_typst_makes_again_what_it_drew(
    engine: str, made: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "x.pdf"
    asked = ["--to", "pdf", "--pdf-engine", engine, "--update", str(PAGE), "-o", str(out)]
    assert CliRunner().invoke(cli, asked).exit_code == 0
    libraries = json.loads((tmp_path / "x.pdf.manifest.json").read_bytes())["tool"]["libraries"]
    assert ("typst" in libraries) == made
    version = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "99" if name == "typst" else version(name))
    before = out.stat().st_ino
    done = CliRunner().invoke(cli, asked)
    assert done.exit_code == 0
    assert (out.stat().st_ino != before) == made


def test_an_engine_that_cannot_be_loaded_is_missing() -> None:
    broken = Engine("", "no_such_module", "", 1, 1)
    with pytest.raises(MissingError, match="no_such_module"):
        broken.draw()
    assert all(engine.draw() for engine in ENGINES.values() if not engine.extra or find_spec(engine.extra))


def test_without_fontconfig_and_typst_the_fonts_cannot_be_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "_library", lambda: None)
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(MissingError, match=r"fontconfig.*archive-convert\[typst\]"):
        list(system._listed())


def test_nothing_but_engines_imports_an_extra() -> None:
    code = (
        "import sys; sys.modules['typst'] = None\n"
        "from convert.cli import cli\nimport convert.writers.pdf, convert.printing.weasy.engine, convert.fidelity\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
