"""Files that the audit judges, made from the examples of its table: each vector in every place where it can stand."""

from base64 import b64encode
from collections.abc import Iterator
from html import escape
from typing import NamedTuple
from urllib.parse import quote

from lxml import etree

from convert.audit.found import Found, Scope
from convert.audit.judging import judge_bytes, judge_inside
from convert.audit.vector import Vector

ADDRESS = "http://a.example/x"
LINE = 4
"""The line of each carrier on which the vector stands."""
SPECIAL = {"nested-too-deep", "broken-document", "over-limits", "unknown-kind", "more-links"}
"""Vectors whose examples are made by the tests themselves."""
XML = (
    'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:epub="http://www.idpf.org/2007/ops" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)


class Carrier(NamedTuple):
    """File with a vector in it."""

    place: str
    kind: str
    data: bytes
    line: int = LINE


def example(vector: Vector, address: str = ADDRESS) -> str:
    """The example of a vector, with an address."""
    drawing = "data:image/svg+xml," + quote('<svg xmlns="http://www.w3.org/2000/svg"><script>x</script></svg>')
    return vector.example.replace("{u}", address).replace("{svg}", drawing)


def carriers(vector: Vector, address: str = ADDRESS) -> Iterator[Carrier]:
    """Every place where a vector of pages, drawings or styles can stand."""
    yield from {"html": _of_html, "svg": _of_svg, "css": _of_css}[vector.kind](example(vector, address))


def _page(body: str) -> str:
    return f"<!DOCTYPE html>\n<title>a</title>\n<p>a</p>\n{body}\n"


def _of_html(markup: str) -> Iterator[Carrier]:
    if markup.startswith("<?xml-s") and "type" not in markup:  # as it is in a page that is no XML
        yield Carrier("html", "html", _page(markup).encode())
        return
    if markup.startswith(("<?xml-s", "<xi:", "<?newthing")) or "[<!ENTITY" in markup:
        html = '<html xmlns="http://www.w3.org/1999/xhtml"><body><p>a</p>{}</body></html>'
        before = markup + html.format("") if not markup.startswith("<xi:") else html.format(markup)
        yield Carrier("xhtml", "xhtml", f"\n\n\n{before}".encode())
        return
    if markup.startswith("<!DOCTYPE"):
        yield Carrier("html", "html", f"{markup}<p>a</p>".encode(), 1)
        return
    page = f"{markup}<p>a</p>" if "<frameset" in markup or markup.startswith("<html") else _page(markup)
    line = LINE if page.startswith("<!DOCTYPE") else 1
    yield Carrier("html", "html", page.encode(), line)
    yield Carrier("utf-16", "html", page.encode("utf-16"), line)
    yield Carrier("srcdoc", "html", _page(f'<iframe srcdoc="{escape(page)}"></iframe>').encode())
    yield Carrier("data", "html", _page(f'<iframe src="data:text/html,{quote(page)}"></iframe>').encode())
    packed = b64encode(page.encode()).decode()
    yield Carrier("data in base64", "html", _page(f'<object data="data:text/html;base64,{packed}"></object>').encode())
    if "<frameset" not in markup and not markup.startswith(("<html", "<base", "<isindex", "<?", "<portal", "<fenced")):
        inline = f"<svg><foreignObject>{markup}</foreignObject></svg>"
        yield Carrier("foreignObject", "html", _page(inline).encode())
        yield Carrier("template", "html", _page(f"<template>{markup}</template>").encode())
        if not markup.startswith("<noscript"):
            yield Carrier("noscript", "html", _page(f"<noscript>{markup}</noscript>").encode())
    if "xsi:" not in markup and "<?" not in markup and "<html" not in markup:
        yield Carrier("xhtml", "xhtml", _xhtml(markup))


def _xhtml(markup: str) -> bytes:
    root = etree.fromstring(f"<div>{markup}</div>", etree.HTMLParser())
    inside = b"".join(etree.tostring(each, with_tail=False) for each in root)
    head = f'<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml" {XML}>\n\n'
    return head.encode() + inside + b"</html>"


def _of_svg(markup: str) -> Iterator[Carrier]:
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg"\n{XML}>\n\n{markup}</svg>'
    inline = f"<svg>{markup}</svg>" if not markup.startswith("<svg") else markup
    yield Carrier("svg", "svg", drawing.encode())
    yield Carrier("html", "html", _page(inline).encode())
    packed = b64encode(drawing.encode()).decode()
    yield Carrier("object", "html", _page(f'<object data="data:image/svg+xml;base64,{packed}"></object>').encode())
    yield Carrier("iframe", "html", _page(f'<iframe src="data:image/svg+xml,{quote(drawing)}"></iframe>').encode())


def _of_css(sheet: str) -> Iterator[Carrier]:
    yield Carrier("css", "css", f"p {{ color: red }}\n\n\n{sheet}\n".encode())
    yield Carrier("style", "html", _page(f"<style>{sheet}</style>").encode())
    yield Carrier("link", "html", _page(f'<link rel="stylesheet" href="data:text/css,{quote(sheet)}">').encode())
    yield Carrier("import", "css", f'\n\n\n@import "data:text/css,{quote(sheet)}";'.encode())
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg">\n\n\n<style><![CDATA[{sheet}]]></style></svg>'
    yield Carrier("svg", "svg", drawing.encode())
    if sheet.startswith("p {") and sheet.endswith("}") and sheet.count("{") == 1:
        yield Carrier("attribute", "html", _page(f'<p style="{escape(sheet[3:-1])}">a</p>').encode())


def found(data: bytes, kind: str, entry: str = "") -> list[Found]:
    """What the audit finds in a file of a kind."""
    return list(judge_bytes(data, kind, Scope(entry, judge=judge_inside)))
