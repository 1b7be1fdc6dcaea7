"""Whether a mended document may take the place of the one that it was made from."""

import re
from collections import Counter
from collections.abc import Collection
from typing import NamedTuple

from msgspec.structs import fields, replace

from convert.document import read
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


def objection(before: Look, after: Look, mended: Collection[str]) -> str:
    """What speaks against the mended document, nothing if it may stay; `mended` are the codes that were mended.

    The cleaned article must be the same, but for its checksum and the name of the dialect, which tells of trackers.
    What was found under other codes is found still, and under these codes there is less, and nothing new.
    """
    if different := _different(before.article, after.article):
        return f"the article would have another {', '.join(different)}"
    old, new = _told(before.findings), _told(after.findings)
    for code in sorted(old.keys() | new.keys() | set(mended)):
        ours, theirs = old.get(code, Counter()), new.get(code, Counter())
        if added := theirs - ours:
            return f"it would be found to have {code}: {next(iter(added))}"
        if code in mended and theirs.total() >= ours.total():
            return f"{code} would still be found"
        if code not in mended and theirs != ours:
            return f"what is said under {code} would change"
    return ""


def _different(one: Article, other: Article) -> list[str]:
    """The names of the fields in which two articles differ."""
    here = replace(other.source, sha256=one.source.sha256, dialect=one.source.dialect)
    other = replace(other, source=here)
    return [each.name for each in fields(Article) if getattr(one, each.name) != getattr(other, each.name)]


def _told(findings: list[Finding]) -> dict[str, Counter[str]]:
    """What was found by code, without places, and without the numbers in messages, which count lines; those in
    addresses stay.  What a finding of the wrapper quotes may itself be mended; it counts without its message."""
    told: dict[str, Counter[str]] = {}
    for each in findings:
        message = "" if each.code in _QUOTING else each.message
        words = " ".join(word if "/" in word else _NUMBER.sub("…", word) for word in message.split())
        told.setdefault(each.code, Counter())[f"{words} {each.removed}".strip()] += 1
    return told


_QUOTING = frozenset({"SRC006"})
_NUMBER = re.compile(r"\d+")
