"""The language that the command line speaks: `--lang`, or else that of the locale."""

import gettext
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click
from click.exceptions import NoArgsIsHelpError

from convert.messages import LOCALE, Language, language_from_locale


def language_of(arguments: Sequence[str]) -> Language:
    """Return the language of help and errors, which may be needed before the arguments are parsed.

    >>> language_of(["validate", "--lang", "en", "--lang=zh", "--", "--lang", "en"])
    'zh'
    """
    before = list(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    chosen = language_from_locale(os.environ)
    for number, argument in enumerate(before):
        name, _, value = argument.partition("=")
        if name == "--lang":
            value = value or "".join(before[number + 1 : number + 2])
            chosen = "zh" if value == "zh" else "en" if value == "en" else chosen
    return chosen


@contextmanager
def click_speaks(language: Language) -> Iterator[None]:
    """Translate click's own headings and errors into a language inside the block.

    click asks the gettext of the standard library, which finds its language in the environment.
    """
    domain, before = gettext.textdomain(), os.environ.get("LANGUAGE")
    gettext.bindtextdomain("convert", LOCALE)
    gettext.textdomain("convert")
    os.environ["LANGUAGE"] = language
    try:
        yield
    finally:
        gettext.textdomain(domain)
        if before is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = before


def show(error: click.ClickException, language: Language) -> None:
    """Write an error of click on the screen.

    click joins sentences by a space and ends some of them with a full stop, whatever their language.
    """
    with click_speaks(language):
        if isinstance(error, NoArgsIsHelpError):  # which is the help, without a sentence about a fault
            error.show()
            return
        said = error.format_message()
        if language == "zh":
            said = re.sub("(?<=[。？]) ", "", f"{said[:-1]}。" if said.endswith(".") else said)
        click.UsageError(said, getattr(error, "ctx", None)).show()
