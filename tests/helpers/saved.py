"""Files of the HTML writer."""

from io import BytesIO

from convert.bundle.index import Index
from convert.bundle.links import Links
from convert.bundle.volumes import gather
from convert.model import Article, Entry
from convert.writers import html
from convert.writers.options import Options, Page
from convert.writers.part import RenderedArticle, Tally


def written(*articles: Article, tag_links: bool = False) -> bytes:
    """The HTML writer's file of one article, or of several."""
    index = Index()
    entries = [
        Entry(f"{number}.md", each.id, each.title, each.source.address, each.published)
        for number, each in enumerate(articles)
    ]
    for entry in entries:
        index.add(entry)
    (volume,), out = gather(index).volumes, BytesIO()
    links = Links(volume)
    parts = [
        html.render(each, Page(entry, links, Options(tag_links=tag_links)))
        for each, entry in zip(articles, entries, strict=True)
    ]
    html.bind(volume, map(RenderedArticle, parts), out, Options(), Tally())
    return out.getvalue()
