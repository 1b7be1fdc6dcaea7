"""The manual is the test: every console block of commands/*.md does what it says."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from helpers.data import ACCEPT, SEEDS
from helpers.program import folder_for_scripts

from convert.writers import WRITERS

FOLDER = Path(__file__).parent / "commands"
PRESS = FOLDER / "press"
DOCS = FOLDER.parent.parent / "docs"
PUBLISHING, PRINTING = DOCS / "publishing.md", DOCS / "pdf.md"
PAGES = [
    *sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md"),
    DOCS / "validation.md",
    PUBLISHING,
    PRINTING,
]
SECONDS = re.compile(r"(?<=\bin )[\d,]+\.\d(?= s\b)|(?<=用时 )[\d,]+\.\d(?= 秒)")
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.M | re.S)


def run(command: str, folder: Path) -> str:
    """Return the output of a command, and its exit status if that is not 0."""
    environment = {
        "PATH": os.pathsep.join(
            [folder_for_scripts(), str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
        ),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
    }
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )
    said = done.stdout.decode("utf-8")
    if said and not said.endswith("\n"):
        said += "\n"
    return said + (f"=> {done.returncode}\n" if done.returncode else "")


def commands(block: str) -> Iterator[str]:
    return (line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ "))


def told(text: str) -> str:
    """`text` without what differs from run to run."""
    return SECONDS.sub("0.1", text)


@pytest.fixture
def press(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PRESS, tmp_path / "press"))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Mapping[Path, str]:
    """Every page with what its commands really say.  The pages run side by side: each start of the program costs."""

    def play(page: Path) -> str:
        press = Path(shutil.copytree(PRESS, tmp_path_factory.mktemp(page.stem) / "press"))
        if page in (PUBLISHING, PRINTING):
            shutil.copytree(SEEDS, press / "seeds")

        def block(match: re.Match[str]) -> str:
            return "".join(f"$ {command}\n{told(run(command, press))}" for command in commands(match[0]))

        return BLOCK.sub(block, page.read_text("utf-8"))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(PAGES, pool.map(play, PAGES), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_manual_tells_the_truth(page: Path, played: Mapping[Path, str]) -> None:
    if ACCEPT:
        page.write_text(played[page], "utf-8")
    assert played[page] == told(page.read_text("utf-8"))


def test_every_format_is_in_the_help_and_in_the_manual(press: Path) -> None:
    told_by_help = run("convert to --help", press)
    manual = "".join(page.read_text("utf-8") for page in PAGES)
    for name in WRITERS:
        assert re.search(rf"\b{name}\b", told_by_help)
        assert f"$ convert --to {name} " in manual
    assert all(word in run("convert --help", press) for word in ("validate", "explain", "--version", "Exit status"))


def test_the_help_tells_of_fidelity_before_its_formats(press: Path) -> None:
    told_by_help = " ".join(run("convert validate --help", press).split())
    assert 0 < told_by_help.index("--fidelity Report also what was lost") < told_by_help.index("--fidelity-to FORMAT")
    assert "The same" not in told_by_help


def test_a_page_is_told_in_an_encoding_that_lacks_some_of_its_characters(press: Path) -> None:
    assert run("PYTHONIOENCODING=gbk convert explain --lang zh TXT004 > page", press) == ""
    assert "该是“中国”的地方成了 `??" in (press / "page").read_text("gbk")


def test_version(press: Path) -> None:
    assert re.fullmatch(r"convert, version \d+\.\d+\.\d+\n", run("convert --version", press))
