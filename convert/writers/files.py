"""Names of the files of a build with one file an article, and references between them."""

import os
from collections.abc import Container, Mapping, Sequence

from msgspec import Struct

from convert.bundle.links import Inside, Other
from convert.late import late_pattern
from convert.model import Volume
from convert.store.names import key_of, safe_name
from convert.writers.references import page_name, relative, section_anchor

CONTENTS = "contents"

_NOT_IN_PATH = late_pattern(r"[%#? ]")
"""Characters of file names that have another meaning in an address (RFC 3986, section 3.3)."""


class Files(Struct, frozen=True):
    """Names of all files of a build: a rule and its exceptions, small enough to send to each worker."""

    suffix: str
    several: bool = False
    """True if each volume has a folder."""
    contents: str = ""
    """The file, in the folder of each volume, that lists its articles; "" if there is none."""
    slugs: bool = False
    """True if names are lower-case ASCII, as those of the pages of a book."""
    others: Mapping[str, str] = {}
    """Names of articles that would collide by the rule, by the path of their source."""

    def name(self, path: str) -> str:
        """Return the file of an article, in the folder of its volume; `path` is the path of its source."""
        if self.slugs:
            return page_name(path) + self.suffix
        return self.others.get(path) or by_rule(path, self.suffix)

    def inside(self, volume: str, file: str) -> str:
        """Return the path of a file of a volume in the output; `volume` is the volume's name."""
        return f"{safe_name(volume)}/{file}" if self.several else file

    def href(self, to: Inside | Other, start: str) -> str:
        """Return a relative reference (RFC 3986, section 4.2) from the article whose source has the path `start`."""
        here = self.name(start)
        if isinstance(to, Other):
            return "../" * (here.count("/") + 1) + reference(self.inside(to.name, self.name(to.path)))
        if to.kind == "article":
            return reference(relative(self.name(to.key), here))
        fragment = f"#{section_anchor(to.key)}" if to.kind == "section" else ""
        return reference(relative(self.contents, here)) + fragment


def other_name(path: str, suffix: str, taken: Container[str] = ()) -> str:
    """Return the name of an article's file where another one has that by the rule; `taken` are keys of names."""
    whole = path + suffix
    while key_of(name := safe_name(whole)) in taken:
        whole += suffix
    return name


def files(volumes: Sequence[Volume], suffix: str, *, several: bool = False, contents: bool = False) -> Files:
    """Return the names of the files of some volumes.

    An article is named by its path with the format's suffix in place of its own; where two names would collide, the
    second is added to its own.  With `contents`, volumes of more than one article have a file that lists them, under a
    name that no article has.
    """
    others: dict[str, str] = {}
    tops: set[str] = set()
    count = 0
    for volume in volumes:
        taken: set[str] = set()
        for entry in volume.entries():
            name = by_rule(entry.path, suffix)
            if key_of(name) in taken:
                others[entry.path] = name = other_name(entry.path, suffix, taken)
            taken.add(key_of(name))
            tops.add(key_of(name.partition("/")[0]))
        count += len(taken)
    listing, number = CONTENTS + suffix, 2
    while key_of(listing) in tops:
        listing, number = f"{CONTENTS}-{number}{suffix}", number + 1
    return Files(suffix, several, listing if contents and count > 1 else "", others=others)


def reference(path: str) -> str:
    """Return a path as a relative reference, in which only `%`, `#`, `?` and spaces are escaped.

    >>> reference("纸 100%/a#1.md")
    '纸%20100%25/a%231.md'
    """
    return _NOT_IN_PATH.sub(lambda match: f"%{ord(match[0]):02X}", path)


def by_rule(path: str, suffix: str) -> str:
    """Return the name of an article's file, where no other one has it; `path` is the path of its source."""
    return safe_name(os.path.splitext(path)[0] + suffix)
