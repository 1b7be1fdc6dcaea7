"""Help in groups, in the language of the user, for a terminal whose Chinese characters are two columns wide."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from typing import Any

import click

from convert.cli import abilities
from convert.cli.language import click_speaks, language_of
from convert.late import late, late_pattern
from convert.messages import Language, Message, message, translate
from convert.storage.address import names_objects
from convert.text import columns

_brought, _show_logs = late("convert.cli.objects:brought"), late("convert.cli.logs:show_logs")
GROUPS = {
    "common": message("Common options"),
    "inputs": message("Inputs"),
    "articles": message("Articles"),
    "volumes": message("Volumes"),
    "pdf": message("PDF"),
    "output": message("Output"),
    "network": message("Network"),
    "rules": message("Rules"),
    "messages": message("Messages"),
}
"""The headings of options, in the order of the help."""

EXAMPLES = message("Examples")

NAMES = 26
"""Columns of the names of options; the help of a longer name begins on the next line."""

_PIECE = late_pattern(r"\s*[（“\[]*(?:[!-~…]+|\S)[、，。；：？）”\]]*")
"""Pattern of what must not be broken: a word of Latin letters, or one Chinese character with the marks around it."""

_LANGUAGE = "convert.language"


class Option(click.Option):
    """An option with its place in the help."""

    def __init__(self, *args: Any, group: str, about: Message, **settings: Any) -> None:
        super().__init__(*args, **{**settings, "help": str(about)})
        self.group, self.about = group, about


def option(*names: str, group: str, about: Message, **settings: Any) -> Callable[[Any], Any]:
    """Declare an option, as `click.option` does."""
    return click.option(*names, cls=Option, group=group, about=about, **settings)


def options(*declared: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Declare several options, in the order of the help."""
    return lambda function: reduce(lambda command, each: each(command), reversed(declared), function)


class Formatter(click.HelpFormatter):
    """Formatter that lays out headings, texts and rows by columns of the terminal."""

    def write_heading(self, heading: str) -> None:
        """Write a heading; those in Chinese have a colon as wide as their characters."""
        self.write(f"{'':>{self.current_indent}}{heading}{'：' if columns(heading) > len(heading) else ':'}\n")

    def write_text(self, text: str) -> None:
        """Write a paragraph."""
        indent = " " * self.current_indent
        self.write("".join(f"{indent}{line}\n" for line in wrapped(text, self.width - len(indent))))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = NAMES, col_spacing: int = 2) -> None:
        """Write rows of a name and its text."""
        rows = list(rows)
        left = min(max(columns(name) for name, _ in rows), col_max) + col_spacing
        indent = " " * self.current_indent
        for name, text in rows:
            lines = list(wrapped(text, self.width - len(indent) - left)) or [""]
            first = name + " " * (left - columns(name))
            if columns(name) > left - col_spacing:
                self.write(f"{indent}{name}\n")
                first = " " * left
            for number, line in enumerate(lines):
                self.write(f"{indent}{first if not number else ' ' * left}{line}".rstrip() + "\n")


def wrapped(text: str, width: int) -> Iterator[str]:
    """Yield the lines of a text; Chinese breaks between any two characters, but never before a mark that closes.

    >>> list(wrapped("只处理这个频道，按文件夹或名称（可重复）", 14))
    ['只处理这个频', '道，按文件夹或', '名称（可重复）']
    """
    line = ""
    for piece in _PIECE.findall(text):
        if line and columns(line) + columns(piece) > width:
            yield line
            line = piece.lstrip()
        else:
            line += piece if line else piece.lstrip()
    if line:
        yield line


class Context(click.Context):
    """A context whose help is laid out by `Formatter`."""

    formatter_class = Formatter


class Command(click.Command):
    """A command with its help in groups, and examples at the end; `logs` says whether a run may log anything."""

    context_class = Context

    def __init__(
        self,
        *args: Any,
        about: Message,
        examples: Iterable[tuple[str, Message]] = (),
        logs: Callable[[click.Context], bool] = lambda _: True,
        **settings: Any,
    ) -> None:
        super().__init__(*args, **{**settings, "help": str(about)})
        self.about, self.examples, self._logs = about, tuple(examples), logs

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, with click's own words in the language of the user."""
        with click_speaks(choose_language(ctx, args)):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, which may do what it is for and nothing else."""
        abilities.hold(ctx)
        if self._logs(ctx):
            _show_logs()
        if ctx.params.get("runner") or not any(map(names_objects, ctx.params.get("sources", ()))):
            return super().invoke(ctx)
        with _brought(ctx):
            return super().invoke(ctx)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return the parts of the usage line."""
        return [translate(piece, spoken(ctx)) for piece in super().collect_usage_pieces(ctx)]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(self.about.text_in(spoken(ctx)))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, group by group."""
        format_groups(self.get_params(ctx), ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        if self.examples:
            with formatter.section(EXAMPLES.text_in(spoken(ctx))):
                for command, about in self.examples:
                    formatter.write_text(f"# {about.text_in(spoken(ctx))}")
                    formatter.write_text(command)


def choose_language(ctx: click.Context, args: Sequence[str]) -> Language:
    """Remember the language that the arguments of the outermost command ask for, and return it."""
    language: Language = ctx.meta.setdefault(_LANGUAGE, language_of(args))
    return language


def spoken(ctx: click.Context) -> Language:
    """Return the language of the help."""
    language: Language = ctx.meta.get(_LANGUAGE, "en")
    return language


def format_groups(params: Iterable[click.Parameter], ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """Write options under the headings of their groups; those that click adds are common."""
    rows: dict[str, list[tuple[str, str]]] = {name: [] for name in GROUPS}
    for each in params:
        if isinstance(each, click.Option) and (record := each.get_help_record(ctx)):
            about = each.about.text_in(spoken(ctx)) if isinstance(each, Option) else translate(record[1], spoken(ctx))
            rows[each.group if isinstance(each, Option) else "common"].append((record[0], about))
    for name, heading in GROUPS.items():
        if rows[name]:
            with formatter.section(heading.text_in(spoken(ctx))):
                formatter.write_dl(rows[name])
