"""The protocol of a reporter, and what reporters share."""

import hashlib
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol

import msgspec
from msgspec import Struct, field

from convert.messages import Language, Message, message
from convert.model import Finding, Kind, Level
from convert.report.channels import Channel, Channels
from convert.report.words import count_of, listed
from convert.text import collapse, printable
from convert.urls import quote

Write = Callable[[str], None]
"""Function that appends text to the report."""


class RuleText(Struct, frozen=True):
    """Name and page of a rule.  The command line passes them in, because reports must not import the rules."""

    code: str
    name: str
    level: Level
    page: str
    """The rule's page, in Markdown, in the language of the report."""

    @property
    def title(self) -> str:
        """The first line of the page: code and name, and in other languages than English a translation of the name."""
        return self.page.strip().partition("\n")[0]

    @property
    def finds(self) -> str:
        """The offence in a sentence: the first paragraph under a heading of the rule's page."""
        body = self.page.partition("\n## ")[2].partition("\n")[2].strip().partition("\n\n")[0]
        return collapse(body) or self.name


class ReportContext(Struct, frozen=True):
    """Facts and options for a report, besides the findings."""

    rules: Mapping[str, RuleText] = field(default_factory=lambda: MappingProxyType({}))
    """All rules by code, in the order in which reports list them."""
    version: str = "0"
    """The version of this program."""
    failing: frozenset[str] = frozenset({"error"})
    """The levels that make the run end with status 3."""
    counted: frozenset[str] = frozenset()
    """The codes that settings give a level below that of the report: their findings are counted only."""
    color: bool = False
    statistics: bool = False
    language: Language = "en"
    """The language of the report."""
    line_of: Callable[[Finding], str] | None = None
    """Function that returns the line of the source that a finding points at, or "" if it cannot be read; None if the
    report quotes no lines."""


class Summary(Struct):
    """Figures of a run."""

    documents: int = 0
    articles: int = 0
    not_articles: int = 0
    left_out: int = 0
    pictures: int = 0
    """The number of pictures that the articles of a conversion with a store show."""
    missing: int = 0
    """The number of those in whose place they show words."""
    unchanged: int = 0
    """The number of outputs that were not built again, because nothing that they depend on has changed."""
    damage: Message | None = None
    """Reason why the manifest of the last build could not be used; None if it was used or there is none."""
    changes: Sequence[tuple[str, str]] = ()
    """The fate of each output since the last build, `made`, `kept` or `removed`, and its path; empty without a
    manifest."""
    excluded: int = 0
    """The number of documents that the user's list excludes."""
    unmatched: Sequence[Message] = ()
    """Messages about lines of the user's lists that match no document."""
    since: Sequence[Message] = ()
    """Messages about what is new, changed and gone since the builds to which this one is an addition."""
    foreign: int = 0
    """The number of files of the last build that stay, in no manifest, because that build had other options."""
    notes: dict[str, None] = field(default_factory=dict)
    """Further messages for the user, each once."""
    levels: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    unfixed: Counter[str] = field(default_factory=Counter)
    """The number of findings that cleaning does not fix, by level."""
    months: defaultdict[str, Channel] = field(default_factory=lambda: defaultdict(Channel))
    """Figures by the month in which an article was published, "" for those without a date and for other files."""
    channels: Channels = field(default_factory=Channels)
    sentence: Message | None = None
    """The figures in a sentence, where they are not those of articles."""
    remarks: list[Message] = field(default_factory=list)
    """Messages of the reports themselves for the user."""

    def add_article(self, path: str, month: str) -> None:
        """Count an article."""
        self.articles += 1
        self.channels.add_article(path)
        self.months[month].articles += 1

    def count_pictures(self, missing: Iterable[bool]) -> None:
        """Add the pictures of an article: True for each that it cannot show."""
        for is_missing in missing:
            self.missing += is_missing
            self.pictures += not is_missing

    def count(self, finding: Finding, month: str = "") -> None:
        """Add a finding; `month` is that of its article."""
        self.levels[finding.level] += 1
        self.codes[finding.code] += 1
        self.channels.count(finding)
        self.months[month].levels[finding.level] += 1
        if not finding.fixed:
            self.unfixed[finding.level] += 1

    def count_kind(self, kind: Kind, number: int) -> None:
        """Add findings of a kind, without their channels and months."""
        self.levels[kind.level] += number
        self.codes[kind.code] += number
        if not kind.fixed:
            self.unfixed[kind.level] += number


class Reporter(Protocol):
    """Reporter, which writes each finding as it comes, and the figures at the end."""

    def report(self, finding: Finding) -> None:
        """Report a finding."""
        ...

    def end(self, summary: Summary) -> None:
        """End the report with the figures of the run."""
        ...


_LEVELS: tuple[Level, ...] = ("error", "warning", "info")


def figures(summary: Summary, language: Language) -> str:
    """Return the figures of a run in a sentence."""
    if summary.sentence:
        return summary.sentence.text_in(language)
    return message(
        "{articles} article(s), {others} other file(s): {levels}",
        articles=summary.articles,
        others=summary.not_articles,
        levels=listed((count_of(level, summary.levels[level]) for level in _LEVELS), language),
    ).text_in(language)


def figures_by_channel(summary: Summary, language: Language) -> list[str]:
    """Return the figures of each channel in a sentence, if there are several."""
    rows = summary.channels.rows()
    return [
        message(
            "{channel}: {articles} article(s), {levels}",
            channel=printable(name) or ".",
            articles=channel.articles,
            levels=listed((count_of(level, channel.levels[level]) for level in _LEVELS), language),
        ).text_in(language)
        for name, channel in (rows if len(rows) > 1 else ())
    ]


def as_line(finding: Finding, language: Language) -> str:
    """Return a finding as one line of text in a language, even if its parts hold line ends."""
    place = f"{finding.path}:{finding.line}:{finding.column}"
    return printable(f"{place}: {finding.level} {finding.code} {finding.name}: {finding.message.text_in(language)}")


def dump(value: Any) -> str:
    """Return `value` as JSON on one line; lone surrogates, which UTF-8 cannot hold, are escaped (RFC 8259, 8.1)."""
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(_escaped(msgspec.to_builtins(value))).decode()


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_escaped(key): _escaped(item) for key, item in value.items()}
    return [_escaped(item) for item in value] if isinstance(value, list | tuple) else value


def relative(path: str) -> str:
    """Return `path` relative to the current folder if it is inside: CI annotates files relative to the checkout."""
    if not os.path.isabs(path):
        return path
    inside = os.path.relpath(path)
    return path if inside.startswith("..") else inside


def uri(path: str) -> str:
    """Return the URI of a document in UTF-8, a relative reference where possible (RFC 3986).

    >>> uri("纸/a b.md"), uri("a:b#1.md"), uri("/elsewhere/a.md")
    ('%E7%BA%B8/a%20b.md', 'a%3Ab%231.md', 'file:///elsewhere/a.md')
    """
    path = relative(path)
    quoted = quote(path.encode("utf-8", "backslashreplace"), safe="/")
    return f"file://{quoted}" if path.startswith("/") else quoted


def as_record(finding: Finding) -> dict[str, Any]:
    """Return a finding as data for programs: its message in English, the message's id, and the arguments by name."""
    record = {name: getattr(finding, name) for name in ("code", "name", "level")}
    record["message"] = str(finding.message)
    record.update(_as_data(finding.message))
    for name, default in (("path", None), ("line", 0), ("column", 0), ("fixed", False), ("removed", "")):
        if (value := getattr(finding, name)) != default:
            record[name] = value
    return record


def _as_data(message: Message) -> dict[str, Any]:
    arguments = {name: _as_data(value) if isinstance(value, Message) else value for name, value in message.arguments}
    return {"message_id": message.id, "arguments": arguments} if arguments else {"message_id": message.id}


class Fingerprints:
    """Fingerprints of findings, which stay the same when lines are added above them.

    A fingerprint is the SHA-256 of code, path and `Finding.substance`.  Findings with the same code, path and substance
    are numbered in the order of the document, so that each has its own fingerprint.
    """

    def __init__(self) -> None:
        self._path: str | None = None
        self._counts: Counter[str] = Counter()

    def of(self, finding: Finding) -> str:
        """Return the fingerprint of the next finding; all findings of a document must come one after the other."""
        if finding.path != self._path:
            self._path, self._counts = finding.path, Counter()
        key = "\0".join((finding.code, relative(finding.path), *finding.substance))
        self._counts[key] += 1
        return hashlib.sha256(f"{key}\0{self._counts[key]}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
