"""The site that a post is the source of: name, address and form of addresses in the settings of its generator."""

import os
import re
from functools import cache
from typing import NamedTuple
from urllib.parse import quote

from convert.sources.ref import STDIN, Ref, Source
from convert.text import utf8
from convert.urls import UNKNOWN_SITE

CONFIGS = (
    *("_config.yml", "_config.yaml", "hugo.toml", "hugo.yaml", "hugo.yml", "config.toml", "config.yaml", "config.yml"),
    "pelicanconf.py",
)
"""Names of the files with the settings of Jekyll, Hexo, Hugo, Zola and Pelican."""

HIGHEST = 6
"""Number of folders above a post in which they are looked for."""
LARGEST = 1 << 18
"""Most bytes that are read of them."""

_SETTING = re.compile(
    r"^(title|name|url|base_?url|root|permalink|sitename|siteurl|source_dir|new_post_name)[ \t]*[:=][ \t]*"
    r"(?:\"([^\"\n]*)\"|'([^'\n]*)'|([^\n#]*?))[ \t]*(?:#.*)?$",
    re.I | re.M,
)
_STYLES = {
    "date": "/:categories/:year/:month/:day/:title.html",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title.html",
    "none": "/:categories/:title.html",
    "": "/:categories/:year/:month/:day/:title.html",
}
"""The named forms of addresses of Jekyll."""
_DATED = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})-(.+)")
_ENDING = re.compile(r"(?:\.[a-z]{2}(?:-[a-z]{2,4})?)?\.(?:md|markdown|mdx?|mkd|html?|txt|adoc|rst)$", re.I)
"""Ending of the name of a post, with its language."""
_CONTENT = re.compile(r"(?:^|/)content/(.*)$")


class Site(NamedTuple):
    """Settings of a site."""

    name: str = ""
    url: str = ""
    base: str = ""
    """Path of the site below its URL."""
    permalink: str = ""
    """Form of the addresses of posts, with `:year` and the like in it; "" for the paths of the files."""

    @property
    def address(self) -> str:
        """Return the address of the site, without a slash at its end; "" if it is not known."""
        return self.url + self.base if self.url else ""

    def post(self, path: str, slug: str = "", categories: str = "", published: str = "") -> str:
        """Return the address of the post in a file, on this site or on one that is nowhere."""
        place, _, file = path.rpartition("/")
        stem = file.rpartition(".")[0] or file
        dated = _DATED.fullmatch(stem)
        year, month, day = dated.groups()[:3] if dated else (published.split("T")[0].split("-") + [""] * 3)[:3]
        title = slug or (dated[4] if dated else stem)
        if not self.permalink or not year:
            inside = _CONTENT.search(place + "/")
            folder = inside[1] if inside else ""
            made = f"/{folder}{'' if stem in ('index', '_index') else title + '/'}"
        else:
            made = self.permalink
            for name, value in (
                *((":categories", categories), (":category", categories), (":year", year), (":month", f"{month:0>2}")),
                *((":day", f"{day:0>2}"), (":i_month", month), (":i_day", day), (":title", title), (":slug", title)),
                *((":name", title), (":post_title", title), (":output_ext", ".html")),
            ):
                made = made.replace(name, value)
        return (self.address or UNKNOWN_SITE) + re.sub("/{2,}", "/", f"/{made}")


NO_SITE = Site()


def named(path: str) -> str:
    """Return the address by which links between posts lead to the one in a file, whatever its folder and its date.

    >>> named("blog/Ink.md"), named("content/posts/paper/index.zh.md"), named("2023-03-14-felt")
    ('https://site.invalid/ink/', 'https://site.invalid/paper/', 'https://site.invalid/felt/')
    """
    parts = [each for each in path.partition("#")[0].split("/") if each]
    stem = _ENDING.sub("", parts[-1]) if parts else ""
    if stem.lower() in ("index", "_index") and parts[1:]:
        stem = parts[-2]
    dated = _DATED.fullmatch(stem)
    return f"{UNKNOWN_SITE}/{quote((dated[4] if dated else stem).casefold())}/"


def site_of(document: Ref | Source) -> Site:
    """Return the site whose source a document is a part of."""
    root, path = document.root, document.path
    if root == STDIN:
        return NO_SITE
    if os.path.isdir(root):
        return _site(os.path.join(os.path.abspath(root), os.path.dirname(path)))
    if os.path.basename(path) == os.path.basename(root):
        return _site(os.path.dirname(os.path.abspath(root)))
    return NO_SITE


@cache
def _site(folder: str) -> Site:
    """Return the site by the settings in a folder or one above it, up to the top of a checkout."""
    for _ in range(HIGHEST):
        for name in CONFIGS:
            file = os.path.join(folder, name)
            if os.path.isfile(file) and (found := _read(file, name)):
                return found
        above = os.path.dirname(folder)
        if above == folder or os.path.exists(os.path.join(folder, ".git")):
            break
        folder = above
    return NO_SITE


def _read(file: str, name: str) -> Site | None:
    try:
        with open(file, "rb") as stream:
            text = utf8(stream.read(LARGEST)).decode("utf-8", "replace")
    except OSError:
        return None
    return parse(name, text)


def parse(name: str, text: str) -> Site | None:
    """Return the site of the settings in a file, None if they name neither the site nor its address.

    >>> parse("_config.yml", 'title: "Paper"  # ours\\nurl: https://press.example.org/\\nbaseurl: /paper').address
    'https://press.example.org/paper'
    >>> parse("config.toml", 'baseURL = "https://press.example.org/"\\ntitle = "Paper"').name
    'Paper'
    """
    found: dict[str, str] = {}
    for key, double, single, bare in _SETTING.findall(text.replace("\r\n", "\n")):
        found.setdefault(key.lower().replace("_", ""), (double or single or bare).strip())
    title = found.get("title") or found.get("sitename") or found.get("name") or ""
    url, base = found.get("url") or found.get("siteurl") or "", found.get("baseurl") or found.get("root") or ""
    if re.match(r"https?://", base):  # Hugo and Zola have the whole address there
        url, base = base, ""
    url = url.rstrip("/") if re.match(r"https?://[^\s/?#@]+(?:[/?#]\S*)?$", url) else ""
    base = f"/{base.strip('/')}" if base.strip("/") and not re.search(r"\s", base) else ""
    if not title and not url:
        return None
    form = ""
    if name.startswith("_config"):
        form = _STYLES.get(found.get("permalink", ""), found.get("permalink", ""))
        if "sourcedir" in found or "newpostname" in found:
            form = found.get("permalink") or ":year/:month/:day/:title/"
            base = "" if url.endswith(base) else base
    return Site(title, url, base, form)
