"""Questions to git, which reads only files on this disk; no socket is opened."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from subprocess import CompletedProcess

from convert.errors import UsageError, reason
from convert.sources.remote import checkout_around
from convert.text import printable, squeeze

_TIMEOUT = 60
"""Timeout in seconds; git lists the changes of a checkout of 100,000 pages in two."""


def changed_since(roots: Sequence[str], revision: str) -> frozenset[str]:
    """Return the real paths of the files that differ from the merge base of HEAD and `revision`.

    These are changed, added and untracked files of the checkouts of `roots`, or of those inside them.

    Raises:
        UsageError: a root is in no checkout and has none inside, git does not know the revision, or git fails.
    """
    paths: set[str] = set()
    for root in roots:
        done = _run(_folder(root), "rev-parse", "--show-toplevel")
        tops = list(_inside(root)) if done.returncode else [_line(done)]
        if not tops:
            raise UsageError(
                "{path} is in no git checkout, so what changed is not known; leave out --changed-since (git: {answer})",
                path=repr(root),
                answer=_error(done),
            )
        for top in tops:
            paths.update(map(os.path.realpath, _changed(top, _merge_base(top, revision))))
    return frozenset(paths)


def unstaged(roots: Sequence[str]) -> frozenset[str]:
    """Return the real paths of the files in the checkouts of `roots` with changes that the index lacks.

    Files that git does not track are not among them.  Outside of a checkout there are none.

    Raises:
        UsageError: git fails in a checkout, or is not installed.
    """
    paths: set[str] = set()
    for root in roots:
        real = os.path.realpath(root)
        around = checkout_around(_folder(real))
        for each in dict.fromkeys((*filter(None, [around]), *_inside(real))):
            names = _names(each, "diff", "--name-only", "-z", "--diff-filter=d", "--no-renames", "--")
            paths.update(os.path.realpath(os.path.join(each, os.fsdecode(name))) for name in names)
    return frozenset(paths)


def _folder(root: str) -> str:
    return root if os.path.isdir(root) else os.path.dirname(root) or "."


def _inside(root: str) -> Iterator[str]:
    """Yield the tops of the checkouts inside a folder, of submodules too."""
    for folder, below, files in os.walk(root):
        if ".git" in below or ".git" in files:
            yield folder
        below[:] = [name for name in below if not name.startswith(".")]


def _merge_base(top: str, revision: str) -> str:
    """Return the commit from which HEAD and `revision` went apart, or that of `revision` if they are unrelated.

    Raises:
        UsageError: git does not know the revision.
    """
    commit = _run(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit.returncode:
        raise UsageError(
            "git knows no revision {revision} in {folder}; in CI, fetch it first",
            revision=repr(revision),
            folder=repr(top),
        )
    merge_base = _run(top, "merge-base", _line(commit), "HEAD")
    return _line(commit if merge_base.returncode else merge_base)


def _changed(top: str, base: str) -> Iterator[str]:
    """Yield the files of the checkout at `top` that differ from the commit `base`, or all files if it is "".

    Files of submodules are compared with the commit that `base` records; another checkout inside this one is all new.
    """
    if base and _run(top, "cat-file", "-e", f"{base}^{{commit}}").returncode:  # not fetched
        base = ""
    fields = _names(top, *_DIFF, base, "--") if base else []
    for status, name in zip(fields[::2], fields[1::2], strict=True):
        _, mode, before, *_ = status.decode().split(" ")
        path = os.path.join(top, os.fsdecode(name))
        if mode != _SUBMODULE:
            yield path
        elif os.path.exists(os.path.join(path, ".git")):
            yield from _changed(path, before.strip("0") and before)
    others = _names(top, "ls-files", "--others", "--exclude-standard", "-z")
    for name in others if base else others + _names(top, "ls-files", "--cached", "-z"):
        path = os.path.join(top, os.fsdecode(name))
        if os.path.isdir(path):
            yield from _changed(path, "") if os.path.exists(os.path.join(path, ".git")) else ()
        else:
            yield path


_DIFF = (
    "diff",
    "--raw",
    "-z",
    "--no-abbrev",
    "--diff-filter=d",
    "--no-renames",
    "--no-ext-diff",
    "--ignore-submodules=none",
)
_SUBMODULE = "160000"
"""Mode of a submodule in git's trees."""


def environment() -> dict[str, str]:
    """Return the variables for git: without those by which a hook, or a user, points it at another repository.

    Of settings that come by variables only `safe.directory` is kept, which lets git read what others own.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name in _KEPT}
    count = os.environ.get("GIT_CONFIG_COUNT", "")
    settings = [
        os.environ.get(f"GIT_CONFIG_VALUE_{number}", "")
        for number in range(min(int(count), 1000) if count.isdecimal() else 0)
        if os.environ.get(f"GIT_CONFIG_KEY_{number}", "").lower() == "safe.directory"
    ]
    for number, value in enumerate(settings):
        kept |= {f"GIT_CONFIG_KEY_{number}": "safe.directory", f"GIT_CONFIG_VALUE_{number}": value}
    return kept | {"GIT_CONFIG_COUNT": str(len(settings)), "GIT_OPTIONAL_LOCKS": "0"}


_KEPT = frozenset({"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH"})
"""Variables of git that are about the installation, not about a repository."""


def _run(folder: str, *arguments: str) -> CompletedProcess[bytes]:
    command = ["git", "-C", folder, "-c", "core.fsmonitor=false", *arguments]
    try:
        return subprocess.run(command, capture_output=True, timeout=_TIMEOUT, check=False, env=environment())
    except OSError as error:
        raise UsageError("git cannot be started: {reason}; install it", reason=reason(error)) from error
    except subprocess.TimeoutExpired as error:
        raise UsageError(
            "git gave no answer in {seconds} seconds in {folder}; run again",
            seconds=_TIMEOUT,
            folder=repr(printable(folder)),
        ) from error


def _line(done: CompletedProcess[bytes]) -> str:
    """Return git's output without the line end; only that is stripped, because file names may end with spaces."""
    return os.fsdecode(done.stdout.removesuffix(b"\n"))


def _names(top: str, *arguments: str) -> list[bytes]:
    """Return the file names that git lists, as bytes, because their encoding is unknown."""
    done = _run(top, *arguments)
    if done.returncode:
        raise UsageError(
            "git cannot list what changed in {folder}; repair the checkout (git: {answer})",
            folder=repr(printable(top)),
            answer=_error(done),
        )
    return done.stdout.split(b"\0")[:-1]


def _error(done: CompletedProcess[bytes]) -> str:
    return printable(squeeze(done.stderr.decode("utf-8", "replace").removeprefix("fatal: "), 300))
