"""Drawings in SVG without what could load or run: names that only draw stay, and all others go, with what they hold.

A browser that shows a drawing as a picture loads nothing for it, so that nothing visible is lost; other programs may.
"""

import re
from binascii import Error, a2b_base64, b2a_base64
from functools import lru_cache
from typing import Any

from convert.bare import bare
from convert.late import late_pattern

_SVG, _XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_ELEMENTS = frozenset(
    """
    a animate animateMotion animateTransform circle clipPath defs desc ellipse filter g image line linearGradient
    marker mask mpath path pattern polygon polyline radialGradient rect set stop style svg switch symbol text textPath
    title tspan use view feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting
    feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge
    feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence
    """.split()  # noqa: SIM905 -- a table of words
)
_ANIMATIONS = frozenset(("animate", "animateMotion", "animateTransform", "set"))
_ATTRIBUTE = late_pattern(r"[a-zA-Z][a-zA-Z0-9_-]*\Z")
_OUTSIDE = late_pattern(r"url\s*\(\s*(?!\s*['\"]?#)[^)]*\)?", re.I)
_PICTURE = late_pattern(r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]+\Z", re.I)
_RULES = late_pattern(
    r"/\*.*?(?:\*/|\Z)|@import[^;{}]*;?|@(?:font-face|namespace|charset)[^{};]*(?:\{[^{}]*\}|;)?", re.I | re.S
)
_LIVE = late_pattern(
    r"\\|expression|image-set|image\s*\(|src\s*\(|behavior|binding|:\s*//|@(?!media|keyframes|-webkit-key)", re.I
)


@lru_cache(maxsize=1)  # asked by two rules
def inert(data: bytes) -> bytes | None:
    """Return a drawing that can load and run nothing, the same bytes if it is one; None if it is no XML."""
    from lxml import etree  # few articles have drawings

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root: Any = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError):
        return None
    if root.tag != f"{_SVG}svg" or root.getroottree().docinfo.doctype:
        changed = True
    else:
        changed = any(True for _ in root.itersiblings(preceding=True)) or any(True for _ in root.itersiblings())
    for each in list(root.iter()):
        changed = _without(each) or changed
    if not changed:
        return data
    etree.cleanup_namespaces(root)
    return bytes(etree.tostring(root, encoding="utf-8"))


def _without(node: Any) -> bool:
    """Take out of a drawing what a node must not have, or the node; return True if there was something."""
    name = node.tag if isinstance(node.tag, str) else ""
    space, _, local = name.rpartition("}")
    if node.getparent() is not None and (
        f"{space}}}" != _SVG or local not in _ELEMENTS or _animates_address(node, local)
    ):
        _replace(node, local)
        return True
    changed = False
    for key, value in node.attrib.items():
        kept = _kept(local, str(key), str(value))
        if kept != value:
            changed = True
            if kept:
                node.set(key, kept)
            else:
                del node.attrib[key]
    if local == "style" and node.text:
        plain = (
            _OUTSIDE.sub("none", _RULES.sub("", node.text))
            if _RULES.search(node.text) or _OUTSIDE.search(node.text)
            else node.text
        )
        plain = "" if _LIVE.search(plain) else plain
        changed, node.text = changed or plain != node.text, plain
    return changed


def _animates_address(node: Any, local: str) -> bool:
    return local in _ANIMATIONS and str(node.get("attributeName") or "").rpartition(":")[2].lower() in (
        "href",
        "src",
        "style",
    )


def _kept(name: str, key: str, value: str) -> str:
    """Return the value of an attribute as it stays, "" if the attribute goes."""
    space, _, local = key.rpartition("}")
    space = f"{space}}}" if space else ""
    if local == "href" and space in ("", _XLINK):
        if name == "image" and _PICTURE.match(value):
            return _bare(value)
        return value if value.strip().startswith("#") and name != "a" else ""
    if space == _XML:
        return value if local in ("lang", "space", "id") else ""
    if space or not _ATTRIBUTE.match(local) or local.lower().startswith("on") or local in ("ping", "attributionsrc"):
        return ""
    if "style" in local and _LIVE.search(value):
        return ""
    return _OUTSIDE.sub("none", value)


def _bare(address: str) -> str:
    """Return the address of a picture inside a drawing without what the picture is not shown by; "" if it is broken."""
    head, _, packed = address.partition(",")
    try:
        data = a2b_base64(packed)
    except Error:
        return ""
    return address if (less := bare(data)) == data else f"{head},{b2a_base64(less, newline=False).decode()}"


def _replace(node: Any, local: str) -> None:
    """Take a node out; the words of a foreign object become text of the drawing."""
    parent, before = node.getparent(), node.getprevious()
    if parent is None:
        return
    if local == "foreignObject" and (words := " ".join("".join(node.itertext()).split())):
        text = parent.makeelement(f"{_SVG}text")
        for key in ("x", "y", "transform"):
            if value := node.get(key):
                text.set(key, value)
        text.set("dy", "1em")
        text.text, text.tail = words, node.tail
        parent.replace(node, text)
        return
    if node.tail:
        if before is None:
            parent.text = (parent.text or "") + node.tail
        else:
            before.tail = (before.tail or "") + node.tail
    parent.remove(node)
