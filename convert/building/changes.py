"""Differences between the outputs of two builds, for whoever publishes them."""

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Literal, NamedTuple

from convert.manifest import Output
from convert.store.digest import Digest, digest_file


class Change(NamedTuple):
    """Fate of an output since the last build."""

    word: Literal["made", "kept", "removed"]
    """`made`: the last build had none, or one with other bytes; `kept`: it had the same bytes; `removed`: it is no
    output any more."""
    path: str
    """Path relative to the folder of the manifest."""


def changes(before: Mapping[str, Digest], after: Mapping[str, Digest]) -> list[Change]:
    """Return the fate of each output of two builds, sorted by path.

    >>> changes({"a": Digest(1, "x"), "b": Digest(1, "x")}, {"b": Digest(1, "x"), "c": Digest(1, "x")})
    [Change(word='removed', path='a'), Change(word='kept', path='b'), Change(word='made', path='c')]
    """
    return [_change(path, before.get(path), after.get(path)) for path in sorted({*before, *after})]


def _change(path: str, before: Digest | None, after: Digest | None) -> Change:
    if after is None:
        return Change("removed", path)
    return Change("kept" if before == after else "made", path)


def encode(changed: Iterable[tuple[str, str]]) -> bytes:
    """Return changes as text: for each output a line with the word, a space and the path.

    >>> encode([Change("made", "nf1-2023.epub"), Change("removed", "nf2-2023.epub")])
    b'made nf1-2023.epub\\nremoved nf2-2023.epub\\n'
    """
    return "".join(f"{word} {path}\n" for word, path in changed).encode("utf-8", "surrogatepass")


def digests(outputs: Mapping[str, Output]) -> dict[str, Digest]:
    """Return the digest of each output by its path."""
    return {path: Digest(each.bytes, each.sha256) for path, each in outputs.items()}


def manifest_before(path: str) -> dict[str, Digest]:
    """Return the digest of the last build's manifest by its name, nothing if there is none."""
    with suppress(OSError):
        return {os.path.basename(path): digest_file(path)}
    return {}
