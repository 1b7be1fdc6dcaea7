"""Document of a book → an article that has all of it, with notes of what it cannot have."""

from collections.abc import Iterable, Iterator
from typing import Any

from turbohtml import Element, Text as TextNode, parse, parse_fragment

from convert.bounds import MAX_NODES, repeats_too_much, too_complex
from convert.languages import language as detected
from convert.messages import message
from convert.model import SCHEMA_VERSION, Anchor, Article, Block, Footnote, Place, Provenance, texts, walk
from convert.model.nodes import MAX_DEPTH
from convert.pictures.model import Missing
from convert.readers.flow import Flow
from convert.readers.html import prepare, targets
from convert.readers.html.builder import Builder
from convert.readers.html.handlers import HANDLERS, OTHER
from convert.readers.markup import Markup
from convert.readers.saved import saver
from convert.readers.saved.metadata import language as tag_of
from convert.sealing import svg
from convert.sealing.controls import shown_words
from convert.sealing.original import Document, NotedLoss, Original, Read
from convert.sealing.pictures import Pictures
from convert.text import HTML_SPACE, collapse

MARKUP = Markup()
_REFERENCES = ("src", "data-src", "data-original", "data-lazy-src", "href", "xlink:href", "data")


class Reader:
    """Reader of the documents of one book."""

    def __init__(self, original: Original, pictures: Pictures, wanted: dict[str, set[str]]) -> None:
        self._original, self._pictures = original, pictures
        self._wanted = wanted
        """Names of the places to which something leads, by the keys of the documents that have them."""
        self.losses: list[NotedLoss] = []

    def read(self, document: Document) -> Read:
        """Return the article of a document, with the notes of its reader, and what it loses.

        Raises:
            DocumentError: it cannot be read.
        """
        self.losses = []
        text = self._original.text(document)
        if text.count("<") > MAX_NODES or repeats_too_much(text):
            raise too_complex(message("too-many-parts", limit=MAX_NODES))
        tree = parse(prepare.opened(text))
        saver.put_pictures(tree, text)
        root, body = tree.select_one("html"), tree.select_one("body")
        builder = Builder({**HANDLERS, "aside": _note}, OTHER, MARKUP)
        blocks: tuple[Block, ...] = ()
        if root is not None:
            self._look(document, root)
        if root is not None and body is not None:
            if "shadowroot" in text or "shadowmode" in text:
                prepare.open_shadows(root, builder.note)
            self._show(document, body)
            builder.prepare(body, root)
            builder.adopt(body)
            builder.exact = True
            blocks = builder.footnotes(builder.blocks(body))
        declared = _language(root, body) or self._original.facts.language
        title = tree.select_one("title")
        article = Article(
            schema_version=SCHEMA_VERSION,
            id=document.key,
            title=_title(blocks, title),
            language=tag_of(declared, detected(_samples(blocks))),
            source=Provenance(address=self._original.facts.address, path=document.path, dialect="html"),
            body=blocks,
        )
        direction = next((way for each in (body, root) if each is not None and (way := _direction(each))), "")
        anchors = frozenset(each.id for each in walk((article,)) if isinstance(each, Anchor | Footnote))
        return Read(document, article, direction, tuple(builder.notes), tuple(self.losses), anchors)

    def _lose(self, kind: str, element: Element, detail: str = "") -> None:
        line, column = element.position or (0, -1)
        self.losses.append(NotedLoss(kind, detail, Place(line, column + 1)))

    def _look(self, document: Document, root: Element) -> None:
        """Note what of a page is not kept, wherever it is."""
        for each in list(root.iter_elements()):
            kind = _LOST.get(each.tag)
            if each.tag == "link" and "stylesheet" in (each.attr("rel") or "").lower() and not document.path:
                kind = "style"  # a book lists its own among its files
            if each.tag == "meta" and (each.attr("http-equiv") or "").strip().lower() == "refresh":
                kind = "reload"
            if each.tag == "iframe" and (each.attr("srcdoc") or (each.attr("src") or "") in self._original.frames):
                kind = None  # its page is shown
            if kind:
                self._lose(kind, each, "" if kind in ("style", "script") else each.tag)
            for name in each.attrs:
                if name.startswith("on"):
                    self._lose("handler", each, f"{each.tag}@{name}"[:80])

    def _show(self, document: Document, body: Element) -> None:
        """Give pictures, links, places and controls of a page the form in which they are read."""
        for each in list(body.iter_elements()):
            if each.parent is None:
                continue
            if each.tag in ("a", "area") and each.attr("href") is not None:
                self._link(document, each)
            elif each.tag == "svg":
                self._drawing(document, each)
            elif each.tag in ("img", "image", "object", "embed") or _is_button(each):
                self._picture(document, each)
            elif each.tag == "iframe":
                self._frame(document, each)
            elif each.tag == "video" and each.attr("poster"):
                self._poster(document, each)
        for each in list(body.iter_elements()):
            shown_words(each)
        self._place(document, body)

    def _link(self, document: Document, element: Element) -> None:
        reference = (element.attr("href") or "").strip(HTML_SPACE)
        if not reference:
            return
        target = self._original.target(document, reference)
        if not target:
            self._lose("link", element, reference[:200])
            del element.attrs["href"]
            return
        element.attrs["href"] = target
        if element.tag == "area":
            words = (element.attr("alt") or "").strip()
            if words:
                element.tag = "a"
                element.append(TextNode(words))

    def _frame(self, document: Document, element: Element) -> None:
        reference = (element.attr("src") or "").strip(HTML_SPACE)
        frames = self._original.frames
        if reference in frames:
            element.attrs["srcdoc"] = frames[reference]
        elif reference and not element.attr("srcdoc") and (target := self._original.target(document, reference)):
            element.attrs["src"] = target

    # --- pictures -----------------------------------------------------------------------------------------------------

    def _picture(self, document: Document, element: Element) -> None:
        """Give a picture the address of its content, or its words where it cannot be shown."""
        for name in _REFERENCES:
            reference = (element.attr(name) or "").strip(HTML_SPACE)
            data = self._original.data(document, reference) if reference else None
            if data is not None:
                self._put(element, data, name, reference)
                return
        if element.tag in ("img", "image") and (
            element.attr("src") or element.attr("href") or element.attr("xlink:href")
        ):
            self._lose("picture", element, (element.attr("src") or "")[:200])

    def _poster(self, document: Document, element: Element) -> None:
        data = self._original.data(document, element.attr("poster") or "")
        kept = self._pictures.keep(data) if data is not None else None
        if isinstance(kept, str):
            element.attrs["poster"] = kept

    def _put(self, element: Element, data: bytes, name: str, reference: str) -> None:
        kept = self._pictures.keep(data)
        if isinstance(kept, Missing):
            root = svg.parsed(data)
            if root is None:
                if element.tag in ("img", "image"):
                    self._lose("picture", element, kept.detail or reference[:200])
                return
            self._drawn(element, root, lambda inside: None)
            return
        if element.tag in ("img", "image"):
            element.attrs["src"] = kept
            element.tag = "img"
            for each in ("srcset", "data-src", "data-srcset", "data-original", "data-lazy-src", "href", "xlink:href"):
                if each in element.attrs:
                    del element.attrs[each]
        else:
            _replace(element, kept, element.attr("alt") or element.attr("title") or "")

    def _drawing(self, document: Document, element: Element) -> None:
        """Put a picture in the place of a drawing in the page; of the wrapper of pictures, those pictures."""
        if any(isinstance(each, Element) and each.tag == "svg" for each in element.ancestors):
            return
        for name, space in (("xmlns", svg.SVG), ("xmlns:xlink", svg.XLINK)):
            element.attrs[name] = space
        root = svg.parsed(element.html.replace("&nbsp;", "&#160;").encode("utf-8", "replace"))
        if root is None:
            self._lose("drawing", element)
            words = element.text
            _words_instead(element, words)
            return
        if svg.is_frame(root):
            title = svg.words(root)
            made = [parse_fragment("<img>").find("img") for _ in svg.pictures(root)]
            for picture, reference in zip(made, svg.pictures(root), strict=True):
                assert picture is not None
                picture.attrs["src"], picture.attrs["alt"] = reference, title
                element.insert_before(picture)
                self._picture(document, picture)
            element.decompose()
            return
        self._drawn(element, root, lambda inside: self._original.data(document, inside))

    def _drawn(self, element: Element, root: Any, read: Any) -> None:
        words = svg.words(root)
        cleaned = svg.cleaned(root, read, lambda name: self._lose("part-of-drawing", element, name[:80]))
        if self._pictures.is_sealed(cleaned):
            _replace(element, svg.address(cleaned), element.attr("alt") or words)
            return
        self._lose("drawing", element)
        _words_instead(element, words)

    # --- places -------------------------------------------------------------------------------------------------------

    def _place(self, document: Document, body: Element) -> None:
        """Put an anchor where something leads to."""
        notes = {_name_of_note(each) for each in body.iter_elements("aside")}
        targets.put(body, self._wanted.get(document.key, set()) - notes)


_LOST = {
    "script": "script", "style": "style", "audio": "sound", "video": "video", "iframe": "frame", "frame": "frame",
    "input": "form", "select": "form", "textarea": "form", "button": "form", "canvas": "canvas", "applet": "object",
    "object": "object", "embed": "object", "bgsound": "sound",
}  # fmt: skip


_NOTES = frozenset(("footnote", "endnote", "rearnote", "doc-footnote", "doc-endnote"))


def _name_of_note(element: Element) -> str:
    """Return the identifier of a note that its page marks as one, else ""."""
    kinds = f"{element.attr('epub:type') or ''} {element.attr('role') or ''}".split()
    return (element.attr("id") or "") if element.tag == "aside" and not _NOTES.isdisjoint(kinds) else ""


def _note(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add an `<aside>`: a footnote, or what another container would be."""
    name = _name_of_note(element)
    if not name or flow.frames or flow.depth >= MAX_DEPTH - 1:
        HANDLERS["div"](builder, element, flow, level)
        return
    blocks = tuple(builder.inside(element, flow, level))
    if blocks:
        builder.emit(Footnote(name, blocks), element, flow)


def _replace(element: Element, address: str, alt: str) -> None:
    picture = parse_fragment("<img>").find("img")
    assert picture is not None
    picture.attrs["src"], picture.attrs["alt"] = address, alt
    for name in ("id", "width", "height"):
        if value := element.attr(name):
            picture.attrs[name] = value
    element.replace_with(picture)


def _words_instead(element: Element, words: str) -> None:
    made = parse_fragment("<span></span>").find("span")
    assert made is not None
    made.append(TextNode(words))
    element.replace_with(made)


def _is_button(element: Element) -> bool:
    return element.tag == "input" and (element.attr("type") or "").lower() == "image"


def _language(root: Element | None, body: Element | None) -> str:
    for each in (body, root):
        if each is not None and (tag := each.attr("lang") or each.attr("xml:lang")):
            return str(tag)
    return ""


def _direction(element: Element) -> str:
    value = (element.attr("dir") or "").lower()
    return value if value in ("ltr", "rtl") else ""


def _title(blocks: tuple[Block, ...], title: Element | None) -> str:
    """Return the name of a document: its title, else its first words."""
    named = collapse(title.text).strip() if title is not None else ""
    return named or collapse("".join(_some(texts(blocks)))).strip()[:80] or "–"


def _some(parts: Iterable[str]) -> Iterator[str]:
    for number, each in enumerate(parts):
        if number > 20:
            return
        yield each


def _samples(blocks: tuple[Block, ...]) -> list[str]:
    text = "".join(_some(texts(blocks[:40])))
    return [text[:80], text[:800]]
