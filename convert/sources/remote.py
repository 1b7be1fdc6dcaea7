"""The address of a checkout on the web, from the files of git.

No program is started, so the answer does not depend on whether git is installed, who owns the checkout, or which
variables and settings the user or a hook has.  No socket is opened.
"""

import os
import re
from collections.abc import Iterator
from functools import cache

from convert.late import late_pattern
from convert.sandbox.abilities import reading_freely

LARGEST = 1 << 20
"""Most bytes that are read of a file of git."""

_SECTION = late_pattern(r'[ \t]*\[[ \t]*(?P<name>[A-Za-z0-9.-]+)(?:[ \t]+"(?P<remote>(?:[^"\\]|\\.)*)")?[ \t]*\]')
_URL = late_pattern(r"[ \t]*url[ \t]*=[ \t]*(?P<value>.*)", re.I)
_VALUE = late_pattern(r'"(?P<quoted>(?:[^"\\]|\\.)*)"|\\(?P<escaped>.)|(?P<plain>[^"\\#;])|(?P<comment>[#;].*)')
_ESCAPES = {"n": "\n", "t": "\t", "b": "\b"}

_WITH_SCHEME = late_pattern(
    r"(?P<scheme>https?|ssh|git|git\+ssh|ssh\+git)://(?:[^/?#]*@)?(?P<host>[^/?#]+)(?P<path>/[^?#]*)(?:[?#].*)?",
    re.I,
)
_LIKE_SCP = late_pattern(r"(?:[^/:@]+@)?(?P<host>[^/:@]{2,}):(?!//|:)(?P<path>[^?#]*)(?:[?#].*)?")
_HOST = late_pattern(r"(?P<name>[\w.-]+|\[[0-9A-Fa-f:.]+\])(?P<port>:[0-9]+)?")
_WEB = {"ssh.github.com": "github.com", "altssh.gitlab.com": "gitlab.com", "altssh.bitbucket.org": "bitbucket.org"}
"""Hosts whose SSH has another name than their pages (documentation of the three, 2026-11)."""


def files_url(top: str) -> str:
    """Return the URL of the files of the checkout at `top`, ending in a slash; "" if its remote is not on the web.

    It names the default branch, as HEAD, whichever branch is checked out.
    """
    found = _remotes(_config(top))
    remote = found.get("origin", "") or (next(iter(found.values())) if len(found) == 1 else "")
    address = web_address(remote)
    return f"{address}/blob/HEAD/" if address else ""


@cache
def checkout_around(folder: str) -> str:
    """Return the top of the innermost git checkout around a folder: a clone, a linked worktree or a submodule.

    It is "" if there is none.
    """
    directory = _git_directory(folder)
    if directory and os.path.isfile(os.path.join(directory, "HEAD")):
        return folder
    above = os.path.dirname(folder)
    return "" if above == folder else checkout_around(above)


def web_address(remote: str) -> str:
    """Return the address of a repository's page from that of its remote; "" if the remote is not on the web.

    User names, passwords and tokens are left out, also where the address is malformed.

    >>> web_address("git@github.com:OWNER/epoch-news.git"), web_address("https://a:b@c@github.com/OWNER/epoch-news/")
    ('https://github.com/OWNER/epoch-news', 'https://github.com/OWNER/epoch-news')
    """
    match = _WITH_SCHEME.fullmatch(remote) or _LIKE_SCP.fullmatch(remote)
    host = _HOST.fullmatch(match["host"]) if match else None
    if not match or not host:
        return ""
    path = match["path"].strip("/").removesuffix(".git").strip("/")
    if not path or "@" in remote[match.end("host") :] or ".." in path.split("/"):
        return ""
    if remote.lower().startswith("http"):
        return f"https://{match['host']}/{path}"
    name = _WEB.get(host["name"], host["name"])
    return f"https://{name}/{path}" if "." in name else ""  # else a name from the user's own settings of SSH or git


def _git_directory(top: str) -> str:
    """Return the folder with git's data of the checkout at `top`; "" if it is none."""
    path = os.path.join(top, ".git")
    if os.path.isdir(path):
        return path
    target = _text(path)
    if not target.startswith("gitdir:"):
        return ""
    return os.path.join(top, target.removeprefix("gitdir:").strip())


def _config(top: str) -> str:
    """Return the configuration of a checkout; a linked worktree has that of its repository."""
    directory = _git_directory(top)
    common = _text(os.path.join(directory, "commondir")).strip()
    return _text(os.path.join(directory, common, "config"))


def _text(path: str) -> str:
    try:
        with reading_freely(), open(path, "rb") as file:
            return file.read(LARGEST).decode("utf-8-sig", "replace")
    except OSError:
        return ""


def _remotes(config: str) -> dict[str, str]:
    """Return the URL of each remote in git's configuration; of several the last, as `git config --get` does."""
    found: dict[str, str] = {}
    remote = ""
    for line in _lines(config):
        rest = line
        while section := _SECTION.match(rest):
            name = section["name"].lower()
            remote = re.sub(r"\\(.)", r"\1", section["remote"] or "") if name == "remote" else ""
            rest = rest[section.end() :]
        if remote and (url := _URL.match(rest)):
            found[remote] = _value(url["value"])
    return found


def _lines(config: str) -> Iterator[str]:
    """Yield the lines of a configuration; a backslash at the end of one continues it."""
    whole = ""
    for line in config.replace("\r\n", "\n").split("\n"):
        whole += line
        if (len(line) - len(line.rstrip("\\"))) % 2:
            whole = whole[:-1]
            continue
        yield whole
        whole = ""
    if whole:
        yield whole


def _value(raw: str) -> str:
    """Return a value without quotation marks, escapes, its comment and white space at its end."""
    parts = []
    end = 0  # white space counts only within quotation marks or before something else
    for match in _VALUE.finditer(raw):
        if match["comment"]:
            break
        if match["quoted"] is not None:
            parts.append(re.sub(r"\\(.)", lambda each: _ESCAPES.get(each[1], each[1]), match["quoted"]))
        elif match["escaped"]:
            parts.append(_ESCAPES.get(match["escaped"], match["escaped"]))
        else:
            parts.append(match["plain"])
        end = end if (match["plain"] or "").isspace() else len(parts)
    return "".join(parts[:end])
