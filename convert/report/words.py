"""Phrases of reports besides the findings."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from convert.messages import Language, Message, message, translate
from convert.model import Level

TAGS: Mapping[Language, str] = MappingProxyType({"en": "en-US", "zh": "zh-CN"})
"""Tags of the languages of reports (BCP 47)."""

_COUNTS: Mapping[Level, Message] = MappingProxyType({
    "error": message("{count} error(s)"),
    "warning": message("{count} warning(s)"),
    "info": message("{count} info(s)"),
})  # fmt: skip


def count_of(level: Level, count: int) -> Message:
    """Return a phrase for the number of findings of a level."""
    return message(_COUNTS[level].id, count=count)


def listed(parts: Iterable[Message], language: Language) -> str:
    """Return the parts joined by commas."""
    return translate(", ", language).join(part.text_in(language) for part in parts)


def clauses(parts: Iterable[Message], language: Language) -> str:
    """Return the parts joined as clauses of one sentence."""
    return translate("; ", language).join(part.text_in(language) for part in parts)
