"""Answers of other shards to one: names of channels, copies of which another one stays, identifiers that are taken."""

from collections.abc import Iterator, Sequence
from hashlib import sha256

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from convert.building.survey import Survey
from convert.errors import ConvertError
from convert.messages import message
from convert.model import Entry, Finding, Place
from convert.rules import RULES
from convert.rules.engine import finding
from convert.sources.naming import display_path
from convert.storage import Storage


class Dropped(Struct, frozen=True, array_like=True):
    """Copy that is left out."""

    number: int
    """Position of its entry in the survey of its shard."""
    first: str
    """Path of the copy that stays, as findings name it."""
    same: bool
    """True if both have the same text."""


class Answers(Struct, frozen=True):
    """Facts about other shards on which the part of one depends."""

    channels: dict[str, str] = {}
    dropped: tuple[Dropped, ...] = ()
    ids: tuple[str, ...] = ()
    """Identifiers of rows that earlier articles have."""
    links: tuple[tuple[int, str], ...] = ()
    """Hashes of what links ask for, and the paths of the articles of other shards that they lead to."""
    sections: tuple[str, ...] = ()
    """Channels of other shards that pages link to."""
    files: dict[str, str] = {}
    """Names of files by paths of articles, where they are not those of the rule."""
    contents: str | None = None
    """Name of the file that lists all articles, "" for none; None for the usual one."""
    language: str | None = None
    """Language of the build, None for that of the shard."""
    sha256: str = ""
    """SHA-256 of the file that they are from; "" for no answers."""

    def left_out(self, seen: Survey) -> Iterator[Finding]:
        """Yield the findings about copies that are left out."""
        for each in self.dropped:
            entry = seen.index.entries[each.number]
            rule = RULES["SET001" if each.same else "SET002"]
            text = (
                message("duplicate-article", first=each.first)
                if each.same
                else message("differing-copies", first=each.first)
            )
            path = display_path(seen.refs[entry.path])
            yield replace(finding(rule, text, path, Place(1, 1)), fixed=True, removed=entry.title)

    def remaining(self, entries: Sequence[Entry]) -> list[Entry]:
        """Return the entries without those copies."""
        dropped = {each.number for each in self.dropped}
        return [entry for number, entry in enumerate(entries) if number not in dropped]


_decoder = msgspec.json.Decoder(Answers)
_encoder = msgspec.json.Encoder(order="deterministic")
NONE = Answers()


def encode(answers: Answers) -> bytes:
    """Return answers as bytes, b"" for none."""
    return b"" if answers == NONE else _encoder.encode(answers)


def read_answers(storage: Storage, name: str) -> Answers:
    """Return the answers in a file; none for the name "".

    Raises:
        ConvertError: it is damaged.
    """
    if not name:
        return NONE
    data = storage.read(name)
    try:
        return replace(_decoder.decode(data), sha256=sha256(data).hexdigest())
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ConvertError(
            "{path} is damaged; remove it with `convert clean`, and run again", path=repr(name)
        ) from None
