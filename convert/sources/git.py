"""Asks git, which reads files on this disk; no socket is opened."""

import os
import subprocess
from collections.abc import Sequence
from subprocess import CompletedProcess

from convert.errors import UsageError, reason
from convert.text import printable, squeeze

_TIMEOUT = 60
"""Seconds; of a checkout of 100,000 pages git tells in two what changed."""


def git(folder: str, *arguments: str) -> str:
    """What git says in `folder`, without white space around it; nothing where it fails or is not installed."""
    try:
        done = _run(folder, *arguments)
    except UsageError:
        return ""
    return "" if done.returncode else done.stdout.decode("utf-8", "replace").strip()


def changed_since(roots: Sequence[str], revision: str) -> frozenset[str]:
    """The real paths of the files under `roots` that are not as they were where HEAD left `revision` (their merge
    base): changed, added, or not yet known to git.

    Raises:
        UsageError: a root that is in no checkout, a revision that it does not know, or git cannot tell.
    """
    found: set[str] = set()
    for root in roots:
        folder = root if os.path.isdir(root) else os.path.dirname(root) or "."
        done = _run(folder, "rev-parse", "--show-toplevel")
        if done.returncode:
            raise UsageError(
                "{path} is in no git checkout, so what changed is not known; leave out --changed-since (git: {answer})",
                path=repr(root),
                answer=_words(done),
            )
        top = _line(done)
        known = _run(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        if known.returncode:
            raise UsageError(
                "git knows no revision {revision} in {folder}; in CI, fetch it first",
                revision=repr(revision),
                folder=repr(top),
            )
        left = _run(folder, "merge-base", _line(known), "HEAD")  # fails where they have nothing in common
        base = _line(known if left.returncode else left)
        told = _told(top, "diff", "--name-only", "-z", "--diff-filter=d", "--no-renames", base, "--")
        told += _told(top, "ls-files", "--others", "--exclude-standard", "-z")
        found.update(os.path.realpath(os.path.join(top, os.fsdecode(name))) for name in told)
    return frozenset(found)


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
    """A name of a file, which may begin or end with a space, or of a revision."""
    return os.fsdecode(done.stdout.removesuffix(b"\n"))


def _told(top: str, *arguments: str) -> list[bytes]:
    """The names of files that git tells.  They are bytes: nobody says in which encoding."""
    done = _run(top, *arguments)
    if done.returncode:
        raise UsageError(
            "git cannot list what changed in {folder}; repair the checkout (git: {answer})",
            folder=repr(printable(top)),
            answer=_words(done),
        )
    return done.stdout.split(b"\0")[:-1]


def _words(done: CompletedProcess[bytes]) -> str:
    return printable(squeeze(done.stderr.decode("utf-8", "replace").removeprefix("fatal: "), 300))
