"""An article of the model as the page of a volume; text without white space."""

import re

from convert.bundle.links import Links
from convert.model import Article, Entry, Section, Volume
from convert.writers.options import Options, Page


def page_of(article: Article, nav: str = "drop") -> Page:
    entry = Entry("pages/nf1/n1.md", article.id, article.title, article.source.address)
    return Page(entry, Links(Volume("t", "zh-Hans", (Section("nf1", "一", (entry,)),))), Options(nav))


def visible(text: str) -> str:
    return re.sub(r"\s+", "", text)
