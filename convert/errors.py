"""Errors that a person can act on: the tree, the exit status of each, the next step in each message.

A bad document is not an error: it is a `Finding`, so that one broken file never hides the next ninety-nine.
"""

import errno
from collections.abc import Mapping
from types import MappingProxyType
from typing import Self

from convert.messages import Argument, Message, message


class ConvertError(Exception):
    """Something that stops the whole run.

    The message says what to do next: its English with the names of arguments in braces, which the catalogues know it
    by, and the arguments.  `str` is English; `message.text_in("zh")` is Chinese.
    """

    exit_code = 4

    def __init__(self, message_id: str, /, **arguments: Argument) -> None:
        super().__init__(message_id)
        self.message = message(message_id, **arguments)

    @classmethod
    def of(cls, said: Message) -> Self:
        """Return the error with a message that is there already."""
        error = cls.__new__(cls, said.id)
        ConvertError.__init__(error, said.id, **dict(said.arguments))
        return error

    def __str__(self) -> str:
        return str(self.message)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self).of, (self.message,)


class UsageError(ConvertError):
    """The command line asks for something that cannot be."""

    exit_code = 2


class MissingExtraError(UsageError):
    """An option needs an optional package that is not installed."""


class SourceError(ConvertError):
    """A source that cannot be opened or must not be read."""


class StoreError(ConvertError):
    """An output that cannot be written."""


class MissingError(ConvertError):
    """What an output needs is not installed."""


class DrawingError(ConvertError):
    """An article cannot be drawn; `label` names it, where that is known."""

    label = ""

    def __str__(self) -> str:
        return f"{self.label}: {self.message}" if self.label else str(self.message)


class DocumentError(Exception):
    """One document cannot be read or rendered; the pipeline turns it into a finding.

    `code` is that of the rule that explains it.
    """

    def __init__(self, code: str, message: Message, line: int = 0, column: int = 0) -> None:
        super().__init__(str(message))
        self.code, self.message, self.line, self.column = code, message, line, column

    def __reduce__(self) -> tuple[type["DocumentError"], tuple[str, Message, int, int]]:
        return type(self), (self.code, self.message, self.line, self.column)


_SYSTEM: Mapping[int, Message] = MappingProxyType({
    errno.EACCES: message("error-EACCES"), errno.EPERM: message("error-EPERM"), errno.ENOENT: message("error-ENOENT"),
    errno.ENXIO: message("error-ENXIO"), errno.EIO: message("error-EIO"), errno.ELOOP: message("error-ELOOP"),
    errno.ENAMETOOLONG: message("error-ENAMETOOLONG"), errno.ESTALE: message("error-ESTALE"),
    errno.EMFILE: message("error-EMFILE"),
})  # fmt: skip


def reason(error: OSError) -> Message:
    """Return why the system refused: in our words where there are any, else in its own, without its number."""
    return _SYSTEM.get(error.errno or 0) or Message((error.strerror or str(error)).lower())
