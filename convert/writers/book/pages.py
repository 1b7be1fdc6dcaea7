"""Article → its page in a book: header, lead, body, original address, navigation."""

from collections.abc import Mapping
from types import MappingProxyType

from convert.bundle.links import Inside
from convert.model import Article, Entry
from convert.text import visible
from convert.words import Words, words
from convert.writers.book.escapes import attribute, broken, text
from convert.writers.book.names import Names, anchor
from convert.writers.book.passages import attributes, foreign, isolated
from convert.writers.book.volume import moment
from convert.writers.book.xhtml import Renderer
from convert.writers.options import Omission, Page

WHY: Mapping[str, str] = MappingProxyType({
    "ART001": "title", "ART002": "text", "ART005": "text", "PDF002": "pages", "SRC001": "damaged", "SRC002": "large",
    "SRC003": "damaged", "SRC005": "damaged", "SRC007": "damaged", "SRC008": "source", "SRC011": "damaged",
    "SRC014": "large", "TXT001": "damaged", "TXT004": "damaged",
})  # fmt: skip
"""Reason for readers by the code of the rule that leaves an article out; others are "other"."""


def document(body: str, *, title: str, language: str, style: str) -> str:
    """Return a complete XHTML document; `style` is the relative reference of its style sheet."""
    tag = attribute(language)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" '
        f'lang="{tag}" xml:lang="{tag}">\n<head>\n<meta charset="utf-8"/>\n<title>{text(title)}</title>\n'
        f'<link rel="stylesheet" type="text/css" href="{attribute(style)}"/>\n</head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def chapter(
    article: Article, page: Page, names: Names, *, epub: bool = False, below: int | None = None, framed: bool = False
) -> str:
    """Return the `<article>` element of one article: header, lead, body, original address, navigation.

    `below` is the number of headings above the article's title, None for engines of PDF, which order headings.  It is
    `framed` if the page around it leads to the contents and to the articles before and after.
    """
    label = words(article.language)
    renderer = Renderer(page, names, article, epub=epub, below=below)
    title = f"h{1 + (below or 0)}"
    byline = []
    if article.publisher:
        byline.append(f'<span class="publisher">{text(article.publisher)}</span>')
    if article.published:
        day = text(article.published[:10])
        known = moment(article.published)  # no other is valid there
        byline.append(
            f'<time datetime="{attribute(article.published)}"{isolated(article.publisher)}>{day}</time>'
            if known
            else f"<span>{day}</span>"
        )
    if page.section:
        section = names.href(Inside("section", page.entry.section), page.entry.path)
        byline.append(f'<a class="section" href="{section}">{text(page.section)}</a>')
    if article.authors:
        byline.append(f'<span class="author">{text(label["by"].join(article.authors))}</span>')
    parts = [
        f'<article id="{anchor(page.entry.path)}"{attributes(article.language)}>\n<header>\n'
        f"<{title}{attributes(foreign(article.title, article.language), article.language)}>{text(article.title)}"
        f"</{title}>\n"
    ]
    if byline:
        parts.append(f'<p class="byline">{" ".join(byline)}</p>\n')
    parts.append("</header>\n")
    if article.lead:
        parts.append(renderer.figure(article.lead, "lead"))
    parts.append(renderer.blocks(article.body))
    address = article.source.address
    lines = [_source(renderer, address, label)] if address else []
    lines += _about(article, label)
    if lines:
        parts.append(f"<footer>\n{''.join(lines)}</footer>\n")
    if page.options.nav == "keep":
        parts.append(navigation(renderer, article, page, names, framed=framed))
    parts.append("</article>")
    return "".join(parts)


def _source(renderer: Renderer, address: str, label: Words) -> str:
    """Return the line with the original address, which is a link if it can be one."""
    href = renderer.address(address)
    shown = broken(text(address)) if renderer.breaks else text(address)
    source = f'<a href="{attribute(href)}">{shown}</a>' if href else shown
    return f'<p class="source">{text(label["source"])}{source}</p>\n'


def _about(article: Article, label: Words) -> list[str]:
    """Return the lines with the summary and the keywords, which the source has, and its text may not."""
    description = text(article.description)
    if tag := attributes(foreign(article.description, article.language), article.language):
        description = f"<span{tag}>{description}</span>"
    values = {"description": description, "keywords": text(label["by"].join(article.keywords))}
    return [f'<p class="byline {name}">{text(label[name])}{html}</p>\n' for name, html in values.items() if html]


def left_out(
    entry: Entry,
    why: Omission,
    page: Page,
    names: Names,
    language: str,
    below: int | None = None,
    *,
    framed: bool = False,
) -> str:
    """Return the `<article>` element of an article that could not be converted, so that links to it have a target.

    It says in a reader's words why the article is missing, and leads to its original address.
    """
    label = words(language)
    tag, title = attribute(language), f"h{1 + (below or 0)}"
    renderer = Renderer(page, names, below=below)
    reason = label["missing_article"].format(label[f"why_{WHY.get(why.code, 'other')}"])
    footer = f"<footer>\n{_source(renderer, entry.address, label)}</footer>\n" if entry.address else ""
    there = label["read_there"] if renderer.address(entry.address) else ""
    between = [] if framed or page.options.nav != "keep" else _between(page, names, label)
    return (
        f'<article id="{anchor(entry.path)}" class="left-out" lang="{tag}" xml:lang="{tag}">\n'
        f"<header>\n<{title}>{text(visible(entry.title, entry.path))}</{title}>\n</header>\n"
        f"<p>{text(reason + there)}</p>\n{footer}"
        f"{_navigation(between, label, below)}</article>"
    )


def headings_above(page: Page) -> int:
    """Return the number of headings above an article's title in a document of all articles: volume and section."""
    return 0 if page.links.alone(page.entry) else 2


def _between(page: Page, names: Names, label: Words) -> list[str]:
    """Return the links to the contents and to the articles before and after."""
    before, after = page.links.neighbours(page.entry)
    if not before and not after:
        return []
    items = [
        (Inside("contents"), "contents"),
        (Inside("article", before), "previous"),
        (Inside("article", after), "next"),
    ]
    return [
        f'<a href="{names.href(to, page.entry.path)}">{text(label[word])}</a>'
        for to, word in items
        if to.key or to.kind == "contents"
    ]


def navigation(renderer: Renderer, article: Article, page: Page, names: Names, *, framed: bool) -> str:
    """Return the links at the end of a page: contents, previous and next page, and the mirror's own links."""
    label = words(article.language)
    between = [] if framed else _between(page, names, label)
    items = []
    for link in article.nav:
        inside = page.links.navigation(link.target, page.entry, page.home)
        if inside and (inside.kind == "article" or between or framed):  # a volume of one has no other pages
            href = names.href(inside, page.entry.path)
        else:
            href = attribute(renderer.address(link.target))
        items.append(f'<a href="{href}">{text(link.label)}</a>' if href else f"<span>{text(link.label)}</span>")
    return _navigation(between, label, renderer.below, items)


def _navigation(between: list[str], label: Words, below: int | None, mirror: list[str] | None = None) -> str:
    """Return two lines of links; a page of its own has them as a landmark, of which a long document has only a few."""
    lines = [f"<p>{' | '.join(items)}</p>\n" for items in (between, mirror or ()) if items]
    if not lines:
        return ""
    name = attribute(label["between" if between else "site"])
    start, end = ('<div role="group"', "</div>") if below else ("<nav", "</nav>")
    return f'{start} class="mirror" aria-label="{name}">\n{"".join(lines)}{end}\n'
