"""Keywords of an article: those that its source lists, and those whose pages its text links to."""

from convert.model import Article, Link, texts, walk
from convert.text import shows
from convert.urls import is_tag_page

LONGEST = 40
"""Most characters of a keyword; a longer text is a sentence that links somewhere."""


def tags(article: Article) -> tuple[str, ...]:
    """Return the texts of the links to keyword pages of a publisher, each once, in order."""
    links = (node for node in walk(article.body) if type(node) is Link and is_tag_page(node.target))
    names = (" ".join("".join(texts(link.children)).split()) for link in links)
    return tuple(dict.fromkeys(name for name in names if len(name) <= LONGEST and shows(name)))
