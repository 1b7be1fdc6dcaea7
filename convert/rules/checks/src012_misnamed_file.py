"""A page of a mirror whose file is named after another article than its original address."""

from collections.abc import Iterator

from convert.late import late_pattern
from convert.messages import Message, message
from convert.model import Article, Place, Reading
from convert.rules.body import mirror_text
from convert.rules.rule import Rule

_IN_MIRROR = late_pattern(r"(?:^|/)pages/[^/]+/(?P<name>[^/]+)\.md\Z")
_IN_CHANNEL = late_pattern(r"(?:^|/)[^/]*[A-Za-z][^/]*/(?P<name>(?:[a-z]+-?)?\d+)\.md\Z")
"""A numbered file in a folder, as `pages/` holds them, for paths that start below it."""
_FILE = late_pattern(r"(?:^|/)(?P<name>[^/]+)\.md\Z")
_NUMBER = late_pattern(r"\d+")


def check_document(reading: Reading, article: Article) -> Iterator[tuple[Message, Place]]:
    path, name = article.source.path, article.id
    if (
        not article.source.address
        or "name" not in reading.expects
        or not mirror_text(reading)
        or not (match := _IN_MIRROR.search(path) or _IN_CHANNEL.search(path) or _FILE.search(path))
    ):
        return
    if (file := match["name"]) in (name, name.rpartition("-")[2]):  # Reuters puts words before the identifier
        return
    if match.re.pattern == _FILE.pattern and _NUMBER.sub("0", file) != _NUMBER.sub("0", name):
        return  # outside of a mirror, a file need not be named after its article
    offence = message("misnamed-file", file=file, address=article.source.address, name=name)
    yield offence, reading.places.of(reading.article.source)


RULE = Rule("SRC012", "misnamed-file", "error", check_document=check_document)
