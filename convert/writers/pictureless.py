"""Articles without pictures, for Markdown and JSON that load nothing: each picture is a link, or its text."""

from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from convert.model import CHILDREN, Article, Break, Figure, Image, Inline, Link, Paragraph, Text
from convert.words import Words, words

N = TypeVar("N", bound=Struct)

WITHOUT = ("link", "none")
"""Profiles of pictures that show none."""


def pictureless(article: Article, images: str) -> Article:
    """Return an article in which pictures are links if `images` is `link`, text if it is `none`, else the same.

    A figure becomes a paragraph: its pictures, one a line, and its caption.  A picture inside the article itself
    (`data:`) stays where pictures are links, because nothing is loaded for it.
    """
    if images not in WITHOUT:
        return article
    changer = _Changer(words(article.language), linked=images == "link")
    lead = changer.block(article.lead) if article.lead else ()
    if lead == (article.lead,):
        return changer.inside(article)
    return changer.inside(replace(article, lead=None, body=(*lead, *article.body)))


class _Changer:
    """Change of the pictures of one article; `linked` if they become links."""

    def __init__(self, label: Words, *, linked: bool) -> None:
        self.label, self.linked = label, linked
        self.in_link = False

    def inside(self, node: N) -> N:
        """Return a node with its pictures changed."""
        changes = {}
        for field in CHILDREN.get(type(node), ()):
            children = getattr(node, field)
            if type(children) is tuple and (changed := self.all(children)) != children:
                changes[field] = changed
        return replace(node, **changes) if changes else node

    def all(self, nodes: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return nodes with their pictures changed."""
        out: list[Any] = []
        for node in nodes:
            if type(node) is tuple:
                out.append(self.all(node))
            elif type(node) is Figure:
                out += self.block(node)
            elif type(node) is Image:
                out += self.inline(node, captioned=False)
            elif type(node) is Link:
                before, self.in_link = self.in_link, True
                out.append(self.inside(node))
                self.in_link = before
            else:
                out.append(self.inside(node))
        return tuple(out)

    def block(self, figure: Figure) -> tuple[Any, ...]:
        """Return what takes the place of a figure."""
        if all(self._stays(image) for image in figure.images):
            return (replace(figure, caption=self.all(figure.caption)),)
        lines = [self.inline(image, captioned=bool(figure.caption)) for image in figure.images]
        lines.append(self.all(figure.caption))
        joined: list[Inline] = []
        for line in filter(None, lines):
            joined += (*([Break()] if joined else []), *line)
        return (Paragraph(tuple(joined)),) if joined else ()

    def inline(self, image: Image, *, captioned: bool) -> tuple[Inline, ...]:
        """Return what takes the place of a picture; beside a caption its alternative text would be said twice."""
        if self._stays(image):
            return (image,)
        text = self.label["picture"]
        if image.alt and not captioned:
            text += self.label["gap"] + image.alt
        address = image.full_size or image.address
        if self.linked and address and not self.in_link and not address.startswith("data:"):
            return (Link(address, (Text(text),)),)
        return () if captioned else (Text(text),)

    def _stays(self, image: Image) -> bool:
        return self.linked and image.address.startswith("data:")
