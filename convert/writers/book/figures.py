"""Pictures and figures → XHTML.

A picture is shown if its bytes are in the output.  Else a few words take its place, which are a link to it, so that no
page loads anything by itself.
"""

import re
from binascii import Error, a2b_base64
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Protocol
from urllib.parse import urlsplit

from msgspec.structs import replace

from convert.late import late_pattern
from convert.model import Block, Figure, Image, Inline, Link, texts
from convert.pictures.gallery import Ready
from convert.pictures.model import Missing
from convert.pictures.profiles import NONE
from convert.sources.pictures import content_address
from convert.text import squeeze
from convert.urls import unsafe, unsafe_picture
from convert.words import Words
from convert.writers.book.escapes import attribute, text
from convert.writers.book.names import Names
from convert.writers.options import Page

_EMBEDDED = late_pattern(r"data:image/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]+\Z")
_PICTURE = late_pattern(r"\.(?:avif|gif|jpe?g|png|webp)(?:[?#].*)?\Z", re.I)
_SAYS_SOMETHING = late_pattern(r"[\w\s!-/:-@\[-`{-~。，、！？（）《》“”]")

FULL = 320
"""Width in pixels from which on the picture of a figure takes the full measure of the text."""
SMALL = 40
"""Most pixels of a picture inside a line, both ways, that is drawn as high as the text."""
LONG = 200
"""Most characters of a caption in the name of a link."""
ADDRESS, OWN_ALT = "data-address", "data-alt"
"""Attributes with the address and the alternative text that the article has for a picture."""
BARE = ' class="bare"'
"""Attribute of an item of a list of pictures that is no more than their numbers, and needs no line of its own."""
LIST = 2
"""Least number of figures in a row without their pictures that become a list."""


class Renderer(Protocol):
    """Renderer of nodes, as far as it matters here."""

    page: Page | None
    names: Names | None
    label: Words
    pictures: bool
    """True to write each picture as `<img>` with its address."""
    linked: bool
    """True inside a link."""
    number: int
    """Number of pictures so far, without emoji."""

    @property
    def count(self) -> int:
        """Return the number of pictures of the article, without emoji."""
        ...

    def beside(self, address: str, /) -> str:
        """Return the relative reference of the file of a picture that is written beside the output, "" if none is."""
        ...

    def address(self, target: str) -> str:
        """Return the address of a link as this output can have it, "" if it cannot link there."""
        ...

    def inlines(self, children: tuple[Inline, ...]) -> str:
        """Return inlines, one after the other."""
        ...

    def block(self, node: Block) -> str:
        """Return one block."""
        ...

    def run(self, tag: str, children: tuple[Inline, ...], further: str = "") -> str:
        """Return an element with a run of inlines and their language."""
        ...


def is_emoji(node: Image) -> bool:
    """Return True if the alternative text of a picture is an emoji, which needs no note that it is a picture."""
    return bool(node.alt) and not _SAYS_SOMETHING.search(node.alt)


def image(renderer: Renderer, node: Image) -> str:
    """Return a picture in a line."""
    return _picture(renderer, node)


def figure(renderer: Renderer, node: Figure, kind: str = "") -> str:
    """Return a figure."""
    caption = f"{renderer.run('figcaption', node.caption)}\n" if node.caption else ""
    name = f' class="{kind}"' if kind else ""
    rows = "".join(f'<p class="picture">{picture}</p>\n' for picture in _rows(renderer, node))
    return f"<figure{name}>\n{rows}{caption}</figure>\n" if rows or caption else ""


def blocks(renderer: Renderer, nodes: tuple[Block, ...]) -> Iterator[str]:
    """Yield blocks; figures in a row without their pictures, which would be screens of captions, become one list."""
    run: list[Figure] = []
    for node in nodes:
        if isinstance(node, Figure) and not renderer.pictures and not any(_is_shown(renderer, node)):
            run.append(node)
            continue
        if run:
            yield from _run(renderer, run)
            run = []
        yield renderer.block(node)
    if run:
        yield from _run(renderer, run)


def _run(renderer: Renderer, run: list[Figure]) -> Iterator[str]:
    if len(run) < LIST:
        yield from map(renderer.block, run)
        return
    if items := "".join(_item(renderer, node) for node in run):  # none if pictures are left out, and have no captions
        yield f'<ul class="pictures">\n{items}</ul>\n'


def _item(renderer: Renderer, node: Figure) -> str:
    """Return a figure as an item of a list, "" if nothing of it is written."""
    caption = renderer.run("span", node.caption, ' class="caption"') if node.caption else ""
    says_more = caption or any(each.alt for each in node.images)
    rows = " ".join(_rows(renderer, node))
    gap = renderer.label["gap"] if rows and caption else ""
    return f"<li{'' if says_more else BARE}>{rows}{gap}{caption}</li>\n" if rows or caption else ""


def _is_shown(renderer: Renderer, node: Figure) -> Iterator[bool]:
    for each in node.images:
        yield bool(_EMBEDDED.match(each.address)) or isinstance(_found(renderer, _by_content(renderer, each)), Ready)


def _rows(renderer: Renderer, node: Figure) -> list[str]:
    """Return the pictures of a figure: each that is shown is a row, those in a row that are not are one."""
    caption = " ".join("".join(texts(node.caption)).split())
    rows: list[str] = []
    together = False
    for each, is_shown in zip(node.images, _is_shown(renderer, node), strict=True):
        if picture := _picture(renderer, each, caption, in_figure=True):
            apart = is_shown or renderer.pictures
            rows[-1:] = [f"{rows[-1]} {picture}"] if together and not apart else [*rows[-1:], picture]
            together = not apart
    return rows


def _found(renderer: Renderer, node: Image) -> Ready | Missing | None:
    """Return the answer of the store about a picture, None without a store."""
    page = renderer.page
    return page.pictures.of(node.address) if page and page.pictures and node.address else None


def _by_content(renderer: Renderer, node: Image) -> Image:
    """Return a picture of a `data:` address by the address of its content, if the store has it, which treats it."""
    page = renderer.page
    if page is None or page.pictures is None or not node.address.startswith("data:"):
        return node
    try:
        address = content_address(a2b_base64(node.address.partition(";base64,")[2]))
    except Error:
        return node
    return replace(node, address=address) if page.pictures.has(address) else node


def _picture(renderer: Renderer, node: Image, caption: str = "", *, in_figure: bool = False) -> str:
    """Return a picture that the output holds, else the words in its place."""
    if renderer.pictures:
        return _addressed(renderer, node)
    if not is_emoji(node):
        renderer.number += 1
    if renderer.page and renderer.page.options.images == NONE and not is_emoji(node):
        return "" if caption else text(node.alt)
    node = _by_content(renderer, node)
    if _EMBEDDED.match(node.address):
        return _linked(renderer, node, _embedded(renderer, node), caption)
    found = _found(renderer, node)
    if isinstance(found, Ready):
        return _linked(renderer, node, _shown(renderer, node, found, caption, in_figure=in_figure), caption)
    return _stand_in(renderer, node, found, caption)


def _addressed(renderer: Renderer, node: Image) -> str:
    """Return a picture as `<img>` with its address, or with that of its file, in a link to its full size."""
    if not node.address or unsafe_picture(node.address):
        return text(node.alt)
    title = f' title="{attribute(node.title)}"' if node.title else ""
    file = renderer.beside(node.address)
    own = f'{attribute(file)}" {ADDRESS}="' if file else ""
    html = f'<img src="{own}{attribute(node.address)}" alt="{attribute(node.alt)}"{title}/>'
    linked = node.full_size and not unsafe(node.full_size)
    return f'<a href="{attribute(node.full_size)}">{html}</a>' if linked else html


def _linked(renderer: Renderer, node: Image, html: str, caption: str) -> str:
    """Return a picture in a link to its full size, which has a name even if the picture has no text of its own."""
    larger = "" if renderer.linked else renderer.address(node.full_size)
    if not larger:
        return html
    own = node.alt.strip()
    name = "" if own and own not in caption else squeeze(caption, LONG) or _name(renderer, larger)
    return f"<a{_attributes({'href': larger, 'aria-label': name})}>{html}</a>"


def _name(renderer: Renderer, address: str = "") -> str:
    """Return a name of the current picture: its number if there are several; else of one with an address, its host."""
    if renderer.count > 1:
        return renderer.label["picture_number"].format(renderer.number, renderer.count)
    return (urlsplit(address).hostname if address else "") or renderer.label["picture_name"]


def _embedded(renderer: Renderer, node: Image) -> str:
    """Return a picture that the article holds; inside a link, its alternative text must say something."""
    named = renderer.linked and not node.alt.strip()
    alt = f'"{attribute(_name(renderer))}" {OWN_ALT}=""' if named else f'"{attribute(node.alt)}"'
    return f'<img src="{attribute(node.address)}" alt={alt}/>'


def _shown(renderer: Renderer, node: Image, found: Ready, caption: str, *, in_figure: bool) -> str:
    """Return a picture of the store.

    Its alternative text never repeats the caption; a name replaces it then, and the attributes that no viewer shows
    have what the article says, so that it comes back when the page is read.
    """
    assert renderer.page and renderer.page.pictures and renderer.names
    own = node.alt.strip()
    replaced = not own or own in caption
    if not own and not caption:
        renderer.page.pictures.wordless += 1
    attributes = {
        "class": _size(found) if in_figure else "small" if _is_small(node, found) else "",
        "title": node.title,
        "width": str(found.width),
        "height": str(found.height),
        ADDRESS: node.address,
    }
    alt = (
        f'"{attribute(_name(renderer))}" {OWN_ALT}="{attribute(node.alt)}"' if replaced else f'"{attribute(node.alt)}"'
    )
    src = renderer.names.picture(found, renderer.page.entry.path)
    return f'<img src="{attribute(src)}" alt={alt}{_attributes(attributes)}/>'


def _size(found: Ready) -> str:
    """Return the class of a picture: one of some width takes the measure of the text, as far as its height permits."""
    if found.width < FULL:
        return ""
    return "tall" if found.height > found.width else "full"


def _is_small(node: Image, found: Ready) -> bool:
    """Return True if a picture in a line is drawn as high as the text: an emoji, or one that is declared as small."""
    width, height = node.width or found.width, node.height or found.height
    return is_emoji(node) or max(width, height) <= SMALL


def in_link(renderer: Renderer, node: Link) -> list[str]:
    """Return the content of a link, in pieces if words for pictures are in it: those are links themselves."""
    if Image not in map(type, node.children):  # nearly all links
        return [renderer.inlines(node.children)]
    children = node.children
    if (
        not renderer.pictures
        and not "".join(texts(tuple(child for child in children if type(child) is not Image))).strip()
    ):
        children = tuple(_in_full(child, node.target) if type(child) is Image else child for child in children)
    pieces = [renderer.inlines(tuple(run)) for _, run in groupby(children, key=lambda child: type(child) is Image)]
    if any("<a " in piece for piece in pieces):
        return [piece for piece in pieces if piece]
    return ["".join(pieces) or text(renderer.label["picture"])]  # it was left out


def _in_full(image: Image, target: str) -> Image:
    return image if image.full_size else replace(image, full_size=target)


def _stand_in(renderer: Renderer, node: Image, found: Missing | None, caption: str) -> str:
    """Return the words for a picture that the output lacks, as a link to it; with a store, they say why it does."""
    label = renderer.label
    if is_emoji(node):
        words = node.alt
    else:
        several = renderer.count > 1
        words = label["picture_number"].format(renderer.number, renderer.count) if several else label["picture_name"]
        if found:
            words += label["colon"] + label.get(found.reason, label["not-stored"])
        words = label["brackets"].format(words)
        if node.alt and not caption:
            words += label["gap"] + node.alt
    name = words + label["gap"] + squeeze(caption, LONG) if caption else ""
    own = node.address if node.full_size and (found or not _PICTURE.search(node.full_size)) else ""
    if address := renderer.address(node.full_size or node.address):
        further = _attributes({"href": address, "aria-label": name, ADDRESS: own})
        return f'<a class="picture"{further}>{text(words)}</a>'
    return f'<span class="picture">{text(words)}</span>'


def _attributes(values: Mapping[str, str]) -> str:
    return "".join(f' {name}="{attribute(value)}"' for name, value in values.items() if value)
