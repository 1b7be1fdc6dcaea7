"""Questions to git, which reads only files on this disk; no socket is opened."""

import os
import subprocess
from collections.abc import Sequence
from subprocess import CompletedProcess

from convert.errors import UsageError, reason
from convert.text import printable, squeeze

_TIMEOUT = 60
"""Timeout in seconds; git lists the changes of a checkout of 100,000 pages in two."""


def git(folder: str, *arguments: str) -> str:
    """Return git's output in `folder`, stripped; "" if git fails or is not installed."""
    try:
        done = _run(folder, *arguments)
    except UsageError:
        return ""
    return "" if done.returncode else done.stdout.decode("utf-8", "replace").strip()


def changed_since(roots: Sequence[str], revision: str) -> frozenset[str]:
    """Return the real paths of the files that differ from the merge base of HEAD and `revision`.

    These are changed, added and untracked files of the checkouts of `roots`.

    Raises:
        UsageError: a root is in no checkout, git does not know the revision, or git fails.
    """
    paths: set[str] = set()
    for root in roots:
        folder = root if os.path.isdir(root) else os.path.dirname(root) or "."
        done = _run(folder, "rev-parse", "--show-toplevel")
        if done.returncode:
            raise UsageError(
                "{path} is in no git checkout, so what changed is not known; leave out --changed-since (git: {answer})",
                path=repr(root),
                answer=_error(done),
            )
        top = _line(done)
        commit = _run(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        if commit.returncode:
            raise UsageError(
                "git knows no revision {revision} in {folder}; in CI, fetch it first",
                revision=repr(revision),
                folder=repr(top),
            )
        merge_base = _run(folder, "merge-base", _line(commit), "HEAD")  # fails for unrelated histories
        base = _line(commit if merge_base.returncode else merge_base)
        names = _names(top, "diff", "--name-only", "-z", "--diff-filter=d", "--no-renames", base, "--")
        names += _names(top, "ls-files", "--others", "--exclude-standard", "-z")
        paths.update(os.path.realpath(os.path.join(top, os.fsdecode(name))) for name in names)
    return frozenset(paths)


def unstaged(roots: Sequence[str]) -> frozenset[str]:
    """Return the real paths of the files in the checkouts of `roots` with changes that the index lacks.

    Files that git does not track are not among them.  Outside of a checkout, and without git, there are none.

    Raises:
        UsageError: git fails in a checkout.
    """
    paths: set[str] = set()
    for root in roots:
        folder = root if os.path.isdir(root) else os.path.dirname(os.path.realpath(root))
        if top := git(folder, "rev-parse", "--show-toplevel"):
            names = _names(top, "diff", "--name-only", "-z", "--diff-filter=d", "--no-renames", "--")
            paths.update(os.path.realpath(os.path.join(top, os.fsdecode(name))) for name in names)
    return frozenset(paths)


def _run(folder: str, *arguments: str) -> CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", "-C", folder, *arguments], capture_output=True, timeout=_TIMEOUT, check=False)
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
