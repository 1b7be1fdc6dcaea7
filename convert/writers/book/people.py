"""Names of authors and publishers that are one, and the order of authors: A to Z, Han characters by pinyin."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlsplit

from convert.late import late_pattern
from convert.model import Volume
from convert.simplified import simplified
from convert.writers.book import han

OTHER = "#"
"""Heading of names that begin with no letter from A to Z and with no Han character."""

_HAN = late_pattern("[\u4e00-\u9fff]")
_DOTS = str.maketrans("‧・•●⋅∙", "······")
_KANA_OR_HANGUL = late_pattern("[\u3041-\u30fa\u1100-\u11ff\uac00-\ud7a3]")
_FOLDED = str.maketrans({"đ": "d", "ð": "d", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ħ": "h"})
_DOMAIN = late_pattern(r"(?:https?://)?(?:www\.)?((?:[a-z0-9-]+\.)+[a-z]{2,})/?")

_SISTERS: Mapping[str, tuple[str, ...]] = {
    "epochtimes.com": ("theepochtimes.com",),
    "ntdtv.com": ("ntd.com",),
    "secretchina.com": ("visiontimes.com",),
    "voachinese.com": ("voanews.com",),
}
"""Sites of a publisher in another language, by the site that its dialects read."""

Letters = tuple[tuple[str, str, str], ...]


class Author(NamedTuple):
    """An author, by the form of the name that most articles have, and the positions of these articles."""

    name: str
    places: tuple[int, ...]

    @property
    def key(self) -> str:
        """Return what all forms of the name share."""
        return key_of(self.name)


def key_of(name: str) -> str:
    """Return what all forms of a name share: without case, width, white space, and traditional characters.

    >>> key_of("方 膠泥") == key_of("方胶泥"), key_of("Ｂｏ　BINDER") == key_of("Bo Binder")
    (True, True)
    """
    folded = "".join(unicodedata.normalize("NFKC", name).casefold().translate(_DOTS).split())
    folded = "".join(char for char in folded if unicodedata.category(char) != "Cf")
    return simplified(folded) if _HAN.search(folded) else folded


def authors(named: Mapping[str, Sequence[int]]) -> list[tuple[str, list[Author]]]:
    """Return the authors by the letter that they are listed under, in order; `named` are the places of each form.

    The form that most articles have is shown, of equal ones the first in the book.
    """
    forms: dict[str, list[str]] = {}
    for name in named:
        forms.setdefault(key_of(name), []).append(name)
    joined = []
    for same in forms.values():
        shown = min(same, key=lambda name: (-len(named[name]), named[name][0], name))
        joined.append(Author(shown, tuple(sorted({place for name in same for place in named[name]}))))
    ordered = sorted((_order(author.name), author) for author in joined)
    return [
        (letter, [author for _, author in group]) for letter, group in groupby(ordered, lambda item: _letter(item[0]))
    ]


def _order(name: str) -> tuple[bool, Letters]:
    """Return the key by which names are sorted: all letters from A to Z come before the others.

    A syllable is compared as a whole, then its tone, then the character; other letters count as syllables.
    """
    folded = _plain(name)
    if _KANA_OR_HANGUL.search(folded):
        return True, tuple((char, "", char) for char in folded)
    read = han.readings(folded) if _HAN.search(folded) else [("", "")] * len(folded)
    letters = tuple((syllable or char, tone, char) for (syllable, tone), char in zip(read, folded, strict=True))
    return not _is_letter(letters), letters


def _plain(name: str) -> str:
    """Return a name for comparison, without marks of its letters and without what comes before the first letter."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold().translate(_FOLDED))
    folded = unicodedata.normalize("NFC", "".join(char for char in folded if not unicodedata.combining(char)))
    start = next((place for place, char in enumerate(folded) if char.isalnum()), 0)
    return " ".join(folded[start:].split())


def _is_letter(letters: Letters) -> bool:
    return bool(letters) and "a" <= letters[0][0][:1] <= "z"


def _letter(order: tuple[bool, Letters]) -> str:
    return OTHER if order[0] else order[1][0][0][0].upper()


def publishers(volume: Volume, names: Iterable[str]) -> list[tuple[str, int]]:
    """Return the publishers of a volume with the number of their articles, the most frequent first.

    `names` are those of its articles, in its order. All forms of a name are one publisher, shown as most articles have
    it, and so is a domain, if other articles of that site have a name.
    The names of a house in several languages are one too, if all articles that have them are of its sites.
    """
    counts, of_site, sites = Counter[str](), dict[str, Counter[str]](), dict[str, set[str]]()
    addresses = ("/".join(entry.address.split("/", 3)[:3]) for entry in volume.entries())
    for (address, name), count in Counter(zip(addresses, names, strict=False)).items():  # few for many articles
        counts[name] += count
        if name and not _domain(name):
            site = _site_at(address)
            sites.setdefault(name, set()).add(site)
            if site:
                of_site.setdefault(site, Counter())[name] += count
    forms: dict[str, list[str]] = {}
    for name in counts:
        here = of_site.get(_domain(name))
        shown = _first(here, here) if here else _domain(name) or name
        forms.setdefault(_house(key_of(shown), sites.get(shown, ())), []).append(name)
    joined = []
    for same in forms.values():
        named = [name for name in same if not _domain(name)] or same
        joined.append((_first(counts, named), sum(counts[name] for name in same)))
    return sorted(joined, key=lambda item: (-item[1], item[0]))


@cache
def _houses() -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """Return the key of a publisher's main name and its sites, for the key of each name that its dialects know."""
    from convert.readers.mirror.dialects import DIALECTS  # only for books

    houses = {}
    for each in DIALECTS.values():
        site = each.host.rstrip("/")
        for name in (each.publisher, *each.publishers.values()):
            houses[key_of(name)] = key_of(each.publisher), (site, *_SISTERS.get(site, ()))
    return houses


def _house(key: str, sites: Iterable[str]) -> str:
    """Return the key of the main name of a publisher whose articles are of `sites`, the same key for any other name.

    >>> _house("ntd", {"ntd.com"}) == key_of("新唐人"), _house("ntd", {"ntd.com", "ntd.example"})
    (True, 'ntd')
    """
    main, own = _houses().get(key, (key, ()))
    return main if all(any(f".{site}".endswith(f".{each}") for each in own) for site in sites) else key


def _site_at(address: str) -> str:
    """Return the domain of an address, "" if it has none."""
    try:
        return _domain(urlsplit(address).netloc)
    except ValueError:  # no valid address
        return ""


def _first(counts: Mapping[str, int], names: Iterable[str]) -> str:
    """Return the name that most articles have, of equal ones the first in the book."""
    return max(names, key=lambda name: counts[name])


def _domain(name: str) -> str:
    """Return the domain that a name consists of, without `www.`, "" if it is another name.

    >>> _domain("https://www.Example.org/"), _domain("Ann Writer")
    ('example.org', '')
    """
    match = _DOMAIN.fullmatch(name.casefold())
    return match[1] if match else ""
