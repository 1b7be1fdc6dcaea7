"""What a reporter is, and what reporters share."""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Protocol
from urllib.parse import quote

import msgspec
from msgspec import Struct, field

from convert.messages import Language, Message, message
from convert.model import Finding, Level
from convert.report.words import count_of, listed
from convert.text import collapse, printable

Write = Callable[[str], None]
"""Takes a piece of text to where the report goes."""


class RuleText(Struct, frozen=True):
    """What a report may say of a rule.  Reports stand below the rules, so the command line hands these in."""

    code: str
    name: str
    level: Level
    page: str
    """Its page, in Markdown, in the language of the report."""

    @property
    def title(self) -> str:
        """The first line of its page: code, name, and in another language than English the offence in its words."""
        return self.page.strip().partition("\n")[0]

    @property
    def finds(self) -> str:
        """What it finds: the first paragraph of its page under a heading."""
        body = self.page.partition("\n## ")[2].partition("\n")[2].strip().partition("\n\n")[0]
        return collapse(body) or self.name


class Setting(Struct, frozen=True):
    """What a report may know besides the findings."""

    rules: Mapping[str, RuleText] = field(default_factory=lambda: MappingProxyType({}))
    """All of them by code, in the order that reports list them."""
    version: str = "0"
    """Of this program."""
    failing: frozenset[str] = frozenset({"error"})
    """The levels that make the run end with status 3."""
    color: bool = False
    statistics: bool = False
    language: Language = "en"
    """The language of the report."""
    line_of: Callable[[Finding], str] | None = None
    """The line of the source that a finding points at, empty where it cannot be had; if lines are to be quoted."""


class Summary(Struct):
    """The figures of a run."""

    documents: int = 0
    articles: int = 0
    not_articles: int = 0
    left_out: int = 0
    kept: int = 0
    """Outputs that were left alone because they would come out as they are."""
    damage: Message | None = None
    """Why the manifest of the last build could not be used."""
    notes: dict[str, None] = field(default_factory=dict)
    """What else there is to say to who asked for the output, each once."""
    levels: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    unfixed: Counter[str] = field(default_factory=Counter)
    """Findings that cleaning does not mend, by level."""

    def count(self, finding: Finding) -> None:
        """One finding more."""
        self.levels[finding.level] += 1
        self.codes[finding.code] += 1
        if not finding.fixed:
            self.unfixed[finding.level] += 1


class Reporter(Protocol):
    """Tells findings one by one as they come, and the figures at the end."""

    def tell(self, finding: Finding) -> None:
        """One finding."""
        ...

    def end(self, summary: Summary) -> None:
        """The end of the run."""
        ...


_LEVELS: tuple[Level, ...] = ("error", "warning", "info")


def figures(summary: Summary, language: Language) -> str:
    """Return the figures of a run in a sentence."""
    return message(
        "{articles} article(s), {others} other file(s): {levels}",
        articles=summary.articles,
        others=summary.not_articles,
        levels=listed((count_of(level, summary.levels[level]) for level in _LEVELS), language),
    ).text_in(language)


def as_line(finding: Finding, language: Language) -> str:
    """Return the line of a finding in a language; whatever its parts hold, it is one line."""
    place = f"{finding.path}:{finding.line}:{finding.column}"
    return printable(f"{place}: {finding.level} {finding.code} {finding.name}: {finding.message.text_in(language)}")


def dump(value: Any) -> str:
    """`value` as JSON in one line.  JSON in UTF-8 has no lone surrogates (RFC 8259, section 8.1): they are escaped."""
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(_whole(msgspec.to_builtins(value))).decode()


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_whole(key): _whole(each) for key, each in value.items()}
    return [_whole(each) for each in value] if isinstance(value, list | tuple) else value


def relative(path: str) -> str:
    """`path` from the current folder, where it lies in it: what CI annotates is relative to the checkout."""
    if not os.path.isabs(path):
        return path
    inside = os.path.relpath(path)
    return path if inside.startswith("..") else inside


def uri(path: str) -> str:
    """The address of a document: a relative reference wherever possible (RFC 3986), characters in UTF-8.

    >>> uri("纸/a b.md"), uri("a:b#1.md"), uri("/elsewhere/a.md")
    ('%E7%BA%B8/a%20b.md', 'a%3Ab%231.md', 'file:///elsewhere/a.md')
    """
    path = relative(path)
    quoted = quote(path.encode("utf-8", "backslashreplace"), safe="/")
    return f"file://{quoted}" if path.startswith("/") else quoted


def as_record(finding: Finding) -> dict[str, Any]:
    """Return a finding as programs get it: its message in English, the id of that, and the arguments by name."""
    record = {name: getattr(finding, name) for name in ("code", "name", "level")}
    record["message"] = str(finding.message)
    record.update(_as_data(finding.message))
    for name, default in (("path", None), ("line", 0), ("column", 0), ("fixed", False), ("removed", "")):
        if (value := getattr(finding, name)) != default:
            record[name] = value
    return record


def _as_data(said: Message) -> dict[str, Any]:
    arguments = {name: _as_data(each) if isinstance(each, Message) else each for name, each in said.arguments}
    return {"message_id": said.id, "arguments": arguments} if arguments else {"message_id": said.id}


class Fingerprints:
    """Names findings so that the next run knows them again, after lines were added above them.

    A fingerprint is the SHA-256 of code, path and `Finding.substance`.  Findings that are alike in all of that are
    numbered in the order of the document, so that each has its own.
    """

    def __init__(self) -> None:
        self._path: str | None = None
        self._seen: Counter[str] = Counter()

    def of(self, finding: Finding) -> str:
        """The fingerprint of the next finding; those of a document come one after the other."""
        if finding.path != self._path:
            self._path, self._seen = finding.path, Counter()
        key = "\0".join((finding.code, relative(finding.path), *finding.substance))
        self._seen[key] += 1
        return hashlib.sha256(f"{key}\0{self._seen[key]}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
