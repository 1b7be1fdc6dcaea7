"""Where a source folder lives on the web, as git tells."""

import os
import re

from convert.sources.git import git

_SSH = re.compile(r"^(?:ssh://)?git@(?P<host>[^:/]+)[:/](?P<path>.+?)(?:\.git)?/?$")
_HTTP = re.compile(r"^https?://(?:[^@/]+@)?(?P<host>[^/]+)/(?P<path>.+?)(?:\.git)?/?$")


def remote_base(root: str) -> str:
    """The address under which the documents of `root` can be seen, ending in a slash: from the remote `origin` and the
    branch of the git checkout that it is in.  Nothing where there is none, where it is not on the web, or where the
    checkout is no mirror, which has its articles in `pages/` at its top: any other repository that holds copies of them
    says nothing of where they are from.

    Only git's files on this disk are asked; no socket is opened.
    """
    if os.path.isdir(root):
        folder = root
    elif os.path.isabs(root) or ".." in root.split("/"):
        folder = os.path.dirname(root)
    else:
        folder = "."  # the path of a lone file is kept as it was typed
    if not os.path.isdir(folder):
        return ""
    told = git(folder, "rev-parse", "--show-toplevel", "--abbrev-ref", "HEAD")
    remote = git(folder, "config", "--get", "remote.origin.url")
    match = _SSH.match(remote) or _HTTP.match(remote)
    if not match or "\n" not in told:
        return ""
    top, branch = told.split("\n")[:2]
    if not os.path.isdir(os.path.join(top, "pages")):
        return ""
    inside = os.path.relpath(os.path.realpath(folder), os.path.realpath(top)).replace(os.sep, "/")
    base = f"https://{match['host']}/{match['path']}/blob/{branch}/"
    return base if inside == "." else f"{base}{inside}/"
