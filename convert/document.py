"""One document: bytes → article, cleaned, and all that is wrong with it."""

import re
from collections.abc import Sequence

from msgspec.structs import replace

from convert import readers
from convert.control import inline
from convert.errors import DocumentError
from convert.model import Article, Finding, Place, Reading
from convert.rules import RULES
from convert.rules.engine import IN_ORDER, clean, finding, noted
from convert.rules.rule import Context
from convert.sources import Ref, Refusal, Source
from convert.sources.naming import shown
from convert.text import squeeze


def read_and_clean(
    source: Source,
    base: str = "",
    path: str = "",
    *,
    thorough: bool = False,
    fidelity: Sequence[str] = (),
    form: str = "",
) -> tuple[Article | None, list[Finding], str]:
    """Bytes → article, cleaned; what is wrong with it; and its address in its mirror.

    `path` is what findings call it, if not its own path; `form` is the reader to take, if not the one that fits.  The
    article is None where it must be left out: it could not be read, or a finding of error level is left that no fix
    mends.
    """
    path = path or source.path
    try:
        reading = readers.read(source.data, source.path, source.sha256, form)
        home = home_of(base, source.path, reading.home)
        kind = readers.form_of(source.data, form)
        article, findings = clean(reading, Context(reading.article.source.address, home, thorough, kind), path)
        if fidelity:
            to = () if any(map(leaves_out, findings)) else fidelity  # what is left out reaches no output
            findings += measured(reading, article, findings, path, to)
        if inline.may_hold(source.data):
            findings = sorted([*findings, *misasked(source, path, form)], key=IN_ORDER)
    except DocumentError as error:
        return None, [failure(error, path)], ""
    except Exception as error:  # a fault of ours must not take the other documents with it
        return None, [fault(error, path)], ""
    return None if any(map(leaves_out, findings)) else article, findings, home


def leaves_out(each: Finding) -> bool:
    """Whether its document cannot be converted because of a finding."""
    rule = RULES[each.code]
    return each.level == "error" and not each.fixed and not rule.look and not rule.fidelity


def home_of(base: str, path: str, told: str) -> str:
    """The address of a page in its mirror: where the sources are, and its path; for a page that does not lie where
    mirrors keep theirs, the path that it tells itself."""
    if not base or _IN_MIRROR.search(base + path):
        return base + path if base else told
    page = _IN_MIRROR.search(told)
    return base + page[0].lstrip("/") if page else told


_IN_MIRROR = re.compile(r"(?:^|/)pages/[^/]+/[^/]+$")


def measured(reading: Reading, article: Article, taken: list[Finding], path: str, to: Sequence[str]) -> list[Finding]:
    """What was lost on the way, which only a check that is asked to do so looks for."""
    from convert import fidelity  # its parsers cost more to load than most runs take

    return fidelity.findings(reading, article, taken, path, to)


def misasked(source: Source, path: str, form: str) -> list[Finding]:
    """What is wrong with the comments in which a document asks not to be told of something."""
    return [noted(note, path) for note in inline.ignores(readers.markup(source.data, form))[1]]


def placed(ref: Ref | Refusal, findings: list[Finding]) -> list[Finding]:
    """Findings of one document, in the lines of its root where that is JSON Lines."""
    if not ref.line:
        return findings
    return [replace(each, line=ref.line + max(each.line, 1) - 1, column=max(each.column, 1)) for each in findings]


def refused(ref: Refusal) -> Finding:
    """The finding of what is not even read."""
    return finding(RULES[ref.code], ref.message, shown(ref), Place(ref.line, ref.column))


def fault(error: Exception, path: str) -> Finding:
    """The finding of a document on which this program failed."""
    return finding(RULES["SRC009"], f"{type(error).__name__}: {squeeze(str(error), 200)}", path, Place())


def failure(error: DocumentError, path: str) -> Finding:
    """The finding of a document that could not be read."""
    return finding(RULES[error.code], error.message, path, Place(error.line, error.column))
