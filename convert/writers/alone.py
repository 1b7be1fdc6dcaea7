"""An article without an archive around it: the volume that it is, and its file in any format."""

import io

from convert.bundle.links import Links
from convert.model import Article, Entry, Section, Volume
from convert.writers import WRITERS, make_part
from convert.writers.options import Options, Page
from convert.writers.part import Tally


def volume_of(article: Article) -> Volume:
    """Return the volume of one article."""
    path = article.source.path or article.id
    entry = Entry(path, article.id, article.title, article.source.address, article.published)
    return Volume(article.title, article.language, (Section("", "", (entry,)),))


def file_of(article: Article, to: str, options: Options) -> bytes:
    """Return the file of an article in the format `to`.

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
