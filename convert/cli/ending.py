"""The end of a run: a status and one line for every error, so that no run ends in a traceback.

An error that no other module turned into a message is a fault of this program.  The line about it says what to report;
`--debug` prints the traceback before it.
"""

import errno
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress

import click

from convert import __version__
from convert.cli.language import language_of, show
from convert.cli.output import NoReaderError
from convert.cli.screen import echo
from convert.cli.statuses import FAILED, INTERRUPTED, NO_READER, USAGE
from convert.errors import ConvertError, reason
from convert.messages import Message, message
from convert.store.errors import advice, temporary_failure, temporary_folder
from convert.text import printable, squeeze

WORDS = 300
"""Largest number of characters of an error's own words."""
INTERRUPTED_WORDS = message(
    "interrupted; nothing half-written is left; with --update or --cache, the same command goes on from here"
)
INTERRUPTED_FETCHING = message("interrupted; what was fetched is in the store, and the same command goes on from here")
INTERRUPTED_SHARDS = message("interrupted; the shards that are done stay, and the same command goes on from here")
NO_MEMORY = message(
    "there is not enough memory; run again with --workers 1, with fewer documents at once, or after closing other "
    "programs"
)
NO_FOLDER = message("the current folder was removed; change to another folder, and run again")


def debugging(arguments: Sequence[str]) -> bool:
    """Return whether the arguments ask for tracebacks.

    >>> debugging(["validate", "--debug", "x"]), debugging(["validate", "--", "--debug"])
    (True, False)
    """
    return "--debug" in (arguments[: arguments.index("--")] if "--" in arguments else arguments)


def end(error: BaseException) -> int:
    """Print the line about the error that ends a run, and return its status.

    Nothing more is written to a standard output or a standard error that somebody closed.
    """
    if isinstance(error, SystemExit) and isinstance(error.__context__, OSError):  # click ended the program for a pipe
        error = error.__context__
    arguments = sys.argv[1:]
    language = language_of(arguments)
    with suppress(Exception):  # standard error may be closed or full; the status still says what happened
        if debugging(arguments):
            import traceback  # longer to load than the rest of this module

            traceback.print_exception(error)
        if isinstance(error, click.ClickException):
            show(error, language)
        elif isinstance(error, click.exceptions.Abort | KeyboardInterrupt):
            echo(_interrupted(arguments).text_in(language), err=True)
        elif not isinstance(error, SystemExit | NoReaderError | BrokenPipeError):
            text = error.text_in(language) if isinstance(error, ConvertError) else _line(error).text_in(language)
            echo(f"convert: {text}", err=True)
    return status_of(error)


def _interrupted(arguments: Sequence[str]) -> Message:
    """Return what to say of an interrupted run."""
    command = arguments[:3]  # --lang zh fetch
    if "fetch" in command:
        return INTERRUPTED_FETCHING
    if "finish" in command or "run-shard" in command or any(each.startswith("--runner") for each in arguments):
        return INTERRUPTED_SHARDS
    return INTERRUPTED_WORDS


def show_tried(tried: Iterable[str]) -> None:
    """Print what this program tried beyond what its command is for, which was refused."""
    for each in dict.fromkeys(tried):
        said = message(
            "this program tried what the command is not for, which was refused: {tried}; please report this line with "
            "the command",
            tried=printable(squeeze(each, WORDS)),
        )
        with suppress(Exception):
            echo(f"convert: {said.text_in(language_of(sys.argv[1:]))}", err=True)


def status_of(error: BaseException) -> int:
    """Return the exit status of a run that ends with an error."""
    match error:
        case SystemExit():
            return error.code if isinstance(error.code, int) else FAILED
        case ConvertError():
            return error.exit_code
        case click.ClickException():
            return USAGE
        case click.exceptions.Abort() | KeyboardInterrupt():
            return INTERRUPTED
        case NoReaderError() | BrokenPipeError():
            return NO_READER
    return FAILED


def _line(error: BaseException) -> Message:
    """Return what to say of an error: what a person can do, or for a fault of ours what to report."""
    if isinstance(error, MemoryError) or _short_of_memory(error):
        return NO_MEMORY
    if isinstance(error, FileNotFoundError) and error.filename is None and _is_folder_gone():
        return NO_FOLDER
    if isinstance(error, OSError) and (path := _path_of(error)):
        if _is_temporary(path):
            return temporary_failure(error).message
        return message("{path}: {reason}; {advice}", path=printable(path), reason=reason(error), advice=advice(error))
    return message(
        "a fault of this program: {error}; please report this line with the command and, if you can, the documents; "
        "--debug adds a traceback",
        error=f"{_words(error)} ({_place(error)}, archive-convert {__version__})",
    )


def _short_of_memory(error: BaseException) -> bool:
    """Return whether the system or a library refused memory in words of its own."""
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    return isinstance(error, RuntimeError | ImportError | SystemError) and any(
        words in str(error) for words in ("can't start new thread", "Cannot allocate memory", "bad allocation")
    )


def _is_folder_gone() -> bool:
    try:
        os.getcwd()
    except FileNotFoundError:
        return True
    return False


def _path_of(error: OSError) -> str:
    if error.filename is None and ("temporary directory" in str(error) or "AF_UNIX" in str(error)):
        # tempfile found none, or its path is too long for the sockets of processes
        return temporary_folder()
    return os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""


def _is_temporary(path: str) -> bool:
    folder = os.path.join(os.path.abspath(temporary_folder()), "")
    return os.path.join(os.path.abspath(path), "").startswith(folder)


def _words(error: BaseException) -> str:
    words = printable(squeeze(str(error), WORDS))
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def _place(error: BaseException) -> str:
    """Return the innermost line of this program that an error came through."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    ours = [each for each in frames if f"{os.sep}convert{os.sep}" in each.filename] or frames
    if not ours:
        return "?"
    path = ours[-1].filename.replace(os.sep, "/")
    return f"{path[path.rfind('/convert/') + 1 :]}:{ours[-1].lineno}"
