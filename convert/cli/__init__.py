"""The command line: `convert --to FORMAT SOURCE…`, `convert validate`, `convert verify`, `convert explain`.

Results go to standard output or to files, everything else to standard error.
"""

import difflib
import io
import logging
import os
import signal
import sys
from types import FrameType

import click

from convert.cli.common import FAILED
from convert.cli.explain import explain
from convert.cli.language import click_speaks, language_of
from convert.cli.to import to
from convert.cli.validate import validate
from convert.cli.verify import verify
from convert.errors import ConvertError, reason
from convert.messages import Language, message, translate
from convert.writers import WRITERS

EPILOG = (
    "\b\nFormats:\n"
    + "".join(f"  {name:10}{writer.about}\n" for name, writer in WRITERS.items())
    + """
\b
Exit status:
  0  done
  2  wrong usage
  3  findings at error level (with --strict, also warnings); verify: an output is not what it was
  4  something could not be read, converted or written
"""
)


class Commands(click.Group):
    """A group whose default command is `to`: `convert --to epub seeds` needs no command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Puts `to` in front where no command is named and an argument stands."""
        if args and args[0] not in self.commands and args[0] not in ("--help", "--version", "-h"):
            near = difflib.get_close_matches(args[0], self.commands)
            if near and not args[0].startswith("-") and not os.path.exists(args[0]):
                ctx.fail(f"no such command or file: {args[0]!r}; did you mean {near[0]}?")
            args = ["to", *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=Commands,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    subcommand_metavar="[--to FORMAT] SOURCE… | COMMAND …",
)
@click.version_option(package_name="archive-convert")
def cli() -> None:
    """Clean, offline copies of mirrored news articles.

    Reads files, folders and archives of articles, checks them, takes out what tracks the reader, and writes one of the
    formats below.  HTML, EPUB and PDF never load anything from the network; Markdown and JSON keep the addresses of
    pictures.
    """


cli.add_command(to)
cli.add_command(validate)
cli.add_command(verify)
cli.add_command(explain)


def main() -> None:
    """Run the console script, which never ends in a traceback for what the user gave it."""
    logging.basicConfig(level=logging.ERROR, format="%(message)s")
    signal.signal(signal.SIGTERM, _terminated)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a message may hold what GBK or Latin-1 does not have
    try:
        status = cli.main(standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        click.echo(translate("interrupted; nothing half-written is left", _language()), err=True)
        status = 130
    except click.ClickException as error:
        with click_speaks(_language()):
            error.show()
        status = 2
    except ConvertError as error:
        click.echo(f"convert: {error.text_in(_language())}", err=True)
        status = error.exit_code
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        _drop_output()
        status = FAILED
    except OSError as error:
        if error.filename is not None:  # no output of ours: it has no name
            raise
        _drop_output()
        fault = message("standard output: {reason}; write to a file on another disk", reason=reason(error))
        click.echo(f"convert: {fault.text_in(_language())}", err=True)
        status = FAILED
    sys.exit(status if isinstance(status, int) else 0)


def _language() -> Language:
    return language_of(sys.argv[1:])


def _drop_output() -> None:
    """Replace standard output, so that Python does not try at the end to write what it did not take."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _terminated(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
