"""The pages about the book itself: cover, title page, and the page about its sources."""

from collections import Counter
from collections.abc import Iterator

from convert.late import late_pattern
from convert.model import Volume
from convert.pictures.fit import Fitted
from convert.text import visible
from convert.words import Words, words
from convert.writers.book.escapes import attribute, text
from convert.writers.book.names import STYLE_FILE
from convert.writers.book.pages import document
from convert.writers.book.people import publishers
from convert.writers.book.removals import removal
from convert.writers.book.volume import cover_lines, heading, span
from convert.writers.part import Tally

_HEADING = late_pattern("(</?h)([1-6])>")

LISTED = 100
"""Most publishers or sections that the page about the book names."""


def cover_page(volume: Volume, picture: str, ground: str = "") -> str:
    """Return the page that shows the cover; `picture` is its file, `ground` the colour that surrounds it."""
    title = visible(volume.title)
    body = f'<section epub:type="cover" class="cover-picture"><img src="{picture}" alt="{attribute(title)}"/></section>'
    page = document(body, title=title, language=volume.language, style=STYLE_FILE)
    style = f' style="background: {ground}"' if ground else ""
    return page.replace("<body>", f'<body class="bleed"{style}>', 1)


def title_page(volume: Volume) -> str:
    """Return the title page: title, dates, number of articles."""
    lines = "".join(f"<p>{text(line)}</p>" for line in cover_lines(volume))
    body = f'<section epub:type="titlepage" class="cover"><h1>{text(visible(volume.title))}</h1>{lines}</section>'
    return document(body, title=visible(volume.title), language=volume.language, style=STYLE_FILE)


def about_page(volume: Volume, tally: Tally) -> str:
    """Return the page about the book: publishers, what was removed, licence, and the hash of its sources."""
    title = words(volume.language)["about"]
    body = f'<section epub:type="colophon" role="doc-colophon" class="about">{about(volume, tally)}</section>'
    return document(body, title=title, language=volume.language, style=STYLE_FILE)


def about(volume: Volume, tally: Tally, level: int = 1, *, site: bool = False) -> str:
    """Return the content of the page about the book or the site.

    `level` is that of its heading in a document of more pages.
    """
    label = words(volume.language)
    if site:
        label = {**label, "about": label["about_site"], "licence_note": label["licence_note_site"]}
    html = f"<h1>{text(label['about'])}</h1>\n{''.join(_about(volume, tally, label))}"
    return _HEADING.sub(lambda match: f"{match[1]}{int(match[2]) + level - 1}>", html) if level > 1 else html


def _about(volume: Volume, tally: Tally, label: Words) -> Iterator[str]:
    if volume.addition:
        yield f"<p>{text(label['additions_note'])}</p>\n"
    if days := span(volume):
        yield f"<p>{text(label['period'])}{label['colon']}{text(days)}</p>\n"
    yield f"<p>{text(label['number'])}{label['colon']}{sum(1 for _ in volume.entries())}</p>\n"
    if tally.left_out:
        yield f"<p>{text(label['left_out_count'])}{label['colon']}{tally.left_out}</p>\n"
    if tally.script:
        yield f"<p>{text(label[tally.script])}</p>\n"
    counted = (
        (name, count if name else count - tally.left_out) for name, count in publishers(volume, tally.publishers)
    )
    counts = ((name or label["unknown_publisher"], count) for name, count in counted if count)
    yield from _list(label["publishers"], counts, label)
    if len(volume.sections) > 1:
        yield from _list(label["sections"], ((heading(each), len(each.entries)) for each in volume.sections), label)
    if tally.fitted:
        yield from _reduced(tally.fitted, label)
    if tally.knows_removed:
        yield from _removed(tally.removed, volume.language, label)
    yield f"<h2>{text(label['licence'])}</h2>\n<p>{text(label['licence_note'])}</p>\n"
    if tally.sha256:
        yield f'<h2>{text(label["input"])}</h2>\n<p class="hash"><code>{tally.sha256}</code></p>\n'


def _reduced(plan: Fitted, label: Words) -> Iterator[str]:
    rung, count = plan.rung, len(plan.treatments)
    yield f"<h2>{text(label['reduced'])}</h2>\n"
    lines = [label["reduced_note"].format(limit=plan.limit)]
    if plan.reduced:
        words = label["reduced_grey" if rung.grey else "reduced_colour"]
        lines.append(words.format(count=plan.reduced, of=count, edge=rung.edge, quality=rung.quality))
    if plan.left_out:
        lines.append(label["reduced_left_out"].format(count=plan.left_out, of=count))
    yield "".join(f"<p>{text(line)}</p>\n" for line in lines)


def _removed(removed: Counter[str], language: str, label: Words) -> Iterator[str]:
    yield f"<h2>{text(label['removed'])}</h2>\n"
    if not removed:
        yield f"<p>{text(label['nothing_removed'])}</p>\n"
        return
    yield f"<p>{text(label['removed_note'])}</p>\n<ul>\n"
    for code, count in sorted(removed.items()):
        times = label["once" if count == 1 else "times"].format(count)
        yield f"<li>{text(removal(code, language))}{label['colon']}{text(times)}</li>\n"
    yield "</ul>\n"


def _list(title: str, counts: Iterator[tuple[str, int]], label: Words) -> Iterator[str]:
    yield f"<h2>{text(title)}</h2>\n<ul>\n"
    for number, (name, count) in enumerate(counts):
        if number == LISTED:
            yield "<li>…</li>\n"
            break
        yield f"<li>{text(label['articles_of'].format(name=visible(name), count=count))}</li>\n"
    yield "</ul>\n"
