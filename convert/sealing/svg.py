"""Drawings in SVG without what could load or run: an allow-list of elements and attributes."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from convert.sealing.sniff import media_type

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_SPACES: Any = {None: SVG, "xlink": XLINK}
LARGEST = 4_000_000
"""Bytes of the largest drawing that is kept."""

_ELEMENTS = frozenset(
    """
    a circle clipPath defs desc ellipse g image line linearGradient marker mask metadata path pattern polygon polyline
    radialGradient rect stop style svg switch symbol text textPath title tspan use filter feBlend feColorMatrix
    feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDropShadow feFlood feFuncA
    feFuncB feFuncG feFuncR feGaussianBlur feMerge feMergeNode feMorphology feOffset feSpecularLighting feTile
    feTurbulence feDistantLight fePointLight feSpotLight
    """.split()  # noqa: SIM905 -- a table of words
)
_UNSHOWN = frozenset(("script", "metadata", "style"))
_ATTRIBUTE = re.compile(r"[a-zA-Z][a-zA-Z0-9_-]*\Z")
_URL = re.compile(r"url\s*\(\s*(?!['\"]?#)", re.I)
_LIVE = re.compile(r"@|\\|expression|image-set|image\s*\(|src\s*\(|behavior|binding|:\s*//", re.I)


def parsed(data: bytes) -> Any:
    """Return the root of a drawing, None if it is none that can be parsed."""
    if len(data) > LARGEST:
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError):
        return None
    return root if _name(root) == "svg" else None


def cleaned(root: Any, read: Callable[[str], bytes | None], report: Callable[[str], None]) -> bytes:
    """Return a drawing that can load and run nothing; `read` gives the bytes of its pictures.

    `report` is called with the name of each element or attribute that is left out.
    """
    for each in list(root.iter()):
        name = _name(each)
        if not name or name not in _ELEMENTS or (name in _UNSHOWN and not _is_plain_style(each, name)):
            if name != "metadata" and each.getparent() is not None:
                report(name or "comment")
            _take_out(each)
            continue
        for key in list(each.attrib):
            space, _, local = str(key).rpartition("}")
            value = str(each.get(key))
            if local == "href" and space in ("", "{" + XLINK):
                del each.attrib[key]
                if kept := _reference(name, value, read):
                    each.set(f"{{{XLINK}}}href", kept)
                elif name != "a":
                    report(f"{name}@href")
            elif space not in ("", "{http://www.w3.org/XML/1998/namespace") or not _is_inert(local, value):
                if not space or local.startswith("on"):
                    report(f"{name}@{local}")
                del each.attrib[key]
    etree.cleanup_namespaces(root, top_nsmap=_SPACES)
    return bytes(etree.tostring(root, encoding="utf-8"))


def words(root: Any) -> str:
    """Return what a drawing is called and the words in it."""
    label = str(root.get("aria-label") or "")
    shown = ["".join(each.itertext()) for each in root.iter() if _name(each) in ("title", "text")]
    return " ".join(" ".join((label, *shown)).split())


def address(data: bytes) -> str:
    """Return the `data:` address of a drawing."""
    return "data:image/svg+xml;base64," + b64encode(data).decode()


def pictures(root: Any) -> Iterator[str]:
    """Yield the references of the pictures in a drawing."""
    for each in root.iter():
        if _name(each) == "image":
            yield str(each.get("href") or each.get(f"{{{XLINK}}}href") or "")


def is_frame(root: Any) -> bool:
    """Return True if nothing in a drawing is shown but pictures: the wrapper of a cover."""
    names = {_name(each) for each in root.iter()}
    return "image" in names and names <= {"svg", "g", "image", "title", "desc", "metadata", "defs", ""}


def _name(each: Any) -> str:
    return each.tag.rpartition("}")[2] if isinstance(each.tag, str) else ""


def _is_plain_style(each: Any, name: str) -> bool:
    text = "".join(each.itertext())
    return name == "style" and not _URL.search(text) and not _LIVE.search(text)


def _is_inert(name: str, value: str) -> bool:
    if not _ATTRIBUTE.match(name) or name.lower().startswith("on") or name in ("ping", "attributionsrc", "base"):
        return False
    return not _URL.search(value) and not ("style" in name and _LIVE.search(value))


def _reference(name: str, value: str, read: Callable[[str], bytes | None]) -> str:
    value = value.strip()
    if name == "image":
        data = read(value)
        return f"data:{kind};base64,{b64encode(data).decode()}" if data and (kind := media_type(data)) else ""
    return value if value.startswith("#") and name != "a" else ""


def _take_out(each: Any) -> None:
    """Take an element out; the text behind it stays."""
    parent = each.getparent()
    if parent is None:
        return
    before = each.getprevious()
    if each.tail:
        if before is None:
            parent.text = (parent.text or "") + each.tail
        else:
            before.tail = (before.tail or "") + each.tail
    parent.remove(each)
