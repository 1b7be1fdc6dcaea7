"""A baseline: the findings of one day in a file, so that later runs report only new ones."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from convert.errors import ConvertError
from convert.messages import Message, message
from convert.model import Finding
from convert.text import is_utf8, utf8

Key = bytes
"""Path, code and fingerprint of a finding in UTF-8, with zero bytes between them: half as large as a tuple."""


class BaselineError(ConvertError):
    """Error for a baseline that cannot be read."""

    def __init__(self, path: str, reason: Message | str) -> None:
        super().__init__(
            message(
                "cannot read the baseline {path}: {reason}; write it again with --write-baseline {file}",
                path=repr(path),
                reason=reason,
                file=path,
            )
        )


class BaselineEntry(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """Findings of one document that differ in nothing but their positions."""

    code: str
    path: str
    fingerprint: str
    count: Annotated[int, Meta(ge=1)]


class BaselineFile(Struct, frozen=True, forbid_unknown_fields=True):
    """Contents of a baseline file."""

    version: Literal[2]
    findings: list[BaselineEntry]


def fingerprint(finding: Finding) -> str:
    """Return a hash of a fault that does not depend on its position in the document (`Finding.substance`)."""
    return hashlib.sha256("\0".join(finding.substance).encode("utf-8", "surrogatepass")).hexdigest()[:16]


class Baseline:
    """Findings of the baseline, `before`, and those of this run, `now`.

    Without `before`, all findings of the run are kept in `now`; with it, only those that it has.
    """

    def __init__(self, before: Counter[Key] | None = None) -> None:
        self.before = Counter[Key]() if before is None else before
        self.now: Counter[Key] = Counter()
        self._records = before is None
        self._codes = {_parts(key)[1] for key in self.before}

    def covers(self, finding: Finding) -> bool:
        """Count a finding of this run, and return True if the baseline has it.  Call it once for each finding."""
        if not self._records and finding.code not in self._codes:
            return False
        key = _key(finding.path, finding.code, fingerprint(finding))
        if not self._records and key not in self.before:
            return False
        self.now[key] += 1
        return self.now[key] <= self.before[key]

    def count_gone(self, checked: Callable[[str, str], bool] = lambda path, code: True) -> int:
        """Return how many findings of the baseline did not occur in this run.

        `checked` says of a path and a code whether this run could have found them.
        """
        return sum(count for key, count in (self.before - self.now).items() if checked(*_parts(key)[:2]))


def _key(*parts: str) -> Key:
    return "\0".join(parts).encode("utf-8", "replace")


def _parts(key: Key) -> tuple[str, str, str]:
    path, code, mark = key.decode().rsplit("\0", 2)
    return path, code, mark


def encode(counts: Counter[Key]) -> Iterator[bytes]:
    """Yield the contents of the file: sorted, one entry a line, so that a diff of two baselines is readable."""
    yield b'{"version": 2, "findings": ['
    end = b"\n"
    for key in sorted(counts):
        path, code, mark = _parts(key)
        yield end + msgspec.json.encode(BaselineEntry(code, path, mark, counts[key]))
        end = b",\n"
    yield b"\n]}\n" if counts else b"\n\n]}\n"


def decode(data: bytes, path: str) -> Counter[Key]:
    """Return how often each finding occurs in a baseline; `path` is its file, for messages.

    Raises:
        BaselineError: the file is damaged, or no baseline.
    """
    try:
        entries = msgspec.json.decode(utf8(data), type=BaselineFile).findings
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        if not is_utf8(utf8(data)):
            raise BaselineError(path, message("not UTF-8")) from None
        words = str(wrong).replace("`", "'")
        if "$.version" in words:
            raise BaselineError(path, message("another version of this program wrote it")) from None
        raise BaselineError(path, words if words.startswith("JSON") else words[:1].lower() + words[1:]) from None
    counts: Counter[Key] = Counter()
    for entry in entries:
        counts[_key(entry.path, entry.code, entry.fingerprint)] += entry.count
    return counts
