"""Asks git, which reads files on this disk; no socket is opened."""

import os
import subprocess
from collections.abc import Sequence

from convert.errors import UsageError


def git(folder: str, *arguments: str) -> str:
    """What git says in `folder`, without white space around it; nothing where it fails or is not installed."""
    try:
        done = subprocess.run(
            ["git", "-C", folder, *arguments], capture_output=True, text=True, timeout=60, check=False, errors="replace"
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def changed_since(roots: Sequence[str], revision: str) -> frozenset[str]:
    """The real paths of the files under `roots` that are not as they were where HEAD left `revision` (their merge
    base): changed, added, or not yet known to git.

    Raises:
        UsageError: a root that is in no checkout, or a revision that it does not know.
    """
    found: set[str] = set()
    for root in roots:
        folder = root if os.path.isdir(root) else os.path.dirname(root) or "."
        top = git(folder, "rev-parse", "--show-toplevel")
        if not top:
            raise UsageError(
                f"{root!r} is in no git checkout, so nothing tells what changed; leave out --changed-since"
            )
        if not git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"):
            raise UsageError(f"git knows no revision {revision!r} in {top!r}; in CI, fetch it first")
        base = git(folder, "merge-base", revision, "HEAD") or revision
        told = git(top, "diff", "--name-only", "-z", "--diff-filter=d", "--no-renames", base, "--")
        told += "\0" + git(top, "ls-files", "--others", "--exclude-standard", "-z")
        found.update(os.path.realpath(os.path.join(top, name)) for name in told.split("\0") if name)
    return frozenset(found)
