"""Settings of Sphinx for `make site`.

The pages are the Markdown files of the repository as they stand, with their links, so that they read the same on a code
host and in the site. docs/README.md is the table of contents: each list below a heading there is a part of the site.
"""

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.search.en import SearchEnglish

ROOT = Path(__file__).parents[2]
CONTENTS = "docs/README"
PARTS = ("Tutorials", "How-to guides", "Reference", "Explanation")

project = "convert"
author = "the authors of archive-convert"
project_copyright = "the authors of archive-convert, AGPL-3.0-or-later"
language = "en"

root_doc = CONTENTS
include_patterns = [
    "*.md",
    "docs/*.md",
    "docs/*/**.md",
    "benchmarks/README.md",
    "seeds/README.md",
    "tests/rules/README.md",
]
exclude_patterns = [".*", "build", "out", "docs/site"]
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
myst_heading_anchors = 4
suppress_warnings = [
    "misc.highlighting_failure",  # examples are shortened with …, which is in no grammar
]

html_theme = "furo"
html_title = "convert"
html_copy_source = False
html_show_sphinx = False
html_permalinks_icon = "#"
html_search_language = "bigrams"
pygments_style = "friendly"

WORD = re.compile(r"[\u4e00-\u9fff]+|[^\W\u4e00-\u9fff]+")


class SearchBigrams(SearchEnglish):
    """Search for English words and for pairs of Chinese characters, since Chinese has no space between words."""

    lang = "bigrams"
    js_splitter_code = """
var splitQuery = (query) =>
  (query.match(/[\\u4e00-\\u9fff]+|(?:_|[^\\p{P}\\p{S}\\s\\u4e00-\\u9fff])+/gu) || []).flatMap((word) =>
    /[\\u4e00-\\u9fff]/.test(word) && word.length > 2
      ? Array.from({ length: word.length - 1 }, (_, at) => word.slice(at, at + 2))
      : [word]
  );
"""

    def split(self, text: str) -> list[str]:
        """Return the words and pairs of characters of a text."""
        return [term for word in WORD.findall(text) for term in pairs(word)]


def pairs(word: str) -> list[str]:
    """Return the pairs of characters of a Chinese word, or the word itself."""
    if len(word) <= 2 or not "\u4e00" <= word[0] <= "\u9fff":
        return [word]
    return [word[at : at + 2] for at in range(len(word) - 1)]


REMOTE = re.compile(r"<(?:script|link|img|iframe|object|source)\b[^>]*\b(?:src|href|data)=\"(?:https?:)?//[^>]*>")
LIST = re.compile(r"^- \[[^]]+\]\(([^)#]+)\.md\)", re.MULTILINE)
FOLDERS = {
    "docs/audit/README": "docs/audit",
    "docs/decisions/README": "docs/decisions",
    "docs/rules/README": "docs/rules",
    "docs/rules/zh/README": "docs/rules/zh",
}
"""Pages that are the contents of a folder: the other pages of the folder stand below them."""


def toctree(entries: list[str], caption: str = "") -> str:
    """Return the directive that puts pages into the navigation without showing a list."""
    return "\n".join(
        ["", "```{toctree}", ":hidden:", *([f":caption: {caption}"] if caption else []), "", *entries, "```", ""]
    )


def add_navigation(app: Sphinx, page: str, source: list[str]) -> None:
    """Make the navigation from the lists of docs/README.md and from the folders of rules and decisions."""
    if page == CONTENTS:
        source[0] += toctree(["Front page </README>", "中文 </README.zh>"])
        for part in PARTS:
            section = source[0].partition(f"\n## {part}\n")[2].partition("\n## ")[0]
            source[0] += toctree(
                [f"/{(ROOT / 'docs' / path).resolve().relative_to(ROOT)}" for path in LIST.findall(section)], part
            )
    elif page in FOLDERS:
        folder = ROOT / FOLDERS[page]
        source[0] += toctree([path.stem for path in sorted(folder.glob("*.md")) if path.stem != "README"])


def set_language(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: object) -> None:
    """Declare the language of pages in Chinese, by which browsers choose their font and screen readers their voice."""
    if page in ("README.zh", "docs/security.zh") or page.startswith("docs/rules/zh/"):
        context["language"] = "zh-CN"


def add_front_page(app: Sphinx, error: Exception | None) -> None:
    """Write index.html, which leads to the contents."""
    if error is None:
        (Path(app.outdir) / "index.html").write_text(
            f'<!doctype html><meta charset="utf-8"><title>convert</title>'
            f'<meta http-equiv="refresh" content="0; url={CONTENTS}.html"><a href="{CONTENTS}.html">convert</a>\n',
            "utf-8",
        )


def refuse_remote_files(app: Sphinx, error: Exception | None) -> None:
    """Fail if a page loads anything from elsewhere: the site works offline."""
    for page in [] if error else Path(app.outdir).rglob("*.html"):
        if found := REMOTE.search(page.read_text("utf-8")):
            raise ExtensionError(f"{page}: {found[0]} is loaded from elsewhere")


def setup(app: Sphinx) -> None:
    """Add the search and the steps to Sphinx."""
    app.add_search_language(SearchBigrams)
    app.connect("source-read", add_navigation)
    app.connect("html-page-context", set_language)
    app.connect("build-finished", add_front_page)
    app.connect("build-finished", refuse_remote_files)
