"""The pages of a site in one ZIM: libzim writes a temporary file, which is copied to the output when it is whole."""

import errno
import html
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from tempfile import TemporaryDirectory
from typing import BinaryIO

from libzim.writer import Creator, FileProvider, Hint, IndexData, Item, StringProvider

from convert.errors import ConvertError
from convert.media import media_type
from convert.model import Entry, Volume
from convert.pictures.gallery import Ready
from convert.sources.zim import STDERR, STDOUT, silent
from convert.store.errors import in_temporary_folder, temporary_failure
from convert.writers.options import Options
from convert.writers.part import RenderedArticle, SiteFile, Tally
from convert.writers.site.folder import lay
from convert.writers.site.names import FEED, HOME, PICTURES, STYLE, page_file
from convert.writers.zim.illustration import SIDE, png
from convert.writers.zim.metadata import code_of, metadata
from convert.writers.zim.pages import for_kiwix
from convert.writers.zim.reproducible import UnknownFormError, copy

WORKERS = 1
"""With more, the order of clusters and of the index depends on the speed of each."""
BELOW_BAR = b".kiwix ~ .site { padding-top: 2em; }\n"
"""Style by which the bar that kiwix-serve 3.3 puts above a page hides nothing."""
ROOM = 1 << 20
"""Bytes that are free on a disk that is not full."""
UNLIKE = "this version of libzim writes another form of ZIM: the book is whole, but its bytes differ from run to run"
HTML = "text/html"
_ARTICLE = re.compile(r"<article\b.*</article>", re.DOTALL)
_NAV = re.compile(r"<nav\b.*?</nav>", re.DOTALL)
_TAG = re.compile(r"<(?:/(?:p|h[1-6]|li|td|th|tr|figcaption|blockquote|pre)|br\b[^<>]*)>|(<[^<>]*>)")


class _Index(IndexData):  # type: ignore[misc]
    """Words of an article for the index of Kiwix: without the lists around it, which all pages share."""

    def __init__(self, title: str, content: str) -> None:
        self._title, self._content = title, content

    def has_indexdata(self) -> bool:
        return bool(self._content)

    def get_title(self) -> str:
        return self._title

    def get_content(self) -> str:
        return self._content

    def get_keywords(self) -> str:
        return ""

    def get_wordcount(self) -> int:
        return len(self._content)

    def get_geoposition(self) -> None:
        return None


class _Page(Item):  # type: ignore[misc]
    """File of the site."""

    def __init__(self, file: SiteFile, title: str) -> None:
        super().__init__()
        self._file, self._title = file, title
        self._type = media_type(file.name).partition(";")[0]

    def get_path(self) -> str:
        return self._file.name

    def get_title(self) -> str:
        return self._title

    def get_mimetype(self) -> str:
        return self._type

    def get_contentprovider(self) -> StringProvider:
        return StringProvider(for_kiwix(self._file.data) if self._type == HTML else self._file.data)

    def get_hints(self) -> dict[Hint, bool]:
        return {Hint.FRONT_ARTICLE: bool(self._file.source), Hint.COMPRESS: True}

    def get_indexdata(self) -> _Index:
        return _Index(self._title, _words(self._file.data) if self._file.source else "")


class _Picture(Item):  # type: ignore[misc]
    """Picture of the store."""

    def __init__(self, picture: Ready) -> None:
        super().__init__()
        self._picture = picture

    def get_path(self) -> str:
        return f"{PICTURES}/{self._picture.name}"

    def get_title(self) -> str:
        return ""

    def get_mimetype(self) -> str:
        return str(self._picture.media_type)

    def get_contentprovider(self) -> FileProvider:
        return FileProvider(self._picture.path)

    def get_hints(self) -> dict[Hint, bool]:
        return {Hint.FRONT_ARTICLE: False, Hint.COMPRESS: False}

    def get_indexdata(self) -> _Index:
        return _Index("", "")


def bind(
    volume: Volume, parts: Iterator[RenderedArticle], out: BinaryIO, options: Options, tally: Tally, workers: int = 1
) -> None:
    """Write the pages of a volume as ZIM; memory holds the entries and one cluster at a time."""
    with TemporaryDirectory(prefix="archive-convert-") as folder:
        path = os.path.join(folder, "book.zim")
        try:
            with in_temporary_folder():
                _write(volume, parts, path, options, tally, workers)
        except SystemError as error:
            if isinstance(error.__cause__, KeyboardInterrupt):  # it came while libzim asked for a page
                raise KeyboardInterrupt from error
            raise
        except RuntimeError as error:
            if shutil.disk_usage(folder).free < ROOM:  # libzim does not say why it cannot write
                raise temporary_failure(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))) from error
            raise ConvertError(
                "libzim cannot write a ZIM: {reason}; try another version of it", reason=str(error)
            ) from error
        try:
            copy(path, out)
        except UnknownFormError:
            tally.notes[UNLIKE] = None
            with open(path, "rb") as file:
                shutil.copyfileobj(file, out)


def _write(
    volume: Volume, parts: Iterator[RenderedArticle], path: str, options: Options, tally: Tally, workers: int
) -> None:
    """Let libzim write a file."""
    pictures: dict[str, Ready] = {}
    creator = Creator(path).config_indexing(True, code_of(volume)).config_nbworkers(WORKERS).config_verbose(False)
    creator.set_mainpath(HOME)
    with _created(creator):
        for file in lay(volume, _noting(parts, pictures), options, tally, workers=workers):
            if file.name == STYLE:
                file = file._replace(data=file.data + BELOW_BAR)
            if file.name != FEED:
                creator.add_item(_Page(file, _title(file)))
        for name in sorted(pictures):
            creator.add_item(_Picture(pictures[name]))
        for target, page in _redirects(volume.entries()):
            creator.add_redirection(target, "", page, {Hint.FRONT_ARTICLE: False})
        for name, value in metadata(volume, tally, pictures=bool(pictures)):
            creator.add_metadata(name, value.encode("utf-8", "replace"), "text/plain;charset=utf-8")
        creator.add_illustration(SIDE, png(volume.title))
        creator.add_metadata(f"Illustration_{SIDE}x{SIDE}@2", png(volume.title, 2), "image/png")


@contextmanager
def _created(creator: Creator) -> Iterator[None]:
    """Begin and end a file; what libzim prints about that, without an option against it, is not shown."""
    with silent(STDERR):  # that it knows no other forms of Chinese words
        creator.__enter__()
    try:
        yield
    except BaseException:  # its threads end only with the file
        with silent(STDOUT), silent(STDERR), suppress(RuntimeError):
            creator.__exit__(None, None, None)
        raise
    with silent(STDOUT), silent(STDERR):
        creator.__exit__(None, None, None)


def _noting(parts: Iterator[RenderedArticle], pictures: dict[str, Ready]) -> Iterator[RenderedArticle]:
    """Yield parts, and collect the pictures that they show by their names."""
    for part in parts:
        pictures.update((each.name, each) for each in part.pictures)
        yield part


def _redirects(entries: Iterable[Entry]) -> Iterator[tuple[str, str]]:
    """Yield the address of each article on the web, without its scheme, and its page: as zimit names pages.

    Its host has a full stop, which no folder of ours has: no address takes the place of a page.
    """
    seen: set[str] = set()
    for entry in entries:
        address = entry.address.partition("#")[0].partition("://")[2].rstrip("/")
        host, slash, _ = address.partition("/")
        if slash and "." in host and "?" not in address and address.isprintable() and address not in seen:
            seen.add(address)
            yield address, page_file(entry.path)


def _title(file: SiteFile) -> str:
    """Return the title of a page, "" of what is none."""
    begin = file.data.find(b"<title>") if file.name.endswith(".html") else -1
    if begin < 0:
        return ""
    return html.unescape(file.data[begin + 7 : file.data.index(b"</title>", begin)].decode())


def _words(page: bytes) -> str:
    """Return the text of the article of a page, without links of its mirror, by which all would be found."""
    found = _ARTICLE.search(page.decode())
    return html.unescape(_TAG.sub(lambda tag: "" if tag[1] else "\n", _NAV.sub("", found[0]))) if found else ""
