"""The site that a post is the source of: name, address and forms of addresses in the settings of its generator."""

import os
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

from msgspec.structs import replace

from convert.late import late_pattern
from convert.sandbox.abilities import reading_freely
from convert.sources.ref import STDIN, Ref, Refusal, Source
from convert.text import utf8
from convert.urls import UNKNOWN_SITE, quote

CONFIGS = (
    *("_config.yml", "_config.yaml", "hugo.toml", "hugo.yaml", "hugo.yml", "config.toml", "config.yaml", "config.yml"),
    *("config/_default/hugo.toml", "config/_default/hugo.yaml", "config/_default/hugo.yml"),
    *("config/_default/config.toml", "config/_default/config.yaml", "config/_default/config.yml", "pelicanconf.py"),
)
"""Files with the settings of Jekyll, Hexo, Hugo, Zola and Pelican, in the folder of a site."""

HIGHEST = 6
"""Number of folders above a post in which they are looked for."""
LARGEST = 1 << 18
"""Most bytes that are read of them."""

_SETTING = late_pattern(
    r"^(title|name|url|base_?url|root|permalink|sitename|siteurl|source_dir|new_post_name|author|article_url|"
    r"languagecode|defaultcontentlanguage|default_language|language)[ \t]*[:=][ \t]*"
    r"(?:\"([^\"\n]*)\"|'([^'\n]*)'|([^\n#]*?))[ \t]*(?:#.*)?$",
    re.I | re.M,
)
_DEFAULTS = late_pattern(r"^defaults:[^\n]*\n((?:[ \t\-#][^\n]*\n|\n)*)", re.M)
_DEFAULT_AUTHOR = late_pattern(r"^[ \t]+author:[ \t]*[\"']?([^\"'\n#{\[]+)", re.M)
_FORMS = late_pattern(
    r"^(?:\[permalinks(?:\.page)?\][^\n]*\n((?:(?!\[)[^\n]*\n)*)|permalinks:[^\n]*\n((?:[ \t][^\n]*\n|\n)*))", re.M
)
_FORM = late_pattern(r"^[ \t]*[\"']?([\w/-]+)[\"']?[ \t]*[:=][ \t]*[\"']?(/?[^\"'\n#]*:[^\"'\n#]+)", re.M)
_STYLES = {
    "date": "/:categories/:year/:month/:day/:title.html",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title.html",
    "none": "/:categories/:title.html",
    "": "/:categories/:year/:month/:day/:title.html",
}
"""The named forms of addresses of Jekyll."""
_OF_PELICAN = {"{slug}": ":slug", "{date:%Y}": ":year", "{date:%m}": ":month", "{date:%d}": ":day"}
"""Names in the forms of Pelican, in those of the others."""
_HEXO, _PAGES_OF_HEXO = ":year/:month/:day/:title/", re.compile(r"(?:^|/)source/(?!_posts/|_drafts/)(.*)$")
_DATED = late_pattern(r"(\d{4})-(\d{1,2})-(\d{1,2})-(.+)")
_ENDING = late_pattern(r"(?:\.[a-z]{2}(?:-[a-z]{2,4})?)?\.(?:md|markdown|mdx?|mkd|html?|txt|adoc|rst)$", re.I)
"""Ending of the name of a post, with its language."""
_LANGUAGE = late_pattern(r"(.+)\.([a-z]{2}(?:-[a-z]{2,4})?)", re.I)
_CONTENT = late_pattern(r"(?:^|/)content/(.*)$")
_COLLECTION = late_pattern(r"(?:^|/)_(?!posts/|drafts/)([\w-]+)/(.*)$")


class Address(NamedTuple):
    """Parts of the address of a post on its site."""

    path: str
    """Path of its file."""
    slug: str = ""
    categories: tuple[str, ...] = ()
    published: str = ""
    title: str = ""


class Site(NamedTuple):
    """Settings of a site."""

    name: str = ""
    url: str = ""
    base: str = ""
    """Path of the site below its URL."""
    permalink: str = ""
    """Form of the addresses of posts, with `:year` and the like in it; "" for the paths of the files."""
    generator: str = ""
    author: str = ""
    """Author of the posts that name none."""
    language: str = ""
    forms: str = ""
    """Forms of addresses in folders of Hugo: a line each, with the folder, a space and the form."""

    @property
    def address(self) -> str:
        """Return the address of the site, without a slash at its end; "" if it is not known."""
        return self.url + self.base if self.url else ""

    def post(self, of: Address) -> str:
        """Return the address of a post on this site, "" if the site or that is not known."""
        made = self._path(of) if self.address else ""
        return self.address + re.sub("/{2,}", "/", f"/{made}") if made else ""

    def _path(self, of: Address) -> str:
        place, _, file = of.path.rpartition("/")
        stem = file.rpartition(".")[0] or file
        dated = _DATED.fullmatch(stem)
        if self.generator == "pelican":
            slug = of.slug or _slug_of(of.title)
            return _filled(self.permalink, of, slug) if slug else ""
        if self.generator == "jekyll" and not dated:
            return self._page_of_jekyll(of.path, place, stem)
        if self.generator == "hexo":
            page = _PAGES_OF_HEXO.search(of.path)
            if page or stem == "index":
                path = (page[1] if page else of.path).rpartition(".")[0]
                return f"{path.removesuffix('index')}" if stem == "index" else f"{path}.html"
        if self.permalink:
            return _filled(self.permalink, of, of.slug or (dated[4] if dated else stem))
        return self._path_of_hugo(of, place, stem)

    def _path_of_hugo(self, of: Address, place: str, stem: str) -> str:
        """Return the path of a post of Hugo or Zola, or in a folder of which nothing is known."""
        inside = _CONTENT.search(place + "/")
        folder, prefix = inside[1] if inside else "", ""
        if self.generator == "hugo" and (match := _LANGUAGE.fullmatch(stem)):
            stem, language = match.groups()
            prefix = "" if self.language.lower().startswith(language.lower()) else f"{language.lower()}/"
        dated = _DATED.fullmatch(stem) if self.generator != "hugo" else None
        name = of.slug or (dated[4] if dated else stem)
        forms = dict(line.partition(" ")[::2] for line in self.forms.split("\n"))
        if form := forms.get(folder.partition("/")[0]):
            titled = _slug_of(of.title, ascii_only=False)
            form = form.replace(":slugorfilename", ":filename").replace(":title", titled)
            form = form.replace(":slug", of.slug or titled)
            return prefix + _filled(form, of, folder.strip("/").rpartition("/")[2] if stem == "index" else stem)
        path = f"{folder}{'' if stem in ('index', '_index') else name + '/'}"
        return prefix + (path.lower().replace(" ", "-") if self.generator == "hugo" else path)

    def _page_of_jekyll(self, path: str, place: str, stem: str) -> str:
        """Return the path of a page or of an article in a collection: no post, whose name has its day."""
        if collection := _COLLECTION.search(path):
            return f"{collection[1]}/{collection[2].rpartition('.')[0]}.html"
        if stem == "index":
            return f"{place}/"
        folder = "" if place.endswith(("_posts", "_drafts")) else f"{place}/"
        return f"{folder}{stem}/" if self.permalink.endswith("/") else f"{folder}{stem}.html"


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


def _slug_of(title: str, *, ascii_only: bool = True) -> str:
    """Return the slug that is made of a title; with `ascii_only` "" for one in other letters, as Pelican spells those.

    >>> _slug_of("It's paper!"), _slug_of("纸"), _slug_of("纸 与 墨", ascii_only=False)
    ('its-paper', '', '纸-与-墨')
    """
    if ascii_only and not title.isascii():
        return ""
    return re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", title)).strip("-").lower()


def _filled(form: str, of: Address, title: str) -> str:
    """Return a form of addresses with the values of a post, "" if it needs a date and there is none."""
    stem = of.path.rpartition("/")[2].rpartition(".")[0]
    dated = _DATED.fullmatch(stem)
    year, month, day = dated.groups()[:3] if dated else (of.published.partition("T")[0].split("-") + [""] * 3)[:3]
    if not year and re.search(":(?:year|month|day|i_|y_)", form):
        return ""
    categories = "/".join(each.lower().replace(" ", "%20") for each in of.categories)
    values = {
        ":categories": categories,
        ":category": categories,
        ":year": year,
        ":i_month": month.lstrip("0"),
        ":i_day": day.lstrip("0"),
        ":month": f"{month:0>2}",
        ":day": f"{day:0>2}",
        ":output_ext": ".html",
        ":contentbasename": title,
        ":filename": title,
        ":title": title,
        ":slug": title,
        ":name": title,
        ":post_title": title,
        ":sections": "",
        ":section": _section(of.path),
    }
    made = form
    for name, value in values.items():
        made = made.replace(name, value)
    return "" if re.search(r"[{}]|:[a-z]", made) else made


def _section(path: str) -> str:
    inside = _CONTENT.search(path)
    return inside[1].partition("/")[0] if inside and "/" in inside[1] else ""


def site_of(document: Ref | Source) -> Site:
    """Return the site whose source a document is a part of."""
    root, path = document.root, document.path
    if document.site:
        return Site(*document.site)
    if root == STDIN:
        return NO_SITE
    here = "" if root.startswith(os.sep) else os.getcwd()
    found = _in_folder(root, path.rpartition("/")[0], here)
    if found is None:
        lone = os.path.basename(path) == os.path.basename(root)
        return _site(os.path.dirname(os.path.abspath(root))) if lone else NO_SITE
    return found


@cache
def _in_folder(root: str, folder: str, here: str) -> Site | None:
    """Return the site that documents in a folder are a part of, None if the root, a path from `here`, is a file."""
    return _site(os.path.join(os.path.abspath(root), folder)) if os.path.isdir(root) else None


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
        with reading_freely(), open(file, "rb") as stream:
            data = stream.read(LARGEST)
    except OSError:
        return None
    return parse(name, utf8(data).decode("utf-8", "replace"))


def settings_in(path: str) -> tuple[str, str, int] | None:
    """Return the folder of a site's settings by the path of their file, their name, and its place in `CONFIGS`.

    >>> settings_in("blog/config/_default/hugo.toml"), settings_in("blog/_posts/a.md")
    (('blog', 'config/_default/hugo.toml', 8), None)
    """
    found = [(at, name) for at, name in enumerate(CONFIGS) if f"/{path}".endswith(f"/{name}")]
    if not found:
        return None
    at, name = max(found, key=lambda each: len(each[1]))
    return path.removesuffix(name).rstrip("/"), name, at


def assigned(documents: list[Ref | Refusal], text_of: Callable[[Ref], str]) -> list[Ref | Refusal]:
    """Return the documents of an archive with the sites that they are parts of, by the settings among them."""
    found: dict[str, tuple[int, Site]] = {}
    for each in documents:
        settings = settings_in(each.path)
        if settings and isinstance(each, Ref) and each.size <= LARGEST:
            folder, name, order = settings
            site = parse(name, text_of(each))
            if site and order < found.get(folder, (len(CONFIGS), site))[0]:
                found[folder] = (order, site)
    return [_assigned(each, found) for each in documents]


def _assigned(document: Ref | Refusal, found: Mapping[str, tuple[int, Site]]) -> Ref | Refusal:
    folder = document.path
    for _ in range(HIGHEST if isinstance(document, Ref) else 0):
        folder = folder.rpartition("/")[0]
        if folder in found and isinstance(document, Ref):
            return replace(document, site=tuple(found[folder][1]))
        if not folder:
            break
    return document


def parse(name: str, text: str) -> Site | None:
    """Return the site of the settings in a file, None if they name neither the site nor its address.

    >>> parse("_config.yml", 'title: "Paper"  # ours\\nurl: https://press.example.org/\\nbaseurl: /paper').address
    'https://press.example.org/paper'
    >>> parse("config.toml", 'baseURL = "https://press.example.org/"\\ntitle = "Paper"').name
    'Paper'
    """
    text = text.replace("\r\n", "\n") + "\n"
    found: dict[str, str] = {}
    for key, double, single, bare in _SETTING.findall(text):
        found.setdefault(key.lower().replace("_", ""), (double or single or bare).strip())
    title = found.get("title") or found.get("sitename") or found.get("name") or ""
    url, base = found.get("url") or found.get("siteurl") or "", found.get("baseurl") or found.get("root") or ""
    if re.match(r"https?://", base):  # Hugo and Zola have the whole address there
        url, base = base, ""
    url = url.rstrip("/") if re.match(r"https?://[^\s/?#@]+(?:[/?#]\S*)?$", url) else ""
    base = f"/{base.strip('/')}" if base.strip("/") and not re.search(r"\s", base) else ""
    if not title and not url:
        return None
    generator, form, author, forms = _generator(name, text), "", "", ""
    if generator == "pelican":
        form = found.get("articleurl") or "{slug}.html"
        for theirs, ours in _OF_PELICAN.items():
            form = form.replace(theirs, ours)
        author = found.get("author", "")
    elif generator == "hexo":
        form = found.get("permalink") or _HEXO
        base = "" if url.endswith(base) else base
    elif generator == "jekyll":
        form = _STYLES.get(found.get("permalink", ""), found.get("permalink", ""))
        defaults = _DEFAULTS.search(text)
        default = _DEFAULT_AUTHOR.search(defaults[1]) if defaults else None
        author = default[1].strip() if default else ""
    elif table := _FORMS.search(text):
        forms = "\n".join(" ".join(row) for row in _FORM.findall(table[1] or table[2]))
    language = found.get("defaultcontentlanguage") or found.get("languagecode") or found.get("language") or ""
    return Site(title, url, base, form, generator, author, language, forms)


def _generator(name: str, text: str) -> str:
    if name.startswith("_config"):
        return "hexo" if re.search(r"^(?:source_dir|new_post_name|root|skip_render)\s*:", text, re.M) else "jekyll"
    if name.startswith("pelican"):
        return "pelican"
    return "zola" if re.search(r"^base_url\s*=", text, re.M) else "hugo"
