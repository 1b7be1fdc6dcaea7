"""Books in EPUB that the tests build, and what an independent parser sees in a book."""

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from lxml import etree, html

HREF = "{http://www.w3.org/1999/xlink}href"
XHTML = "application/xhtml+xml"
CONTAINER = (
    '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
METADATA = (
    '<dc:identifier id="u">urn:isbn:9780000000001</dc:identifier><dc:title>The Vat</dc:title>'
    '<dc:language>en</dc:language><dc:creator id="c">Ann Ink</dc:creator>'
    '<meta refines="#c" property="role">aut</meta><meta refines="#c" property="file-as">Ink, Ann</meta>'
    "<dc:publisher>Mill House</dc:publisher><dc:date>2019-03-14</dc:date>"
    '<meta property="dcterms:modified">2020-01-01T00:00:00Z</meta>'
)


def picture(width: int = 60, height: int = 40, colour: tuple[int, int, int] = (200, 60, 60)) -> bytes:
    """A picture of one colour, in PNG."""
    raw = b"".join(b"\0" + bytes(colour) * width for _ in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def page(body: str, language: str = "en", title: str = "t", further: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml" '
        f'xmlns:epub="http://www.idpf.org/2007/ops" xml:lang="{language}"{further}>\n'
        f"<head><title>{title}</title></head>\n<body>{body}</body></html>"
    )


def nav(lines: str, further: str = "") -> str:
    return page(f'<nav epub:type="toc"><ol>{lines}</ol></nav>{further}')


def ncx(points: str) -> str:
    return (
        '<?xml version="1.0"?><ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1"><navMap>'
        f"{points}</navMap></ncx>"
    )


def epub(  # noqa: PLR0913 -- a parameter for each part of a book
    pages: Mapping[str, str],
    contents: str = "",
    files: Mapping[str, bytes | str] | None = None,
    *,
    items: str = "",
    metadata: str = METADATA,
    spine: str = "",
    version: str = "3.0",
    points: str = "",
    order: Sequence[str] | None = None,
) -> bytes:
    """A book with pages below `OPS`; `contents` are the lines of the navigation document, `points` those of the NCX."""
    kinds = {
        "png": "image/png",
        "svg": "image/svg+xml",
        "css": "text/css",
        "woff": "font/woff",
        "js": "text/javascript",
    }
    kinds |= {"mp3": "audio/mpeg", "mp4": "video/mp4", "smil": "application/smil+xml", "jpg": "image/jpeg"}
    listed = "".join(f'<item id="i-{n}" href="{p}" media-type="{XHTML}"/>' for n, p in enumerate(pages))
    for number, name in enumerate(files or {}):
        kind = kinds.get(name.rpartition(".")[2], "application/octet-stream")
        if f'href="{name}"' not in items:
            listed += f'<item id="f-{number}" href="{name}" media-type="{kind}"/>'
    if contents:
        listed += f'<item id="nav" href="nav.xhtml" properties="nav" media-type="{XHTML}"/>'
    if points:
        listed += '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
    places = {name: number for number, name in enumerate(pages)}
    refs = "".join(f'<itemref idref="i-{places[each]}"/>' for each in (order or pages))
    package = (
        f'<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="{version}" '
        'unique-identifier="u"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:opf="http://www.idpf.org/2007/opf">{metadata}</metadata><manifest>{listed}{items}</manifest>'
        f"<spine{' toc=' + chr(34) + 'ncx' + chr(34) if points else ''}{spine}>{refs}</spine></package>"
    )
    members: dict[str, bytes | str] = {"META-INF/container.xml": CONTAINER, "OPS/book.opf": package}
    members |= {f"OPS/{name}": text for name, text in pages.items()}
    if contents:
        members["OPS/nav.xhtml"] = nav(contents)
    if points:
        members["OPS/toc.ncx"] = ncx(points)
    members |= {name if name.startswith("META-INF/") else f"OPS/{name}": data for name, data in (files or {}).items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


class Seen:
    """A book as an independent parser sees it: zipfile and lxml alone."""

    def __init__(self, data: bytes) -> None:
        self.archive = zipfile.ZipFile(io.BytesIO(data))
        container = self._xml("META-INF/container.xml")
        self.opf = container.xpath("string(//*[local-name()='rootfile']/@full-path)")
        self.folder = posixpath.dirname(self.opf)
        self.package = self._xml(self.opf)
        self.items = {each.get("id"): each for each in self._all("item")}
        self.spine = [self._path(self.items[each.get("idref")].get("href")) for each in self._all("itemref")]

    def texts(self) -> list[str]:
        """The visible characters of each page in the spine, without white space."""
        return [visible(self.archive.read(path)) for path in self.spine]

    def pictures(self, path: str) -> list[tuple[int, int]]:
        """Width and height of each picture of a page that is in the book, in order; of drawings (-1, -1)."""
        found = []
        for each in self.page(path).iter():
            if not isinstance(each.tag, str) or each.tag.rpartition("}")[2] not in ("img", "image", "object"):
                continue
            address = each.get("src") or each.get("data") or each.get("href") or each.get(HREF) or ""
            if address.startswith("data:image/svg"):
                found.append((-1, -1))
                continue
            inside = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(address)))
            if inside in self.archive.namelist():
                found.append((-1, -1) if inside.endswith(".svg") else _size(self.archive.read(inside)))
        return found

    def links(self, path: str) -> Iterator[tuple[str, str]]:
        """Text of each link of a page inside the book, and the text that follows the place to which it leads."""
        for each in self.page(path).iter("{*}a"):
            href = each.get("href")
            if href is None or re.match(r"[a-z]+:", href):
                continue
            yield "".join(each.itertext()), self.at(path, href)

    def at(self, path: str, href: str) -> str:
        """The beginning of the text at a place."""
        file, _, fragment = href.partition("#")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(file))) if file else path
        tree = self.page(target)
        if not fragment:
            return _after(tree, None)
        found = tree.xpath("//*[@id=$id or @name=$id]", id=unquote(fragment))
        assert found, (path, href)
        return _after(tree, found[0])

    def contents(self) -> list[Any]:
        """The tree of the contents: title, text at the place, lines below."""
        nav = next(each for each in self.items.values() if "nav" in (each.get("properties") or ""))
        path = self._path(nav.get("href"))

        def lines(around: Any) -> list[Any]:
            made = []
            for li in around.findall("{*}ol/{*}li"):
                link = li.find("{*}a")
                label = link if link is not None else li.find("{*}span")
                place = self.at(path, link.get("href")) if link is not None else ""
                made.append(("".join(label.itertext()), place, lines(li)))
            return made

        toc = self.page(path).xpath("//*[local-name()='nav'][@*[local-name()='type']='toc']")
        return lines(toc[0])

    def page(self, path: str) -> Any:
        return etree.fromstring(self.archive.read(path))

    def statements(self, name: str) -> list[str]:
        return [each.text for each in self._all(name)]

    def _all(self, name: str) -> list[Any]:
        return list(self.package.iter(f"{{*}}{name}"))

    def _path(self, href: str) -> str:
        return posixpath.normpath(posixpath.join(self.folder, unquote(href)))

    def _xml(self, path: str) -> Any:
        return etree.fromstring(self.archive.read(path))


def visible(data: bytes) -> str:
    """The characters that a reader sees of a page, without white space."""
    if b"<!ENTITY" in data:
        data = etree.tostring(etree.fromstring(data), doctype="<!DOCTYPE html>")
    tree: Any = html.document_fromstring(data)
    body: Any = tree.find(".//body")
    if body is None:
        return ""
    for each in list(body.iter("script", "style", "template", "rp", "annotation", "annotation-xml", "title")):
        each.drop_tree()
    for each in body.iter("object"):
        each.text = ""  # it is shown where the object is not
    return re.sub(r"[\s“”]+", "", "".join(body.itertext()))


def _after(tree: Any, element: Any) -> str:
    """The first characters from an element on, without white space."""
    body = tree.find("{*}body")
    parts: list[str] = []
    started = element is None
    for event, each in etree.iterwalk(body, events=("start", "end")):
        started = started or each is element
        if started and event == "start":
            parts.append("" if str(each.tag).endswith("}rp") else each.text or "")
        elif started:
            parts.append(each.tail or "")
    return re.sub(r"\s+", "", "".join(parts))[:12]


def _size(data: bytes) -> tuple[int, int]:
    from PIL import Image

    with Image.open(io.BytesIO(data)) as opened:
        return opened.size
