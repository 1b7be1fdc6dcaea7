"""The command line: `convert --to FORMAT SOURCE…`, `convert fetch`, `convert validate` and others, one file each.

Results go to standard output or to files, everything else to standard error.
"""

import os
import signal
import sys
from collections import UserDict
from importlib import import_module
from types import FrameType

import click

from convert import __version__
from convert.cli.abilities import hold_at_start
from convert.cli.ending import end, show_tried
from convert.cli.help import Command, Option, choose_language, format_groups, spoken
from convert.cli.output import drop_standard_output, replace_standard_output
from convert.cli.statuses import STATUSES
from convert.errors import UsageError
from convert.messages import message, translate
from convert.sandbox.abilities import release
from convert.text import nearest

EXAMPLES = (
    ("convert --to epub news -o news.epub", message("Make one book of all articles in a folder.")),
    (
        "convert --to pdf --split channel,month --update news -o books",
        message("Make a PDF a channel and month; later runs rebuild only what changed."),
    ),
)


_MODULES = {"list": "listing", "run-shard": "run_shard"}
"""Modules of commands whose names are no names of functions, or those of others."""


class ByName(UserDict[str, click.Command | None]):
    """Commands by name, each imported when it is first asked for: what one of them needs costs the others nothing."""

    def __getitem__(self, name: str) -> click.Command:
        """Return the command with a name, a function with that name in a module with that name."""
        command = self.data[name]
        if command is None:
            module = _MODULES.get(name, name)
            loaded: click.Command = getattr(import_module(f"convert.cli.{module}"), module)
            self.data[name] = command = loaded
        return command


class Commands(Command, click.Group):
    """A group whose default command is `to`: `convert --to epub seeds` needs no command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `to` in front where no command is named and an argument is given.

        --lang and --debug may come before a command.
        """
        choose_language(ctx, args)
        before = 0
        while before < len(args) and (args[before] in ("--lang", "--debug") or args[before].startswith("--lang=")):
            before += 2 if args[before] == "--lang" else 1
        first = "".join(args[before : before + 1])
        if first in self.commands:
            args = [first, *args[:before], *args[before + 1 :]]
        elif {"-h", "--help"} & set(args[: args.index("--")] if "--" in args else args):
            args = ["--help"]
        elif args and first != "--version":
            near = nearest(first, self.commands)
            if near and not first.startswith("-") and not os.path.exists(first):
                raise UsageError(
                    "no such command or file: {name}; did you mean {command}?", name=repr(first), command=near
                )
            args = ["to", *args]
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options of the default command, the other commands, the formats and the statuses."""
        from convert.writers import WRITERS  # only help needs them

        language = spoken(ctx)
        of_default = [each for each in self.commands["to"].params if isinstance(each, Option)]
        format_groups([*of_default, *self.get_params(ctx)], ctx, formatter)
        with formatter.section(translate("Commands", language)):
            formatter.write_dl(
                [
                    (name, command.about.text_in(language))
                    for name, command in self.commands.items()
                    if isinstance(command, Command)
                ]
            )
        with formatter.section(translate("Formats", language)):
            formatter.write_dl([(name, writer.about.text_in(language)) for name, writer in WRITERS.items()])
        with formatter.section(translate("Exit status", language)):
            formatter.write_dl([(str(number), about.text_in(language)) for number, about in STATUSES.items()])


@click.group(
    cls=Commands,
    logs=lambda _: False,  # each of the commands says it
    about=message(
        "Make clean, offline copies of mirrored news articles.  Reads files, folders and archives of articles, checks "
        "them, removes what tracks the reader, and writes one of the formats below.  HTML, EPUB and PDF never load "
        "anything from the network; Markdown and JSON keep the addresses of pictures."
    ),
    commands=ByName(
        dict.fromkeys(
            (
                "to",
                "fetch",
                "validate",
                "verify",
                "sign",
                "audit",
                "seal",
                "serve",
                "images",
                "list",
                "run-shard",
                "finish",
                "clean",
                "explain",
            )
        )
    ),
    examples=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    subcommand_metavar="[--to FORMAT] SOURCE… | COMMAND …",
)
@click.version_option(__version__)
def cli() -> None:
    """Run a command."""


def main() -> None:
    """Run the console script, which never ends in a traceback without `--debug`."""
    signal.signal(signal.SIGTERM, _terminated)
    hold_at_start()
    try:
        replace_standard_output()
        status = cli.main(standalone_mode=False)
        sys.stdout.flush()
    except (Exception, KeyboardInterrupt, SystemExit) as error:
        drop_standard_output()
        status = end(error)
    show_tried(release())
    sys.exit(status if isinstance(status, int) else 0)


def _terminated(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
