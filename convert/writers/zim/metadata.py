"""The metadata of a ZIM, by the list of openZIM (https://wiki.openzim.org/wiki/Metadata)."""

from collections.abc import Iterator

from convert.model import Volume
from convert.sources.zim import LANGUAGES, OWN
from convert.text import squeeze, visible
from convert.writers.book.metadata import credits_of, description
from convert.writers.book.volume import cover_lines, newest
from convert.writers.part import Tally
from convert.writers.references import ascii_slug

TITLE, DESCRIPTION, LONG = 30, 80, 4000
"""Most characters of the title, of the description and of the long one."""
UNKNOWN = "–"
"""Creator and publisher of a book of which nobody is named: neither may be missing."""
UNDATED = "1970-01-01"
_CODES = {tag: code for code, tag in LANGUAGES.items()}


def code_of(volume: Volume) -> str:
    """Return the language of a volume by ISO 639-3."""
    return _CODES.get(volume.language.partition("-")[0].lower(), "und")


def metadata(volume: Volume, tally: Tally, *, pictures: bool) -> Iterator[tuple[str, str]]:
    """Yield names and values; none depends on the clock."""
    credited = credits_of(volume, tally)
    code = code_of(volume)
    when = newest(volume)
    flavour = "maxi" if pictures else "nopic"
    whole = visible(volume.title)
    lines = " · ".join(cover_lines(volume))
    yield "Name", "_".join((ascii_slug(volume.series or volume.title, folders=False), code, "all"))
    yield "Title", _short(whole, TITLE)
    yield "Language", code
    yield "Creator", "; ".join(credited["creator"]) or UNKNOWN
    yield "Publisher", OWN
    yield "Date", when.strftime("%Y-%m-%d") if when else UNDATED
    yield "Description", _short(lines if len(whole) <= TITLE else whole, DESCRIPTION)
    yield "LongDescription", _short(f"{whole} · {description(volume)}", LONG)
    yield "Flavour", flavour
    yield "Tags", f"_category:other;_ftindex:yes;_pictures:{'yes' if pictures else 'no'};_videos:no;_details:yes"
    yield "Scraper", OWN
    hosts = {entry.address.partition("://")[2].partition("/")[0] for entry in volume.entries() if entry.address}
    if len(hosts) == 1 and (host := hosts.pop()):
        yield "Source", host


def _short(text: str, most: int) -> str:
    """Return a text of at most so many characters.

    >>> _short("abc", 3), _short("abcdef", 4)
    ('abc', 'ab …')
    """
    return text if len(text) <= most else squeeze(text, most - 1)
