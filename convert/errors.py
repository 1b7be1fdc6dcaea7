"""Errors that a person can act on: the tree, the exit status of each, the next step in each message.

A bad document is not an error: it is a `Finding`, so that one broken file never hides the next ninety-nine.
"""

import errno

from convert.messages import Argument, Language, Message, message
from convert.text import squeeze


class ConvertError(Exception):
    """Error that stops the whole run.

    The message says what to do next.  It is a `Message`, or an id and arguments: the id is the English text, with the
    names of the arguments in braces.  `str` is English; `text_in("zh")` is Chinese.
    """

    exit_code = 4

    def __init__(self, said: Message | str, /, **arguments: Argument) -> None:
        self.message = said if isinstance(said, Message) else message(said, **arguments)
        super().__init__(self.message)

    def __str__(self) -> str:
        return self.text_in("en")

    def text_in(self, language: Language) -> str:
        """Return the message in a language."""
        return self.message.text_in(language)


class UsageError(ConvertError):
    """Error for a command line, or a call, that asks for something impossible."""

    exit_code = 2


class MissingExtraError(UsageError):
    """Error for an option that needs an optional package which is not installed."""


class SourceError(ConvertError):
    """Error for a source that cannot be opened or must not be read."""


class StoreError(ConvertError):
    """Error for an output that cannot be written."""


class MissingError(ConvertError):
    """Error for an output that needs something that is not installed."""


class DrawingError(ConvertError):
    """Error for an article that cannot be drawn; `label` names the article if it is known."""

    label = ""

    def text_in(self, language: Language) -> str:
        """Return the message with the name of the article."""
        text = super().text_in(language)
        return f"{self.label}: {text}" if self.label else text


class DocumentError(Exception):
    """Error for a document that cannot be read or rendered; the pipeline turns it into a finding.

    `code` is that of the rule that explains it.
    """

    def __init__(self, code: str, message: Message, line: int = 0, column: int = 0) -> None:
        super().__init__(str(message))
        self.code, self.message, self.line, self.column = code, message, line, column

    def __reduce__(self) -> tuple[type["DocumentError"], tuple[str, Message, int, int]]:
        return type(self), (self.code, self.message, self.line, self.column)


def fault_message(error: Exception) -> Message:
    """Return the message about an exception that is a fault of this program."""
    return message("failed-conversion", error=type(error).__name__, words=squeeze(str(error), 200))


_REASONS = {
    each.id: each
    for each in (
        message("error-EACCES"),
        message("error-EBADF"),
        message("error-EBUSY"),
        message("error-ECONNREFUSED"),
        message("error-EDQUOT"),
        message("error-EEXIST"),
        message("error-EFBIG"),
        message("error-EINVAL"),
        message("error-EIO"),
        message("error-EISDIR"),
        message("error-ELOOP"),
        message("error-EMFILE"),
        message("error-ENAMETOOLONG"),
        message("error-ENODEV"),
        message("error-ENOENT"),
        message("error-ENOMEM"),
        message("error-ENOSPC"),
        message("error-ENOTDIR"),
        message("error-ENXIO"),
        message("error-EPERM"),
        message("error-EROFS"),
        message("error-ESTALE"),
        message("error-ETXTBSY"),
    )
}
"""Messages for frequent errors of the system, by message id; the catalogues have them in every language."""


def reason(error: OSError) -> Message:
    """Return why the system refused, without a number; in the system's own words if the catalogues have none."""
    known = _REASONS.get(f"error-{errno.errorcode.get(error.errno or 0, '')}")
    return known or Message((error.strerror or str(error)).lower())
