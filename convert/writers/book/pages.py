"""Article → its page in a book: header, lead, body, original address, navigation."""

from convert.bundle.links import Inside
from convert.model import Article, Entry
from convert.text import visible
from convert.words import Words, words
from convert.writers.book.escapes import attribute, text
from convert.writers.book.names import Names, anchor
from convert.writers.book.passages import attributes, foreign
from convert.writers.book.volume import moment
from convert.writers.book.xhtml import Renderer
from convert.writers.options import Page


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


def chapter(article: Article, page: Page, names: Names, *, epub: bool = False) -> str:
    """Return the `<article>` element of one article: header, lead, body, original address, navigation."""
    label = words(article.language)
    renderer = Renderer(page, names, article, epub=epub)
    byline = []
    if article.publisher:
        byline.append(f'<span class="publisher">{text(article.publisher)}</span>')
    if article.published:
        day = text(article.published[:10])
        known = moment(article.published)  # no other is valid there
        byline.append(
            f'<time datetime="{attribute(article.published)}">{day}</time>' if known else f"<span>{day}</span>"
        )
    if page.section:
        section = names.href(Inside("section", page.entry.section), page.entry.path)
        byline.append(f'<a class="section" href="{section}">{text(page.section)}</a>')
    if article.authors:
        byline.append(f'<span class="author">{text(label["by"].join(article.authors))}</span>')
    parts = [
        f'<article id="{anchor(page.entry.path)}"{attributes(article.language)}>\n<header>\n'
        f"<h1{attributes(foreign(article.title, article.language), article.language)}>{text(article.title)}</h1>\n"
    ]
    if byline:
        parts.append(f'<p class="byline">{" ".join(byline)}</p>\n')
    parts.append("</header>\n")
    if article.lead:
        parts.append(renderer.figure(article.lead, "lead"))
    parts.append(renderer.blocks(article.body))
    address = article.source.address
    lines = []
    if address:
        href = renderer.address(address)
        source = f'<a href="{attribute(href)}">{text(address)}</a>' if href else text(address)
        lines.append(f'<p class="source">{text(label["source"])}{source}</p>\n')
    lines += _about(article, label)
    if lines:
        parts.append(f"<footer>\n{''.join(lines)}</footer>\n")
    if page.options.nav == "keep":
        parts.append(navigation(renderer, article, page, names))
    parts.append("</article>")
    return "".join(parts)


def _about(article: Article, label: Words) -> list[str]:
    """Return the lines with the summary and the keywords, which the source has, and its text may not."""
    values = {"description": article.description, "keywords": label["by"].join(article.keywords)}
    return [f'<p class="byline {name}">{text(label[name])}{text(each)}</p>\n' for name, each in values.items() if each]


def left_out(entry: Entry, message: str, page: Page, names: Names, language: str) -> str:
    """Return the `<article>` element of an article that could not be converted, so that links to it have a target."""
    label = words(language)
    tag = attribute(language)
    return (
        f'<article id="{anchor(entry.path)}" class="left-out" lang="{tag}" xml:lang="{tag}">\n'
        f"<header>\n<h1>{text(visible(entry.title, entry.path))}</h1>\n</header>\n"
        f"<p>{text(label['left_out'])}{text(message)}</p>\n"
        f'<footer>\n<p class="source">{text(label["source"])}{text(entry.address)}</p>\n</footer>\n'
        f"{_book_navigation(page, names, label) if page.options.nav == 'keep' else ''}</article>"
    )


def _book_navigation(page: Page, names: Names, label: Words) -> str:
    items = _book_items(page, names, label)
    return (
        f'<nav class="mirror" aria-label="{attribute(label["contents"])}">\n<p>{" | ".join(items)}</p>\n</nav>\n'
        if items
        else ""
    )


def _book_items(page: Page, names: Names, label: Words) -> list[str]:
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


def navigation(renderer: Renderer, article: Article, page: Page, names: Names) -> str:
    """Return the `<nav>` at the end of a page: contents, previous and next page, and the mirror's own links."""
    label = words(article.language)
    lines = []
    if items := _book_items(page, names, label):
        lines.append(f"<p>{' | '.join(items)}</p>\n")
    items = []
    for link in article.nav:
        inside = page.links.navigation(link.target, page.entry, page.home)
        if inside and (inside.kind == "article" or lines):  # a volume of one has no other pages
            href = names.href(inside, page.entry.path)
        else:
            href = attribute(renderer.address(link.target))
        items.append(f'<a href="{href}">{text(link.label)}</a>' if href else f"<span>{text(link.label)}</span>")
    if items:
        lines.append(f"<p>{' | '.join(items)}</p>\n")
    if not lines:
        return ""
    return f'<nav class="mirror" aria-label="{attribute(label["contents"])}">\n{"".join(lines)}</nav>\n'
