"""The statements of a package about its book (Dublin Core), as the sealed book keeps them."""

import re
from collections.abc import Iterator
from typing import Any

from convert.sealing.original import Metadata, Person
from convert.sources.package import elements
from convert.text import collapse

OTHERS = ("publisher", "date", "description", "subject", "rights", "source", "type", "relation", "coverage")
"""Elements of Dublin Core that are kept as they are."""
_OPF = "{http://www.idpf.org/2007/opf}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_LANGUAGE = re.compile(r"[a-zA-Z]{2,8}(?:-[a-zA-Z0-9]{1,8})*\Z")
_MODIFIED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
_ROLE = re.compile(r"[a-z]{3}\Z")
_KNOWN = ("cover", "role", "file-as", "dcterms:modified", "title-type", "display-seq", "identifier-type", "rendition:")
_TAG = re.compile(r"<[^<>]*>")


def metadata_of(tree: Any) -> tuple[Metadata, list[str]]:
    """Return what a package says of its book, and the names of statements that are not kept."""
    refined = {
        (str(each.get("refines") or "").removeprefix("#"), str(each.get("property"))): collapse(each.text or "").strip()
        for each in elements(tree, "meta")
        if each.get("refines")
    }

    def people(name: str) -> Iterator[Person]:
        for each, value in _values(tree, name):
            key = str(each.get("id") or "")
            role = refined.get((key, "role")) or str(each.get(f"{_OPF}role") or "")
            by = refined.get((key, "file-as")) or str(each.get(f"{_OPF}file-as") or "")
            yield Person(value, role if _ROLE.match(role) else "", by)

    spine = next(elements(tree, "spine"), None)
    direction = str(spine.get("page-progression-direction") or "") if spine is not None else ""
    modified = [
        (each.text or "").strip() for each in elements(tree, "meta") if each.get("property") == "dcterms:modified"
    ]
    facts = Metadata(
        titles=tuple(value for _, value in _values(tree, "title")),
        languages=tuple(value for _, value in _values(tree, "language") if _LANGUAGE.match(value)),
        creators=tuple(people("creator")),
        contributors=tuple(people("contributor")),
        others=tuple((name, value) for name in OTHERS for _, value in _values(tree, name)),
        identifiers=tuple(_identifiers(tree)),
        modified=next((each for each in modified if _MODIFIED.match(each)), ""),
        direction=direction if direction in ("ltr", "rtl") else "",
    )
    return facts, [*dict.fromkeys(_unkept(tree))]


def _values(tree: Any, name: str) -> Iterator[tuple[Any, str]]:
    for each in elements(tree, name):
        if str(each.tag).startswith(_DC) and (value := collapse("".join(each.itertext())).strip()):
            yield each, _TAG.sub("", value).strip() if name == "description" else value


def _identifiers(tree: Any) -> list[str]:
    package = next(elements(tree, "package"), None)
    wanted = str(package.get("unique-identifier") or "") if package is not None else ""
    found = [(str(each.get("id") or "") != wanted, value) for each, value in _values(tree, "identifier")]
    return [*dict.fromkeys(value for _, value in sorted(found, key=lambda each: each[0]))]


def _unkept(tree: Any) -> Iterator[str]:
    """Yield the names of statements that only some programs know, such as those of a library."""
    for each in elements(tree, "meta"):
        name = str(each.get("property") or each.get("name") or "")
        if name and not name.startswith((*_KNOWN, "schema:")):
            yield name[:80]
    for each in elements(next(elements(tree, "metadata"), None), "link"):
        yield f"link {each.get('rel') or ''}"[:80]
