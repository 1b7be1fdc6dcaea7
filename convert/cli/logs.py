"""Messages that libraries and rooms of this program log, on the screen.

It is a module of its own because `logging` takes as long to load as checking ten pages.
"""

import logging

from convert.cli.screen import echo


class Handler(logging.Handler):
    """Handler of log messages that prints them on standard error."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print a message."""
        echo(self.format(record), err=True)


def show_logs() -> None:
    """Print errors that are logged from now on."""
    logging.basicConfig(level=logging.ERROR, format="%(message)s", handlers=[Handler()])
