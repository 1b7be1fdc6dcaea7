"""The files of a site, one after the other.

What an article's page says of others (previous, next, related) is known only after the last article.  Until then the
pages wait in a temporary file on the disk, so that memory does not grow with the text.
"""

from collections.abc import Iterator
from tempfile import TemporaryFile

from convert.model import Volume
from convert.writers.options import Options
from convert.writers.part import RenderedArticle, SiteFile, Tally
from convert.writers.site.names import page_file
from convert.writers.site.outline import Site
from convert.writers.site.pages import fill


def lay(volume: Volume, parts: Iterator[RenderedArticle], options: Options, tally: Tally) -> Iterator[SiteFile]:
    """Yield the files of a site, the articles' pages first; `parts` yields the part of each entry, in their order."""
    sizes = []
    with TemporaryFile(prefix="archive-convert-") as spool:
        for part in parts:
            tally.note(part)
            spool.write(part.data)
            sizes.append(len(part.data))
        spool.seek(0)
        site = Site(volume, tally)
        for place, (entry, size) in enumerate(zip(volume.entries(), sizes, strict=True)):
            page = fill(spool.read(size), site.slots(entry, place))
            yield SiteFile(page_file(entry.path), page, entry.path)
    for name, data in site.other_files():
        yield SiteFile(name, data)
