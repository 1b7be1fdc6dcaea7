"""Volume → the file that lists its articles, for a folder of Markdown: channel, month, article, in the book's order."""

from collections.abc import Iterator, Mapping

from convert.bundle.parts import DateGroup, Item
from convert.model import Elsewhere, Volume
from convert.readers.markdown import NO_ARTICLE
from convert.words import Words, words
from convert.writers.book.lists import entry_of, section_sheet
from convert.writers.book.volume import cover_lines, heading, label, moment, visible
from convert.writers.files import Files, reference
from convert.writers.markdown.inlines import destination, escape, heading_text, line_start
from convert.writers.references import section_anchor


def contents(volume: Volume, files: Files) -> bytes:
    """The whole file."""
    return "".join(_lines(volume, files)).encode("utf-8", "replace")


def _lines(volume: Volume, files: Files) -> Iterator[str]:
    yield f"{NO_ARTICLE}\n\n# {heading_text(escape(visible(volume.title)))}\n\n"
    yield "\\\n".join(cover_lines(volume)) + "\n"
    titles = {section.key: heading(section) for section in volume.sections}
    says = words(volume.language)
    for section in volume.sections:
        yield f'\n## <a id="{section_anchor(section.key)}"></a>{heading_text(escape(heading(section)))}\n'
        yield from _part(section_sheet(section, volume).part, 3, files, titles, says)


def _part(part: DateGroup, level: int, files: Files, titles: Mapping[str, str], says: Words) -> Iterator[str]:
    """A list, or its parts with a heading each."""
    for each in part.parts:
        yield f"\n{'#' * min(level, 6)} {heading_text(escape(each.title))}\n"
        yield from _part(each, level + 1, files, titles, says)
    if part.items:
        yield "\n"
        for item in part.items:
            yield f"- {_line(item, files, titles, says)}\n"


def _line(item: Item, files: Files, titles: Mapping[str, str], says: Words) -> str:
    entry = entry_of(item)
    shown = escape(label(entry))
    if isinstance(item, Elsewhere) and item.volume:
        shown = line_start(shown)
    else:
        shown = f"[{shown}]({destination(reference(files.name(entry.path)))})"
    if moment(entry.published):
        shown += f" {entry.published[:10]}"
    if isinstance(item, Elsewhere):
        where = says["volume"].format(item.volume) if item.volume else says["in_section"].format(titles[entry.section])
        shown += f" {escape(where)}"
    return shown
