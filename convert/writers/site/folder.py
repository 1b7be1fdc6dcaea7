"""The files of a site, one after the other.

What an article's page says of others (previous, next, related) is known only after the last article.  Until then the
pages wait in a temporary file on the disk, so that memory does not grow with the text.
"""

from collections.abc import Iterator
from tempfile import TemporaryFile

from convert.model import Volume
from convert.store.errors import in_temporary_folder
from convert.writers.book.volume import heading
from convert.writers.options import Options
from convert.writers.part import NO_FILES, LastFiles, RenderedArticle, SiteFile, Tally
from convert.writers.site.outline import Site
from convert.writers.site.pages import fill
from convert.writers.site.searching import Search


def lay(
    volume: Volume,
    parts: Iterator[RenderedArticle],
    options: Options,
    tally: Tally,
    last: LastFiles = NO_FILES,
    workers: int = 1,
) -> Iterator[SiteFile]:
    """Yield the files of a site, the articles' pages first, without those that the `last` build made of the same.

    `parts` yields the part of each entry, in their order; one without data is that of an article whose page the last
    build wrote.  So many `workers` make the index of the search.
    """
    site, sizes = Site(volume, tally, options), list[int]()
    channels = {section.key: heading(section) for section in volume.sections}
    with in_temporary_folder():
        spool = TemporaryFile(prefix="archive-convert-")  # noqa: SIM115 -- closed by the next line
    with spool, Search(options, channels) as search:
        for entry, part in zip(volume.entries(), parts, strict=True):
            site.note(part)
            search.add(entry, part.attached)
            with in_temporary_folder():
                spool.write(part.data)
            sizes.append(len(part.data))
        spool.seek(0)
        for place, (entry, size) in enumerate(zip(volume.entries(), sizes, strict=True)):
            name = site.files[place]
            key = site.key(place) if last is not NO_FILES else b""
            if size or not last.keeps(name, key, entry.path):
                page = spool.read(size) if size else last.page(name)
                yield SiteFile(name, fill(page, site.slots(place)), entry.path, key)
        yield from site.other_files(last)
        for name, data in search.files(workers):
            yield SiteFile(name, data)
