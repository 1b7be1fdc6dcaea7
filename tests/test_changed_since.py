"""`convert validate --changed-since REV`: only what git says changed."""

import os
import shutil
import sys
from pathlib import Path

import pytest
from helpers.data import SEEDS
from helpers.program import git, run

from convert.errors import UsageError
from convert.sources.git import changed_since

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
BROKEN = "### 纸\n\n原文链接（需翻墙）："


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A mirror with a broken page that is old, and a branch with four kinds of change."""
    mirror = tmp_path / "mirror"
    shutil.copytree(SEEDS / "pages" / "nf9000001", mirror / "pages" / "nf9000001")
    folder = mirror / "pages" / "nf9000001"
    (folder / "old.md").write_text(BROKEN, "utf-8")
    git(tmp_path, "init", "-q", "-b", "main", str(mirror))
    git(mirror, "add", ".")
    git(mirror, "commit", "-qm", "all")
    git(mirror, "checkout", "-qb", "new")
    (folder / "committed 纸.md").write_text(BROKEN, "utf-8")
    git(mirror, "add", ".")
    git(mirror, "commit", "-qm", "one more")
    (folder / "staged.md").write_text(BROKEN, "utf-8")
    git(mirror, "add", "pages")
    (folder / "unknown.md").write_text(BROKEN, "utf-8")
    (folder / "n90000002.md").write_text(BROKEN, "utf-8")
    (folder / "n90000003.md").unlink()
    return mirror


CHANGED = {"committed 纸.md", "staged.md", "unknown.md", "n90000002.md"}


def test_changed_added_and_unknown_files_are_told(checkout: Path) -> None:
    assert {Path(path).name for path in changed_since([str(checkout)], "main")} == CHANGED
    inside = str(checkout / "pages" / "nf9000001" / "old.md")
    assert {Path(path).name for path in changed_since([inside], "main")} == CHANGED


def test_changed_since_excludes_later_commits_of_the_base(checkout: Path) -> None:
    git(checkout, "stash", "-qu")
    git(checkout, "checkout", "-q", "main")
    (checkout / "pages" / "theirs.md").write_text(BROKEN, "utf-8")
    git(checkout, "add", ".")
    git(checkout, "commit", "-qm", "theirs")
    git(checkout, "checkout", "-q", "new")
    assert {Path(path).name for path in changed_since([str(checkout)], "main")} == {"committed 纸.md"}


def test_validate_looks_at_nothing_else(checkout: Path) -> None:
    done = run("validate", "--changed-since", "main", checkout)
    told = done.stdout.decode()
    assert done.returncode == 3
    assert "old.md" not in told
    assert all(name in told for name in CHANGED)
    old = checkout / "pages" / "nf9000001" / "old.md"
    assert run("validate", old).returncode == 3
    assert run("validate", "--changed-since", "HEAD~1", old).returncode == 0


def test_a_document_on_standard_input_has_the_name_that_it_is_given() -> None:
    done = run("validate", "--stdin-filename", "pages/c/n1.md", "-", stdin=BROKEN.encode())
    assert done.stdout.decode().startswith("pages/c/n1.md:1:1: ")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
@pytest.mark.parametrize("name", [b" leads.md", b"a\rb.md", b"a\nb.md", b"\xd6\xbd.md", "纸.md ".encode()])
def test_any_name_is_found(checkout: Path, name: bytes) -> None:
    path = os.fsencode(checkout) + b"/" + name
    with open(path, "wb") as file:
        file.write(BROKEN.encode())
    assert os.fsdecode(path) in changed_since([str(checkout)], "main")
    git(checkout, "add", ".")
    assert os.fsdecode(path) in changed_since([str(checkout)], "main")
    (checkout / " folder ").mkdir()
    git(checkout, "init", "-q", " folder ")
    git(checkout / " folder ", "commit", "-qm", "none", "--allow-empty")
    (checkout / " folder " / "new.md").write_text(BROKEN, "utf-8")
    assert changed_since([str(checkout / " folder ")], "HEAD") == {str(checkout / " folder " / "new.md")}


def test_changed_since_in_a_damaged_checkout_is_a_usage_error(checkout: Path) -> None:
    (checkout / ".git" / "index").write_bytes(b"junk")
    with pytest.raises(UsageError, match=r"git cannot list what changed in .*index file"):
        changed_since([str(checkout)], "main")


def test_without_git_nothing_is_let_through(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match="git cannot be started"):
        changed_since([str(checkout)], "main")


def test_an_unknown_revision_is_said(checkout: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="git knows no revision 'nowhere'"):
        changed_since([str(checkout)], "nowhere")
    with pytest.raises(UsageError, match="git knows no revision '--output=x'"):
        changed_since([str(checkout)], "--output=x")
    (tmp_path / "plain").mkdir()
    with pytest.raises(UsageError, match="in no git checkout"):
        changed_since([str(tmp_path / "plain")], "main")
