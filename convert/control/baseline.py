"""A baseline: the findings of one day, so that an old archive can start clean and only what is new is told."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from convert.errors import ConvertError
from convert.messages import Message, message
from convert.model import Finding

Key = tuple[str, str, str]
"""Path, code and fingerprint of a finding."""


class BaselineError(ConvertError):
    """A baseline that cannot be read."""

    def __init__(self, path: str, reason: Message | str) -> None:
        super().__init__(
            message(
                "cannot read the baseline {path}: {reason}; write it again with --write-baseline {file}",
                path=repr(path),
                reason=reason,
                file=path,
            )
        )


class Entry(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """Findings of one document that are alike but for their lines."""

    code: str
    path: str
    fingerprint: str
    count: Annotated[int, Meta(ge=1)]


class Document(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    version: Literal[2]
    findings: list[Entry]


def fingerprint(finding: Finding) -> str:
    """Return what stays the same for the same fault wherever in its document it stands (`Finding.substance`)."""
    return hashlib.sha256("\0".join(finding.substance).encode("utf-8", "surrogatepass")).hexdigest()[:16]


class Baseline:
    """What was there, and what is there now."""

    def __init__(self, before: Counter[Key] | None = None) -> None:
        self.before = before or Counter()
        self.now: Counter[Key] = Counter()

    def knows(self, finding: Finding) -> bool:
        """Whether a finding was there already.  Each is asked about once; it counts."""
        key = _utf8(finding.path), finding.code, fingerprint(finding)
        self.now[key] += 1
        return self.now[key] <= self.before[key]

    def gone(self, asked: Callable[[str, str], bool] = lambda path, code: True) -> int:
        """How many of the findings that were there are not there any more, of those that were asked for."""
        return sum(count for (path, code, _), count in (self.before - self.now).items() if asked(path, code))


def encode(found: Counter[Key]) -> bytes:
    """The file: sorted, a line an entry, so that the difference of two can be read."""
    lines = (msgspec.json.encode(Entry(key[1], key[0], key[2], count)) for key, count in sorted(found.items()))
    return b'{"version": 2, "findings": [\n' + b",\n".join(lines) + b"\n]}\n"


def decode(data: bytes, path: str) -> Counter[Key]:
    """The findings of the file `path`.

    Raises:
        BaselineError: it is damaged, or no baseline.
    """
    try:
        entries: Iterable[Entry] = msgspec.json.decode(data, type=Document).findings
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        words = str(wrong).replace("`", "'")
        if "$.version" in words:
            raise BaselineError(path, message("another version of this program wrote it")) from None
        raise BaselineError(path, words if words.startswith("JSON") else words[:1].lower() + words[1:]) from None
    found: Counter[Key] = Counter()
    for each in entries:
        found[each.path, each.code, each.fingerprint] += each.count
    return found


def _utf8(path: str) -> str:
    return path.encode("utf-8", "replace").decode("utf-8")
