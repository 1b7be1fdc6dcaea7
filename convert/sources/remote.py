"""The URL of a source folder on the web, from its git checkout."""

import os
import re

from convert.sources.git import git

_SSH = re.compile(r"^(?:ssh://)?git@(?P<host>[^:/]+)[:/](?P<path>.+?)(?:\.git)?/?$")
_HTTP = re.compile(r"^https?://(?:[^@/]+@)?(?P<host>[^/]+)/(?P<path>.+?)(?:\.git)?/?$")


def remote_base(root: str) -> str:
    """Return the URL of the folder with the documents of `root`, ending in a slash, or "".

    It comes from the remote `origin` and the branch of the git checkout.  A checkout without `pages/` at its top is not
    a mirror but may contain copies of its pages, and has no URL for them.  git reads only files on this disk; no
    socket is opened.
    """
    if os.path.isdir(root):
        folder = root
    elif os.path.isabs(root) or ".." in root.split("/"):
        folder = os.path.dirname(root)
    else:
        folder = "."  # the path of a single file is the one that was typed
    if not os.path.isdir(folder):
        return ""
    checkout = git(folder, "rev-parse", "--show-toplevel", "--abbrev-ref", "HEAD")
    remote = git(folder, "config", "--get", "remote.origin.url")
    match = _SSH.match(remote) or _HTTP.match(remote)
    if not match or "\n" not in checkout:
        return ""
    top, branch = checkout.split("\n")[:2]
    if not os.path.isdir(os.path.join(top, "pages")):
        return ""
    inside = os.path.relpath(os.path.realpath(folder), os.path.realpath(top)).replace(os.sep, "/")
    base = f"https://{match['host']}/{match['path']}/blob/{branch}/"
    return base if inside == "." else f"{base}{inside}/"
