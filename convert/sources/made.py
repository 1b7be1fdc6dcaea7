"""Outputs in folders that are read: a walk passes over the files that the manifest of a build lists.

A file counts as an output as long as it has the bytes that the manifest gives.  Once somebody has changed it, it is a
document like all others.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress

import msgspec
from msgspec import Struct

MANIFEST = "convert-manifest.json"
"""Name of the manifest of a folder of outputs."""

BESIDE = ".manifest.json"
"""End of the name of the manifest of a single output, after the name of that file."""

JOURNAL = ".journal"
"""End of the hidden name of the journal of an interrupted build."""

_LARGEST = 512 << 20
"""Largest manifest, in bytes; that of a million documents has about 250 MB."""


class _Input(Struct, frozen=True, gc=False):
    path: str


class _Output(Struct, frozen=True, gc=False):
    path: str
    bytes: int
    sha256: str


class _Tool(Struct, frozen=True):
    name: str


class _Manifest(Struct, frozen=True):
    """Part of a manifest that says which files are outputs."""

    tool: _Tool
    inputs: tuple[_Input, ...]
    outputs: tuple[_Output, ...]


class _Made(Struct, frozen=True, array_like=True):
    """Part of a line in a journal that says which file is an output."""

    output: _Output


_DECODER = msgspec.json.Decoder(_Manifest)
_LINE = msgspec.json.Decoder(_Made)


class Made:
    """Files below `root` that manifests there list as outputs."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._outputs: dict[str, _Output] = {}
        """Outputs by the paths of their files."""
        self._manifests: set[str] = set()
        self._seen: set[str] = set()

    def look_once(self, folder: str) -> None:
        """Read the manifests in a folder, if that was not done before."""
        if folder not in self._seen:
            self._seen.add(folder)
            with suppress(OSError):
                self.look(folder, os.listdir(folder))

    def look(self, folder: str, names: Iterable[str]) -> None:
        """Read the manifests, and the journals of interrupted builds, in a folder, at or above their outputs."""
        for name in names:
            file, outputs = os.path.join(folder, name), list[_Output]()
            if name.endswith(JOURNAL):
                outputs += _unfinished(file)
            elif (name == MANIFEST or name.endswith(BESIDE)) and (manifest := _read(file)):
                outputs += self._inside_sources(folder, manifest)
                self._manifests.update([file] if outputs else [])
            self._outputs.update((os.path.join(folder, *each.path.split("/")), each) for each in outputs)

    def _inside_sources(self, folder: str, manifest: _Manifest) -> list[_Output]:
        """Return the outputs in a manifest that lie among documents and were never one of them.

        A folder that has outputs and none of what they were made of is a source of its own if it is the root.
        """
        inputs = {each.path for each in manifest.inputs}
        if folder == self.root:
            others = inputs.difference(each.path for each in manifest.outputs)
            if not any(os.path.isfile(os.path.join(folder, path)) for path in others):
                return []
        below = os.path.relpath(folder, self.root).replace(os.sep, "/")
        prefix = "" if below == "." else f"{below}/"
        return [each for each in manifest.outputs if prefix + each.path not in inputs]

    def is_manifest(self, file: str) -> bool:
        """Return whether a file is a manifest of outputs in the folder."""
        return file in self._manifests

    def is_output(self, file: str) -> bool:
        """Return whether a manifest lists a file, with the content that it has."""
        if (output := self._outputs.get(file)) is None:
            return False
        try:
            return os.path.getsize(file) == output.bytes and _sha256(file) == output.sha256
        except OSError:
            return False


def _read(file: str) -> _Manifest | None:
    """Return a manifest, None for any other file."""
    try:
        if not 0 < os.stat(file).st_size <= _LARGEST or not os.path.isfile(file):
            return None
        with open(file, "rb") as data:
            return _DECODER.decode(data.read())
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _unfinished(file: str) -> Iterator[_Output]:
    """Yield the outputs in a journal; the last line about a path counts."""
    with suppress(OSError):
        if os.path.isfile(file) and os.path.getsize(file) <= _LARGEST:
            with open(file, "rb") as data:
                for line in data:
                    with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                        yield _LINE.decode(line).output


def _sha256(file: str) -> str:
    with open(file, "rb", buffering=0) as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
