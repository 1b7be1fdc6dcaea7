"""The options and libraries of a build as its manifest records them, and the hash by which kinds of builds differ."""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib import metadata

import msgspec
from msgspec.structs import asdict

from convert.building.render import RenderContext
from convert.settings import Settings
from convert.writers import WRITERS

LIBRARIES = ("ada-url", "deflate", "ebooklib", "lxml", "msgspec", "pikepdf", "turbohtml", "weasyprint")
"""Libraries that affect bytes, listed in manifests for people, with the engine if there is one; keys depend on all
installed ones."""

OptionValues = Mapping[str, str | int | bool | tuple[str, ...] | None]
"""Options that affect the bytes of outputs, as the manifest has them."""


def values_of(context: RenderContext, settings: Settings) -> dict[str, str | int | bool | tuple[str, ...] | None]:
    """Return the options of a build as the manifest has them."""
    chosen, options = settings.gathering, context.options
    values: dict[str, str | int | bool | tuple[str, ...] | None] = {
        "title": chosen.title, "order": chosen.order, "once": chosen.once, "split": chosen.split.text,
        "select": chosen.selection.text, "nav": options.nav, "tag_links": options.tag_links,
        "base_url": context.base_url, "from": context.how.source_format,
    }  # fmt: skip
    values |= {"flat": options.flat or "", "images": options.images}
    values |= {"fit": options.fit or "", "script": options.script}
    if WRITERS[context.to].lay:
        values["search"] = options.search
    if context.how.clean_links:
        values["clean_links"] = True
    if dialects := context.how.dialects:
        values["dialects"] = sha256(b"\n".join(dialects)).hexdigest()
    if listed := settings.articles:
        lines = "\n".join(sorted(line for _, line in listed.lines))
        values["articles"] = sha256(lines.encode()).hexdigest()
    if chosen.additions:
        values["since_manifest"] = chosen.additions.identity
    if settings.catalog:
        values["catalog"] = settings.catalog_url or True
    if WRITERS[context.to].designed:
        values |= asdict(options.design)
        values["stylesheet"] = sha256(options.design.stylesheet.encode()).hexdigest() if values["stylesheet"] else ""
    return {name: value for name, value in values.items() if value not in ("", None)}


def kind_of(to: str, options: OptionValues) -> str:
    """Return a hash of a build's format and options.

    The files that options name are not read for it: their contents may change from build to build.  A catalogue comes
    and goes with a build of the same kind.
    """
    fixed = {
        name: True if name in ("articles", "stylesheet") else value
        for name, value in options.items()
        if name != "catalog"
    }
    return sha256(msgspec.json.encode((to, fixed), order="sorted")).hexdigest()[:16]


@cache
def libraries(engines: frozenset[str]) -> dict[str, str]:
    """Return the versions of the libraries that affect bytes, with those of a build's engines."""
    return {name: metadata.version(name) for name in sorted(engines.union(LIBRARIES))}
