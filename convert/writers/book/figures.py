"""Pictures and figures → XHTML.

A picture is shown if its bytes are in the output; else its alternative text is a link to it, so that no page loads
anything by itself.
"""

import re
from typing import Protocol

from convert.model import Figure, Image, Inline
from convert.pictures.gallery import Ready
from convert.urls import unsafe, unsafe_picture
from convert.words import Words
from convert.writers.book.escapes import attribute, text
from convert.writers.book.names import Names
from convert.writers.options import Page

_EMBEDDED = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]+\Z")
_SAYS_SOMETHING = re.compile(r"[\w\s!-/:-@\[-`{-~。，、！？（）《》“”]")


class Renderer(Protocol):
    """Renderer of nodes, as far as it matters here."""

    page: Page | None
    names: Names | None
    label: Words
    pictures: bool
    """True to write each picture as `<img>` with its address."""

    def address(self, target: str) -> str:
        """Return the address of a link as this output can have it, "" if it cannot link there."""
        ...

    def inlines(self, children: tuple[Inline, ...]) -> str:
        """Return inlines, one after the other."""
        ...

    def language_attributes(self, children: tuple[Inline, ...]) -> str:
        """Return attributes with the language of a run of text."""
        ...


def shown(renderer: Renderer, node: Image) -> Ready | None:
    """Return the picture as the store has it, None without one."""
    page = renderer.page
    found = page.pictures.of(node.address) if page and page.pictures and node.address else None
    return found if isinstance(found, Ready) else None


def image(renderer: Renderer, node: Image) -> str:
    """Return a picture that the output holds, else its alternative text with a link to it."""
    alt = attribute(node.alt)
    if _EMBEDDED.match(node.address) and not renderer.pictures:
        html = f'<img src="{attribute(node.address)}" alt="{alt}"/>'
        larger = renderer.address(node.full_size)
        return f'<a href="{attribute(larger)}">{html}</a>' if larger else html
    if (found := shown(renderer, node)) and renderer.page and renderer.names:
        size = f' width="{found.width}" height="{found.height}"'
        return f'<img src="{renderer.names.picture(found, renderer.page.entry.path)}" alt="{alt}"{size}/>'
    if renderer.pictures:
        if not node.address or unsafe_picture(node.address):
            return text(node.alt)
        title = f' title="{attribute(node.title)}"' if node.title else ""
        html = f'<img src="{attribute(node.address)}" alt="{alt}"{title}/>'
        return (
            f'<a href="{attribute(node.full_size)}">{html}</a>'
            if node.full_size and not unsafe(node.full_size)
            else html
        )
    emoji = node.alt and not _SAYS_SOMETHING.search(node.alt)  # an emoji needs no note that it is a picture
    html = text(node.alt if emoji else f"{renderer.label['picture']}{node.alt}")
    if address := renderer.address(node.full_size or node.address):
        return f'<a class="picture" href="{attribute(address)}">{html}</a>'
    return f'<span class="picture">{html}</span>'


def figure(renderer: Renderer, node: Figure, kind: str = "") -> str:
    """Return a figure; a picture that is not shown has no alternative text beside a caption."""
    pictures = []
    for each in node.images:
        bare = Image(each.address, full_size=each.full_size) if node.caption else each
        whole = renderer.pictures or _EMBEDDED.match(each.address) or shown(renderer, each)
        pictures.append(image(renderer, each if whole else bare))
    caption = ""
    if node.caption:
        caption = (
            f"<figcaption{renderer.language_attributes(node.caption)}>{renderer.inlines(node.caption)}</figcaption>\n"
        )
    name = f' class="{kind}"' if kind else ""
    rows = "".join(f'<p class="picture">{picture}</p>\n' for picture in pictures if picture)
    return f"<figure{name}>\n{rows}{caption}</figure>\n"
