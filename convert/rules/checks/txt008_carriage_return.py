"""A carriage return, U+000D, in a page whose lines end without one."""

from collections.abc import Iterator

from convert.messages import Message, message
from convert.model import Article, Place, Reading
from convert.rules.body import mirror_text
from convert.rules.rule import Rule


def check_document(reading: Reading, article: Article) -> Iterator[tuple[Message, Place]]:
    data = reading.data or b""
    at = data.find(b"\r")
    if at < 0 or not mirror_text(reading):
        return
    count, lines = data.count(b"\r"), data.count(b"\n")
    if count == lines == data.count(b"\r\n"):
        return  # the page was written on Windows
    place = Place(data.count(b"\n", 0, at) + 1, len(data[data.rfind(b"\n", 0, at) + 1 : at].decode()) + 1)
    yield message("carriage-return", count=count), place


RULE = Rule("TXT008", "carriage-return", "info", check_document=check_document, fixed_by_reader=True)
