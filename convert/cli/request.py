"""The conversion that the options of a command ask for."""

from typing import Any

from msgspec.structs import replace

from convert.building.build import Request
from convert.building.since import protected, read_additions
from convert.bundle.article_list import read_list
from convert.bundle.gathering import gathering
from convert.bundle.split import fit_of
from convert.cli.common import addresses_of, how_of
from convert.cli.printing import given
from convert.messages import Language
from convert.printing.design import make_design
from convert.printing.engines import ENGINES
from convert.sandbox import starting
from convert.settings import Settings
from convert.sources.addresses import published_folder
from convert.sources.choice import choice_of
from convert.writers import WRITERS, cover_of, images_of, script_of
from convert.writers.options import Options, file_of_cover


def request_of(
    sources: tuple[str, ...],
    to_: str,
    output: str,
    *,
    from_: str | None,
    dialects: tuple[str, ...],
    base_url: str,
    clean_links: bool,
    manifest: bool,
    changes: bool,
    update: bool,
    cache: str | None,
    workers: int,
    language: Language | None,
    exclude: str | None,
    articles: str | None,
    address: str | None,
    addresses: str | None,
    urls: tuple[str, ...],
    mimes: tuple[str, ...],
    store: str,
    assets: str,
    catalog: bool,
    catalog_url: str | None,
    since_manifest: tuple[str, ...],
    **chosen: Any,
) -> Request:
    """Return the conversion that the options ask for."""
    files = (chosen["stylesheet"], *file_of_cover(chosen["cover"]), exclude, articles, addresses, *dialects)
    options = _options(to_, store, chosen)
    additions = read_additions(since_manifest)
    settings = Settings(
        base_url,
        workers,
        replace(gathering(**chosen), additions=additions),
        options,
        how=how_of(from_, dialects, clean_links=clean_links),
        exclude=None if exclude is None else read_list("--exclude", exclude),
        articles=None if articles is None else read_list("--articles", articles),
        addresses=addresses_of(sources, address, addresses),
        choice=choice_of(urls, mimes),
        store=store,
        assets=assets,
        catalog=catalog or bool(catalog_url),
        catalog_url=published_folder("--catalog-url", catalog_url or ""),
    )
    others = (*filter(None, files), *(protected(additions)))
    return Request(sources, to_, output, settings, manifest or changes, update, cache or "", others)


def _options(to_: str, store: str, chosen: dict[str, Any]) -> Options:
    """Return the options of pages, which are taken out of the `chosen` ones, and load what drawing them needs."""
    nav, tag_links, flat, images, cover, fit, script, search = (
        chosen.pop(name) for name in ("nav", "tag_links", "flat", "images", "cover", "fit", "script", "search")
    )
    options = Options(
        nav or WRITERS[to_].nav,
        tag_links,
        make_design(to_, given(chosen)),
        flat,
        images_of(to_, images, store),
        *cover_of(to_, cover),
        fit=fit_of(fit),
        search=search,
        script=script_of(to_, script),
    )
    if WRITERS[to_].designed:
        starting.preload([ENGINES.get(options.design.engine, ENGINES["weasyprint"]).preloaded])
    return options
