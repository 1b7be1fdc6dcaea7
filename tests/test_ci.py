"""Hooks, action and examples for continuous integration: valid by the published schemas, and run as far as that goes.

Nothing here uses the network.  Therefore pre-commit does not install the hooks' environments (it would fetch this
project's dependencies): it runs the commands of the hooks with the program that is installed already.  For the same
reason the action's step that installs is not run, and actions of others are only checked by the schema.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from helpers.data import ROOT, SEEDS
from helpers.docs import blocks
from helpers.program import git
from ruamel.yaml import YAML

from convert.cli import cli

pytestmark = pytest.mark.slow

HOOKS = ROOT / ".pre-commit-hooks.yaml"
ACTION = ROOT / "action.yml"
MANUALS = (ROOT / "docs" / "validation.md", ROOT / "docs" / "publishing.md")
PAGE = "pages/nf9000001/n90000002.md"
BROKEN = "### 纸\n\n原文链接（需翻墙）："

needs_git = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
needs_bash = pytest.mark.skipif(not shutil.which("bash"), reason="bash, which GitHub runs steps with, is not installed")


def yaml(text: str) -> Any:
    return YAML(typ="safe").load(text)


def program(*command: str | Path, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "COVERAGE_"))}
    return subprocess.run(command, cwd=cwd, env={**env, **variables}, capture_output=True, text=True, encoding="utf-8")


def example(name: str) -> str:
    """The example of the manuals that is the file `name`, as its first line says."""
    found, *others = [each for page in MANUALS for each in blocks(page, "yaml") if each.startswith(f"# {name}\n")]
    assert not others
    return found


def starter(folder: Path, name: str = "convert") -> Path:
    """A program that starts ours, as an installed one does."""
    folder.mkdir(parents=True)
    file = folder / name
    file.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m convert "$@"\n', "utf-8")
    file.chmod(0o755)
    return file


# --- schemas ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "name"),
    [
        ("vendor.github-actions", "action.yml"),
        ("vendor.github-workflows", ".github/workflows/articles.yml"),
        ("vendor.github-workflows", ".github/workflows/books.yml"),
        ("vendor.gitlab-ci", ".gitlab-ci.yml"),
    ],
)
def test_ci_examples_are_valid_by_the_published_schema(schema: str, name: str, tmp_path: Path) -> None:
    file = tmp_path / Path(name).name
    file.write_text(ACTION.read_text("utf-8") if name == "action.yml" else example(name), "utf-8")
    options = ("--data-transform", "gitlab-ci") if "gitlab" in schema else ()
    check = (sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *options)
    done = program(*check, file, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    file.write_text(
        file.read_text("utf-8").replace("runs:", "rnus:").replace("steps:", "stpes:").replace("script:", "s:")
    )
    assert program(*check, file, cwd=tmp_path).returncode == 1


def test_the_hooks_and_the_example_of_their_use_are_valid(tmp_path: Path) -> None:
    manifest = program(sys.executable, "-m", "pre_commit", "validate-manifest", HOOKS, cwd=ROOT)
    assert manifest.returncode == 0, manifest.stdout + manifest.stderr
    config = tmp_path / ".pre-commit-config.yaml"
    config.write_text(example(config.name), "utf-8")
    done = program(sys.executable, "-m", "pre_commit", "validate-config", config, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {hook["id"] for hook in yaml(example(config.name))["repos"][0]["hooks"]} == {
        hook["id"] for hook in yaml(HOOKS.read_text("utf-8"))
    }


# --- pre-commit -------------------------------------------------------------------------------------------------------


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A mirror's repository with our hooks, whose environments are this one."""
    folder = tmp_path / "archive"
    (folder / PAGE).parent.mkdir(parents=True)
    shutil.copy(SEEDS / PAGE, folder / PAGE)
    (folder / "README.md").write_text("# 纸\n", "utf-8")
    (folder / "picture.bin").write_bytes(b"\0\x01")
    hooks = yaml(HOOKS.read_text("utf-8"))
    used = yaml(example(".pre-commit-config.yaml"))["repos"][0]["hooks"]
    made = starter(tmp_path / "bin")
    for hook in hooks:
        hook |= next(each for each in used if each["id"] == hook["id"])
        hook["language"] = "system"
        hook["entry"] = hook["entry"].replace("archive-convert", str(made))
    hooks.sort(key=lambda hook: [each["id"] for each in used].index(hook["id"]))
    with (folder / ".pre-commit-config.yaml").open("w", encoding="utf-8") as file:
        YAML(typ="safe").dump({"repos": [{"repo": "local", "hooks": hooks}]}, file)
    git(tmp_path, "init", "-q", "-b", "main", str(folder))
    git(folder, "add", ".")
    return folder


def hooks(archive: Path) -> subprocess.CompletedProcess[str]:
    home = str(archive.parent / "pre-commit")
    return program(sys.executable, "-m", "pre_commit", "run", "--verbose", cwd=archive, PRE_COMMIT_HOME=home)


@needs_git
def test_the_hooks_fix_what_is_committed_and_stop_what_is_wrong(archive: Path) -> None:
    before = (archive / PAGE).read_bytes()
    first = hooks(archive)
    assert first.returncode == 1, first.stdout
    assert "- files were modified by this hook" in first.stdout
    assert "fixed in 1 document(s)" in first.stdout
    assert b"gfw-breaker.win" in before
    assert b"gfw-breaker.win" not in (archive / PAGE).read_bytes()
    git(archive, "add", ".")
    second = hooks(archive)
    assert second.returncode == 0, second.stdout
    assert len(re.findall(r"\.Passed$", second.stdout, re.M)) == 2

    (archive / "pages" / "nf9000001" / "n90000003.md").write_text(BROKEN, "utf-8")
    git(archive, "add", ".")
    third = hooks(archive)
    assert third.returncode == 1
    assert "error SRC008 missing-source" in third.stdout


WITHOUT = (r"【大纪元[^】]*】", r"责任编辑：[^<\n]*")
"""Dateline and editor, which nobody can write into a page whose original lacks them."""


@needs_git
def test_hooks_pass_what_nobody_can_fix_and_files_beside_the_pages(archive: Path) -> None:
    page = archive / "pages" / "nf9000003" / "n90000021.md"
    page.parent.mkdir()
    text = (SEEDS / "pages" / "nf9000003" / "n90000021.md").read_text("utf-8")
    for pattern in WITHOUT:
        text = re.sub(pattern, "", text)
    page.write_text(text, "utf-8")
    (archive / "notes.md").write_text(BROKEN, "utf-8")
    validate = program(sys.executable, "-m", "convert", "validate", page, cwd=archive)
    assert {"ART006", "ART007", "HTM005"} <= set(re.findall(r" warning (\w+) ", validate.stdout))
    git(archive, "add", ".")
    assert "fixed in 2 document(s)" in hooks(archive).stdout
    git(archive, "add", ".")
    done = hooks(archive)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("hook", yaml(HOOKS.read_text("utf-8")), ids=lambda hook: hook["id"])
def test_hooks_look_at_pages_and_indexes_only(hook: dict[str, Any]) -> None:
    checked = ("pages/nf1/n1.md", "mirror/pages/nf1/n1.md", "indexes/nf1/1.md", "pages/a.html")
    passed = ("README.md", "docs/pages.md", "scripts/index.csv", "mypages/a.md", "pages/a.png", "convert.json")
    assert all(re.search(hook["files"], name) for name in checked)
    assert not any(re.search(hook["files"], name) for name in passed)
    assert bool(re.search(hook["files"], "indexes/nf1.csv")) == (hook["id"] == "convert-validate")


def test_the_hooks_start_a_program_that_is_there_with_options_that_it_has() -> None:
    scripts = (ROOT / "pyproject.toml").read_text("utf-8")
    validate = cli.commands["validate"]
    options = {name for parameter in validate.params for name in (*parameter.opts, *parameter.secondary_opts)}
    for hook in yaml(HOOKS.read_text("utf-8")):
        name, command, *rest = hook["entry"].split() + hook["args"][::2]
        assert f"{name} = " in scripts
        assert command == "validate"
        assert set(rest) <= options


# --- GitHub -----------------------------------------------------------------------------------------------------------


def steps() -> list[dict[str, Any]]:
    return list(yaml(ACTION.read_text("utf-8"))["runs"]["steps"])


def test_action_passes_inputs_only_as_environment() -> None:
    for step in steps():
        assert "uses" not in step  # and so nothing is uploaded
        assert "${{" not in step["run"]
        assert step["shell"] == "bash"
    inputs = yaml(ACTION.read_text("utf-8"))["inputs"]
    told = {value for step in steps() for value in step["env"].values()}
    assert told == {"${{ github.action_path }}", *(f"${{{{ inputs.{name} }}}}" for name in inputs)}


def check_step(folder: Path, tmp_path: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Runs the step that checks, as GitHub's runner does, with inputs or their defaults."""
    step = steps()[-1]
    known = yaml(ACTION.read_text("utf-8"))["inputs"]
    variables = {
        variable: inputs.get(name, known[name]["default"])
        for variable, value in step["env"].items()
        for name in re.findall(r"inputs\.(\w+)", value)
    }
    runner = tmp_path / "runner"
    if not runner.exists():
        starter(runner / "convert" / "bin")
    script = runner / "step.sh"
    script.write_text(step["run"], "utf-8")
    bash = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script)
    summary = str(tmp_path / "summary.md")
    return program(*bash, cwd=folder, RUNNER_TEMP=str(runner), GITHUB_STEP_SUMMARY=summary, **variables)


@needs_bash
def test_the_step_checks_what_it_is_given(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    (folder / "a b").mkdir(parents=True)
    (folder / "a b" / "纸.md").write_text(BROKEN, "utf-8")
    shutil.copy(SEEDS / PAGE, folder / "good.md")
    done = check_step(folder, tmp_path, paths="a b\n\ngood.md\n", sarif="../out.sarif")
    assert done.returncode == 3, done.stderr
    assert "\n::error file=a b/纸.md," in done.stdout
    assert "SRC008" in (tmp_path / "out.sarif").read_text("utf-8")
    assert (tmp_path / "summary.md").exists()
    whole = check_step(folder, tmp_path)
    assert whole.returncode == 3
    assert whole.stdout == done.stdout
    assert check_step(folder, tmp_path, paths="good.md", level="info").stdout.count("::notice ") > 5
    assert check_step(folder, tmp_path, paths="good.md").returncode == 0


@needs_bash
@pytest.mark.parametrize("name", ["paths", "level", "sarif"])
def test_action_input_with_shell_syntax_is_not_run(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    for text in ("$(touch hit)", "`touch hit`", "; touch hit", "'; touch hit; '", '"; touch hit; "', "--fix"):
        check_step(folder, tmp_path, **{name: text})
    assert [
        path.name for path in folder.iterdir() if not path.name.startswith(("$", "`", ";", "'", '"', "--fix"))
    ] == []


def test_the_workflow_gives_the_action_inputs_that_it_has() -> None:
    known = yaml(ACTION.read_text("utf-8"))["inputs"]
    workflow = yaml(example(".github/workflows/articles.yml"))
    (step,) = [step for step in workflow["jobs"]["validate"]["steps"] if "archive-convert" in step["uses"]]
    assert step["with"].keys() <= known.keys()


# --- GitLab -----------------------------------------------------------------------------------------------------------


def test_the_job_for_gitlab_writes_the_reports_that_it_names(tmp_path: Path) -> None:
    job = yaml(example(".gitlab-ci.yml"))["articles"]
    shutil.copytree(SEEDS / "pages" / "nf9000001", tmp_path / "pages" / "nf9000001")
    install, check = job["script"]
    assert install.startswith("pip install ")  # from the network, so it is not run
    starter(tmp_path / "bin")
    path = os.pathsep.join([str(tmp_path / "bin"), os.environ["PATH"]])
    done = program("sh", "-ec", check, cwd=tmp_path, PATH=path)
    assert done.returncode == 0, done.stderr
    assert "article(s)" in done.stdout
    assert [(tmp_path / name).exists() for name in job["artifacts"]["reports"].values()] == [True, True]


# --- publishing -------------------------------------------------------------------------------------------------------


def night(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Runs a script of docs/publishing.md, with a program in the place of rsync that only says what it is asked for."""
    path = os.pathsep.join([str(folder / "bin"), os.environ["PATH"]])
    (folder / "script").write_text(script, "utf-8")
    return program("sh", "-e", folder / "script", cwd=folder, PATH=path)


@needs_git
def test_the_script_publishes_what_is_new_and_nothing_that_is_wrong(tmp_path: Path) -> None:
    (script,) = blocks(MANUALS[1], "sh")
    origin, folder = tmp_path / "origin", tmp_path / "archive"
    shutil.copytree(SEEDS, origin)
    git(tmp_path, "init", "-q", "-b", "main", str(origin))
    git(origin, "add", ".")
    git(origin, "commit", "-qm", "seeds")
    starter(folder / "bin", "archive-convert")
    rsync = folder / "bin" / "rsync"
    rsync.write_text("#!/bin/sh\necho published\n", "utf-8")
    rsync.chmod(0o755)
    git(folder, "clone", "-q", str(origin), "mirror")
    first = night(folder, script)
    assert (first.returncode, first.stdout.splitlines()[-1]) == (0, "published"), first.stderr
    books = {path: path.stat().st_ino for path in (folder / "books").glob("*.epub")}
    page = origin / "pages" / "nf9000001" / "n90009999.md"
    page.write_bytes(b"### \xff\n" + (origin / PAGE).read_bytes().replace(b"n90000002", b"n90009999"))
    git(origin, "add", ".")
    git(origin, "commit", "-qm", "an article that is not UTF-8")
    second = night(folder, script)
    assert (second.returncode, second.stdout.splitlines()[-1]) == (0, "published"), second.stderr
    assert (folder / "mirror" / page.relative_to(origin)).exists()
    assert [path.name for path, inode in books.items() if path.stat().st_ino != inode] == ["nf9000001-2023-03.epub"]
    (ledger,) = (folder / "ledgers").iterdir()
    assert "SRC005" in ledger.read_text("utf-8")
    (folder / "books" / "notes.txt").write_text("not for everybody\n", "utf-8")
    third = night(folder, script)
    assert third.returncode == 3
    assert "published" not in third.stdout


def test_the_workflow_of_the_books_makes_and_verifies_them(tmp_path: Path) -> None:
    steps = {step.get("name"): step for step in yaml(example(".github/workflows/books.yml"))["jobs"]["books"]["steps"]}
    shutil.copytree(SEEDS, tmp_path / "mirror")
    starter(tmp_path / "bin", "archive-convert")
    for name in ("Make what is new", "Verify"):
        done = night(tmp_path, steps[name]["run"])
        assert done.returncode == 0, done.stderr
    assert ": 22 as written, 0 not; 0 file(s) in no manifest" in done.stdout.replace("output(s)", "")
