"""The test that a fixed document must pass to replace the original."""

from collections import Counter
from collections.abc import Collection
from typing import NamedTuple

from msgspec.structs import fields, replace

from convert.document import read
from convert.messages import Message, message
from convert.model import Article, Finding
from convert.readers.options import ReadOptions
from convert.rules.engine import clean
from convert.rules.rule import Context
from convert.sources import Source


class Snapshot(NamedTuple):
    """Cleaned article and findings of one state of a document."""

    article: Article
    findings: list[Finding]
    context: Context


def snapshot(source: Source, base: str, how: ReadOptions) -> Snapshot:
    """Read and clean a document.

    Raises:
        DocumentError: the document cannot be read.
    """
    reading, context = read(source, base, how, thorough=True)
    article, findings = clean(reading, context, source.path)
    return Snapshot(article, findings, context)


def why_not_equivalent(before: Snapshot, after: Snapshot, fixed_codes: Collection[str]) -> Message | None:
    """Return the reason to reject the fixed document, or None if it may replace the original.

    The cleaned article must be the same, except for its checksum and its dialect, whose name depends on trackers.
    Rules that were not fixed must have the same findings; rules that were fixed must have fewer, and no new ones.
    """
    if different := _different_fields(before.article, after.article):
        if "section" in different and before.article.section:
            return message("channel-by-tracker", channel=before.article.section)
        return message("the article would have another {fields}", fields=", ".join(different))
    old, new = _count_by_code(before.findings), _count_by_code(after.findings)
    for code in sorted(old.keys() | new.keys() | set(fixed_codes)):
        old_counts, new_counts = old.get(code, Counter()), new.get(code, Counter())
        if added := new_counts - old_counts:
            finding = next(each for each in after.findings if each.code == code and _key(each) in added)
            return message("it would get a finding {code}: {message}", code=code, message=finding.message)
        if code in fixed_codes and new_counts.total() >= old_counts.total():
            return message("{code} would still be found", code=code)
        if code not in fixed_codes and new_counts != old_counts:
            return message("the findings of {code} would change", code=code)
    return None


def _different_fields(one: Article, other: Article) -> list[str]:
    """Return the names of the fields in which two articles differ."""
    source = replace(other.source, sha256=one.source.sha256, dialect=one.source.dialect)
    other = replace(other, source=source)
    return [field.name for field in fields(Article) if getattr(one, field.name) != getattr(other, field.name)]


def _count_by_code(findings: list[Finding]) -> dict[str, Counter[tuple[str, ...]]]:
    """Return for each code how often each finding occurs, regardless of its position."""
    counts: dict[str, Counter[tuple[str, ...]]] = {}
    for finding in findings:
        counts.setdefault(finding.code, Counter())[_key(finding)] += 1
    return counts


def _key(finding: Finding) -> tuple[str, ...]:
    return (finding.removed,) if finding.code in _QUOTING else finding.substance


_QUOTING = frozenset({"SRC006"})
"""Rules whose messages quote a part of the source that another fix may change."""
