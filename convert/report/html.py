"""Findings as one page to look at: figures by rule, channel and month with small charts, then the findings.

It is a file by itself, without scripts, that loads nothing.  Its size is bounded: of each rule it has the first
findings, of channels and months those with the most, and it says how many it leaves out.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from importlib.resources import files
from types import MappingProxyType

from convert.messages import Message, message
from convert.model import Finding, Level
from convert.report.base import ReportContext, Summary, Write, figures
from convert.report.channels import Channel
from convert.report.words import TAGS
from convert.text import printable

FINDINGS = 100
"""Most findings of a rule that are listed."""

ROWS = 200
"""Most channels, and most months, in a table."""

LONGEST = 300
"""Most characters of a path or a message."""

_LEVELS: tuple[Level, ...] = ("error", "warning", "info")
_HEADINGS: Mapping[Level, Message] = MappingProxyType(
    {"error": message("Errors"), "warning": message("Warnings"), "info": message("Infos")}
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


class HtmlReporter:
    """Reporter that holds the first findings of each rule, and writes the page at the end."""

    def __init__(self, write: Write, context: ReportContext) -> None:
        self._write, self._context, self._language = write, context, context.language
        self._findings: dict[str, list[Finding]] = {}
        self._counts: Counter[str] = Counter()
        self._levels: dict[str, Level] = {}
        self._order = {code: number for number, code in enumerate(context.rules)}

    def report(self, finding: Finding) -> None:
        """Count a finding, and hold it if it is one of the first of its rule."""
        self._counts[finding.code] += 1
        self._levels.setdefault(finding.code, finding.level)
        if self._counts[finding.code] <= FINDINGS:
            self._findings.setdefault(finding.code, []).append(finding)

    def end(self, summary: Summary) -> None:
        """Write the page."""
        title = self._say(message("Findings"))
        self._write(
            f'<!DOCTYPE html>\n<html lang="{TAGS[self._language]}">\n<head>\n<meta charset="utf-8">\n'
            f'<meta name="generator" content="convert validate">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(title)}</title>\n<style>\n{_style()}</style>\n</head>\n<body>\n<main>\n"
            f'<h1>{escape(title)}</h1>\n<p class="quiet">{escape(figures(summary, self._language))}</p>\n'
        )
        for parts in (
            self._totals(summary),
            self._rules(summary),
            self._channels(summary),
            self._months(summary),
            self._listings(),
        ):
            for part in parts:
                self._write(part)
        self._write("</main>\n</body>\n</html>\n")

    # --- figures ------------------------------------------------------------------------------------------------------

    def _totals(self, summary: Summary) -> Iterator[str]:
        yield '<ul class="totals">\n'
        for level in _LEVELS:
            count = summary.levels[level]
            name = escape(_HEADINGS[level].text_in(self._language))
            yield f'<li><b class="{level}">{count:,}</b>{name}</li>\n'
        yield "</ul>\n"

    def _rules(self, summary: Summary) -> Iterator[str]:
        yield self._head(message("Rules"), (message("Rule"), None, message("Level"), message("Findings"), None))
        rows = sorted(summary.codes, key=lambda code: (_LEVELS.index(self._level(code)), -summary.codes[code], code))
        most: Counter[Level] = Counter()
        for code in rows:
            most[self._level(code)] = max(most[self._level(code)], summary.codes[code])
        for code in rows:
            level, count = self._level(code), summary.codes[code]
            name = f'<a href="#{code}">{code}</a>' if code in self._findings else code
            yield (
                f'<tr><th scope="row">{name}</th><td>{escape(self._title(code))}</td>'
                f'<td class="{level}">{level}</td><td class="number">{count:,}</td>'
                f'<td class="chart">{_bar(level, count, most[level])}</td></tr>\n'
            )
        yield from self._foot(len(rows), len(rows))
        if any(code not in self._findings for code in rows):
            note = message(
                "Rules without a link are below the level of this report; --level info lists their findings."
            )
            yield f'<p class="quiet">{escape(note.text_in(self._language))}</p>\n'

    def _channels(self, summary: Summary) -> Iterator[str]:
        rows = [(name or self._say(message("(no folder)")), channel) for name, channel in summary.channels.rows()]
        yield from self._by_level(message("Channels"), message("Channel"), rows, sorted(rows, key=_weight)[:ROWS])

    def _months(self, summary: Summary) -> Iterator[str]:
        rows = sorted(summary.months.items())
        taken = sorted(sorted(rows, key=_weight)[:ROWS])
        named = [(name or self._say(message("(no date)")), month) for name, month in taken]
        yield from self._by_level(message("Months"), message("Month"), rows, named, self._month_chart(named))

    def _by_level(
        self,
        title: Message,
        column: Message,
        rows: Sequence[tuple[str, Channel]],
        taken: Sequence[tuple[str, Channel]],
        chart: str = "",
    ) -> Iterator[str]:
        """Yield a table with the number of findings of each level."""
        headings = [each for level in _LEVELS for each in (_HEADINGS[level], None)]
        yield self._head(title, (column, message("Articles"), *headings), chart)
        most = {level: max((each.levels[level] for _, each in rows), default=1) for level in _LEVELS}
        for name, each in taken:
            cells = "".join(
                f'<td class="number {level if each.levels[level] else "none"}">{each.levels[level]:,}</td>'
                f'<td class="chart">{_bar(level, each.levels[level], most[level])}</td>'
                for level in _LEVELS
            )
            yield f'<tr><th scope="row">{_short(name)}</th><td class="number">{each.articles:,}</td>{cells}</tr>\n'
        yield from self._foot(len(rows), len(taken))

    def _month_chart(self, rows: Sequence[tuple[str, Channel]]) -> str:
        """Return columns of errors and warnings by month; of infos if there is nothing else."""
        levels: tuple[Level, ...] = ("error", "warning")
        if not any(each.levels[level] for _, each in rows for level in levels):
            levels = ("info",)
        most = max((sum(each.levels[level] for level in levels) for _, each in rows), default=0)
        if not most or len(rows) < 2:
            return ""
        width, parts = 100 / len(rows), []
        for number, (name, each) in enumerate(rows):
            top = 0.0
            for level in levels:
                height = 100 * each.levels[level] / most
                if height:
                    top += height
                    size = f'y="{100 - top:.2f}" width="{width * 0.8:.3f}" height="{height:.2f}"'
                    title = f"<title>{_short(name)}: {each.levels[level]:,}</title>"
                    parts.append(f'<rect class="{level}" x="{number * width:.3f}" {size}>{title}</rect>')
        label = escape(self._say(message("Findings by month")))
        return (
            f'<svg class="months" viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label="{label}">'
            f"{''.join(parts)}</svg>\n"
        )

    def _head(self, title: Message, columns: Iterable[Message | None], chart: str = "") -> str:
        cells = "".join(f'<th scope="col">{escape(self._say(each))}</th>' if each else "<td></td>" for each in columns)
        heading = escape(self._say(title))
        return f'<h2>{heading}</h2>\n{chart}<div class="scroll"><table>\n<thead><tr>{cells}</tr></thead>\n<tbody>\n'

    def _foot(self, count: int, taken: int) -> Iterator[str]:
        yield "</tbody>\n</table></div>\n"
        if count > taken:
            note = message("{count} more, with fewer errors and warnings, are left out", count=count - taken)
            yield f'<p class="quiet">{escape(note.text_in(self._language))}</p>\n'

    # --- findings -----------------------------------------------------------------------------------------------------

    def _listings(self) -> Iterator[str]:
        heading = message("Each finding")
        yield f"<h2>{escape(self._say(heading))}</h2>\n"
        if not self._findings:
            none = message("There is none at the level of this report.")
            yield f'<p class="quiet">{escape(self._say(none))}</p>\n'
        last = len(self._order)
        for code in sorted(
            self._findings, key=lambda code: (_LEVELS.index(self._level(code)), self._order.get(code, last), code)
        ):
            yield from self._listing(code)

    def _listing(self, code: str) -> Iterator[str]:
        level, count, findings = self._level(code), self._counts[code], self._findings[code]
        rule = self._context.rules.get(code)
        opened = ' open=""' if level == "error" else ""
        yield (
            f'<details id="{code}"{opened}>\n<summary><h3>{code} '
            f'{escape(self._title(code))}</h3> <span class="{level}">{count:,}</span></summary>\n'
        )
        if rule:
            yield f"<p>{_short(rule.finds)}</p>\n"
        columns = "".join(
            f'<th scope="col">{escape(self._say(each))}</th>' for each in (message("Place"), message("Message"))
        )
        yield f'<div class="scroll"><table>\n<thead><tr>{columns}</tr></thead>\n<tbody>\n'
        for each in findings:
            place = f"{_short(each.path)}:{each.line}:{each.column}"
            text = _short(each.message.text_in(self._language))
            yield f'<tr><td class="place"><code>{place}</code></td><td>{text}</td></tr>\n'
        yield "</tbody>\n</table></div>\n"
        if count > len(findings):
            more = message(
                "{count:,} more are left out; --report jsonl --select {code} lists all",
                count=count - len(findings),
                code=code,
            )
            yield f'<p class="quiet">{escape(more.text_in(self._language))}</p>\n'
        yield "</details>\n"

    def _level(self, code: str) -> Level:
        rule = self._context.rules.get(code)
        return rule.level if rule else self._levels.get(code, "info")

    def _title(self, code: str) -> str:
        """Return the name of a rule in the language of the page, without its code."""
        rule = self._context.rules.get(code)
        return rule.title.lstrip("# ").removeprefix(code).strip() if rule else ""

    def _say(self, words: Message) -> str:
        return words.text_in(self._language)


def _weight(row: tuple[str, Channel]) -> tuple[int, int, int, str]:
    levels = row[1].levels
    return -levels["error"], -levels["warning"], -levels["info"], row[0]


def _bar(level: Level, count: int, most: int) -> str:
    """Return a bar for a number; what it shows is in the cell beside it."""
    if not count:
        return ""
    width = max(100 * count / most, 1)
    rectangle = f'<rect class="{level}" width="{width:.2f}" height="8"/>'
    return f'<svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">{rectangle}</svg>'


def _short(text: str) -> str:
    """Return a text for the page, on one line and not longer than `LONGEST`."""
    text = printable(text)
    return escape(text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…")


def _style() -> str:
    return files("convert.report").joinpath("report.css").read_text("utf-8")
