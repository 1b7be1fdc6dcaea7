"""Keys of the files of a site: hashes of all that decides their bytes, which cost less than making the files."""

from collections.abc import Sequence
from hashlib import blake2b

import msgspec

from convert.bundle.parts import DateGroup, Item
from convert.model import Entry
from convert.writers.book.lists import IndexPage, entry_of

_ENCODE = msgspec.msgpack.Encoder(enc_hook=repr).encode
_SIZE = 16


class Keys:
    """Keys of the files of one site; `frame` is what all pages say, `briefs` what lists say of its `entries`."""

    def __init__(self, frame: object, entries: Sequence[Entry], briefs: Sequence[tuple[str, int]]) -> None:
        self._frame = _hash(frame)
        self._cards = list(map(_hash, zip(entries, briefs, strict=True)))
        """Hashes of what other pages say of each article."""
        self._of_path = dict(zip((entry.path for entry in entries), self._cards, strict=True))

    def of_page(self, place: int, related: Sequence[int], linked: Sequence[str]) -> bytes:
        """Return the key of what an article's page says of others: neighbours, `related` ones, where names link to."""
        cards = self._cards
        before, after = cards[place - 1] if place else b"", cards[place + 1] if place + 1 < len(cards) else b""
        return _hash((self._frame, before, after, cards[place], [cards[each] for each in related], linked))

    def of_list(self, index: IndexPage, before: IndexPage | None, after: IndexPage | None) -> bytes:
        """Return the key of a page of a list, which leads to those above, `before` and `after` it."""
        around = [each and (each.file, each.group.title) for each in (*index.above, before, after)]
        shown = self._shown(index.group, items=index.whole)
        return _hash((self._frame, index.file, around, len(index.above), index.whole, shown))

    def _shown(self, group: DateGroup, *, items: bool) -> tuple[object, ...]:
        """Return what a page shows of a group: its articles, or only how many they are."""
        inside: object = b"".join(self._card(item) for item in group.items) if items else len(group.items)
        return group.key, group.title, inside, [self._shown(part, items=items) for part in group.parts]

    def _card(self, item: Item) -> bytes:
        entry = entry_of(item)
        card = self._of_path.get(entry.path) or _hash(entry)  # that of another volume has no page here
        return card if isinstance(item, Entry) else _hash((card, item.volume))


def _hash(value: object) -> bytes:
    try:
        data = _ENCODE(value)
    except UnicodeEncodeError:  # a lone surrogate
        data = repr(value).encode("utf-8", "backslashreplace")
    return blake2b(data, digest_size=_SIZE).digest()
