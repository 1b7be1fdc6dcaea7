"""Messages for people: an id and arguments in the code, the words in two gettext catalogues, English and Chinese.

A finding's message has a short id of its own (`tracking-image`), which is public: programs may rest on it.  What the
command line says has its English as id, as is usual with gettext, and needs no entry in the English catalogue.
`make catalogues` gathers the ids from the code, and asks for the words that are missing.
"""

import gettext
import os
from collections.abc import Mapping
from functools import cache
from string import Formatter
from typing import Literal, Union

from msgspec import Struct

from convert.text import is_unspaced, named

Language = Literal["en", "zh"]
"""A language that the program speaks: English, or Chinese in simplified characters."""

LOCALE = os.path.join(os.path.dirname(__file__), "locale")
"""Folder of the catalogues."""


def language_from_locale(environment: Mapping[str, str]) -> Language:
    """Return the language that a locale asks for; the first variable that is set decides.

    >>> language_from_locale({"LC_ALL": "", "LC_MESSAGES": "zh_CN.UTF-8", "LANG": "C.UTF-8"})
    'zh'
    >>> language_from_locale({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}), language_from_locale({})
    ('en', 'en')
    """
    locale = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environment.get(name))), "")
    return "zh" if locale.lower().startswith("zh") else "en"


Argument = Union[str, int, float, "Message"]
"""Value in a message: text, a number, or another message, which is translated with it."""


class Message(Struct, frozen=True, gc=False):
    """Message that can be translated into each language; `str` returns the English one."""

    id: str
    arguments: tuple[tuple[str, Argument], ...] = ()
    """Pairs of name and value, sorted by name."""

    def __str__(self) -> str:
        return self.text_in("en")

    def text_in(self, language: Language) -> str:
        """Return the message in a language; in English where the catalogue of the other has no words for it."""
        if not self.arguments:
            return translate(self.id, language)
        return named(_filled(_pieces(self.id, language), dict(self.arguments), language))


def message(message_id: str, /, **arguments: Argument) -> Message:
    """Return the message with an id and its arguments; `make catalogues` looks for the calls of this function."""
    return Message(message_id, tuple(sorted(arguments.items())))


def translate(message_id: str, language: Language) -> str:
    """Return a text without arguments in a language."""
    text = catalogue(language).gettext(message_id)
    return catalogue("en").gettext(message_id) if text == message_id and language != "en" else text


_Piece = tuple[str, str | None, str]
"""A literal, the name of the argument after it, and how that is written (a format specification)."""


@cache
def _pieces(message_id: str, language: Language) -> list[_Piece]:
    return [
        (literal, name, spec or "") for literal, name, spec, _ in Formatter().parse(translate(message_id, language))
    ]


@cache
def catalogue(language: Language) -> gettext.GNUTranslations:
    """Return the catalogue of a language."""
    with open(os.path.join(LOCALE, language, "LC_MESSAGES", "convert.mo"), "rb") as file:
        return gettext.GNUTranslations(file)


def _filled(pieces: list[_Piece], arguments: dict[str, Argument], language: Language) -> str:
    """Return the text with its arguments in their places.

    In Chinese, the spaces of a template set arguments in Latin letters off; around those in Chinese they go.  After any
    other sign a space stays, as in `### ` before a title.
    """
    out, tight = "", False
    for literal, name, spec in pieces:
        out += literal[1:] if tight and literal.startswith(" ") else literal
        tight = False
        if name is not None:
            value = arguments[name]
            part = value.text_in(language) if isinstance(value, Message) else format(value, spec)
            if language == "zh" and part:
                if out.endswith(" ") and is_unspaced(out[-2:-1]) and is_unspaced(part[0]):
                    out = out[:-1]
                tight = is_unspaced(part[-1])
            out += part
    return out
