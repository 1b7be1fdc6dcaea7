"""`convert serve OUT`: look at what was made, in a browser on this machine."""

import os
import time

import click

from convert.cli.common import debug_option, language_option
from convert.cli.help import Command, option, spoken
from convert.cli.screen import echo
from convert.errors import UsageError
from convert.messages import Language, message
from convert.text import printable, squeeze

HIGHEST = 65535


def _port(context: click.Context, parameter: click.Parameter, value: str) -> int:
    if not (value.isascii() and value.isdecimal() and len(value) < 6 and int(value) <= HIGHEST):
        raise UsageError(
            "--{option}: give a number from {least} to {most}", option=str(parameter.name), least=0, most=HIGHEST
        )
    return int(value)


@click.command(
    cls=Command,
    about=message(
        "Show OUT, a folder or a file, to browsers on this machine, until Ctrl-C.  Only this machine can ask; nothing "
        "is written, and pages load nothing from elsewhere."
    ),
    examples=(
        ("convert serve books", message("Show a folder, at an address that is printed.")),
        ("convert serve news.html --port 8000 --quiet", message("Show one file at port 8000; log no requests.")),
    ),
)
@click.argument("output", metavar="OUT", type=click.Path())
@option(
    "--port",
    group="common",
    default="0",
    callback=_port,
    metavar="N",
    about=message("Listen at port N of 127.0.0.1 and ::1.  [default: 0, a free one]"),
)
@option("-q", "--quiet", group="common", is_flag=True, about=message("Print the address only, and log no requests."))
@language_option
@debug_option
@click.pass_context
def serve(context: click.Context, /, output: str, port: int, quiet: bool, language: Language | None) -> None:
    """Show a folder or a file to browsers on this machine."""
    if not os.path.isdir(output) and not os.path.isfile(output):
        raise UsageError("{path}: there is no such folder or file", path=printable(output))
    from convert.serving.server import serving  # no other command loads a server

    language = spoken(context)

    def log(line: str) -> None:
        if not quiet:
            echo(printable(squeeze(line, 300)), err=True)

    with serving(output, port, log, language) as address:
        try:
            echo(address)
            if not quiet:
                echo(message("showing {path}; Ctrl-C ends it", path=printable(output)).text_in(language), err=True)
            while True:  # the system may give a signal to another thread, which does not end the sleep of this one
                time.sleep(0.5)
        except KeyboardInterrupt:  # or SIGTERM: the end that is asked for
            pass
