"""The sealed page: all documents in one file of HTML, with their pictures in it."""

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from convert.sealing.book import style
from convert.sealing.original import Line, Metadata
from convert.sealing.rendering import InsideLinks, Rendered, place_in_page
from convert.words import words
from convert.writers.book.escapes import attribute, text
from convert.writers.book.passages import attributes
from convert.writers.html import POLICY


def write(
    facts: Metadata,
    language: str,
    contents: Sequence[Line],
    links: InsideLinks,
    parts: Sequence[Rendered],
    out: BinaryIO,
) -> None:
    """Write the page: its contents if it has several documents, then one document after the other."""
    people = "".join(f'<meta name="author" content="{attribute(each.name)}"/>\n' for each in facts.creators)
    others = "".join(f'<meta name="dc.{name}" content="{attribute(value)}"/>\n' for name, value in facts.others)
    out.write(
        f"<!DOCTYPE html>\n<html{attributes(language)}>\n<head>\n"
        '<meta charset="utf-8"/>\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"/>\n'
        '<meta name="referrer" content="no-referrer"/>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
        f"<title>{text(facts.title or '–')}</title>\n{people}{others}<style>\n{style(vertical=facts.vertical)}\n"
        "body { max-width: 42em; margin: 0 auto; padding: 1em; }\n</style>\n</head>\n<body>\n".encode(
            "utf-8", "replace"
        )
    )
    if contents and len(parts) > 1:
        title = words(language)["contents"]
        lines = "".join(_lines(contents, links))
        out.write(f'<nav aria-label="{attribute(title)}">\n<ol>\n{lines}</ol>\n</nav>\n'.encode("utf-8", "replace"))
    out.write(b"<main>\n")
    for part in parts:
        out.write(part.html.encode("utf-8", "replace") + b"\n")
    out.write(b"</main>\n</body>\n</html>\n")


def _lines(lines: Sequence[Line], links: InsideLinks) -> Iterator[str]:
    for line in lines:
        title = text(line.title or "–")
        below = "".join(_lines(line.below, links))
        nested = f"\n<ol>\n{below}</ol>\n" if below else ""
        shown = f'<a href="{place_in_page(links.place(line.key, line.fragment))}">{title}</a>' if line.key else title
        yield f"<li>{shown}{nested}</li>\n"
