"""Volume → the file that lists its articles, for a folder of Markdown: by section and month, in the book's order."""

from collections.abc import Iterator, Mapping

from convert.bundle.parts import DateGroup, Item
from convert.model import Elsewhere, Volume
from convert.text import visible
from convert.words import NO_ARTICLE, Words, words
from convert.writers.book.lists import entry_of, section_index
from convert.writers.book.volume import cover_lines, heading, label, moment
from convert.writers.files import Files, reference
from convert.writers.markdown.inline import destination, escape, heading_text, line_start
from convert.writers.references import section_anchor


def contents(volume: Volume, files: Files) -> bytes:
    """Return the whole file."""
    return "".join(_lines(volume, files)).encode("utf-8", "replace")


def _lines(volume: Volume, files: Files) -> Iterator[str]:
    yield f"{NO_ARTICLE}\n\n# {heading_text(escape(visible(volume.title)))}\n\n"
    yield "\\\n".join(cover_lines(volume)) + "\n"
    titles = {section.key: heading(section) for section in volume.sections}
    labels = words(volume.language)
    for section in volume.sections:
        yield f'\n## <a id="{section_anchor(section.key)}"></a>{heading_text(escape(heading(section)))}\n'
        yield from _part(section_index(section, volume).group, 3, files, titles, labels)


def _part(part: DateGroup, level: int, files: Files, titles: Mapping[str, str], labels: Words) -> Iterator[str]:
    """Yield the lines of a list, with a heading for each of its parts."""
    for child in part.parts:
        yield f"\n{'#' * min(level, 6)} {heading_text(escape(child.title))}\n"
        yield from _part(child, level + 1, files, titles, labels)
    if part.items:
        yield "\n"
        for item in part.items:
            yield f"- {_line(item, files, titles, labels)}\n"


def _line(item: Item, files: Files, titles: Mapping[str, str], labels: Words) -> str:
    entry = entry_of(item)
    line = escape(label(entry))
    if isinstance(item, Elsewhere) and item.volume:
        line = line_start(line)
    else:
        line = f"[{line}]({destination(reference(files.name(entry.path)))})"
    if moment(entry.published):
        line += f" {entry.published[:10]}"
    if isinstance(item, Elsewhere):
        where = (
            labels["volume"].format(item.volume) if item.volume else labels["in_section"].format(titles[entry.section])
        )
        line += f" {escape(where)}"
    return line
