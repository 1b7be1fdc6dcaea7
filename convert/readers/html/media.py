"""Handlers for players and frames, which become embeds; nothing is ever loaded from their addresses."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from turbohtml import Element, parse_fragment

from convert.bounds import repeats_too_much
from convert.late import late_pattern
from convert.messages import message
from convert.model import MAX_DEPTH, Block, Embed, EmbedKind, Figure, Image
from convert.readers.flow import Flow
from convert.readers.html import lazy
from convert.readers.html.boxes import flatten, inline
from convert.readers.html.builder import Builder
from convert.readers.html.elements import FRAMES, SOUND
from convert.readers.html.placeholders import is_placeholder
from convert.readers.html.prepare import prepare
from convert.text import collapse
from convert.urls import written

_VIDEO = late_pattern(r"[\w\-]{1,40}", re.A)
_HOSTS = late_pattern(r"youtu|video|vimeo|bilibili|player")
_PICTURE = late_pattern(r"\.(?:apng|avif|gif|jpe?g|png|svg|webp)(?:[?#].*)?\Z", re.I)
_MOVIE = ("movie", "src", "filename", "url")
"""Names of the parameters in which old players have their address."""


def media(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add audio, video or a frame as an embed with its address."""
    address = _address(builder, element)
    if not address and (source := element.find("source")) is not None:
        address = _address(builder, source)
    if element.tag in FRAMES:
        _frame(builder, element, address or _address_of_object(element), flow, level)
        return
    inside = (*_poster(builder, element), *builder.inside(element, flow, level))
    if not (address or inside) and element.parent is not None and element.parent.find("noscript") is not None:
        return  # the <noscript> beside it holds the addresses
    builder.emit(Embed("audio" if element.tag in SOUND else "video", address, inside), element, flow)


def _frame(builder: Builder, element: Element, address: str, flow: Flow, level: int) -> None:
    """Add a frame or an `<object>`, which may be a picture; without an address, what browsers show instead of it."""
    if _is_picture(element, address):
        _picture(builder, element, address, flow)
    elif element.tag == "object" and not address:
        builder.container(element, flow, level)
    else:
        inside = _in_frame(builder, element, flow, level)
        if element.tag == "object" and flow.depth < MAX_DEPTH - 1:
            others = builder.inside(element, flow, level)
            inside = tuple(each for each in others if not isinstance(each, Embed) or each.address != address)
        builder.emit(Embed("video" if _HOSTS.search(address) else "other", address, inside), element, flow)


def _picture(builder: Builder, element: Element, address: str, flow: Flow) -> None:
    """Add the picture of an `<object>` or `<embed>`; the one inside it is for browsers that cannot show it."""
    text = element.attr("alt") or element.attr("title") or element.attr("aria-label") or ""
    flow.put(image := Image(address, collapse(text).strip()))
    builder.places.put((image, element.position))
    for each in element.iter_elements("img"):
        other = written(each.attr("src"))
        builder.note("IMG005", message("picture-twice", address=address, other=other), element, f"<{other}>")


def _address(builder: Builder, element: Element) -> str:
    """Return the address of a player or frame, or the one that a script would load."""
    address = written(element.attr("src"))
    if later := lazy.address_of(element):
        builder.note("IMG005", lazy.note(address, later, player=True), element)
        return later
    return "" if is_placeholder(address) else address


def _address_of_object(element: Element) -> str:
    """Return the address of an `<object>`: its own, or that of the player inside it for old browsers."""
    if address := written(element.attr("data")):
        return address
    for each in element.iter_elements("param"):
        if (each.attr("name") or "").lower() in _MOVIE and (value := written(each.attr("value"))):
            return value
    inner = element.find("embed") if element.tag == "object" else None
    return written(inner.attr("src")) if inner is not None else ""


def _is_picture(element: Element, address: str) -> bool:
    if element.tag not in ("embed", "object") or not address:
        return False
    kind = (element.attr("type") or "").strip().lower()
    return kind.startswith("image/") or (not kind and bool(_PICTURE.search(address)))


def _poster(builder: Builder, element: Element) -> tuple[Block, ...]:
    """Return the picture that a player shows before it plays."""
    address = next(filter(None, (written(element.attr(each)) for each in ("poster", "data-poster"))), "")
    if is_placeholder(address):
        return ()
    picture = Figure((Image(address),))
    for node in (picture, picture.images[0]):
        builder.places.put((node, element.position))
    return (picture,)


def _in_frame(builder: Builder, element: Element, flow: Flow, level: int) -> tuple[Block, ...]:
    """Return the content of a frame whose page is in its attribute `srcdoc`, as savers of pages write it."""
    html = element.attr("srcdoc") or ""
    if element.tag != "iframe" or not html or flow.depth >= MAX_DEPTH - 1 or repeats_too_much(html):
        return ()
    page = parse_fragment(html, positions=False)
    prepare(page, lambda code, problem, _, removed: builder.note(code, problem, element, removed))
    return tuple(builder.inside(page, flow, level))


_YOUTUBE = "https://www.youtube.com/watch?v={}"
_VIMEO = "https://vimeo.com/{}"
PLAYERS: Mapping[str, tuple[EmbedKind, str]] = MappingProxyType({
    **dict.fromkeys(("amp-youtube", "lite-youtube", "youtube-video"), ("video", _YOUTUBE)),
    **dict.fromkeys(("amp-vimeo", "lite-vimeo", "vimeo-video"), ("video", _VIMEO)),
    "amp-dailymotion": ("video", "https://www.dailymotion.com/video/{}"),
    "amp-twitter": ("tweet", "https://twitter.com/i/status/{}"),
    "amp-instagram": ("instagram", "https://www.instagram.com/p/{}/"),
})  # fmt: skip
"""Elements of script libraries that show an item of a site by its identifier: the kind, and the item's address."""
_NAMES = ("videoid", "data-videoid", "data-video-id", "data-tweetid", "data-shortcode")


def player(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add an item that a script would show, by its identifier."""
    name = next(filter(None, map(element.attr, _NAMES)), "")
    kind, pattern = PLAYERS[element.tag]
    if not _VIDEO.fullmatch(name):
        inline(builder, element, flow, level)
    elif flow.depth >= MAX_DEPTH - 1:
        builder.emit(Embed(kind, pattern.format(name)), element, flow)
        flatten(builder, element, flow, level)
    else:
        inside = tuple(builder.inside(element, flow, level))
        builder.emit(Embed(kind, pattern.format(name), inside), element, flow)
