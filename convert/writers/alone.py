"""Writing of a single article without an archive, in any format."""

import io
from collections.abc import Iterable
from contextlib import suppress

from convert.bundle.links import Links
from convert.errors import ConvertError
from convert.model import Article, Entry, Finding, Section, Volume
from convert.writers import WRITERS, make_part
from convert.writers.options import Options, Page
from convert.writers.part import Tally
from convert.writers.script import article_in
from convert.writers.settling import settled


def volume_of(article: Article) -> Volume:
    """Return a volume that holds the article alone."""
    path = article.source.path or article.id
    digest = b""
    with suppress(ValueError):  # an article that a program made may have any text there
        digest = bytes.fromhex(article.source.sha256)
    entry = Entry(path, article.id, article.title, article.source.address, article.published, digest=digest)
    return Volume(article.title, article.language, (Section("", "", (entry,)),))


def file_of(article: Article, to: str, options: Options, findings: Iterable[Finding] | None = None) -> bytes:
    """Return an article as a file of the format `to`, a key of WRITERS; `findings` are those about it, if known.

    Raises:
        ConvertError: the format cannot hold the article, or the system lacks what the format needs.
    """
    try:
        return _file_of(article, to, options, findings)
    except UnicodeEncodeError as error:
        raise ConvertError(
            "the article holds half a surrogate pair, {char}, which UTF-8 cannot hold; take it out",
            char=ascii(error.object[error.start]),
        ) from None


def _file_of(article: Article, to: str, options: Options, findings: Iterable[Finding] | None) -> bytes:
    writer, original = WRITERS[to], article
    article = article_in(article, options.script)
    volume = volume_of(article)
    entry = next(volume.entries())
    page = Page(entry, Links(volume), options)
    article = settled(article, page, relative=False).article
    rendered = writer.render(article, page)
    if writer.bind is None:
        return rendered
    beside = writer.attach(original, page) if writer.attach else b""
    part = make_part(writer, rendered, article, beside)
    out, tally = io.BytesIO(), Tally(volume if entry.digest else None)
    tally.script = options.script
    tally.knows_removed = findings is not None
    tally.removed.update(each.code for each in findings or () if each.removed)
    writer.bind(volume, iter([part]), out, options, tally, 1)
    for _, reason in tally.undrawn:
        raise ConvertError(reason)
    return out.getvalue()
