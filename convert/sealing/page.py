"""A page as an original: HTML, with the files beside it, or MHTML."""

import os
from urllib.parse import unquote

from turbohtml import parse

from convert.errors import DocumentError, SourceError
from convert.readers import READERS
from convert.readers.saved import metadata as of_page, mhtml
from convert.rules.checks.img004_broken_data_image import decoded
from convert.sandbox import abilities
from convert.sealing.original import Document, Line, Lost, Metadata, Person
from convert.sources.addresses import NO_ORIGIN
from convert.sources.pictures import content_address
from convert.text import printable
from convert.urls import resolve, scheme

LARGEST = 256 << 20
"""Bytes of the largest page that is read."""


class PageOriginal:
    """Page in HTML or MHTML."""

    def __init__(self, root: str) -> None:
        """Read a page.

        Raises:
            SourceError: it is none, or too large.
            OSError: it cannot be opened.
        """
        self.root = root
        self.lost: list[Lost] = []
        with open(root, "rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise SourceError("{path}: it is larger than {limit} MB", path=printable(root), limit=LARGEST >> 20)
        self._parts: dict[str, bytes] = {}
        self._references: dict[str, str] = {}
        origin = NO_ORIGIN
        self._folder = os.path.dirname(os.path.abspath(root))
        abilities.permit_reading(os.path.realpath(self._folder))  # and nothing else: see `_beside`
        if mhtml.detect(data):
            self._folder = ""
            for address, part in mhtml.pictures(data):
                self._parts[content_address(part)] = part
                if address:
                    self._parts[address] = part
            try:
                data, origin, _ = mhtml.unpacked(data, NO_ORIGIN)
            except DocumentError as error:
                raise SourceError("{path}: {reason}", path=printable(root), reason=error.message) from error
            self._references = dict(origin.envelope.pictures)
        decode = READERS["html"].decode
        assert decode
        self._text = decode(data)
        if "<" not in self._text:
            raise SourceError("{path}: it is no page in HTML, and no MHTML or EPUB file", path=printable(root))
        document = parse(self._text)
        facts = of_page.read(document, self._text, origin)
        self.frames = dict(origin.envelope.frames)
        self._base = self._declared_base(document, facts.address)
        title = document.select_one("title")
        name = " ".join(title.text.split()) if title is not None else ""
        others = (("publisher", facts.publisher), ("date", facts.published))
        self.facts = Metadata(
            titles=(name or facts.title or os.path.splitext(os.path.basename(root))[0],),
            languages=(facts.language,) if facts.language else (),
            creators=tuple(Person(each) for each in facts.authors),
            others=tuple((name, value) for name, value in others if value),
            address=facts.address,
        )
        self.documents = (Document("page", ""),)
        self.contents_tree: tuple[Line, ...] = ()

    def _declared_base(self, document: object, address: str) -> str:
        base = document.select_one("base[href]")  # type: ignore[attr-defined]
        if base is None:
            return address
        return resolve(str(base.attr("href") or ""), address) or address

    def text(self, document: Document) -> str:
        """Return the page."""
        return self._text

    def data(self, document: Document, reference: str) -> bytes | None:
        """Return the bytes of a picture in the page's own file, or in a file beside it."""
        reference = reference.strip()
        if reference.startswith("data:"):
            return decoded(reference)
        for name in (self._references.get(reference, ""), reference, resolve(reference, self._base)):
            if name in self._parts:
                return self._parts[name]
        if not self._folder or scheme(reference) or reference.startswith(("/", "\\")):
            return None
        return self._beside(reference)

    def _beside(self, reference: str) -> bytes | None:
        """Return the bytes of a file in the folder of the page or below it; links that lead out of it are no files."""
        top = os.path.realpath(self._folder)
        for name in dict.fromkeys(
            (reference, unquote(reference), unquote(reference.partition("?")[0].partition("#")[0]))
        ):
            if not name or "\0" in name:
                continue
            path = os.path.realpath(os.path.join(top, *name.replace("\\", "/").split("/")))
            if path.startswith(top.rstrip(os.sep) + os.sep) and os.path.isfile(path):
                if os.path.getsize(path) > LARGEST:
                    return None
                with open(path, "rb") as file:
                    return file.read()
        return None

    def target(self, document: Document, reference: str) -> str:
        """Return the target of a link: a place in the page, or an address on the web."""
        if reference.startswith("#"):
            return reference
        address = resolve(reference, self._base)
        here, sign, fragment = address.partition("#")
        if sign and here and here == self.facts.address.partition("#")[0]:
            return f"#{unquote(fragment)}"
        return address or (reference if scheme(reference) else "")

    def cover(self) -> bytes | None:
        """Return None: a page has no cover."""
        return None

    def close(self) -> None:
        """Close nothing: the page has been read."""
