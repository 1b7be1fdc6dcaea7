"""The exit statuses."""

from convert.messages import message

USAGE, FINDINGS, FAILED = 2, 3, 4
INTERRUPTED, NO_READER = 130, 141
"""Statuses that a shell gives to programs ended by SIGINT and by SIGPIPE."""

STATUSES = {
    0: message("done"),
    USAGE: message("wrong usage"),
    FINDINGS: message(
        "findings at error level (with --strict, also warnings); verify: an output is not as written; fetch: a picture "
        "is missing that the next run may get (with --strict, any); audit, seal: a file is not sealed"
    ),
    FAILED: message("something could not be read, converted or written, or this program failed"),
    INTERRUPTED: message("interrupted, as by Ctrl-C"),
    NO_READER: message("the reader of the output went away, as head does"),
}
"""Meaning of each status."""
