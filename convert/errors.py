"""Errors that a person can act on: the tree, the exit status of each, the next step in each message.

A bad document is not an error: it is a `Finding`, so that one broken file never hides the next ninety-nine.
"""

from convert.messages import Argument, Message


class ConvertError(Exception):
    """Something that stops the whole run.

    The message says what to do next: its English with the names of arguments in braces, which the catalogues know it
    by, and the arguments.  `str` is English; `message.text_in("zh")` is Chinese.
    """

    exit_code = 4

    def __init__(self, message_id: str, /, **arguments: Argument) -> None:
        super().__init__(message_id)
        self.message = Message(message_id, arguments)

    def __str__(self) -> str:
        return str(self.message)

    def __reduce__(self) -> tuple[object, ...]:
        return _made, (type(self), self.message)


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


class DocumentError(Exception):
    """One document cannot be read or rendered; the pipeline turns it into a finding.

    `code` is that of the rule that explains it.
    """

    def __init__(self, code: str, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.code, self.message, self.line, self.column = code, message, line, column

    def __reduce__(self) -> tuple[type["DocumentError"], tuple[str, str, int, int]]:
        return type(self), (self.code, self.message, self.line, self.column)


def _made(kind: type[ConvertError], message: Message) -> ConvertError:
    return kind(message.id, **message.arguments)
