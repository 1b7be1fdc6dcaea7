"""The files of a site, one after the other.

What an article's page says of others (previous, next, related) is known only after the last article.  Until then the
pages wait in a temporary file on the disk, so that memory does not grow with the text.
"""

from collections.abc import Iterator
from itertools import chain
from tempfile import TemporaryFile

from convert.model import Volume
from convert.writers.book.volume import heading
from convert.writers.options import Options
from convert.writers.part import RenderedArticle, SiteFile, Tally
from convert.writers.site.names import page_file
from convert.writers.site.outline import Site
from convert.writers.site.pages import fill
from convert.writers.site.searching import Search


def lay(volume: Volume, parts: Iterator[RenderedArticle], options: Options, tally: Tally) -> Iterator[SiteFile]:
    """Yield the files of a site, the articles' pages first; `parts` yields the part of each entry, in their order."""
    sizes = []
    channels = {section.key: heading(section) for section in volume.sections}
    with TemporaryFile(prefix="archive-convert-") as spool, Search(options, channels) as search:
        for entry, part in zip(volume.entries(), parts, strict=True):
            tally.note(part)
            search.add(entry, part.attached)
            spool.write(part.data)
            sizes.append(len(part.data))
        spool.seek(0)
        site = Site(volume, tally, options)
        for place, (entry, size) in enumerate(zip(volume.entries(), sizes, strict=True)):
            page = fill(spool.read(size), site.slots(entry, place))
            yield SiteFile(page_file(entry.path), page, entry.path)
        for name, data in chain(site.other_files(), search.files()):
            yield SiteFile(name, data)
