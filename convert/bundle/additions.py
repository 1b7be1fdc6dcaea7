"""Articles that earlier builds do not have, for books that are additions to theirs."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from convert.bundle.deduplicate import Copy
from convert.model import Entry
from convert.words import Words


class Additions(Struct, frozen=True):
    """Articles of earlier builds, to which a build is an addition."""

    manifests: tuple[str, ...]
    """Paths of the manifests, in the order of the builds."""
    identity: tuple[str, ...]
    """SHA-256 of each manifest."""
    articles: Mapping[str, bytes]
    """SHA-256 of the document of each article that is in an output of theirs, by its path; of a path in several
    builds, that of the last one."""
    outputs: tuple[str, ...] = ()
    """Files of those builds."""
    omitted: frozenset[bytes] = frozenset()
    """SHA-256 of the documents that they could not convert: their outputs say so in place of the article."""

    def without(self, readable: Set[bytes]) -> "Additions":
        """Return the same, but for documents that can be converted by now, which are new to readers."""
        kept = {path: digest for path, digest in self.articles.items() if digest not in readable}
        return replace(self, articles=kept)

    def chosen(self, entries: Iterable[Entry], copies: Sequence[Copy]) -> tuple[list[Entry], list[Copy]]:
        """Return the entries that are new or changed, and those of the copies that they replace.

        An article is known if a document with its bytes was an article then, wherever that was, or if one of its
        copies with the same text is known.
        """
        known = frozenset(self.articles.values())
        same = {copy.retained.path for copy in copies if copy.same and copy.entry.digest in known}
        new = [entry for entry in entries if entry.digest not in known and entry.path not in same]
        paths = {entry.path for entry in new}
        return new, [copy for copy in copies if copy.retained.path in paths]

    def changed(self, entries: Iterable[Entry]) -> int:
        """Return how many of the new entries replace an article: one of the same path, or of the same file name."""
        stems = {_stem(path) for path in self.articles}
        return sum(entry.path in self.articles or entry.id in stems for entry in entries)

    def vanished(self, entries: Iterable[Entry]) -> list[str]:
        """Return the paths of the articles of those builds that are not there any more, by path, content or name."""
        digests, paths, names = set[bytes](), set[str](), set[str]()
        for entry in entries:
            digests.add(entry.digest)
            paths.add(entry.path)
            names.add(entry.id)
        return sorted(
            path
            for path, digest in self.articles.items()
            if path not in paths and digest not in digests and _stem(path) not in names
        )


def _stem(path: str) -> str:
    """Return the name of a document without its folder and its ending, the identifier of most articles.

    >>> _stem("pages/nf9000001/n90000002.md")
    'n90000002'
    """
    return path.rpartition("/")[2].partition(".")[0]


def titled(title: str, entries: Sequence[Entry], label: Words) -> str:
    """Return the title of a volume of additions: that of the whole, the word for it, and its days."""
    return " ".join(filter(None, (title, label["additions"], " – ".join(days(entries)))))


def days(entries: Iterable[Entry]) -> tuple[str, ...]:
    """Return the first and the last day of some articles, one day once, none without a date."""
    dated = sorted(filter(_is_day, (entry.published[:10] for entry in entries)))
    return tuple(dict.fromkeys((dated[0], dated[-1]))) if dated else ()


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).year >= 1000
    except ValueError:
        return False


def digest_of(entries: Iterable[Entry]) -> str:
    """Return a hash of the documents of some articles, by which additions of the same days differ."""
    digest = hashlib.sha256()
    for entry in entries:
        digest.update(entry.digest)
    return digest.hexdigest()


def named(stem: str, entries: Sequence[Entry], digest: str) -> str:
    """Return the name of the file of a volume of additions, without its ending."""
    return "-".join(filter(None, (stem, "additions", *days(entries), digest[:8])))
