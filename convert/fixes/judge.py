"""Whether a mended document may take the place of the one that it was made from."""

from collections import Counter
from collections.abc import Collection
from typing import NamedTuple

from msgspec.structs import fields, replace

from convert.document import read
from convert.messages import Message, message
from convert.model import Article, Finding
from convert.rules.engine import clean
from convert.rules.rule import Context
from convert.sources import Source


class Look(NamedTuple):
    """What is read from one state of a document."""

    article: Article
    findings: list[Finding]
    context: Context


def look(source: Source, base: str, source_format: str) -> Look:
    """The cleaned article and its findings.

    Raises:
        DocumentError: the document cannot be read.
    """
    reading, context = read(source, base, source_format, thorough=True)
    article, findings = clean(reading, context, source.path)
    return Look(article, findings, context)


def objection(before: Look, after: Look, mended: Collection[str]) -> Message | None:
    """Return why the fixed document must not replace the other, None if it may; `mended` are the codes that were fixed.

    The cleaned article must be the same, but for its checksum and the name of the dialect, which tells of trackers.
    What was found under other codes is found still, and under these codes there is less, and nothing new.
    """
    if different := _different(before.article, after.article):
        return message("the article would have another {fields}", fields=", ".join(different))
    old, new = _told(before.findings), _told(after.findings)
    for code in sorted(old.keys() | new.keys() | set(mended)):
        ours, theirs = old.get(code, Counter()), new.get(code, Counter())
        if added := theirs - ours:
            fresh = next(each for each in after.findings if each.code == code and _key(each) in added)
            return message("it would get a finding {code}: {message}", code=code, message=fresh.message)
        if code in mended and theirs.total() >= ours.total():
            return message("{code} would still be found", code=code)
        if code not in mended and theirs != ours:
            return message("the findings of {code} would change", code=code)
    return None


def _different(one: Article, other: Article) -> list[str]:
    """The names of the fields in which two articles differ."""
    here = replace(other.source, sha256=one.source.sha256, dialect=one.source.dialect)
    other = replace(other, source=here)
    return [each.name for each in fields(Article) if getattr(one, each.name) != getattr(other, each.name)]


def _told(findings: list[Finding]) -> dict[str, Counter[tuple[str, ...]]]:
    """What was found by code (`Finding.substance`).  What a finding of the wrapper quotes may itself be mended."""
    told: dict[str, Counter[tuple[str, ...]]] = {}
    for each in findings:
        told.setdefault(each.code, Counter())[_key(each)] += 1
    return told


def _key(finding: Finding) -> tuple[str, ...]:
    return (finding.removed,) if finding.code in _QUOTING else finding.substance


_QUOTING = frozenset({"SRC006"})
