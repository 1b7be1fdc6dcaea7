"""`convert validate --fix` and `--diff` as a whole: what is written, what is printed, what stays unchanged."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from helpers.data import SEEDS
from helpers.program import git, run

from convert.checking.archive import check
from convert.checking.fix import Before, FixedDocument, fix
from convert.cli import cli, fixing as writing
from convert.cli.fixing import difference
from convert.control import Control
from convert.control.baseline import Baseline
from convert.errors import StoreError, UsageError
from convert.fixes import FIXERS, addresses, fix as fixing
from convert.fixes.draft import Draft, Edit
from convert.fixes.judge import snapshot
from convert.messages import Message
from convert.model import Finding
from convert.readers.options import DETECTED
from convert.rules import RULES
from convert.settings import Settings
from convert.sources import MAX_BYTES, Source
from convert.store import overwrite

PAGE = "pages/nf9000001/n90000002.md"
OTHER = "pages/soh901/99001009.md"


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    """A small mirror of its own."""
    folder = tmp_path / "mirror"
    for path in (PAGE, OTHER, "pages/nf9000003/n90000020.md"):
        (folder / path).parent.mkdir(parents=True)
        shutil.copy(SEEDS / path, folder / path)
    return folder


def content(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def fixed(
    root: Path, settings: Settings | None = None, before: Before = None
) -> tuple[list[FixedDocument], list[Finding]]:
    """Return the documents that --fix would write, and the findings that it reports."""
    documents: list[FixedDocument] = []
    findings: list[Finding] = []
    fix([str(root)], settings or Settings(), documents.append, findings.append, before=before)
    return documents, findings


def seen(root: Path) -> list[Finding]:
    """Return the findings of a check without fixing."""
    found: list[Finding] = []
    check([str(root)], Settings(), found.append)
    return found


def codes(root: Path, settings: Settings) -> set[str]:
    """Return the codes of the rules that are fixed in one page."""
    (one,) = [each for each in fixed(root, settings)[0] if each.path.endswith(PAGE)]
    assert one.result.data is not None
    sources = [Source("", PAGE, data) for data in (one.before, one.result.data)]
    before, after = ({each.code for each in snapshot(source, "", DETECTED).findings} for source in sources)
    return before - after


# --- what is written --------------------------------------------------------------------------------------------------


def test_documents_are_fixed_in_place_and_then_nothing_is_left(mirror: Path) -> None:
    before = content(mirror)
    (mirror / PAGE).chmod(0o640)
    done = run("validate", "--fix", ".", cwd=mirror)
    assert b"fixed in 3 document(s)" in done.stderr
    once = content(mirror)
    assert once.keys() == before.keys()  # no temporary file is left
    assert b"<img src='http://gfw-breaker" in before[PAGE] and b"<img src='http://gfw-breaker" not in once[PAGE]
    assert stat.S_IMODE((mirror / PAGE).stat().st_mode) == 0o640
    again = run("validate", "--fix", "--level", "info", ".", cwd=mirror)
    assert content(mirror) == once
    assert b"0 finding(s) fixed in 0 document(s)" in again.stderr
    assert not [code for code in FIXERS if code.encode() in again.stdout]


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_the_diff_is_what_fix_does_and_git_can_apply_it(mirror: Path, tmp_path: Path) -> None:
    (mirror / PAGE).write_bytes((mirror / PAGE).read_bytes().replace(b"\n", b"\r\n"))
    before = content(mirror)
    diff = run("validate", "--diff", ".", cwd=mirror)
    assert diff.returncode == 3
    assert content(mirror) == before
    assert run("validate", "--fix", "--diff", ".", cwd=mirror).stdout == diff.stdout
    assert content(mirror) == before
    other = shutil.copytree(mirror, tmp_path / "other")
    subprocess.run(["git", "apply", "-p0", "-"], cwd=other, input=diff.stdout, check=True)
    run("validate", "--fix", ".", cwd=mirror)
    assert content(other) == content(mirror) != before
    none = run("validate", "--diff", ".", cwd=mirror)
    assert (none.returncode, none.stdout) == (0, b"")


@pytest.mark.slow
def test_any_number_of_processes_fixes_alike(mirror: Path) -> None:
    alone, findings = fixed(mirror, Settings(workers=1))
    for number in range(150):  # more than one task
        shutil.copy(SEEDS / PAGE, mirror / "pages" / "nf9000001" / f"n8{number:07}.md")
    one, many = (fixed(mirror, Settings(workers=workers)) for workers in (1, 2))
    assert one == many
    assert len(one[0]) == len(alone) + 150
    assert findings


def test_a_link_stays_one_and_its_file_is_fixed_once(mirror: Path) -> None:
    link = mirror / "pages" / "nf9000001" / "same.md"
    link.symlink_to("n90000002.md")
    done = run("validate", "--fix", ".", cwd=mirror)
    assert b"fixed in 3 document(s)" in done.stderr
    assert link.is_symlink()
    assert b"gfw-breaker.win" not in link.read_bytes()


def test_overwrite_of_a_file_changed_meanwhile_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_bytes(b"theirs")
    with pytest.raises(StoreError, match="was changed by another program meanwhile; run again"):
        overwrite(str(file), b"fixed", b"before")
    assert content(tmp_path) == {"a.md": b"theirs"}


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() == 0, reason="only a user who is not root can be denied a folder"
)
def test_a_folder_that_cannot_be_written_to_is_said(mirror: Path) -> None:
    folder = (mirror / PAGE).parent
    folder.chmod(0o500)
    done = run("validate", "--fix", ".", cwd=mirror)
    folder.chmod(0o700)
    assert done.returncode == 4
    assert b"write to a folder that is yours" in done.stderr


def test_fix_of_an_unwritable_file_is_reported_and_others_are_fixed(
    mirror: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(mirror)

    def busy(path: str, *arguments: bytes) -> None:
        if path.endswith(PAGE):
            raise StoreError(f"cannot write {path!r}: no")
        overwrite(path, *arguments)

    monkeypatch.setattr(writing, "overwrite", busy)
    for options in ([], ["--quiet"]):
        done = CliRunner().invoke(cli, ["validate", "--fix", "--workers", "1", *options, str(mirror)])
        assert done.exit_code == 4
        assert f"convert: cannot write '{mirror / PAGE}': no" in done.stderr
    after = content(mirror)
    assert [path for path in before if before[path] != after[path]] == [OTHER, "pages/nf9000003/n90000020.md"]
    done = CliRunner().invoke(cli, ["validate", "--fix", "--workers", "1", str(mirror)])
    assert "0 finding(s) fixed in 0 document(s)" in done.stderr
    assert "3 article(s), 0 other file(s)" in done.stdout


def test_a_failed_write_leaves_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.md"
    file.write_bytes(b"before")

    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(StoreError, match="free some space"):
        overwrite(str(file), b"fixed", b"before")
    assert content(tmp_path) == {"a.md": b"before"}


# --- what is fixed ----------------------------------------------------------------------------------------------------


def test_fix_leaves_findings_that_are_not_reported(mirror: Path) -> None:
    assert codes(mirror, Settings()) == {"NAV001", "NAV002", "IMG001"}
    assert codes(mirror, Settings(control=Control(select=frozenset({"NAV001"})))) == {"NAV001"}
    assert codes(mirror, Settings(control=Control(ignore=frozenset({"NAV001"})))) == {"NAV002", "IMG001"}
    page = mirror / PAGE
    page.write_text(page.read_text("utf-8").replace("<p>", "<!-- convert: ignore NAV001 --><p>", 1), "utf-8")
    (asked,) = [each for each in fixed(mirror)[0] if each.path.endswith(PAGE)]
    assert asked.result.data is not None
    assert b"?n90000002" in asked.result.data


def test_fix_leaves_findings_in_the_baseline(mirror: Path) -> None:
    baseline = Baseline()
    for each in seen(mirror):
        baseline.covers(each)
    assert fixed(mirror, before=baseline.now)[0] == []
    page = mirror / PAGE
    page.write_text(page.read_text("utf-8").replace("<p>", "<p>\u200b纸\u200b", 1), "utf-8")
    (one,) = fixed(mirror, before=baseline.now)[0]
    assert one.result.data == one.before.replace("\u200b".encode(), b"")


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_only_what_changed_is_fixed(mirror: Path) -> None:
    git(mirror, "init", "-q", "-b", "main")
    git(mirror, "add", ".")
    git(mirror, "commit", "-qm", "all")
    before = content(mirror)
    (mirror / PAGE).write_bytes(before[PAGE] + b"\n")
    git(mirror, "add", ".")
    run("validate", "--fix", "--changed-since", "HEAD", ".", cwd=mirror)
    after = content(mirror)
    assert [path for path in before if before[path] != after[path]] == [PAGE]
    assert b"gfw-breaker.win" not in after[PAGE]


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_a_file_with_unstaged_changes_is_not_fixed(mirror: Path) -> None:
    git(mirror, "init", "-q", "-b", "main")
    git(mirror, "add", ".")
    git(mirror, "commit", "-qm", "all")
    page = mirror / PAGE
    page.write_bytes(page.read_bytes() + b"\n")
    before = content(mirror)
    assert run("validate", "--fix", "--diff", ".", cwd=mirror).returncode == 3
    assert content(mirror) == before
    done = run("validate", "--fix", "-q", f"../{mirror.name}", cwd=mirror)
    assert done.returncode == 2
    assert (
        f"{PAGE}: not fixed: it has changes that are not staged; stage them, or add --allow-dirty"
        in done.stderr.decode()
    )
    after = content(mirror)
    assert after[PAGE] == before[PAGE]
    assert after != before  # the others are fixed
    (mirror / "a.md").write_bytes(before[PAGE])  # git does not track it
    run("validate", "--fix", "a.md", cwd=mirror)
    run("validate", "--fix", "--allow-dirty", PAGE, cwd=mirror)
    assert content(mirror)[PAGE] != before[PAGE]


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
@pytest.mark.parametrize("place", [".", "pages", PAGE])
def test_where_git_cannot_say_what_is_staged_nothing_is_fixed(mirror: Path, place: str) -> None:
    git(mirror, "init", "-q", "-b", "main")
    (mirror / ".git" / "config").write_text("[core", "utf-8")
    before = content(mirror)
    done = run("validate", "--fix", place, cwd=mirror)
    assert done.returncode == 2
    assert "git cannot list what changed in" in done.stderr.decode()
    done = run("validate", "--fix", place, cwd=mirror, env={"PATH": ""})
    assert done.returncode == 2
    assert "git cannot be started" in done.stderr.decode()
    assert content(mirror) == before


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_a_checkout_with_a_space_at_the_end_of_its_name_is_fixed(mirror: Path) -> None:
    place = mirror.rename(mirror.parent / "a ")
    git(place, "init", "-q", "-b", "main")
    git(place, "add", ".")
    before = content(place)
    assert run("validate", "--fix", "pages", cwd=place).returncode == 0
    assert content(place) != before


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.html", '<meta charset="gbk"><title>纸</title><link rel="canonical" href="https://example.org/a/"><article>'
                   '<p>纸\u3000的<a href="b">历史</a></article>'.encode("gbk")),
        ("a.md", "### 纸\n\u200b原文链接：".encode("utf-16")),
        ("a.md", b"### \xff\n"),
        ("a.json", b'{"schema_version": "1", "title": "\\u200b"}'),
        ("a.txt", b""),
    ],
)  # fmt: skip
def test_fix_leaves_documents_that_are_not_utf_8(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    documents, _ = fixed(tmp_path)
    assert [each for each in documents if each.result.data is not None] == []
    reasons = [str(each.result.reason) for each in documents]
    assert reasons == (["it is in gb18030, and only UTF-8 is fixed; save it as UTF-8"] if name == "a.html" else [])


def test_archives_and_json_lines_are_refused_before_anything_is_written(mirror: Path, tmp_path: Path) -> None:
    archive = shutil.make_archive(str(tmp_path / "mirror"), "zip", mirror)
    before = content(mirror)
    with pytest.raises(UsageError, match="holds many documents in one file"):
        fix([str(mirror), archive], Settings(), lambda each: None, lambda each: None)
    assert content(mirror) == before


@pytest.mark.slow
def test_standard_input_comes_out_fixed_or_as_it_was(mirror: Path) -> None:
    page = mirror / PAGE
    data = page.read_bytes()
    done = run("validate", "--fix", "--stdin-filename", PAGE, "-", stdin=data)
    assert b"finding(s) fixed in 1 document(s)" in done.stderr
    run("validate", "--fix", ".", cwd=mirror)
    assert done.stdout == page.read_bytes() != data
    assert run("validate", "--fix", "-", stdin=b"no\r\narticle \xff").stdout == b"no\r\narticle \xff"
    assert run("validate", "--fix", "--quiet", "-", stdin=data).stderr == b""


def test_standard_input_comes_out_as_it_was_where_it_is_too_large() -> None:
    data = b"x" * (MAX_BYTES + (4 << 20))
    done = run("validate", "--fix", "-", stdin=data)
    assert done.returncode == 3
    assert b"SRC002" in done.stderr
    assert done.stdout == data


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_standard_input_is_looked_at_whatever_git_says_changed(mirror: Path) -> None:
    git(mirror, "init", "-q", "-b", "main")
    git(mirror, "add", ".")
    git(mirror, "commit", "-qm", "all")
    data = (mirror / PAGE).read_bytes()
    options = ["validate", "--stdin-filename", PAGE, "--changed-since", "HEAD"]
    assert b"gfw-breaker.win" not in run(*options, "--fix", "-", stdin=data, cwd=mirror).stdout != b""
    assert b"1 article(s)" in run(*options, "-", stdin=data, cwd=mirror).stdout


# --- what is left -----------------------------------------------------------------------------------------------------


def broken(monkeypatch: pytest.MonkeyPatch, edits: object) -> None:
    """Replace a fixer by one that makes wrong edits."""

    monkeypatch.setattr(fixing, "FIXERS", {**FIXERS, "IMG001": edits})


def reason(mirror: Path) -> str:
    (one,) = [each for each in fixed(mirror)[0] if each.path.endswith(PAGE)]
    assert one.result.data is None
    return str(one.result.reason)


def test_an_edit_that_takes_text_away_is_not_made(mirror: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch, lambda draft, messages: iter([Edit(draft.text.find("沈括"), draft.text.find("沈括") + 2)]))
    assert reason(mirror).startswith("the article would have another body")


def test_an_edit_that_brings_a_new_fault_is_not_made(mirror: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoil(draft: Draft, messages: frozenset[Message]) -> list[Edit]:
        at = draft.content[1] - 1
        return [*addresses.trackers(draft, messages), Edit(at, at, "<h4></h4>")]

    broken(monkeypatch, spoil)
    assert reason(mirror).startswith("it would get a finding HTM004: empty heading")


def test_an_edit_that_fixes_nothing_is_not_made(mirror: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def blank(draft: Draft, messages: frozenset[Message]) -> list[Edit]:
        at = draft.content[1]
        return [] if draft.text[at - 3 : at] == "\n\n\n" else [Edit(at, at, "\n\n\n")]

    broken(monkeypatch, blank)
    assert reason(mirror).startswith("IMG001 would still be found")


def test_edits_without_end_are_not_made(mirror: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch, lambda draft, messages: iter([Edit(draft.content[1], draft.content[1], "\n")]))
    assert reason(mirror).startswith("fixing it does not come to an end")


def test_edits_that_make_a_document_unreadable_are_not_made(mirror: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch, lambda draft, messages: iter([Edit(0, len(draft.text))]))
    assert reason(mirror).startswith("it could not be read any more: ")


def test_a_fault_of_ours_leaves_the_document(mirror: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(draft: Draft, messages: frozenset[Message]) -> list[Edit]:
        raise ZeroDivisionError

    broken(monkeypatch, fail)
    assert reason(mirror).startswith("this program failed on it, please report it: ZeroDivisionError()")


def test_the_rest_can_be_fixed_without_the_rule_that_fails(mirror: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch, lambda draft, messages: iter([Edit(draft.text.find("沈括"), draft.text.find("沈括") + 2)]))
    assert reason(mirror) == "the article would have another body; --ignore IMG001 fixes the rest"
    (rest,) = fixed(mirror / PAGE, Settings(control=Control(ignore=frozenset({"IMG001"}))))[0]
    assert rest.result.data is not None


@pytest.mark.parametrize("select", [frozenset[str](), frozenset({"IMG001"})])
def test_a_page_whose_tracker_alone_names_its_channel_is_fixed_in_a_folder_of_that_name(
    select: frozenset[str], mirror: Path
) -> None:
    channel = Path(PAGE).parent.name
    settings = Settings(base_url="https://e.org/a/b/blob/main/", control=Control(select or frozenset(RULES)))
    for folder, is_fixed in (("", False), ("backup", False), (channel, True)):
        alone = mirror / folder / "alone.md"
        alone.parent.mkdir(exist_ok=True)
        shutil.copy(mirror / PAGE, alone)
        (one,) = fixed(alone, settings)[0]
        told = f"only its tracking picture names its channel; move it into a folder called {channel}"
        assert (one.result.data is not None, str(one.result.reason or told)) == (is_fixed, told)


def test_a_diff_says_where_a_file_has_no_last_line_end() -> None:
    assert difference("a b.md", b"1\n2", b"1\n3\n") == (
        b"--- a b.md\n+++ a b.md\n@@ -1,2 +1,2 @@\n 1\n-2\n\\ No newline at end of file\n+3\n"
    )
    assert difference("a.md", "一\u2028二\r\n".encode(), "一二\r\n".encode()) == (
        "--- a.md\n+++ a.md\n@@ -1 +1 @@\n-一\u2028二\r\n+一二\r\n".encode()
    )
