"""A baseline: the findings of one day in a file, so that later runs report only new ones."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from convert.errors import ConvertError
from convert.messages import Message, message
from convert.model import Finding
from convert.text import is_utf8

Key = tuple[str, str, str]
"""Path, code and fingerprint of a finding."""


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
    """Findings of the baseline, `before`, and those of this run, `now`."""

    def __init__(self, before: Counter[Key] | None = None) -> None:
        self.before = before or Counter()
        self.now: Counter[Key] = Counter()

    def covers(self, finding: Finding) -> bool:
        """Count a finding of this run, and return True if the baseline has it.  Call it once for each finding."""
        key = _utf8(finding.path), finding.code, fingerprint(finding)
        self.now[key] += 1
        return self.now[key] <= self.before[key]

    def count_gone(self, checked: Callable[[str, str], bool] = lambda path, code: True) -> int:
        """Return how many findings of the baseline did not occur in this run.

        `checked` says of a path and a code whether this run could have found them.
        """
        return sum(count for (path, code, _), count in (self.before - self.now).items() if checked(path, code))


def encode(counts: Counter[Key]) -> bytes:
    """Return the contents of the file: sorted, one entry a line, so that a diff of two baselines is readable."""
    lines = (msgspec.json.encode(BaselineEntry(key[1], key[0], key[2], count)) for key, count in sorted(counts.items()))
    return b'{"version": 2, "findings": [\n' + b",\n".join(lines) + b"\n]}\n"


def decode(data: bytes, path: str) -> Counter[Key]:
    """Return how often each finding occurs in a baseline; `path` is its file, for messages.

    Raises:
        BaselineError: the file is damaged, or no baseline.
    """
    try:
        entries: Iterable[BaselineEntry] = msgspec.json.decode(data, type=BaselineFile).findings
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        if not is_utf8(data):
            raise BaselineError(path, message("not UTF-8")) from None
        words = str(wrong).replace("`", "'")
        if "$.version" in words:
            raise BaselineError(path, message("another version of this program wrote it")) from None
        raise BaselineError(path, words if words.startswith("JSON") else words[:1].lower() + words[1:]) from None
    counts: Counter[Key] = Counter()
    for entry in entries:
        counts[entry.path, entry.code, entry.fingerprint] += entry.count
    return counts


def _utf8(path: str) -> str:
    return path.encode("utf-8", "replace").decode("utf-8")
