"""The Python interface: read articles with their findings, write them, convert and validate archives.

    import convert.api

    for article, findings in convert.api.read("pages/"):
        if article is not None:
            print(article.title)

What `__all__` lists here and in `convert.model` may be used from outside; all else may change without notice.
What cannot be done raises a `ConvertError`, whose message says what to do next; what is wrong with a document is a
`Finding`, and never an exception.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, Unpack

from msgspec import structs

from convert.audit.audit import Audit, audit
from convert.building.build import Request, build, staged
from convert.building.since import protected, read_additions
from convert.bundle.article_list import read_list
from convert.bundle.gathering import gathering
from convert.bundle.split import fit_of
from convert.control.levels import LevelOrOff
from convert.control.profiles import control_of
from convert.document import read_and_clean, read_document, refusal_finding
from convert.errors import ConvertError, MissingError, MissingExtraError, SourceError, StoreError, UsageError
from convert.messages import Message
from convert.model import Article, Finding, Level
from convert.printing.design import make_design
from convert.readers import READERS
from convert.readers.mirror.own.load import load
from convert.readers.options import ReadOptions
from convert.runner.base import check_workers
from convert.settings import BookOptions, BuildOptions, PageOptions, Settings, StrPath
from convert.sharding.sources import opened
from convert.sources import Reader, Refusal, Source, walk
from convert.sources.addresses import Addresses, checked, given, published_folder, read_addresses
from convert.sources.choice import Choice, choice_of
from convert.sources.naming import folder_url
from convert.writers import WRITERS, cover_of, images_of, require, script_of
from convert.writers.alone import file_of
from convert.writers.options import COVERS, SEARCHES, Options, file_of_cover, search_of

__all__ = [
    "FORMATS", "SOURCE_FORMATS", "Article", "Audit", "BuildOptions", "Conversion", "ConvertError", "Document",
    "Finding", "Level", "MissingError", "MissingExtraError", "PageOptions", "SourceError", "StoreError", "UsageError",
    "audit", "convert", "parse", "read", "validate", "write",
]  # fmt: skip

FORMATS = tuple(sorted(WRITERS))
"""The formats that articles can be written in."""

SOURCE_FORMATS = tuple(sorted(READERS))
"""The formats of documents.  Without one, each document is recognised by its content, but for foreign Markdown."""


class Document(NamedTuple):
    """Result of reading one document."""

    article: Article | None
    """The cleaned article; None if the document is no article or cannot be converted, as the findings say."""
    findings: list[Finding]
    """Findings and removals, in document order."""


class Conversion(NamedTuple):
    """Result of a conversion."""

    output: str
    """The file or folder that was written; "" if nothing is new since `since_manifest`."""
    articles: int
    """Number of articles in the output."""
    left_out: int
    """Number of documents that could not be read or converted."""
    unchanged: int
    """Number of outputs that an update left unchanged."""
    changes: Sequence[tuple[str, str]]
    """The fate of each output since the last build: `made`, `kept` or `removed`, and its path; empty without a
    manifest."""
    unmatched: Sequence[Message]
    """Messages about lines of `articles` and `exclude` that match no document."""
    findings: list[Finding]
    """Findings and removals, document by document, without those of outputs that an update left unchanged."""
    since: Sequence[Message] = ()
    """Messages about what is new, changed and gone since the builds of `since_manifest`."""


def read(
    sources: StrPath | Iterable[StrPath],
    *,
    source_format: str = "",
    base_url: str = "",
    addresses: StrPath | Mapping[str, str] = MappingProxyType({}),
    dialects: StrPath | Iterable[StrPath] = (),
    urls: Iterable[str] = (),
    mimes: Iterable[str] = (),
) -> Iterator[Document]:
    """Yield each document of files, folders and archives, cleaned, with its findings.

    Documents come one by one, in the order of their paths, and are not held in memory.  Index pages and other files
    that are no articles come too, without an article and with the finding SRC004.  `addresses` are the documents'
    original addresses by their paths in the source: a mapping, or a file with a line for each.  `dialects` are files
    that describe mirrors; `urls` and `mimes` choose records of web archives as the options --url and --mime do.

    Raises:
        UsageError: a source is not there, there is no such source format, an address is none, or a dialect is wrong.
        SourceError: an archive that must not be read.
    """
    how, choice = _how(source_format, dialects), choice_of(_words(urls), _words(mimes))
    return _documents(_paths(sources), how, folder_url(base_url), _addresses(addresses), choice)


def _documents(
    roots: tuple[str, ...], how: ReadOptions, base_url: str, addresses: Addresses | None, choice: Choice | None
) -> Iterator[Document]:
    with opened(roots) as copies, Reader() as reader:
        for ref in walk(copies, addresses=addresses, choice=choice):
            if isinstance(ref, Refusal):
                yield Document(None, [refusal_finding(ref)])
            else:
                cleaned = read_document(ref, reader, base_url, how)
                yield Document(cleaned.article, cleaned.findings)


def parse(
    text: str | bytes,
    *,
    path: str = "document",
    source_format: str = "",
    base_url: str = "",
    address: str = "",
    dialects: StrPath | Iterable[StrPath] = (),
) -> Document:
    """Return the article of one document given as text or bytes, cleaned, with its findings.

    `path` is the document's place below `base_url`, and its name in findings; `address` its original address, if it
    does not give it itself; `dialects` are files that describe mirrors.

    Raises:
        UsageError: there is no such source format, the address is none, or a dialect is wrong.
    """
    how = _how(source_format, dialects)
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    source = Source("", path, data, address=checked("address", address) if address else "")
    cleaned = read_and_clean(source, folder_url(base_url), how=how)
    return Document(cleaned.article, cleaned.findings)


def write(
    article: Article,
    to: str = "markdown",
    *,
    findings: Iterable[Finding] | None = None,
    **options: Unpack[PageOptions],
) -> bytes:
    """Return the file of one article in a format of `FORMATS`.

    Text is UTF-8: `write(article).decode()`.  EPUB and PDF have a page about the book; with `findings`, those that came
    with the article, it says what cleaning took out.  PDF starts a process that draws: see `convert`.

    Raises:
        UsageError: there is no such format, or an option has a value that it cannot have.
        MissingExtraError: the option needs a package that is not installed.
        MissingError: the system lacks what PDF needs.
        ConvertError: the article cannot be written.
    """
    return file_of(article, to, _options(to, **options), findings)


def convert(
    sources: StrPath | Iterable[StrPath], output: StrPath, to: str, **options: Unpack[BuildOptions]
) -> Conversion:
    """Write the articles of files, folders and archives to a file or a folder, in a format of `FORMATS`.

    The bytes are those of `convert --to FORMAT SOURCE… -o OUTPUT` with the options of the same names.  PDF, and more
    than one worker, start processes that import the calling program: as with `multiprocessing`, what a script does must
    be under `if __name__ == "__main__":`.

    Raises:
        UsageError: a source is not there, or an option has a value that it cannot have.
        SourceError: an archive that must not be read.
        StoreError: an output that cannot be written; nothing half-written is left.
        MissingExtraError: an option needs a package that is not installed.
        MissingError: the system lacks what PDF needs.
        ConvertError: there is nothing to convert.
    """
    findings: list[Finding] = []
    request = _request(_paths(sources), os.fspath(output), to, **options)
    if request.output == "-":
        raise UsageError("name a file or a folder; `write` returns the file of one article")
    with opened(request.sources) as copies, staged(structs.replace(request, sources=copies)) as local:
        result = build(local, findings.append)
    summary = result.summary
    return Conversion(
        result.output, summary.articles, summary.left_out, summary.unchanged, summary.changes, summary.unmatched,
        findings, summary.since,
    )  # fmt: skip


def validate(
    sources: StrPath | Iterable[StrPath],
    *,
    select: Iterable[str] | None = None,
    ignore: Iterable[str] = (),
    levels: Mapping[str, LevelOrOff] = MappingProxyType({}),
    profile: str = "",
    fidelity: Iterable[str] = (),
    source_format: str = "",
    base_url: str = "",
    addresses: StrPath | Mapping[str, str] = MappingProxyType({}),
    dialects: StrPath | Iterable[StrPath] = (),
    urls: Iterable[str] = (),
    mimes: Iterable[str] = (),
    workers: int = 1,
) -> list[Finding]:
    """Return the findings about each document of files, folders and archives, and about all of them together.

    `select`, `ignore` and the keys of `levels` name rules by code, family or name; `levels` takes precedence over those
    of `profile`.  `fidelity` names formats for which losses are looked for too; `addresses`, `dialects`, `urls` and
    `mimes` are as in `read`.  Settings files are not read.  `convert` says what a script with several workers must do.

    Raises:
        UsageError: a source is not there, or there is no such rule, profile or format.
        SourceError: an archive that must not be read.
        MissingError: a PDF is to be read back, and the system cannot draw one.
    """
    from convert.checking.archive import check

    settings = Settings(
        base_url=folder_url(base_url),
        workers=check_workers(workers),
        fidelity=_fidelity(fidelity),
        how=_how(source_format, dialects),
        control=control_of(None if select is None else _words(select), _words(ignore), levels, profile),
        addresses=_addresses(addresses),
        choice=choice_of(_words(urls), _words(mimes)),
    )
    findings: list[Finding] = []
    with opened(_paths(sources)) as copies:
        check(copies, settings, findings.append)
    return findings


# --- arguments --------------------------------------------------------------------------------------------------------


def _paths(sources: StrPath | Iterable[StrPath]) -> tuple[str, ...]:
    """Return the names of the sources for the system; `-` is a file here, and never standard input."""
    each = (sources,) if isinstance(sources, str | os.PathLike) else tuple(sources)
    if not each:
        raise UsageError("there is no source; name a file, a folder or an archive")
    return tuple("./-" if (path := os.fspath(source)) == "-" else path for source in each)


def _words(words: str | Iterable[str]) -> tuple[str, ...]:
    """Return several words; a text is one of them, although Python takes it for a sequence of its characters."""
    return (words,) if isinstance(words, str) else tuple(words)


def _addresses(addresses: StrPath | Mapping[str, str]) -> Addresses | None:
    if isinstance(addresses, Mapping):
        return given("addresses", addresses) if addresses else None
    return read_addresses("addresses", os.fspath(addresses))


def _how(source_format: str, dialects: StrPath | Iterable[StrPath], *, clean_links: bool = False) -> ReadOptions:
    """Return what the caller says of all documents."""
    _check_source_format(source_format)
    return ReadOptions(source_format, tuple(map(load, _files(dialects))), clean_links)


def _files(names: StrPath | Iterable[StrPath]) -> tuple[str, ...]:
    each = (names,) if isinstance(names, str | os.PathLike) else names
    return tuple(os.fspath(name) for name in each)


def _check_source_format(name: str) -> None:
    if name and name not in READERS:
        raise UsageError(
            "unknown source format '{name}'; choose one of: {known}", name=name, known=", ".join(SOURCE_FORMATS)
        )


def _fidelity(formats: Iterable[str]) -> tuple[str, ...]:
    if not (wanted := _words(formats)):
        return ()
    from convert.fidelity import OUTPUTS  # its parsers cost more to load than most runs take

    for name in wanted:
        if name not in OUTPUTS:
            raise UsageError("unknown format '{name}'; choose one of: {known}", name=name, known=", ".join(OUTPUTS))
    return tuple(name for name in OUTPUTS if name in wanted)


def _options(
    to: str,
    *,
    nav: str | None = None,
    tag_links: bool = False,
    flat: bool = False,
    search: str = SEARCHES[0],
    script: str | None = None,
    page: str | None = None,
    style: str | None = None,
    stylesheet: StrPath | None = None,
    pdf_engine: str | None = None,
    pdf_variant: str | None = None,
) -> Options:
    if to not in WRITERS:
        raise UsageError("unknown format '{name}'; choose one of: {known}", name=to, known=", ".join(FORMATS))
    if nav not in (None, "keep", "drop"):
        raise UsageError("nav can be 'keep' or 'drop', not '{value}'", value=nav)
    css = None if stylesheet is None else os.fspath(stylesheet)
    design = make_design(
        to, {"page": page, "style": style, "stylesheet": css, "engine": pdf_engine, "variant": pdf_variant}
    )
    require(to, flat=flat)
    nav = nav or WRITERS[to].nav
    return Options(nav, tag_links, design, flat, search=search_of(search), script=script_of(to, script))


def _book_options(
    to: str,
    store: str,
    *,
    images: str | None = None,
    cover: StrPath = COVERS[0],
    fit: str | None = None,
    **look: Unpack[PageOptions],
) -> Options:
    options = _options(to, **look)
    kind, picture = cover_of(to, os.fspath(cover))
    images = images_of(to, images, store)
    return structs.replace(options, images=images, cover=kind, cover_picture=picture, fit=fit_of(fit))


def _request(
    sources: tuple[str, ...],
    output: str,
    to: str,
    *,
    source_format: str = "",
    base_url: str = "",
    addresses: StrPath | Mapping[str, str] = MappingProxyType({}),
    dialects: StrPath | Iterable[StrPath] = (),
    manifest: bool = False,
    update: bool = False,
    cache: StrPath = "",
    workers: int = 1,
    title: str = "",
    split: str = "none",
    since: str = "",
    until: str = "",
    channels: Sequence[str] = (),
    queries: Sequence[str] = (),
    articles: StrPath = "",
    exclude: StrPath = "",
    urls: Sequence[str] = (),
    mimes: Sequence[str] = (),
    order: str = "oldest",
    duplicates: str | None = None,
    since_manifest: StrPath | Iterable[StrPath] = (),
    clean_links: bool = False,
    store: StrPath = "",
    assets: StrPath = "",
    catalog: bool = False,
    catalog_url: str = "",
    **look: Unpack[BookOptions],
) -> Request:
    described = _files(dialects)
    how = _how(source_format, described, clean_links=clean_links)
    chosen = gathering(
        title=title, split=split, since=since, until=until, channels=_words(channels), queries=_words(queries),
        order=order, duplicates=duplicates,
    )  # fmt: skip
    additions = read_additions(_files(since_manifest))
    settings = Settings(
        folder_url(base_url),
        check_workers(workers),
        structs.replace(chosen, additions=additions),
        _book_options(to, os.fspath(store), **look),
        how=how,
        store=os.fspath(store),
        assets=os.fspath(assets),
        catalog=catalog or bool(catalog_url),
        catalog_url=published_folder("catalog_url", catalog_url),
        articles=read_list("articles", os.fspath(articles)) if articles else None,
        exclude=read_list("exclude", os.fspath(exclude)) if exclude else None,
        addresses=_addresses(addresses),
        choice=choice_of(_words(urls), _words(mimes)),
    )
    listed = None if isinstance(addresses, Mapping) else addresses
    own = file_of_cover(os.fspath(look.get("cover", COVERS[0])))
    named = (look.get("stylesheet"), *own, exclude, articles, listed, *described)
    others = (*(os.fspath(path) for path in named if path), *protected(additions))
    return Request(sources, to, output, settings, manifest, update, os.fspath(cache), others)
