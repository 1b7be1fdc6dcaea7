"""Hooks, action and examples for continuous integration: valid by the published schemas, and run as far as that goes.

Nothing here uses the network.  Therefore pre-commit does not install the hooks' environments (it would fetch this
project's dependencies): it runs the commands of the hooks with the program that is installed already.  For the same
reason actions of others are only checked by the schema, and the step that installs is run with another pip.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from helpers.data import ROOT, SEEDS
from helpers.docs import blocks
from helpers.program import folder_for_scripts, git
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
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
    file.write_text(f'#!/bin/sh\nexec "{folder_for_scripts()}/convert" "$@"\n', "utf-8")
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
        ("vendor.dependabot", ".github/dependabot.yml"),
    ],
)
def test_ci_examples_are_valid_by_the_published_schema(schema: str, name: str, tmp_path: Path) -> None:
    file = tmp_path / Path(name).name
    file.write_text(ACTION.read_text("utf-8") if name == "action.yml" else example(name), "utf-8")
    options = ("--data-transform", "gitlab-ci") if "gitlab" in schema else ()
    check = (sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *options)
    done = program(*check, file, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    file.write_text(re.sub(r"\b(?:runs|steps|script|updates):", "unknown:", file.read_text("utf-8")))
    assert program(*check, file, cwd=tmp_path).returncode == 1


OWN = sorted((ROOT / ".github").rglob("*.yml"))


@pytest.mark.parametrize("file", [path for path in OWN if "ISSUE" not in str(path)], ids=lambda path: path.name)
def test_own_workflows_are_valid_by_the_published_schema(file: Path) -> None:
    schema = "vendor.dependabot" if file.name == "dependabot.yml" else "vendor.github-workflows"
    done = program(sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, file, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def workflows() -> dict[str, str]:
    """The text of the action, of the workflows of this repository, and of those that the manuals show."""
    texts = {path.name: path.read_text("utf-8") for path in (ACTION, *OWN)}
    return texts | {name: example(f".github/workflows/{name}") for name in ("articles.yml", "books.yml")}


def test_every_action_is_named_by_its_commit_with_its_version_beside_it() -> None:
    uses = [line.strip() for text in workflows().values() for line in text.splitlines() if "uses:" in line]
    assert len(uses) > 12
    found = [re.fullmatch(r"(?:- )?uses: (\S+)@([0-9a-f]{40}|COMMIT) # (v\d+\.\d+\.\d+)", line) for line in uses]
    assert [line for line, match in zip(uses, found, strict=True) if not match] == []
    pins = {match.groups() for match in found if match}
    assert len({name for name, *_ in pins}) == len(pins), "two versions of one action"
    assert [name for name, commit, _ in pins if commit == "COMMIT"] == ["OWNER/archive-convert"]


def test_a_push_makes_one_run_that_ends_and_may_write_nothing() -> None:
    for name, text in workflows().items():
        workflow = YAML(typ="safe").load(text)
        if "jobs" not in workflow:
            continue
        triggers = workflow.get("on", workflow.get(True))
        assert "pull_request" not in triggers or triggers["push"]["branches"], name
        assert "permissions" in workflow, name
        assert ("concurrency" in workflow) == (name != "release.yml"), name
        assert all(job["timeout-minutes"] for job in workflow["jobs"].values()), name
        steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
        checkouts = [step for step in steps if step.get("uses", "").startswith("actions/checkout")]
        assert all(step["with"]["persist-credentials"] is False for step in checkouts), name


def test_constraints_name_every_library_that_the_program_needs() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()[1:]
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9a-z.]+", line) for line in lines)
    names = [line.partition("==")[0] for line in lines]
    assert names == sorted(names)
    found, waiting = set(), [*dependencies()]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name not in found and (not requirement.marker or requirement.marker.evaluate({"extra": ""})):
            found.add(name)
            waiting += map(Requirement, metadata.requires(name) or ())
    assert found <= set(names), "run `make constraints`"


def dependencies() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return list(map(Requirement, project["dependencies"]))


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


def hooks(archive: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    variables["PRE_COMMIT_HOME"] = str(archive.parent / "pre-commit")
    return program(sys.executable, "-m", "pre_commit", "run", "--verbose", cwd=archive, **variables)


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


@pytest.mark.slow
@needs_git
def test_the_hooks_fix_what_commit_all_stages_in_an_index_of_its_own(archive: Path) -> None:
    git(archive, "commit", "-qm", "all")
    (archive / PAGE).write_text((archive / PAGE).read_text("utf-8") + "\n", "utf-8")
    index = str(shutil.copy(archive / ".git" / "index", archive / ".git" / "other"))
    assert program("git", "add", "--update", cwd=archive, GIT_INDEX_FILE=index).returncode == 0
    done = hooks(archive, GIT_INDEX_FILE=index)
    assert "fixed in 1 document(s)" in done.stdout


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


def steps() -> dict[str, dict[str, Any]]:
    return {step["name"]: step for step in yaml(ACTION.read_text("utf-8"))["runs"]["steps"]}


def test_action_passes_inputs_only_as_environment() -> None:
    action = yaml(ACTION.read_text("utf-8"))
    for step in steps().values():
        assert step.get("uses", "").partition("@")[0] in ("", "actions/setup-python", "actions/cache"), "none uploads"
        assert "${{" not in step.get("run", "")
        assert ("run" in step) == (step.get("shell") == "bash")
    given = {value for step in steps().values() for key in ("env", "with") for value in step.get(key, {}).values()}
    assert {f"${{{{ inputs.{name} }}}}" for name in action["inputs"]} <= given
    assert {output["value"] for output in action["outputs"].values()} == {
        f"${{{{ steps.check.outputs.{name} }}}}" for name in action["outputs"]
    }


def test_manual_lists_what_the_action_takes_and_gives() -> None:
    action, manual = yaml(ACTION.read_text("utf-8")), MANUALS[0].read_text("utf-8")
    assert re.findall(r"^\| `([a-z-]+)` \|", manual.partition("| Input | |")[2].partition("\n\n")[0], re.M) == [
        *action["inputs"]
    ]
    (listed,) = re.findall(r"Its outputs are (.*?);", manual, re.S)
    assert re.findall(r"`(\w+)`", listed) == [*action["outputs"]]


def step_of(name: str, folder: Path, tmp_path: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs a step of the action as GitHub's runner does."""
    runner = tmp_path / "runner"
    runner.mkdir(exist_ok=True)
    script = runner / "step.sh"
    script.write_text(steps()[name]["run"], "utf-8")
    bash = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script)
    known = {"RUNNER_TEMP": runner, "GITHUB_ACTION_PATH": ROOT, "GITHUB_OUTPUT": runner / "output"}
    return program(*bash, cwd=folder, **{name: str(value) for name, value in known.items()}, **variables)


def check_step(folder: Path, tmp_path: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Runs the step that checks, with inputs or their defaults."""
    known = yaml(ACTION.read_text("utf-8"))["inputs"]
    variables = {
        variable: inputs.get(name.replace("-", "_"), known[name]["default"])
        for variable, value in steps()["Check the articles"]["env"].items()
        for name in re.findall(r"inputs\.([\w-]+)", value)
    }
    if not (tmp_path / "runner" / "archive-convert").exists():
        starter(tmp_path / "runner" / "archive-convert" / "venv" / "bin")
    (tmp_path / "runner" / "output").unlink(missing_ok=True)
    summary = str(tmp_path / "summary.md")
    return step_of("Check the articles", folder, tmp_path, GITHUB_STEP_SUMMARY=summary, **variables)


def outputs(tmp_path: Path) -> dict[str, str]:
    lines = (tmp_path / "runner" / "output").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


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
    counts = outputs(tmp_path)
    assert counts == {
        "documents": "2",
        "articles": "1",
        "errors": "2",
        "warnings": "1",
        "infos": counts["infos"],
        "status": "3",
    }
    assert int(counts["infos"]) > 5
    assert counts.keys() == yaml(ACTION.read_text("utf-8"))["outputs"].keys()
    whole = check_step(folder, tmp_path)
    assert whole.returncode == 3
    assert whole.stdout == done.stdout
    assert check_step(folder, tmp_path, paths="good.md", level="info").stdout.count("::notice ") > 5
    assert check_step(folder, tmp_path, paths="good.md").returncode == 0
    assert outputs(tmp_path)["status"] == "0"


@needs_bash
def test_the_step_passes_every_option(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    (folder / "a.md").write_text(BROKEN, "utf-8")
    assert check_step(folder, tmp_path, args="--select=ART001\n\n--ignore=ART001").returncode == 0
    assert check_step(folder, tmp_path, args=f"--write-baseline\n{tmp_path / 'known.json'}").returncode == 0
    assert check_step(folder, tmp_path, baseline=str(tmp_path / "known.json")).returncode == 0
    warned = (SEEDS / PAGE).read_text("utf-8").replace("<ok href", '<ok href="javascript:x">纸</ok><ok href', 1)
    (folder / "a.md").write_text(warned, "utf-8")
    assert check_step(folder, tmp_path).returncode == 0
    assert check_step(folder, tmp_path, strict="true").returncode == 3
    wrong = check_step(folder, tmp_path, strict="yes")
    assert (wrong.returncode, wrong.stdout) == (2, "::error::strict is true or false\n")


@needs_git
@needs_bash
def test_the_step_fetches_the_commit_to_compare_with(tmp_path: Path) -> None:
    origin, folder = tmp_path / "origin", tmp_path / "archive"
    (origin / "pages").mkdir(parents=True)
    (origin / "pages" / "old.md").write_text(BROKEN, "utf-8")
    git(tmp_path, "init", "-q", "-b", "main", str(origin))
    git(origin, "config", "uploadpack.allowAnySHA1InWant", "true")  # as GitHub does
    git(origin, "add", ".")
    git(origin, "commit", "-qm", "an old fault")
    base = program("git", "rev-parse", "HEAD", cwd=origin).stdout.strip()
    shutil.copy(SEEDS / PAGE, origin / "pages" / "new.md")
    git(origin, "add", ".")
    git(origin, "commit", "-qm", "a good page")
    git(tmp_path, "clone", "-q", "--depth=1", origin.as_uri(), str(folder))
    assert check_step(folder, tmp_path).returncode == 3
    for commit in (base, base, "HEAD"):
        done = check_step(folder, tmp_path, changed_since=commit)
        assert done.returncode == 0, done.stderr
    assert check_step(folder, tmp_path, changed_since="0" * 40).returncode != 0


@needs_bash
@pytest.mark.parametrize("name", ["paths", "args", "level", "strict", "changed_since", "baseline", "sarif"])
def test_action_input_with_shell_syntax_is_not_run(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    hostile = """$(touch hit)`touch hit`; touch hit; '; touch hit; '"; touch hit; " """
    for text in (hostile, "--write-baseline=hit")[: 1 if name == "args" else 2]:
        check_step(folder, tmp_path, **{name: text})
    assert [path.name for path in folder.iterdir() if path.name == "hit"] == []


@needs_bash
def test_install_step_takes_constraints_and_cache(tmp_path: Path) -> None:
    """With a Python that only says how it is called."""
    python = tmp_path / "python"
    python.write_text(
        '#!/bin/sh\necho "$@"\nif [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; fi\n', "utf-8"
    )
    python.chmod(0o755)
    done = step_of("Install convert", tmp_path, tmp_path, PYTHON=str(python))
    assert done.returncode == 0, done.stderr
    _, pip = done.stdout.splitlines()
    assert pip.endswith(f"--constraint {ROOT / 'constraints.txt'} {ROOT}")
    assert step_of("Name the cache", tmp_path, tmp_path).returncode == 0
    named = outputs(tmp_path)
    assert re.fullmatch(r"[0-9a-f]{40,64}", named["sum"])
    assert f"--cache-dir {named['path']} " in pip


@needs_bash
def test_windows_is_refused_before_anything_else(tmp_path: Path) -> None:
    first = next(iter(steps().values()))
    assert first["if"] == "runner.os == 'Windows'"
    done = step_of(first["name"], tmp_path, tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith("::error::")


def test_the_workflow_gives_the_action_inputs_that_it_has() -> None:
    known = yaml(ACTION.read_text("utf-8"))["inputs"]
    workflow = yaml(example(".github/workflows/articles.yml"))
    (step,) = [step for step in workflow["jobs"]["validate"]["steps"] if "archive-convert" in step["uses"]]
    assert step["with"].keys() <= known.keys()
    options = {name for parameter in cli.commands["validate"].params for name in parameter.opts}
    assert {each.partition("=")[0] for each in step["with"]["args"].split()} <= options


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
    (script,) = [block for block in blocks(MANUALS[1], "sh") if block.startswith("#!/bin/sh")]
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


GH = """#!/bin/sh
# `gh release`, as far as the workflow needs it: a folder is the release.
release=$HERE/release
case $2 in
  view) [ -d "$release" ] && ls "$release" ;;
  create) mkdir "$release" ;;
  upload) shift 3; for file; do [ "$file" = --clobber ] || cp "$file" "$release/"; done ;;
  delete-asset) rm "$release/$5" ;;
esac
"""


def test_workflow_of_books_publishes_what_changed_and_takes_down_what_is_stale(tmp_path: Path) -> None:
    steps = {step.get("name"): step for step in yaml(example(".github/workflows/books.yml"))["jobs"]["books"]["steps"]}
    shutil.copytree(SEEDS, tmp_path / "mirror")
    starter(tmp_path / "bin", "archive-convert")
    gh, release = tmp_path / "bin" / "gh", tmp_path / "release"
    gh.write_text(GH.replace("$HERE", str(tmp_path)), "utf-8")
    gh.chmod(0o755)

    def run_of(*names: str) -> set[str]:
        """Run steps, and return what they uploaded."""
        before = {path.name: path.stat().st_mtime_ns for path in release.glob("*")}
        for name in names:
            done = night(tmp_path, steps[name]["run"])
            assert done.returncode == 0, done.stderr
            if name == "Verify":
                assert " 0 not; 0 file(s) in no manifest" in done.stdout.replace("output(s)", "")
        assert there() == {*books(), *kept}
        return {path.name for path in release.glob("*") if before.get(path.name) != path.stat().st_mtime_ns}

    def there() -> set[str]:
        return {path.name for path in release.iterdir()}

    def books() -> set[str]:
        return {path.name for path in (tmp_path / "books").iterdir() if not path.name.startswith(".")}

    kept: set[str] = set()
    all_steps = ("Make what is new", "Verify", "Publish")
    assert run_of(*all_steps) == books()
    assert len(books()) > 20
    (release / "notes.txt").write_text("not of the program\n", "utf-8")
    kept.add("notes.txt")
    assert run_of(*all_steps) == {"convert-manifest.json"}
    gone, page = "nf9000002-2023-06.epub", tmp_path / "mirror" / PAGE
    shutil.rmtree(tmp_path / "mirror" / "pages" / "nf9000002")
    page.write_text(page.read_text("utf-8").replace("最早的记录", "最早的记载"), "utf-8")
    before = books()
    uploaded = run_of(*all_steps)
    assert "nf9000001-2023-03.epub" in uploaded
    assert gone in before - books()
    assert len(uploaded) < len(books()) / 2
    (release / "nf9000001-2023-03.epub").unlink()
    assert run_of("Publish") >= {"nf9000001-2023-03.epub"}, "what somebody deleted there"
