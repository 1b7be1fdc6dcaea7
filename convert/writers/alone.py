"""Writing of a single article without an archive, in any format."""

import io

from convert.bundle.links import Links
from convert.model import Article, Entry, Section, Volume
from convert.writers import WRITERS, make_part
from convert.writers.options import Options, Page
from convert.writers.part import Tally


def volume_of(article: Article) -> Volume:
    """Return a volume that holds the article alone."""
    path = article.source.path or article.id
    entry = Entry(path, article.id, article.title, article.source.address, article.published)
    return Volume(article.title, article.language, (Section("", "", (entry,)),))


def file_of(article: Article, to: str, options: Options) -> bytes:
    """Return an article as a file of the format `to`, a key of WRITERS.

    Raises:
        ConvertError: the format cannot hold the article, or the system lacks what the format needs.
    """
    writer, volume = WRITERS[to], volume_of(article)
    page = Page(next(volume.entries()), Links(volume), options)
    rendered = writer.render(article, page)
    if writer.bind is None:
        return rendered
    beside = writer.attach(article, page) if writer.attach else b""
    part = make_part(writer, rendered, article.publisher, article.authors, beside)
    out = io.BytesIO()
    writer.bind(volume, iter([part]), out, options, Tally(), 1)
    return out.getvalue()
