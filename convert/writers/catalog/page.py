"""Books → index.html, the page for people: it needs no script, and loads nothing but the covers beside it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from convert.text import visible
from convert.words import Words, words
from convert.writers.book.escapes import attribute, text
from convert.writers.book.lists import SEPARATOR
from convert.writers.catalog.feeds import ATOM, NAVIGATION
from convert.writers.catalog.shelf import FEED, MARK, PAGE, ROOT, Book, Shelf

_DAY = re.compile(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b")
_BY_NUMBER = re.compile(r"(?<=[0-9]) | (?=[0-9.]+ [kM]B)")
_GAP = "\N{NO-BREAK SPACE}"
_DOT = f'<span class="dot">{_GAP}· </span>'
POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"
COVERS = 6
"""Books that are shown with their covers, the newest."""
FEW = 60
"""Most books of a page whose groups are open from the start: some screens of a phone."""


def page(shelf: Shelf) -> bytes:
    """Return the page."""
    label, newest = words(shelf.language), shelf.newest
    return "".join(
        (
            _head(shelf),
            f'<a class="skip" href="#books">{text(label["skip_books"])}</a>\n',
            f"<header>\n<h1>{text(visible(shelf.title))}</h1>\n",
            f"<p>{text(label['books'].format(len(newest)))}</p>\n</header>\n",
            '<main id="books">\n',
            *_newest(shelf, newest[:COVERS], label),
            *_groups(shelf, label),
            *_subscribe(shelf, label),
            "</main>\n</body>\n</html>\n",
        )
    ).encode("utf-8", "ignore")


def _head(shelf: Shelf) -> str:
    title = text(visible(shelf.title))
    related = "".join(
        f'<link rel="{rel}" type="{kind}" title="{attribute(visible(shelf.title))}" href="{path}"/>\n'
        for rel, kind, path in (("related", NAVIGATION, ROOT), ("alternate", ATOM, FEED))
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{attribute(shelf.language)}">\n<head>\n<meta charset="utf-8"/>\n'
        f'<meta name="generator" content="{MARK}"/>\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"/>\n'
        '<meta name="referrer" content="no-referrer"/>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
        '<meta name="color-scheme" content="light dark"/>\n'
        f"<title>{title}</title>\n{related}<style>\n{_style()}</style>\n</head>\n<body>\n"
    )


@cache
def _style() -> str:
    sheets = (("book", "book.css"), ("book", "screen.css"), ("catalog", "catalog.css"))
    return "\n".join((files("convert.writers") / folder / name).read_text("utf-8") for folder, name in sheets)


def _newest(shelf: Shelf, books: Sequence[Book], label: Words) -> Iterator[str]:
    """Yield the newest books, with covers."""
    yield f'<section class="newest">\n<h2 class="section">{text(label["newest_books"])}</h2>\n<ul>\n'
    for book in books:
        href = attribute(_relative(shelf, book.path))
        cover = f'<img src="{attribute(_relative(shelf, book.cover))}" alt="" width="300" height="480"/>'
        title = f"<span>{text(visible(book.title))}</span>"
        yield f'<li lang="{attribute(book.language)}"><a href="{href}">{cover}{title}</a>\n'
        yield f"{_facts(book)}</li>\n"
    yield "</ul>\n</section>\n"


def _groups(shelf: Shelf, label: Words) -> Iterator[str]:
    """Yield all books by channel if each is of one channel, else by year."""
    groups = _grouped(shelf, label)
    yield f'<section class="all">\n<h2 class="section">{text(label["all_books"])}</h2>\n'
    is_open = ' open=""' if len(shelf.books) <= FEW else ""
    for title, books in groups.items():
        count = f'<span class="count">{len(books)}</span>'
        yield f"<details{is_open}>\n<summary>{text(title)} {count}</summary>\n<ul>\n"
        for book in books:
            href = attribute(_relative(shelf, book.path))
            link = f'<a href="{href}">{text(visible(book.title))}</a>'
            yield f'<li lang="{attribute(book.language)}">{link}\n{_facts(book)}</li>\n'
        yield "</ul>\n</details>\n"
    yield "</section>\n"


def _grouped(shelf: Shelf, label: Words) -> Mapping[str, list[Book]]:
    alone = all(len(book.channels) == 1 for book in shelf.books)
    groups: dict[str, list[Book]] = {}
    for book in shelf.books if alone else shelf.newest:
        if alone:
            ((key, name),) = book.channels
            title = visible(name, key)
        else:
            title = label["year"].format(year=f"{book.newest:%Y}") if book.newest else label["undated"]
        groups.setdefault(title, []).append(book)
    return groups


def _facts(book: Book) -> str:
    """Return the line below a title: what the book holds, its format and its size.

    A narrow screen divides it after a separator or the dash of a period, but not between a number and its unit.  Below
    a cover each fact is a line.
    """
    kind = book.path.rpartition(".")[2].upper()
    facts = [*text(visible(book.summary)).split(SEPARATOR), f"{text(kind)} {_size(book.bytes)}"]
    kept = (_DAY.sub(r"<time>\g<0></time>", _BY_NUMBER.sub(_GAP, fact)) for fact in facts)
    spans = _DOT.join(f'<span class="fact">{fact}</span>' for fact in kept)
    return f'<p class="facts">{spans}</p>'


def _size(number: int) -> str:
    """Return a size for people.

    >>> _size(81920), _size(7_250_000)
    ('82 kB', '7.2 MB')
    """
    return f"{number / 1e6:.1f} MB" if number >= 1e6 else f"{max(1, round(number / 1e3))} kB"


def _subscribe(shelf: Shelf, label: Words) -> Iterator[str]:
    """Yield the addresses of the catalogue and of the feed, with a line on where to enter each."""
    yield f'<section class="about">\n<h2>{text(label["subscribe"])}</h2>\n'
    for note, path in (("subscribe_opds", ROOT), ("subscribe_feed", FEED)):
        shown = shelf.url + path if shelf.url else path
        yield f'<p>{text(label[note])}{label["colon"]}<a class="hash" href="{path}">{text(shown)}</a></p>\n'
    yield "</section>\n"


def _relative(shelf: Shelf, path: str) -> str:
    """Return the link to a file, relative wherever the page is: it must work on a stick too."""
    return Shelf(shelf.title, shelf.language, (), {}).link(path, PAGE)
