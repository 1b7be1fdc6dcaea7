"""Reading and cleaning of one document: bytes → article and findings."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from msgspec.structs import replace

from convert import readers
from convert.control import inline
from convert.errors import DocumentError, fault_message
from convert.late import late_pattern
from convert.messages import Message, message
from convert.model import Article, Finding, Image, Place, Places, Reading, walk
from convert.pictures.gallery import Source as Pictures
from convert.readers.options import DETECTED, ReadOptions
from convert.rules import RULES
from convert.rules.engine import IN_ORDER, clean, finding, finding_from_note
from convert.rules.rule import Context
from convert.runner.watch import BEYOND
from convert.sources import Reader, Ref, Refusal, Source
from convert.sources.addresses import origin_of
from convert.sources.beside import Beside
from convert.sources.naming import display_path
from convert.urls import resolve

Placed = Callable[[Article, Places], Article]
"""Function that returns an article with the addresses of the pictures that lie beside it, as `Beside.placed` does."""


class Cleaned(NamedTuple):
    """Result of reading and cleaning one document."""

    article: Article | None
    """Cleaned article, or None if it must be left out: it could not be read, or has an error that no fix removes."""
    findings: list[Finding]
    home: str = ""
    """Its address in its mirror."""
    ignored: frozenset[str] = frozenset()
    """The codes that its inline comments ask to ignore."""
    text: str = ""
    """Decoded document; "" if it could not be read."""
    pictures: Mapping[str, Place] = {}
    """Positions of its pictures by their addresses, if pictures beside it were asked for."""


def read_and_clean(
    source: Source,
    base: str = "",
    path: str = "",
    *,
    thorough: bool = False,
    fidelity: Sequence[str] = (),
    how: ReadOptions = DETECTED,
    placed: Placed | None = None,
    pictures: Pictures | None = None,
) -> Cleaned:
    """Read a document, clean its article, and collect all that is wrong with it.

    `base` is the address that the user gave the source's root, if any; `path` is what findings call it, if not its own
    path; `how` is what the user says of all documents; `placed` gives pictures beside the document their addresses, and
    the fidelity meter looks for `pictures` in outputs.
    """
    path = path or source.path
    commented = inline.may_hold(source.data)
    positions: Mapping[str, Place] = {}
    renamed: dict[str, str] = {}
    try:
        reading, context = read(source, base, how, thorough=thorough)
        if placed:
            before, reading = reading.article, replace(reading, article=placed(reading.article, reading.places))
            renamed = dict(zip(_addresses(before), _addresses(reading.article), strict=True))
            positions = dict(_positions(reading, context))
        article, findings = clean(reading, context, path)
        if fidelity:
            to = () if any(map(leaves_out, findings)) else fidelity  # what is left out reaches no output
            findings += fidelity_findings(reading, article, findings, path, to, renamed, pictures)
        if source.doubt is not None:
            findings = [finding(RULES["SRC019"], source.doubt, path, Place(1, 1)), *findings]
        ignored: frozenset[str] = frozenset()
        if commented and reading.source_format != "json":
            ignored, notes = inline.ignores(reading.source_text)
            findings = sorted([*findings, *(finding_from_note(note, path) for note in notes)], key=IN_ORDER)
    except MemoryError:
        raise
    except Exception as error:  # a fault of ours must not take the other documents with it
        found = error_finding(error, path) if isinstance(error, DocumentError) else crash_finding(error, path)
        ignored = inline.ignores(readers.commented(source.data, how))[0] if commented else frozenset()
        return Cleaned(None, [found], ignored=ignored)
    left_out = any(map(leaves_out, findings))
    return Cleaned(None if left_out else article, findings, context.home, ignored, reading.source_text, positions)


def _addresses(article: Article) -> list[str]:
    return [node.address for node in walk((article,)) if type(node) is Image]


def _positions(reading: Reading, context: Context) -> Iterator[tuple[str, Place]]:
    """Yield the addresses of pictures, as they are and as the rules may resolve them, with their positions."""
    for node in reversed(walk((reading.article,))):  # of several with one address, the first counts
        if type(node) is Image and node.address:
            place = reading.places.of(node)
            yield node.address, place
            if resolved := resolve(node.address, context.address):
                yield resolved, place


def read(source: Source, base: str, how: ReadOptions = DETECTED, *, thorough: bool = False) -> tuple[Reading, Context]:
    """Return the article of a document, not yet cleaned, and what its rules may know.

    Raises:
        DocumentError: the document cannot be read.
    """
    origin = origin_of(source)
    reading = readers.read(source.data, source.path, source.sha256, how, source.place, origin)
    home = mirror_url(source, base, reading.home)
    return reading, Context(reading.article.source.address, home, thorough, reading.source_format, how.clean_links)


def read_document(ref: Ref, reader: Reader, base_url: str, how: ReadOptions, beside: Beside | None = None) -> Cleaned:
    """Read one document of a source and clean it, as `read_and_clean`.

    `base_url` is the address that the user gave the source's root, if any; `beside` finds pictures beside documents.
    """
    try:
        source = reader.read(ref)
    except DocumentError as error:
        return Cleaned(None, [error_finding(error, display_path(ref))])
    placed = partial(beside.placed, ref) if beside else None
    cleaned = read_and_clean(source, base_url, display_path(ref), how=how, placed=placed)
    return cleaned._replace(findings=offset_into_jsonl(ref, cleaned.findings))


def leaves_out(each: Finding) -> bool:
    """Return whether a document cannot be converted because of a finding."""
    if each.level != "error" or each.fixed:
        return False
    rule = RULES[each.code]
    return not rule.check_document and not rule.fidelity


def mirror_url(source: Source, base: str, own: str) -> str:
    """Return the address of a page in its mirror, "" if it is not known.

    It is in `base`, the address of the source's root or of the mirror's, if the user gave one, else in the checkout's
    remote.  For a page that is not where mirrors keep theirs, it ends in the path of `own`, the page's address
    according to itself.
    """
    root, place = base or source.mirror, source.place or source.path
    if not root:
        return own
    for address in (root + source.path, root + place) if base else (root + place,):
        if _IN_MIRROR.search(address):
            return address
    page = _IN_MIRROR.search(own)
    return root + page[0].lstrip("/") if page else own


_IN_MIRROR = late_pattern(r"(?:^|/)pages/[^/]+/[^/]+$")


def fidelity_findings(
    reading: Reading,
    article: Article,
    taken: list[Finding],
    path: str,
    to: Sequence[str],
    renamed: Mapping[str, str],
    pictures: Pictures | None,
) -> list[Finding]:
    """Return the findings of what was lost on the way, for a check that asks for them.

    `renamed` has the addresses that pictures beside the document got, by those that it has for them.
    """
    from convert import fidelity  # its parsers cost more to load than most runs take

    return fidelity.findings(reading, article, taken, path, to, renamed=renamed, pictures=pictures)


def offset_into_jsonl(ref: Ref | Refusal, findings: list[Finding]) -> list[Finding]:
    """Return findings of one document, at the lines of its file where that is JSON Lines."""
    if not ref.line:
        return findings
    return [replace(each, line=ref.line + max(each.line, 1) - 1, column=max(each.column, 1)) for each in findings]


def refusal_finding(ref: Refusal) -> Finding:
    """Return the finding of a document that is not even read."""
    return finding(RULES[ref.code], ref.message, display_path(ref), Place(ref.line, ref.column))


def crash_finding(error: Exception, path: str) -> Finding:
    """Return the finding of a document on which this program failed."""
    return finding(RULES["SRC009"], fault_message(error), path, Place())


def lost_link_finding(name: str, path: str) -> Finding:
    """Return the finding of a link to a post that is not in the build."""
    return finding(RULES["LNK002"], message("link-to-no-post", name=name), path, Place(1, 1), fixed=True, removed=name)


def lost_findings(ref: Ref | Refusal, why: Message) -> list[Finding]:
    """Return the finding of a document that this program gave up, as a list."""
    rule = RULES["SRC020" if why.id == BEYOND else "SRC009"]
    return offset_into_jsonl(ref, [finding(rule, why, display_path(ref), Place())])


def error_finding(error: DocumentError, path: str) -> Finding:
    """Return the finding of a document that could not be read."""
    return finding(RULES[error.code], error.message, path, Place(error.line, error.column))
